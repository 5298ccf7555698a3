/** Lets commands and shortcuts reach the viewport of the graph, which belongs to React Flow. */
import type { ReactFlowInstance } from '@xyflow/react';

type Viewport = Pick<
  ReactFlowInstance,
  'fitView' | 'setCenter' | 'screenToFlowPosition' | 'getZoom' | 'zoomIn' | 'zoomOut'
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

export function fitGraph(): void {
  void viewport?.fitView({ padding: 0.08, maxZoom: 1, duration: reducedMotion() ? 0 : 150 });
}

export function centreOn(position: Point): void {
  const zoom = Math.max(0.7, viewport?.getZoom() ?? 1);
  void viewport?.setCenter(position.x + 120, position.y + 130, { zoom, duration: reducedMotion() ? 0 : 150 });
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
