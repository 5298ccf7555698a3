/** What a camera says of the spheres it looks at: one that is out of its sight, rings that it does not see. */
import type { SamplingNote } from '../element.ts';
import { moreSamples } from '../fixes.ts';
import { inMetres } from '../propagation/choice.ts';
import { outerRadius } from '../scattering/sphere.ts';
import { imagedSpheres, type SphereAt } from '../scattering/sphereLight.ts';
import type { Pupil } from '../values.ts';

interface View {
  readonly rows: number;
  readonly columns: number;
  /** Object-space pitch, metres. */
  readonly pitch: number;
}

const MOST_PIXELS = 4096;

/** @param period distance after which the image repeats, metres; infinite where it does not */
export function sphereViewNotes(light: Pupil, view: View, period: number): readonly SamplingNote[] {
  const spheres = imagedSpheres(light)?.spheres ?? [];
  const isOutside = ({ x, y }: SphereAt) =>
    Math.abs(x.value) > (view.columns * view.pitch) / 2 || Math.abs(y.value) > (view.rows * view.pitch) / 2;
  const outside = spheres.filter(isOutside);
  const inside = spheres.filter((sphere) => !isOutside(sphere));
  return [
    ...outsideNotes(outside, spheres.length, view),
    ...(light.reference === null ? [] : fewRings(inside, light, view)),
    ...tooLarge(light, view, period),
  ];
}

/** At least so many pixels to both sides. */
function wider(reach: number, { rows, columns, pitch }: View): Pick<SamplingNote, 'apply'> {
  const least = 2 * Math.ceil(reach / pitch - 1e-6) + 2;
  const params = { rows: Math.max(rows, least), columns: Math.max(columns, least) };
  if (least > MOST_PIXELS) return {};
  return { apply: { title: `Use ${params.rows} × ${params.columns} pixels`, params } };
}

function outsideNotes(outside: readonly SphereAt[], all: number, view: View): readonly SamplingNote[] {
  const [first] = outside;
  if (first === undefined) return [];
  const seen = `${inMetres(view.columns * view.pitch)} × ${inMetres(view.rows * view.pitch)}`;
  const which = all === 1 ? 'The sphere lies' : `${outside.length} of ${all} spheres lie`;
  const where = `x = ${inMetres(first.x.value)}, y = ${inMetres(first.y.value)}`;
  const reach = Math.max(...outside.flatMap(({ x, y }) => [Math.abs(x.value), Math.abs(y.value)]));
  return [
    {
      severity: 'warning',
      message: `${which} outside the ${seen} that the camera sees${all === 1 ? ` (at ${where})` : ''}: only outer rings reach the picture.`,
      fix: 'Move it into the picture, or use more pixels.',
      ...wider(reach, view),
    },
  ];
}

/** The first ring is where the path along the scattered ray is longer by a wavelength: r² = 2 λ z + λ². */
function fewRings(spheres: readonly SphereAt[], light: Pupil, view: View): readonly SamplingNote[] {
  const path = light.wavelength.value / light.refractiveIndex.value;
  const half = (Math.min(view.rows, view.columns) * view.pitch) / 2;
  const rings = spheres.map(({ z, sphere }) => {
    const distance = Math.abs(z.value);
    return distance > outerRadius(sphere) ? Math.sqrt(2 * path * distance + path * path) : 0;
  });
  const largest = Math.max(0, ...rings);
  if (largest <= half) return [];
  return [
    {
      severity: 'warning',
      message: `The camera sees less than one ring of a sphere (the first has a radius of ${inMetres(largest)}): distance, size and index can hardly be told apart.`,
      fix: 'Use more pixels, or a larger part of the image, or bring the sphere nearer to focus.',
      ...wider(largest, view),
    },
  ];
}

/** The shadow of a sphere that is wider than the pupil's samples can hold. */
function tooLarge(light: Pupil, view: View, period: number): readonly SamplingNote[] {
  const { lateral, radius = 0 } = light.place;
  const needed = (Math.max(view.rows, view.columns) * view.pitch) / 2 + lateral + radius;
  if (radius === 0 || needed <= period) return [];
  const samples = (2 * needed * light.numericalAperture.value) / light.wavelength.value + 2;
  return [
    {
      severity: 'warning',
      message: `A sphere of ${inMetres(2 * radius)} is too large for ${light.grid.samples} samples of the pupil, with which its image repeats every ${inMetres(period)}.`,
      fix: `Use at least ${Math.ceil(samples)} grid samples, or a smaller sphere.`,
      ...moreSamples(light.grid.samples, samples),
    },
  ];
}
