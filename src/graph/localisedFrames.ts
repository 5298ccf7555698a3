/** Localised frames that grow one by one to a hundred thousand: a frame more does not copy those before. */
import type { LocalisedFrame } from './localisations.ts';

export interface LocalisedFrames {
  /** All full but the last. */
  readonly chunks: readonly (readonly LocalisedFrame[])[];
  readonly frames: number;
  readonly emitters: number;
  /** Emitters without a problem. */
  readonly good: number;
}

export const NO_FRAMES: LocalisedFrames = { chunks: [], frames: 0, emitters: 0, good: 0 };

/** Frames that are copied for one more, at most. */
export const CHUNK = 256;

export function withFrame(before: LocalisedFrames, next: LocalisedFrame): LocalisedFrames {
  const last = before.chunks.at(-1) ?? [];
  const isFull = before.chunks.length === 0 || last.length >= CHUNK;
  return {
    chunks: isFull ? [...before.chunks, [next]] : before.chunks.with(-1, [...last, next]),
    frames: before.frames + 1,
    emitters: before.emitters + next.emitters.length,
    good: before.good + next.emitters.filter(({ status }) => status === 'good').length,
  };
}

export function* framesOf({ chunks }: LocalisedFrames): Iterable<LocalisedFrame> {
  for (const chunk of chunks) yield* chunk;
}
