import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { foldedSide, unfold } from '../../evenSamples.ts';
import { finerPitch, followsGrid } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { discCoverage } from '../../maths/disc.ts';
import type { Ops, Real } from '../../ops/ops.ts';
import { planeShape } from '../../sampledGrid.ts';

/** Quadratic phase -k r² / 2f, [n, n], real, in radians reduced to one turn around zero. */
function lensPhase(ops: Ops, n: number, scalars: Parameters<Ops['hostMap']>[0]): Real {
  return ops.hostMap(
    scalars,
    [n, n],
    'real',
    (values, wanted) => {
      const [lambda, index, focalLength, pitch] = values as [number, number, number, number];
      const side = foldedSide(n);
      const value = new Float64Array(side * side);
      const partials = wanted.map((want) => (want ? new Float64Array(value.length) : undefined));
      const perSample = (-index * pitch * pitch) / (2 * lambda * focalLength);
      for (let row = 0; row < side; row++) {
        for (let column = 0; column <= row; column++) {
          const turns = perSample * (row * row + column * column);
          const i = row * side + column;
          value[i] = 2 * Math.PI * (turns - Math.round(turns));
          const phase = 2 * Math.PI * turns;
          if (partials[0]) partials[0][i] = -phase / lambda;
          if (partials[1]) partials[1][i] = phase / index;
          if (partials[2]) partials[2][i] = -phase / focalLength;
          if (partials[3]) partials[3][i] = (2 * phase) / pitch;
        }
      }
      const whole = (folded: Float64Array) => unfold(folded, n, 1);
      return { value: whole(value), partials: partials.map((each) => each && whole(each)) };
    },
    'thinLens',
  );
}

export const thinLens: ElementSpec = defineElement({
  type: 'thinLens',
  version: 1,
  category: 'lenses',
  title: 'Thin lens',
  summary: 'A thin lens with a round stop: light converges for positive focal lengths.',
  keywords: ['focus', 'converging', 'diverging', 'singlet'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    focalLength: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Focal length',
      doc: 'Effective focal length f; positive converges.',
      default: 0.05,
      min: -1e3,
      max: 1e3,
      soft: [0.005, 0.5],
      display: 'mm',
      scale: 'log',
      learnable: true,
      step: 1e-3,
      prominent: true,
    },
    diameter: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Diameter',
      doc: 'Clear aperture; light outside is stopped. 0 means no stop.',
      default: 0,
      min: 0,
      max: 10,
      soft: [0, 5e-3],
      display: 'mm',
      scale: 'linear',
      learnable: false,
      step: 1e-4,
    },
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 't(x, y) = P(x, y) exp[-i k (x² + y²) / 2f]',
  references: ['Goodman, Introduction to Fourier Optics: thin lens as a phase transformation'],
  sampling: (inputs, params, grid) => {
    const light = inputs['in'];
    if (light?.kind !== 'field' || params.focalLength.value === 0) return [];
    const [ny, nx] = planeShape(light.samples);
    const pitch = light.pitch.value;
    const stop = params.diameter.value > 0 ? params.diameter.value / 2 : Number.POSITIVE_INFINITY;
    const reach = Math.min(stop, (Math.max(ny, nx) * pitch) / 2);
    const step =
      (2 * light.refractiveIndex.value * reach * pitch) /
      (light.wavelength.value * Math.abs(params.focalLength.value));
    if (step < 1) return [];
    const finer = pitch / step;
    return [
      {
        severity: 'warning',
        message: `The lens turns the phase by ${step.toFixed(2)} π per sample at its edge: ghost foci appear.`,
        fix: `Use a grid pitch below ${(finer * 1e6).toPrecision(3)} µm, a longer focal length or a smaller diameter.`,
        ...(followsGrid(pitch, grid) ? finerPitch(grid, finer) : {}),
      },
    ];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const [n] = planeShape(light.samples);
    const phase = lensPhase(ops, n, [
      light.wavelength,
      light.refractiveIndex,
      params.focalLength,
      light.pitch,
    ]);
    const bent = ops.multiply(light.samples, ops.phasor(phase));
    const radius = params.diameter.value / 2 / light.pitch.value;
    const centre = Math.floor(n / 2);
    const samples =
      radius > 0
        ? ops.multiply(
            bent,
            ops.constant(`lens:stop:${n}:${radius}`, [n, n], 'real', () =>
              discCoverage([n, n], [centre, centre], radius),
            ),
          )
        : bent;
    return { out: { ...light, samples, isAxialPlaneWave: false } };
  },
});
