import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { constantScalar, mapScalar } from '../../ops/scalar.ts';
import { pupilGrid } from '../../pupil/pupilGrid.ts';
import { complexMap } from '../../sampledGrid.ts';
import { lightOf, polarizationAngle, power, refractiveIndex, wavelength } from './lightParams.ts';
import { spectrumParams } from './spectrumParams.ts';

const tilt = (title: string, axis: string) =>
  ({
    kind: 'quantity',
    quantity: 'angle',
    title,
    doc: `Angle of travel against the axis, towards ${axis}.`,
    default: 0,
    min: -1.5,
    max: 1.5,
    soft: [-0.05, 0.05],
    display: 'mrad',
    scale: 'linear',
    learnable: true,
    step: 1e-3,
  }) as const;

/**
 * Tilted plane wave of unit amplitude: exp(i k (x sin a + y sin b)).
 * Validity: the phase step per sample must stay below π.
 */
function tiltedWave(
  ops: Ops,
  n: number,
  pitch: number,
  light: { wavelength: Scalar; refractiveIndex: Scalar },
  angles: { x: Scalar; y: Scalar },
): Complex {
  const scalars = [light.wavelength, light.refractiveIndex, angles.x, angles.y];
  return complexMap(ops, [n, n], pitch, scalars, ([lambda = 1, index = 1, ax = 0, ay = 0]) => {
    const k = (2 * Math.PI * index) / lambda;
    const [sx, sy, cx, cy] = [Math.sin(ax), Math.sin(ay), Math.cos(ax), Math.cos(ay)];
    return (x, y, out) => {
      const phase = k * (x * sx + y * sy);
      out.re = Math.cos(phase);
      out.im = Math.sin(phase);
      const slopes = [-phase / lambda, phase / index, k * x * cx, k * y * cy];
      slopes.forEach((slope, s) => {
        out.partials[2 * s] = -slope * out.im;
        out.partials[2 * s + 1] = slope * out.re;
      });
    };
  });
}

export const planeWave: ElementSpec = defineElement({
  type: 'planeWave',
  version: 1,
  category: 'sources',
  title: 'Plane wave',
  summary: 'Collimated light of even brightness, like a star or an expanded laser beam.',
  keywords: ['laser', 'collimated', 'star', 'illumination', 'source'],
  inputs: {},
  outputs: { out: { type: 'field', title: 'Light' } },
  spectrum: 'emits',
  params: {
    wavelength,
    ...spectrumParams,
    refractiveIndex,
    polarizationAngle,
    power: { ...power, doc: 'Power through the circle inscribed in the grid (which is what fills a pupil).' },
    tiltX: tilt('Tilt x', '+x'),
    tiltY: tilt('Tilt y', '+y'),
  },
  power: 'creates',
  linearIn: null,
  equation: 'u(x, y) = sqrt(P / π R²) exp[i k (x sin α + y sin β)]',
  references: ['Goodman, Introduction to Fourier Optics: plane waves and direction cosines'],
  sampling: (_inputs, params, grid) => {
    const sine = Math.max(Math.abs(Math.sin(params.tiltX.value)), Math.abs(Math.sin(params.tiltY.value)));
    const step = (2 * params.refractiveIndex.value * sine * grid.pitch) / params.wavelength.value;
    if (step < 1) return [];
    return [
      {
        severity: 'warning',
        message: `The tilt turns the phase by ${step.toFixed(2)} π per sample: the wave is aliased.`,
        fix: 'Reduce the tilt or the grid pitch.',
      },
    ];
  },
  forward: (_inputs, params, { ops, grid }) => {
    const radius = pupilGrid(grid.samples).radius * grid.pitch;
    const area = Math.PI * radius * radius;
    const amplitude = mapScalar(
      params.power,
      (p) => Math.sqrt(p / area),
      (p) => 0.5 / Math.sqrt(Math.max(p, 1e-300) * area),
    );
    const isAxial =
      params.tiltX.value === 0 &&
      params.tiltY.value === 0 &&
      params.tiltX.partials.size + params.tiltY.partials.size === 0;
    const n = grid.samples;
    const unit = isAxial
      ? ops.constant(`planeWave:${n}`, [n, n], 'complex', () => {
          const ones = new Float64Array(2 * n * n);
          for (let i = 0; i < ones.length; i += 2) ones[i] = 1;
          return ones;
        })
      : tiltedWave(ops, n, grid.pitch, params, { x: params.tiltX, y: params.tiltY });
    return {
      out: {
        kind: 'field',
        samples: ops.scaleBy(unit, amplitude),
        pitch: constantScalar(grid.pitch),
        axes: [],
        ...lightOf(params),
        isAxialPlaneWave: isAxial,
      },
    };
  },
});
