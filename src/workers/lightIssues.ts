/**
 * Problems that only the light itself shows: a camera that misses it or lies between samples that do not say what is
 * between them, an output of a combiner that stays dark.
 */
import type { Plan, PlanNode } from '../graph/compile.ts';
import type { Issue } from '../graph/document.ts';
import type { NodeResult, RunResult } from '../graph/execute.ts';
import { indexDesign } from '../graph/topology.ts';
import { summedIrradiance } from '../optics/axes.ts';
import type { ElementSpec } from '../optics/element.ts';
import type { Ops, Real } from '../optics/ops/ops.ts';
import { multiplyScalars } from '../optics/ops/scalar.ts';
import { spectralSum } from '../optics/spectral.ts';
import { formatNumber } from '../optics/units.ts';
import type { Field, Image, PortValue } from '../optics/values.ts';

/** A sensor that gets less than this share of the light may miss it: a crop on purpose keeps the bright part. */
const LEAST_SEEN = 0.1;
/** It does where even light would give it so many times as much, as the light then lies elsewhere, … */
const ELSEWHERE = 2;
/** … and where it gets less than this: a sensor of a seventh of the window's width in even light. */
const TINY = 0.02;
/** Milliseconds between two readings of a graphics device, each of which a hand on a slider would feel. */
const BETWEEN_READS = 1000;
/** An output with less than this share of a combiner's light is dark. */
const DARK = 1e-4;

interface Verdict {
  readonly words: Pick<Issue, 'message' | 'fix' | 'apply'>;
  /** The output of which it holds as long as nothing else is wired; null where wires behind do not matter. */
  readonly port: string | null;
}

/** Powers to be read, and what is concluded from them. */
interface Question {
  readonly outputs: NodeResult['outputs'];
  /** Shape [1]. */
  readonly powers: readonly Real[];
  readonly judge: (powers: readonly number[]) => Verdict | null;
}

/** Answers are kept as long as a node's results are. */
export class LightIssues {
  private readonly known = new WeakMap<NodeResult['outputs'], Verdict | null>();
  private readAt = Number.NEGATIVE_INFINITY;

  /**
   * Warnings on the light of a run of all planes; what has not changed is not read again.
   * @param seldom reads once in a second at most: light that changes sooner has no warnings until it is asked for again
   */
  async of(ops: Ops, plan: Plan, results: RunResult, seldom: boolean): Promise<readonly Issue[]> {
    const now = performance.now();
    if (!seldom || now - this.readAt > BETWEEN_READS) {
      this.readAt = now;
      await this.read(ops, plan, results);
    }
    return this.toldOf(plan, results);
  }

  private async read(ops: Ops, plan: Plan, results: RunResult): Promise<void> {
    const scope = ops.open();
    try {
      const questions = plan.order.flatMap((node) => {
        const outputs = results.get(node.node.id)?.outputs;
        if (outputs === undefined || this.known.has(outputs) || node.node.bypassed === true) return [];
        return questionsOf(ops, node, results, outputs);
      });
      const read = await ops.read(questions.flatMap(({ powers }) => powers));
      let at = 0;
      for (const { outputs, powers, judge } of questions) {
        this.known.set(outputs, judge(powers.map((_, i) => read[at + i]?.[0] ?? Number.NaN)));
        at += powers.length;
      }
    } finally {
      ops.close(scope);
    }
  }

  private toldOf(plan: Plan, results: RunResult): readonly Issue[] {
    return [...results].flatMap(([nodeId, { outputs }]) => {
      const verdict = this.known.get(outputs) ?? null;
      const wired = new Set(
        (indexDesign(plan.design).outgoing.get(nodeId) ?? []).map(({ from }) => from.port),
      );
      const holds = verdict?.port == null || (wired.size === 1 && wired.has(verdict.port));
      if (verdict === null || !holds) return [];
      return [{ severity: 'warning', code: 'light', nodeId, paramId: null, ...verdict.words } as const];
    });
  }
}

