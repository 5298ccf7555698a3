import type { ElementSpec, ForwardContext, ParamValues } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { moreSamples } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { zernike } from '../../maths/zernike.ts';
import { constantScalar } from '../../ops/scalar.ts';
import type { Real } from '../../ops/tensor.ts';
import { referenceThroughSamples } from '../../pupil/reference.ts';
import { direction } from '../../quantityFamily.ts';
import { type MapArgument, phaseMap } from '../../sampledGrid.ts';
import type { Pupil } from '../../values.ts';

/** Masks whose optical path scales with `strength`. */
const SMOOTH = ['astigmatic', 'cubic', 'tetrapod', 'bifocal'];
const TURNING = ['astigmatic', 'cubic', 'tetrapod', 'doubleHelix'];

const params = {
  kind: {
    kind: 'choice',
    title: 'Mask',
    doc: 'Astigmatic: tells depth near focus. Tetrapod: over several µm. Double helix: two spots that turn with depth. Cubic: the same blur at all depths. Vortex: a ring. Bifocal: two depths at once. Multi-view: one picture per depth, side by side.',
    default: 'tetrapod',
    options: [
      { value: 'astigmatic', title: 'Astigmatic' },
      { value: 'tetrapod', title: 'Tetrapod' },
      { value: 'doubleHelix', title: 'Double helix' },
      { value: 'cubic', title: 'Cubic' },
      { value: 'vortex', title: 'Vortex' },
      { value: 'bifocal', title: 'Bifocal' },
      { value: 'multiView', title: 'Multi-view' },
    ],
    prominent: true,
  },
  strength: {
    kind: 'quantity',
    quantity: 'length',
    title: 'Strength',
    doc: 'Optical path: RMS over the pupil (astigmatic, tetrapod), or at its edge along x (cubic), or at its edge over its middle in the outer half of the pupil (bifocal).',
    default: 170e-9,
    min: -1e-4,
    max: 1e-4,
    soft: [0, 2e-6],
    display: 'nm',
    scale: 'linear',
    learnable: true,
    step: 20e-9,
    prominent: true,
    when: { param: 'kind', is: SMOOTH },
  },
  rotation: direction('Rotation', 'Turns the mask from +x towards +y.', {
    when: { param: 'kind', is: TURNING },
  }),
  charge: {
    kind: 'integer',
    title: 'Charge',
    doc: 'Turns of the phase around the vortex, the same for every wavelength.',
    default: 1,
    min: -50,
    max: 50,
    when: { param: 'kind', is: ['vortex'] },
  },
  zones: {
    kind: 'integer',
    title: 'Zones',
    doc: 'Rings of equal area whose phase turns 1, 3, 5, … times: more rings, a longer helix.',
    default: 5,
    min: 2,
    max: 20,
    when: { param: 'kind', is: ['doubleHelix'] },
  },
  views: {
    kind: 'integer',
    title: 'Views',
    doc: 'Sectors of the pupil; each makes a picture of its own.',
    default: 6,
    min: 2,
    max: 12,
    when: { param: 'kind', is: ['multiView'] },
  },
  shift: {
    kind: 'quantity',
    quantity: 'length',
    title: 'Shift',
    doc: 'Distance of each view’s picture from the middle, towards its own side of the pupil.',
    default: 5e-6,
    min: -1,
    max: 1,
    soft: [0, 30e-6],
    display: 'µm',
    scale: 'linear',
    learnable: true,
    step: 0.1e-6,
    when: { param: 'kind', is: ['multiView'] },
  },
  depthStep: {
    kind: 'quantity',
    quantity: 'length',
    title: 'Depth step',
    doc: 'Distance along the light between what neighbouring views see sharply; view floor(views/2) sees the focal plane.',
    default: 1e-6,
    min: -1,
    max: 1,
    soft: [-10e-6, 10e-6],
    display: 'µm',
    scale: 'linear',
    learnable: true,
    step: 0.1e-6,
    when: { param: 'kind', is: ['multiView'] },
  },
} as const;

type Params = ParamValues<typeof params>;

/** Optical path of unit strength at (x, y) of the unit disc. */
const PATHS: Readonly<Record<string, (x: number, y: number) => number>> = {
  astigmatic: (x, y) => zernike(6, x, y),
  // Astigmatism of first and second order in the proportion that minimises the error of position over ±1.5 µm.
  tetrapod: (x, y) => (1.068 * zernike(6, x, y) - 1.21 * zernike(12, x, y)) / Math.hypot(1.068, 1.21),
  cubic: (x, y) => x ** 3 + y ** 3,
  bifocal: (x, y) => Math.max(0, x * x + y * y - 0.5),
};

/** Phase of masks made of rings: ring l of L, of equal areas, turns 2l - 1 times (Prasad 2013). */
function helixPhase(x: number, y: number, zones: number, rotation: number): number {
  const ring = Math.min(zones, 1 + Math.floor(zones * (x * x + y * y)));
  return (2 * ring - 1) * (Math.atan2(y, x) - rotation);
}

/** Phase of one sector: a ramp towards its side, and the defocus that makes its depth sharp. */
function viewPhase(values: readonly number[], views: number): (x: number, y: number) => number {
  const [wavelength = 1, shift = 0, depthStep = 0, aperture = 1, index = 1] = values;
  const cutoff = (2 * Math.PI * aperture) / wavelength;
  const k = (2 * Math.PI * index) / wavelength;
  return (x, y) => {
    const turn = Math.atan2(y, x) / (2 * Math.PI);
    const view = Math.floor((turn - Math.floor(turn)) * views) % views;
    const middle = (2 * Math.PI * (view + 0.5)) / views;
    const ramp = cutoff * shift * (x * Math.cos(middle) + y * Math.sin(middle));
    const s2 = Math.min(1, (x * x + y * y) * (aperture / index) ** 2);
    const depth = (view - Math.floor(views / 2)) * depthStep;
    return ramp + (depth * k * s2) / (1 + Math.sqrt(1 - s2));
  };
}

