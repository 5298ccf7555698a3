/** What is open or under way on screen: dialogs, the insert list, a wire being drawn, messages. React-free. */
import { createStore } from 'zustand/vanilla';
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

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'info' | 'good' | 'error';
}

export interface Banner {
  /** One banner per key. */
  readonly key: string;
  readonly tone: 'warning' | 'error';
  readonly text: string;
}

export interface UiState {
  readonly dialog: 'shortcuts' | 'commands' | null;
  readonly insert: InsertRequest | null;
  readonly wire: WireInProgress | null;
  readonly toasts: readonly Toast[];
  readonly banners: readonly Banner[];
  /** Spoken by screen readers. */
  readonly announcement: string;
  readonly beforeShown: boolean;
}

export const uiStore = createStore<UiState>()(() => ({
  dialog: null,
  insert: null,
  wire: null,
  toasts: [],
  banners: [],
  announcement: '',
  beforeShown: false,
}));

let lastToast = 0;
const TOAST_MILLISECONDS = 5000;

/** Shows a sentence for a few seconds, and has it spoken. */
export function toast(text: string, tone: Toast['tone'] = 'info'): void {
  lastToast += 1;
  const id = lastToast;
  uiStore.setState((state) => {
    const others = state.toasts.filter((shown) => shown.text !== text);
    return { toasts: [...others.slice(-2), { id, text, tone }] };
  });
  setTimeout(() => dismissToast(id), tone === 'error' ? 2 * TOAST_MILLISECONDS : TOAST_MILLISECONDS);
}

export function dismissToast(id: number): void {
  uiStore.setState((state) => ({ toasts: state.toasts.filter((shown) => shown.id !== id) }));
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
  uiStore.setState({ dialog });
}

export function portKey(address: PortAddress): string {
  return `${address.node}\u0000${address.side}\u0000${address.port}`;
}
