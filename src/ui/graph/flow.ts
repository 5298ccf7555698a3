/** Lets commands and shortcuts reach the viewport of the graph, which belongs to React Flow. */
import type { ReactFlowInstance } from '@xyflow/react';
import { tidyLayout } from '../stores/actions.ts';
import { insertDropped, insertNear } from '../stores/insertion.ts';
import type { Area } from '../stores/places.ts';

type Viewport = Pick<
  ReactFlowInstance,
  | 'fitView'
  | 'setCenter'
  | 'screenToFlowPosition'
  | 'getZoom'
  | 'getViewport'
  | 'zoomIn'
  | 'zoomOut'
  | 'getNodes'
  | 'getNodesBounds'
>;
interface Point {
  readonly x: number;
  readonly y: number;
}

let viewport: Viewport | null = null;
let lastPointer: Point | null = null;

export function setViewport(next: Viewport | null): void {
  viewport = next;
}

export function rememberPointer(point: Point | null): void {
  lastPointer = point;
}

function reducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Below this zoom a card shows its title, ports and picture only, and so has another height. */
export const FAR_ZOOM = 0.5;
/** The cards have their new heights two frames after the zoom changed. */
const MEASURED_MILLISECONDS = 80;
/** Room around all cards. */
export const FIT = {
  padding: { top: '14px', left: '14px', right: '14px', bottom: '14px' },
  maxZoom: 1,
} as const;

/** The same with room for the bar of the zoom, which lies in the corner below. */
const FIT_ABOVE_BAR = { ...FIT, padding: { ...FIT.padding, bottom: '56px' } } as const;

/** Whether the bar of the zoom lies on a card. */
function barCovers(): boolean {
  const bar = document.querySelector('[data-zoom-bar]')?.getBoundingClientRect();
  if (bar === undefined) return false;
  return [...document.querySelectorAll('[data-graph] .react-flow__node')].some((card) => {
    const { left, right, top, bottom } = card.getBoundingClientRect();
    return left < bar.right && right > bar.left && top < bar.bottom && bottom > bar.top;
  });
}

/** Most fits in a row; heights change with the zoom and settle after one or two. */
const MOST_FITS = 4;

/** Shows all cards, none of them under the bar of the zoom; again while they change their heights on the way, as when they are new or become small. */
export function fitAll(duration: number): Promise<void> {
  fitting = fitWhole(duration);
  return fitting;
}

let fitting = Promise.resolve();

/** A button of the zoom, after the fit under way: that one would take the zoom back. */
export async function zoomStep(direction: 'zoomIn' | 'zoomOut'): Promise<void> {
  await fitting;
  await viewport?.[direction]();
}

async function fitWhole(duration: number): Promise<void> {
  if (!(await fitSettled(FIT, duration))) return;
  if (barCovers() && !(await fitSettled(FIT_ABOVE_BAR, 0))) return;
  fitted = viewText();
}

/** The view as the last fit left it. */
let fitted: string | null = null;

function viewText(): string | null {
  if (viewport === null) return null;
  const { x, y, zoom } = viewport.getViewport();
  return [x, y, zoom].join();
}

/** Another size of the canvas shows all cards again, unless the view has been moved since it did. */
export function refitResized(): void {
  if (fitted !== null && viewText() === fitted) void fitAll(0);
}

/** False where somebody moved the view meanwhile, who keeps it. */
async function fitSettled(options: typeof FIT | typeof FIT_ABOVE_BAR, duration: number): Promise<boolean> {
  const extent = (): string => {
    if (viewport === null) return '';
    const { x, y, width, height } = viewport.getNodesBounds(viewport.getNodes());
    return [x, y, width, height].map(Math.round).join();
  };
  for (let fits = 1; fits <= MOST_FITS; fits++) {
    const before = extent();
    const wasNear = (viewport?.getZoom() ?? 1) >= FAR_ZOOM;
    await viewport?.fitView({ ...options, duration: fits === 1 ? duration : 0 });
    const left = viewText();
    await new Promise((resolve) => setTimeout(resolve, MEASURED_MILLISECONDS));
    if (viewText() !== left) return false;
    // Cards that became small fit all the more; a closer view would make them large, and too large, again.
    const shrank = wasNear && (viewport?.getZoom() ?? 1) < FAR_ZOOM;
    if (extent() === before || (shrank && fits > 1)) return true;
  }
  return true;
}

export function fitGraph(): void {
  void fitAll(reducedMotion() ? 0 : 150);
}

