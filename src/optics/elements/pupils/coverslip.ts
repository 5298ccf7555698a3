import { lengthOf } from '../../axes.ts';
import type { ElementSpec, ParamValues, QuantityParam } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { enoughSamples } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { isAxial } from '../../planeWaves.ts';
import {
  evanescentDecay,
  type Layers,
  layerDirection,
  layersPath,
  layersTransmission,
  transmissionScale,
} from '../../pupil/layers.ts';
import { pupilGrid } from '../../pupil/pupilGrid.ts';
import { complexPupilMaps, type PupilFunction } from '../../pupil/pupilMaps.ts';
import { referenceThrough, referenceThroughMatrix } from '../../pupil/reference.ts';
import { type MapArgument, softEdge } from '../../sampledGrid.ts';
import type { Pupil, PupilReference } from '../../values.ts';

function index(title: string, doc: string, value: number, prominent = false): QuantityParam {
  return {
    kind: 'quantity',
    quantity: 'dimensionless',
    title,
    doc,
    default: value,
    min: 1,
    max: 5,
    soft: [1, 1.6],
    display: '',
    scale: 'linear',
    learnable: true,
    step: 1e-3,
    ...(prominent ? { prominent } : {}),
  };
}

function thickness(title: string, doc: string, value: number): QuantityParam {
  return {
    kind: 'quantity',
    quantity: 'length',
    title,
    doc,
    default: value,
    min: 0,
    max: 0.01,
    soft: [0, 300e-6],
    display: 'µm',
    scale: 'linear',
    learnable: true,
    step: 0.1e-6,
  };
}

const params = {
  model: {
    kind: 'choice',
    title: 'Model',
    doc: 'Gibson and Lanni: optical paths only, rays that exist in the sample only. Full: also Fresnel’s transmission of both polarisations, and evanescent light beyond the critical angle (for scalar light their mean; put it behind a vectorial focus to focus a laser).',
    default: 'paths',
    options: [
      { value: 'paths', title: 'Gibson-Lanni' },
      { value: 'full', title: 'Full Fresnel' },
    ],
    prominent: true,
  },
  depth: {
    ...thickness(
      'Depth',
      'Distance of the emitter, or of the plane you look at, from the cover glass into the sample.',
      0,
    ),
    soft: [0, 10e-6],
    prominent: true,
  },
  sampleIndex: index(
    'Sample index',
    'Refractive index of the sample: water 1.33, tissue 1.36 to 1.4.',
    1.33,
    true,
  ),
  focusMove: {
    ...thickness(
      'Focus move',
      'Thickness of immersion above its design value: positive moves the objective away from the sample. A focus stack behind does the same.',
      0,
    ),
    min: -0.01,
    soft: [-10e-6, 10e-6],
    prominent: true,
  },
  immersionIndex: {
    ...index(
      'Immersion index',
      'Refractive index of the immersion; 0 takes the medium of the light. Spheres scatter in the medium of their light, the sample: enter the immersion here.',
      0,
    ),
    min: 0,
    soft: [0, 1.6],
    automatic: 'the medium of the light',
  },
  coverIndex: index('Cover glass index', 'Refractive index of the cover glass as it is.', 1.518),
  coverThickness: thickness('Cover glass', 'Thickness of the cover glass as it is.', 170e-6),
  designCoverIndex: index('Design glass index', 'Cover glass index that the objective is made for.', 1.518),
  designCoverThickness: thickness(
    'Design glass',
    'Cover glass thickness that the objective is made for.',
    170e-6,
  ),
  designImmersionIndex: index(
    'Design immersion index',
    'Immersion index that the objective is made for.',
    1.518,
  ),
  designImmersionThickness: thickness(
    'Design immersion',
    'Thickness of immersion at the design focus (working distance); matters where the immersion index is off its design.',
    150e-6,
  ),
} as const;

type Params = ParamValues<typeof params>;

