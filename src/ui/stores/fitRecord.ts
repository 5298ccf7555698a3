/**
 * The last fit of a document, kept beside it: what came out, and a key of the values that it belongs to. React-free.
 */
import type { Design, DesignImage } from '../../graph/document.ts';
import type { FitResult } from '../../workers/protocol.ts';

export interface FitRecord {
  readonly result: FitResult;
  /** `contentKey` of the design with the fitted values in it. */
  readonly key: string;
}

/**
 * 53 bits of a text: two multiplicative hashes of 32 bits with different odd factors, crossed at the end. Keys are
 * compared within one document only, where an accidental match has odds of 1e-16.
 */
function hash(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x9e3779b1);
    b = Math.imul(b ^ code, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return ((b & 0x1fffff) * 0x100000000 + (a >>> 0)).toString(36);
}

const imageKeys = new WeakMap<DesignImage, string>();

/** Images are large and never changed in place: each is hashed once. */
function imageKey(image: DesignImage): string {
  const known = imageKeys.get(image);
  if (known !== undefined) return known;
  const key = hash(stableText(image));
  imageKeys.set(image, key);
  return key;
}

/** JSON whose objects have their keys in alphabetical order. */
function stableText(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([x], [y]) => (x < y ? -1 : 1)))
      : each,
  );
}

/**
 * Equal for designs that give the same light and compare with the same data: places, titles and what is learnable
 * do not count.
 */
export function contentKey(design: Design): string {
  const { grid, seed, nodes, edges, images } = design;
  return hash(
    stableText({
      grid,
      seed,
      nodes: nodes.map(({ id, type, params, bypassed }) => ({
        id,
        type,
        params,
        bypassed: bypassed === true,
      })),
      edges: edges.map(({ from, to }) => `${from.node}.${from.port}>${to.node}.${to.port}`).sort(),
      images: Object.fromEntries(Object.entries(images).map(([id, image]) => [id, imageKey(image)])),
    }),
  );
}

type Fields = { readonly [name: string]: unknown };

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isNumber = (value: unknown): boolean => typeof value === 'number';
const isText = (value: unknown): boolean => typeof value === 'string';
const isNumberOrNull = (value: unknown): boolean => value === null || isNumber(value);

function isParameter(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value['display'])) return false;
  const { path, title, start, sigma, unit, atBound, display, pixel } = value;
  return (
    [path, title, unit, display['unit']].every(isText) &&
    [start, value['value'], display['value']].every(isNumber) &&
    [sigma, pixel, display['sigma']].every(isNumberOrNull) &&
    typeof atBound === 'boolean'
  );
}

function isResult(value: unknown): value is FitResult {
  if (!isRecord(value) || !isRecord(value['loss'])) return false;
  const { parameters, loss, reducedChiSquare, iterations, seconds, backend, converged, warnings } = value;
  return (
    Array.isArray(parameters) &&
    parameters.every(isParameter) &&
    [loss['start'], loss['end'], iterations, seconds].every(isNumber) &&
    isNumberOrNull(reducedChiSquare) &&
    ['webgpu', 'wasm', 'f64'].includes(String(backend)) &&
    typeof converged === 'boolean' &&
    Array.isArray(warnings) &&
    warnings.every(isText)
  );
}

/** What the browser kept, if this version can read it: a record of another version is left out, not guessed at. */
export function readFitRecord(stored: unknown): FitRecord | null {
  if (!isRecord(stored) || typeof stored['key'] !== 'string' || !isResult(stored['result'])) return null;
  return { key: stored['key'], result: stored['result'] };
}
