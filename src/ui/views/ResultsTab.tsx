import { CircleCheck, Copy, Download, FileText, History, TriangleAlert } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { examples } from '../../graph/examples/index.ts';
import { takenFromExample } from '../../graph/guided/assumptions.ts';
import { designWavelength } from '../../graph/wavelength.ts';
import type { FitResult } from '../../workers/protocol.ts';
import { wavefrontLine } from '../guide/wavefront.ts';
import { type FieldUnit, fieldUnit } from '../inspector/quantityText.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { openReport } from '../report/reportRoute.ts';
import { documentStore, registry } from '../stores/app.ts';
import { engineStore, setFit } from '../stores/engineStore.ts';
import { contentKey } from '../stores/fitRecord.ts';
import { describeEnding, goalText } from '../stores/fitWords.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { toast, withdrawToast } from '../stores/uiStore.ts';
import { CorrelationTable } from './CorrelationTable.tsx';
import { describeErrors } from './errorWords.ts';
import { download, exportName, exportTable, runExport } from './exportView.ts';
import { formatValue } from './format.ts';
import { ResultMaps } from './ResultMaps.tsx';
import { ResultsTable } from './ResultsTable.tsx';
import {
  BACKEND_TITLES,
  correlationRows,
  correlationTsv,
  hasErrors,
  heldText,
  inUnit,
  resultColumns,
  resultJson,
  resultTsv,
  termColumns,
  toleranceWords,
} from './results.ts';
import { describeChiSquare, describeVerdict, sortedWarnings } from './verdict.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);

/** The result in the units that its fields show. */
function useShownUnits(result: FitResult): FitResult {
  const units = useStore(settingsStore, (state) => state.units);
  const nodes = useStore(documentStore, (state) => state.design.nodes);
  const unitAt = (path: string): FieldUnit | null => {
    const [nodeId = '', name = ''] = path.split('.');
    const type = nodes.find(({ id }) => id === nodeId)?.type ?? '';
    const chosen = units[`${type}.${name}`];
    const spec = registry.get(type)?.params[name];
    if (chosen === undefined || (spec?.kind !== 'quantity' && spec?.kind !== 'zernike')) return null;
    return fieldUnit(spec, name, nodeId, chosen);
  };
  const parameters = result.parameters.map((parameter) => {
    const unit = unitAt(parameter.path);
    return unit === null ? parameter : inUnit(parameter, unit);
  });
  const held = (result.held ?? []).map((each) => {
    const unit = unitAt(each.path);
    return unit === null
      ? each
      : { ...each, display: { value: each.value / unit.factor, unit: unit.symbol } };
  });
  return { ...result, parameters, ...(result.held === undefined ? {} : { held }) };
}

/** Whether the values of the document are others than those of its last fit. */
function useStale(): boolean {
  return useStore(documentStore, ({ design, fit }) => fit !== null && contentKey(design) !== fit.key);
}

export function ResultsTab() {
  const result = useStore(engineStore, (state) => state.fit.result);
  const status = useStore(engineStore, (state) => state.fit.status);
  const error = useStore(engineStore, (state) => state.fit.error);
  const unseen = useStore(engineStore, (state) => state.fit.unseen);
  useEffect(() => {
    if (!unseen || result === null) return;
    setFit(engineStore, { unseen: false });
    // The message of the end would lie over the table that tells more.
    withdrawToast(describeEnding(result));
  }, [unseen, result]);
  if (result === null) {
    const text =
      error ??
      (status === 'idle'
        ? 'No fit has run yet. Mark parameters as learnable with ◇ and press Run: every value comes back with its standard error.'
        : 'The fit runs. Values and their standard errors appear here when it ends.');
    return <p className={cx('message', error !== null && 'problem')}>{text}</p>;
  }
  return <Results result={result} />;
}

function copy(text: string): void {
  navigator.clipboard.writeText(text).then(
    () => toast('The table was copied; paste it into a spreadsheet.', 'good'),
    () => toast('The browser did not allow copying. Export the table as CSV instead.', 'error'),
  );
}

function Results({ result: fitted }: { readonly result: FitResult }) {
  const result = useShownUnits(fitted);
  const title = useStore(documentStore, (state) => state.design.title);
  const stale = useStale();
  const correlated = useMemo(() => correlationRows(fitted), [fitted]);
  return (
    <div className={cx('tab')}>
      {stale && (
        <p className={cx('stale')} role="status" data-testid="results-stale">
          <History size={16} aria-hidden="true" />
          These results belong to other values: the design was changed since. Run the fit again, or undo and
          redo to the fitted values.
        </p>
      )}
      <div className={cx('toolbar')}>
        <VerdictLine result={result} />
        <ResultFiles result={result} fitted={fitted} title={title} />
      </div>
      <div className={cx('results')}>
        <FitSummary result={result} />
        <div className={cx('values')}>
          <div className={cx('tableScroll')}>
            <ResultsTable result={result} />
          </div>
          {result.held !== undefined && result.held.length > 0 && (
            <p className={cx('held')} data-testid="results-held">
              <span className={cx('soft')}>Held:</span> {heldText(result.held)}
            </p>
          )}
          <Assumptions />
          <ResultMaps result={fitted} />
          {correlated !== null && (
            <CorrelationTable rows={correlated} onCopy={() => copy(correlationTsv(result))} />
          )}
        </div>
      </div>
    </div>
  );
}

