import { Download, Pause, Play, Square } from 'lucide-react';
import { useCallback, useEffect, useId, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { localisationTable } from '../../graph/localisations.ts';
import { framesOf, type LocalisedFrames, NO_FRAMES } from '../../graph/localisedFrames.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore } from '../stores/app.ts';
import { localiseStore, setLocalising, startLocalising } from '../stores/localising.ts';
import { currentMovie, pauseTracking, stopTracking, trackStore } from '../stores/tracking.ts';
import { PlotlyChart } from './AnalysisTab.tsx';
import type { ChartColors } from './analysis.ts';
import { ColumnsTable } from './ColumnsTable.tsx';
import { emittersChart } from './emittersChart.ts';
import { exportTable, runExport } from './exportView.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);

/** While frames keep coming, chart and table follow at this pace (ms). */
const PACE_MILLISECONDS = 700;
/** Rows that the table on screen has at most; the CSV has all. */
const LONGEST_TABLE = 200;

/** Frames of the open movie, at a pace that a chart can follow. */
function useFrames(): LocalisedFrames {
  const movie = useStore(trackStore, currentMovie);
  const [frames, setFrames] = useState(NO_FRAMES);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = (): void => {
      timer = undefined;
      const state = localiseStore.getState();
      setFrames(state.movie === movie ? state.found : NO_FRAMES);
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

const NO_NOTES: readonly string[] = [];

/** Every emitter of a movie: where, how deep, how sure. */
export function EmittersView() {
  const frames = useFrames();
  const status = useStore(trackStore, (state) => state.status);
  const error = useStore(localiseStore, (state) => state.error);
  const make = useCallback((colors: ChartColors) => emittersChart(frames, colors), [frames]);
  const movie = useStore(trackStore, currentMovie);
  // Of the run that is on screen.
  const notes = useStore(localiseStore, (state) => (state.movie === movie ? state.notes : NO_NOTES));
  const [wrong, setWrong] = useState<Readonly<Record<string, string | null>>>({});
  const told = [...Object.values(wrong).flatMap((each) => each ?? []), ...notes];
  const note = (name: string, sentence: string | null) =>
    setWrong((before) => ({ ...before, [name]: sentence }));
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
        <Setting title="Threshold (σ)" name="threshold" factor={1} onWrong={note} />
        <Setting title="Depth ± (nm)" name="depth" factor={1e-9} onWrong={note} />
        <span
          className={cx('toolbarText', error !== null && 'problem')}
          role="status"
          data-testid="localise-status"
        >
          {error ?? `${frames.emitters} emitters in ${frames.frames} frames`}
        </span>
        <span className={cx('spring')} />
        <Button small disabled={frames.emitters === 0} onClick={() => saveTable(frames)}>
          <Download size={16} /> CSV
        </Button>
      </div>
      {told.length > 0 && (
        <p className={cx('toolbarText', 'problem')} role="status" data-testid="localise-notes">
          {told.join(' ')}
        </p>
      )}
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

function saveTable(frames: LocalisedFrames): void {
  runExport(
    exportTable(localisationTable(framesOf(frames)), [documentStore.getState().design.title, 'emitters']),
  );
}

function Setting({
  title,
  name,
  factor,
  onWrong,
}: {
  readonly title: string;
  readonly name: 'threshold' | 'depth';
  /** Turns what is typed into SI. */
  readonly factor: number;
  readonly onWrong: (name: string, sentence: string | null) => void;
}) {
  const id = useId();
  const [isWrong, setIsWrong] = useState(false);
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
          const sentence = setLocalising(name, event.target.value, factor);
          setIsWrong(sentence !== null);
          onWrong(name, sentence);
        }}
        aria-invalid={isWrong}
        data-testid={`localise-${name}`}
      />
    </label>
  );
}

function EmitterTable({ frames }: { readonly frames: LocalisedFrames }) {
  const columns = useMemo(() => localisationTable(framesOf(frames), LONGEST_TABLE), [frames]);
  return (
    <ColumnsTable
      label="Table of the emitters"
      testId="localise-table"
      columns={columns}
      longest={LONGEST_TABLE}
    />
  );
}
