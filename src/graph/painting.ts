/** Targets that are painted: which image a picture's brush paints, and what a stroke leaves on it. */
import { withoutMarks } from './clipped.ts';
import type { Design } from './document.ts';
import { addImage } from './edit.ts';
import { decodeFloat32, encodeFloat32 } from './imageData.ts';
import { setOwnImage } from './maps.ts';
import { setAt } from './paths.ts';
import { findNode, own, paramValue, type Registry } from './registry.ts';
import { targetOf } from './targets.ts';
import { reaches } from './topology.ts';
import { planeCount } from './validate.ts';

/** What a brush leaves: pixels of the first plane count from the middle of the upper left one. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/** An image under the brush, [planes, ny, nx] flat. */
export interface Sheet {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A new sheet has as many pixels where no camera says. */
const SIDE = 128;
const NAME = 'Painted target';

/** The target that strokes on a node's picture go to: itself, or what its picture is compared with. Null for none. */
export function paintedTarget(design: Design, registry: Registry, nodeId: string): string | null {
  if (findNode(design, nodeId)?.type === 'target') return nodeId;
  return targetOf(design, registry, nodeId);
}

/** The values of a target's image as they are stored, a blank sheet where it has none that is measured or painted. */
export function sheetOf(design: Design, registry: Registry, targetId: string): Sheet {
  const id = findNode(design, targetId)?.params['image'];
  const image = typeof id === 'string' ? own(design.images, id) : undefined;
  if (image?.kind === 'measured') {
    const size = image.shape.reduce((product, n) => product * n, 1);
    return { shape: image.shape, data: withoutMarks(decodeFloat32(image.data, size)) };
  }
  const shape = blankShape(design, registry, targetId);
  return { shape, data: new Float32Array(shape.reduce((product, n) => product * n, 1)) };
}

/** That of the camera that the target is compared with. */
function blankShape(design: Design, registry: Registry, targetId: string): readonly number[] {
  const cameras = design.nodes.filter(({ type }) => type === 'camera');
  const compared = cameras.find(({ id }) => paintedTarget(design, registry, id) === targetId);
  const camera = compared ?? (cameras.length === 1 ? cameras[0] : undefined);
  if (camera === undefined) return [SIDE, SIDE];
  const [rows, columns] = ['rows', 'columns'].map((name) => Number(paramValue(camera, registry, name)));
  const isStack = design.nodes.some(
    ({ id, type }) => (type === 'stack' || type === 'zScan') && reaches(design, id, camera.id),
  );
  const plane = [rows ?? SIDE, columns ?? SIDE];
  return isStack ? [planeCount(design, registry), ...plane] : plane;
}

/**
 * The design with values on the sheet of a target. An uploaded image is not painted over: a copy takes the strokes,
 * and the upload stays among the images of the document.
 */
export function withSheet(
  design: Design,
  registry: Registry,
  targetId: string,
  { shape, data }: Sheet,
): Design {
  const path = `${targetId}.image`;
  const id = findNode(design, targetId)?.params['image'];
  const before = typeof id === 'string' ? own(design.images, id) : undefined;
  const isPainted = before?.kind === 'measured' && before.painted === true;
  const name = isPainted ? before.name : NAME;
  const image = {
    kind: 'measured',
    name,
    shape,
    data: encodeFloat32(data),
    saturationLevel: null,
    painted: true,
  } as const;
  if (isPainted) return setOwnImage(design, registry, path, image);
  const added = addImage(design, image);
  return setAt(added.design, registry, path, added.imageId);
}

/**
 * One stroke of a round brush with an edge one pixel soft. However often it passes, a pixel gets the value once: what
 * the stroke covers is remembered apart from what was below it.
 */
export class Stroke {
  readonly data: Float32Array;
  private readonly shape: readonly [ny: number, nx: number];
  private readonly base: Float32Array;
  private readonly covered: Float32Array;
  private readonly first: number;
  private readonly value: number;
  private last: Place | null = null;

  /** @param plane of the sheet that is painted on */
  constructor({ shape, data }: Sheet, plane: number, value: number) {
    const [ny = 1, nx = 1] = shape.slice(-2);
    this.shape = [ny, nx];
    this.first = Math.min(plane, Math.max(0, data.length / (ny * nx) - 1)) * ny * nx;
    this.base = data.subarray(this.first, this.first + ny * nx);
    this.data = data.slice();
    this.covered = new Float32Array(ny * nx);
    this.value = value;
  }

  /** The value everywhere, in all planes. */
  fill(): void {
    this.data.fill(this.value);
  }

  /** Goes on to a place (column and row, which may lie between pixels or outside) in a straight line. */
  to(place: Place, radius: number): void {
    const from = this.last ?? place;
    this.last = place;
    const [ny, nx] = this.shape;
    const reach = radius + 1;
    const [x0, x1] = bounds(from.x, place.x, reach, nx);
    const [y0, y1] = bounds(from.y, place.y, reach, ny);
    for (let y = y0; y <= y1; y++) {
      for (let x = x0; x <= x1; x++) {
        const share = Math.min(1, Math.max(0, radius + 0.5 - distance({ x, y }, from, place)));
        const i = y * nx + x;
        if (share <= (this.covered[i] as number)) continue;
        this.covered[i] = share;
        const below = this.base[i] as number;
        this.data[this.first + i] = below + share * (this.value - below);
      }
    }
  }
}

/** Pixels of an axis that a line between two places can reach. */
function bounds(a: number, b: number, reach: number, count: number): [number, number] {
  return [
    Math.max(0, Math.floor(Math.min(a, b) - reach)),
    Math.min(count - 1, Math.ceil(Math.max(a, b) + reach)),
  ];
}

/** From a point to the line between two others. */
function distance({ x, y }: Place, a: Place, b: Place): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : ((x - a.x) * dx + (y - a.y) * dy) / length2;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - a.x - t * dx, y - a.y - t * dy);
}
