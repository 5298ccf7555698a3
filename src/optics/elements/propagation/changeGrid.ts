import type { ElementSpec, ParamValues, SamplingNote, SimulationGrid } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { constantScalar } from '../../ops/scalar.ts';
import { inMetres } from '../../propagation/choice.ts';
import { type NewGrid, resampled } from '../../propagation/resample.ts';
import { planeShape } from '../../sampledGrid.ts';
import type { Field } from '../../values.ts';

const params = {
  target: {
    kind: 'choice',
    title: 'New grid',
    doc: 'The bench’s own grid, your own, or the light’s pitch with more or fewer samples around.',
    default: 'bench',
    options: [
      { value: 'bench', title: 'As the bench' },
      { value: 'chosen', title: 'Chosen' },
      { value: 'pad', title: 'Pad or crop' },
    ],
    prominent: true,
  },
  samples: {
    kind: 'integer',
    title: 'Samples',
    doc: 'Samples along x and along y; 0 means as many as the light has.',
    automatic: 'as many as the light has',
    default: 0,
    min: 0,
    max: 4096,
    prominent: true,
    when: { param: 'target', is: ['chosen', 'pad'] },
  },
  pitch: {
    kind: 'quantity',
    quantity: 'length',
    title: 'Pitch',
    doc: 'Distance between the new samples.',
    default: 10e-6,
    min: 1e-12,
    max: 1e3,
    soft: [1e-7, 1e-4],
    display: 'µm',
    scale: 'log',
    learnable: false,
    step: 1e-6,
    prominent: true,
    when: { param: 'target', is: ['chosen'] },
  },
} as const;

function newGrid(light: Field, values: ParamValues<typeof params>, bench: SimulationGrid): NewGrid {
  const [n] = planeShape(light.samples);
  if (values.target === 'bench') return { samples: bench.samples, pitch: constantScalar(bench.pitch) };
  const samples = values.samples > 0 ? values.samples : n;
  return { samples, pitch: values.target === 'pad' ? light.pitch : values.pitch };
}

export const changeGrid: ElementSpec = defineElement({
  type: 'changeGrid',
  version: 1,
  category: 'propagation',
  title: 'Change grid',
  summary:
    'The same light on other samples: another pitch by exact interpolation, more room by zeros, less by cutting.',
  keywords: ['resample', 'pad', 'crop', 'pitch', 'grid', 'interpolate', 'zoom', 'match'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light on the new grid' } },
  params,
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'u(x) = Σ U(f) exp(2πi f·x),  |f| ≤ 1 / (2 pitch)',
  references: ['Goodman, Introduction to Fourier Optics: the sampling theorem'],
  sampling: (inputs, values, bench) => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const [n] = planeShape(light.samples);
    const { samples, pitch } = newGrid(light, values, bench);
    const [before, after] = [n * light.pitch.value, samples * pitch.value];
    const notes: SamplingNote[] = [];
    if (pitch.value > 1.000001 * light.pitch.value) {
      notes.push({
        severity: 'info',
        message: `Detail finer than twice the new pitch of ${inMetres(pitch.value)} is removed, with its power.`,
        fix: `Use a pitch of at most ${inMetres(light.pitch.value)} to keep all.`,
      });
    }
    if (after < 0.999999 * before) {
      notes.push({
        severity: 'info',
        message: `The window shrinks from ${inMetres(before)} to ${inMetres(after)}: light outside is lost.`,
        fix: `Use ${Math.ceil(before / pitch.value - 1e-6)} samples to keep all.`,
      });
    }
    return notes;
  },
  forward: (inputs, values, { ops, grid }) => {
    const light = inputOf(inputs, 'in', 'field');
    const target = newGrid(light, values, grid);
    const [n] = planeShape(light.samples);
    const same = target.samples === n && Math.abs(target.pitch.value / light.pitch.value - 1) < 1e-9;
    return {
      out: {
        ...light,
        samples: resampled(ops, light.samples, light.pitch, target),
        pitch: target.pitch,
        planeWaves: same ? light.planeWaves : null,
      },
    };
  },
});