function questionsOf(
  ops: Ops,
  { spec, inputs, node }: PlanNode,
  results: RunResult,
  outputs: NodeResult['outputs'],
): readonly Question[] {
  if (spec.type === 'camera') {
    const from = inputs.get('in');
    const light = fieldsOf(from === undefined ? undefined : results.get(from.node)?.outputs[from.port]);
    const image = outputs['out'];
    if (light === null || image?.kind !== 'image') return [];
    const averages = node.params['pixelResponse'] === 'average';
    const isBetween = averages || light.some((line) => !fits(line.pitch.value, image.pitch.value));
    const guessed = isBetween ? light.find((line) => line.sphere?.samples !== line.samples) : undefined;
    const powers = [
      powerOf(ops, light),
      // Of the light itself: an image has gain, background and counts in it.
      powerOf(ops, light, (field) => wholeOf(covered(field, image))),
      ...(guessed === undefined ? [] : frequencies(ops, guessed)),
    ];
    const judge = ([all = 0, seen = 0, ...band]: readonly number[]) =>
      missed(all, seen, light[0], image) ?? betweenSamples(band, light);
    return [{ outputs, powers, judge }];
  }
  if (spec.type === 'beamCombiner') {
    const lights = Object.keys(spec.outputs).map((port) => fieldsOf(outputs[port]));
    const powers = lights.flatMap((light) => (light === null ? [] : [powerOf(ops, light)]));
    return [{ outputs, powers, judge: (found) => darkOutput(found, spec.outputs) }];
  }
  return [];
}

/** Rows and columns of a light's samples. */
type Crop = readonly [ny: number, nx: number];

/** Rows and columns of a light's samples that a sensor around the same axis covers. */
function covered({ samples, pitch }: Field, image: Image): Crop {
  const n = samples.shape.at(-1) ?? 1;
  const [rows = 1, columns = 1] = image.samples.shape.slice(-2);
  const across = (pixels: number) => Math.min(n, (pixels * image.pitch.value) / pitch.value);
  return [across(rows), across(columns)];
}

/** The whole samples that stand for them. */
function wholeOf([ny, nx]: Crop): Crop {
  return [Math.max(1, Math.round(ny)), Math.max(1, Math.round(nx))];
}

function areaOf([ny, nx]: Crop): number {
  return ny * nx;
}

/** A sensor that lies where little light is, or is too small for it. */
function missed(all: number, seen: number, light: Field, image: Image): Verdict | null {
  const area = covered(light, image);
  const share = (seen / all) * (areaOf(area) / areaOf(wholeOf(area)));
  const [rows = 1, columns = 1] = image.samples.shape.slice(-2);
  const samples = light.samples.shape.at(-1) ?? 1;
  const window = samples * light.pitch.value;
  const isElsewhere = ELSEWHERE * share < areaOf(area) / samples ** 2;
  if (!(all > 0) || !(share < LEAST_SEEN) || !(isElsewhere || share < TINY)) return null;
  const sensor = Math.min(rows, columns) * image.pitch.value;
  const wide = [sensor, window].map((width) => formatNumber(width * 1e6, 3));
  const params = { rows: samples, columns: samples, pixelPitch: light.pitch.value, magnification: 1 };
  const words = {
    message: `Only ${formatNumber(100 * share, 2)} % of the light’s power falls on the sensor: it sees ${wide[0]} µm of a window of ${wide[1]} µm.`,
    fix: 'Use larger or more pixels, or less magnification, unless only this part is wanted.',
    apply: { title: 'Look at the whole window', params },
  };
  return { words, port: null };
}

/** Frequencies above this share of the highest along x or y are those of light that its samples hardly hold. */
const HIGH = 0.9;
/** More than this share of light there makes what is between samples doubtful. */
const MOST_HIGH = 0.02;
/** Amplitudes alone have less than this part of it where only the phases are too steep, not the picture too fine. */
const SMOOTH = 1 / 8;

