import { Download } from 'lucide-react';
import { useCallback } from 'react';
import { useStore } from 'zustand';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore } from '../stores/app.ts';
import type { FitState, LossSample } from '../stores/engineStore.ts';
import { engineStore } from '../stores/engineStore.ts';
import { exportTable, runExport } from './exportView.ts';
import { formatValue } from './format.ts';
import type { PlotFeed } from './LinePlot.tsx';
import { LinePlot } from './LinePlot.tsx';
import type { PlotData, PlotSeries } from './linePlotDraw.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);

function seriesOf(history: readonly LossSample[], title: string, tone: PlotSeries['tone']): PlotSeries {
  return { title, tone, x: history.map(({ iteration }) => iteration), y: history.map(({ loss }) => loss) };
}

/** One line; of several starts one each, the best in front of the others, all from their own first step. */
function fitLines(fit: readonly LossSample[]): PlotSeries[] {
  const starts = [...new Set(fit.map(({ start }) => start ?? 0))];
  if (starts.length < 2) return fit.length === 0 ? [] : [seriesOf(fit, 'Fit', 'main')];
  const lines = starts.map((start) => {
    const own = fit.filter((sample) => (sample.start ?? 0) === start);
    const first = own[0]?.iteration ?? 0;
    const least = own.reduce((lowest, { loss }) => Math.min(lowest, loss), Number.POSITIVE_INFINITY);
    const moved = own.map((sample) => ({ ...sample, iteration: sample.iteration - first }));
    return { start, least, moved };
  });
  const best = lines.reduce((one, other) => (other.least < one.least ? other : one));
  return lines
    .toSorted((a, b) => Number(a === best) - Number(b === best))
    .map(({ start, moved }) => {
      const isBest = start === best.start;
      return seriesOf(
        moved,
        isBest ? `Start ${start + 1}, the best` : `Start ${start + 1}`,
        isBest ? 'main' : 'soft',
      );
    });
}

/** Loss against iteration; the coarse search, if there was one, as a line of its own. Null without samples. */
export function lossPlot(history: readonly LossSample[]): PlotData | null {
  if (history.length === 0) return null;
  const search = history.filter(({ phase }) => phase === 'search');
  const fit = history.filter(({ phase }) => phase !== 'search');
  const series: PlotSeries[] = [];
  series.push(...fitLines(fit));
  if (search.length > 0) series.push(seriesOf(search, 'Coarse search', 'second'));
  const positive = history.some(({ loss }) => loss > 0);
  return {
    series,
    x: { title: 'Iteration', unit: '', scale: 'linear', whole: true },
    y: { title: 'Loss', unit: '', scale: positive ? 'log' : 'linear' },
  };
}

/** What the fit is doing, in a few words. */
export function describeFit(fit: FitState): string {
  const { status, phase, searched, history, error } = fit;
  if (error !== null) return error;
  const last = history.at(-1);
  const numbers = last === undefined ? '' : ` · iteration ${last.iteration} · loss ${formatValue(last.loss)}`;
  if (status === 'paused') return `Paused${numbers}`;
  if (status === 'stopping') return `Stopping${numbers}`;
  if (status === 'running') {
    if (phase === 'errors')
      return searched === null
        ? `Trials at the end${numbers}`
        : `Standard errors of the map · ${Math.round(100 * searched)} %${numbers}`;
    const share = searched === null ? '' : ` · ${Math.round(100 * searched)} % of the places tried`;
    return phase === 'search' ? `Searching for a start${share}${numbers}` : `Fitting${numbers}`;
  }
  return last === undefined ? '' : `Last fit${numbers}`;
}

export function LossTab() {
  const text = useStore(engineStore, (state) => describeFit(state.fit));
  const hasHistory = useStore(engineStore, (state) => state.fit.history.length > 0);
  const running = useStore(engineStore, (state) => state.fit.status !== 'idle');
  const failed = useStore(engineStore, (state) => state.fit.error !== null);
  const feed = useCallback<PlotFeed>((show) => {
    let shown: readonly LossSample[] | null = null;
    const draw = (): void => {
      const { history } = engineStore.getState().fit;
      if (history === shown) return;
      shown = history;
      show(lossPlot(history));
    };
    draw();
    return engineStore.subscribe(draw);
  }, []);
  const save = (): void => {
    const { history } = engineStore.getState().fit;
    const columns = [
      { name: 'iteration', values: history.map(({ iteration }) => iteration) },
      { name: 'phase', values: history.map(({ phase }) => phase) },
      { name: 'loss', values: history.map(({ loss }) => loss) },
      ...(history.some(({ start }) => start !== undefined)
        ? [{ name: 'start', values: history.map(({ start }) => (start ?? 0) + 1) }]
        : []),
    ];
    runExport(exportTable(columns, [documentStore.getState().design.title, 'loss']));
  };
  return (
    <div className={cx('tab')}>
      <div className={cx('toolbar')}>
        <span className={cx('toolbarText', failed && 'problem')} role="status">
          {text}
        </span>
        <span className={cx('spring')} />
        <Button small disabled={!hasHistory} onClick={save}>
          <Download size={16} /> CSV
        </Button>
      </div>
      <LinePlot
        label="Loss during the fit"
        feed={feed}
        empty={
          running
            ? 'The fit runs. Its loss is drawn here from the first iteration on.'
            : 'No fit has run yet. Mark parameters as learnable with ◇ and press Run: the loss is drawn here as it falls.'
        }
        testId="dock-loss"
      />
    </div>
  );
}
