import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { finerPitch, firstFix, offerValue, roundedUp } from '../../fixes.ts';
import { constantScalar } from '../../ops/scalar.ts';
import { inMetres } from '../../propagation/choice.ts';
import { complexMap } from '../../sampledGrid.ts';
import { lightOf, polarizationAngle, position, power, refractiveIndex, wavelength } from './lightParams.ts';
import { spectrumParams } from './spectrumParams.ts';

export const pointSource: ElementSpec = defineElement({
  type: 'pointSource',
  version: 1,
  category: 'sources',
  title: 'Point source',
  summary: 'A spherical wave from a point in front of the plane, exact off axis too.',
  keywords: ['spherical', 'star', 'pinhole', 'emitter', 'source'],
  inputs: {},
  outputs: { out: { type: 'field', title: 'Light' } },
  spectrum: 'emits',
  params: {
    wavelength,
    ...spectrumParams,
    refractiveIndex,
    polarizationAngle,
    power: { ...power, doc: 'Power radiated into the full sphere.' },
    x: position('Position x', 'Lateral position, +x right.', 'lateralX', {
      soft: [-1e-3, 1e-3],
      step: 10e-6,
    }),
    y: position('Position y', 'Lateral position, +y down the rows.', 'lateralY', {
      soft: [-1e-3, 1e-3],
      step: 10e-6,
    }),
    z: position('Distance', 'Distance before the plane, towards the source; positive.', 'axial', {
      default: 0.1,
      min: 1e-9,
      max: 1e6,
      soft: [1e-3, 1],
      display: 'mm',
      step: 1e-3,
      prominent: true,
    }),
  },
  power: 'creates',
  linearIn: null,
  equation: 'u = sqrt(P / 4π) exp[i k (R - z)] / R,  R = sqrt((x-x0)² + (y-y0)² + z²)',
  references: ['Goodman, Introduction to Fourier Optics: spherical waves'],
  sampling: (_inputs, params, grid) => {
    const reach =
      (grid.samples * grid.pitch) / 2 + Math.max(Math.abs(params.x.value), Math.abs(params.y.value));
    const sine = reach / Math.hypot(reach, params.z.value);
    const step = (2 * params.refractiveIndex.value * sine * grid.pitch) / params.wavelength.value;
    if (step < 1) return [];
    // Where the sine at the edge is 1/step of what it is: a little beyond it.
    const far = Math.sign(params.z.value || 1) * roundedUp(1.01 * reach * Math.sqrt((step / sine) ** 2 - 1));
    return [
      {
        severity: 'warning',
        message: `At the edge of the grid the wave turns by ${step.toFixed(2)} π per sample: it is aliased.`,
        fix: 'Move the source farther away, use a finer pitch or fewer samples.',
        ...firstFix(
          finerPitch(grid, grid.pitch / step),
          offerValue(far < 1e3, 'z', far, `Use z = ${inMetres(far)}`),
        ),
      },
    ];
  },
  forward: (_inputs, params, { ops, grid }) => {
    const scalars = [params.wavelength, params.refractiveIndex, params.power, params.x, params.y, params.z];
    const samples = complexMap(ops, [grid.samples, grid.samples], grid.pitch, scalars, (values) => {
      const [lambda = 1, index = 1, watts = 0, x0 = 0, y0 = 0, z = 1] = values;
      const k = (2 * Math.PI * index) / lambda;
      const amplitude = Math.sqrt(watts / (4 * Math.PI));
      return (x, y, out) => {
        const [dx, dy] = [x - x0, y - y0];
        const lateral2 = dx * dx + dy * dy;
        const distance = Math.sqrt(lateral2 + z * z);
        // R - z without cancellation.
        const excess = lateral2 / (distance + z);
        const turns = (k * excess) / (2 * Math.PI);
        const phase = 2 * Math.PI * (turns - Math.round(turns));
        out.re = (amplitude * Math.cos(phase)) / distance;
        out.im = (amplitude * Math.sin(phase)) / distance;
        const d2 = distance * distance;
        const logs = [
          [0, (-k * excess) / lambda],
          [0, (k * excess) / index],
          [watts > 0 ? 0.5 / watts : 0, 0],
          [dx / d2, (-k * dx) / distance],
          [dy / d2, (-k * dy) / distance],
          [-z / d2, (-k * excess) / distance],
        ] as const;
        logs.forEach(([lr, li], s) => {
          out.partials[2 * s] = lr * out.re - li * out.im;
          out.partials[2 * s + 1] = lr * out.im + li * out.re;
        });
      };
    });
    return {
      out: {
        kind: 'field',
        samples,
        pitch: constantScalar(grid.pitch),
        axes: [],
        ...lightOf(params),
        planeWaves: null,
      },
    };
  },
});
