import { Download, Pause, Play, Square, StepForward } from 'lucide-react';
import { useCallback, useEffect, useId, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { targetOf } from '../../graph/guided/kinds.ts';
import { type FrameFit, hasValues, trajectoryTable } from '../../graph/trajectories.ts';
import type { Chart as OpticsChart } from '../../optics/element.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore } from '../stores/app.ts';
import { chooseFiles, followMovie } from '../stores/files.ts';
import { describeImport, movieOf } from '../stores/targetImports.ts';
import {
  currentMovie,
  pauseTracking,
  showFrame,
  startTracking,
  stopTracking,
  type TrackState,
  trackStore,
} from '../stores/tracking.ts';
import { PlotlyChart } from './AnalysisTab.tsx';
import { type ChartColors, readingsChart } from './analysis.ts';
import { ColumnsTable } from './ColumnsTable.tsx';
import type { DockContents } from './dockNodes.ts';
import { EmittersView } from './EmittersView.tsx';
import { exportTable, runExport } from './exportView.ts';
import { formatValue } from './format.ts';
import { ResidualTab } from './ResidualTab.tsx';
import { readoutText } from './readouts.ts';
import { displacementChart, motionReadouts, pathChart, type TrackSeen, timeCharts } from './trackCharts.ts';
import { MOVIE_VIEWS, type MovieView, viewStore } from './viewStore.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);

const VIEW_TITLES: Readonly<Record<MovieView, string>> = {
  frames: 'Frames',
  path: 'Path',
  time: 'Over time',
  displacement: 'Diffusion',
  table: 'Table',
  emitters: 'Emitters',
};
/** While frames keep coming, charts and pictures follow at this pace (ms). */
const PACE_MILLISECONDS = 700;

/** The store at a pace that charts can follow; at once when nothing runs. */
function usePacedFrames(): readonly FrameFit[] {
  const [frames, setFrames] = useState(() => trackStore.getState().frames);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = (): void => {
      timer = undefined;
      setFrames(trackStore.getState().frames);
    };
    take();
    const end = trackStore.subscribe((state, before) => {
      if (state.frames === before.frames && state.status === before.status) return;
      if (state.status === 'idle') take();
      else timer ??= setTimeout(take, PACE_MILLISECONDS);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, []);
  return frames;
}

/** A movie, followed: its frames with what was found in them, where the particles went, and how they diffuse. */
export function TrackTab({ contents }: { readonly contents: DockContents }) {
  useStore(documentStore, ({ epoch }) => epoch);
  const movie = useStore(trackStore, currentMovie);
  const kind = useStore(viewStore, ({ movieView }) => movieView);
  const frames = usePacedFrames();
  const things = useStore(trackStore, (state) => state.things);
  const interval = useStore(trackStore, (state) => state.interval);
  const seen = useMemo<TrackSeen>(() => ({ frames, things, interval }), [frames, things, interval]);
  // The document's own picture comes back when the view is left.
  useEffect(() => () => void showFrame(null), []);
  if (movie === null) {
    return <NoMovie />;
  }
  return (
    <div className={cx('tab')}>
      <div className={cx('toolbar')}>
        {kind !== 'emitters' && <RunButtons count={movie.count} />}
        <div className={cx('segments')}>
          {MOVIE_VIEWS.map((each) => (
            <Button
              key={each}
              small
              pressed={each === kind}
              onClick={() => viewStore.setState({ movieView: each })}
              data-testid={`track-${each}`}
            >
              {VIEW_TITLES[each]}
            </Button>
          ))}
        </div>
        <span className={cx('spring')} />
        {kind !== 'emitters' && (
          <Button small disabled={frames.length === 0} onClick={saveTable}>
            <Download size={16} /> CSV
          </Button>
        )}
      </div>
      {kind === 'frames' && <Frames contents={contents} count={movie.count} />}
      {kind === 'path' && <Charts charts={pathChart} seen={seen} />}
      {kind === 'time' && <Charts charts={timeCharts} seen={seen} />}
      {kind === 'displacement' && <Diffusion seen={seen} />}
      {kind === 'table' && <Table seen={seen} />}
      {kind === 'emitters' && <EmittersView />}
    </div>
  );
}

/** The way to a movie: the stack that the target has already, or files. */
function NoMovie() {
  const stack = useStore(documentStore, ({ design }) => {
    const id = targetOf(design)?.params['image'];
    const image = typeof id === 'string' ? design.images[id] : undefined;
    return image?.kind === 'measured' && describeImport(image).planes > 1 ? image : null;
  });
  return (
    <div className={cx('message')}>
      <p>
        No movie is open. Drop a TIFF or NPY file with many pages, or several image files at once, on the
        page: what is marked with ◇ is then followed from frame to frame, or every emitter localised.
      </p>
      <div className={cx('buttons')}>
        <Button small look="primary" data-testid="track-open" onClick={chooseFiles}>
          Open a movie …
        </Button>
        {stack !== null && (
          <Button
            small
            look="outlined"
            data-testid="track-use"
            onClick={() => void followMovie(movieOf(stack), null)}
          >
            Use “{stack.name}” as a movie
          </Button>
        )}
      </div>
    </div>
  );
}

function saveTable(): void {
  const { frames, things, interval } = trackStore.getState();
  const columns = trajectoryTable(frames, things, interval);
  runExport(exportTable(columns, [documentStore.getState().design.title, 'tracks']));
}

function RunButtons({ count }: { readonly count: number }) {
  const status = useStore(trackStore, (state) => state.status);
  const done = useStore(trackStore, (state) => state.frames.length);
  const good = useStore(trackStore, (state) => state.frames.filter(hasValues).length);
  const error = useStore(trackStore, (state) => state.error);
  const next = useStore(trackStore, (state) => (state.frames.at(-1)?.frame ?? -1) + 1);
  const words = done === 0 ? `${count} frames` : `${good} of ${done} frames followed, ${count} in all`;
  return (
    <>
      {status === 'idle' ? (
        <>
          <Button
            small
            look="outlined"
            data-testid="track-start"
            onClick={() => void startTracking('beginning')}
          >
            <Play size={14} /> Track
          </Button>
          {done > 0 && next < count && (
            <Button small look="outlined" onClick={() => void startTracking('last')}>
              <StepForward size={14} /> Go on from {next}
            </Button>
          )}
        </>
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
      <span
        className={cx('toolbarText', error !== null && 'problem')}
        role="status"
        data-testid="track-status"
      >
        {error ?? words}
      </span>
    </>
  );
}

/** Data, model and residual of one frame; while the run goes on, of the newest. */
function Frames({ contents, count }: { readonly contents: DockContents; readonly count: number }) {
  const shown = useStore(trackStore, (state) => state.shown);
  const running = useStore(trackStore, (state) => state.status !== 'idle');
  const background = useStore(trackStore, (state) => state.background);
  const newest = usePacedFrames().at(-1)?.frame ?? 0;
  const fit = useStore(trackStore, (state) => state.frames.find(({ frame }) => frame === state.shown));
  useEffect(() => {
    if (running) void showFrame(newest);
  }, [running, newest]);
  const { pair } = contents;
  return (
    <>
      <div className={cx('toolbar')}>
        <label className={cx('planes')}>
          <span>Frame</span>
          <input
            type="range"
            min={0}
            max={count - 1}
            step={1}
            value={shown ?? 0}
            aria-valuetext={`frame ${shown ?? 0} of ${count}`}
            onChange={(event) => void showFrame(event.target.valueAsNumber)}
            data-testid="track-frame"
          />
          <output className={cx('planeCount')}>{shown ?? 0}</output>
        </label>
        <label className={cx('planes')}>
          <span>Background</span>
          <select
            className={cx('select')}
            value={background}
            disabled={running}
            onChange={(event) =>
              trackStore.setState({ background: event.target.value === 'median' ? 'median' : 'none' })
            }
          >
            <option value="none">As the target</option>
            <option value="median">Median of the movie</option>
          </select>
        </label>
        <span className={cx('toolbarText')}>{describeFrame(fit)}</span>
      </div>
      {pair === null ? (
        <p className={cx('message')}>Add a compare node to see data, model and residual of each frame.</p>
      ) : (
        <ResidualTab pair={pair} model={contents.nodes.find(({ id }) => id === pair.modelId) ?? null} />
      )}
    </>
  );
}

function describeFrame(fit: FrameFit | undefined): string {
  if (fit === undefined) return 'Not followed yet.';
  if (fit.reason !== null) return fit.reason;
  return fit.chiSquare === null
    ? 'Followed.'
    : `Followed, χ² ${formatValue(fit.chiSquare)} per degree of freedom.`;
}

function Charts({
  charts,
  seen,
}: {
  readonly charts: (seen: TrackSeen) => OpticsChart | readonly OpticsChart[];
  readonly seen: TrackSeen;
}) {
  const make = useCallback(
    (colors: ChartColors) => {
      const made = [charts(seen)].flat();
      return made.every(({ lines }) => lines.length === 0) ? null : readingsChart(made, colors);
    },
    [charts, seen],
  );
  return (
    <div className={cx('trackCharts')}>
      <PlotlyChart make={make} empty="Nothing has been followed yet: press Track." />
    </div>
  );
}

/** A positive number that may be left out. */
function NumberInput({
  title,
  unit,
  factor,
  name,
}: {
  readonly title: string;
  readonly unit: string;
  /** Turns what is typed into SI. */
  readonly factor: number;
  readonly name: 'interval' | 'temperature' | 'viscosity';
}) {
  const id = useId();
  const value = useStore(trackStore, (state) => state[name]);
  const [text, setText] = useState(value === null ? '' : String(Number((value / factor).toPrecision(9))));
  const take = (typed: string): void => {
    setText(typed);
    const number = Number(typed) * factor;
    const taken: Partial<TrackState> = { [name]: number > 0 && Number.isFinite(number) ? number : null };
    trackStore.setState(taken);
  };
  return (
    <label className={cx('planes')} htmlFor={id}>
      <span>
        {title} ({unit})
      </span>
      <input
        id={id}
        className={cx('select')}
        inputMode="decimal"
        autoComplete="off"
        value={text}
        onChange={(event) => take(event.target.value)}
        data-testid={`track-${name}`}
      />
    </label>
  );
}

function Diffusion({ seen }: { readonly seen: TrackSeen }) {
  const temperature = useStore(trackStore, (state) => state.temperature);
  const viscosity = useStore(trackStore, (state) => state.viscosity);
  const readouts = useMemo(
    () => motionReadouts(seen, temperature, viscosity),
    [seen, temperature, viscosity],
  );
  return (
    <>
      <div className={cx('toolbar')}>
        <NumberInput title="Frame interval" unit="ms" factor={1e-3} name="interval" />
        <NumberInput title="Temperature" unit="K" factor={1} name="temperature" />
        <NumberInput title="Viscosity" unit="mPa s" factor={1e-3} name="viscosity" />
      </div>
      <div className={cx('readingsBody')}>
        <Charts charts={displacementChart} seen={seen} />
        <div className={cx('readings')}>
          <table className={cx('table')} data-testid="track-motion">
            <caption className={cx('srOnly')}>How the particles move</caption>
            <tbody>
              {readouts.map((readout) => (
                <tr key={readout.title}>
                  <th scope="row" className={cx('rowTitle')}>
                    {readout.title}
                  </th>
                  <td className={cx('number', 'strong')}>{readoutText(readout)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </>
  );
}

/** Rows that a table on screen has at most; the CSV has all. */
const LONGEST_TABLE = 500;

function Table({ seen }: { readonly seen: TrackSeen }) {
  const columns = trajectoryTable(seen.frames, seen.things, seen.interval);
  return (
    <ColumnsTable
      label="Table of the frames"
      testId="track-table"
      columns={columns}
      longest={LONGEST_TABLE}
    />
  );
}
