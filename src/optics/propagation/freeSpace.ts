/** Free space as an element has it: the plan of a propagation from its parameters, its execution, its warnings. */
import type { Fix, SamplingNote } from '../element.ts';
import { enoughSamples, setValue } from '../fixes.ts';
import type { Complex, Ops } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';
import { ElementProblem } from '../problem.ts';
import { planeShape } from '../sampledGrid.ts';
import type { Field, Sphere } from '../values.ts';
import { propagate } from './angularSpectrum.ts';
import {
  chooseMethod,
  criticalDistance,
  fresnelError,
  fresnelNumber,
  inMetres,
  keptShare,
  LEAST_SHARE,
  METHOD_TITLES,
  type Method,
  paddedSamples,
  percent,
  type Situation,
} from './choice.ts';
import { fresnelIntegral, naturalPitch, scalableFilter, sphereOf } from './fresnel.ts';
import { propagateToWindow } from './spectralWindow.ts';
import { centredWindow, type OutputWindow, shiftOf } from './window.ts';

export interface FreeSpaceParams {
  readonly distance: Scalar;
  /** 'auto' or a `Method`. */
  readonly method: string;
  /** 'same', 'natural' or 'chosen'. */
  readonly window: string;
  readonly outputPitch: Scalar;
  readonly outputSamples: number;
  readonly windowX: Scalar;
  readonly windowY: Scalar;
  /** 'auto' or a whole number. */
  readonly padding: string;
  readonly largestAngle: Scalar;
}

interface Propagation {
  readonly method: Method;
  /** Why it was chosen; null where somebody else chose. */
  readonly reason: string | null;
  readonly situation: Situation;
  /** Null where the method makes it. */
  readonly window: OutputWindow | null;
  /** Samples of the computed plane. */
  readonly padded: number;
  /** Whether the light's curvature undoes the phase of a single transform, as that of a hologram on its way back. */
  readonly isUndone: boolean;
}

/** Transfer functions keep the light's grid, whatever the distance. */
function keepsGrid(method: Method): boolean {
  return method === 'angularSpectrum' || method === 'fresnelTransfer';
}

function planned(light: Field, params: FreeSpaceParams): Propagation {
  const [samples] = planeShape(light.samples);
  const window = windowOf(light, samples, params);
  const situation: Situation = {
    samples,
    pitch: light.pitch.value,
    wavelength: light.wavelength.value / light.refractiveIndex.value,
    distance: params.distance.value,
    largestAngle: params.largestAngle.value,
    reach: window === null ? null : (window.samples * window.pitch.value) / 2,
    shift: window === null ? 0 : shiftOf(window),
  };
  const chosen =
    params.method === 'auto' ? chooseMethod(situation) : { method: params.method as Method, reason: null };
  const own = params.padding === 'auto' ? null : Number(params.padding) * samples;
  const byItself = keepsGrid(chosen.method)
    ? paddedSamples(situation)
    : (chosen.method === 'scalableAngularSpectrum' ? 2 : 1) * samples;
  const isUndone = undoesPhase(light, situation);
  return { ...chosen, situation, window, padded: own ?? byItself, isUndone };
}

function windowOf(light: Field, samples: number, params: FreeSpaceParams): OutputWindow | null {
  if (params.window === 'natural') return null;
  if (params.window === 'same') return centredWindow(samples, light.pitch);
  return {
    samples: params.outputSamples > 0 ? params.outputSamples : samples,
    pitch: params.outputPitch,
    x: params.windowX,
    y: params.windowY,
  };
}

