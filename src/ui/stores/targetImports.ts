/**
 * Where the measured image of a target comes from: the file as it was read, the image that divides it, and the part
 * that is used. The document holds only the outcome, so this is kept in memory, by the image object that the
 * document shows: undo and redo bring the very object back and with it what it was made of, and nothing outlives the
 * document and its history. React-free.
 */
import type { Design, DesignImage, DesignNode } from '../../graph/document.ts';
import { formatParam } from '../../graph/format.ts';
import { decodeFloat32 } from '../../graph/imageData.ts';
import { type GivenImage, PrepareProblem } from '../../graph/measuredPixels.ts';
import { describePath, getAt, quantityAt, replaceNode, setAt } from '../../graph/paths.ts';
import { type PrepareOptions, prepareForImage } from '../../graph/prepare.ts';
import { isMovedTarget } from '../../graph/registration.ts';
import { findNode, type Registry } from '../../graph/registry.ts';
import type { OpenedMovie } from '../../workers/filesClient.ts';
import type { FitResult } from '../../workers/protocol.ts';
import type { DocumentStore } from './documentStore.ts';

export type MeasuredImage = Extract<DesignImage, { kind: 'measured' }>;
/** Half-open: rows y0 to y1 - 1, columns x0 to x1 - 1 of the original. */
export type Crop = NonNullable<PrepareOptions['crop']>;
/** Planes start, start + step, ... below stop. */
export type PlaneRange = NonNullable<PrepareOptions['planes']>;
export type Background = NonNullable<PrepareOptions['background']> & { readonly name: string };

interface TargetImport {
  /** Whether the original is a file, or what a document had of it. */
  readonly source: 'file' | 'document';
  /** Whole and undivided. */
  readonly original: GivenImage;
  readonly background: Background | null;
  /** Null for all of it. */
  readonly crop: Crop | null;
  readonly planes: PlaneRange | null;
  /** The target's parameters when a background began to divide its image: removing that brings them back. */
  readonly undivided: DesignNode['params'];
}

export type ImportChange = Partial<Pick<TargetImport, 'background' | 'crop' | 'planes'>>;

/** What a panel shows; ranges are resolved, `background` is a file name. */
export interface ImportSummary {
  readonly source: TargetImport['source'];
  readonly name: string;
  readonly planes: number;
  readonly rows: number;
  readonly columns: number;
  readonly crop: Crop;
  readonly chosen: PlaneRange;
  readonly background: string | null;
  /** Nothing is cut away. */
  readonly whole: boolean;
}

const imports = new WeakMap<DesignImage, TargetImport>();

/** What the image was made of; an image that came with its document stands for its own original. */
export function describeImport(image: MeasuredImage): ImportSummary {
  const known = imports.get(image);
  const { name, shape } = known?.original ?? image;
  const [rows = 1, columns = 1] = shape.slice(-2);
  const planes = shape.length === 3 ? (shape[0] ?? 1) : 1;
  const [crop, chosen] = [known?.crop ?? null, known?.planes ?? null];
  return {
    source: known?.source ?? 'document',
    name,
    planes,
    rows,
    columns,
    crop: crop ?? { y0: 0, y1: rows, x0: 0, x1: columns },
    chosen: chosen ?? { start: 0, stop: planes, step: 1 },
    background: known?.background?.name ?? null,
    whole: crop === null && chosen === null,
  };
}

/** What divides the image and frames of its movie, whole; null for nothing. */
export function backgroundOf(image: MeasuredImage): Float32Array | null {
  return imports.get(image)?.background?.data ?? null;
}

/** The planes of a focus stack as the frames of a movie. @param pixels values of an image that no document has yet */
export function movieOf(image: MeasuredImage, pixels?: Float32Array): OpenedMovie {
  const { original } =
    pixels === undefined
      ? (imports.get(image) ?? fromDocument(image))
      : { original: { ...image, data: pixels } };
  const [count = 1, ny = 1, nx = 1] = original.shape.length === 3 ? original.shape : [1, ...original.shape];
  const { name, data, saturationLevel } = original;
  const read = async (frame: number) => data.slice(frame * ny * nx, (frame + 1) * ny * nx);
  return { name, count, shape: [ny, nx], saturationLevel, notes: [], read, close: () => undefined };
}

export interface Placed {
  readonly design: Design;
  /** Sentences for the user. */
  readonly notes: readonly string[];
}

/**
 * The design with a file just read as the image of a target, undivided and whole unless a part is given, and
 * everything that follows from it. Where the design has no place for such an image, a PrepareProblem says why; once `image` itself is in the
 * document, the panel can choose a part that has.
 * @param pixels values of `image`, row-major
 */
export function placeUpload(
  design: Design,
  registry: Registry,
  nodeId: string,
  image: MeasuredImage,
  pixels: Float32Array,
  part: Required<Pick<ImportChange, 'crop' | 'planes'>> = { crop: null, planes: null },
): Placed {
  const record: TargetImport = {
    source: 'file',
    original: { ...image, data: pixels },
    background: null,
    ...part,
    undivided: {},
  };
  imports.set(image, record);
  const before = measuredImage(design, nodeId);
  const steps = [stepOf(before === null ? null : imports.get(before)), stepOf(record)] as const;
  const spaced = withSpacing(design, registry, ...steps);
  const prepared = prepareForImage(spaced.design, registry, optionsOf(nodeId, record));
  const made = measuredImage(prepared.design, nodeId);
  if (made !== null) imports.set(made, record);
  return { design: prepared.design, notes: [...prepared.notes, ...spaced.notes] };
}

