/** Draws a line plot on a canvas in one pass; fast enough for every screen frame. CSS pixels. */
import type { TickTexts } from './format.ts';
import { formatValue, linearTicks, logTicks, scaledUnit, tickTexts } from './format.ts';
import type { Palette } from './palette.ts';
import type { Area } from './viewport.ts';

export interface PlotSeries {
  readonly title: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly tone: 'main' | 'soft' | 'second';
}

export interface PlotAxis {
  readonly title: string;
  readonly unit: string;
  readonly scale: 'linear' | 'log';
  /** Values are counts: ticks between them would mean nothing. */
  readonly whole?: boolean;
}

export interface PlotData {
  readonly series: readonly PlotSeries[];
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  /** Both axes are places on one plane: one scale, y downwards. */
  readonly isPlane?: true;
}

export interface AxisRange {
  readonly low: number;
  readonly high: number;
}

/** Finite (and, on a logarithmic axis, positive) extent of all series, widened where it has no width. */
export function axisRange(data: PlotData, which: 'x' | 'y'): AxisRange | null {
  const isLog = data[which].scale === 'log';
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const series of data.series) {
    const values = series[which];
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low > high) return null;
  if (isLog)
    return high > low * 1.01 ? { low: low / 1.15, high: high * 1.15 } : { low: low / 2, high: high * 2 };
  const span = high - low;
  if (which === 'x') return span > 0 ? { low, high } : { low: low - 0.5, high: high + 0.5 };
  // Rounding noise of a flat curve is not stretched over the whole height.
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (!(span > 1e-5 * size))
    return size === 0 ? { low: -1, high: 1 } : { low: low - 0.1 * size, high: high + 0.1 * size };
  return { low: low - 0.05 * span, high: high + 0.05 * span };
}

/** Position in 0..1; not a number where a logarithmic axis cannot show the value. */
export function axisPosition(value: number, axis: PlotAxis, range: AxisRange): number {
  if (axis.scale === 'linear') return (value - range.low) / (range.high - range.low);
  return value > 0 ? Math.log(value / range.low) / Math.log(range.high / range.low) : Number.NaN;
}

export interface PlotLayout {
  readonly area: Area;
  readonly x: AxisRange;
  readonly y: AxisRange;
  readonly xUnit: { readonly factor: number; readonly label: string };
  readonly yUnit: { readonly factor: number; readonly label: string };
}

const MARGIN = { left: 64, right: 16, top: 12, bottom: 42 } as const;

export function layoutPlot(data: PlotData, width: number, height: number): PlotLayout | null {
  const x = axisRange(data, 'x');
  const y = axisRange(data, 'y');
  if (x === null || y === null) return null;
  const area = {
    x: MARGIN.left,
    y: MARGIN.top,
    width: Math.max(1, width - MARGIN.left - MARGIN.right),
    height: Math.max(1, height - MARGIN.top - MARGIN.bottom),
  };
  const largest = (range: AxisRange): number => Math.max(Math.abs(range.low), Math.abs(range.high));
  return {
    area,
    x,
    y,
    xUnit: scaledUnit(largest(x), data.x.unit),
    // A logarithmic axis spans magnitudes: no one prefix suits all of its labels.
    yUnit: data.y.scale === 'log' ? { factor: 1, label: data.y.unit } : scaledUnit(largest(y), data.y.unit),
  };
}

type Context = CanvasRenderingContext2D;

/** Ticks of an axis, in its shown unit. */
export function ticksOf(axis: PlotAxis, range: AxisRange, factor: number, count: number): readonly number[] {
  const low = range.low / factor;
  const high = range.high / factor;
  const sparse = axis.scale === 'log' ? logTicks(low, high, count) : linearTicks(low, high, count);
  // One tick alone tells no scale.
  const ticks = sparse.length < 2 && axis.scale === 'linear' ? linearTicks(low, high, 2 * count) : sparse;
  return axis.whole === true ? ticks.filter(Number.isInteger) : ticks;
}

function axisTexts(axis: PlotAxis, ticks: readonly number[]): TickTexts {
  return axis.scale === 'linear'
    ? tickTexts(ticks)
    : { labels: ticks.map((tick) => formatValue(tick)), offset: null };
}

function axisLabel(title: string, unit: string, offset: string | null): string {
  const shown = offset === null ? title : `${title} − ${offset}`;
  return unit === '' ? shown : `${shown} (${unit})`;
}

