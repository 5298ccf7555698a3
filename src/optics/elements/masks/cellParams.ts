/** Parameters and notes that elements with maps share. */
import { fillingLayout } from '../../cells.ts';
import type { ChoiceParam, IntegerParam, SamplingNote } from '../../element.ts';
import type { PortValue } from '../../values.ts';

export const interpolationParam: ChoiceParam = {
  kind: 'choice',
  title: 'Between cells',
  doc: 'Flat cells with edges, as pixels have, or straight lines between the middles of the cells.',
  default: 'nearest',
  options: [
    { value: 'nearest', title: 'Flat cells' },
    { value: 'linear', title: 'Linear' },
  ],
};

/** @param side what the cells fill, for the sentence */
export function cellsParam(side: string): IntegerParam {
  return {
    kind: 'integer',
    title: 'Cells',
    doc: `Cells along a side of the ${side}. Stored values are resampled when it changes.`,
    default: 64,
    min: 1,
    max: 1024,
  };
}

/** Cells that are finer than the samples are averaged, which the light would not do. */
export function fineCellsNote(light: PortValue | undefined, cells: number): SamplingNote[] {
  if (light?.kind !== 'field' && light?.kind !== 'pupil') return [];
  const { side } = fillingLayout(light, cells);
  if (side >= 0.999) return [];
  return [
    {
      severity: 'warning',
      message: `A cell is ${side.toFixed(2)} samples wide: cells are averaged before the light sees them.`,
      fix: `Use at most ${Math.floor(cells * side)} cells, or more samples.`,
    },
  ];
}
