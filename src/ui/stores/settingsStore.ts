/** Preferences of this browser, kept in localStorage. React-free. */
import { createStore } from 'zustand/vanilla';
import { DEFAULT_FIT_OPTIONS, type FitOptions } from '../../graph/fitOptions.ts';
import type { BackendChoice } from '../../workers/protocol.ts';

export type ThemeChoice = 'dark' | 'light' | 'system';
/** Index order in which Zernike terms are shown. */
export type ZernikeOrder = 'noll' | 'osa' | 'fringe';
/** Whether coefficients are shown as RMS over the pupil or as the value at its edge. */
export type ZernikeSize = 'rms' | 'peak';

interface Preferences {
  readonly theme: ThemeChoice;
  /** Name of the colour map for amplitudes and intensities. */
  readonly colourMap: string;
  /** Letters as shortcuts (WCAG 2.1.4 wants a way to switch them off). */
  readonly singleKeys: boolean;
  readonly backend: BackendChoice;
  readonly snapToGrid: boolean;
  readonly minimap: boolean;
  readonly fit: FitOptions;
  /** Find the object in a measured target again before each fit. */
  readonly estimateStart: boolean;
  /** "elementType.param" -> unit symbol that the user chose. */
  readonly units: { readonly [param: string]: string };
  readonly zernikeOrder: ZernikeOrder;
  readonly zernikeSize: ZernikeSize;
  /** Groups of the palette that are closed. */
  readonly closedGroups: readonly string[];
}

export interface SettingsState extends Preferences {
  readonly set: (change: Partial<Preferences>) => void;
  readonly setUnit: (param: string, unit: string) => void;
}

const DEFAULTS: Preferences = {
  theme: 'system',
  colourMap: 'inferno',
  singleKeys: true,
  backend: 'auto',
  snapToGrid: true,
  minimap: false,
  fit: { ...DEFAULT_FIT_OPTIONS, compareLosses: 'whenQuick' },
  estimateStart: true,
  units: {},
  zernikeOrder: 'noll',
  zernikeSize: 'rms',
  closedGroups: [],
};

const STORAGE_KEY = 'luminode.settings';

/** The few methods of localStorage that are used; tests hand in a map. */
export interface SettingsStorage {
  readonly getItem: (key: string) => string | null;
  readonly setItem: (key: string, value: string) => void;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function stringMap(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

function oneOf<T extends string>(value: unknown, options: readonly T[], fallback: T): T {
  return options.find((option) => option === value) ?? fallback;
}

/** Reads stored preferences field by field, so that an old or damaged entry costs only what is unreadable. */
export function readPreferences(text: string | null): Preferences {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? '{}');
  } catch {
    return DEFAULTS;
  }
  if (!isRecord(stored)) return DEFAULTS;
  const flag = (name: string, fallback: boolean): boolean => {
    const value = stored[name];
    return typeof value === 'boolean' ? value : fallback;
  };
  const colourMap = stored['colourMap'];
  return {
    ...DEFAULTS,
    theme: oneOf(stored['theme'], ['dark', 'light', 'system'], DEFAULTS.theme),
    colourMap: typeof colourMap === 'string' ? colourMap : DEFAULTS.colourMap,
    singleKeys: flag('singleKeys', DEFAULTS.singleKeys),
    backend: oneOf(stored['backend'], ['auto', 'webgpu', 'wasm', 'f64'], DEFAULTS.backend),
    snapToGrid: flag('snapToGrid', DEFAULTS.snapToGrid),
    minimap: flag('minimap', DEFAULTS.minimap),
    units: stringMap(stored['units']),
    zernikeOrder: oneOf(stored['zernikeOrder'], ['noll', 'osa', 'fringe'], DEFAULTS.zernikeOrder),
    zernikeSize: oneOf(stored['zernikeSize'], ['rms', 'peak'], DEFAULTS.zernikeSize),
    closedGroups: strings(stored['closedGroups']),
  };
}

export function createSettingsStore(storage: SettingsStorage | null) {
  const read = (): string | null => {
    try {
      return storage?.getItem(STORAGE_KEY) ?? null;
    } catch {
      return null;
    }
  };
  const store = createStore<SettingsState>()((set) => ({
    ...readPreferences(read()),
    set: (change) => set(change),
    setUnit: (param, unit) => set((state) => ({ units: { ...state.units, [param]: unit } })),
  }));
  store.subscribe((state) => {
    const { theme, colourMap, singleKeys, backend, snapToGrid, minimap, units } = state;
    const { zernikeOrder, zernikeSize, closedGroups } = state;
    const shown = { units, zernikeOrder, zernikeSize, closedGroups };
    const kept = { theme, colourMap, singleKeys, backend, snapToGrid, minimap, ...shown };
    try {
      storage?.setItem(STORAGE_KEY, JSON.stringify(kept));
    } catch {
      // Storage may be full or forbidden; preferences then last as long as the page.
    }
  });
  return store;
}

/** Touching localStorage throws where a browser forbids it. */
function browserStorage(): SettingsStorage | null {
  try {
    return typeof localStorage === 'undefined' ? null : localStorage;
  } catch {
    return null;
  }
}

export const settingsStore = createSettingsStore(browserStorage());
