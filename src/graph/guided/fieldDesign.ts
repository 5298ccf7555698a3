/** Several beads of one stack as one fit: a design with “Beads over the field”, its places and its target filled in. */
import { borderMedian } from '../detect.ts';
import type { Design, DesignNode } from '../document.ts';
import { setLearn } from '../edit.ts';
import { encodeFloat32 } from '../imageData.ts';
import { setAt } from '../paths.ts';
import type { Registry } from '../registry.ts';
import { withSampling } from '../startEstimates.ts';
import type { FoundBead } from './beads.ts';
import { boxAround, boxHalf } from './box.ts';
import type { GivenPixels } from './pixels.ts';
import { type DepthOptics, expectedDepth } from './pointDepth.ts';

/** Planes of each bead: as few as tell the signs, about its own focus. */
const PLANES_EACH = 5;
/** From plane to plane, in lengths of a sharp spot: enough to bend the light, near enough to keep it together. */
const SPACING = 0.5;
/** Half of the largest box: many beads of many pixels would only make the fit slow. */
const LARGEST_HALF = 22;
/** Fewer beads do not tell how a term changes. */
export const LEAST_BEADS = 3;
const MOST_BEADS = 100;
/** Id of the element that has the beads. */
export const FIELD_ID = 'field';

export interface FieldQuestion {
  readonly pixels: GivenPixels;
  readonly name: string;
  readonly beads: readonly Pick<FoundBead, 'x' | 'y' | 'plane'>[];
  /** Step between planes of the file, and what a point's image depends on. */
  readonly optics: DepthOptics;
}

/** Why beads cannot be fitted together, as a sentence; null where they can. */
export function fieldProblem({ pixels, beads }: Pick<FieldQuestion, 'pixels' | 'beads'>): string | null {
  if (pixels.planes < PLANES_EACH)
    return `Each bead needs ${PLANES_EACH} planes: one alone does not tell the signs of even aberrations.`;
  if (beads.length < LEAST_BEADS)
    return `Pick at least ${LEAST_BEADS} beads in step 4: fewer do not tell how aberrations change over the field.`;
  return beads.length > MOST_BEADS ? `At most ${MOST_BEADS} beads can be fitted together.` : null;
}

/**
 * @param base a design for a focus stack: its instrument and aberrations are where the fit begins
 * @throws RangeError where `fieldProblem` has a sentence
 */
export function fieldDesign(base: Design, registry: Registry, question: FieldQuestion): Design {
  const problem = fieldProblem(question);
  const idOf = (type: string) => base.nodes.find((node) => node.type === type)?.id;
  const [stack, bead, camera, target] = ['stack', 'bead', 'camera', 'target'].map(idOf);
  if (stack === undefined || bead === undefined || camera === undefined || target === undefined)
    throw new RangeError('The design is not that of a focus stack of a bead.');
  if (problem !== null) throw new RangeError(problem);
  const most = Math.floor((question.pixels.planes - 1) / (PLANES_EACH - 1));
  const every = Math.min(most, Math.max(1, Math.round(SPACING * expectedDepth(question.optics))));
  const cuts = cutOut(question, every);
  const size = cuts.side ** 2;
  const planes = cuts.data.length / size;
  const node: DesignNode = {
    id: FIELD_ID,
    type: 'beadField',
    position: base.nodes.find(({ id }) => id === stack)?.position ?? { x: 0, y: 0 },
    params: { beads: cuts.rows, planes, zStep: every * question.optics.step },
  };
  const shape = [planes, cuts.side, cuts.side];
  const level = question.pixels.level;
  const image = {
    ...({ kind: 'measured', name: `${question.name}, ${question.beads.length} beads`, shape } as const),
    ...{ data: encodeFloat32(cuts.data), saturationLevel: level },
  };
  const swapped: Design = {
    ...base,
    title: `${base.title} over the field`,
    nodes: base.nodes.map((each) => (each.id === stack ? node : each)),
    edges: base.edges.map(({ id, from, to }) => ({
      id: id.replace(stack, FIELD_ID),
      from: from.node === stack ? { ...from, node: FIELD_ID } : from,
      to: to.node === stack ? { ...to, node: FIELD_ID } : to,
    })),
    learn: [],
    images: { [target]: image },
  };
  const light = brightness(cuts.data, planes, cuts.side, {
    gain: numberOf(base, camera, 'gain', 1),
    offset: numberOf(base, camera, 'offset', 0),
  });
  const values = {
    ...{ [`${target}.image`]: target, [`${camera}.rows`]: cuts.side, [`${camera}.columns`]: cuts.side },
    ...{ [`${bead}.x`]: 0, [`${bead}.y`]: 0, [`${bead}.z`]: 0 },
    ...{ [`${bead}.photons`]: light.photons, [`${camera}.background`]: light.backgrounds },
  };
  const set = Object.entries(values).reduce(
    (next, [path, value]) => setAt(next, registry, path, value),
    swapped,
  );
  return withSampling(setLearn(set, []), registry);
}

function numberOf(design: Design, id: string, name: string, otherwise: number): number {
  const value = design.nodes.find((node) => node.id === id)?.params[name];
  return typeof value === 'number' ? value : otherwise;
}

/** Boxes of one size around the beads, planes of each about its own focus, one bead after the other. */
function cutOut({ pixels, beads, optics }: FieldQuestion, every: number) {
  const { ny, nx, planes } = pixels;
  const depth = every * (PLANES_EACH - 1);
  const wanted = boxHalf({ ...optics, planes: depth + 1 });
  const half = Math.min(wanted, LARGEST_HALF, (Math.min(ny, nx) - 1) >> 1);
  const side = 2 * half + 1;
  const data = new Float32Array(beads.length * PLANES_EACH * side * side);
  // One is half of the longer side of the image.
  const reach = Math.max(nx, ny) / 2;
  const rows = beads.map((bead, index) => {
    const box = boxAround(pixels, bead, half);
    const middle = every * (PLANES_EACH >> 1);
    const first = Math.min(planes - 1 - depth, Math.max(0, bead.plane - middle));
    for (let p = 0; p < PLANES_EACH; p++) {
      const plane = first + every * p;
      const to = (index * PLANES_EACH + p) * side * side;
      for (let y = 0; y < side; y++) {
        const from = (plane * ny + box.y0 + y) * nx + box.x0;
        data.set(pixels.data.subarray(from, from + side), to + y * side);
      }
    }
    return {
      fieldX: Number(((bead.x - nx / 2) / reach).toPrecision(6)),
      fieldY: Number(((bead.y - ny / 2) / reach).toPrecision(6)),
      x: (bead.x - box.x0 - half) * optics.pitch,
      y: (bead.y - box.y0 - half) * optics.pitch,
      // Sharp in the plane at −z; the element counts its planes from the middle one.
      z: (first + middle - bead.plane) * optics.step,
    };
  });
  return { data, side, rows };
}

/** Photons and background of each plane, from its border and its sum. */
function brightness(
  data: Float32Array,
  planes: number,
  side: number,
  { gain, offset }: { readonly gain: number; readonly offset: number },
) {
  const size = side * side;
  const backgrounds = Array.from({ length: planes }, (_, p) =>
    Math.max(0, (borderMedian(data, p, side, side) - offset) / gain),
  );
  const photons = backgrounds.map((background, p) => {
    const own = data.subarray(p * size, (p + 1) * size);
    return Math.max(
      100,
      own.reduce((total, value) => total + (value - offset) / gain - background, 0),
    );
  });
  return { photons, backgrounds };
}
