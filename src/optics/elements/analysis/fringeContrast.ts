import { fringePeriod, visibility } from '../../analysis/fringes.ts';
import { hostPlane } from '../../analysis/hostPlane.ts';
import { lengthAxis, lengthReadout, numberReadout, valueAxis } from '../../analysis/readouts.ts';
import { lineThrough } from '../../analysis/widths.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { passes, planeParam } from './analysisParts.ts';

export const fringeContrast: ElementSpec = defineElement({
  type: 'fringeContrast',
  version: 1,
  category: 'analysis',
  title: 'Profile and fringes',
  summary: 'Values along a line through the middle, with the visibility and the period of its fringes.',
  keywords: ['visibility', 'contrast', 'interference', 'line profile', 'coherence', 'period'],
  inputs: { in: { accepts: ['image', 'field'], title: 'Light or image' } },
  outputs: { out: { type: { like: 'in' }, title: 'Unchanged' } },
  params: {
    direction: {
      kind: 'choice',
      title: 'Line',
      doc: 'Along x: across upright fringes. Around: the mean over circles about the middle, by radius.',
      default: 'x',
      options: [
        { value: 'x', title: 'Along x' },
        { value: 'y', title: 'Along y' },
        { value: 'around', title: 'Mean over circles' },
      ],
      prominent: true,
    },
    length: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Length',
      doc: 'Part of the line about the middle that counts for visibility and period; 0 takes all of it.',
      automatic: 'all of the line',
      default: 0,
      min: 0,
      max: 10,
      soft: [0, 5e-3],
      display: 'mm',
      scale: 'linear',
      learnable: false,
      step: 1e-4,
    },
    plane: planeParam,
  },
  ...passes,
  equation: 'V = (I_max − I_min) / (I_max + I_min)',
  references: ['Michelson’s visibility; Born and Wolf, Principles of Optics: partially coherent light'],
  analyse: (input, params) => {
    const plane = hostPlane(input, params.plane);
    const middle = { row: Math.floor(plane.rows / 2), column: Math.floor(plane.columns / 2) };
    const isAround = params.direction === 'around';
    const line = isAround
      ? aroundMean(plane, middle)
      : lineThrough(plane, params.direction === 'y' ? 'y' : 'x', middle);
    const origin = isAround ? 0 : Math.floor(line.length / 2);
    const half = params.length.value > 0 ? params.length.value / 2 / plane.pitch : line.length;
    const part = line.slice(Math.max(0, Math.ceil(origin - half)), Math.floor(origin + half) + 1);
    const samples = part.length < 4 ? null : fringePeriod(part);
    return {
      readouts: [
        numberReadout('Visibility', visibility(part)),
        lengthReadout('Period', samples === null ? null : samples * plane.pitch),
      ],
      charts: [
        {
          title: 'Profile',
          x: lengthAxis(isAround ? 'Radius' : 'Position', line.length * plane.pitch),
          y: valueAxis(plane),
          lines: [
            {
              title: params.direction,
              x: Float64Array.from(line, (_, i) => (i - origin) * plane.pitch),
              y: line,
            },
          ],
        },
      ],
    };
  },
});

/** Means over rings one sample wide, up to the nearest edge. */
function aroundMean(
  { data, rows, columns }: { readonly data: Float64Array; readonly rows: number; readonly columns: number },
  { row, column }: { readonly row: number; readonly column: number },
): Float64Array {
  const reach = Math.min(row, column, rows - 1 - row, columns - 1 - column) + 1;
  const [sums, counts] = [new Float64Array(reach), new Float64Array(reach)];
  for (let i = 0; i < data.length; i++) {
    const ring = Math.round(Math.hypot((i % columns) - column, Math.floor(i / columns) - row));
    if (ring >= reach) continue;
    sums[ring] = (sums[ring] as number) + (data[i] as number);
    counts[ring] = (counts[ring] as number) + 1;
  }
  return sums.map((sum, ring) => sum / Math.max(1, counts[ring] as number));
}
