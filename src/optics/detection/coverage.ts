/** What a camera says of the light before it: windows that are too wide, pixels that are too coarse. */
import type { Fix, SamplingNote } from '../element.ts';
import { firstFix, moreSamples, roundedDown, setValue } from '../fixes.ts';
import { constantScalar } from '../ops/scalar.ts';
import { inMetres } from '../propagation/choice.ts';
import { planeShape } from '../sampledGrid.ts';
import { spheresByProfile } from '../scattering/sphereImage.ts';
import { formatNumber } from '../units.ts';
import type { Field, Image, PortValue, Pupil } from '../values.ts';
import { sphereViewNotes } from './sphereView.ts';

/** Units of λ/NA beyond the geometrical image that still carry light to speak of. */
const EDGE_FRINGES = 4;

/**
 * Pixels wider than so many samples of the light, seen at their centres only, are reported: a grid resolves a period of
 * two samples, pixels one of two pixels, and a third of the grid's frequencies or more would be seen as coarser ones.
 */
const COARSE_PIXELS = 1.5;

interface Window {
  readonly rows: number;
  readonly columns: number;
  /** Object-space pitch, metres. */
  readonly pitch: number;
  /** Whether the light is averaged over the pixels. */
  readonly averages: boolean;
  readonly magnification: number;
}

/** Notes of a camera that looks at a value. */
export function coverageNotes(light: PortValue | undefined, window: Window): readonly SamplingNote[] {
  if (light?.kind === 'field' || light?.kind === 'image') return ofWindow(light, window);
  return light?.kind === 'pupil' ? ofPupil(light, window) : [];
}

/** Fewer pixels, which see no more than a width. */
function croppedTo(width: number, { rows, columns, pitch }: Window): { readonly apply?: Fix } {
  const most = Math.floor((width * (1 + 1e-9)) / pitch);
  if (most < 1) return {};
  const params = { rows: Math.min(rows, most), columns: Math.min(columns, most) };
  return { apply: { title: `Use ${params.rows} × ${params.columns} pixels`, params } };
}

function ofWindow(light: Field | Image, window: Window): readonly SamplingNote[] {
  const { rows, columns, pitch, averages } = window;
  const sampled = light.pitch.value;
  const notes: SamplingNote[] = [];
  if (!averages && pitch > COARSE_PIXELS * sampled) {
    notes.push({
      severity: 'warning',
      message: `Pixels of ${inMetres(pitch)} see the light, which is sampled every ${inMetres(sampled)}, at their centres only: detail finer than two pixels shows as coarser patterns, and counts may be wrong.`,
      fix: 'Let the pixels see their areas, or use a smaller pixel pitch or more magnification.',
      apply: setValue('pixelResponse', 'average', 'Average over the pixels’ areas'),
    });
  }
  const simulated = Math.max(...planeShape(light.samples)) * sampled;
  const seen = Math.max(rows, columns) * pitch;
  if (seen > simulated * (1 + 1e-9)) {
    notes.push({
      severity: 'warning',
      message: `The camera sees ${inMetres(seen)}, but only ${inMetres(simulated)} of light are simulated: the rest is black.`,
      fix: 'Use fewer or smaller pixels, or a larger grid.',
      ...croppedTo(simulated, window),
    });
  }
  return notes;
}

/**
 * How far from the axis the outermost rays of an object meet the image plane, metres in the object's space, and some
 * fringes of diffraction at the pupil's edge beyond them; nothing of this for an object in focus on the axis.
 */
function imageReach({ place, numericalAperture, refractiveIndex, wavelength }: Pupil): number {
  const sine = numericalAperture.value / refractiveIndex.value;
  const defocus = Math.max(...place.distances.map(Math.abs));
  const rays = place.lateral + (defocus * sine) / Math.sqrt(1 - sine * sine);
  return rays === 0 ? 0 : rays + (EDGE_FRINGES * wavelength.value) / numericalAperture.value;
}

/** A hologram's error, of its background, from which on samples are said to be few: below the noise of cameras. */
const VISIBLE_ERROR = 0.005;

