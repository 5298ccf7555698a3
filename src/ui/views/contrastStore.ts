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

/** One high contrast makes all pictures of its kind logarithmic; null before this one was seen. */
export function sharedContrast(pictures: ContrastState['pictures'], place: Place): boolean | null {
  const own = pictures[placeOf(place)];
  if (own === undefined) return null;
  return Object.values(pictures).some(({ kind, isHigh }) => isHigh && kind === own.kind);
}

export function createContrastStore() {
  return createStore<ContrastState>()((set, get) => ({
    pictures: {},
    note(seen) {
      if (seen.portType !== 'image') return;
      const place = placeOf(seen);
      // Around a background of 1 nothing is dark; the light of another microscope, without one, is no reason to.
      const among = seen.unit === 'relative' ? place : seen.pitch.toPrecision(4);
      const kind = `${seen.unit} of ${among}`;
      const before = get().pictures[place];
      if (before?.kind === kind && before.isHigh === seen.highContrast) return;
      set(({ pictures }) => ({
        pictures: { ...pictures, [place]: { kind, isHigh: seen.highContrast } },
      }));
    },
    prune(exists) {
      const { pictures } = get();
      const kept = Object.entries(pictures).filter(([place]) => exists(place.split('\u0000')[0] ?? ''));
      if (kept.length < Object.keys(pictures).length) set({ pictures: Object.fromEntries(kept) });
    },
  }));
}

export const contrastStore = createContrastStore();
