/** Frees the surfaces of previews that nothing can show any more, without waiting for the garbage collector. */
import type { Preview } from '../../workers/protocol.ts';

/** A function that is told of all previews that can still be shown, and closes the surfaces of the others. */
export function createSurfaceKeeper(): (kept: Iterable<Pick<Preview, 'pixels'>>) => void {
  let open: ReadonlySet<ImageBitmap> = new Set();
  return (kept) => {
    const used = new Set<ImageBitmap>();
    for (const { pixels } of kept) if (pixels.kind === 'tile') used.add(pixels.surface);
    for (const surface of open) if (!used.has(surface)) surface.close();
    open = used;
  };
}
