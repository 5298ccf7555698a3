/**
 * Pixels of a document as text: little-endian float32 in base64 (RFC 4648, with padding). Uses no Buffer and no
 * atob, so that it is the same and equally fast in a browser, a worker and Node. Every machine that runs
 * WebAssembly stores numbers little-endian, so the bytes of a Float32Array are taken as they are.
 */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PADDING = 61;
const INVALID = 255;

const characterOf = new Uint8Array(64);
const sextetOf = new Uint8Array(256).fill(INVALID);
for (let value = 0; value < 64; value++) {
  const character = ALPHABET.charCodeAt(value);
  characterOf[value] = character;
  sextetOf[character] = value;
}

/** Base64 text of the values of an image, row-major. */
export function encodeFloat32(data: Float32Array): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const text = new Uint8Array(4 * Math.ceil(bytes.length / 3));
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text[at++] = characterOf[group >>> 18] as number;
    text[at++] = characterOf[(group >>> 12) & 63] as number;
    text[at++] = characterOf[(group >>> 6) & 63] as number;
    text[at++] = characterOf[group & 63] as number;
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  text.fill(PADDING, text.length - missing);
  return new TextDecoder().decode(text);
}

/**
 * The values of an image from its base64 text.
 * @param length number of values expected (the product of the shape); anything else is refused.
 */
export function decodeFloat32(text: string, length: number): Float32Array {
  const byteLength = 4 * length;
  const expected = 4 * Math.ceil(byteLength / 3);
  if (text.length !== expected) {
    throw new RangeError(
      `The image data holds ${text.length} characters, but ${length} pixels need ${expected}: the file was cut short or edited. Import the image again.`,
    );
  }
  const characters = new TextEncoder().encode(text);
  const values = new Float32Array(length);
  const bytes = new Uint8Array(values.buffer);
  const padding = (3 - (byteLength % 3)) % 3;
  const last = characters.length - padding;
  let seen = 0;
  let at = 0;
  for (let i = 0; i < characters.length; i += 4) {
    let group = 0;
    for (let k = i; k < i + 4; k++) {
      const value = k < last ? (sextetOf[characters[k] as number] as number) : 0;
      seen |= value;
      group = (group << 6) | value;
    }
    bytes[at++] = group >>> 16;
    bytes[at++] = group >>> 8;
    bytes[at++] = group;
  }
  if (characters.length !== expected || seen > 63 || characters.subarray(last).some((c) => c !== PADDING)) {
    throw new RangeError('The image data is not base64 text: the file was edited. Import the image again.');
  }
  return values;
}
