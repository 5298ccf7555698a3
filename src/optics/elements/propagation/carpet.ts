import { summedIrradiance } from '../../axes.ts';
import type { ElementSpec, ParamValues, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { offerValue } from '../../fixes.ts';
import { lightsOf } from '../../inputs.ts';
import type { Ops, Real } from '../../ops/ops.ts';
import { divideScalars, mapScalar, type Scalar } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import { crossTerm, sectionSpectrum } from '../../propagation/planes.ts';
import { fourierKernel } from '../../pupil/zoomTransform.ts';
import { planeShape } from '../../sampledGrid.ts';
import { spectralSum } from '../../spectral.ts';
import type { Field } from '../../values.ts';
import { position } from '../sources/lightParams.ts';

const params = {
  start: position(
    'Start',
    'Distance of the first row along the light; negative lies before this plane.',
    null,
    {
      min: -1e3,
      max: 1e3,
      soft: [-0.1, 0.1],
      display: 'mm',
      step: 1e-3,
    },
  ),
  depth: position('Depth', 'From the first row to the last, along the light.', null, {
    default: 0.1,
    min: -1e3,
    max: 1e3,
    soft: [1e-3, 0.5],
    display: 'mm',
    step: 1e-3,
    prominent: true,
  }),
  rows: {
    kind: 'integer',
    title: 'Rows',
    doc: 'Distances that are shown, from top to bottom.',
    default: 128,
    min: 2,
    max: 4096,
    prominent: true,
  },
  columns: {
    kind: 'integer',
    title: 'Columns',
    doc: 'Points along the line; 0 means as many as the light has samples.',
    automatic: 'as many as the light has samples',
    default: 0,
    min: 0,
    max: 4096,
  },
  pixelPitch: {
    kind: 'quantity',
    quantity: 'length',
    title: 'Column pitch',
    doc: 'Distance between points of the line; 0 means that of the light.',
    automatic: 'that of the light',
    default: 0,
    min: 0,
    max: 1,
    soft: [0, 20e-6],
    display: 'µm',
    scale: 'linear',
    learnable: false,
    step: 1e-6,
  },
  along: {
    kind: 'choice',
    title: 'Line along',
    doc: 'Direction of the line that is followed.',
    default: 'x',
    options: [
      { value: 'x', title: 'x' },
      { value: 'y', title: 'y' },
    ],
  },
  offset: position('Off axis', 'Distance of the line from the axis, along the other direction.', null, {
    soft: [-1e-3, 1e-3],
    step: 10e-6,
  }),
  padding: {
    kind: 'choice',
    title: 'Padding',
    doc: 'Room around the light so that what leaves does not come back; without any, the window is one period of light that repeats.',
    default: '2',
    options: [
      { value: '2', title: '2 ×' },
      { value: '1', title: 'None: the light repeats' },
    ],
  },
} as const;

/** Irradiance times the square of the column pitch, [rows, columns]. */
function section(
  ops: Ops,
  light: Field,
  values: ParamValues<typeof params>,
  grid: { readonly columns: number; readonly pitch: Scalar },
): Real {
  const [n] = planeShape(light.samples);
  const periodic = values.padding === '1';
  const padded = periodic ? n : 2 * n;
  const spectrum = ops.fourier2(ops.resize(light.samples, padded, padded), 'forward');
  const along = values.along === 'y' ? 'y' : 'x';
  const { start, offset, rows } = values;
  const step = divideScalars(values.depth, rows - 1);
  const lines = sectionSpectrum(
    ops,
    spectrum,
    light.pitch,
    light,
    { along, offset, start, step, rows },
    periodic,
  );
  const turn = divideScalars(grid.pitch, light.pitch);
  const kernel = fourierKernel(ops, { step: turn, spacing: 1 / padded, sign: 1 }, grid.columns, padded);
  const field = ops.scale(ops.matmul(lines, kernel, true), 1 / padded);
  const area = mapScalar(
    grid.pitch,
    (p) => p * p,
    (p) => 2 * p,
  );
  return ops.scaleBy(summedIrradiance(ops, { samples: field, axes: light.axes }), area);
}

export const carpet: ElementSpec = defineElement({
  type: 'carpet',
  version: 1,
  category: 'propagation',
  title: 'Carpet',
  summary:
    'A section through the light along its path: one line of the plane, row by row for growing distance.',
  keywords: ['section', 'axial', 'Talbot', 'caustic', 'side view', 'x-z', 'beam', 'propagate'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'image', title: 'Section, distance downwards' } },
  params,
  power: 'notApplicable',
  linearIn: null,
  addsUp: true,
  spectrum: 'whole',
  equation:
    'I(x; z) = |∬ U(f) exp{i [z (κ(fx) + κ(fy)) + 2π (fx x + fy y)]} df|²,  κ(f) = 2π [sqrt(n²/λ² - f²) - n/λ]',
  references: ['Berry and Klein, J. Mod. Opt. 43, 2139 (1996): Talbot carpets'],
  sampling: (inputs, values) => {
    const light = inputs['in'];
    const first = light?.kind === 'polychromatic' ? light.channels[0] : light;
    if (first?.kind !== 'field') return [];
    const [n] = planeShape(first.samples);
    const wavelength = first.wavelength.value / first.refractiveIndex.value;
    const far = Math.max(Math.abs(values.start.value), Math.abs(values.start.value + values.depth.value));
    const width = (values.padding === '1' ? 1 : 2) * n * first.pitch.value;
    const grid = wavelength / (2 * first.pitch.value);
    const sine = values.padding === '1' ? grid : Math.min(grid, 1 / Math.hypot((2 * far) / width, 1));
    const neglected = crossTerm(wavelength, far, sine);
    const columnPitch = values.pixelPitch.value || first.pitch.value;
    const shown = (values.columns > 1 ? values.columns : n) * columnPitch;
    const notes: SamplingNote[] = [];
    if (shown > 1.001 * width) {
      const most = Math.floor((1 + 1e-9) * (width / columnPitch));
      notes.push({
        severity: 'warning',
        message: 'The line is longer than the computed plane, which repeats beyond its ends.',
        fix: 'Use fewer columns or a smaller column pitch.',
        ...offerValue(most > 1, 'columns', most, `Use ${most} columns`),
      });
    }
    if (neglected > 1) {
      notes.push({
        severity: values.padding === '1' ? 'info' : 'warning',
        message: `Light that is steep along x and y at once may be off by ${neglected < 1e3 ? neglected.toPrecision(2) : neglected.toExponential(0)} rad: the section treats the two directions apart.`,
        fix: 'Ignore this for gratings, slits and slender beams; otherwise compare with through-focus planes, which are exact.',
      });
    }
    return notes;
  },
  forward: (inputs, values, { ops }) => {
    const lights = lightsOf(inputs, 'in', 'field');
    const [main] = lights;
    if (main.axes.includes('plane')) {
      throw new ElementProblem(
        'The light is already a stack of planes.',
        'Take the section before the light is made a stack.',
      );
    }
    const [n] = planeShape(main.samples);
    const grid = {
      columns: values.columns > 1 ? values.columns : n,
      pitch: values.pixelPitch.value > 0 ? values.pixelPitch : main.pitch,
    };
    return {
      out: {
        kind: 'image',
        samples: spectralSum(ops, lights, (light) => section(ops, light, values, grid)),
        pitch: grid.pitch,
        unit: 'W',
        noise: null,
        mask: null,
        normalization: 'none',
      },
    };
  },
});
