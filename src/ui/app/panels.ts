/** Sizes of the panels: which are folded, and three arrangements for designing, fitting and looking. React-free. */
import type { PanelImperativeHandle } from 'react-resizable-panels';
import { fitGraphSoon } from '../graph/flow.ts';
import { uiStore } from '../stores/uiStore.ts';
import { viewStore } from '../views/viewStore.ts';

export type PanelName = 'palette' | 'inspector' | 'dock';
export type LayoutName = 'design' | 'fit' | 'image';

/** Widths of the rails that folded panels leave, CSS pixels. */
export const PALETTE_RAIL = 48;
export const INSPECTOR_RAIL = 36;

interface Arrangement {
  /** Width in pixels; null is folded. */
  readonly palette: number | null;
  readonly inspector: number | null;
  /** Share of the height. */
  readonly dock: string;
}

/** In a low or narrow window the graph needs the room more than the views and the elements. */
const isLow = (): boolean => window.innerHeight < 820;
const isNarrow = (): boolean => window.innerWidth < 1100;

const PALETTE_WIDTH = 216;
const INSPECTOR_WIDTH = 304;

/** The sizes of the panels at the first visit. */
export function firstSizes() {
  return {
    palette: isNarrow() ? PALETTE_RAIL : PALETTE_WIDTH,
    inspector: INSPECTOR_WIDTH,
    dock: isLow() ? '38%' : '45%',
  } as const;
}

const LAYOUTS: Readonly<Record<LayoutName, Arrangement>> = {
  design: { palette: PALETTE_WIDTH, inspector: INSPECTOR_WIDTH, dock: '45%' },
  fit: { palette: null, inspector: INSPECTOR_WIDTH, dock: '62%' },
  image: { palette: null, inspector: null, dock: '80%' },
};

const panels = new Map<PanelName, PanelImperativeHandle>();

/** Takes the handle of a panel when it is there and lets it go when it is gone; one function per panel. */
export function panelRef(name: PanelName): (handle: PanelImperativeHandle | null) => void {
  return (handle) => {
    if (handle === null) panels.delete(name);
    else panels.set(name, handle);
  };
}

/** Tells the page what is folded; called whenever a panel has another size. */
export function noteFolded(): void {
  const { folded } = uiStore.getState();
  const palette = panels.get('palette')?.isCollapsed() ?? false;
  const inspector = panels.get('inspector')?.isCollapsed() ?? false;
  if (palette !== folded.palette || inspector !== folded.inspector)
    uiStore.setState({ folded: { palette, inspector } });
}

export function foldPanel(name: 'palette' | 'inspector'): void {
  const panel = panels.get(name);
  if (panel === undefined) return;
  if (!panel.isCollapsed()) panel.collapse();
  else panel.resize(LAYOUTS.design[name] ?? 0);
}

function setSize(name: PanelName, size: number | string | null): void {
  const panel = panels.get(name);
  if (size === null) panel?.collapse();
  else panel?.resize(size);
}

/** Gives the views most of the height, where a low window leaves them little. */
export function enlargeDock(): void {
  if (isLow()) setSize('dock', LAYOUTS.fit.dock);
}

/** Share of the height that a view had before it was lent more, percent. */
let shareBefore: number | null = null;
let isHeightWanted = false;
/** Somebody has moved the border between graph and views. */
let isHeightChosen = false;

export function noteChosenHeight(): void {
  isHeightChosen = true;
}

/** Lends a view that is useless when it is small more of a low window's height, and takes it back from the next one. */
export function lendHeight(isNeeded: boolean): void {
  isHeightWanted = isNeeded;
  const dock = panels.get('dock');
  if (dock === undefined) return;
  const lent = Number.parseFloat(LAYOUTS.fit.dock);
  const share = dock.getSize().asPercentage;
  if (isNeeded && isLow() && share < lent - 1) {
    shareBefore = share;
    enlargeDock();
  } else if (!isNeeded && shareBefore !== null) {
    // Whoever has moved the border meanwhile keeps it there.
    if (Math.abs(share - lent) < 1) dock.resize(`${shareBefore}%`);
    shareBefore = null;
  }
}

/**
 * A window that becomes narrow folds the elements, one that becomes low gives the graph the height; both are taken back
 * when it grows again. Listens until the result is called.
 */
export function followWindow(): () => void {
  let [narrow, low] = [isNarrow(), isLow()];
  let isFoldedHere = false;
  const adapt = (): void => {
    if (isNarrow() !== narrow) {
      narrow = !narrow;
      const isFolded = panels.get('palette')?.isCollapsed() === true;
      if (narrow && !isFolded) setSize('palette', null);
      else if (!narrow && isFolded && isFoldedHere) setSize('palette', PALETTE_WIDTH);
      isFoldedHere = narrow && !isFolded;
    }
    if (isLow() !== low) {
      low = !low;
      shareBefore = null;
      isHeightChosen = false;
      setSize('dock', firstSizes().dock);
      if (low) lendHeight(isHeightWanted);
    } else if (low && !isHeightChosen)
      // Panels keep their pixels when the window changes; what nobody chose stays a share.
      setSize('dock', shareBefore === null ? firstSizes().dock : LAYOUTS.fit.dock);
  };
  // The panels take the window's new size in the same turn; theirs are set after it.
  const onResize = (): void => void requestAnimationFrame(adapt);
  window.addEventListener('resize', onResize);
  return () => window.removeEventListener('resize', onResize);
}

export function showLayout(name: LayoutName): void {
  const { palette, inspector, dock } =
    name === 'design' ? { ...LAYOUTS.design, ...firstSizes() } : LAYOUTS[name];
  setSize('palette', palette);
  setSize('inspector', inspector);
  setSize('dock', dock);
  const { tab, setTab } = viewStore.getState();
  if (name === 'fit' && tab !== 'results' && tab !== 'loss') setTab('residual');
  if (name === 'image') setTab('image');
  fitGraphSoon();
}
