/** Emitters as dots on their places, coloured by depth. */
import { framesOf, type LocalisedFrames } from '../../graph/localisedFrames.ts';
import { axis, axisTitle, baseLayout, type Chart, type ChartColors, plotlyColorscale } from './analysis.ts';
import { scaledUnit } from './format.ts';

/** More dots than this are too slow to draw; they are thinned evenly. */
const MOST_DOTS = 6000;

/** Null where there is none. */
export function emittersChart(found: LocalisedFrames, colors: ChartColors): Chart | null {
  if (found.good === 0) return null;
  const every = Math.ceil(found.good / MOST_DOTS);
  const shown: { readonly x: number; readonly y: number; readonly z: number }[] = [];
  let index = 0;
  for (const { pitch, emitters } of framesOf(found)) {
    for (const { x, y, z, status } of emitters) {
      if (status === 'good' && index++ % every === 0)
        shown.push({ x: pitch * (x + 0.5), y: pitch * (y + 0.5), z });
    }
  }
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
