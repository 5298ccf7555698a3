/** Everything that can be done by name: shortcuts, the command list and the sheet of keys read this. */
import { examples } from '../../graph/examples/index.ts';
import { fitGraph, insertPoint, tidyGraph, toGraph } from '../graph/flow.ts';
import { focusCard, focusGraph, keepFocus, selectFocused } from '../graph/focus.ts';
import { startKeyboardWire } from '../graph/wiring.ts';
import { openGuide } from '../guide/guideActions.ts';
import { openReport } from '../report/reportRoute.ts';
import {
  deleteSelection,
  duplicateSelection,
  fixIssue,
  selectAll,
  toggleBypass,
  toggleLearnPath,
} from '../stores/actions.ts';
import { documentStore, session } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { chooseFiles, newDocument, openExample, saveFile } from '../stores/files.ts';
import { goBack } from '../stores/opening.ts';
import { copyPython, savePython } from '../stores/python.ts';
import { selectionStore } from '../stores/selectionStore.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { copyLink } from '../stores/sharing.ts';
import { openDialog, openGallery, runToastAction, toast, uiStore, withdrawNews } from '../stores/uiStore.ts';
import { FOLLOW_KEY, switchFollowing } from '../views/goalDrag.ts';
import { paintFirstTarget } from '../views/painter.ts';
import { viewStore } from '../views/viewStore.ts';
import { foldPanel, showLayout } from './panels.ts';

export interface AppCommand {
  readonly id: string;
  readonly title: string;
  readonly group: 'Edit' | 'View' | 'Fit' | 'File' | 'Examples' | 'Settings' | 'Help';
  /** As shown; "Mod" is Ctrl, or Cmd on a Mac. */
  readonly keys?: string;
  readonly run: () => void;
}

export const isMac = typeof navigator !== 'undefined' && /mac/i.test(navigator.userAgent);

/** "Mod+S" as this keyboard prints it. */
export function keyText(keys: string): string {
  return isMac ? keys.replace('Mod+', '⌘').replace('Shift+', '⇧') : keys.replace('Mod', 'Ctrl');
}

/** Opens the list of elements under the pointer, or in the middle of the graph. */
export function openInsert(): void {
  const screen = insertPoint();
  uiStore.setState({ insert: { screen, flow: toGraph(screen), from: null } });
}

/** Undo right after another document was opened means that: while it is offered, it goes back. */
function undoOrGoBack(): void {
  const { undoLabel, undo } = documentStore.getState();
  const offer = uiStore.getState().toasts.find(({ action }) => action !== null);
  if (undoLabel === null && offer !== undefined) runToastAction(offer.id);
  else undo();
  withdrawNews();
}

function runOrPause(): void {
  if (engineStore.getState().fit.status === 'running') session.pause();
  else session.run();
}

const GO_ON_KEYS = 'Shift+G';

/** The offer to go on goes when it is taken, also by its keys. */
function goOn(): void {
  const offer = uiStore.getState().toasts.find(({ action }) => action?.keys === GO_ON_KEYS);
  if (offer !== undefined) runToastAction(offer.id);
  else session.goOn();
}

function bypassChosen(): void {
  selectFocused();
  toggleBypass(selectionStore.getState().nodeIds);
}

/** The focus follows the selection to the copy: the next key means what is selected. */
function duplicateChosen(): void {
  selectFocused();
  duplicateSelection();
  focusSelected();
}

/** Gives the focus to the first selected card. */
export function focusSelected(): void {
  const [first] = selectionStore.getState().nodeIds;
  if (first !== undefined) focusCard(first);
}

/** Deletes what has the focus, else what is selected. */
export function deleteChosen(heal: boolean): void {
  selectFocused();
  deleteSelection(heal);
  // The card that had the focus is gone after the next render.
  setTimeout(keepFocus, FOCUS_MILLISECONDS);
}

const FOCUS_MILLISECONDS = 40;

