/**
 * Carries pictures from the engine to canvases without passing through React: one entry per node and layer, and a
 * list of who wants what. A canvas registers its wish with `want`, draws on `subscribe`, and never re-renders.
 */
import type { Preview, PreviewRequest, View, ViewRequest } from '../../workers/protocol.ts';
import { createSurfaceKeeper } from './surfaces.ts';

export type Layer = ViewRequest['layer'];
type GoneListener = (layer: Layer) => void;

interface Named {
  readonly nodeId: string;
  readonly layer: Layer;
  readonly mode: View['mode'];
}

/** @typeParam V what the engine sends, numbers or painted previews. @typeParam R what asks for one. */
export interface FrameBus<V extends Named = View, R extends ViewRequest = ViewRequest> {
  /** Hands new views to everyone who listens to their node. */
  readonly publish: (views: readonly V[]) => void;
  /** Takes back pictures that their nodes give no more: an old picture must not look like a new one. */
  readonly withdraw: (gone: Iterable<{ readonly nodeId: string; readonly layer: Layer }>) => void;
  /** The latest view of a node and layer; with `mode` only if one of that mode exists. */
  readonly latest: (nodeId: string, layer?: Layer, mode?: View['mode']) => V | undefined;
  /** Calls back for every view of the node, whatever layer or mode, and when a layer has none. Returns the way to stop. */
  readonly subscribe: (nodeId: string, listener: (view: V) => void, gone?: GoneListener) => () => void;
  /** States what a canvas needs; null withdraws it. `owner` is any unique name. */
  readonly want: (owner: string, request: R | null) => void;
  /** All wishes, merged: one request per node, layer, mode and plane. */
  readonly wants: () => readonly R[];
  /** Calls back (at most once per microtask) when the merged wishes changed. */
  readonly onWantsChanged: (listener: () => void) => () => void;
  /** Remembers what is on screen as the "before" picture. */
  readonly captureBefore: () => void;
  /** Shows the remembered picture instead of what the engine sends; false goes back to the newest. */
  readonly showBefore: (shown: boolean) => void;
  readonly hasBefore: () => boolean;
  /** Forgets everything: another document was opened. */
  readonly clear: () => void;
}

const layerKey = (nodeId: string, layer: Layer): string => `${nodeId}\u0000${layer}`;
const modeKey = (nodeId: string, layer: Layer, mode: View['mode']): string =>
  `${nodeId}\u0000${layer}\u0000${mode}`;

function mergeRequests<R extends ViewRequest>(requests: Iterable<R>): readonly R[] {
  const merged = new Map<string, R>();
  for (const request of requests) {
    const key = `${modeKey(request.nodeId, request.layer, request.mode)}\u0000${request.plane}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, request);
    else if (request.polarisation === true) merged.set(key, { ...known, polarisation: true });
  }
  return [...merged.values()];
}

/** @param onKept is told what the bus can still show, whenever that changed */
export function createFrameBus<V extends Named = View, R extends ViewRequest = ViewRequest>(
  onKept: (kept: Iterable<V>) => void = () => {},
): FrameBus<V, R> {
  const frames = new Map<string, V>();
  const listeners = new Map<string, Set<(view: V) => void>>();
  const goneListeners = new Map<string, Set<GoneListener>>();
  const wishes = new Map<string, R>();
  const wantsListeners = new Set<() => void>();
  let before: readonly V[] = [];
  let beforeShown = false;
  let announcePending = false;

  const emit = (view: V): void => {
    for (const listener of listeners.get(view.nodeId) ?? []) listener(view);
  };
  const announceWants = (): void => {
    if (announcePending) return;
    announcePending = true;
    queueMicrotask(() => {
      announcePending = false;
      for (const listener of wantsListeners) listener();
    });
  };
  const currentViews = (): readonly V[] => [...new Set(frames.values())];
  const tellKept = (): void => onKept([...before, ...frames.values()]);

  return {
    publish(views) {
      for (const view of views) {
        frames.set(layerKey(view.nodeId, view.layer), view);
        frames.set(modeKey(view.nodeId, view.layer, view.mode), view);
      }
      tellKept();
      if (!beforeShown) for (const view of views) emit(view);
    },
    latest: (nodeId, layer = 'output', mode) =>
      frames.get(mode === undefined ? layerKey(nodeId, layer) : modeKey(nodeId, layer, mode)),
    withdraw(gone) {
      for (const { nodeId, layer } of gone) {
        const whole = layerKey(nodeId, layer);
        const had = frames.delete(whole);
        for (const key of [...frames.keys()]) if (key.startsWith(`${whole}\u0000`)) frames.delete(key);
        if (had) for (const listener of goneListeners.get(nodeId) ?? []) listener(layer);
      }
      tellKept();
    },
    subscribe(nodeId, listener, gone) {
      if (gone !== undefined) {
        const known = goneListeners.get(nodeId) ?? new Set();
        goneListeners.set(nodeId, known.add(gone));
      }
      const set = listeners.get(nodeId) ?? new Set();
      set.add(listener);
      listeners.set(nodeId, set);
      return () => {
        if (gone !== undefined) goneListeners.get(nodeId)?.delete(gone);
        set.delete(listener);
        if (set.size === 0 && listeners.get(nodeId) === set) listeners.delete(nodeId);
      };
    },
    want(owner, request) {
      const known = wishes.get(owner);
      if (request === null) {
        if (!wishes.delete(owner)) return;
      } else {
        if (known !== undefined && JSON.stringify(known) === JSON.stringify(request)) return;
        wishes.set(owner, request);
      }
      announceWants();
    },
    wants: () => mergeRequests(wishes.values()),
    onWantsChanged(listener) {
      wantsListeners.add(listener);
      return () => wantsListeners.delete(listener);
    },
    captureBefore() {
      before = currentViews();
      tellKept();
    },
    showBefore(shown) {
      if (shown === beforeShown) return;
      beforeShown = shown;
      for (const view of shown ? before : currentViews()) emit(view);
    },
    hasBefore: () => before.length > 0,
    clear() {
      frames.clear();
      before = [];
      beforeShown = false;
      tellKept();
    },
  };
}

/** Numbers at full size, for the viewers of this page. */
export const frameBus: FrameBus = createFrameBus();

export type PreviewBus = FrameBus<Preview, PreviewRequest>;

/** Its surfaces live on the graphics device, where the page has to free them. */
export const createPreviewBus = (): PreviewBus =>
  createFrameBus<Preview, PreviewRequest>(createSurfaceKeeper());

/** Small painted pictures, for the cards of this page. */
export const previewBus: PreviewBus = createPreviewBus();
