import { componentsOf, strongestFirst } from '../../analysis/components.ts';
import { planesIn, strongest } from '../../analysis/hostPlane.ts';
import { lengthAxis, lengthReadout, numberReadout } from '../../analysis/readouts.ts';
import { marechalStrehl, strehlRatio } from '../../analysis/strehl.ts';
import { type Removed, wavefrontOf } from '../../analysis/wavefront.ts';
import { lengthOf } from '../../axes.ts';
import type { Analysis, Chart, ElementSpec, HostValue, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { nollToDegree, zernikeName } from '../../maths/zernike.ts';
import { passes } from './analysisParts.ts';

/** Strehl ratio of a plane; null with a component along the axis, which takes part of the light off the centre. */
function strehlOf(light: HostValue, plane: number): number | null {
  const components = componentsOf(light, plane);
  return components.length < 3 ? strehlRatio(components.map(({ samples }) => samples)) : null;
}

/** What extended light cannot have: its modes have wavefronts of their own. */
const UNKNOWN: Analysis = {
  readouts: [
    numberReadout('Strehl ratio', null),
    lengthReadout('RMS', null),
    lengthReadout('Peak to valley', null),
  ],
  charts: [],
};

export const wavefront: ElementSpec = defineElement({
  type: 'wavefront',
  version: 1,
  category: 'analysis',
  title: 'Wavefront',
  summary: 'Aberrations in a pupil or of a beam: Strehl ratio, RMS and peak-to-valley path, Zernike terms.',
  keywords: ['Strehl', 'Zernike', 'aberration', 'OPD', 'unwrap', 'RMS', 'PV'],
  inputs: { in: { accepts: ['pupil', 'field'], title: 'Pupil or light' } },
  outputs: { out: { type: { like: 'in' }, title: 'Unchanged' } },
  params: {
    removed: {
      kind: 'choice',
      title: 'Leave out',
      doc: 'What does not count as aberration: tilt only moves the image, defocus only its plane.',
      default: 'tilt',
      options: [
        { value: 'piston', title: 'Piston' },
        { value: 'tilt', title: 'Piston and tilt' },
        { value: 'defocus', title: 'Piston, tilt and defocus' },
      ],
      prominent: true,
    },
    terms: {
      kind: 'integer',
      title: 'Zernike terms',
      doc: 'Noll terms that are fitted to the wavefront; of a large picture to evenly spaced samples, up to about 128².',
      default: 15,
      min: 4,
      max: 66,
    },
    radius: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Radius',
      doc: 'Radius of the unit disc of the Zernike terms, for light that is no pupil; 0 takes the lit part.',
      automatic: 'the lit part',
      default: 0,
      min: 0,
      max: 1,
      soft: [0, 1e-2],
      display: 'mm',
      scale: 'linear',
      learnable: false,
      step: 1e-4,
    },
    plane: {
      kind: 'integer',
      title: 'Plane',
      doc: 'Plane of a focus stack, from 1; 0 takes the middle one.',
      automatic: 'the middle one',
      default: 0,
      min: 0,
      max: 4096,
    },
  },
  ...passes,
  equation: 'S = |⟨P⟩|² / ⟨|P|⟩²,  OPD = λ φ / 2π = Σ c_j Z_j',
  references: [
    'Noll, J. Opt. Soc. Am. 66, 207 (1976)',
    'Herráez et al., Appl. Opt. 41, 7437 (2002): the order in which the phase is unwrapped',
  ],
  sampling: (inputs) => {
    const light = inputs['in'];
    if (light?.kind !== 'pupil' && light?.kind !== 'field') return [];
    const notes: SamplingNote[] = [];
    if (lengthOf(light, 'mode') > 1) {
      notes.push({
        severity: 'warning',
        message: `This light is a sum of ${lengthOf(light, 'mode')} modes that do not interfere: it has no one wavefront and no Strehl ratio.`,
        fix: 'Look at the wavefront with one coherent source, such as a plane wave or a point.',
      });
    } else if (lengthOf(light, 'component') > 2) {
      notes.push({
        severity: 'warning',
        message:
          'Light with a component along the axis has no Strehl ratio: part of it misses the centre without any aberration. The wavefront is that of the strongest component.',
        fix: 'Compare the peaks of two images, or look at the pupil before its vectorial focus.',
      });
    }
    return notes;
  },
  analyse: (input, params) => {
    const light = strongest(input);
    const { value } = light;
    if (value.kind !== 'image' && lengthOf(value, 'mode') > 1) return UNKNOWN;
    const [main] = strongestFirst(componentsOf(light, params.plane));
    if (value.kind === 'image' || main === undefined) return { readouts: [], charts: [] };
    const lambda = value.wavelength.value;
    const discRadius =
      value.kind === 'pupil'
        ? value.grid.radius
        : params.radius.value > 0
          ? params.radius.value / value.pitch.value
          : litRadius(main.samples, main.rows, main.columns);
    const pupil = { rows: main.rows, columns: main.columns, radius: discRadius };
    const found = wavefrontOf(main.samples, pupil, lambda, params.removed as Removed, params.terms);
    const path = (title: string, length: number) => [
      lengthReadout(title, length),
      numberReadout(`${title} in waves`, length / lambda),
    ];
    const terms = [...(found.coefficients ?? [])].map((coefficient, i) => {
      const { n, m } = nollToDegree(i + 1);
      return lengthReadout(`Z${i + 1} ${zernikeName(n, m)}`, coefficient);
    });
    const coefficients = found.coefficients ?? new Float64Array();
    const charts: Chart[] = [
      {
        title: 'Through the centre',
        x: { title: 'Pupil', quantity: 'dimensionless', display: '' },
        y: lengthAxis('Optical path', found.peakToValley),
        lines: (['x', 'y'] as const).map((axis) => middleLine(found.path, pupil, axis)),
      },
      {
        title: 'Zernike terms',
        x: { title: 'Noll index', quantity: 'dimensionless', display: '' },
        y: lengthAxis('RMS', Math.max(...coefficients.subarray(3).map(Math.abs), 0)),
        // Piston and tilts say little and would hide the others.
        lines: [
          {
            title: 'from 4',
            x: Float64Array.from({ length: Math.max(0, coefficients.length - 3) }, (_, i) => i + 4),
            y: coefficients.slice(3),
          },
        ],
      },
    ];
    const planes = planesIn(light);
    if (planes > 1 && strehlOf(light, params.plane) !== null) {
      charts.push({
        title: 'Strehl over planes',
        x: { title: 'Plane', quantity: 'dimensionless', display: '' },
        y: { title: 'Strehl ratio', quantity: 'dimensionless', display: '' },
        lines: [
          {
            title: 'Strehl',
            x: Float64Array.from({ length: planes }, (_, i) => i + 1),
            y: Float64Array.from({ length: planes }, (_, i) => strehlOf(light, i + 1) ?? Number.NaN),
          },
        ],
      });
    }
    return {
      readouts: [
        numberReadout('Strehl ratio', strehlOf(light, params.plane)),
        ...path('RMS', found.rms),
        lengthReadout('Peak to valley', found.peakToValley),
        numberReadout('Maréchal’s Strehl', marechalStrehl((2 * Math.PI * found.rms) / lambda)),
        // Of a large picture: 4 where every second sample of every second row takes part.
        ...(found.fitStep > 1 ? [numberReadout('Terms fitted to one sample in', found.fitStep ** 2)] : []),
        ...terms,
      ],
      charts,
    };
  },
});

