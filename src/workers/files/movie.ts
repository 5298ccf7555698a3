/**
 * A movie: the pages of one TIFF or NPY file, or several image files one after the other. Frames are unpacked one at a
 * time, so that a movie may be far larger than an image.
 */
import { openFrames } from './decode.ts';
import { FileProblem, type StoredFrames } from './image.ts';

/** A file that has not been read yet. */
export interface UnreadFile {
  readonly name: string;
  readonly bytes: () => Promise<Uint8Array>;
}

export interface Movie {
  readonly name: string;
  readonly count: number;
  /** [ny, nx] of each frame. */
  readonly shape: readonly [number, number];
  /** Value at which the sample type clips; null for floats. */
  readonly saturationLevel: number | null;
  readonly notes: readonly string[];
  /** Values as stored, row-major. Rejects with a sentence where this frame cannot be read. */
  readonly read: (index: number) => Promise<Float32Array>;
}

const BY_NUMBERS = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Names as people count: frame 2 before frame 10. */
export function naturalOrder(a: { readonly name: string }, b: { readonly name: string }): number {
  return BY_NUMBERS.compare(a.name, b.name) || (a.name < b.name ? -1 : Number(a.name > b.name));
}

/**
 * Opens a movie. Several files hold one frame each and are sorted by their names; a file that is damaged, or of
 * another size than the first, is a bad frame and no reason to refuse the others.
 * @throws FileProblem where the first cannot be read
 */
export async function openMovie(files: readonly UnreadFile[]): Promise<Movie> {
  const sorted = files.toSorted(naturalOrder);
  const [first] = sorted;
  if (first === undefined)
    throw new FileProblem(
      'empty',
      'the folder',
      'holds no image.',
      'Choose a folder of PNG, TIFF or NPY files.',
    );
  const opened = openFrames(await first.bytes(), first.name);
  if (sorted.length === 1) {
    return { ...opened, name: first.name, read: async (index) => opened.read(index) };
  }
  return {
    name: `${first.name} and ${sorted.length - 1} more`,
    count: sorted.length,
    shape: opened.shape,
    saturationLevel: opened.saturationLevel,
    notes: opened.notes,
    async read(index) {
      const file = sorted[index];
      if (file === undefined) throw new RangeError(`There is no frame ${index}.`);
      return singleFrame(openFrames(await file.bytes(), file.name), file.name, opened);
    },
  };
}

function singleFrame(frames: StoredFrames, name: string, like: StoredFrames): Float32Array {
  if (frames.count > 1) {
    throw new FileProblem(
      'unsupportedContent',
      name,
      `holds ${frames.count} images, where one frame was expected.`,
      'Choose one file with all frames, or several with one each.',
    );
  }
  if (frames.shape.join() !== like.shape.join()) {
    throw new FileProblem(
      'unsupportedContent',
      name,
      `has ${frames.shape.join(' × ')} pixels, the first frame ${like.shape.join(' × ')}.`,
      'Leave it out, or crop all frames alike.',
    );
  }
  return frames.read(0);
}