/** Sums over the spectrum of a field: its light, that at high frequencies, and the latter of its amplitudes alone. */
function frequencies(ops: Ops, { samples }: Field): readonly Real[] {
  const n = samples.shape.at(-1) ?? 1;
  const isHigh = (k: number) => Math.abs(k - Math.floor(n / 2)) > (HIGH * n) / 2;
  const mask = ops.constant(`camera:high:${n}`, [n, n], 'real', () =>
    Float64Array.from({ length: n * n }, (_, i) => (isHigh(i % n) || isHigh(Math.floor(i / n)) ? 1 : 0)),
  );
  const spectrum = (u: typeof samples) => ops.absSquared(ops.fourier2(u, 'forward'));
  const whole = spectrum(samples);
  const amplitudes = spectrum(ops.toComplex(ops.squareRoot(ops.absSquared(samples))));
  return [
    summed(ops, whole),
    summed(ops, ops.multiply(mask, whole)),
    summed(ops, ops.multiply(mask, amplitudes)),
  ];
}

/** Pixels that do not lie on the samples of light whose phase turns by more from sample to sample than these hold. */
function betweenSamples([all = 0, high = 0, fine = 0]: readonly number[], light: Lines): Verdict | null {
  if (!(high > MOST_HIGH * all) || fine > SMOOTH * high) return null;
  const [{ pitch, samples }, ...rest] = light;
  const size = samples.shape.at(-1) ?? 1;
  const isOne = rest.every((line) => fits(line.pitch.value, pitch.value));
  const params = {
    rows: size,
    columns: size,
    pixelPitch: pitch.value,
    magnification: 1,
    pixelResponse: 'point',
  };
  const words = {
    message: `The phase of the light turns by up to π or more from one of its samples to the next (${formatNumber((100 * high) / all, 2)} % of it lies at their highest frequencies): what pixels between the samples see may be wrong.`,
    fix: isOne
      ? 'Let the pixels lie on the samples and see their centres, or give the light a finer pitch.'
      : 'Give the light a finer pitch: no pixels lie on the samples of all its wavelengths.',
    ...(isOne ? { apply: { title: 'Lay the pixels on the samples', params } } : {}),
  };
  return { words, port: null };
}

function fits(a: number, b: number): boolean {
  return Math.abs(a / b - 1) < 1e-9;
}

/** An output of two at which the arms cancel. */
function darkOutput(powers: readonly number[], ports: ElementSpec['outputs']): Verdict | null {
  const all = powers.reduce((sum, power) => sum + power, 0);
  const dark = Object.keys(ports).find((_, i) => all > 0 && (powers[i] ?? 0) < DARK * all);
  const bright = Object.keys(ports).find((port) => port !== dark);
  if (dark === undefined || bright === undefined) return null;
  const [mine, other] = [dark, bright].map((port) => ports[port]?.title);
  const words = {
    message: `“${mine}” is dark: the arms cancel there, and all light leaves through “${other}”, to which nothing is wired.`,
    fix: `Wire “${other}” instead, or lengthen the path of one arm by half a wavelength.`,
  };
  return { words, port: dark };
}

type Lines = readonly [Field, ...Field[]];

function fieldsOf(value: PortValue | undefined): Lines | null {
  const channels = value?.kind === 'polychromatic' ? value.channels : value === undefined ? [] : [value];
  const fields = channels.filter((channel) => channel.kind === 'field');
  const [first, ...rest] = fields;
  return first === undefined || fields.length < channels.length ? null : [first, ...rest];
}

/** Watts of all wavelengths and planes, [1], in the middle samples of each or in all. */
function powerOf(ops: Ops, light: Lines, crop?: (field: Field) => Crop): Real {
  return spectralSum(ops, light, (field) => {
    const irradiance = summedIrradiance(ops, field);
    const part = crop === undefined ? irradiance : ops.resize(irradiance, ...crop(field));
    return ops.scaleBy(summed(ops, part), multiplyScalars(field.pitch, field.pitch));
  });
}

function summed(ops: Ops, samples: Real): Real {
  return ops.reshape(
    ops.sum(
      samples,
      samples.shape.map((_, axis) => axis),
    ),
    [1],
  );
}
