/** Emitters as dots on their places, coloured by depth. */
import type { LocalisedFrame } from '../../graph/localisations.ts';
import { axis, axisTitle, baseLayout, type Chart, type ChartColors, plotlyColorscale } from './analysis.ts';
import { scaledUnit } from './format.ts';

/** More dots than this are too slow to draw; they are thinned evenly. */
const MOST_DOTS = 6000;

/** Null where there is none. */
export function emittersChart(frames: readonly LocalisedFrame[], colors: ChartColors): Chart | null {
  const good = frames.flatMap(({ pitch, emitters }) =>
    emitters.flatMap(({ x, y, z, status }) =>
      status === 'good' ? [{ x: pitch * (x + 0.5), y: pitch * (y + 0.5), z }] : [],
    ),
  );
  if (good.length === 0) return null;
  const every = Math.ceil(good.length / MOST_DOTS);
  const shown = good.filter((_, k) => k % every === 0);
  const across = scaledUnit(Math.max(...shown.map(({ x, y }) => Math.max(x, y))), 'm');
  const nano = 1e9;
  return {
    traces: [
      {
        type: 'scatter',
        mode: 'markers',
        x: shown.map(({ x }) => x / across.factor),
        y: shown.map(({ y }) => y / across.factor),
        marker: {
          size: shown.length > 2000 ? 3 : 6,
          color: shown.map(({ z }) => z * nano),
          colorscale: plotlyColorscale('viridis'),
          colorbar: { title: { text: 'z (nm)' }, outlinewidth: 0, thickness: 14, nticks: 5 },
        },
        hovertemplate: `x %{x:.5g} ${across.label}<br>y %{y:.5g} ${across.label}<br>z %{marker.color:.4g} nm<extra></extra>`,
      },
    ],
    layout: {
      ...baseLayout('emitters', colors),
      xaxis: axis(axisTitle('x', across.label), colors, { constrain: 'domain' }),
      // Rows go down, as everywhere.
      yaxis: axis(axisTitle('y', across.label), colors, {
        autorange: 'reversed',
        scaleanchor: 'x',
        constrain: 'domain',
      }),
    },
  };
}
