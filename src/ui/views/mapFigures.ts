/** Maps that a fit has learned, their standard errors and the wavefront, as pictures with a scale. Pure but for `drawFigure`. */

import type { Design } from '../../graph/document.ts';
import { decodeFloat32 } from '../../graph/imageData.ts';
import type { Registry } from '../../graph/registry.ts';
import { type ColormapName, colorTable } from '../../pictures/colormaps.ts';
import type { FitResult } from '../../workers/protocol.ts';
import { formatValue } from './format.ts';

export interface MapFigure {
  readonly id: string;
  readonly title: string;
  /** Cells or samples along a side. */
  readonly side: number;
  /** [side, side]; not a number where nothing is told. */
  readonly values: Float32Array;
  readonly unit: string;
  readonly colormap: ColormapName;
  /** Values at the ends of the colours. */
  readonly low: number;
  readonly high: number;
}

/** The least and the largest value that is told. */
function rangeOf(values: Float32Array): { low: number; high: number } {
  const told = values.filter((value) => Number.isFinite(value));
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of told) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return told.length === 0
    ? { low: -1, high: 1 }
    : high > low
      ? { low, high }
      : { low: low - 1, high: high + 1 };
}

/** What there is to see of maps; nothing where they have no errors. */
export function mapFigures(
  { maps = [], wavefront }: Pick<FitResult, 'maps' | 'wavefront'>,
  design: Pick<Design, 'nodes'>,
  registry: Registry,
): readonly MapFigure[] {
  const figures = maps.flatMap(({ path, title, cells, data, sigma }): MapFigure[] => {
    if (sigma === undefined) return [];
    const [nodeId = '', name = ''] = path.split('.');
    const spec = registry.get(design.nodes.find(({ id }) => id === nodeId)?.type ?? '')?.params[name];
    const unit = spec?.kind === 'map' ? spec.display : '';
    const errors = decodeFloat32(sigma, cells * cells);
    const values = decodeFloat32(data, cells * cells);
    // What no light sees is not known, whatever the map has there.
    const seen = values.map((value, i) => (Number.isNaN(errors[i]) ? Number.NaN : value));
    const most = Math.max(0, ...errors.filter((x) => !Number.isNaN(x)));
    return [
      { id: path, title, side: cells, values: seen, unit, colormap: 'viridis', ...rangeOf(seen) },
      {
        ...{ id: `${path}:sigma`, title: `± of ${lowerFirst(title)}`, side: cells, values: errors, unit },
        ...{ colormap: 'magma', low: 0, high: most > 0 ? most : 1 },
      },
    ];
  });
  if (wavefront === undefined || figures.length === 0) return figures;
  const { side, path, wavelength } = wavefront;
  const waves = decodeFloat32(path, side * side).map((length) => length / wavelength);
  const whole = { id: 'wavefront', title: 'Wavefront, unwrapped', side, values: waves, unit: 'waves' };
  return [...figures, { ...whole, colormap: 'viridis', ...rangeOf(waves) }];
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
}

/** “−1.2 to 1.3 rad”. */
export function rangeText({ low, high, unit }: MapFigure): string {
  return `${formatValue(low, 2)} to ${formatValue(high, 2)} ${unit}`.trimEnd();
}

/** One pixel for each value; those that are no numbers stay clear. */
export function drawFigure(
  canvas: HTMLCanvasElement,
  { side, values, colormap, low, high }: MapFigure,
): void {
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const picture = context.createImageData(side, side);
  const words = new Uint32Array(picture.data.buffer);
  const table = colorTable(colormap);
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    const share = (value - low) / (high - low);
    words[i] = table[Math.min(255, Math.max(0, Math.floor(256 * share)))] ?? 0;
  });
  context.putImageData(picture, 0, 0);
}
