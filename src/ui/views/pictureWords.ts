/** What is said of a picture and of a pixel in it. */
import type { Statistics } from '../../pictures/scaling.ts';
import { formatValue, formatWithUnit, scaledUnit } from './format.ts';
import type { Picture } from './imageLayer.ts';
import type { Point } from './profile.ts';
import { physicalCoordinate } from './profile.ts';

/** "3.2 to 4100 counts · 128 × 128 pixels". */
export function describePicture(picture: Picture, stats: Statistics): string {
  const [ny, nx] = picture.shape;
  const size = `${nx} × ${ny} pixels`;
  if (!Number.isFinite(stats.min)) return `no value is a number · ${size}`;
  const invalid =
    stats.invalid === 0
      ? ''
      : `, ${stats.invalid} pixels ${picture.mode === 'phase' ? 'without light' : 'are not numbers'}`;
  const largest = Math.max(Math.abs(stats.min), Math.abs(stats.max));
  const { factor, label } = scaledUnit(largest, picture.unit);
  // What is a millionth of the largest value is 0 for the eye, and far below the accuracy of float32 sums.
  const smallest = Math.abs(stats.min) < 1e-6 * largest ? 0 : stats.min;
  const values = `${formatValue(smallest / factor)} to ${formatValue(stats.max / factor)} ${label}`.trimEnd();
  return `${values}${invalid} · ${size}`;
}

/** "x 1.2 µm, y −0.4 µm · pixel (76, 60) · 134.2 counts". */
export function describePixel(picture: Picture, cursor: Point): string {
  const [ny, nx] = picture.shape;
  const column = Math.round(cursor.x);
  const row = Math.round(cursor.y);
  if (column < 0 || row < 0 || column >= nx || row >= ny) return '';
  const value = picture.data[row * nx + column] ?? Number.NaN;
  const pixel = `pixel (${column}, ${row})`;
  const reading = formatWithUnit(value, picture.unit);
  if (!(picture.pitch > 0)) return `${pixel} · ${reading}`;
  const x = formatWithUnit(physicalCoordinate(column, nx, picture.pitch), 'm');
  const y = formatWithUnit(physicalCoordinate(row, ny, picture.pitch), 'm');
  return `x ${x}, y ${y} · ${pixel} · ${reading}`;
}
