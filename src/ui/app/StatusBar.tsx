import { CircleAlert, CircleCheck, Cpu, TriangleAlert } from 'lucide-react';
import { useStore } from 'zustand';
import { formatBytes, formatQuantity } from '../../graph/format.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { Hint } from '../parts/Hint.tsx';
import { documentStore } from '../stores/app.ts';
import { type EngineState, engineStore } from '../stores/engineStore.ts';
import { selectionStore } from '../stores/selectionStore.ts';
import styles from './app.module.css';

const cx = moduleClasses(styles);

const BACKEND_NAMES = { webgpu: 'WebGPU', wasm: 'WebAssembly', f64: 'Reference (float64)' } as const;

function engineText({ connection, backend, busy }: EngineState): string {
  if (connection === 'starting') return 'Engine starts…';
  if (connection === 'restarting') return 'Engine restarts…';
  if (connection === 'stopped') return 'Engine stopped';
  return backend === null ? 'Engine' : `${BACKEND_NAMES[backend]}${busy ? ' · computing' : ''}`;
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

function Problems() {
  const errors = useStore(
    engineStore,
    ({ issues }) => issues.filter(({ severity }) => severity === 'error').length,
  );
  const warnings = useStore(
    engineStore,
    ({ issues }) => issues.filter(({ severity }) => severity === 'warning').length,
  );
  const count = errors + warnings;
  const Sign = errors > 0 ? CircleAlert : warnings > 0 ? TriangleAlert : CircleCheck;
  const show = (): void => {
    selectionStore.getState().clear();
    // The list shows all problems after the next render.
    setTimeout(() => document.getElementById('problems')?.scrollIntoView({ block: 'start' }), 50);
  };
  return (
    <button
      type="button"
      className={cx('chip', errors > 0 ? 'stopped' : warnings > 0 ? 'restarting' : 'ready')}
      data-testid="problems-button"
      onClick={show}
    >
      <Sign size={13} aria-hidden="true" />
      {count === 0 ? 'No problems' : `${count} problem${count === 1 ? '' : 's'}`}
    </button>
  );
}

const SAVED_TEXT = {
  saved: 'All changes kept in this browser',
  pending: 'Keeping changes…',
  saving: 'Keeping changes…',
  failed: 'Changes are not kept: save a file',
} as const;

export function StatusBar() {
  const grid = useStore(documentStore, ({ design }) => design.grid);
  const saved = useStore(documentStore, (state) => state.saved);
  const milliseconds = useStore(engineStore, (state) => state.milliseconds);
  const bytes = useStore(engineStore, (state) => state.bytes);
  const fit = useStore(engineStore, (state) => state.fit);
  return (
    <footer className={cx('statusBar')}>
      <BackendChip />
      <Problems />
      <Hint text="Samples of the grid and the distance between them" side="top">
        <span className={cx('fact')} data-testid="status-grid">
          {grid.samples}² · dx {formatQuantity(grid.pitch, 'length', undefined, {}, 4)}
        </span>
      </Hint>
      {milliseconds !== null && (
        <span className={cx('fact')}>
          {milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms per frame
        </span>
      )}
      {bytes !== null && bytes > 0 && <span className={cx('fact')}>{formatBytes(bytes)}</span>}
      {fit.status !== 'idle' && (
        <span className={cx('fact', 'fitFact')} data-testid="status-fit">
          Fit {fit.status}: {fit.phase === 'search' ? 'coarse search, ' : ''}
          {fit.searched === null
            ? `iteration ${fit.iteration}`
            : `${Math.round(100 * fit.searched)} % of the places tried`}
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
