/** What moves to the page without a copy. */
import type { FromEngine } from '../protocol.ts';

/** The buffer that all numbers and pixels of a frame lie in, and the surface of its previews where there is one. */
export function transferables(message: FromEngine): Transferable[] {
  if (message.type !== 'frame' && message.type !== 'fitProgress' && message.type !== 'following') return [];
  const moved = new Set<Transferable>(message.views.map(({ data }) => data.buffer as ArrayBuffer));
  for (const { pixels } of message.previews) {
    moved.add(pixels.kind === 'tile' ? pixels.surface : pixels.bytes.buffer);
  }
  return [...moved];
}