/** Distance of the outermost sample with light from the origin, in samples. */
function litRadius(samples: ArrayLike<number>, rows: number, columns: number): number {
  const light = (i: number): number => (samples[2 * i] as number) ** 2 + (samples[2 * i + 1] as number) ** 2;
  let [most, reach] = [0, 1];
  for (let i = 0; i < rows * columns; i++) most = Math.max(most, light(i));
  for (let i = 0; i < rows * columns; i++) {
    if (light(i) <= 1e-3 * most) continue;
    reach = Math.max(
      reach,
      Math.hypot((i % columns) - Math.floor(columns / 2), Math.floor(i / columns) - Math.floor(rows / 2)),
    );
  }
  return reach;
}

function middleLine(
  path: Float64Array,
  { rows, columns, radius }: { readonly rows: number; readonly columns: number; readonly radius: number },
  axis: 'x' | 'y',
) {
  const [cy, cx] = [Math.floor(rows / 2), Math.floor(columns / 2)];
  const count = axis === 'x' ? columns : rows;
  const middle = axis === 'x' ? cx : cy;
  return {
    title: axis,
    x: Float64Array.from({ length: count }, (_, i) => (i - middle) / radius),
    y: Float64Array.from(
      { length: count },
      (_, i) => path[axis === 'x' ? cy * columns + i : i * columns + cx] ?? Number.NaN,
    ),
  };
}