function wireFromSelection(): void {
  const { nodeIds } = selectionStore.getState();
  const focused = document.activeElement?.closest<HTMLElement>('.react-flow__node')?.dataset['id'];
  const from = focused ?? nodeIds[0];
  if (from === undefined) toast('Select an element first, then press C to draw a wire from it.');
  else startKeyboardWire(from);
}

function learnHovered(): void {
  const row = document.querySelector<HTMLElement>('[data-learn-path]:hover, [data-learn-path]:focus-within');
  const path = row?.dataset['learnPath'];
  if (path === undefined) toast('Point at a value with a ◇ (or focus it), then press L.');
  else toggleLearnPath(path);
}

/** Intensity, phase, amplitude: the next one on the selected cards. */
function nextView(): void {
  selectFocused();
  const buttons = document.querySelectorAll<HTMLElement>('.react-flow__node.selected [data-next-view]');
  if (buttons.length === 0)
    toast('Select an element whose picture can show intensity or phase, then press V.');
  for (const button of buttons) button.click();
}

/** The first fix that is offered for the selected elements; with none selected, the first of all. */
function fixChosen(): void {
  selectFocused();
  const { nodeIds } = selectionStore.getState();
  const { issues } = engineStore.getState();
  const offered = issues.filter(({ apply }) => apply !== undefined);
  const own = offered.filter(({ nodeId }) => nodeId !== null && nodeIds.includes(nodeId));
  const [issue] = nodeIds.length === 0 ? offered : own;
  if (issue === undefined) toast('There is no problem here that one key could put right.');
  else fixIssue(issue);
}

function nextTheme(): void {
  const { theme, set } = settingsStore.getState();
  set({ theme: theme === 'dark' ? 'light' : 'dark' });
}