/** What can be taken away. @param fitted in SI and in the units of the elements, `result` in those that are shown */
function ResultFiles({
  result,
  fitted,
  title,
}: {
  readonly result: FitResult;
  readonly fitted: FitResult;
  readonly title: string;
}) {
  const wavelength = useStore(documentStore, ({ design }) => designWavelength(design, registry) ?? null);
  const terms = useMemo(() => termColumns(fitted, wavelength), [fitted, wavelength]);
  const parts = [title, 'fit'];
  return (
    <div className={cx('buttons')}>
      <Button small onClick={() => copy(resultTsv(result))}>
        <Copy size={16} /> Copy
      </Button>
      <Button small onClick={() => runExport(exportTable(resultColumns(result), parts))}>
        <Download size={16} /> CSV
      </Button>
      {terms !== null && (
        <Button
          small
          title="Zernike terms with Noll, ANSI/OSA and Fringe index, sign, axes and units, as CSV"
          data-testid="results-terms"
          onClick={() => runExport(exportTable(terms, [title, 'Zernike terms']))}
        >
          <Download size={16} /> Terms
        </Button>
      )}
      <Button
        small
        onClick={() => download(resultJson(result, title), exportName(parts, 'json'), 'application/json')}
      >
        <Download size={16} /> JSON
      </Button>
      <Button small data-testid="results-report" onClick={openReport}>
        <FileText size={16} /> Report
      </Button>
    </div>
  );
}

/** Numbers of the instrument that nobody has entered for this image. */
function Assumptions() {
  const design = useStore(documentStore, (state) => state.design);
  const example = examples.find(({ id }) => id === design.example)?.design;
  const taken = useMemo(() => takenFromExample(design, registry, example), [design, example]);
  if (taken.length === 0) return null;
  return (
    <p className={cx('held', 'doubt')} data-testid="results-assumptions">
      From the example, not confirmed for this image: {taken.join(', ')}.
    </p>
  );
}

/** What comes first: whether the values can be trusted. */
function VerdictLine({ result }: { readonly result: FitResult }) {
  const { text, tone } = describeVerdict(result);
  const Sign = tone === 'good' ? CircleCheck : TriangleAlert;
  return (
    <span className={cx('verdict', tone)} role="status" data-testid="results-verdict">
      <Sign size={16} aria-hidden="true" />
      {text}
    </span>
  );
}

function FitSummary({ result }: { readonly result: FitResult }) {
  const {
    reducedChiSquare,
    loss,
    iterations,
    seconds,
    backend,
    starts,
    errorSource,
    wavefront,
    goals = [],
    toleranceOf,
  } = result;
  const warnings = sortedWarnings(result.warnings);
  const chi = reducedChiSquare === null ? '–' : formatValue(reducedChiSquare, 3);
  return (
    <div className={cx('fitSummary')}>
      <dl className={cx('facts')}>
        {goals.map(({ node, title, ...numbers }) => (
          <div key={`${node} ${title}`}>
            <dt>{title}</dt>
            <dd>{goalText({ node, title: '', ...numbers }).trimStart()}</dd>
          </div>
        ))}
        {toleranceOf !== undefined && (
          <div data-testid="results-tolerance">
            <dt>Tolerances</dt>
            <dd>
              each value alone <span className={cx('soft')}>until {toleranceWords(toleranceOf)}</span>
            </dd>
          </div>
        )}
        {hasErrors(result) && (
          <div>
            <dt>Reduced χ²</dt>
            <dd>
              {chi} <span className={cx('soft')}>{describeChiSquare(reducedChiSquare)}</span>
            </dd>
          </div>
        )}
        {errorSource !== undefined && (
          <div data-testid="results-errors">
            <dt>Errors</dt>
            <dd>{describeErrors(errorSource)}</dd>
          </div>
        )}
        {wavefront !== undefined && (
          <div data-testid="results-wavefront">
            <dt>Wavefront</dt>
            <dd>{wavefrontLine(result, null)?.replace(/^Wavefront /, '')}</dd>
          </div>
        )}
        {starts !== undefined && (
          <div data-testid="results-starts">
            <dt>Starts</dt>
            <dd>
              {starts.reached} of {starts.count} reached the best
              {starts.refused > 0 && `, ${starts.refused} could not begin`}
            </dd>
          </div>
        )}
        <div>
          <dt>Loss</dt>
          <dd>
            {formatValue(loss.start)} → {formatValue(loss.end)}
          </dd>
        </div>
        <div>
          <dt>Effort</dt>
          <dd>
            {iterations} {iterations === 1 ? 'iteration' : 'iterations'} in {formatValue(seconds, 2)} s on{' '}
            {BACKEND_TITLES[backend]}
          </dd>
        </div>
      </dl>
      {warnings.length > 0 && (
        <ul className={cx('warnings')} aria-label="Warnings">
          {warnings.map((warning) => (
            <li key={warning}>
              <TriangleAlert size={14} aria-hidden="true" />
              <span>{warning}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