/** How far each argument may move before the phase turns noticeably: sets the steps of the differences. */
const LENGTH_SCALE = 0.05e-6;
const INDEX_SCALE = 1e-3;

function layersOf(
  p: { readonly [K in keyof Omit<Params, 'model' | 'immersionIndex'>]: number },
  immersionIndex: number,
): Layers {
  return { ...p, immersionIndex, immersionThickness: p.designImmersionThickness };
}

const GEOMETRY = [
  'depth',
  'sampleIndex',
  'focusMove',
  'coverIndex',
  'coverThickness',
  'designCoverIndex',
  'designCoverThickness',
  'designImmersionIndex',
  'designImmersionThickness',
] as const;

/** No medium has an index below 1: smaller numbers leave the choice to the light. */
function immersionOf(light: Pupil, { immersionIndex }: Params): Scalar {
  return immersionIndex.value < 1 ? light.refractiveIndex : immersionIndex;
}

function mapArguments(light: Pupil, p: Params): readonly MapArgument[] {
  const geometry = GEOMETRY.map((name): MapArgument => {
    const scalar: Scalar = p[name];
    return { scalar, scale: name.endsWith('Index') ? INDEX_SCALE : LENGTH_SCALE };
  });
  return [
    { scalar: light.wavelength, scale: 1e-3 * light.wavelength.value },
    { scalar: immersionOf(light, p), scale: INDEX_SCALE },
    { scalar: light.numericalAperture, scale: 1e-2 },
    ...geometry,
  ];
}

interface Setup {
  readonly wavelength: number;
  readonly aperture: number;
  readonly layers: Layers;
}

function setupOf(values: readonly number[]): Setup {
  const [wavelength = 1, immersion = 1, aperture = 1, ...geometry] = values;
  const named = Object.fromEntries(GEOMETRY.map((name, i) => [name, geometry[i] ?? 0]));
  const layers = layersOf(named as Parameters<typeof layersOf>[0], immersion);
  return { wavelength, aperture, layers };
}

/** exp(i k0 W), cut where no ray exists in the sample. */
function pathPhasor(values: readonly number[], radius: number): PupilFunction {
  const { wavelength, aperture, layers } = setupOf(values);
  const k = (2 * Math.PI) / wavelength;
  const end = layers.sampleIndex / aperture;
  return (x, y, out) => {
    const rho = Math.hypot(x, y);
    const phase = k * layersPath(layers, (aperture * rho) ** 2);
    const open = softEdge((end - rho) * radius);
    out[0] = open * Math.cos(phase);
    out[1] = open * Math.sin(phase);
  };
}

/**
 * The matrix of one direction, for s along φ̂ and p along ρ̂, times exp(i k0 W): from the components of the light
 * into those behind the layers. Of a vectorial focus (three components) p turns from the ray in immersion to the one
 * in the sample; in a flat pupil (two) it stays.
 */
function transmissionMatrix(values: readonly number[], size: 2 | 3): PupilFunction {
  const { wavelength, aperture, layers } = setupOf(values);
  const k = (2 * Math.PI) / wavelength;
  const scale = 1 / transmissionScale(layers, aperture);
  return (x, y, out) => {
    const rho = Math.hypot(x, y);
    const [cx, cy] = rho > 0 ? [x / rho, y / rho] : [1, 0];
    const q = (aperture * rho) ** 2;
    const { s, p } = layersTransmission(layers, q);
    const size0 = scale * Math.exp(k * evanescentDecay(layers, q));
    const phase = k * layersPath(layers, q);
    const [re, im] = [size0 * Math.cos(phase), size0 * Math.sin(phase)];
    const before = layerDirection(layers.immersionIndex, q);
    const after = layerDirection(layers.sampleIndex, q);
    const across = [-cy, cx, 0];
    const incoming = size === 2 ? [cx, cy] : [cx * before.cosine[0], cy * before.cosine[0], before.sine];
    for (let row = 0; row < size; row++) {
      // The row of p behind the layers: complex where the wave is evanescent.
      const along = [cx, cy][row] ?? 0;
      const [pr, pi] =
        size === 2
          ? [along, 0]
          : row === 2
            ? [after.sine, 0]
            : [along * after.cosine[0], along * after.cosine[1]];
      const [tr, ti] = [p[0] * pr - p[1] * pi, p[0] * pi + p[1] * pr];
      for (let column = 0; column < size; column++) {
        const sides = (across[row] ?? 0) * (across[column] ?? 0);
        const onto = incoming[column] ?? 0;
        const [a, b] = [sides * s[0] + onto * tr, sides * s[1] + onto * ti];
        const at = 2 * (row * size + column);
        out[at] = a * re - b * im;
        out[at + 1] = a * im + b * re;
      }
    }
  };
}

