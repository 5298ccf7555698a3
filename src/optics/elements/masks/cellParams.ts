/** Parameters and notes that elements with maps share. */

import { fillingLayout } from '../../cells.ts';
import type { ChoiceParam, IntegerParam, SamplingNote } from '../../element.ts';
import { offerValue } from '../../fixes.ts';
import { formatNumber } from '../../units.ts';
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
function fineCellsNote(light: PortValue | undefined, cells: number): SamplingNote[] {
  if (light?.kind !== 'field' && light?.kind !== 'pupil') return [];
  const { side } = fillingLayout(light, cells);
  if (side >= 0.999) return [];
  const most = Math.floor(cells * side);
  return [
    {
      severity: 'warning',
      message: `A cell is ${side.toFixed(2)} samples wide: cells are averaged before the light sees them.`,
      fix: `Use at most ${most} cells, or more samples.`,
      ...offerValue(most >= 1, 'cells', most, `Use ${most} cells`),
    },
  ];
}

/** All notes on a map whose cells fill the window. */
export function cellMapNotes(
  light: PortValue | undefined,
  cells: number,
  windows: readonly number[] = [],
): SamplingNote[] {
  const fix =
    'Put “Change grid” before the map, which gives all wavelengths one window, or use a modulator with pixels of a given size.';
  return [...fineCellsNote(light, cells), ...unlikeWindowsNote(windows, 'The map', fix)];
}

/**
 * What fills the window is as large as the window, which differs between wavelengths behind a Fourier lens or a
 * scaled propagation; no physical object does that.
 * @param what begins the sentence, for example `The map`
 */
export function unlikeWindowsNote(windows: readonly number[], what: string, fix: string): SamplingNote[] {
  const [least, most] = [Math.min(...windows), Math.max(...windows)];
  if (windows.length < 2 || most - least < 1e-6 * most) return [];
  const sizes = [least, most].map((side) => formatNumber(side * 1e6, 3));
  return [
    {
      severity: 'warning',
      message: `${what} fills the window of each wavelength, from ${sizes[0]} to ${sizes[1]} µm: it grows with the colour, as no object does.`,
      fix,
    },
  ];
}
