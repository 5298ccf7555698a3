/**
 * A design as the fragment of an address, which browsers keep to themselves: compact JSON, zlib (whose checksum tells
 * damage), base64url. `#/design/1/…`: the number is that of this packing, the format's own stands inside.
 */
import type { Design, ParamData } from './document.ts';
import { isArray, isObject } from './json.ts';
import { readJson } from './parse.ts';
import type { Preserved } from './parsed.ts';
import { own, type Registry } from './registry.ts';
import { serializeDesign } from './serialize.ts';

const PACKING = 1;
const START = '#/design/';

/** Characters of a fragment that are made: longer addresses are cut off by what they are sent with. */
export const LONGEST_LINK = 100_000;
/** Longer fragments are not looked at: three times what any Luminode makes. */
const LONGEST_READ = 3 * LONGEST_LINK;
/** Bytes that a fragment may unpack to; zlib could make a thousand of one. */
const LARGEST_TEXT = 8 * 1024 * 1024;

export interface PackedLink {
  /** `#/design/1/…` */
  readonly fragment: string;
  /** Names of the measured images that are not in it. */
  readonly leftOut: readonly string[];
}

export interface LinkOptions {
  readonly registry: Registry;
  readonly preserved?: Preserved | undefined;
  /** Measured images are left out unless they are asked for; simulated ones are a few numbers and always go along. */
  readonly withImages: boolean;
}

/** The fragment that holds a design, however long it is. */
export async function packLink(design: Design, options: LinkOptions): Promise<PackedLink> {
  const { design: sent, leftOut } = options.withImages
    ? { design, leftOut: [] }
    : withoutMeasured(design, options.registry);
  const preserved = options.withImages ? options.preserved : withoutUnread(options.preserved);
  const content = { design: JSON.parse(serializeDesign(sent, preserved)) as unknown, leftOut };
  const bytes = await through(
    new TextEncoder().encode(JSON.stringify(content)),
    new CompressionStream('deflate'),
  );
  return { fragment: `${START}${PACKING}/${toBase64Url(bytes)}`, leftOut };
}

/** The design less its measured images; parameters that named one of them are empty. */
function withoutMeasured(
  design: Design,
  registry: Registry,
): { readonly design: Design; readonly leftOut: readonly string[] } {
  const gone = new Map(
    Object.entries(design.images).flatMap(([id, { kind, name }]) =>
      kind === 'measured' ? [[id, name]] : [],
    ),
  );
  if (gone.size === 0) return { design, leftOut: [] };
  const nodes = design.nodes.map((node) => {
    const specs = registry.get(node.type)?.params ?? {};
    const kept = Object.entries(node.params).filter(
      ([name, value]) => !namesOneOf(specs[name]?.kind, value, gone),
    );
    return kept.length === Object.keys(node.params).length
      ? node
      : { ...node, params: Object.fromEntries(kept) };
  });
  const images = Object.fromEntries(Object.entries(design.images).filter(([id]) => !gone.has(id)));
  return { design: { ...design, nodes, images }, leftOut: [...gone.values()] };
}

function namesOneOf(
  kind: string | undefined,
  value: ParamData,
  images: ReadonlyMap<string, string>,
): boolean {
  return (kind === 'image' || kind === 'map') && typeof value === 'string' && images.has(value);
}

/** Images that this version cannot read are as large as others. */
function withoutUnread(preserved: Preserved | undefined): Preserved | undefined {
  return preserved === undefined ? undefined : { ...preserved, images: {} };
}

/** Whether an address's fragment claims to hold a design. */
export function isDesignLink(fragment: string): boolean {
  return fragment.startsWith(START);
}

export type UnpackedLink =
  | {
      readonly ok: true;
      /** JSON of a design, not looked at yet: `parseDesign` does. */
      readonly text: string;
      readonly leftOut: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

const DAMAGED = 'It is damaged or was cut off on its way. Ask for it again, or for the design as a file.';

/** Never throws, whatever it is given. */
export async function unpackLink(fragment: string): Promise<UnpackedLink> {
  const refuse = (reason: string): UnpackedLink => ({ ok: false, reason });
  const parts = /^#\/design\/(\d{1,6})\/([A-Za-z0-9_-]+)$/.exec(fragment);
  if (fragment.length > LONGEST_READ)
    return refuse('It is longer than any link of Luminode. Ask for the design as a file.');
  if (parts === null) return refuse(DAMAGED);
  const [, version = '', packed = ''] = parts;
  if (Number(version) > PACKING)
    return refuse(
      'It was made by a newer Luminode. Reload the page to get the newest one, then open it again.',
    );
  if (Number(version) < PACKING) return refuse(DAMAGED);
  const bytes = await inflated(packed);
  if (bytes === null) return refuse(DAMAGED);
  const read = readJson(new TextDecoder().decode(bytes));
  if (!read.ok || !isObject(read.value)) return refuse(DAMAGED);
  const [design, names] = [own(read.value, 'design'), own(read.value, 'leftOut')];
  if (design === undefined) return refuse(DAMAGED);
  const leftOut = (isArray(names) ? names : []).filter((name) => typeof name === 'string');
  return { ok: true, text: JSON.stringify(design), leftOut: leftOut.map((name) => name.slice(0, 200)) };
}

/** Null for what zlib or base64 refuse, and for more than a design can need. */
async function inflated(packed: string): Promise<Uint8Array | null> {
  try {
    return await through(fromBase64Url(packed), new DecompressionStream('deflate'), LARGEST_TEXT);
  } catch {
    return null;
  }
}

/** @throws where the stream refuses the bytes, or gives more than `most` of them */
async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
  most = Number.POSITIVE_INFINITY,
): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    pieces.push(next.value);
    length += next.value.length;
    if (length <= most) continue;
    await reader.cancel();
    throw new Error('too much');
  }
  const out = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** Letters, digits, - and _ only: what mail and chat programs leave alone. */
function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
    letter.charCodeAt(0),
  );
}
