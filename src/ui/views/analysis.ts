/** Charts of a frame that stands still, as plain objects for Plotly. */
import type { PlotlyObject } from 'plotly.js-cartesian-dist-min';
import type { Chart as OpticsChart } from '../../optics/element.ts';
import type { ColormapName } from '../../pictures/colormaps.ts';
import { colorHex } from '../../pictures/colormaps.ts';
import type { ColorScale } from '../../pictures/scaling.ts';
import { statistics } from '../../pictures/scaling.ts';
import type { FitResult, View } from '../../workers/protocol.ts';
import { scaledUnit } from './format.ts';
import { type KeptReadings, keptChart } from './keptReadings.ts';
import { axisRange } from './linePlotDraw.ts';
import type { ProfileSelection } from './profile.ts';
import { describeSelection, extractProfile, physicalCoordinate } from './profile.ts';
import { plotData } from './readouts.ts';
import { MODE_TITLES } from './viewStore.ts';

export interface Chart {
  readonly traces: readonly PlotlyObject[];
  readonly layout: PlotlyObject;
}

export interface ChartColors {
  readonly text: string;
  readonly line: string;
  readonly accent: string;
  readonly second: string;
  readonly ground: string;
}

/** Plotly redraws a heatmap of this many samples a side in about a third of a second; more are averaged. */
const LARGEST_HEATMAP = 512;
const HISTOGRAM_BINS = 128;

export interface ReducedImage {
  readonly shape: readonly [number, number];
  readonly data: Float32Array;
  /** Samples of the original per sample, along each axis. */
  readonly factor: number;
}

/** Averages blocks so that neither side exceeds `largest`; phases are picked, because they do not average. */
export function reduceImage(view: Pick<View, 'shape' | 'data' | 'mode'>, largest: number): ReducedImage {
  const [ny, nx] = view.shape;
  const factor = Math.max(1, Math.ceil(Math.max(ny, nx) / largest));
  if (factor === 1) return { shape: [ny, nx], data: view.data, factor };
  const rows = Math.floor(ny / factor);
  const columns = Math.floor(nx / factor);
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      const start = row * factor * nx + column * factor;
      if (view.mode === 'phase') sum = (view.data[start] ?? Number.NaN) * factor * factor;
      else {
        for (let k = 0; k < factor * factor; k++) {
          sum += view.data[start + Math.floor(k / factor) * nx + (k % factor)] ?? Number.NaN;
        }
      }
      data[row * columns + column] = sum / (factor * factor);
    }
  }
  return { shape: [rows, columns], data, factor };
}

export function axisTitle(title: string, unit: string): string {
  return unit === '' ? title : `${title} (${unit})`;
}

/** Zoom is kept while a chart of the same kind gets new data. */
export function baseLayout(kind: string, colors: ChartColors): PlotlyObject {
  return {
    paper_bgcolor: colors.ground,
    plot_bgcolor: colors.ground,
    font: { color: colors.text, size: 12 },
    margin: { l: 70, r: 24, t: 16, b: 48 },
    hoverlabel: { font: { size: 12 } },
    uirevision: kind,
  };
}

export function axis(title: string, colors: ChartColors, more: PlotlyObject = {}): PlotlyObject {
  return {
    title: { text: title },
    gridcolor: colors.line,
    zerolinecolor: colors.line,
    linecolor: colors.line,
    autorange: true,
    ...more,
  };
}

/** 17 stops of a map, for Plotly. */
export function plotlyColorscale(name: ColormapName): readonly (readonly [number, string])[] {
  return Array.from({ length: 17 }, (_, i) => [i / 16, colorHex(name, Math.round((i / 16) * 255))] as const);
}