export type Changed =
  | { readonly ok: true; readonly notes: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** Uses another part of the original, or another background, as one undo step. A refusal leaves all as it was. */
export function changeImport(
  documents: DocumentStore,
  registry: Registry,
  nodeId: string,
  change: ImportChange,
): Changed {
  const { design, apply } = documents.getState();
  const node = findNode(design, nodeId);
  const image = measuredImage(design, nodeId);
  if (node === undefined || image === null)
    return { ok: false, reason: 'The target has no measured image: upload one first.' };
  const before = imports.get(image) ?? fromDocument(image);
  const undivided = before.background === null ? node.params : before.undivided;
  const next = { ...before, ...change, undivided };
  if (next.background === before.background && samePart(before, next)) return { ok: true, notes: [] };
  const spaced = withSpacing(design, registry, stepOf(before), stepOf(next));
  try {
    const prepared = prepareForImage(spaced.design, registry, optionsOf(nodeId, next)).design;
    const after = withTargetParams(prepared, node, before, next);
    const made = measuredImage(after, nodeId);
    if (made !== null) imports.set(made, next);
    apply(change.background === undefined ? 'Choose part of image' : 'Change background', () => after);
    return { ok: true, notes: spaced.notes };
  } catch (error) {
    if (!(error instanceof PrepareProblem)) throw error;
    return { ok: false, reason: error.message };
  }
}

/** Column and row of the original at which the compared image starts; of the first target, as fits have one. */
export function pixelOrigin(design: Design): { readonly x: number; readonly y: number } {
  const target = design.nodes.find((node) => node.type === 'target');
  const isMoved = target !== undefined && isMovedTarget(design, target.id);
  const image = target === undefined || isMoved ? null : measuredImage(design, target.id);
  const crop = image === null ? null : (imports.get(image)?.crop ?? null);
  return { x: crop?.x0 ?? 0, y: crop?.y0 ?? 0 };
}

/** The result with pixels counted in the image that was given, not in the part of it that was fitted. */
export function inOriginalPixels(
  result: FitResult,
  design: Design,
  registry: Registry,
  origin = pixelOrigin(design),
): FitResult {
  if (origin.x === 0 && origin.y === 0) return result;
  const parameters = result.parameters.map((parameter) => {
    const target = describePath(design, registry, parameter.path);
    const role = target.ok ? quantityAt(target)?.role : undefined;
    const corner = role === 'lateralX' ? origin.x : role === 'lateralY' ? origin.y : 0;
    return parameter.pixel === null ? parameter : { ...parameter, pixel: parameter.pixel + corner };
  });
  return { ...result, parameters };
}

function measuredImage(design: Design, nodeId: string): MeasuredImage | null {
  const id = findNode(design, nodeId)?.params['image'];
  const image = typeof id === 'string' ? design.images[id] : undefined;
  return image?.kind === 'measured' ? image : null;
}

function fromDocument(image: MeasuredImage): TargetImport {
  const size = image.shape.reduce((product, n) => product * n, 1);
  const original = { ...image, data: decodeFloat32(image.data, size) };
  return { source: 'document', original, background: null, crop: null, planes: null, undivided: {} };
}

function optionsOf(targetNode: string, { original, background, crop, planes }: TargetImport): PrepareOptions {
  return { targetNode, image: original, background, crop, planes, keep: new Set() };
}

/**
 * How the image is compared (the target's other parameters) is decided anew when something begins to divide it, put
 * back when nothing does any more, and left alone by another window.
 */
function withTargetParams(
  prepared: Design,
  node: DesignNode,
  before: TargetImport,
  next: TargetImport,
): Design {
  const fresh = findNode(prepared, node.id);
  if (fresh === undefined || (before.background === null && next.background !== null)) return prepared;
  const ended = before.background !== null && next.background === null;
  const params = ended ? next.undivided : node.params;
  return replaceNode(prepared, fresh, {
    ...fresh,
    params: { ...params, image: fresh.params['image'] ?? node.id },
  });
}

/** Both are plain numbers in one order. */
function samePart(a: TargetImport, b: TargetImport): boolean {
  return JSON.stringify([a.crop, a.planes]) === JSON.stringify([b.crop, b.planes]);
}

function stepOf(record: TargetImport | null | undefined): number {
  return record?.planes?.step ?? 1;
}

/** `zStep` is the distance between the planes in use: it grows with the number of planes from one to the next. */
function withSpacing(design: Design, registry: Registry, before: number, after: number): Placed {
  const stack = design.nodes.find((node) => node.type === 'stack');
  if (stack === undefined || before === after) return { design, notes: [] };
  const path = `${stack.id}.zStep`;
  const target = describePath(design, registry, path);
  const zStep = getAt(design, registry, path);
  if (!target.ok || typeof zStep !== 'number') return { design, notes: [] };
  // Twelve figures, so that 4 × 0.1 µm and back is 0.1 µm.
  const spaced = Number(((zStep * after) / before).toPrecision(12));
  const [from, to] = [formatParam(target.spec, zStep), formatParam(target.spec, spaced)];
  return {
    design: setAt(design, registry, path, spaced),
    notes: [`The step of the focus stack went from ${from} to ${to}: that far apart are the planes in use.`],
  };
}
