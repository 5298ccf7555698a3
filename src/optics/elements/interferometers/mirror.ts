import type { ElementSpec, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { finerSamples, firstFix, flatterTilts } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { phasorScalar, sine } from '../../jones.ts';
import { addScalars, divideScalars, isConstant, multiplyScalars, type Scalar } from '../../ops/scalar.ts';
import { scaledLight } from '../../polarisation.ts';
import { phaseMap, planeShape } from '../../sampledGrid.ts';
import { formatNumber } from '../../units.ts';
import type { Field, PlaneWave } from '../../values.ts';

const tilt = (title: string, axis: string) =>
  ({
    kind: 'quantity',
    quantity: 'angle',
    title,
    doc: `Angle by which the light is turned towards ${axis}: twice the tilt of a mirror.`,
    default: 0,
    min: -1.5,
    max: 1.5,
    soft: [-5e-3, 5e-3],
    display: 'mrad',
    scale: 'linear',
    learnable: true,
    step: 1e-4,
    prominent: true,
  }) as const;

/** Path difference after which lines so far apart are in step again; null for one line. */
function revival(wavelengths: readonly number[]): number | null {
  const sorted = [...wavelengths].sort((a, b) => a - b);
  const turns = sorted.slice(1).map((longer, i) => 1 / (sorted[i] ?? longer) - 1 / longer);
  return turns.length === 0 ? null : 1 / Math.max(...turns);
}

/** Plane waves that are delayed or turned stay known, as long as they travel forwards. */
function knownWaves(light: Field, delay: Scalar | null, tilts: readonly [Scalar, Scalar]) {
  const index = light.refractiveIndex;
  const [across, down] = tilts.map((tilt) => multiplyScalars(index, sine(tilt))) as [Scalar, Scalar];
  const isTurned = !tilts.every((tilt) => tilt.value === 0 && isConstant(tilt));
  const made = light.planeWaves?.map((wave): PlaneWave => {
    const turned = isTurned ? { ...wave, x: addScalars(wave.x, across), y: addScalars(wave.y, down) } : wave;
    return delay === null ? turned : { ...turned, phase: addScalars(delay, wave.phase ?? 0) };
  });
  const isForwards = made?.every(({ x, y }) => Math.hypot(x.value, y.value) < index.value) === true;
  return isForwards ? made : null;
}

export const mirror: ElementSpec = defineElement({
  type: 'mirror',
  version: 1,
  category: 'interferometers',
  title: 'Mirror (delay and tilt)',
  summary: 'The end of an interferometer’s arm: makes the light’s way longer and turns it a little.',
  keywords: ['delay line', 'path difference', 'piston', 'tilt', 'michelson', 'arm', 'OPD', 'coherence'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    pathLength: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Extra path',
      doc: 'Geometrical path that this arm is longer than the other, there and back; the phase is 2π n L / λ at each wavelength. Propagation over a distance adds no such phase.',
      default: 0,
      min: -1e3,
      max: 1e3,
      soft: [-10e-6, 10e-6],
      display: 'µm',
      scale: 'linear',
      learnable: true,
      step: 20e-9,
      prominent: true,
    },
    tiltX: tilt('Turn towards x', '+x'),
    tiltY: tilt('Turn towards y', '+y (down the rows)'),
  },
  power: 'keeps',
  linearIn: 'in',
  equation: 'u_out = u exp[i k (L + x sin α + y sin β)]',
  references: ['Born and Wolf, Principles of Optics: two-beam interference'],
  sampling: (inputs, params, grid, wavelengths = []) => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const { tiltX, tiltY, pathLength } = params;
    const sine = Math.max(Math.abs(Math.sin(tiltX.value)), Math.abs(Math.sin(tiltY.value)));
    const notes: SamplingNote[] = [];
    const index = light.refractiveIndex.value;
    const step = (2 * index * sine * light.pitch.value) / light.wavelength.value;
    if (step >= 1) {
      notes.push({
        severity: 'warning',
        message: `The tilt turns the phase by ${step.toFixed(2)} π per sample: the wave is aliased.`,
        fix: 'Reduce the tilt or the grid pitch.',
        ...firstFix(
          finerSamples(light.pitch.value, grid, light.pitch.value / step),
          flatterTilts(params, sine / step),
        ),
      });
    }
    const tilted = 0.5 * planeShape(light.samples)[1] * light.pitch.value * sine;
    const longest = index * (Math.abs(pathLength.value) + tilted);
    const period = revival(wavelengths);
    if (period !== null && longest > period / 2) {
      notes.push({
        severity: 'warning',
        message: `The spectrum is sampled by ${wavelengths.length} lines, whose fringes come back every ${formatNumber(period * 1e6, 3)} µm; the path difference reaches ${formatNumber(longest * 1e6, 3)} µm.`,
        fix: `Use at least ${Math.ceil((2 * longest * wavelengths.length) / period) + 1} lines at the source, or a shorter path.`,
      });
    }
    return notes;
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const waves = divideScalars(multiplyScalars(light.refractiveIndex, params.pathLength), light.wavelength);
    const { tiltX, tiltY } = params;
    const delay = waves.value === 0 && isConstant(waves) ? null : multiplyScalars(waves, 2 * Math.PI);
    const planeWaves = knownWaves(light, delay, [tiltX, tiltY]);
    const delayed = delay === null ? light : { ...scaledLight(ops, light, phasorScalar(delay)), planeWaves };
    const isStraight = tiltX.value === 0 && tiltY.value === 0 && isConstant(tiltX) && isConstant(tiltY);
    if (isStraight) return { out: delayed };
    const phase = phaseMap(
      ops,
      'mirror:tilt',
      planeShape(light.samples)[0],
      light.pitch,
      [
        { scalar: light.wavelength, scale: light.wavelength.value },
        { scalar: light.refractiveIndex, scale: 1 },
        { scalar: tiltX, scale: 1e-2 },
        { scalar: tiltY, scale: 1e-2 },
      ],
      ([lambda = 1, index = 1, alpha = 0, beta = 0]) => {
        const k = (2 * Math.PI * index) / lambda;
        const [kx, ky] = [k * Math.sin(alpha), k * Math.sin(beta)];
        return (x, y) => kx * x + ky * y;
      },
    );
    const samples = ops.multiply(delayed.samples, ops.phasor(phase));
    return { out: { ...delayed, samples, planeWaves } };
  },
});
