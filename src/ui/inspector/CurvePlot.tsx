import { useMemo } from 'react';
import type { TableParam } from '../../optics/element.ts';
import { unitFactor } from '../../optics/units.ts';
import type { Analysed } from '../../workers/protocol.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { analysisBus } from '../stores/analysisBus.ts';
import { curveHandles } from '../views/curveHandles.ts';
import { LinePlot, type PlotFeed } from '../views/LinePlot.tsx';
import type { PlotData } from '../views/linePlotDraw.ts';
import styles from './fields.module.css';

const cx = moduleClasses(styles);

/** The chart of an element over the table of its wanted curve: its points are rows, dragged here or typed there. */
export function CurvePlot({
  nodeId,
  param,
  spec,
  columns,
}: {
  readonly nodeId: string;
  readonly param: string;
  readonly spec: TableParam;
  readonly columns: NonNullable<TableParam['curve']>;
}) {
  const place = spec.columns[columns.x];
  const symbol = place?.display ?? '';
  const unit = (place === undefined ? undefined : unitFactor(symbol, place.quantity, {})) ?? 1;
  const handles = useMemo(
    () => curveHandles(nodeId, param, spec, columns, unit),
    [nodeId, param, spec, columns, unit],
  );
  const feed = useMemo<PlotFeed>(
    () => (show) => {
      const request = { nodeId, port: null };
      const tell = (analysed: Analysed | null) => show(plotOf(analysed, symbol, unit));
      analysisBus.want(`curve:${nodeId}`, [request]);
      tell(analysisBus.latest(request));
      const end = analysisBus.subscribe(request, tell);
      return () => {
        end();
        analysisBus.want(`curve:${nodeId}`, []);
      };
    },
    [nodeId, symbol, unit],
  );
  return (
    <div className={cx('curvePlot')}>
      <LinePlot
        label="Wanted curve"
        feed={feed}
        handles={handles}
        empty="The curve appears when an image is connected."
        testId={`curve-${nodeId}.${param}`}
      />
    </div>
  );
}

/** Places in the unit of their column, so that axis and table say the same. */
function plotOf(analysed: Analysed | null, symbol: string, unit: number): PlotData | null {
  const chart = analysed?.charts[0];
  if (chart === undefined) return null;
  return {
    series: chart.lines.map(({ title, x, y }, index) => ({
      title,
      x: x.map((value) => value / unit),
      y,
      tone: index === 0 ? 'main' : 'second',
    })),
    x: { title: `${chart.x.title} (${symbol})`, unit: '', scale: 'linear' },
    y: { title: chart.y.title, unit: '', scale: 'linear' },
  };
}
