/** Keyboard shortcuts of the page. Single letters rest while someone types, and can be switched off. */

import { insertPoint, toGraph } from '../graph/flow.ts';
import { selectFocused } from '../graph/focus.ts';
import { cancelWire, cycleWire, finishKeyboardWire } from '../graph/wiring.ts';
import { pasteText, selectionAsText } from '../stores/actions.ts';
import { documentStore, session } from '../stores/app.ts';
import { selectionStore } from '../stores/selectionStore.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { uiStore } from '../stores/uiStore.ts';
import { command, deleteChosen, focusSelected } from './commands.ts';

/** Whether keys belong to what has the focus: text being typed, a menu, a dialog. */
function isTaken(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('[role="dialog"], [role="menu"], [cmdk-root]') !== null) return true;
  if (target instanceof HTMLInputElement) return target.type !== 'range' && target.type !== 'checkbox';
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Whether what has the focus has said (`data-keys`) that it uses this key itself: a picture, a chart. */
function isOwn({ target, key }: KeyboardEvent): boolean {
  const owner = target instanceof Element ? target.closest<HTMLElement>('[data-keys]') : null;
  return owner?.dataset['keys']?.split(' ').includes(key.toLowerCase()) === true;
}

/** Deleting is for the graph; a slider or button of the inspector that has the focus must not lose its node. */
function isInGraph(target: EventTarget | null): boolean {
  return target === document.body || (target instanceof Element && target.closest('[data-graph]') !== null);
}

const MOD_KEYS: Readonly<Record<string, string>> = { k: 'commands', s: 'save', o: 'open' };
const MOD_KEYS_NOT_TYPING: Readonly<Record<string, string>> = {
  z: 'undo',
  y: 'redo',
  d: 'duplicate',
  a: 'selectAll',
};
const SINGLE_KEYS: Readonly<Record<string, string>> = {
  a: 'insert',
  '/': 'insert',
  c: 'wire',
  m: 'bypass',
  v: 'nextView',
  t: 'follow',
  x: 'fix',
  l: 'learn',
  f: 'fitView',
  r: 'run',
  '.': 'step',
  u: 'goBack',
  g: 'toGraph',
  e: 'gallery',
  '1': 'layoutDesign',
  '2': 'layoutFit',
  '3': 'layoutImage',
  '[': 'foldPalette',
  ']': 'foldInspector',
};

/** With Shift: what changes more than one would like to do by a slip. */
const SHIFT_KEYS: Readonly<Record<string, string>> = { r: 'reset', g: 'goOn' };

function runCommand(id: string, event: KeyboardEvent): void {
  event.preventDefault();
  command(id).run();
}

function onModKey(event: KeyboardEvent): void {
  const key = event.key.toLowerCase();
  const always = MOD_KEYS[key];
  if (always !== undefined && !event.shiftKey) {
    runCommand(always, event);
    return;
  }
  if (isTaken(event.target)) return;
  if (key === 's' && event.shiftKey) runCommand('copyLink', event);
  else if (key === 'z' && event.shiftKey) runCommand('redo', event);
  else if ((key === 'delete' || key === 'backspace') && isInGraph(event.target)) runCommand('heal', event);
  else if (!event.shiftKey && MOD_KEYS_NOT_TYPING[key] !== undefined)
    runCommand(MOD_KEYS_NOT_TYPING[key], event);
}

/** While a wire is drawn from the keyboard, arrows, Enter and Escape belong to it. */
function onWireKey(event: KeyboardEvent): boolean {
  const { wire } = uiStore.getState();
  if (wire === null || wire.by !== 'keyboard') return false;
  if (event.key === 'Enter') finishKeyboardWire();
  else if (event.key === 'Escape') cancelWire();
  else if (event.key === 'ArrowRight' || event.key === 'ArrowDown') cycleWire(1);
  else if (event.key === 'ArrowLeft' || event.key === 'ArrowUp') cycleWire(-1);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  if (onWireKey(event)) return;
  if (event.ctrlKey || event.metaKey) {
    onModKey(event);
    return;
  }
  if (event.altKey || isTaken(event.target) || isOwn(event)) return;
  if (event.key === 'Delete' || event.key === 'Backspace') {
    if (isInGraph(event.target)) runCommand('delete', event);
    return;
  }
  if (event.key === 'Escape') {
    // React Flow toggles the card that has the focus, so it would select again what is cleared here.
    if (event.target instanceof Element && event.target.closest('.react-flow__node') !== null)
      event.stopPropagation();
    selectionStore.getState().clear();
    return;
  }
  if (!settingsStore.getState().singleKeys) return;
  if (event.key === '?') runCommand('shortcuts', event);
  else if (event.key.toLowerCase() === 'b' && !event.repeat) session.showBefore(true);
  else {
    const id = (event.shiftKey ? SHIFT_KEYS : SINGLE_KEYS)[event.key.toLowerCase()];
    if (id !== undefined) runCommand(id, event);
  }
}

/** A series of arrow keys moves nodes in one undo entry; a pause ends the series. */
const ARROW_PAUSE = 800;
let arrowTimer: ReturnType<typeof setTimeout> | undefined;

function onKeyUp(event: KeyboardEvent): void {
  if (event.key.toLowerCase() === 'b') session.showBefore(false);
  if (event.key.startsWith('Arrow')) {
    clearTimeout(arrowTimer);
    arrowTimer = setTimeout(endArrows, ARROW_PAUSE);
  }
}

function endArrows(): void {
  if (arrowTimer === undefined) return;
  clearTimeout(arrowTimer);
  arrowTimer = undefined;
  // What follows a moved goal joins its step, however long it takes.
  if (!session.following.isActive()) documentStore.getState().settle();
}

function copy(event: ClipboardEvent, cut: boolean): void {
  if (isTaken(event.target) || window.getSelection()?.isCollapsed === false) return;
  selectFocused();
  const text = selectionAsText();
  if (text === null) return;
  event.clipboardData?.setData('text/plain', text);
  event.preventDefault();
  if (cut) deleteChosen(false);
}

function onPaste(event: ClipboardEvent): void {
  if (isTaken(event.target)) return;
  const text = event.clipboardData?.getData('text/plain') ?? '';
  if (!pasteText(text, toGraph(insertPoint()))) return;
  event.preventDefault();
  focusSelected();
}

/** Listens until the returned function is called. */
export function listenToKeys(): () => void {
  const onCopy = (event: ClipboardEvent): void => copy(event, false);
  const onCut = (event: ClipboardEvent): void => copy(event, true);
  const onBlur = (): void => session.showBefore(false);
  // Capture: while a wire is drawn, arrows must not reach the node that has the focus.
  window.addEventListener('keydown', onKeyDown, true);
  window.addEventListener('keyup', onKeyUp);
  window.addEventListener('blur', onBlur);
  // A drag is a step of its own: the pause after arrow keys must not end in the middle of it.
  window.addEventListener('pointerdown', endArrows, true);
  document.addEventListener('copy', onCopy);
  document.addEventListener('cut', onCut);
  document.addEventListener('paste', onPaste);
  return () => {
    window.removeEventListener('keydown', onKeyDown, true);
    window.removeEventListener('keyup', onKeyUp);
    window.removeEventListener('blur', onBlur);
    window.removeEventListener('pointerdown', endArrows, true);
    document.removeEventListener('copy', onCopy);
    document.removeEventListener('cut', onCut);
    document.removeEventListener('paste', onPaste);
  };
}
