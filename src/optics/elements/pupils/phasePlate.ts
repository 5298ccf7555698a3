import type { ElementSpec, QuantityParam, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { moreSamples } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { throughTransmission } from '../../pupil/pupilTransmission.ts';
import { referencePlaces } from '../../pupil/reference.ts';
import { quantityFamily } from '../../quantityFamily.ts';
import { softEdge } from '../../sampledGrid.ts';
import { formatNumber } from '../../units.ts';
import type { Pupil } from '../../values.ts';

function share(title: string, doc: string, own: Partial<QuantityParam>): QuantityParam {
  return {
    kind: 'quantity',
    quantity: 'dimensionless',
    title,
    doc,
    default: 0,
    min: 0,
    max: 1,
    soft: [0, 1],
    display: '',
    scale: 'linear',
    learnable: true,
    step: 0.02,
    ...own,
  };
}

const phase = quantityFamily({
  quantity: 'angle',
  min: -4 * Math.PI,
  max: 4 * Math.PI,
  display: 'deg',
  scale: 'linear',
  step: 0.05,
});

/** Share of a cell that the plate covers, at a distance from the middle in units of the pupil's radius. */
function covered(inner: number, outer: number, radius: number): (rho: number) => number {
  // A hole smaller than a cell takes no more than its own share of it.
  const hole = Math.min(1, inner * radius);
  return (rho) => softEdge((outer - rho) * radius) * (1 - hole * softEdge((inner - rho) * radius));
}

export const phasePlate: ElementSpec = defineElement({
  type: 'phasePlate',
  version: 1,
  category: 'pupils',
  title: 'Phase plate',
  summary:
    'A spot or ring in the pupil that delays and weakens the direct light: Zernike phase contrast, and dark field where it is opaque.',
  keywords: [
    'phase contrast',
    'Zernike',
    'phase ring',
    'annulus',
    'dark field',
    'central stop',
    'microscope',
  ],
  inputs: { in: { accepts: ['pupil'], title: 'Pupil' } },
  outputs: { out: { type: 'pupil', title: 'Pupil' } },
  params: {
    phase: phase(
      'Phase',
      'By how much the plate delays the light that passes it: +90° makes what delays light brighter, −90° (270°) darker.',
      { default: Math.PI / 2, soft: [-Math.PI, Math.PI], prominent: true },
    ),
    transmission: share(
      'Amplitude transmission',
      'Amplitude that the plate lets through; its square is the share of light. Darker direct light gives more contrast, 0 makes a dark field.',
      { default: 0.5, prominent: true },
    ),
    outerRadius: share(
      'Outer radius',
      'Radius of the spot or ring as a share of the pupil’s radius. Larger spots also take scattered light of coarse details.',
      { default: 0.1, min: 1e-3, soft: [0.01, 1], prominent: true },
    ),
    innerRadius: share(
      'Inner radius',
      'Radius of the clear disc inside a ring as a share of the pupil’s radius; 0 is a full spot, as light along the axis needs.',
      { soft: [0, 0.9] },
    ),
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'P(ρ) → P(ρ) a exp(iδ) for ρ on the plate; the direct light likewise, where it passes the pupil',
  references: [
    'Zernike, Physica 9, 686 (1942): phase contrast',
    'Born and Wolf, Principles of Optics, 8.6.3',
  ],
  sampling: (inputs, { innerRadius, outerRadius }) => {
    const light = inputs['in'];
    if (light?.kind !== 'pupil') return [];
    return [
      ...narrowNotes(outerRadius.value - innerRadius.value, light.grid.radius, light.grid.samples),
      ...missedNotes(light, innerRadius.value, outerRadius.value),
    ];
  },
  forward: (inputs, p, { ops }) => {
    const light = inputOf(inputs, 'in', 'pupil');
    const { radius } = light.grid;
    const out = throughTransmission(ops, light, {
      name: 'phasePlate',
      args: [
        { scalar: p.phase, scale: 0.1 },
        { scalar: p.transmission, scale: 0.1 },
        // Edges are one cell wide: a small step stays on one of them.
        { scalar: p.outerRadius, scale: 0.1 / radius },
        { scalar: p.innerRadius, scale: 0.1 / radius },
      ],
      prepare: ([delay = 0, amplitude = 1, outer = 0, inner = 0]) => {
        const [re, im] = [amplitude * Math.cos(delay), amplitude * Math.sin(delay)];
        const share = covered(inner, outer, radius);
        return (x, y, at) => {
          const plate = share(Math.hypot(x, y));
          at[0] = 1 + plate * (re - 1);
          at[1] = plate * im;
        };
      },
    });
    return { out };
  },
});

function narrowNotes(width: number, radius: number, samples: number): readonly SamplingNote[] {
  if (width <= 0) {
    return [
      {
        severity: 'warning',
        message: 'The ring’s inner radius is not below its outer one: there is no plate.',
        fix: 'Lower the inner radius.',
      },
    ];
  }
  if (width * radius >= 1) return [];
  return [
    {
      severity: 'warning',
      message: `The plate is ${(width * radius).toFixed(2)} samples of the pupil wide: it acts on more scattered light than it should.`,
      fix: `Use at least ${Math.ceil(2 / width) + 2} grid samples or a wider plate.`,
      ...moreSamples(samples, 2 / width + 2),
    },
  ];
}

/** The plate is to act on the direct light: what passes beside it makes a bright field of its own. */
function missedNotes(light: Pupil, inner: number, outer: number): readonly SamplingNote[] {
  const places = referencePlaces(light);
  const missed = places.filter((rho) => rho > outer || (inner > 0 && rho < inner)).length;
  if (missed === 0) return [];
  const all = places.length;
  return [
    {
      severity: 'warning',
      message:
        all === 1
          ? `The direct light passes the pupil at ${formatNumber(places[0] ?? 0, 2)} of its radius, beside the plate.`
          : `${missed} of ${all} waves of the direct light pass the pupil beside the plate.`,
      fix: 'Set inner and outer radius to where the direct light passes: the middle for light along the axis, a ring for that of an annular condenser.',
    },
  ];
}