/** Scalar light sees the mean of both coefficients, times exp(i k0 W): exact up to (tp - ts)²/4. */
function meanTransmission(values: readonly number[]): PupilFunction {
  const { wavelength, aperture, layers } = setupOf(values);
  const k = (2 * Math.PI) / wavelength;
  const scale = 1 / transmissionScale(layers, aperture);
  return (x, y, out) => {
    const q = aperture ** 2 * (x * x + y * y);
    const { s, p } = layersTransmission(layers, q);
    const size = 0.5 * scale * Math.exp(k * evanescentDecay(layers, q));
    const phase = k * layersPath(layers, q);
    const [re, im] = [size * Math.cos(phase), size * Math.sin(phase)];
    const [a, b] = [s[0] + p[0], s[1] + p[1]];
    out[0] = a * re - b * im;
    out[1] = a * im + b * re;
  };
}

/** Σ_j M_ij P_j over two or three components. */
function matrixThroughLayers(ops: Ops, light: Pupil, args: readonly MapArgument[], size: 2 | 3): Complex {
  const n = light.grid.samples;
  const matrix = complexPupilMaps(ops, {
    name: `coverslip:matrix:${size}`,
    grid: light.grid,
    axes: [size, size],
    args,
    prepare: (values) => transmissionMatrix(values, size),
  });
  const before = light.samples.shape.slice(0, -3);
  const columns = ops.reshape(light.samples, [...before, 1, size, n, n]);
  const product = ops.sum(ops.multiply(columns, matrix), [before.length + 1]);
  return ops.reshape(product, [...before, size, n, n]);
}

function throughLayers(ops: Ops, light: Pupil, p: Params): Complex {
  const args = mapArguments(light, p);
  const components = lengthOf(light, 'component');
  if (p.model === 'full' && components > 1)
    return matrixThroughLayers(ops, light, args, components === 2 ? 2 : 3);
  const phasor = complexPupilMaps(ops, {
    name: `coverslip:${p.model}`,
    grid: light.grid,
    axes: [],
    args,
    prepare: (values) =>
      p.model === 'paths' ? pathPhasor(values, light.grid.radius) : meanTransmission(values),
  });
  return ops.multiply(light.samples, phasor);
}

/** The reference wave where it passes: on the axis both polarisations pass alike and the path is 0. */
function referenceThroughLayers(ops: Ops, light: Pupil, p: Params): PupilReference | null {
  const isStraight = light.reference?.directions.every(isAxial) === true;
  if (light.reference === null || (p.model === 'paths' && isStraight)) return light.reference;
  const form = { args: mapArguments(light, p), name: `coverslip:${p.model}` };
  if (p.model === 'paths') {
    const prepare = (values: readonly number[]) => pathPhasor(values, light.grid.radius);
    return referenceThrough(ops, light, { ...form, prepare });
  }
  return lengthOf(light, 'component') === 1
    ? referenceThrough(ops, light, { ...form, prepare: meanTransmission })
    : referenceThroughMatrix(ops, light, 2, { ...form, prepare: (values) => transmissionMatrix(values, 2) });
}

