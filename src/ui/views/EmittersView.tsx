import { Download, Pause, Play, Square } from 'lucide-react';
import { useCallback, useEffect, useId, useState } from 'react';
import { useStore } from 'zustand';
import { type LocalisedFrame, localisationTable } from '../../graph/localisations.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore } from '../stores/app.ts';
import { emittersIn, localiseStore, startLocalising } from '../stores/localising.ts';
import { currentMovie, pauseTracking, stopTracking, trackStore } from '../stores/tracking.ts';
import { PlotlyChart } from './AnalysisTab.tsx';
import type { ChartColors } from './analysis.ts';
import { emittersChart } from './emittersChart.ts';
import { exportTable } from './exportView.ts';
import { formatValue } from './format.ts';
import { runExport } from './ViewToolbar.tsx';
import styles from './views.module.css';

const cx = moduleClasses(styles);

/** While frames keep coming, chart and table follow at this pace (ms). */
const PACE_MILLISECONDS = 700;
/** Rows that the table on screen has at most; the CSV has all. */
const LONGEST_TABLE = 200;
const NONE: readonly LocalisedFrame[] = [];

/** Frames of the open movie, at a pace that a chart can follow. */
function useFrames(): readonly LocalisedFrame[] {
  const movie = useStore(trackStore, currentMovie);
  const [frames, setFrames] = useState(NONE);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = (): void => {
      timer = undefined;
      const state = localiseStore.getState();
      setFrames(state.movie === movie ? state.frames : NONE);
    };
    take();
    const ends = [localiseStore, trackStore].map((store) =>
      store.subscribe(() => {
        if (trackStore.getState().status === 'idle') take();
        else timer ??= setTimeout(take, PACE_MILLISECONDS);
      }),
    );
    return () => {
      for (const end of ends) end();
      clearTimeout(timer);
    };
  }, [movie]);
  return frames;
}

/** Every emitter of a movie: where, how deep, how sure. */
export function EmittersView() {
  const frames = useFrames();
  const status = useStore(trackStore, (state) => state.status);
  const error = useStore(localiseStore, (state) => state.error);
  const make = useCallback((colors: ChartColors) => emittersChart(frames, colors), [frames]);
  const count = emittersIn(frames);
  return (
    <>
      <div className={cx('toolbar')}>
        {status === 'idle' ? (
          <Button small look="outlined" onClick={() => void startLocalising()} data-testid="localise-start">
            <Play size={14} /> Localise
          </Button>
        ) : (
          <>
            <Button small look="outlined" onClick={pauseTracking}>
              {status === 'paused' ? <Play size={14} /> : <Pause size={14} />}{' '}
              {status === 'paused' ? 'Go on' : 'Pause'}
            </Button>
            <Button small look="outlined" onClick={stopTracking}>
              <Square size={14} /> Stop
            </Button>
          </>
        )}
        <Setting title="Threshold (σ)" name="threshold" factor={1} />
        <Setting title="Depth ± (nm)" name="depth" factor={1e-9} />
        <span
          className={cx('toolbarText', error !== null && 'problem')}
          role="status"
          data-testid="localise-status"
        >
          {error ?? `${count} emitters in ${frames.length} frames`}
        </span>
        <span className={cx('spring')} />
        <Button small disabled={count === 0} onClick={() => saveTable(frames)}>
          <Download size={16} /> CSV
        </Button>
      </div>
      <div className={cx('readingsBody')}>
        <div className={cx('trackCharts')}>
          <PlotlyChart
            make={make}
            empty="Every spot of every frame is fitted with the design’s own image of a point: press Localise."
          />
        </div>
        <EmitterTable frames={frames} />
      </div>
    </>
  );
}

function saveTable(frames: readonly LocalisedFrame[]): void {
  runExport(exportTable(localisationTable(frames), [documentStore.getState().design.title, 'emitters']));
}

function Setting({
  title,
  name,
  factor,
}: {
  readonly title: string;
  readonly name: 'threshold' | 'depth';
  /** Turns what is typed into SI. */
  readonly factor: number;
}) {
  const id = useId();
  const [text, setText] = useState(() =>
    String(Number((localiseStore.getState()[name] / factor).toPrecision(9))),
  );
  return (
    <label className={cx('planes')} htmlFor={id}>
      <span>{title}</span>
      <input
        id={id}
        className={cx('select')}
        inputMode="decimal"
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          const value = Number(event.target.value) * factor;
          if (value > 0 && Number.isFinite(value)) localiseStore.setState({ [name]: value });
        }}
        data-testid={`localise-${name}`}
      />
    </label>
  );
}

function EmitterTable({ frames }: { readonly frames: readonly LocalisedFrame[] }) {
  const columns = localisationTable(frames);
  const rows = Math.min(LONGEST_TABLE, columns[0]?.values.length ?? 0);
  const text = (value: string | number | null): string =>
    typeof value === 'number' ? formatValue(value) : (value ?? '');
  if (rows === 0) return null;
  return (
    <section className={cx('trackTable')} aria-label="Table of the emitters">
      <table className={cx('table')} data-testid="localise-table">
        <thead>
          <tr>
            {columns.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, row) => (
            <tr key={columns[0]?.values[row]}>
              {columns.map(({ name, values }) => (
                <td key={name} className={cx('number')}>
                  {text(values[row] ?? null)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
