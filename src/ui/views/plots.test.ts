import { describe, expect, it } from 'vitest';
import type { FitResult, View } from '../../workers/protocol.ts';
import { IDLE_FIT } from '../stores/engineStore.ts';
import { fitChart, heatmapChart, histogram, histogramChart, reduceImage } from './analysis.ts';
import { describeFit, lossPlot } from './LossTab.tsx';
import type { PlotData } from './linePlotDraw.ts';
import { axisPosition, axisRange, nearestSample, ticksOf } from './linePlotDraw.ts';

const plot = (y: readonly number[], scale: 'linear' | 'log'): PlotData => ({
  series: [{ title: 's', x: y.map((_, i) => i), y, tone: 'main' }],
  x: { title: 'x', unit: '', scale: 'linear' },
  y: { title: 'y', unit: '', scale },
});

describe('axes of a line plot', () => {
  it('leave out what cannot be shown', () => {
    expect(axisRange(plot([Number.NaN, -1, 0, 10, 1000], 'log'), 'y')).toEqual({
      low: 10 / 1.15,
      high: 1000 * 1.15,
    });
    expect(axisRange(plot([Number.NaN], 'linear'), 'y')).toBeNull();
  });

  it('have a width when the curve is flat, without magnifying rounding', () => {
    const flat = axisRange(plot([5, 5.000001], 'linear'), 'y');
    // A tenth of the value on both sides; 1e-6 is the curve itself.
    expect(flat?.low).toBeCloseTo(4.5, 5);
    expect(flat?.high).toBeCloseTo(5.5, 5);
    expect(axisRange(plot([0, 0], 'linear'), 'y')).toEqual({ low: -1, high: 1 });
    expect(axisRange(plot([3], 'linear'), 'x')).toEqual({ low: -0.5, high: 0.5 });
  });

  it('place decades evenly on a logarithmic scale', () => {
    const axis = { title: '', unit: '', scale: 'log' } as const;
    const range = { low: 1, high: 10_000 };
    expect(axisPosition(100, axis, range)).toBeCloseTo(0.5, 12);
    expect(axisPosition(0, axis, range)).toBeNaN();
  });

  it('have whole ticks where values are counts', () => {
    const counts = { title: 'Iteration', unit: '', scale: 'linear' } as const;
    expect(ticksOf(counts, { low: 0, high: 2 }, 1, 8)).toContain(0.5);
    expect(ticksOf({ ...counts, whole: true }, { low: 0, high: 2 }, 1, 8)).toEqual([0, 1, 2]);
  });

  it('find the sample nearest to the cursor', () => {
    const series = { title: '', x: [0, 1, 4], y: [0, 0, 0], tone: 'main' } as const;
    expect([
      nearestSample(series, 2.4),
      nearestSample(series, 2.6),
      nearestSample({ ...series, x: [] }, 1),
    ]).toEqual([1, 2, -1]);
  });
});

describe('loss curve', () => {
  it('separates the coarse search and uses a logarithmic axis while losses are positive', () => {
    const history = [
      { iteration: 0, loss: 5, phase: 'search' },
      { iteration: 1, loss: 2, phase: 'fit' },
      { iteration: 2, loss: 1, phase: 'fit' },
    ] as const;
    expect(lossPlot(history)?.series.map(({ title, y }) => [title, y])).toEqual([
      ['Fit', [2, 1]],
      ['Coarse search', [5]],
    ]);
    expect(lossPlot(history)?.y.scale).toBe('log');
    expect(lossPlot([{ iteration: 0, loss: -3, phase: 'fit' }])?.y.scale).toBe('linear');
    expect(lossPlot([])).toBeNull();
  });

  it('draws each of several starts from its own first step, the best in front', () => {
    const sample = (start: number, iteration: number, loss: number) =>
      ({ start, iteration, loss, phase: 'fit' }) as const;
    const history = [sample(0, 0, 4), sample(0, 1, 3), sample(1, 1, 5), sample(1, 2, 1), sample(2, 2, 2)];
    expect(lossPlot(history)?.series.map(({ title, tone, x, y }) => [title, tone, x, y])).toEqual([
      ['Start 1', 'soft', [0, 1], [4, 3]],
      ['Start 3', 'soft', [0], [2]],
      ['Start 2, the best', 'main', [0, 1], [5, 1]],
    ]);
  });

  it('says what the fit does', () => {
    const history = [{ iteration: 7, loss: 0.25, phase: 'fit' }] as const;
    expect(describeFit(IDLE_FIT)).toBe('');
    expect(describeFit({ ...IDLE_FIT, status: 'running', phase: 'fit', history })).toBe(
      'Fitting · iteration 7 · loss 0.25',
    );
    expect(describeFit({ ...IDLE_FIT, error: 'It broke.' })).toBe('It broke.');
  });
});