/** Charts of an analysis side by side, each with its own axes; kept ones lie dashed over them. */
export function readingsChart(
  charts: readonly OpticsChart[],
  colors: ChartColors,
  kept: KeptReadings | null = null,
): Chart {
  const lines = [colors.accent, colors.second, colors.text];
  const width = 1 / charts.length;
  const traces: PlotlyObject[] = [];
  const axes: Record<string, PlotlyObject> = {};
  const titles: PlotlyObject[] = [];
  let above = LEGEND_ROW;
  charts.forEach((chart, at) => {
    const suffix = at === 0 ? '' : String(at + 1);
    const data = plotData(chart);
    const units = (['x', 'y'] as const).map((which) => {
      const extent = axisRange(data, which);
      const largest = extent === null ? 0 : Math.max(Math.abs(extent.low), Math.abs(extent.high));
      return scaledUnit(largest, data[which].unit);
    });
    const [x = NO_UNIT, y = NO_UNIT] = units;
    const domain = [at * width + (at === 0 ? 0 : 0.14), (at + 1) * width];
    const isPlane = data.isPlane === true;
    const square = isPlane ? { constrain: 'domain' } : {};
    const down = isPlane ? { autorange: 'reversed', scaleanchor: `x${suffix}`, ...square } : {};
    const xMore = { domain, anchor: `y${suffix}`, ...square };
    axes[`xaxis${suffix}`] = axis(axisTitle(data.x.title, x.label), colors, xMore);
    axes[`yaxis${suffix}`] = axis(axisTitle(data.y.title, y.label), colors, {
      anchor: `x${suffix}`,
      ...down,
    });
    axes[`legend${suffix}`] = { ...LEGEND, x: domain[0] ?? 0 };
    const before = keptChart(kept, chart);
    const names = data.series.length + (before === null ? 0 : 1);
    const rows = Math.ceil(names / (charts.length === 1 ? 3 : 2));
    above = Math.max(above, LEGEND_ROW * rows);
    titles.push({ ...TITLE, text: chart.title, x: domain[0] ?? 0, yshift: LEGEND_ROW * rows });
    const earlier = before === null ? [] : plotData(before).series;
    [...data.series, ...earlier].forEach((series, at) => {
      const isKept = at >= data.series.length;
      const i = isKept ? at - data.series.length : at;
      if (series.x.length === 0) return;
      traces.push({
        type: 'scatter',
        mode: series.x.length <= 40 && !isPlane && !isKept ? 'lines+markers' : 'lines',
        name: isKept ? 'dashed: kept' : series.title,
        showlegend: !isKept || i === 0,
        hovertemplate: `${data.x.title} %{x:.4g} ${x.label}<br>%{y:.4g} ${y.label}`,
        legend: `legend${suffix}`,
        x: Array.from(series.x, (value) => value / x.factor),
        y: Array.from(series.y, (value) => value / y.factor),
        line: {
          color: lines[i % lines.length] ?? colors.text,
          width: isKept ? 1.5 : 2,
          dash: isKept ? 'dash' : i > 2 ? 'dot' : 'solid',
        },
        xaxis: `x${suffix}`,
        yaxis: `y${suffix}`,
      });
    });
  });
  const kind = `readings-${charts.map(({ title }) => title).join()}`;
  return {
    traces,
    layout: {
      ...baseLayout(kind, colors),
      ...axes,
      margin: { l: 70, r: 24, t: 24 + above, b: 48 },
      showlegend: true,
      annotations: titles,
    },
  };
}

/** Height of a line of the legend, pixels. */
const LEGEND_ROW = 20;
/** Above its chart, under the title: beside it, it would leave the chart no room. */
const LEGEND = { orientation: 'h', y: 1, yanchor: 'bottom' } as const;
const TITLE = {
  xref: 'paper',
  yref: 'paper',
  y: 1,
  xanchor: 'left',
  yanchor: 'bottom',
  showarrow: false,
};

const NO_UNIT = { factor: 1, label: '' } as const;

export function heatmapChart(view: View, scale: ColorScale, colors: ChartColors): Chart {
  const reduced = reduceImage(view, LARGEST_HEATMAP);
  const [rows, columns] = reduced.shape;
  const { factor } = reduced;
  const [ny, nx] = view.shape;
  const extent = Math.max(nx, ny) * view.pitch;
  const unit = view.pitch > 0 ? scaledUnit(extent / 2, 'm') : { factor: 1, label: 'px' };
  const middle = (factor - 1) / 2;
  const coordinate = (index: number, count: number): number =>
    physicalCoordinate(index * factor + middle, count, view.pitch) / unit.factor;
  const z = Array.from({ length: rows }, (_, row) =>
    reduced.data.subarray(row * columns, (row + 1) * columns),
  );
  return {
    traces: [
      {
        type: 'heatmap',
        x: Array.from({ length: columns }, (_, i) => coordinate(i, nx)),
        y: Array.from({ length: rows }, (_, i) => coordinate(i, ny)),
        z,
        zmin: scale.low,
        zmax: scale.high,
        colorscale: plotlyColorscale(scale.colormap),
        colorbar: { title: { text: view.unit }, outlinewidth: 0, thickness: 14, nticks: 5 },
        hovertemplate: `x %{x:.4g} ${unit.label}<br>y %{y:.4g} ${unit.label}<br>%{z:.5g} ${view.unit}<extra></extra>`,
      },
    ],
    layout: {
      ...baseLayout('heatmap', colors),
      xaxis: axis(axisTitle('x', unit.label), colors, { constrain: 'domain' }),
      // Rows go down, as everywhere.
      yaxis: axis(axisTitle('y', unit.label), colors, {
        autorange: 'reversed',
        scaleanchor: 'x',
        constrain: 'domain',
      }),
    },
  };
}