/** Panels have their new sizes, and cards their new places, a few frames after they were set. */
const SETTLED_MILLISECONDS = 100;

/** Fits the view when what changed it is drawn. */
export function fitGraphSoon(): void {
  setTimeout(fitGraph, SETTLED_MILLISECONDS);
}

/** Arranges all nodes and shows them. */
export function tidyGraph(): void {
  tidyLayout();
  fitGraphSoon();
}

export function centreOn(position: Point): void {
  const zoom = Math.max(0.7, viewport?.getZoom() ?? 1);
  void viewport?.setCenter(position.x + 120, position.y + 130, { zoom, duration: reducedMotion() ? 0 : 150 });
}

/** Below this zoom a chain of new cards is followed by moving along rather than by making all smaller. */
const READABLE_ZOOM = 0.55;

/** The part of the graph that is on screen, in graph coordinates, without a margin; null before there is one. */
export function sight(): Area | null {
  const box = document.querySelector('[data-graph]')?.getBoundingClientRect();
  if (viewport === null || box === undefined || box.width === 0) return null;
  const margin = 8;
  const start = viewport.screenToFlowPosition({ x: box.left + margin, y: box.top + margin });
  const end = viewport.screenToFlowPosition({ x: box.right - margin, y: box.bottom - margin });
  return { x: start.x, y: start.y, width: end.x - start.x, height: end.y - start.y };
}

/** Brings a card into sight: all cards when they stay readable, else this one. Does nothing when it is there. */
export function reveal(nodeId: string): void {
  // What was on screen before: the focus of the new card may move the view along, and the others out of sight.
  const seen = sight();
  // The card is measured in the frame after it was mounted.
  setTimeout(() => {
    const node = viewport?.getNodes().find(({ id }) => id === nodeId);
    if (viewport === null || seen === null || node === undefined) return;
    const card = viewport.getNodesBounds([node]);
    const isSeen =
      card.x >= seen.x &&
      card.y >= seen.y &&
      card.x + card.width <= seen.x + seen.width &&
      card.y + card.height <= seen.y + seen.height;
    if (isSeen) return;
    const all = viewport.getNodesBounds(viewport.getNodes());
    const zoom = viewport.getZoom();
    const zoomOfAll = 0.95 * zoom * Math.min(seen.width / all.width, seen.height / all.height);
    const duration = reducedMotion() ? 0 : 150;
    if (zoomOfAll >= READABLE_ZOOM) fitGraph();
    else {
      const middle = { x: card.x + card.width / 2, y: card.y + card.height / 2 };
      const zoomOfOne = 0.95 * zoom * Math.min(seen.width / card.width, seen.height / card.height);
      const next = Math.min(zoomOfOne, Math.max(zoom, READABLE_ZOOM));
      void viewport.setCenter(middle.x, middle.y, { zoom: next, duration });
    }
  }, 60);
}

/**
 * Adds an element beside the selected card or into the selected wire, else near a place of the screen where there
 * is room, and shows it. Its id.
 */
export function insertElement(type: string, at: Point): string {
  const middle = toGraph(at);
  const wanted = { x: middle.x - 120, y: middle.y - 44 };
  const added = insertNear(type, wanted, sight());
  reveal(added);
  return added;
}

/** Adds an element that was dragged to a place of the screen, into the wire that lies there if one does. */
export function dropElement(type: string, at: Point): void {
  const { x, y } = toGraph(at);
  insertDropped(type, { x: x - 120, y: y - 18 }, wireAt(at));
}

/** The wire under a place of the screen. */
function wireAt({ x, y }: Point): string | null {
  for (const element of document.elementsFromPoint(x, y)) {
    const id = element.closest<SVGElement>('.react-flow__edge')?.dataset['id'];
    if (id !== undefined) return id;
    const lamp = element.closest<HTMLElement>('[data-wire]')?.dataset['wire'];
    if (lamp !== undefined) return lamp;
  }
  return null;
}

/** Screen pixels where something new goes: under the pointer while it is over the graph, else the middle. */
export function insertPoint(): Point {
  if (lastPointer !== null) return lastPointer;
  const area = document.querySelector('[data-graph]')?.getBoundingClientRect();
  return area === undefined
    ? { x: 400, y: 300 }
    : { x: area.x + area.width / 2, y: area.y + area.height / 3 };
}

export function toGraph(screen: Point): Point {
  return viewport?.screenToFlowPosition({ x: screen.x, y: screen.y }) ?? screen;
}