/**
 * What samples of the pupil's edge do to a hologram. Cells weighted with their share of the disc see the phase turn by
 * κ across the pupil's radius: the field is off by h²/24 ∮ ∂P/∂ρ, largest on the axis of a sphere, and the hologram by
 * about κ/N², for spheres that scatter a few waves (|S| = 3) to the edge. Measured: 0.06 to 0.9 of that.
 */
function coarseEdge(light: Pupil): readonly SamplingNote[] {
  const { place, numericalAperture, refractiveIndex, wavelength, grid } = light;
  const sine = numericalAperture.value / refractiveIndex.value;
  if (light.reference === null || light.unit !== 'relative' || sine >= 1) return [];
  const wavenumber = (2 * Math.PI * refractiveIndex.value) / wavelength.value;
  const distance = Math.max(0, ...place.distances.map(Math.abs));
  const turns = (wavenumber * distance * sine * sine) / Math.sqrt(1 - sine * sine);
  const error = turns / grid.samples ** 2;
  if (error <= VISIBLE_ERROR) return [];
  const samples = Math.sqrt(turns / VISIBLE_ERROR);
  return [
    {
      severity: 'warning',
      message: `This hologram is computed from ${grid.samples} samples across the pupil, too few for spheres ${inMetres(distance)} out of focus: it is off by up to about ${formatNumber(100 * error, 2)} % of its background.`,
      fix: `Use at least ${Math.ceil(samples)} grid samples.`,
      ...moreSamples(grid.samples, samples),
    },
  ];
}

function ofPupil(light: Pupil, window: Window): readonly SamplingNote[] {
  const { rows, columns, pitch, averages, magnification } = window;
  const cutoff = light.numericalAperture.value / light.wavelength.value;
  const period = light.grid.radius / cutoff;
  const widest = Math.max(rows, columns) * pitch;
  const notes: SamplingNote[] = [];
  if (pitch > 1 / (4 * cutoff) && light.reference === null) {
    const fine = roundedDown(magnification / (4 * cutoff));
    const coarse = `Pixels of ${inMetres(pitch)} are coarser than λ/(4 NA) = ${inMetres(0.25 / cutoff)}: the image is undersampled`;
    notes.push({
      severity: 'warning',
      message: averages
        ? `${coarse}, though each pixel’s own light is right.`
        : `${coarse}, and as pixels see their centres only, their sum is no longer the power.`,
      fix: averages
        ? 'Use a smaller pixel pitch or more magnification.'
        : 'Use a smaller pixel pitch or more magnification, or let the pixels see their areas to keep the power right.',
      apply: setValue('pixelPitch', fine, `Use pixels of ${inMetres(fine)}`),
    });
  }
  const sensor = { rows, columns, pitch: constantScalar(pitch), aperture: averages ? 1 : 0 };
  // Profiles do not repeat, however coarse the pupil's samples are.
  const isExact = spheresByProfile(light, sensor) !== null;
  notes.push(...sphereViewNotes(light, window, isExact ? Number.POSITIVE_INFINITY : period));
  if (isExact) return notes;
  notes.push(...coarseEdge(light));
  const reach = imageReach(light);
  if (widest <= period && widest / 2 + reach > period) {
    notes.push({
      severity: 'warning',
      message: `Out of focus the image is ${inMetres(2 * reach)} wide, and the pupil sampling repeats it every ${inMetres(period)}: its copies reach into the picture, which is wrong there.`,
      fix: `Use at least ${Math.ceil(2 * (widest / 2 + reach) * cutoff) + 2} grid samples, a lower numerical aperture or less defocus.`,
      ...moreSamples(light.grid.samples, 2 * (widest / 2 + reach) * cutoff + 2),
    });
  }
  if (widest > period) {
    notes.push({
      severity: 'warning',
      message: `The camera sees ${inMetres(widest)}, but the pupil sampling repeats the image every ${inMetres(period)}.`,
      fix: `Use at least ${Math.ceil(2 * widest * cutoff) + 2} grid samples or a smaller camera.`,
      ...firstFix(moreSamples(light.grid.samples, 2 * widest * cutoff + 2), croppedTo(period, window)),
    });
  }
  return notes;
}
