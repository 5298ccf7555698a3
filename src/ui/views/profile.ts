/** Values along a line through an image. Pixel coordinates: the centre of the first pixel is (0, 0). */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What the profile tool has selected, in pixels. */
export type ProfileSelection =
  | { readonly kind: 'row'; readonly y: number }
  | { readonly kind: 'column'; readonly x: number }
  | { readonly kind: 'line'; readonly from: Point; readonly to: Point };

export interface Profile {
  /** Where each sample lies: along a row or column the coordinate from the origin, else the distance from the start. */
  readonly position: Float64Array;
  readonly values: Float64Array;
  /** 'm' or 'px'. */
  readonly positionUnit: 'm' | 'px';
  readonly positionTitle: string;
}

export interface SampledImage {
  /** [ny, nx]. */
  readonly shape: readonly [number, number];
  readonly data: Float32Array;
  /** Metres between samples, 0 where the axis is not a length. */
  readonly pitch: number;
  /** Phases jump between -π and π: the nearest sample is taken instead of a mean across the jump. */
  readonly cyclic?: boolean;
}

/** Bilinear value (nearest for phases) at a pixel coordinate; outside the image (beyond half a pixel) not a number. */
export function sampleAt(image: SampledImage, x: number, y: number): number {
  const [ny, nx] = image.shape;
  if (!(x >= -0.5 && x <= nx - 0.5 && y >= -0.5 && y <= ny - 0.5)) return Number.NaN;
  const round = image.cyclic === true ? Math.round : (coordinate: number): number => coordinate;
  const clampedX = Math.min(nx - 1, Math.max(0, round(x)));
  const clampedY = Math.min(ny - 1, Math.max(0, round(y)));
  const x0 = Math.min(Math.floor(clampedX), Math.max(0, nx - 2));
  const y0 = Math.min(Math.floor(clampedY), Math.max(0, ny - 2));
  const fx = clampedX - x0;
  const fy = clampedY - y0;
  const at = (column: number, row: number): number => image.data[row * nx + column] ?? Number.NaN;
  // A neighbour with weight zero must not turn the value into "not a number".
  const along = (row: number): number =>
    fx === 0 ? at(x0, row) : at(x0, row) * (1 - fx) + at(x0 + 1, row) * fx;
  return fy === 0 ? along(y0) : along(y0) * (1 - fy) + along(y0 + 1) * fy;
}

/** Metres (or pixels, without a pitch) of a pixel coordinate from the origin, sample floor(n/2). */
export function physicalCoordinate(pixel: number, count: number, pitch: number): number {
  const offset = pixel - Math.floor(count / 2);
  return pitch > 0 ? offset * pitch : offset;
}

/** Samples a profile, about one sample per pixel. Rows and columns are read exactly, lines are interpolated. */
export function extractProfile(image: SampledImage, selection: ProfileSelection): Profile {
  const [ny, nx] = image.shape;
  const positionUnit = image.pitch > 0 ? 'm' : 'px';
  if (selection.kind === 'line') return lineProfile(image, selection.from, selection.to, positionUnit);
  const isRow = selection.kind === 'row';
  const count = isRow ? nx : ny;
  const position = new Float64Array(count);
  const values = new Float64Array(count);
  const line = isRow ? clampIndex(selection.y, ny) : clampIndex(selection.x, nx);
  for (let i = 0; i < count; i++) {
    position[i] = physicalCoordinate(i, count, image.pitch);
    values[i] = image.data[isRow ? line * nx + i : i * nx + line] ?? Number.NaN;
  }
  return { position, values, positionUnit, positionTitle: isRow ? 'x' : 'y' };
}

function clampIndex(index: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.round(index)));
}

function lineProfile(image: SampledImage, from: Point, to: Point, positionUnit: 'm' | 'px'): Profile {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const count = Math.max(2, Math.ceil(length) + 1);
  const position = new Float64Array(count);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const t = i / (count - 1);
    position[i] = t * length * (image.pitch > 0 ? image.pitch : 1);
    values[i] = sampleAt(image, from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t);
  }
  return { position, values, positionUnit, positionTitle: 'Distance along the line' };
}

/** One sentence that names the selection. */
export function describeSelection(selection: ProfileSelection): string {
  const point = (p: Point): string => `(${Math.round(p.x)}, ${Math.round(p.y)})`;
  switch (selection.kind) {
    case 'row':
      return `Row ${Math.round(selection.y)}`;
    case 'column':
      return `Column ${Math.round(selection.x)}`;
    case 'line':
      return `Line from pixel ${point(selection.from)} to ${point(selection.to)}`;
  }
}
