/** From a file that a person chose to an image of the document. */
import type { DesignImage } from '../../graph/document.ts';
import { encodeFloat32 } from '../../graph/imageData.ts';
import type { DecodeOutcome } from '../../workers/filesClient.ts';
import { filesClient } from '../../workers/filesClient.ts';

export type ImportedImage =
  | {
      readonly ok: true;
      readonly image: Extract<DesignImage, { kind: 'measured' }>;
      /** The values of the image, row-major. */
      readonly pixels: Float32Array;
      /** Sentences about choices that were made while reading. */
      readonly warnings: readonly string[];
      /** “TIFF, 16-bit whole numbers”. */
      readonly storedAs?: string;
      /** Distance from plane to plane that the file tells, metres. */
      readonly planeSpacing?: number;
      /** Size of a pixel that the file tells, metres. */
      readonly pixelSize?: number;
      /** The file calls its planes frames: they are times. */
      readonly framesOfTime?: true;
    }
  | { readonly ok: false; readonly reason: string };

/** Files above this are refused before they are read: no image below the limits of the decoders needs more. */
export const LARGEST_FILE_BYTES = 300e6;
/**
 * Pixels that a document can hold: base64 takes 5.3 characters per pixel, and a saved design at most
 * 64 Mi characters, of which one image may take most.
 */
export const LARGEST_DOCUMENT_PIXELS = 10e6;

type Decode = (name: string, bytes: Uint8Array) => Promise<DecodeOutcome>;

/** Reads PNG, TIFF or NPY. Never rejects; every refusal is a sentence that names the file. */
export async function importImageFile(
  file: File,
  decode: Decode = filesClient.decode,
): Promise<ImportedImage> {
  const name = file.name;
  if (file.size === 0) {
    return { ok: false, reason: `“${name}” is empty. Choose the file again, or export it once more.` };
  }
  if (file.size > LARGEST_FILE_BYTES) {
    const megabytes = Math.round(file.size / 1e6);
    const limit = LARGEST_FILE_BYTES / 1e6;
    return {
      ok: false,
      reason: `“${name}” has ${megabytes} MB; files up to ${limit} MB can be read. Crop it or take fewer planes.`,
    };
  }
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    return {
      ok: false,
      reason: `“${name}” could not be read. It may have been moved or changed: choose it again.`,
    };
  }
  const outcome = await decode(name, bytes);
  if (!outcome.ok) return { ok: false, reason: outcome.sentence };
  const { shape, data, saturationLevel, notes, storedAs, planeSpacing, pixelSize, framesOfTime } =
    outcome.image;
  if (data.length > LARGEST_DOCUMENT_PIXELS) {
    const size = shape.join(' × ');
    const limit = LARGEST_DOCUMENT_PIXELS / 1e6;
    return {
      ok: false,
      reason: `“${name}” has ${size} pixels; a design holds images up to ${limit} million. Crop it around the object, or take fewer planes.`,
    };
  }
  const text = encodeFloat32(data);
  return {
    ok: true,
    image: { kind: 'measured', name, shape, data: text, saturationLevel },
    pixels: data,
    warnings: notes,
    ...(storedAs === undefined ? {} : { storedAs }),
    ...(planeSpacing === undefined ? {} : { planeSpacing }),
    ...(pixelSize === undefined ? {} : { pixelSize }),
    ...(framesOfTime === undefined ? {} : { framesOfTime }),
  };
}
