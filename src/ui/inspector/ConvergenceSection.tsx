import { useState } from 'react';
import { useStore } from 'zustand';
import type { ConvergenceReport } from '../../workers/protocol.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore, session } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { announce } from '../stores/uiStore.ts';
import { readoutText } from '../views/readouts.ts';
import styles from './inspector.module.css';

const cx = moduleClasses(styles);

interface Checked {
  /** The design that was asked about. */
  readonly of: object;
  readonly report: ConvergenceReport | null;
  /** A sentence where there is no report. */
  readonly problem: string;
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))}\u202f%`;

/** Asks whether the result depends on the grid, and says what changed. */
export function ConvergenceSection({ nodeId }: { readonly nodeId: string }) {
  const [checked, setChecked] = useState<Checked | null>(null);
  const [busy, setBusy] = useState(false);
  const design = useStore(documentStore, (state) => state.design);
  const isFitting = useStore(engineStore, (state) => state.fit.status !== 'idle');
  const check = async (): Promise<void> => {
    const of = documentStore.getState().design;
    setBusy(true);
    const outcome = await session.converge(nodeId);
    setBusy(false);
    const isDone = outcome.kind === 'done';
    setChecked({ of, report: isDone ? outcome.report : null, problem: isDone ? '' : outcome.message });
    announce(isDone ? outcome.report.verdict : outcome.message);
  };
  return (
    <section className={cx('section')} aria-label="Convergence" data-testid="convergence">
      <Button
        small
        look="outlined"
        className={cx('check')}
        disabled={busy || isFitting}
        title="Computes this at half the pitch and in twice the window; the picture stays."
        data-testid="convergence-check"
        onClick={() => void check()}
      >
        {busy ? 'Computing on larger grids …' : 'Check convergence: larger grids'}
      </Button>
      {checked !== null && checked.of !== design && (
        <p className={cx('summary')}>The design was changed since: check again.</p>
      )}
      {checked !== null && checked.report === null && (
        <p className={cx('health', 'bad')} role="status" data-testid="convergence-verdict">
          {checked.problem}
        </p>
      )}
      {checked !== null && checked.report !== null && <Report report={checked.report} />}
    </section>
  );
}

function Report({ report }: { readonly report: ConvergenceReport }) {
  return (
    <>
      <p className={cx('health', report.level)} role="status" data-testid="convergence-verdict">
        {report.verdict}
      </p>
      <details className={cx('details')}>
        <summary>What changes</summary>
        {report.steps.map(({ title, grid, image, readouts }) => (
          <dl key={title} className={cx('wireFacts')} aria-label={`Change with ${title}`}>
            <div>
              <dt>
                <strong>With {title}</strong>
              </dt>
              <dd>{grid.samples} samples</dd>
            </div>
            {image !== null && (
              <>
                <div>
                  <dt>Image, RMS</dt>
                  <dd>{percent(image.rms)}</dd>
                </div>
                <div>
                  <dt>Image, worst sample of the peak</dt>
                  <dd>{percent(image.peak)}</dd>
                </div>
              </>
            )}
            {readouts.slice(0, 6).map(({ readout, after, change }) => (
              <div key={readout.title}>
                <dt>{readout.title}</dt>
                <dd>
                  {readoutText({ ...readout, value: after })} ({percent(change)})
                </dd>
              </div>
            ))}
          </dl>
        ))}
      </details>
    </>
  );
}
