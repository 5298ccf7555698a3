/** The number that a ready system is known by, measured on what the open document shows now. React-free. */
import type { Design, Issue, ParamData } from '../../graph/document.ts';
import type { Goal, Proof } from '../../graph/examples/example.ts';
import { findNode, nodeName, paramValue, type Registry } from '../../graph/registry.ts';
import { joined } from '../../workers/galleryProof.ts';
import type { View } from '../../workers/protocol.ts';
import { failingBefore } from './blocked.ts';
import type { DocumentStore } from './documentStore.ts';
import type { FrameBus } from './frameBus.ts';

export interface Reading {
  /** NaN where it cannot be measured on what is shown. */
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
    // A number is shown as it is, light as its intensity.
    if (view.layer !== 'output' || (view.mode !== 'intensity' && view.portType !== 'scalar')) return;
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
    const value = orNaN(() => proof.measure(...measured));
    return { value, holds: isKnown(value, proof) };
  }
  if (goal === undefined) return null;
  const value = orNaN(() => goal.measure(design, ...measured));
  return { value, holds: isReached(value, goal) };
}

/** A measure is made for the system as it was: on other pictures it may find nothing to hold on to. */
function orNaN(measure: () => number): number {
  try {
    return measure();
  } catch {
    return Number.NaN;
  }
}

/** Whether all that a system computes with is as in its example; nodes that only look at its light do not count. */
export function isAsOpened(design: Design, example: Design, registry: Registry): boolean {
  const { grid, seed } = example;
  if (design.grid.samples !== grid.samples || design.grid.pitch !== grid.pitch || design.seed !== seed)
    return false;
  const wires = ({ edges }: Design): string =>
    edges
      .filter(({ to }) => findNode(example, to.node) !== undefined)
      .map(({ from, to }) => `${from.node}.${from.port}>${to.node}.${to.port}`)
      .sort()
      .join();
  if (wires(design) !== wires(example)) return false;
  return example.nodes.every((node) => {
    const now = findNode(design, node.id);
    if (now === node) return true;
    if (now?.type !== node.type || (now.bypassed === true) !== (node.bypassed === true)) return false;
    const names = Object.keys({ ...node.params, ...now.params });
    return names.every((name) => sameData(paramValue(node, registry, name), paramValue(now, registry, name)));
  });
}

/** Whether two values of a parameter are equal, whatever the order of their terms. */
function sameData(a: ParamData | undefined, b: ParamData | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return left.size === right.size && [...left].every(([key, value]) => right.get(key) === value);
}

/** Why there is no number now, in a few words. */
export function whyMissing(
  reading: Reading | null,
  nodes: readonly string[],
  design: Design,
  issues: ReadonlyMap<string, readonly Pick<Issue, 'severity'>[]>,
  registry: Registry,
): string {
  for (const id of nodes) {
    const own = issues.get(id)?.some(({ severity }) => severity === 'error') === true;
    const failing = own ? id : failingBefore(design, issues, id);
    if (failing !== null) return `“${nodeName(design, registry, failing)}” has an error`;
  }
  const isThere = nodes.every((id) => findNode(design, id) !== undefined);
  return reading === null && isThere ? 'being computed' : 'cannot be read from this picture';
}

function isKnown(value: number, { expected, tolerance }: Proof): boolean {
  return Math.abs(value - expected) <= tolerance;
}

function isReached(value: number, { bound, limit }: Goal): boolean {
  return bound === 'atLeast' ? value >= limit : value <= limit;
}
