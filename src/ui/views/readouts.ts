/** Readouts and charts of analyses as texts and as data of plots. */
import type { Chart, ChartAxis, Readout } from '../../optics/element.ts';
import { SI_UNIT, unitFactor } from '../../optics/units.ts';
import { formatValue } from './format.ts';
import type { PlotData } from './linePlotDraw.ts';

/** "12.3 µm", "83.8 %", "0.391"; "unknown" where it cannot be told. */
export function readoutText({ value, quantity, display, missing }: Readout): string {
  if (value === null) return missing ?? 'unknown';
  const text = formatValue(value / (unitFactor(display, quantity) ?? 1));
  return display === '' ? text : `${text}\u202f${display}`;
}

/** Name, value in the shown unit and that unit: one line per readout, for spreadsheets. */
export function readoutsCsv(readouts: readonly Readout[]): string {
  const rows = readouts.map(({ title, value, quantity, display }) => {
    const shown =
      value === null ? '' : String(Number((value / (unitFactor(display, quantity) ?? 1)).toPrecision(9)));
    return [quoted(title), shown, quoted(display)].join(',');
  });
  return `${['name,value,unit', ...rows].join('\n')}\n`;
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Plots choose prefixes by themselves where they know the unit. */
function plotAxis({ title, quantity, display }: ChartAxis) {
  const isPrefixed = quantity === 'length' || quantity === 'power' || quantity === 'irradiance';
  return { title, unit: isPrefixed ? SI_UNIT[quantity] : display, scale: 'linear' } as const;
}

/** Values in the unit of `plotAxis`. */
function inUnit(values: Float64Array, axis: ChartAxis): Float64Array {
  const { unit } = plotAxis(axis);
  const factor = unitFactor(unit, axis.quantity) ?? 1;
  return factor === 1 ? values : values.map((value) => value / factor);
}

const TONES = ['main', 'second', 'soft'] as const;

export function plotData(chart: Chart): PlotData {
  return {
    series: chart.lines.map((line, i) => ({
      title: line.title,
      x: inUnit(line.x, chart.x),
      y: inUnit(line.y, chart.y),
      tone: TONES[Math.min(i, TONES.length - 1)] ?? 'soft',
    })),
    x: plotAxis(chart.x),
    y: plotAxis(chart.y),
    ...(chart.isPlane === true ? { isPlane: true } : {}),
  };
}
