/**
 * Which pictures of a document need a logarithmic display, so that those one compares get the same: automatic scaling
 * is one for all pictures of one unit and pixel size. React-free.
 */
import { createStore } from 'zustand/vanilla';
import type { Preview } from '../../workers/protocol.ts';

type Seen = Pick<Preview, 'nodeId' | 'layer' | 'portType' | 'mode' | 'unit' | 'pitch' | 'highContrast'>;
type Place = Pick<Preview, 'nodeId' | 'layer'>;

interface Contrast {
  /** What pictures have in common that are compared. */
  readonly kind: string;
  readonly isHigh: boolean;
}

interface ContrastState {
  readonly pictures: { readonly [place: string]: Contrast };
  readonly note: (seen: Seen) => void;
  /** Forgets deleted nodes; all of them when another document is opened. */
  readonly prune: (exists: (nodeId: string) => boolean) => void;
}

const placeOf = ({ nodeId, layer }: Place): string => `${nodeId}\u0000${layer}`;

const nodeOf = (place: string): string => place.split('\u0000')[0] ?? '';

/** One high contrast makes all pictures of its kind logarithmic; null before this one was seen. */
export function sharedContrast(pictures: ContrastState['pictures'], place: Place): boolean | null {
  const own = pictures[placeOf(place)];
  if (own === undefined) return null;
  return Object.values(pictures).some(({ kind, isHigh }) => isHigh && kind === own.kind);
}

/** While pictures come faster than this, a slider moves or a fit runs: scales stay as they are (ms). */
export const REST_MILLISECONDS = 500;

export function createContrastStore() {
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  return createStore<ContrastState>()((set, get) => ({
    pictures: {},
    note(seen) {
      if (seen.portType !== 'image') return;
      const place = placeOf(seen);
      // Around a background of 1 nothing is dark; the light of another microscope, without one, is no reason to.
      const among = seen.unit === 'relative' ? place : seen.pitch.toPrecision(4);
      const kind = `${seen.unit} of ${among}`;
      const before = get().pictures[place];
      clearTimeout(waiting.get(place));
      waiting.delete(place);
      if (before?.kind === kind && before.isHigh === seen.highContrast) return;
      const write = () =>
        set(({ pictures }) => ({ pictures: { ...pictures, [place]: { kind, isHigh: seen.highContrast } } }));
      // A scale that turns from linear to logarithmic under the hand that moves a slider hides what the slider does.
      if (before?.kind === kind) waiting.set(place, setTimeout(write, REST_MILLISECONDS));
      else write();
    },
    prune(exists) {
      const { pictures } = get();
      for (const [place, timer] of waiting) if (!exists(nodeOf(place))) clearTimeout(timer);
      const kept = Object.entries(pictures).filter(([place]) => exists(nodeOf(place)));
      if (kept.length < Object.keys(pictures).length) set({ pictures: Object.fromEntries(kept) });
    },
  }));
}

export const contrastStore = createContrastStore();
