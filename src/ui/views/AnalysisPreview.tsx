/** What the card of an analysis node shows: a small plot of its first chart and its first numbers. */
import { useCallback, useEffect, useState } from 'react';
import type { Chart, Readout } from '../../optics/element.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { drawSmallPlot } from './linePlotDraw.ts';
import { NodePreview } from './NodePreview.tsx';
import { readPalette } from './palette.ts';
import { plotData, readoutText } from './readouts.ts';
import { useAnalysis } from './useAnalysis.ts';
import { viewStore } from './viewStore.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);
const MOST_READOUTS = 4;

export function AnalysisPreview({ nodeId }: { readonly nodeId: string }) {
  const analysed = useAnalysis(nodeId);
  const chart = analysed?.charts[0];
  const open = (): void => viewStore.getState().openAnalysis(nodeId);
  return (
    <>
      <div className={cx('analysisPreview')}>
        {chart === undefined ? <NodePreview nodeId={nodeId} /> : <SmallPlot chart={chart} onOpen={open} />}
      </div>
      <ReadoutList nodeId={nodeId} readouts={analysed?.readouts ?? []} />
    </>
  );
}

/** What the card of a goal shows: its numbers. */
export function GoalReadouts({ nodeId }: { readonly nodeId: string }) {
  return <ReadoutList nodeId={nodeId} readouts={useAnalysis(nodeId)?.readouts ?? []} />;
}

function ReadoutList({
  nodeId,
  readouts,
}: {
  readonly nodeId: string;
  readonly readouts: readonly Readout[];
}) {
  if (readouts.length === 0) return null;
  return (
    <dl className={cx('cardReadouts')} data-testid={`readouts-${nodeId}`}>
      {readouts.slice(0, MOST_READOUTS).map((readout) => (
        <div key={readout.title}>
          <dt>{readout.title}</dt>
          <dd>{readoutText(readout)}</dd>
        </div>
      ))}
    </dl>
  );
}

function SmallPlot({ chart, onOpen }: { readonly chart: Chart; readonly onOpen: () => void }) {
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null);
  const [theme, setTheme] = useState(0);
  const attach = useCallback((element: HTMLCanvasElement) => {
    setCanvas(element);
    const observer = new MutationObserver(() => setTheme((count) => count + 1));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const context = canvas?.getContext('2d');
    if (canvas === null || context === null || context === undefined || theme < 0) return;
    const ratio = devicePixelRatio;
    const { clientWidth: width, clientHeight: height } = canvas;
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawSmallPlot(context, plotData(chart), { width, height }, readPalette(canvas));
  }, [canvas, chart, theme]);
  return (
    <button
      type="button"
      className={`${cx('smallPlot')} nopan`}
      aria-label={`${chart.title}. Open all charts and numbers with a double click or Enter.`}
      // Keys send clicks without a place; a click of the mouse goes on to the card and selects it.
      onClick={(event) => {
        if (event.detail === 0) onOpen();
      }}
      onDoubleClick={(event) => {
        event.stopPropagation();
        onOpen();
      }}
      data-testid="analysis-plot"
    >
      <canvas ref={attach} />
      <span className={cx('previewMode')}>{chart.title}</span>
    </button>
  );
}
