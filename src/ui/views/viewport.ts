/** Where on the canvas an image lies: zoom and pan, and the link that lets several pictures move together. */
import { niceBelow } from './format.ts';
import type { Point } from './profile.ts';

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Viewport {
  /** Canvas pixels per image pixel; null fits the image into its area. */
  readonly zoom: number | null;
  /** Image pixel in the middle of the area; ignored while fitted. */
  readonly center: Point;
}

/** What a picture shows at this moment: resolved zoom and centre. */
export interface Placement {
  readonly area: Area;
  readonly zoom: number;
  readonly center: Point;
}

export type Shape = readonly [ny: number, nx: number];

export const FITTED: Viewport = { zoom: null, center: { x: 0, y: 0 } };
/** An image pixel is never drawn larger than this, canvas pixels. */
const LARGEST_PIXEL = 96;

export function imageCenter([ny, nx]: Shape): Point {
  return { x: (nx - 1) / 2, y: (ny - 1) / 2 };
}

export function fitZoom([ny, nx]: Shape, area: Area): number {
  return Math.max(1e-6, Math.min(area.width / Math.max(1, nx), area.height / Math.max(1, ny)));
}

export function place(viewport: Viewport, shape: Shape, area: Area): Placement {
  if (viewport.zoom === null) return { area, zoom: fitZoom(shape, area), center: imageCenter(shape) };
  return { area, zoom: viewport.zoom, center: viewport.center };
}

export function toCanvas(placement: Placement, point: Point): Point {
  const { area, zoom, center } = placement;
  return {
    x: area.x + area.width / 2 + (point.x - center.x) * zoom,
    y: area.y + area.height / 2 + (point.y - center.y) * zoom,
  };
}

export function toImage(placement: Placement, point: Point): Point {
  const { area, zoom, center } = placement;
  return {
    x: center.x + (point.x - area.x - area.width / 2) / zoom,
    y: center.y + (point.y - area.y - area.height / 2) / zoom,
  };
}

/** The middle of the view stays on the image, so that it cannot be lost. */
function clampCenter(center: Point, [ny, nx]: Shape): Point {
  return {
    x: Math.min(nx - 0.5, Math.max(-0.5, center.x)),
    y: Math.min(ny - 0.5, Math.max(-0.5, center.y)),
  };
}

/** Zooms by a factor; the image point under `fixed` (canvas pixels) stays where it is. Below the fit it fits. */
export function zoomAbout(placement: Placement, shape: Shape, factor: number, fixed: Point): Viewport {
  const fit = fitZoom(shape, placement.area);
  const zoom = Math.min(Math.max(LARGEST_PIXEL, fit), placement.zoom * factor);
  if (zoom <= fit * 1.001) return FITTED;
  const anchor = toImage(placement, fixed);
  const ratio = placement.zoom / zoom;
  const center = {
    x: anchor.x + (placement.center.x - anchor.x) * ratio,
    y: anchor.y + (placement.center.y - anchor.y) * ratio,
  };
  return { zoom, center: clampCenter(center, shape) };
}

/** Moves the picture by canvas pixels. A fitted picture has nowhere to go. */
export function panBy(
  placement: Placement,
  viewport: Viewport,
  shape: Shape,
  dx: number,
  dy: number,
): Viewport {
  if (viewport.zoom === null) return viewport;
  const center = { x: placement.center.x - dx / placement.zoom, y: placement.center.y - dy / placement.zoom };
  return { zoom: viewport.zoom, center: clampCenter(center, shape) };
}

export interface ScaleBar {
  /** Metres. */
  readonly length: number;
  /** Canvas pixels. */
  readonly pixels: number;
}

/** A round length that takes at most `share` of the width; null where pixels have no size. */
export function scaleBar(
  placement: Placement,
  pitch: number,
  visibleWidth: number,
  share = 0.3,
): ScaleBar | null {
  if (!(pitch > 0) || !(visibleWidth > 0)) return null;
  const metresPerPixel = pitch / placement.zoom;
  const length = niceBelow(visibleWidth * share * metresPerPixel);
  return { length, pixels: length / metresPerPixel };
}

/** Zoom, pan and cursor that one or several pictures share. */
export interface ViewLink {
  readonly viewport: () => Viewport;
  /** Image pixel under the cursor, null when it is nowhere. */
  readonly cursor: () => Point | null;
  readonly setViewport: (viewport: Viewport) => void;
  readonly setCursor: (cursor: Point | null) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function createViewLink(): ViewLink {
  let viewport = FITTED;
  let cursor: Point | null = null;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    viewport: () => viewport,
    cursor: () => cursor,
    setViewport(next) {
      viewport = next;
      tell();
    },
    setCursor(next) {
      cursor = next;
      tell();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