function drawAxes(context: Context, data: PlotData, layout: PlotLayout, palette: Palette): void {
  const { area, xUnit, yUnit } = layout;
  context.font = `12px ${palette.font}`;
  context.lineWidth = 1;
  context.strokeStyle = palette.line;
  context.fillStyle = palette.text;
  const bottom = area.y + area.height;
  context.textAlign = 'center';
  context.textBaseline = 'top';
  context.globalAlpha = 0.55;
  context.beginPath();
  const xTicks = ticksOf(data.x, layout.x, xUnit.factor, Math.max(2, area.width / 90));
  const yTicks = ticksOf(data.y, layout.y, yUnit.factor, Math.max(2, area.height / 40));
  const xAt = (tick: number): number =>
    Math.round(area.x + axisPosition(tick * xUnit.factor, data.x, layout.x) * area.width) + 0.5;
  const yAt = (tick: number): number =>
    Math.round(bottom - axisPosition(tick * yUnit.factor, data.y, layout.y) * area.height) + 0.5;
  for (const tick of xTicks) {
    context.moveTo(xAt(tick), area.y);
    context.lineTo(xAt(tick), bottom);
  }
  for (const tick of yTicks) {
    context.moveTo(area.x, yAt(tick));
    context.lineTo(area.x + area.width, yAt(tick));
  }
  context.stroke();
  context.globalAlpha = 1;
  const [xTexts, yTexts] = [axisTexts(data.x, xTicks), axisTexts(data.y, yTicks)];
  xTicks.forEach((tick, i) => {
    context.fillText(xTexts.labels[i] ?? '', xAt(tick), bottom + 6);
  });
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  yTicks.forEach((tick, i) => {
    context.fillText(yTexts.labels[i] ?? '', area.x - 8, yAt(tick), MARGIN.left - 26);
  });
  context.textAlign = 'center';
  context.textBaseline = 'bottom';
  context.fillText(
    axisLabel(data.x.title, xUnit.label, xTexts.offset),
    area.x + area.width / 2,
    bottom + MARGIN.bottom - 4,
    area.width,
  );
  context.save();
  context.translate(4, area.y + area.height / 2);
  context.rotate(-Math.PI / 2);
  context.textBaseline = 'top';
  context.fillText(axisLabel(data.y.title, yUnit.label, yTexts.offset), 0, 0, area.height);
  context.restore();
}

/** One line through the samples, broken where a value cannot be shown. */
function traceSeries(context: Context, series: PlotSeries, data: PlotData, layout: PlotLayout): void {
  const { area } = layout;
  const bottom = area.y + area.height;
  let open = false;
  context.beginPath();
  for (let i = 0; i < series.x.length; i++) {
    const px = area.x + axisPosition(series.x[i] as number, data.x, layout.x) * area.width;
    const height = axisPosition(series.y[i] as number, data.y, layout.y) * area.height;
    const py = data.isPlane === true ? area.y + height : bottom - height;
    if (!Number.isFinite(px) || !Number.isFinite(py)) {
      open = false;
      continue;
    }
    if (open) context.lineTo(px, py);
    else context.moveTo(px, py);
    open = true;
  }
  context.stroke();
}

function seriesColor(tone: PlotSeries['tone'], palette: Palette): string {
  return tone === 'main' ? palette.accent : tone === 'second' ? palette.second : palette.text;
}

/** Draws everything but the cursor. */
export function drawPlot(context: Context, data: PlotData, layout: PlotLayout, palette: Palette): void {
  drawAxes(context, data, layout, palette);
  const { area } = layout;
  context.save();
  context.beginPath();
  context.rect(area.x - 1, area.y - 1, area.width + 2, area.height + 2);
  context.clip();
  context.lineJoin = 'round';
  for (const series of data.series) {
    context.strokeStyle = seriesColor(series.tone, palette);
    context.fillStyle = context.strokeStyle;
    context.lineWidth = series.tone === 'soft' ? 1 : 1.75;
    traceSeries(context, series, data, layout);
    if (series.x.length <= 40) drawDots(context, series, data, layout);
  }
  context.restore();
  if (data.series.length > 1) drawLegend(context, data, layout, palette);
}

