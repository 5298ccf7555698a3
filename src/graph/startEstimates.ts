/** What can be seen at once in a measured image: where the object is, how bright, and how finely its pupil is to be sampled. */
import { withoutMarks } from './clipped.ts';
import { borderMedian, brightestSpot, ringCentre } from './detect.ts';
import type { Design, DesignNode, ParamData } from './document.ts';
import { linkAt } from './expressions/editLinks.ts';
import { linksOf, relinked } from './expressions/links.ts';
import { measuredPixels, type Pixels } from './measuredPixels.ts';
import { getAt, setAt } from './paths.ts';
import type { Registry } from './registry.ts';

const LARGEST_GRID = 1024;
const SMALLEST_GRID = 48;
/** The search before a fit moves an object along the light by this share of its start, or this far (metres). */
const AXIAL_SHARE = 1.45;
const AXIAL_REACH = 5e-6;

/**
 * Estimates positions, brightness and background again from the design's own measured target: for the values of
 * pitch, wavelength, gain and so on that were entered since the image came in. Simulated targets stay as they are.
 */
export function estimateStart(design: Design, registry: Registry, keep: ReadonlySet<string>): Design {
  const pixels = measuredPixels(design);
  return pixels === null ? design : withEstimates(design, registry, pixels, keep).design;
}

/** Paths that a fit of the design leaves alone and that must not be estimated either. */
export function unlearned(design: Design): Set<string> {
  const learned = new Set(design.learn.map((path) => path.replace(/\.\*$/, '')));
  const names = ['x', 'y', 'photons', 'background'];
  const paths = design.nodes.flatMap((node) => names.map((name) => `${node.id}.${name}`));
  return new Set(paths.filter((path) => !learned.has(path)));
}

/** The design with pupil sampling for its own camera, planes and depth; nothing else is touched. */
export function withSampling(design: Design, registry: Registry): Design {
  const camera = design.nodes.find((node) => node.type === 'camera');
  if (camera === undefined) return design;
  const at = (name: string) => numberAt(design, registry, `${camera.id}.${name}`);
  const stack = design.nodes.find((node) => node.type === 'stack');
  const planes = stack === undefined ? 1 : numberAt(design, registry, `${stack.id}.planes`);
  return withGrid(design, registry, { planes, ny: at('rows'), nx: at('columns') });
}

export function withEstimates(
  design: Design,
  registry: Registry,
  pixels: Pixels,
  keep: ReadonlySet<string>,
): { design: Design; notes: readonly string[] } {
  const notes: string[] = [];
  const hologram = design.nodes.some((node) => node.type === 'interference');
  const placed = withDetections(design, registry, pixels, keep, hologram, notes);
  // The number of samples may be followed, too.
  const sized = withGrid(relinked(placed, registry), registry, pixels);
  return { design: relinked(sized, registry), notes };
}

function withDetections(
  design: Design,
  registry: Registry,
  pixels: Pixels,
  keep: ReadonlySet<string>,
  hologram: boolean,
  notes: string[],
): Design {
  const object = design.nodes.find((node) => node.type === 'mieSphere' || node.type === 'bead');
  const camera = design.nodes.find((node) => node.type === 'camera');
  if (object === undefined || camera === undefined) return design;
  const level = pixels.level;
  const data = withoutMarks(pixels.data);
  const seen = hologram
    ? ringCentre(data, pixels.ny, pixels.nx, (i) => level === null || (pixels.data[i] as number) < level)
    : brightestSpot(data, pixels.planes, pixels.ny, pixels.nx);
  const pitch = objectPitch(design, registry, camera);
  let next = design;
  const set = (path: string, value: ParamData) => {
    // What follows others does so with whatever is estimated of those.
    if (!keep.has(path) && linkAt(design, registry, path) === null) next = setAt(next, registry, path, value);
  };
  const followed = new Set(linksOf(design, registry).links.flatMap(({ references }) => references));
  /** Expressions can name single numbers only. */
  const setEach = (path: string, values: readonly number[]) =>
    set(path, followed.has(path) ? values.reduce((sum, value) => sum + value, 0) / values.length : values);
  set(`${object.id}.x`, (seen.x - Math.floor(pixels.nx / 2)) * pitch);
  set(`${object.id}.y`, (seen.y - Math.floor(pixels.ny / 2)) * pitch);
  notes.push(`The object was found at column ${seen.x.toFixed(1)}, row ${seen.y.toFixed(1)} of the window.`);
  if (object.type === 'bead') {
    const gain = numberAt(next, registry, `${camera.id}.gain`);
    const offset = numberAt(next, registry, `${camera.id}.offset`);
    const backgrounds: number[] = [];
    const photons: number[] = [];
    const size = pixels.ny * pixels.nx;
    for (let p = 0; p < pixels.planes; p++) {
      const background = Math.max(0, (borderMedian(data, p, pixels.ny, pixels.nx) - offset) / gain);
      let total = 0;
      for (let i = 0; i < size; i++) total += ((data[p * size + i] as number) - offset) / gain - background;
      backgrounds.push(background);
      photons.push(Math.max(100, total));
    }
    setEach(`${camera.id}.background`, backgrounds);
    setEach(`${object.id}.photons`, photons);
  }
  return next;
}

/** Pupil samples such that neighbouring copies of the image stay out of the camera's window. */
function withGrid(design: Design, registry: Registry, pixels: Pick<Pixels, 'planes' | 'ny' | 'nx'>): Design {
  const pupil = design.nodes.find((node) => node.type === 'pupil');
  const object = design.nodes.find((node) => node.type === 'mieSphere' || node.type === 'bead');
  const camera = design.nodes.find((node) => node.type === 'camera');
  const source = design.nodes.find((node) => registry.get(node.type)?.params['wavelength'] !== undefined);
  if (pupil === undefined || object === undefined || camera === undefined || source === undefined)
    return design;
  const aperture = numberAt(design, registry, `${pupil.id}.numericalAperture`);
  const wavelength = numberAt(design, registry, `${source.id}.wavelength`);
  const index = numberAt(design, registry, `${source.id}.refractiveIndex`);
  const stack = design.nodes.find((node) => node.type === 'stack');
  const span =
    stack === undefined ? 0 : Math.abs(numberAt(design, registry, `${stack.id}.zStep`)) * (pixels.planes / 2);
  const start = Math.abs(numberAt(design, registry, `${object.id}.z`));
  const depth = stack === undefined ? Math.max(start * AXIAL_SHARE, start + AXIAL_REACH) : start + span;
  const sine = Math.min(0.95, aperture / index);
  const aside = Math.max(
    ...['x', 'y'].map((axis) => Math.abs(numberAt(design, registry, `${object.id}.${axis}`))),
  );
  const reach = aside + (depth * sine) / Math.sqrt(1 - sine * sine);
  const window = Math.max(pixels.nx, pixels.ny) * objectPitch(design, registry, camera);
  const period = Math.max(window * 1.05, window / 2 + reach + 4 * (wavelength / aperture));
  const samples = 2 * Math.ceil((period * aperture) / wavelength) + 2;
  const bounded = Math.min(LARGEST_GRID, Math.max(SMALLEST_GRID, samples));
  return { ...design, grid: { ...design.grid, samples: bounded } };
}

export function objectPitch(design: Design, registry: Registry, camera: DesignNode): number {
  return (
    numberAt(design, registry, `${camera.id}.pixelPitch`) /
    numberAt(design, registry, `${camera.id}.magnification`)
  );
}

export function numberAt(design: Design, registry: Registry, path: string): number {
  const value = getAt(design, registry, path);
  return typeof value === 'number' ? value : 0;
}
