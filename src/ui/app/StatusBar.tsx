import { CircleAlert, CircleCheck, Cpu, Info, TriangleAlert } from 'lucide-react';
import { useCallback, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { formatBytes, formatQuantity } from '../../graph/format.ts';
import { isExplanation } from '../inspector/issues.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { Hint } from '../parts/Hint.tsx';
import { analysisBus } from '../stores/analysisBus.ts';
import { documentStore } from '../stores/app.ts';
import { doubtfulWires, watchDoubtful } from '../stores/doubtfulWires.ts';
import { type EngineState, engineStore } from '../stores/engineStore.ts';
import { selectionStore } from '../stores/selectionStore.ts';
import { uiStore } from '../stores/uiStore.ts';
import styles from './app.module.css';
import { foldPanel } from './panels.ts';

const cx = moduleClasses(styles);

const BACKEND_NAMES = { webgpu: 'WebGPU', wasm: 'WebAssembly', f64: 'Reference (float64)' } as const;

function engineText({ connection, backend, isSlow }: EngineState): string {
  if (connection === 'starting') return 'Engine starts…';
  if (connection === 'restarting') return 'Engine restarts…';
  if (connection === 'stopped') return 'Engine stopped';
  return backend === null ? 'Engine' : `${BACKEND_NAMES[backend]}${isSlow ? ' · computing' : ''}`;
}

function BackendChip() {
  const text = useStore(engineStore, engineText);
  const connection = useStore(engineStore, (state) => state.connection);
  const reason = useStore(engineStore, (state) =>
    [state.connectionMessage ?? state.reason, state.adapter]
      .filter((part) => part !== null && part !== '')
      .join(' '),
  );
  return (
    <Hint text={reason} side="top">
      <button type="button" className={cx('chip', connection)} data-testid="status-backend">
        <Cpu size={13} aria-hidden="true" />
        {text}
      </button>
    </Hint>
  );
}

/** Whether the lamps of the wires agree that all is well. */
function useDoubtfulWires(): readonly string[] {
  const edges = useStore(documentStore, ({ design }) => design.edges);
  const subscribe = useCallback(
    (listener: () => void) => watchDoubtful(edges, analysisBus, listener),
    [edges],
  );
  // One text, because a snapshot must be the same while nothing changes.
  const ids = useSyncExternalStore(subscribe, () => doubtfulWires(edges, analysisBus).join('\n'));
  return ids === '' ? [] : ids.split('\n');
}

function Problems() {
  const doubtful = useDoubtfulWires();
  const errors = useStore(
    engineStore,
    ({ issues }) => issues.filter(({ severity }) => severity === 'error').length,
  );
  const warnings = useStore(
    engineStore,
    ({ issues }) => issues.filter(({ severity }) => severity === 'warning').length,
  );
  const notes = useStore(
    engineStore,
    ({ issues }) => issues.filter((issue) => issue.severity === 'info' && !isExplanation(issue)).length,
  );
  const count = errors + warnings;
  const isAmber = warnings > 0 || doubtful.length > 0;
  const quiet = notes > 0 ? Info : CircleCheck;
  const Sign = errors > 0 ? CircleAlert : isAmber ? TriangleAlert : quiet;
  const show = (): void => {
    if (uiStore.getState().folded.inspector) foldPanel('inspector');
    const [wire] = doubtful;
    if (count + notes === 0 && wire !== undefined) {
      // The panel of the wire says what is doubtful.
      selectionStore.getState().select([], [wire]);
      return;
    }
    selectionStore.getState().clear();
    // The list shows all problems after the next render.
    setTimeout(() => document.getElementById('problems')?.scrollIntoView({ block: 'nearest' }), 50);
  };
  return (
    <button
      type="button"
      className={cx(
        'chip',
        errors > 0 ? 'stopped' : isAmber ? 'restarting' : notes > 0 ? 'starting' : 'ready',
      )}
      data-testid="problems-button"
      onClick={show}
    >
      <Sign size={13} aria-hidden="true" />
      {problemText(count, notes, doubtful.length)}
    </button>
  );
}

/** Notes and doubtful wires are named where there is nothing worse. */
function problemText(problems: number, notes: number, doubtful: number): string {
  const many = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
  if (problems > 0) return many(problems, 'problem');
  const told = [
    ...(notes > 0 ? [many(notes, 'note')] : []),
    ...(doubtful > 0 ? [many(doubtful, 'doubtful wire')] : []),
  ];
  return told.length === 0 ? 'No problems' : told.join(' · ');
}

const SAVED_TEXT = {
  saved: 'All changes kept in this browser',
  pending: 'Keeping changes…',
  saving: 'Keeping changes…',
  failed: 'Changes are not kept: save a file',
} as const;

/** "3.2 steps/s". */
function describePace(stepsPerSecond: number): string {
  return `${stepsPerSecond < 10 ? stepsPerSecond.toFixed(1) : Math.round(stepsPerSecond)} steps/s`;
}

function frameText({ milliseconds }: EngineState): string | null {
  if (milliseconds === null) return null;
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms per frame`;
}

export function StatusBar() {
  const grid = useStore(documentStore, ({ design }) => design.grid);
  const saved = useStore(documentStore, (state) => state.saved);
  const pace = useStore(engineStore, frameText);
  const bytes = useStore(engineStore, (state) => state.bytes);
  const fit = useStore(engineStore, (state) => state.fit);
  const following = useStore(engineStore, (state) => state.following);
  return (
    <footer className={cx('statusBar')}>
      <BackendChip />
      <Problems />
      <Hint text="Samples of the grid and the distance between them" side="top">
        <span className={cx('fact')} data-testid="status-grid">
          {grid.samples}² · dx {formatQuantity(grid.pitch, 'length', undefined, {}, 4)}
        </span>
      </Hint>
      {pace !== null && <span className={cx('fact')}>{pace}</span>}
      {bytes !== null && bytes > 0 && <span className={cx('fact')}>{formatBytes(bytes)}</span>}
      {fit.status !== 'idle' && (
        <span className={cx('fact', 'fitFact')} data-testid="status-fit">
          Fit {fit.status}:{' '}
          {fit.phase === 'search'
            ? 'coarse search, '
            : fit.phase === 'errors' && fit.searched !== null
              ? 'standard errors, '
              : ''}
          {fit.searched === null
            ? `iteration ${fit.iteration}`
            : `${Math.round(100 * fit.searched)} % of the places tried`}
          {fit.stepsPerSecond !== null && fit.status === 'running' && (
            <span data-testid="status-pace"> · {describePace(fit.stepsPerSecond)}</span>
          )}
        </span>
      )}
      {following !== null && (
        <span className={cx('fact', 'fitFact')} data-testid="status-following">
          Following
          {following.stepsPerSecond !== null && (
            <span data-testid="status-following-pace"> · {describePace(following.stepsPerSecond)}</span>
          )}
          {following.isDraft && (
            <Hint
              text="The light of half the grid’s samples, which is quick enough for a hand. The whole grid is used when you let go."
              side="top"
            >
              <span data-testid="status-following-draft"> · draft</span>
            </Hint>
          )}
        </span>
      )}
      <span
        className={cx('fact', 'savedFact', saved === 'failed' && 'savedFailed')}
        data-testid="status-saved"
      >
        {SAVED_TEXT[saved]}
      </span>
    </footer>
  );
}