/** The part of an area in which both axes have one scale. */
function shaped(area: Area, x: AxisRange, y: AxisRange): Area {
  const scale = Math.min(area.width / (x.high - x.low), area.height / (y.high - y.low));
  const [width, height] = [scale * (x.high - x.low), scale * (y.high - y.low)];
  return { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
}

/** Curves alone, with the zero line, for a card: the whole size is the plot. */
export function drawSmallPlot(
  context: Context,
  data: PlotData,
  size: { readonly width: number; readonly height: number },
  palette: Palette,
): void {
  context.fillStyle = palette.surround;
  context.fillRect(0, 0, size.width, size.height);
  const [x, y] = [axisRange(data, 'x'), axisRange(data, 'y')];
  if (x === null || y === null) return;
  const margin = 8;
  const whole = { x: margin, y: margin, width: size.width - 2 * margin, height: size.height - 3.5 * margin };
  const area = data.isPlane === true ? shaped(whole, x, y) : whole;
  const none = { factor: 1, label: '' };
  const layout: PlotLayout = { area, x, y, xUnit: none, yUnit: none };
  context.lineWidth = 1;
  context.strokeStyle = palette.line;
  const zero = area.y + area.height * (1 - axisPosition(0, data.y, y));
  if (data.isPlane !== true && zero > area.y && zero <= area.y + area.height) {
    context.beginPath();
    context.moveTo(area.x, zero);
    context.lineTo(area.x + area.width, zero);
    context.stroke();
  }
  context.lineJoin = 'round';
  for (const series of data.series.toReversed()) {
    context.strokeStyle = seriesColor(series.tone, palette);
    context.lineWidth = series.tone === 'soft' ? 1 : 1.5;
    traceSeries(context, series, data, layout);
  }
}

function drawDots(context: Context, series: PlotSeries, data: PlotData, layout: PlotLayout): void {
  const { area } = layout;
  for (let i = 0; i < series.x.length; i++) {
    const px = area.x + axisPosition(series.x[i] as number, data.x, layout.x) * area.width;
    const py = area.y + area.height - axisPosition(series.y[i] as number, data.y, layout.y) * area.height;
    if (!Number.isFinite(px) || !Number.isFinite(py)) continue;
    context.beginPath();
    context.arc(px, py, 2.5, 0, 2 * Math.PI);
    context.fill();
  }
}

/** Lines that stand behind the others share one entry. */
function legendOf(series: readonly PlotSeries[]): readonly Pick<PlotSeries, 'title' | 'tone'>[] {
  const behind = series.filter(({ tone }) => tone === 'soft');
  if (behind.length < 3) return series;
  const others = { title: `${behind.length} others`, tone: 'soft' } as const;
  return [...series.filter(({ tone }) => tone !== 'soft'), others];
}

function drawLegend(context: Context, data: PlotData, layout: PlotLayout, palette: Palette): void {
  const { area } = layout;
  context.font = `12px ${palette.font}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  legendOf(data.series).forEach((series, i) => {
    const y = area.y + 12 + 18 * i;
    const width = context.measureText(series.title).width;
    context.fillStyle = palette.surround;
    context.globalAlpha = 0.8;
    context.fillRect(area.x + area.width - width - 44, y - 9, width + 40, 18);
    context.globalAlpha = 1;
    context.fillStyle = palette.text;
    context.fillText(series.title, area.x + area.width - 8, y);
    context.strokeStyle = seriesColor(series.tone, palette);
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(area.x + area.width - width - 38, y);
    context.lineTo(area.x + area.width - width - 16, y);
    context.stroke();
  });
}

/** Sample of a series whose x is nearest; -1 when the series is empty. */
export function nearestSample(series: PlotSeries, x: number): number {
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  for (let i = 0; i < series.x.length; i++) {
    const gap = Math.abs((series.x[i] as number) - x);
    if (gap < distance) {
      distance = gap;
      best = i;
    }
  }
  return best;
}

/** The vertical line and the dot at a sample. */
export function drawPlotCursor(
  context: Context,
  data: PlotData,
  layout: PlotLayout,
  palette: Palette,
  sample: { readonly x: number; readonly y: number },
): void {
  const { area } = layout;
  const px = Math.round(area.x + axisPosition(sample.x, data.x, layout.x) * area.width) + 0.5;
  const py = area.y + area.height - axisPosition(sample.y, data.y, layout.y) * area.height;
  context.strokeStyle = palette.text;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(px, area.y);
  context.lineTo(px, area.y + area.height);
  context.stroke();
  if (!Number.isFinite(py)) return;
  context.fillStyle = palette.surround;
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(px, py, 4, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}
