import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { finerSamples } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { SeededRandom } from '../../maths/random.ts';
import type { Ops, Real } from '../../ops/ops.ts';
import { divideScalars, multiplyScalars, type Scalar } from '../../ops/scalar.ts';
import { planeShape } from '../../sampledGrid.ts';
import { behindMask, designWavelength, maskAngle, maskLength, phaseRatio } from './maskParams.ts';

/** Waves that add up to the rough surface: enough for heights that are normally distributed. */
const WAVES = 96;

/**
 * A random surface of RMS 1 over many draws: Σ √(2/M) cos(κ·x/ℓ + φ) with normal κ, which has the correlation
 * exp(-r²/ℓ²) exactly. Its closed form holds on any grid and can be differentiated by ℓ.
 * @param share pitch over correlation length
 */
function surface(ops: Ops, n: number, share: Scalar, seed: number): Real {
  const evaluate = ([q = 1]: readonly number[], wanted: readonly boolean[]) => {
    const random = new SeededRandom(seed);
    const value = new Float64Array(n * n);
    const slope = wanted[0] === true ? new Float64Array(n * n) : undefined;
    const centre = Math.floor(n / 2);
    const amplitude = Math.sqrt(2 / WAVES);
    const [cosines, sines] = [new Float64Array(n), new Float64Array(n)];
    for (let wave = 0; wave < WAVES; wave++) {
      const [kx, ky] = [Math.SQRT2 * random.normal(), Math.SQRT2 * random.normal()];
      const start = 2 * Math.PI * random.uniform();
      for (let column = 0; column < n; column++) {
        cosines[column] = amplitude * Math.cos(kx * q * (column - centre));
        sines[column] = amplitude * Math.sin(kx * q * (column - centre));
      }
      for (let row = 0; row < n; row++) {
        const angle = ky * q * (row - centre) + start;
        const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
        for (let column = 0; column < n; column++) {
          const [c, s] = [cosines[column] as number, sines[column] as number];
          const i = row * n + column;
          value[i] = (value[i] as number) + c * cosine - s * sine;
          if (slope === undefined) continue;
          const reach = kx * (column - centre) + ky * (row - centre);
          slope[i] = (slope[i] as number) - reach * (s * cosine + c * sine);
        }
      }
    }
    return { value, partials: [slope] };
  };
  return ops.hostMap([share], [n, n], 'real', evaluate, `diffuser:${seed}`);
}

export const diffuser: ElementSpec = defineElement({
  type: 'diffuser',
  version: 1,
  category: 'masks',
  title: 'Diffuser',
  summary: 'A rough surface: random phase of given strength and grain, which makes speckle.',
  keywords: ['speckle', 'random', 'ground glass', 'scatter', 'rough', 'turbulence', 'phase screen'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    strength: maskAngle(
      'Strength',
      'RMS of the phase; far above 1 rad nothing of the straight light is left.',
      {
        default: 3,
        min: 0,
        soft: [0, 10],
        step: 0.1,
        prominent: true,
      },
    ),
    grain: maskLength('Grain', 'Correlation length ℓ: the surface’s correlation falls as exp(-r²/ℓ²).', {
      default: 100e-6,
      soft: [10e-6, 2e-3],
      prominent: true,
    }),
    seed: {
      kind: 'integer',
      title: 'Seed',
      doc: 'Another seed gives another surface of the same kind.',
      default: 1,
      min: 0,
      max: 1_000_000,
    },
    designWavelength,
  },
  power: 'keeps',
  linearIn: 'in',
  equation: 'u_out = u_in exp(i σ g(x, y)), ⟨g(0) g(r)⟩ = exp(-r²/ℓ²)',
  references: ['Goodman, Speckle Phenomena in Optics: random phase screens'],
  sampling: (inputs, params, grid) => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const pitch = light.pitch.value;
    // The RMS slope of a surface with this correlation is √2 σ/ℓ; slopes of three times that still matter.
    const step = (3 * Math.SQRT2 * params.strength.value * pitch) / params.grain.value / Math.PI;
    if (step < 1 && params.grain.value > 2 * pitch) return [];
    return [
      {
        severity: 'warning',
        message: `The steepest places turn the phase by ${step.toFixed(2)} π per sample: light scattered furthest appears at wrong angles.`,
        fix: 'Use a coarser grain, a weaker diffuser or a finer pitch.',
        ...finerSamples(pitch, grid, Math.min(pitch / step, params.grain.value / 2)),
      },
    ];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const [n] = planeShape(light.samples);
    const heights = surface(ops, n, divideScalars(light.pitch, params.grain), params.seed);
    const strength = multiplyScalars(params.strength, phaseRatio(light, params.designWavelength));
    return { out: behindMask(ops, light, ops.phasor(ops.scaleBy(heights, strength))) };
  },
});
