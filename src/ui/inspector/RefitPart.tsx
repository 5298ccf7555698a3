import { Download, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { DEFAULT_REFIT_OPTIONS } from '../../graph/refitOptions.ts';
import { type RefitParameter, refitColumns } from '../../graph/refitTable.ts';
import type { RefitReport } from '../../workers/protocol.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore, session } from '../stores/app.ts';
import { announce } from '../stores/uiStore.ts';
import { exportTable, runExport } from '../views/exportView.ts';
import { formatValue } from '../views/format.ts';
import tableStyles from '../views/views.module.css';
import styles from './inspector.module.css';

const cx = moduleClasses(styles);
const tx = moduleClasses(tableStyles);

const { images } = DEFAULT_REFIT_OPTIONS;
const HINT = `Makes ${images} images with this camera’s noise, fits each from a start nearby, and compares the scatter of the values with the expected errors.`;

interface Told {
  readonly of: object;
  readonly report: RefitReport | null;
  readonly problem: string;
}

/** Whether error bars hold: fits of simulated images, with progress, and their scatter over the bound. */
export function RefitPart({ disabled }: { readonly disabled: boolean }) {
  const [told, setTold] = useState<Told | null>(null);
  const [done, setDone] = useState<number | null>(null);
  const isOld = useStore(documentStore, ({ design }) => told !== null && told.of !== design);
  const ask = async (): Promise<void> => {
    const of = documentStore.getState().design;
    setDone(0);
    const outcome = await session.simulateRefit(DEFAULT_REFIT_OPTIONS, setDone);
    setDone(null);
    const report = outcome.kind === 'done' ? outcome.report : null;
    const problem = outcome.kind === 'done' ? '' : outcome.message;
    setTold({ of, report, problem });
    announce(report === null ? problem : sentenceOf(report));
  };
  return (
    <>
      {done === null ? (
        <Button
          small
          look="outlined"
          className={cx('check')}
          disabled={disabled}
          title={HINT}
          data-testid="refit-ask"
          onClick={() => void ask()}
        >
          Simulate and refit
        </Button>
      ) : (
        <Button
          small
          look="outlined"
          className={cx('check')}
          data-testid="refit-stop"
          onClick={session.stopRefit}
        >
          Stop: {done} of {images} images fitted
        </Button>
      )}
      {isOld && <p className={cx('summary')}>The design was changed since: simulate again.</p>}
      {told?.report === null && (
        <p className={cx('health', 'bad')} role="status">
          {told.problem}
        </p>
      )}
      {told !== null && told.report !== null && <Scatter report={told.report} />}
    </>
  );
}

function sentenceOf({ images: made, settled }: RefitReport): string {
  const all = `${made} simulated ${made === 1 ? 'image' : 'images'} fitted`;
  return settled === made ? `${all}.` : `${all}, ${settled} settled.`;
}

function Scatter({ report }: { readonly report: RefitReport }) {
  const title = useStore(documentStore, (state) => state.design.title);
  const columns = refitColumns(report.parameters);
  return (
    <>
      <p className={cx('summary')} role="status">
        {sentenceOf(report)} Scatter over expected error is 1 where error bars hold.
      </p>
      <div className={tx('tableScroll')}>
        <table className={`${tx('table') ?? ''} ${cx('narrowTable') ?? ''}`} data-testid="refit-table">
          <caption className={tx('srOnly')}>Scatter of fitted values over their expected errors</caption>
          <thead>
            <tr>
              <th scope="col">Parameter</th>
              <th scope="col" className={tx('number')}>
                Scatter / σ
              </th>
              <th scope="col" className={tx('number')} title="Mean of the fitted values less the true one">
                Bias / σ
              </th>
            </tr>
          </thead>
          <tbody>
            {report.parameters.map((parameter) => (
              <tr key={parameter.path} data-path={parameter.path}>
                <th scope="row" title={parameter.path}>
                  {parameter.title}
                </th>
                <td className={tx('number', 'strong')}>{ratioText(parameter)}</td>
                <td className={tx('number')}>{biasText(parameter)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {report.warnings.length > 0 && (
        <ul className={tx('warnings')} aria-label="What does not hold">
          {report.warnings.map((warning) => (
            <li key={warning}>
              <TriangleAlert size={14} aria-hidden="true" />
              <span>{warning}</span>
            </li>
          ))}
        </ul>
      )}
      <Button small onClick={() => runExport(exportTable(columns, [title, 'scatter']))}>
        <Download size={16} /> CSV
      </Button>
    </>
  );
}

function ratioText({ ratio, ratioError }: RefitParameter): string {
  if (ratio === null || ratioError === null) return '–';
  return `${ratio.toFixed(2)} ± ${(ratio * ratioError).toFixed(2)}`;
}

function biasText({ bias, biasError, bound }: RefitParameter): string {
  if (bias === null || biasError === null || bound === null) return '–';
  return `${formatValue(bias / bound, 2)} ± ${formatValue(biasError / bound, 1)}`;
}
