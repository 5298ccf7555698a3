import { lengthOf, summedIrradiance } from '../../axes.ts';
import type { ElementSpec, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { setValue } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import type { Complex, Ops, Real } from '../../ops/ops.ts';
import { divideScalars, multiplyScalars, type Scalar } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import { amplitudeMap, planeShape, softEdge } from '../../sampledGrid.ts';
import { formatNumber } from '../../units.ts';
import type { Field, Image } from '../../values.ts';

/** Where the reference is darker than this share of its mean, the result fades instead of growing without bound. */
const DARKEST = 1e-4;
/** Width of the pass band's edge as a share of its radius: a sharp one would ring. */
const EDGE = 0.3;
/** Pitches that differ by less shift the outermost of a thousand samples by half a sample. */
const SAME_PITCH = 1e-3;

/** Irradiance of the hologram, [n, n] like the reference. */
function hologramOf(ops: Ops, seen: Field | Image, reference: Field): Real {
  const [n] = planeShape(reference.samples);
  const [rows, columns] = planeShape(seen.samples);
  const isStack = seen.kind === 'image' ? seen.samples.shape.length > 2 : lengthOf(seen, 'plane') > 1;
  const sameSize = rows === n && columns === n;
  if (!sameSize || isStack || Math.abs(seen.pitch.value / reference.pitch.value - 1) > SAME_PITCH) {
    throw new ElementProblem(
      `The hologram (${columns} × ${rows} pixels of ${(seen.pitch.value * 1e6).toPrecision(4)} µm) and the reference (${n} samples of ${(reference.pitch.value * 1e6).toPrecision(4)} µm) are not sampled alike.`,
      'Give the camera as many pixels of the same pitch as the reference has samples, and one plane.',
    );
  }
  if (seen.kind === 'field') return ops.reshape(summedIrradiance(ops, seen), [n, n]);
  if (seen.unit !== 'W') return seen.samples;
  return ops.scaleBy(seen.samples, divideScalars(1, multiplyScalars(seen.pitch, seen.pitch)));
}

/** Keeps frequencies below `radius` (cycles per metre). */
function lowPass(ops: Ops, samples: Complex, pitch: Scalar, radius: Scalar): Complex {
  const [n] = planeShape(samples);
  const step = divideScalars(1 / n, pitch);
  const band = amplitudeMap(
    ops,
    'demodulation:band',
    n,
    step,
    [{ scalar: radius, scale: radius.value * EDGE }],
    ([limit = 1]) =>
      (x, y) =>
        softEdge((limit - Math.hypot(x, y)) / (EDGE * limit)),
  );
  return ops.fourier2(ops.multiply(band, ops.fourier2(samples, 'forward')), 'inverse');
}

export const demodulation: ElementSpec = defineElement({
  type: 'demodulation',
  version: 1,
  category: 'interferometers',
  title: 'Hologram demodulation',
  summary:
    'Finds the complex field in an off-axis hologram: one side band is moved to the centre, the rest cut off.',
  keywords: ['off-axis', 'holography', 'sideband', 'quantitative phase', 'DHM', 'reconstruction', 'filter'],
  inputs: {
    in: { accepts: ['field', 'image'], title: 'Hologram' },
    reference: { accepts: ['field'], title: 'Reference' },
  },
  outputs: { out: { type: 'field', title: 'Object wave' } },
  params: {
    bandRadius: {
      kind: 'quantity',
      quantity: 'spatialFrequency',
      title: 'Band radius',
      doc: 'Largest spatial frequency that is kept. The side band is free of the others when it is below a third of the carrier, the reference’s tilt over the wavelength.',
      default: 5e3,
      min: 1,
      max: 1e9,
      soft: [1e3, 1e6],
      display: 'cycles/mm',
      scale: 'log',
      learnable: true,
      step: 1e3,
      prominent: true,
    },
  },
  power: 'notApplicable',
  linearIn: null,
  equation: 'O = LP[I R / |R|²],  I = |O + R|² = |O|² + |R|² + O R* + O* R',
  references: [
    'Leith and Upatnieks, J. Opt. Soc. Am. 52, 1123 (1962)',
    'Cuche, Marquet and Depeursinge, Appl. Opt. 38, 6994 (1999)',
  ],
  sampling: (inputs, params): readonly SamplingNote[] => {
    const { reference } = inputs;
    if (reference?.kind !== 'field') return [];
    const largest = 1 / (4 * reference.pitch.value);
    if (params.bandRadius.value <= largest) return [];
    return [
      {
        severity: 'warning',
        message: `The band is wider than ${(largest / 1e3).toPrecision(3)} cycles/mm: with these samples no carrier keeps the side band apart from the others.`,
        fix: 'Use a smaller band radius, or finer samples and a larger tilt of the reference.',
        apply: setValue('bandRadius', largest, `Use a radius of ${formatNumber(largest / 1e3, 3)} cycles/mm`),
      },
    ];
  },
  forward: (inputs, params, { ops }) => {
    const seen = inputOf(inputs, 'in', 'field', 'image');
    const reference = inputOf(inputs, 'reference', 'field');
    if (reference.axes.some((axis) => lengthOf(reference, axis) > 1)) {
      throw new ElementProblem(
        'The reference consists of several parts or polarisations: which of them made the fringes is unknown.',
        'Use one coherent reference wave of one polarisation.',
      );
    }
    const [n] = planeShape(reference.samples);
    const wave = ops.reshape(reference.samples, [n, n]);
    const brightness = ops.absSquared(wave);
    const mean = ops.scale(ops.sum(brightness, [0, 1]), DARKEST / (n * n));
    const share = ops.divide(hologramOf(ops, seen, reference), ops.add(brightness, mean));
    const shifted = ops.multiply(share, wave);
    return {
      out: {
        ...reference,
        axes: [],
        samples: lowPass(ops, shifted, reference.pitch, params.bandRadius),
        planeWaves: null,
      },
    };
  },
});
