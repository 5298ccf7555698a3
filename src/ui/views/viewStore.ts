/** How pictures are shown: per node its mode, plane and colours; and what the dock has open. React-free. */
import { createStore } from 'zustand/vanilla';
import type { PortType } from '../../optics/values.ts';
import type { ColormapName } from '../../pictures/colormaps.ts';
import { COLORMAP_NAMES } from '../../pictures/colormaps.ts';
import type { Scaling, ValueRange } from '../../pictures/scaling.ts';
import type { ImageStyle, PictureStyle } from '../../pictures/style.ts';
import { decidedScaling } from '../../pictures/style.ts';
import type { View, ViewMode } from '../../workers/protocol.ts';
import type { ProfileSelection } from './profile.ts';

export const DOCK_TABS = ['image', 'profile', 'loss', 'results', 'residual', 'analysis', 'track'] as const;
export type DockTab = (typeof DOCK_TABS)[number];
export const MOVIE_VIEWS = ['frames', 'path', 'time', 'displacement', 'table', 'emitters'] as const;
export type MovieView = (typeof MOVIE_VIEWS)[number];
export const IMAGE_TOOLS = ['pan', 'line', 'row', 'column', 'brush', 'register', 'section'] as const;
export type ImageTool = (typeof IMAGE_TOOLS)[number];

export interface Brush {
  /** Across, pixels. */
  readonly size: number;
  /** That painted pixels get, in the unit of the target. */
  readonly value: number;
  /** Paints 0. */
  readonly erase: boolean;
}

export interface NodeViewSettings {
  /** Output that is shown; null: the first. */
  readonly output: string | null;
  /** Null: what suits the type of the value. */
  readonly mode: ViewMode | null;
  /** Null until one is chosen: the middle of a stack. */
  readonly plane: number | null;
  readonly colormap: ColormapName | 'auto';
  /** 'auto': logarithmic for images of high contrast, else linear. */
  readonly scaling: Scaling | 'auto';
  /** Share of the values cut at each end of the range. */
  readonly clip: number;
  readonly locked: ValueRange | null;
  readonly profile: ProfileSelection | null;
  /** Polarisation ellipses lie over pictures of light. */
  readonly ellipses: boolean;
}

const DEFAULT_SETTINGS: NodeViewSettings = {
  output: null,
  mode: null,
  plane: null,
  colormap: 'auto',
  scaling: 'auto',
  clip: 0,
  locked: null,
  profile: null,
  ellipses: false,
};

export interface ViewState {
  readonly nodes: { readonly [nodeId: string]: NodeViewSettings };
  /** Node chosen for the dock; null: the dock chooses (cameras first). */
  readonly imageNode: string | null;
  readonly tab: DockTab;
  /** What the movie's view shows. */
  readonly movieView: MovieView;
  readonly tool: ImageTool;
  /** Circles stand for the objects that a picture shows. */
  readonly marks: boolean;
  /** The optics follow a ring that is dragged. */
  readonly follow: boolean;
  readonly brush: Brush;
  readonly setBrush: (change: Partial<Brush>) => void;
  readonly change: (nodeId: string, change: Partial<NodeViewSettings>) => void;
  /** Gives these nodes the colours of one: map, scaling and cut, not its locked range. */
  readonly likeThis: (nodeId: string, others: readonly string[]) => void;
  /** The next mode that this type of value has. */
  readonly cycleMode: (nodeId: string, portType: PortType) => void;
  /** Shows the node's picture in the dock. */
  readonly openInDock: (nodeId: string) => void;
  /** Shows the node's numbers and charts. */
  readonly openAnalysis: (nodeId: string) => void;
  readonly setTab: (tab: DockTab) => void;
  readonly setTool: (tool: ImageTool) => void;
  /** Forgets nodes that the document no longer has; all of them when another is opened. */
  readonly prune: (exists: (nodeId: string) => boolean) => void;
}

const COMPLEX_MODES: readonly ViewMode[] = ['intensity', 'phase', 'amplitude'];

/** Modes in which a type of value can be shown. A comparison (scalar) shows its signed residual. */
export function modesOf(portType: PortType | null): readonly ViewMode[] {
  if (portType === 'image') return ['intensity'];
  return portType === 'scalar' ? ['real'] : COMPLEX_MODES;
}

export const MODE_TITLES: Readonly<Record<ViewMode, string>> = {
  intensity: 'Intensity',
  phase: 'Phase',
  amplitude: 'Amplitude',
  real: 'Residual',
};

