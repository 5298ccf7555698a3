import type { ElementSpec, QuantityParam, SamplingNote, TableParam, TableRowValue } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import { constantScalar, type Scalar } from '../../ops/scalar.ts';
import { isOneAxial } from '../../planeWaves.ts';
import { overlaps, type PlacedSphere, strongestInfluence } from '../../scattering/independence.ts';
import { type Scattering, scatteredPupil } from '../../scattering/scatteredPupil.ts';
import type { ScatteringSphere } from '../../scattering/sphere.ts';
import { consistingOf } from '../../scattering/sphereLight.ts';
import { formatNumber } from '../../units.ts';
import type { FarField, Light, PupilGrid } from '../../values.ts';
import { sameLight } from '../sources/lightParams.ts';
import {
  collection,
  illuminatingWaves,
  sphereMatter,
  spherePosition,
  unusualSphereNotes,
} from './sphereParams.ts';

/** A column is as the same number of a single sphere, whatever stands on its card. */
function column({ prominent: _, when: __, ...spec }: QuantityParam): QuantityParam {
  return spec;
}

const columns = {
  x: column(spherePosition.x),
  y: column(spherePosition.y),
  z: column(spherePosition.z),
  radius: column(sphereMatter.radius),
  refractiveIndex: column(sphereMatter.refractiveIndex),
  extinctionCoefficient: column(sphereMatter.extinctionCoefficient),
} as const;

const particles = {
  kind: 'table',
  title: 'Spheres',
  doc: 'One row for each sphere: its place, radius and index. Spheres of one group are of one kind: they share radius, index and extinction.',
  row: 'sphere',
  columns,
  heads: {
    x: 'x',
    y: 'y',
    z: 'z',
    radius: 'radius',
    refractiveIndex: 'index',
    extinctionCoefficient: 'extinction',
  },
  shared: ['radius', 'refractiveIndex', 'extinctionCoefficient'],
  min: 1,
  max: 200,
  default: [
    { x: -3e-6, y: -2e-6, z: 10e-6 },
    { x: 4e-6, y: 2e-6, z: 14e-6 },
  ],
  prominent: true,
} as const satisfies TableParam;

type Row = TableRowValue<keyof typeof columns>;

function sphereOf(light: Light, { cells }: Row): ScatteringSphere {
  const { radius, refractiveIndex, extinctionCoefficient } = cells;
  return {
    wavelength: light.wavelength,
    mediumIndex: light.refractiveIndex,
    polarizationAngle: light.polarizationAngle,
    layers: [{ radius, refractiveIndex, extinctionCoefficient }],
  };
}