/** The light behind free space, its pitch there and the sphere it rides on. Choices depend on values only. */
export function moveLight(
  ops: Ops,
  light: Field,
  params: FreeSpaceParams,
): { readonly samples: Complex; readonly pitch: Scalar; readonly sphere?: Omit<Sphere, 'samples'> } {
  const { method, window, padded, situation } = planned(light, params);
  const { samples, pitch } = light;
  const { distance } = params;
  const n = situation.samples;
  if (keepsGrid(method)) {
    const paraxial = method === 'fresnelTransfer';
    const periodic = params.padding === '1';
    if (window === null || params.window === 'same') {
      return {
        samples: propagate(ops, samples, pitch, light, distance, padded, { paraxial, periodic }),
        pitch,
      };
    }
    const moved = propagateToWindow(ops, samples, pitch, light, distance, window, padded, paraxial);
    return { samples: moved, pitch: window.pitch };
  }
  if (distance.value === 0) {
    throw new ElementProblem(
      `${METHOD_TITLES[method]} has no plane at distance 0.`,
      'Use the angular spectrum, or a distance other than 0.',
    );
  }
  const roomy = ops.resize(samples, padded, padded);
  const natural = naturalPitch(light, distance, padded, pitch);
  const isScalable = method === 'scalableAngularSpectrum';
  // Where the window shrinks, light comes back from where it was spread: what was done is undone in turn.
  const shrinks = window === null && natural.value < pitch.value;
  const filtered = (u: Complex, step: Scalar) =>
    ops.filter2(u, scalableFilter(ops, padded, step, light, distance));
  const source = isScalable && !shrinks ? filtered(roomy, pitch) : roomy;
  const image = fresnelIntegral(ops, source, pitch, light, distance, window, method !== 'fraunhofer');
  const target = window ?? centredWindow(padded, natural);
  const sphere = sphereOf(light, distance, target);
  if (window !== null) return { samples: image, pitch: window.pitch, sphere };
  const made = isScalable && shrinks ? filtered(image, natural) : image;
  return { samples: ops.resize(made, n, n), pitch: natural, sphere };
}

/** What was chosen and why, and every way in which it fails. */
export function propagationNotes(light: Field, params: FreeSpaceParams): readonly SamplingNote[] {
  const plan = planned(light, params);
  return [...failures(plan), ...windowNotes(plan, params), explanation(plan)];
}

function explanation({ method, reason, situation, padded }: Propagation): SamplingNote {
  const { samples, distance } = situation;
  const zones =
    distance === 0 ? '' : ` Fresnel number of the window ${Number(fresnelNumber(situation).toPrecision(3))}`;
  const room = ` ${padded} × ${padded} samples computed`;
  const why = reason ?? `as you chose; the critical distance is ${inMetres(criticalDistance(situation))}`;
  return {
    severity: 'info',
    message: `${METHOD_TITLES[method]}: ${why}.${zones}${zones === '' ? '' : ';'}${padded === samples ? ' no padding' : room}.`,
    fix: reason === null ? 'Automatic chooses for you.' : 'Choose a method to have another.',
  };
}

function failures({ method, situation, padded, isUndone }: Propagation): SamplingNote[] {
  const { samples: n, pitch, wavelength, distance } = situation;
  const z = Math.abs(distance);
  const critical = criticalDistance(situation);
  const notes: SamplingNote[] = [];
  const warn = (message: string, fix: string, apply?: Fix) =>
    notes.push({ severity: 'warning', message, fix, ...(apply === undefined ? {} : { apply }) });
  if (keepsGrid(method)) {
    const share = keptShare(situation);
    if (share <= LEAST_SHARE && padded > n) {
      warn(
        `At this distance only ${percent(share)} of the grid’s frequencies can be propagated without ghosts.`,
        `Use more samples, a larger pitch, a distance below ${inMetres((4 * n * pitch * pitch) / wavelength)} or another method.`,
        enoughSamples(n, (samples) => keptShare({ ...situation, samples }) > LEAST_SHARE).apply,
      );
    }
    if (padded < paddedSamples(situation)) {
      notes.push({
        severity: 'info',
        message:
          'Light that leaves the window comes back on the other side, as that of a grating’s next periods does.',
        fix: 'Set the padding to automatic for light that does not repeat.',
        apply: setValue('padding', 'auto', 'Pad automatically'),
      });
    }
  } else if (z < critical) {
    notes.push(undersampling(critical, isUndone));
  }
  const error = fresnelError(situation);
  if ((method === 'fresnelTransfer' || method === 'fresnelSingle') && error > 1) {
    warn(
      `Fresnel’s approximation may be off by ${error < 1e3 ? error.toPrecision(2) : error.toExponential(0)} rad for the steepest light of this grid.`,
      'Set the largest angle to what your light has, or use the angular spectrum, plain or scalable.',
    );
  }
  if (method === 'fraunhofer' && fresnelNumber(situation) > 0.1) {
    warn(
      `Fraunhofer’s approximation needs a Fresnel number well below 1; that of the window is ${Number(fresnelNumber(situation).toPrecision(2))}.`,
      `Use Fresnel, a distance of at least ${inMetres((n * pitch) ** 2 / (0.4 * wavelength))}, or ignore this where the light is much smaller than the window.`,
    );
  }
  return notes;
}