/** What a node shows when nobody chose: the phase of a pupil carries its aberrations, else the intensity. */
export function effectiveMode(settings: NodeViewSettings, portType: PortType | null): ViewMode {
  const automatic: ViewMode = portType === 'pupil' ? 'phase' : portType === 'scalar' ? 'real' : 'intensity';
  const mode = settings.mode ?? automatic;
  return modesOf(portType).includes(mode) ? mode : automatic;
}

export function settingsOf(state: Pick<ViewState, 'nodes'>, nodeId: string): NodeViewSettings {
  return state.nodes[nodeId] ?? DEFAULT_SETTINGS;
}

/** Colours of a picture: phases get the wheel, signed data the diverging map, the rest the user's choice. */
export function pictureStyleOf(
  settings: NodeViewSettings,
  mode: ViewMode,
  layer: View['layer'],
  preferred: string,
): PictureStyle {
  const { clip, locked } = settings;
  if (layer === 'residual') return { colormap: 'diverging', scaling: 'linear', clip, locked, signed: true };
  if (mode === 'phase') {
    const colormap = settings.colormap === 'gray' ? 'gray' : 'phase';
    return { colormap, scaling: 'linear', clip: 0, locked: null, signed: false };
  }
  if (mode === 'real') {
    const colormap = settings.colormap === 'auto' ? 'diverging' : settings.colormap;
    return { colormap, scaling: 'linear', clip, locked, signed: true };
  }
  const fallback = COLORMAP_NAMES.find((name) => name === preferred && isSequential(name)) ?? 'inferno';
  const colormap = settings.colormap === 'auto' ? fallback : settings.colormap;
  const scaling = settings.scaling === 'auto' && mode !== 'intensity' ? 'linear' : settings.scaling;
  return { colormap, scaling, clip, locked, signed: colormap === 'diverging' };
}

/**
 * The same with the scaling decided.
 * @param highContrast what `isHighContrast` says of the picture
 */
export function styleOf(
  settings: NodeViewSettings,
  mode: ViewMode,
  layer: View['layer'],
  preferred: string,
  highContrast = false,
): ImageStyle {
  const style = pictureStyleOf(settings, mode, layer, preferred);
  return { ...style, scaling: decidedScaling(style, highContrast) };
}

function isSequential(name: ColormapName): boolean {
  return name !== 'diverging' && name !== 'phase';
}

export function createViewStore() {
  return createStore<ViewState>()((set, get) => ({
    nodes: {},
    imageNode: null,
    tab: 'image',
    movieView: 'frames',
    tool: 'pan',
    marks: true,
    follow: true,
    brush: { size: 8, value: 1, erase: false },
    setBrush: (change) => set(({ brush }) => ({ brush: { ...brush, ...change } })),
    change(nodeId, change) {
      set((state) => {
        const before = settingsOf(state, nodeId);
        // A range belongs to the quantity it was locked for.
        const unlock = change.mode !== undefined && change.mode !== before.mode ? { locked: null } : {};
        return { nodes: { ...state.nodes, [nodeId]: { ...before, ...unlock, ...change } } };
      });
    },
    likeThis(nodeId, others) {
      const { colormap, scaling, clip } = settingsOf(get(), nodeId);
      for (const other of others) get().change(other, { colormap, scaling, clip });
    },
    cycleMode(nodeId, portType) {
      const modes = modesOf(portType);
      const current = modes.indexOf(effectiveMode(settingsOf(get(), nodeId), portType));
      const next = modes[(current + 1) % modes.length];
      if (next !== undefined && modes.length > 1) get().change(nodeId, { mode: next });
    },
    openInDock(nodeId) {
      const { tab } = get();
      set({ imageNode: nodeId, tab: tab === 'profile' || tab === 'analysis' ? tab : 'image' });
    },
    openAnalysis: (nodeId) => set({ imageNode: nodeId, tab: 'analysis' }),
    setTab: (tab) => set({ tab }),
    setTool: (tool) => set({ tool }),
    prune(exists) {
      set((state) => ({
        nodes: Object.fromEntries(Object.entries(state.nodes).filter(([nodeId]) => exists(nodeId))),
        imageNode: state.imageNode !== null && exists(state.imageNode) ? state.imageNode : null,
      }));
    },
  }));
}

export const viewStore = createViewStore();
