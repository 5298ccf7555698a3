/** Images named on the command line. */
import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { notNumbersProblem } from '../graph/clipped.ts';
import { formatBytes } from '../graph/format.ts';
import { decodeImage } from '../workers/files/decode.ts';
import type { ScientificImage } from '../workers/files/image.ts';
import { FileProblem } from '../workers/files/image.ts';
import { fileReason } from './designs.ts';
import { Failure, type Io } from './io.ts';

/** Above this no file can decode to an image within the decoder's limits, whatever its format. */
const LARGEST_FILE = 1e9;

/** An image of which every pixel is needed. @throws Failure with a sentence */
export async function readWholeImage(
  file: string,
  io: Io,
): Promise<ScientificImage & { readonly name: string }> {
  const image = await readImageFile(file, io);
  const problem = notNumbersProblem(image.name, image.data);
  if (problem !== null) throw new Failure(problem);
  return image;
}

/** Pixels that are not numbers stay. @throws Failure with the decoder's sentence */
export async function readImageFile(
  file: string,
  io: Io,
): Promise<ScientificImage & { readonly name: string }> {
  const path = resolve(io.cwd, file);
  const name = basename(path);
  try {
    const { size } = await stat(path);
    if (size > LARGEST_FILE)
      throw new Failure(`“${name}” is too large: ${formatBytes(size)}. Crop it, or take fewer planes.`);
    const image = await decodeImage(new Uint8Array(await readFile(path)), name);
    for (const note of image.source.notes) io.stderr(`${name}: ${note}\n`);
    return { ...image, name };
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (error instanceof FileProblem) throw new Failure(error.message);
    throw new Failure(`“${file}” cannot be read: ${fileReason(error)}`);
  }
}