export function profileChart(view: View, selection: ProfileSelection | null, colors: ChartColors): Chart {
  const chosen = selection ?? { kind: 'row' as const, y: Math.floor(view.shape[0] / 2) };
  const image = { shape: view.shape, data: view.data, pitch: view.pitch, cyclic: view.mode === 'phase' };
  const profile = extractProfile(image, chosen);
  const largest = profile.position.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  const unit = scaledUnit(largest, profile.positionUnit);
  return {
    traces: [
      {
        type: 'scatter',
        mode: 'lines',
        x: profile.position.map((value) => value / unit.factor),
        y: profile.values,
        line: { color: colors.accent, width: 2 },
        name: describeSelection(chosen),
        hovertemplate: `%{x:.4g} ${unit.label}<br>%{y:.5g} ${view.unit}<extra></extra>`,
      },
    ],
    layout: {
      ...baseLayout('profile', colors),
      xaxis: axis(axisTitle(`${describeSelection(chosen)}: ${profile.positionTitle}`, unit.label), colors),
      yaxis: axis(axisTitle(MODE_TITLES[view.mode], view.unit), colors),
    },
  };
}

export interface Histogram {
  readonly centers: Float64Array;
  readonly counts: Float64Array;
}

/** Number of pixels per value, in equal bins from the smallest to the largest value. */
export function histogram(data: Float32Array, bins: number): Histogram {
  const { min, max } = statistics(data, 0);
  if (!Number.isFinite(min)) return { centers: new Float64Array(0), counts: new Float64Array(0) };
  const width = max > min ? (max - min) / bins : 1;
  const counts = new Float64Array(max > min ? bins : 1);
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(counts.length - 1, Math.floor((value - min) / width));
    counts[bin] = (counts[bin] as number) + 1;
  }
  const first = max > min ? min + width / 2 : min;
  return { centers: Float64Array.from(counts, (_, i) => first + i * width), counts };
}

export function histogramChart(view: View, colors: ChartColors): Chart {
  const { centers, counts } = histogram(view.data, HISTOGRAM_BINS);
  return {
    traces: [
      {
        type: 'bar',
        x: centers,
        y: counts,
        marker: { color: colors.accent },
        hovertemplate: `%{x:.5g} ${view.unit}<br>%{y} pixels<extra></extra>`,
      },
    ],
    layout: {
      ...baseLayout('histogram', colors),
      bargap: 0,
      xaxis: axis(axisTitle(MODE_TITLES[view.mode], view.unit), colors),
      yaxis: axis('Pixels', colors, { type: 'log' }),
    },
  };
}

/** How far each parameter moved from its start, in its own standard errors: comparable over all units. */
export function fitChart(result: FitResult, colors: ChartColors): Chart | null {
  const known = result.parameters.flatMap(({ title, start, value, sigma }) =>
    sigma !== null && sigma > 0 ? [{ title, moved: (value - start) / sigma }] : [],
  );
  if (known.length === 0) return null;
  return {
    traces: [
      {
        type: 'scatter',
        mode: 'markers',
        x: known.map(({ moved }) => moved),
        y: known.map(({ title }) => title),
        marker: { color: colors.accent, size: 9 },
        error_x: { type: 'constant', value: 1, color: colors.second, thickness: 2, width: 6 },
        hovertemplate: '%{y}<br>moved by %{x:.3g} standard errors<extra></extra>',
      },
    ],
    layout: {
      ...baseLayout('fit', colors),
      xaxis: axis('Distance from the start, in standard errors', colors, { zerolinewidth: 2 }),
      yaxis: axis('', colors, { automargin: true, type: 'category', autorange: 'reversed' }),
    },
  };
}
