import { TriangleAlert } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { ExpectedErrors } from '../../workers/protocol.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore, session } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { announce, toast } from '../stores/uiStore.ts';
import { CorrelationTable } from '../views/CorrelationTable.tsx';
import { formatValue } from '../views/format.ts';
import {
  correlationRows,
  correlationTsv,
  groupedParameters,
  type ResultGroup,
  resultRow,
} from '../views/results.ts';
import tableStyles from '../views/views.module.css';
import { expectedSentence, shortTitles } from './expectedErrorsText.ts';
import styles from './inspector.module.css';
import { RefitPart } from './RefitPart.tsx';

const cx = moduleClasses(styles);
const tx = moduleClasses(tableStyles);

interface Told {
  /** The design that was asked about. */
  readonly of: object;
  readonly errors: ExpectedErrors | null;
  /** A sentence where there are none. */
  readonly problem: string;
}

const HINT =
  'The smallest standard errors that any fit of one image with this camera’s noise can have, at these values (Cramér-Rao). Nothing has to be measured yet.';

/** Asks what errors a fit would have, before it runs, and what the image cannot tell apart. */
export function ExpectedErrorsSection() {
  const [told, setTold] = useState<Told | null>(null);
  const [busy, setBusy] = useState(false);
  const isOld = useStore(documentStore, ({ design }) => told !== null && told.of !== design);
  const isFitting = useStore(engineStore, (state) => state.fit.status !== 'idle');
  const ask = async (): Promise<void> => {
    const of = documentStore.getState().design;
    setBusy(true);
    const outcome = await session.expectErrors();
    setBusy(false);
    const errors = outcome.kind === 'done' ? outcome.errors : null;
    const problem = outcome.kind === 'done' ? '' : outcome.message;
    setTold({ of, errors, problem });
    announce(errors === null ? problem : expectedSentence(errors));
  };
  return (
    <section className={cx('section')} aria-label="Expected errors" data-testid="expected-errors">
      <Button
        small
        look="outlined"
        className={cx('check')}
        disabled={busy || isFitting}
        title={HINT}
        data-testid="expected-errors-ask"
        onClick={() => void ask()}
      >
        {busy ? 'Computing derivatives …' : 'Expected errors'}
      </Button>
      {isOld && <p className={cx('summary')}>The design was changed since: ask again.</p>}
      {told?.errors === null && (
        <p className={cx('health', 'bad')} role="status">
          {told.problem}
        </p>
      )}
      {told !== null && told.errors !== null && <Errors errors={told.errors} />}
      <RefitPart disabled={busy || isFitting} />
    </section>
  );
}

function Errors({ errors }: { readonly errors: ExpectedErrors }) {
  const { parameters, warnings } = errors;
  const titles = shortTitles(parameters);
  const { single, groups } = groupedParameters(parameters);
  const rows = useMemo(() => correlationRows(errors), [errors]);
  const copy = (): void => {
    navigator.clipboard.writeText(correlationTsv(errors)).then(
      () => toast('The table was copied; paste it into a spreadsheet.', 'good'),
      () => toast('The browser did not allow copying.', 'error'),
    );
  };
  return (
    <>
      <p className={cx('summary')} role="status">
        {expectedSentence(errors)} {noiseText(errors)}
      </p>
      <div className={tx('tableScroll')}>
        <table
          className={`${tx('table') ?? ''} ${cx('narrowTable') ?? ''}`}
          data-testid="expected-errors-table"
        >
          <caption className={tx('srOnly')}>Expected standard errors at the present values</caption>
          <thead>
            <tr>
              <th scope="col">Parameter</th>
              <th scope="col" className={tx('number')}>
                Value ± σ
              </th>
            </tr>
          </thead>
          <tbody>
            {single.map(resultRowOf).map(({ path, title, value, unit, unknown }) => (
              <tr key={path} data-path={path}>
                <th scope="row" title={title}>
                  {titles.get(path)}
                </th>
                <td className={tx('number', 'strong')}>
                  {unknown ? 'not determined' : `${value} ${unit}`.trimEnd()}
                </td>
              </tr>
            ))}
            {groups.map((group) => (
              <tr key={group.path} data-group={group.path}>
                <th scope="row" title={group.title}>
                  {group.title.replace(/^[^:]*: /, '')}
                </th>
                <td className={tx('number', 'strong')}>{groupErrors(group)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {warnings.length > 0 && (
        <ul className={tx('warnings')} aria-label="What the image cannot tell">
          {warnings.map((warning) => (
            <li key={warning}>
              <TriangleAlert size={14} aria-hidden="true" />
              <span>{warning}</span>
            </li>
          ))}
        </ul>
      )}
      {rows !== null && (
        <details className={cx('details')}>
          <summary>Correlations</summary>
          <CorrelationTable rows={rows} onCopy={copy} />
        </details>
      )}
    </>
  );
}

/** “± 100 to 160 photons, 7 planes” */
function groupErrors({ parameters }: ResultGroup): string {
  const unit = parameters[0]?.display.unit ?? '';
  const sizes = parameters.flatMap(({ display }) => display.sigma ?? []);
  const count = `${parameters.length} planes`;
  if (sizes.length < parameters.length) return `not determined, ${count}`;
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)].map((size) => formatValue(size, 2));
  return `± ${low === high ? low : `${low} to ${high}`} ${unit}, ${count}`;
}

const resultRowOf = (parameter: ExpectedErrors['parameters'][number]) => resultRow(parameter);

function noiseText({ noise }: ExpectedErrors): string {
  return noise.kind === 'photons'
    ? 'Noise: photons and the camera’s.'
    : `Noise: ${Number(noise.deviation.toPrecision(3))} per pixel.`;
}