export const COMMANDS: readonly AppCommand[] = [
  { id: 'insert', title: 'Insert an element', group: 'Edit', keys: 'A', run: openInsert },
  {
    id: 'wire',
    title: 'Draw a wire from the selected element',
    group: 'Edit',
    keys: 'C',
    run: wireFromSelection,
  },
  {
    id: 'bypass',
    title: 'Bypass the selected elements',
    group: 'Edit',
    keys: 'M',
    run: bypassChosen,
  },
  { id: 'learn', title: 'Learn the value under the pointer', group: 'Edit', keys: 'L', run: learnHovered },
  {
    id: 'nextView',
    title: 'Next quantity in the picture of the selected elements',
    group: 'View',
    keys: 'V',
    run: nextView,
  },
  {
    id: 'fix',
    title: 'Do what the problem of the selected element suggests',
    group: 'Edit',
    keys: 'X',
    run: fixChosen,
  },
  {
    id: 'follow',
    title: 'Let the optics follow a ring that is dragged, or not',
    group: 'Fit',
    keys: FOLLOW_KEY,
    run: switchFollowing,
  },
  {
    id: 'section',
    title: 'Cut the stack along z (x–z and y–z)',
    group: 'View',
    run: () => {
      viewStore.getState().setTab('image');
      viewStore.getState().setTool('section');
    },
  },
  { id: 'paint', title: 'Paint the wanted light (target)', group: 'Fit', run: paintFirstTarget },
  { id: 'undo', title: 'Undo', group: 'Edit', keys: 'Mod+Z', run: undoOrGoBack },
  { id: 'redo', title: 'Redo', group: 'Edit', keys: 'Mod+Y', run: () => documentStore.getState().redo() },
  { id: 'duplicate', title: 'Duplicate', group: 'Edit', keys: 'Mod+D', run: duplicateChosen },
  { id: 'selectAll', title: 'Select all', group: 'Edit', keys: 'Mod+A', run: selectAll },
  { id: 'delete', title: 'Delete', group: 'Edit', keys: 'Delete', run: () => deleteChosen(false) },
  {
    id: 'heal',
    title: 'Delete and join the wires',
    group: 'Edit',
    keys: 'Mod+Delete',
    run: () => deleteChosen(true),
  },
  { id: 'layoutDesign', title: 'Layout: design', group: 'View', keys: '1', run: () => showLayout('design') },
  { id: 'layoutFit', title: 'Layout: fit', group: 'View', keys: '2', run: () => showLayout('fit') },
  { id: 'layoutImage', title: 'Layout: image', group: 'View', keys: '3', run: () => showLayout('image') },
  {
    id: 'foldPalette',
    title: 'Fold or unfold the elements',
    group: 'View',
    keys: '[',
    run: () => foldPanel('palette'),
  },
  {
    id: 'foldInspector',
    title: 'Fold or unfold the inspector',
    group: 'View',
    keys: ']',
    run: () => foldPanel('inspector'),
  },
  { id: 'toGraph', title: 'Go to the graph', group: 'View', keys: 'G', run: focusGraph },
  { id: 'tidy', title: 'Tidy the layout', group: 'View', run: tidyGraph },
  { id: 'fitView', title: 'Fit the view', group: 'View', keys: 'F', run: fitGraph },
  { id: 'run', title: 'Run or pause the fit', group: 'Fit', keys: 'R', run: runOrPause },
  { id: 'step', title: 'One step of the fit', group: 'Fit', keys: '.', run: () => session.step() },
  { id: 'stop', title: 'Stop the fit and keep its values', group: 'Fit', run: () => session.stop() },
  {
    id: 'goOn',
    title: 'Go on with the interrupted fit',
    group: 'Fit',
    keys: GO_ON_KEYS,
    run: goOn,
  },
  { id: 'reset', title: 'Reset to start', group: 'Fit', keys: 'Shift+R', run: () => session.resetToStart() },
  { id: 'new', title: 'New document', group: 'File', run: newDocument },
  { id: 'open', title: 'Open a file…', group: 'File', keys: 'Mod+O', run: chooseFiles },
  { id: 'goBack', title: 'Go back to the document before', group: 'File', keys: 'U', run: goBack },
  { id: 'save', title: 'Save as a file', group: 'File', keys: 'Mod+S', run: saveFile },
  {
    id: 'copyLink',
    title: 'Copy a link that holds the design',
    group: 'File',
    keys: 'Mod+Shift+S',
    run: () => void copyLink(),
  },
  {
    id: 'copyLinkWithImages',
    title: 'Copy a link that holds the design and its images',
    group: 'File',
    run: () => void copyLink(true),
  },
  {
    id: 'copyPython',
    title: 'Copy the design as Python',
    group: 'File',
    run: () => void copyPython(),
  },
  {
    id: 'savePython',
    title: 'Save the design as a Python script',
    group: 'File',
    run: () => void savePython(),
  },
  {
    id: 'gallery',
    title: 'Gallery of ready systems',
    group: 'File',
    keys: 'E',
    run: () => openDialog('gallery'),
  },
  { id: 'report', title: 'Report of the fit, for paper', group: 'Fit', run: openReport },
  { id: 'fitImage', title: 'Fit my image, step by step', group: 'Fit', run: openGuide },
  {
    id: 'microscopes',
    title: 'Microscopes: ready graphs of every mode',
    group: 'File',
    run: () => openGallery('microscopes'),
  },
  ...examples.map(
    (example): AppCommand => ({
      id: `example-${example.id}`,
      title: `Open example: ${example.title}`,
      group: 'Examples',
      run: () => openExample(example.id),
    }),
  ),
  { id: 'theme', title: 'Switch between dark and light', group: 'Settings', run: nextTheme },
  {
    id: 'diagnostics',
    title: 'Diagnostics: what computes here, and how fast',
    group: 'Settings',
    run: () => openDialog('diagnostics'),
  },
  {
    id: 'commands',
    title: 'All commands',
    group: 'Help',
    keys: 'Mod+K',
    run: () => openDialog('commands'),
  },
  {
    id: 'shortcuts',
    title: 'Keyboard shortcuts',
    group: 'Help',
    keys: '?',
    run: () => openDialog('shortcuts'),
  },
];

/** The command with this id. */
export function command(id: string): AppCommand {
  const found = COMMANDS.find((each) => each.id === id);
  if (found === undefined) throw new Error(`There is no command “${id}”.`);
  return found;
}