function maskPhase({ ops }: ForwardContext, light: Pupil, p: Params): Real {
  const { samples, radius } = light.grid;
  const map = (
    name: string,
    args: readonly MapArgument[],
    prepare: (values: readonly number[]) => (x: number, y: number) => number,
  ) => phaseMap(ops, `psfMask:${name}`, samples, constantScalar(1 / radius), args, prepare);
  const wavelength = { scalar: light.wavelength, scale: 0.1 * light.wavelength.value };
  const rotation = { scalar: p.rotation, scale: 0.1 };
  const { kind, charge, zones, views } = p;
  if (kind === 'vortex') return map(`vortex:${charge}`, [], () => (x, y) => charge * Math.atan2(y, x));
  if (kind === 'doubleHelix')
    return map(
      `helix:${zones}`,
      [rotation],
      ([angle = 0]) =>
        (x, y) =>
          helixPhase(x, y, zones, angle),
    );
  if (kind === 'multiView') {
    const args = [
      { ...wavelength, scale: 1e-2 * light.wavelength.value },
      { scalar: p.shift, scale: 0.1e-6 },
      { scalar: p.depthStep, scale: 0.1e-6 },
      { scalar: light.numericalAperture, scale: 0.01 },
      { scalar: light.refractiveIndex, scale: 0.01 },
    ];
    return map(`views:${views}`, args, (values) => viewPhase(values, views));
  }
  const path = PATHS[kind] ?? (() => 0);
  return map(kind, [wavelength, { scalar: p.strength, scale: 0.1e-6 }, rotation], (values) => {
    const [lambda = 1, strength = 0, angle = 0] = values;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const perPath = (2 * Math.PI * strength) / lambda;
    return (x, y) => perPath * path(x * c + y * s, y * c - x * s);
  });
}

/** Largest slope of each path of unit strength over the disc, per radius. */
const SLOPES: Readonly<Record<string, number>> = {
  astigmatic: 2 * Math.sqrt(6),
  tetrapod: (1.068 * 2 * Math.sqrt(6) + 1.21 * 10 * Math.sqrt(10)) / Math.hypot(1.068, 1.21),
  cubic: 3,
  bifocal: 2,
};

/** Turns of the phase from sample to sample at the edge of the pupil. */
function steepestTurn(light: Pupil, p: Params): number {
  const lambda = light.wavelength.value;
  const { radius } = light.grid;
  if (p.kind === 'vortex' || p.kind === 'doubleHelix') {
    const turns = p.kind === 'vortex' ? Math.abs(p.charge) : 2 * p.zones - 1;
    return turns / (2 * Math.PI * radius);
  }
  if (p.kind === 'multiView') {
    const sine2 = (light.numericalAperture.value / light.refractiveIndex.value) ** 2;
    const defocus = (light.refractiveIndex.value * sine2) / Math.sqrt(Math.max(1e-4, 1 - sine2));
    const depth = Math.abs(p.depthStep.value) * Math.ceil(p.views / 2);
    return (Math.abs(p.shift.value) * light.numericalAperture.value + depth * defocus) / lambda / radius;
  }
  return (Math.abs(p.strength.value) * (SLOPES[p.kind] ?? 0)) / lambda / radius;
}

export const psfMask: ElementSpec = defineElement({
  type: 'psfMask',
  version: 1,
  category: 'pupils',
  title: 'Phase mask (PSF)',
  summary: 'A phase mask in the pupil that makes the image of a point tell its depth, or not change with it.',
  keywords: [
    'PSF engineering',
    'tetrapod',
    'double helix',
    'cubic',
    'EDOF',
    'vortex',
    'astigmatism',
    'multi-view',
  ],
  inputs: { in: { accepts: ['pupil'], title: 'Pupil' } },
  outputs: { out: { type: 'pupil', title: 'Pupil' } },
  params,
  power: 'keeps',
  linearIn: 'in',
  equation: 'P(ρ) → P(ρ) exp[i φ(ρ)],  tetrapod φ ∝ 1.068 Z6 - 1.210 Z12,  cubic φ ∝ x³ + y³',
  references: [
    'Shechtman et al., Phys. Rev. Lett. 113, 133902 (2014): tetrapod',
    'Prasad, Opt. Lett. 38, 585 (2013): rotating point spread function by spiral zones',
    'Dowski and Cathey, Appl. Opt. 34, 1859 (1995): cubic mask',
  ],
  sampling: (inputs, p) => {
    const light = inputs['in'];
    if (light?.kind !== 'pupil') return [];
    const turns = steepestTurn(light, p);
    if (turns < 0.5) return [];
    return [
      {
        severity: 'warning',
        message: `The mask turns the phase by ${(2 * turns).toFixed(1)} π from sample to sample: the picture repeats into itself.`,
        fix: `Use at least ${Math.ceil(4 * turns * light.grid.radius) + 2} grid samples or a weaker mask.`,
        ...moreSamples(light.grid.samples, 4 * turns * light.grid.radius + 2),
      },
    ];
  },
  forward: (inputs, p, context) => {
    const light = inputOf(inputs, 'in', 'pupil');
    const { ops } = context;
    const mask = ops.phasor(maskPhase(context, light, p));
    const reference = referenceThroughSamples(ops, light, mask);
    return { out: { ...light, samples: ops.multiply(mask, light.samples), reference } };
  },
});
