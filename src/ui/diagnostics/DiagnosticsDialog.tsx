import { Check, CircleAlert, CircleCheck, Copy, Gauge } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { type DiagnosisRun, runDiagnosis } from '../../workers/diagnosticsClient.ts';
import type { BackendName, Diagnosis } from '../../workers/protocol.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { Modal } from '../parts/Modal.tsx';
import { engineStore } from '../stores/engineStore.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { announce, openDialog, uiStore } from '../stores/uiStore.ts';
import styles from './diagnostics.module.css';
import { browserName, diagnosisJson, pageFacts, rateText, timeText } from './report.ts';

const cx = moduleClasses(styles);

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly next: string; readonly share: number }
  | { readonly kind: 'done'; readonly diagnosis: Diagnosis; readonly date: Date }
  | { readonly kind: 'failed'; readonly message: string };

const NUMBERS: Readonly<Record<BackendName, string>> = {
  webgpu: 'Single precision',
  wasm: 'Single precision',
  f64: 'Double precision',
};
/** How long a button says what it did. */
const ANSWER_MILLISECONDS = 2500;

/** What computes here, and how fast (Settings → Diagnostics). */
export function DiagnosticsDialog() {
  const open = useStore(uiStore, (state) => state.dialog === 'diagnostics');
  return (
    <Modal open={open} title="Diagnostics" onClose={() => openDialog(null)}>
      <Diagnostics />
    </Modal>
  );
}

function Diagnostics() {
  const { state, start, cancel } = useDiagnosis();
  const fitting = useStore(engineStore, ({ fit }) => fit.status === 'running' || fit.status === 'stopping');
  const running = state.kind === 'running';
  return (
    <div className={cx('diagnostics')} data-testid="diagnostics">
      <Facts diagnosis={state.kind === 'done' ? state.diagnosis : null} />
      {state.kind === 'done' && <Timings diagnosis={state.diagnosis} />}
      {state.kind === 'running' && (
        <div className={cx('progress')}>
          <progress max={1} value={state.share} aria-label="Measurement" />
          <span>{state.next}…</span>
        </div>
      )}
      {state.kind === 'failed' && (
        <p className={cx('failure')} role="alert">
          {state.message}
        </p>
      )}
      {state.kind === 'idle' && (
        <p className={cx('note')}>
          {fitting
            ? 'A fit is running: stop it first, or both are slower than they are.'
            : 'Takes some seconds, in an engine of its own. Your design is left alone; nothing is sent anywhere.'}
        </p>
      )}
      <div className={cx('actions')}>
        {state.kind === 'done' && <CopyButton diagnosis={state.diagnosis} date={state.date} />}
        {/* One place, so that the focus stays on it whatever it offers. */}
        {running ? (
          <Button look="outlined" onClick={cancel} data-testid="diagnostics-cancel">
            Cancel
          </Button>
        ) : (
          <Button
            data-first
            look={state.kind === 'done' ? 'outlined' : 'primary'}
            disabled={fitting}
            onClick={start}
            data-testid="diagnostics-start"
          >
            <Gauge size={14} /> {state.kind === 'idle' ? 'Measure' : 'Measure again'}
          </Button>
        )}
      </div>
    </div>
  );
}

/** One measurement at a time; it ends with the dialog. */
function useDiagnosis() {
  const [state, setState] = useState<State>({ kind: 'idle' });
  const run = useRef<DiagnosisRun | null>(null);
  useEffect(() => () => run.current?.cancel(), []);
  const start = (): void => {
    const current = runDiagnosis(settingsStore.getState().backend, (next, share) =>
      setState({ kind: 'running', next, share }),
    );
    run.current = current;
    void current.outcome.then((outcome) => {
      if (run.current !== current) return;
      run.current = null;
      if (outcome.kind === 'done') {
        setState({ kind: 'done', diagnosis: outcome.diagnosis, date: new Date() });
        announce('The measurement is done.');
      } else if (outcome.kind === 'failed') setState(outcome);
      else setState({ kind: 'idle' });
    });
  };
  return { state, start, cancel: () => run.current?.cancel() };
}

function Facts({ diagnosis }: { readonly diagnosis: Diagnosis | null }) {
  const shown = useStore(engineStore);
  const facts = pageFacts();
  const backend = diagnosis?.backend ?? shown.backend;
  const adapter = diagnosis === null ? shown.adapter : diagnosis.adapter;
  const memory = facts.memory === null ? '' : `, ${facts.memory} GB of memory or more`;
  const lines: readonly (readonly [string, string])[] = [
    ['Computes on', diagnosis?.reason ?? (shown.reason || 'The engine is not ready')],
    ...(backend === null ? [] : [['Numbers', NUMBERS[backend]] as const]),
    ['Device', adapter ?? `Processor with ${facts.cores} cores${memory}`],
    ...(diagnosis?.threads == null ? [] : [['Threads', String(diagnosis.threads)] as const]),
    ['Isolated', facts.isolated ? 'Yes: several threads are possible' : 'No: one thread only'],
    ['Browser', browserName(facts.browser)],
    ['Version', facts.version],
  ];
  return (
    <dl className={cx('facts')}>
      {lines.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      {diagnosis !== null && <SelfTest {...diagnosis.selfTest} />}
    </dl>
  );
}

function SelfTest({ ok, detail }: Diagnosis['selfTest']) {
  const Sign = ok ? CircleCheck : CircleAlert;
  return (
    <div>
      <dt>Self-test</dt>
      <dd>
        <span className={cx('verdict', ok ? 'good' : 'bad')}>
          <Sign size={14} aria-hidden="true" /> {ok ? 'Passed.' : 'Failed.'}
        </span>
        <span className={cx('detail')}> {detail}</span>
      </dd>
    </div>
  );
}

function Timings({ diagnosis }: { readonly diagnosis: Diagnosis }) {
  return (
    <table className={cx('timings')} data-testid="diagnostics-timings">
      <thead>
        <tr>
          <th scope="col">Measured</th>
          <th scope="col">Time</th>
          <th scope="col">Per second</th>
        </tr>
      </thead>
      <tbody>
        {diagnosis.rows.map(({ id, title, milliseconds }) => (
          <tr key={id}>
            <th scope="row">{title}</th>
            <td>{timeText(milliseconds)}</td>
            <td>{rateText(milliseconds)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Says itself whether it worked: messages of the page lie behind the dialog. */
function CopyButton({ diagnosis, date }: { readonly diagnosis: Diagnosis; readonly date: Date }) {
  const [answer, setAnswer] = useState<'copied' | 'refused' | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const say = (next: 'copied' | 'refused'): void => {
    setAnswer(next);
    announce(next === 'copied' ? 'The measurement is on the clipboard.' : 'The browser refuses to copy.');
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setAnswer(null), ANSWER_MILLISECONDS);
  };
  const copy = (): void => {
    navigator.clipboard.writeText(diagnosisJson(pageFacts(), diagnosis, date)).then(
      () => say('copied'),
      () => say('refused'),
    );
  };
  return (
    <Button look="primary" onClick={copy} data-testid="diagnostics-copy">
      {answer === 'copied' ? <Check size={14} /> : <Copy size={14} />}
      {answer === null ? 'Copy as JSON' : answer === 'copied' ? 'Copied' : 'The browser refuses to copy'}
    </Button>
  );
}