/** What a single transform does below its critical distance. */
function undersampling(critical: number, isUndone: boolean): SamplingNote {
  const limit = `the critical distance of ${inMetres(critical)}`;
  const apply = setValue('method', 'auto', 'Choose the method automatically');
  if (isUndone) {
    return {
      severity: 'info',
      message: `A single transform is right below ${limit}, as the light is on its way back: it has the curvature of this distance.`,
      fix: 'For other light, use the angular spectrum, or automatic.',
      apply,
    };
  }
  return {
    severity: 'warning',
    message: `Below ${limit} a single transform undersamples its phase: ghosts appear, but for light that has the curvature of this distance.`,
    fix: 'Use the angular spectrum, or automatic.',
    apply,
  };
}

/** Whether the sphere that the light rides on undoes the transform's phase: both turn by less than π at the rim. */
function undoesPhase(
  { samples: light, sphere }: Field,
  { samples, pitch, wavelength, distance }: Situation,
): boolean {
  if (sphere === undefined || sphere.samples !== light) return false;
  return Math.abs(sphere.perSample.value + (pitch * pitch) / (wavelength * distance)) * samples <= 1;
}

function windowNotes(
  { method, situation, window, padded }: Propagation,
  params: FreeSpaceParams,
): SamplingNote[] {
  const { pitch, wavelength, distance, shift } = situation;
  if (window === null) return [];
  const notes: SamplingNote[] = [];
  const period = keepsGrid(method) ? padded * pitch : (wavelength * Math.abs(distance)) / pitch;
  const reach = (window.samples * window.pitch.value) / 2 + (keepsGrid(method) ? 0 : shift);
  if (reach > (period / 2) * (1 + 1e-6)) {
    notes.push({
      severity: 'warning',
      message: `The window reaches ${inMetres(reach)} from ${keepsGrid(method) ? 'its middle' : 'the axis'}, but only ${inMetres(period / 2)} can be computed: the rest is dark.`,
      fix: keepsGrid(method)
        ? 'Use a smaller window or more padding.'
        : 'Use a smaller window, a finer pitch of the light or a larger distance.',
    });
  }
  if (params.window !== 'chosen') return notes;
  const finest = keepsGrid(method) ? pitch : (wavelength * Math.abs(distance)) / (situation.samples * pitch);
  if (window.pitch.value > 1.001 * finest) {
    notes.push({
      severity: 'warning',
      message: `The window’s pitch is coarser than the ${inMetres(finest)} that the light may need: fringes between its samples are missed, and its power is an estimate.`,
      fix: `Use a window pitch of at most ${inMetres(finest)}.`,
      apply: setValue('outputPitch', finest, `Use a window pitch of ${inMetres(finest)}`),
    });
  }
  if (shift > 0) {
    notes.push({
      severity: 'info',
      message: `The window’s middle lies at x = ${inMetres(window.x.value)}, y = ${inMetres(window.y.value)}: what follows takes it for the axis.`,
      fix: 'Set the shift to 0 to stay on the axis.',
    });
  }
  return notes;
}