export const coverslip: ElementSpec = defineElement({
  type: 'coverslip',
  version: 1,
  category: 'pupils',
  title: 'Coverslip and sample',
  summary: 'Layers of immersion, cover glass and sample: the aberration of looking or focusing deep.',
  keywords: [
    'Gibson-Lanni',
    'depth',
    'index mismatch',
    'stratified',
    'Fresnel',
    'supercritical',
    'spherical',
  ],
  inputs: { in: { accepts: ['pupil'], title: 'Pupil' } },
  outputs: { out: { type: 'pupil', title: 'Pupil' } },
  params,
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'P(ρ) exp{2πi/λ [d √(ns²-q) + Σ t √(n²-q) - t₀ √(n₀²-q)]},  q = (NA ρ)²',
  references: [
    'Gibson and Lanni, J. Opt. Soc. Am. A 8, 1601 (1991)',
    'Török et al., J. Opt. Soc. Am. A 12, 325 (1995): focusing through an interface',
  ],
  sampling: (inputs, p) => {
    const light = inputs['in'];
    if (light?.kind !== 'pupil') return [];
    const values = mapArguments(light, p).map(({ scalar }) => scalar.value);
    const { layers, aperture, wavelength } = setupOf(values);
    const notes = [];
    if (aperture >= layers.coverIndex || aperture >= layers.designCoverIndex) {
      notes.push({
        severity: 'error',
        message: `Rays of NA ${aperture} do not pass a cover glass of index ${Math.min(layers.coverIndex, layers.designCoverIndex)}.`,
        fix: 'Lower the numerical aperture or raise the index of the cover glass.',
      } as const);
    }
    if (p.model === 'paths' && aperture > layers.sampleIndex) {
      notes.push({
        severity: 'info',
        message: `No ray in the sample (index ${layers.sampleIndex}) is steeper than NA ${layers.sampleIndex}: the outer ${Math.round(100 * (1 - layers.sampleIndex / aperture))} % of the pupil’s radius is dark.`,
        fix: 'Choose the full model to see the evanescent light of emitters close to the glass.',
      } as const);
    }
    const step = steepestStep(layers, aperture, wavelength, light.grid.radius);
    if (step > Math.PI) {
      // Next to an edge beyond which no ray passes, steps shrink more slowly than samples grow in number.
      const holds = (samples: number) =>
        steepestStep(layers, aperture, wavelength, pupilGrid(samples).radius) <= Math.PI;
      notes.push({
        severity: 'warning',
        message: `The layers turn the phase by up to ${(step / Math.PI).toFixed(1)} π from sample to sample of the pupil: the picture repeats into itself.`,
        fix: 'Use more grid samples, less depth or a focus move of the other sign.',
        ...enoughSamples(light.grid.samples, holds),
      } as const);
    }
    return notes;
  },
  forward: (inputs, p, { ops }) => {
    const light = inputOf(inputs, 'in', 'pupil');
    const samples = throughLayers(ops, light, p);
    // An emitter at depth d looks from immersion as if it were d n/ns away.
    const immersion = immersionOf(light, p);
    const away = (p.depth.value * immersion.value) / p.sampleIndex.value + p.focusMove.value;
    return {
      out: {
        ...light,
        refractiveIndex: immersion,
        samples,
        reference: referenceThroughLayers(ops, light, p),
        place: { ...light.place, distances: light.place.distances.map((z) => z + away) },
      },
    };
  },
});

/** Largest turn of the phase between neighbouring samples along a radius, radians, where rays exist. */
function steepestStep(layers: Layers, aperture: number, wavelength: number, radius: number): number {
  const k = (2 * Math.PI) / wavelength;
  let largest = 0;
  let before = 0;
  for (let i = 1; i <= radius; i++) {
    const q = ((aperture * i) / radius) ** 2;
    const path = layersPath(layers, q);
    if (q < layers.sampleIndex ** 2) largest = Math.max(largest, Math.abs(k * (path - before)));
    before = path;
  }
  return largest;
}
