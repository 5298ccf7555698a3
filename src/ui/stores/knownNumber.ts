/** The number that a ready system is known by, measured on what the open document shows now. React-free. */
import type { Design } from '../../graph/document.ts';
import type { Goal, Proof } from '../../graph/examples/example.ts';
import { joined } from '../../workers/galleryProof.ts';
import type { View } from '../../workers/protocol.ts';
import type { DocumentStore } from './documentStore.ts';
import type { FrameBus } from './frameBus.ts';

export interface Reading {
  readonly value: number;
  /** Whether it is the known number, or whether the fit has reached its goal. */
  readonly holds: boolean;
}

/** A slider moves faster than a number can be read. */
const PACE_MILLISECONDS = 100;

interface System {
  readonly proof: Proof | null;
  readonly goal?: Goal | undefined;
}

/**
 * Asks for the pictures that the number is measured on and calls back with it whenever they or the values changed;
 * with null while they are not there. Returns the way to stop.
 */
export function watchKnownNumber(
  { proof, goal }: System,
  { frames, documents }: { readonly frames: FrameBus; readonly documents: DocumentStore },
  onReading: (reading: Reading | null) => void,
): () => void {
  const nodes = proof?.nodes ?? goal?.nodes ?? [];
  const shown = new Map<string, Map<number, View>>();
  const owners = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const want = (nodeId: string, plane: number): void => {
    const owner = `known:${nodeId}:${plane}`;
    owners.add(owner);
    frames.want(owner, { nodeId, plane, mode: 'intensity', layer: 'output' });
  };
  const read = (): void => {
    timer = undefined;
    onReading(readingOf({ proof, goal }, nodes, shown, documents.getState().design));
  };
  const readSoon = (): void => {
    timer ??= setTimeout(read, PACE_MILLISECONDS);
  };
  const receive = (view: View): void => {
    if (view.mode !== 'intensity' || view.layer !== 'output') return;
    const before = shown.get(view.nodeId);
    // A stack with another number of planes is another stack.
    const planes = before?.values().next().value?.planes === view.planes ? before : new Map<number, View>();
    shown.set(view.nodeId, (planes ?? new Map<number, View>()).set(view.plane, view));
    for (let plane = 0; plane < view.planes; plane++) want(view.nodeId, plane);
    readSoon();
  };
  const forget = (nodeId: string): void => {
    shown.delete(nodeId);
    readSoon();
  };

  const ends = nodes.map((nodeId) => {
    want(nodeId, 0);
    return frames.subscribe(nodeId, receive, () => forget(nodeId));
  });
  ends.push(documents.subscribe(readSoon));
  readSoon();
  return () => {
    clearTimeout(timer);
    for (const end of ends) end();
    for (const owner of owners) frames.want(owner, null);
  };
}

function readingOf(
  { proof, goal }: System,
  nodes: readonly string[],
  shown: ReadonlyMap<string, ReadonlyMap<number, View>>,
  design: Design,
): Reading | null {
  const measured = nodes.flatMap((nodeId) => {
    const views = [...(shown.get(nodeId)?.values() ?? [])];
    return views.length > 0 && views.length === views[0]?.planes ? [joined(nodeId, views)] : [];
  });
  if (measured.length < nodes.length) return null;
  if (proof !== null) {
    const value = proof.measure(...measured);
    return { value, holds: isKnown(value, proof) };
  }
  if (goal === undefined) return null;
  const value = goal.measure(design, ...measured);
  return { value, holds: isReached(value, goal) };
}

function isKnown(value: number, { expected, tolerance }: Proof): boolean {
  return Math.abs(value - expected) <= tolerance;
}

function isReached(value: number, { bound, limit }: Goal): boolean {
  return bound === 'atLeast' ? value >= limit : value <= limit;
}