/** Rows whose spheres are of one kind, in the order of their first members. */
function kinds(rows: readonly Row[]): readonly (readonly [Row, ...Row[]])[] {
  const groups = new Map<string, [Row, ...Row[]]>();
  rows.forEach((row, index) => {
    const key = row.group === null ? `${index}` : `group ${row.group}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [row]);
    else known.push(row);
  });
  return [...groups.values()];
}

/** Σ positions × amplitude: spheres of one kind share the Mie series and the map of its amplitudes. */
function scatteredLight(
  ops: Ops,
  grid: PupilGrid,
  light: Light,
  numericalAperture: Scalar,
  rows: readonly Row[],
  illumination: Pick<Scattering, 'waves' | 'side'>,
): Complex {
  const kindsOfSpheres = kinds(rows).map((alike) =>
    scatteredPupil(ops, grid, numericalAperture, {
      sphere: sphereOf(light, alike[0]),
      places: alike.map(({ cells }) => cells),
      ...illumination,
    }),
  );
  return sumOf(ops, kindsOfSpheres);
}

function sumOf(ops: Ops, [first, ...others]: readonly Complex[]): Complex {
  if (first === undefined) throw new Error('A table of spheres has rows.');
  return others.reduce((sum, each) => ops.add(sum, each), first);
}

/** Above this share of the incident wave the light of one sphere at another is no longer nothing to it. */
const INDEPENDENT = 0.05;
/** Of the sum of the radii: how far apart a fix puts spheres that overlap. */
const APART = 1.05;

function independenceNotes(spheres: readonly PlacedSphere[]): readonly SamplingNote[] {
  const shared = overlaps(spheres);
  const deepest = [...shared].sort((a, b) => a.distance / a.radii - b.distance / b.radii)[0];
  if (deepest !== undefined) return [overlapNote(spheres, deepest, shared.length)];
  const worst = strongestInfluence(spheres);
  if (worst === null || worst.share < INDEPENDENT) return [];
  const [from, at] = [`Sphere ${worst.from + 1}`, `sphere ${worst.at + 1}`];
  return [
    {
      severity: 'warning',
      message: `${from} scatters light of ${formatNumber(100 * worst.share, 2)} % of the incident amplitude onto ${at}: its hologram is wrong by about that much, for each sphere is computed as if it were alone.`,
      fix: 'Move the two apart, above all not one behind the other along the light; or take it as the accuracy of their values.',
    },
  ];
}

/** A sphere whose middle is inside another is a mistake; less may happen on the way of a fit. */
function overlapNote(
  spheres: readonly PlacedSphere[],
  { first, second, distance, radii }: ReturnType<typeof overlaps>[number],
  count: number,
): SamplingNote {
  const [a, b] = [spheres[first], spheres[second]];
  const others = count > 1 ? `, and ${count - 1} more pair${count > 2 ? 's' : ''} overlap` : '';
  const note = {
    message: `Spheres ${first + 1} and ${second + 1} overlap: their centres are ${micrometres(distance)} apart, their radii add up to ${micrometres(radii)}${others}.`,
    fix: `Move sphere ${second + 1} away, or delete it.`,
  };
  const severity = distance < radii / 2 ? 'error' : 'warning';
  if (a === undefined || b === undefined) return { severity, ...note };
  // Sideways, in the direction in which it is already off; to the right where it is in none.
  const [dx, dy, dz] = [b.x - a.x, b.y - a.y, b.z - a.z];
  const angle = dx === 0 && dy === 0 ? 0 : Math.atan2(dy, dx);
  const sideways = Math.sqrt((APART * radii) ** 2 - dz * dz);
  return {
    severity,
    ...note,
    apply: {
      title: `Move sphere ${second + 1} beside sphere ${first + 1}`,
      params: {
        [`particles.${second}.x`]: a.x + sideways * Math.cos(angle),
        [`particles.${second}.y`]: a.y + sideways * Math.sin(angle),
      },
    },
  };
}

function micrometres(metres: number): string {
  return `${formatNumber(metres * 1e6, 3)} µm`;
}

export const mieSpheres: ElementSpec = defineElement({
  type: 'mieSpheres',
  version: 1,
  category: 'samples',
  title: 'Spheres',
  summary: 'Many spheres in one table that scatter plane waves, each as if it were alone (exact Mie theory).',
  keywords: ['mie', 'particles', 'colloid', 'scatter', 'hologram', 'beads', 'table', 'several', 'tracking'],
  inputs: { in: { accepts: ['field'], title: 'Illumination' } },
  outputs: { out: { type: 'farField', title: 'Scattered light' } },
  params: { particles, ...collection },
  power: 'notApplicable',
  linearIn: null,
  equation:
    'F = Σ exp(i k·r) (S2 cos α ρ̂ - S1 sin α φ̂): the waves of single spheres, without light that one sends to another',
  references: [
    'Bohren and Huffman, Absorption and Scattering of Light by Small Particles (1983), chapter 4',
    'Lee et al., Opt. Express 15, 18275 (2007): holograms of several spheres as sums',
  ],
  sampling: (inputs, params) => {
    const light = inputOf(inputs, 'in', 'field');
    const spheres = params.particles.map((row): PlacedSphere => {
      const { x, y, z } = row.cells;
      return { sphere: sphereOf(light, row), x: x.value, y: y.value, z: z.value };
    });
    const unusual = spheres.flatMap(({ sphere }, index) => unusualSphereNotes(sphere, `Sphere ${index + 1}`));
    // One of each kind of note: a hundred spheres need not say the same.
    const seen = new Set<string>();
    const first = unusual.filter(({ fix }) => !seen.has(fix) && seen.add(fix));
    return [...first, ...independenceNotes(spheres)];
  },
  forward: (inputs, params) => {
    const light = inputOf(inputs, 'in', 'field');
    const waves = illuminatingWaves(light);
    const side = params.collects === 'backward' ? 'backward' : 'forward';
    const rows = params.particles;
    const places = rows.map(({ cells }) => cells);
    const out: FarField = {
      kind: 'farField',
      place: {
        lateral: Math.max(0, ...places.flatMap(({ x, y }) => [Math.abs(x.value), Math.abs(y.value)])),
        distances: places.map(({ z }) => z.value),
      },
      components: 2,
      ...(waves.length > 1 ? { modes: waves.length } : {}),
      ...(side === 'backward' ? { side } : {}),
      reference: null,
      unit: 'relative',
      perPlane: null,
      ...sameLight(light),
      evaluate: (ops, grid, numericalAperture) =>
        scatteredLight(ops, grid, light, numericalAperture, rows, { waves, side }),
    };
    if (side === 'backward' || !isOneAxial(waves)) return { out };
    const spheres = new Map(
      kinds(rows).flatMap((alike) => {
        const sphere = sphereOf(light, alike[0]);
        return alike.map((row) => [row, sphere] as const);
      }),
    );
    return {
      out: consistingOf(
        out,
        rows.map((row) => {
          const { x, y, z } = row.cells;
          const sphere = spheres.get(row) ?? sphereOf(light, row);
          return { sphere, x, y, z, amplitude: constantScalar(1) };
        }),
      ),
    };
  },
});