const view = (
  shape: readonly [number, number],
  data: Float32Array,
  mode: View['mode'] = 'intensity',
): View => ({
  nodeId: 'n',
  mode,
  layer: 'output',
  portType: 'image',
  shape,
  data,
  planes: 1,
  plane: 0,
  pitch: 1e-6,
  unit: 'counts',
});
const colors = { text: '#fff', line: '#888', accent: '#00f', second: '#fa0', ground: '#000' };

describe('charts of a still frame', () => {
  it('average blocks, but pick phases', () => {
    const data = Float32Array.from({ length: 16 }, (_, i) => i);
    expect([...reduceImage(view([4, 4], data), 2).data]).toEqual([2.5, 4.5, 10.5, 12.5]);
    expect([...reduceImage(view([4, 4], data, 'phase'), 2).data]).toEqual([0, 2, 8, 10]);
    expect(reduceImage(view([4, 4], data), 4).factor).toBe(1);
  });

  it('have physical axes with the origin at sample floor(n/2) and rows downwards', () => {
    const scale = { colormap: 'inferno', scaling: 'linear', low: 0, high: 1 } as const;
    const { traces, layout } = heatmapChart(view([3, 4], new Float32Array(12)), scale, colors);
    expect(traces[0]?.['x']).toEqual([-2, -1, 0, 1]);
    expect(traces[0]?.['y']).toEqual([-1, 0, 1]);
    expect(layout['yaxis']).toMatchObject({ autorange: 'reversed' });
  });

  it('count every finite pixel once', () => {
    const { centers, counts } = histogram(new Float32Array([0, 1, 2, 3, 4, Number.NaN]), 4);
    expect([...counts]).toEqual([1, 1, 1, 2]);
    expect([...centers]).toEqual([0.5, 1.5, 2.5, 3.5]);
    expect([...histogram(new Float32Array([7, 7]), 4).counts]).toEqual([2]);
    expect(histogram(new Float32Array([Number.NaN]), 4).counts.length).toBe(0);
    expect(histogramChart(view([1, 2], new Float32Array([1, 2])), colors).layout['bargap']).toBe(0);
  });

  it('show how far parameters moved in standard errors, leaving out what is not determined', () => {
    const parameter = {
      path: 'a.x',
      title: 'A',
      start: 1,
      value: 4,
      sigma: 0.5,
      unit: '',
      atBound: false,
      pixel: null,
    };
    const display = { value: 4, sigma: 0.5, unit: '' };
    const result: FitResult = {
      parameters: [
        { ...parameter, display },
        { ...parameter, title: 'B', sigma: null, display: { ...display, sigma: null } },
      ],
      loss: { start: 1, end: 0 },
      reducedChiSquare: null,
      iterations: 1,
      seconds: 1,
      backend: 'f64',
      converged: true,
      warnings: [],
    };
    expect(fitChart(result, colors)?.traces[0]).toMatchObject({ x: [6], y: ['A'] });
    expect(fitChart({ ...result, parameters: [] }, colors)).toBeNull();
  });
});
