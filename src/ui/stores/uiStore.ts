/** What is open or under way on screen: dialogs, the insert list, a wire being drawn, messages. React-free. */
import { createStore } from 'zustand/vanilla';
import type { ExampleTopic } from '../../graph/examples/example.ts';
import type { PortSide } from './graphTypes.ts';

export interface PortAddress {
  readonly node: string;
  readonly port: string;
  readonly side: PortSide;
}

export interface InsertRequest {
  /** Where the list opens, CSS pixels of the page. */
  readonly screen: { readonly x: number; readonly y: number };
  /** Where the new node goes, graph coordinates. */
  readonly flow: { readonly x: number; readonly y: number };
  /** The wire that was dropped on empty canvas. */
  readonly from: PortAddress | null;
}

export interface WireInProgress {
  readonly by: 'pointer' | 'keyboard';
  readonly from: PortAddress;
  readonly candidates: readonly PortAddress[];
  /** Which candidate the keyboard points at. */
  readonly index: number;
}

export interface ToastAction {
  readonly text: string;
  /** The key that does the same, as shown. */
  readonly keys: string;
  readonly run: () => void;
}

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'info' | 'good' | 'error';
  /** What can be done about it. */
  readonly action: ToastAction | null;
}

export interface Banner {
  /** One banner per key. */
  readonly key: string;
  readonly tone: 'warning' | 'error';
  readonly text: string;
}

export interface UiState {
  readonly dialog: 'shortcuts' | 'commands' | 'diagnostics' | 'gallery' | null;
  /** What the gallery opens with. */
  readonly galleryTopic: ExampleTopic | null;
  readonly insert: InsertRequest | null;
  readonly wire: WireInProgress | null;
  readonly toasts: readonly Toast[];
  readonly banners: readonly Banner[];
  /** Spoken by screen readers. */
  readonly announcement: string;
  readonly beforeShown: boolean;
  /** Panels at the sides that are folded to a rail. */
  readonly folded: { readonly palette: boolean; readonly inspector: boolean };
}

export const uiStore = createStore<UiState>()(() => ({
  dialog: null,
  galleryTopic: null,
  insert: null,
  wire: null,
  toasts: [],
  banners: [],
  announcement: '',
  beforeShown: false,
  folded: { palette: false, inspector: false },
}));

let lastToast = 0;
const TOAST_MILLISECONDS = 5000;
/** How long a message stays after the pointer or the focus has left it. */
const AFTER_HOLD_MILLISECONDS = 2000;
const timers = new Map<number, ReturnType<typeof setTimeout>>();

/** Shows a sentence for a few seconds, longer when something can be done about it, and has it spoken. Its id. */
export function toast(text: string, tone: Toast['tone'] = 'info', action: ToastAction | null = null): number {
  lastToast += 1;
  const id = lastToast;
  uiStore.setState((state) => {
    // One offer at a time: its key must mean one thing.
    const others = state.toasts.filter(
      (shown) => shown.text !== text && (action === null || shown.action === null),
    );
    return { toasts: [...others.slice(-2), { id, text, tone, action }] };
  });
  announce(action === null ? text : `${text} ${action.text}: press ${action.keys}.`);
  const times = tone === 'error' || action !== null ? 2 : 1;
  timers.set(id, setTimeout(dismissToast, times * TOAST_MILLISECONDS, id));
  return id;
}

export function dismissToast(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
  uiStore.setState((state) => ({ toasts: state.toasts.filter((shown) => shown.id !== id) }));
}

/** Takes a message away that says what the user now sees. */
export function withdrawToast(text: string): void {
  for (const shown of uiStore.getState().toasts) if (shown.text === text) dismissToast(shown.id);
}

/** Takes away what was told of a change that has just been taken back; errors and offers stay. */
export function withdrawNews(): void {
  for (const { id, tone, action } of uiStore.getState().toasts)
    if (tone !== 'error' && action === null) dismissToast(id);
}

/** Does what a message offers, and takes the message away. */
export function runToastAction(id: number): void {
  const action = uiStore.getState().toasts.find((shown) => shown.id === id)?.action;
  dismissToast(id);
  action?.run();
}

/** Keeps all messages while someone points at them or has the focus on one. */
export function holdToasts(held: boolean): void {
  for (const { id } of uiStore.getState().toasts) {
    clearTimeout(timers.get(id));
    if (!held) timers.set(id, setTimeout(dismissToast, AFTER_HOLD_MILLISECONDS, id));
  }
}

/** Shows or replaces the banner with this key. */
export function showBanner(banner: Banner): void {
  uiStore.setState((state) => ({
    banners: [...state.banners.filter((shown) => shown.key !== banner.key), banner],
  }));
}

export function hideBanner(key: string): void {
  if (!uiStore.getState().banners.some((shown) => shown.key === key)) return;
  uiStore.setState((state) => ({ banners: state.banners.filter((shown) => shown.key !== key) }));
}

/** Has a sentence spoken by screen readers; repeated sentences are spoken again. */
export function announce(text: string): void {
  const repeated = uiStore.getState().announcement === text;
  uiStore.setState({ announcement: repeated ? `${text}\u00a0` : text });
}

export function openDialog(dialog: UiState['dialog']): void {
  uiStore.setState({ dialog, galleryTopic: null });
}

/** The gallery with the systems of one topic. */
export function openGallery(galleryTopic: ExampleTopic): void {
  uiStore.setState({ dialog: 'gallery', galleryTopic });
}

export function portKey(address: PortAddress): string {
  return `${address.node}\u0000${address.side}\u0000${address.port}`;
}
