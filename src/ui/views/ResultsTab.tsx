import {
  ChevronDown,
  ChevronRight,
  CircleCheck,
  Copy,
  Download,
  FileText,
  History,
  TriangleAlert,
} from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { examples } from '../../graph/examples/index.ts';
import { takenFromExample } from '../../graph/guided/assumptions.ts';
import type { FitResult } from '../../workers/protocol.ts';
import { type FieldUnit, fieldUnit } from '../inspector/quantityText.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { openReport } from '../report/reportRoute.ts';
import { documentStore, registry } from '../stores/app.ts';
import { engineStore, setFit } from '../stores/engineStore.ts';
import { contentKey } from '../stores/fitRecord.ts';
import { describeEnding } from '../stores/fitWords.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { toast, withdrawToast } from '../stores/uiStore.ts';
import { CorrelationTable } from './CorrelationTable.tsx';
import { download, exportName, exportTable } from './exportView.ts';
import { formatValue } from './format.ts';
import {
  BACKEND_TITLES,
  correlationRows,
  correlationTsv,
  describeChiSquare,
  describeVerdict,
  groupedParameters,
  groupRange,
  heldText,
  inUnit,
  type ResultGroup,
  type ResultRow,
  resultColumns,
  resultJson,
  resultRow,
  resultTsv,
  sortedWarnings,
  truthOf,
} from './results.ts';
import { runExport } from './ViewToolbar.tsx';
import styles from './views.module.css';

const cx = moduleClasses(styles);

const SPREAD_HINT =
  'How far the value moves when the same image is compared otherwise (squares, Cauchy, fewer pixels): where this is larger than σ, the model or some pixels are doubtful, and σ alone, made from noise, is too small.';

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
  const parts = [title, 'fit'];
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
        <div className={cx('buttons')}>
          <Button small onClick={() => copy(resultTsv(result))}>
            <Copy size={16} /> Copy
          </Button>
          <Button small onClick={() => runExport(exportTable(resultColumns(result), parts))}>
            <Download size={16} /> CSV
          </Button>
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
          {correlated !== null && (
            <CorrelationTable rows={correlated} onCopy={() => copy(correlationTsv(result))} />
          )}
        </div>
      </div>
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

function ResultsTable({ result }: { readonly result: FitResult }) {
  const { single, groups } = groupedParameters(result.parameters);
  const design = useStore(documentStore, (state) => state.design);
  const truth: Truth = (path) => truthOf(design, registry, path);
  const hasSpread = result.comparisons !== undefined;
  const hasTruth = result.parameters.some(({ path }) => truth(path) !== null);
  const columns = { hasTruth, hasSpread };
  return (
    <table className={cx('table')} data-testid="results-table">
      <caption className={cx('srOnly')}>Fitted parameters; σ is the standard error</caption>
      <thead>
        <tr>
          <th scope="col">Parameter</th>
          <th scope="col" className={cx('number')}>
            Start
          </th>
          {hasTruth && (
            <th scope="col" className={cx('number')} title="What the simulated measurement was made with">
              Truth
            </th>
          )}
          <th scope="col" className={cx('number')}>
            Value ± σ
          </th>
          {hasSpread && (
            <th scope="col" className={cx('number')} title={SPREAD_HINT}>
              Between losses
            </th>
          )}
          <th scope="col">Unit</th>
          <th scope="col" className={cx('number')}>
            Pixel
          </th>
          <th scope="col">Note</th>
        </tr>
      </thead>
      <tbody>
        {single.map((parameter) => (
          <Row key={parameter.path} row={resultRow(parameter, truth(parameter.path))} columns={columns} />
        ))}
        {groups.map((group) => (
          <PlaneRows key={group.path} group={group} truth={truth} columns={columns} />
        ))}
      </tbody>
    </table>
  );
}

function Flags({ atBound, unknown }: { readonly atBound: boolean; readonly unknown: boolean }) {
  return (
    <>
      {atBound && <span className={cx('flag')}>at its limit</span>}
      {unknown && <span className={cx('flag')}>not determined</span>}
    </>
  );
}

/** Columns that are there only where something is to be told. */
interface Columns {
  readonly hasTruth: boolean;
  readonly hasSpread: boolean;
}

type Truth = (path: string) => number | null;

function Row({
  row,
  columns,
  hidden = false,
}: {
  readonly row: ResultRow;
  readonly columns: Columns;
  readonly hidden?: boolean;
}) {
  return (
    <tr data-path={row.path} hidden={hidden}>
      <th scope="row" className={cx('rowTitle')} title={row.path}>
        {row.title}
      </th>
      <td className={cx('number', 'soft')}>{row.start}</td>
      {columns.hasTruth && (
        <td className={cx('number', 'soft')} data-column="truth">
          {row.truth}
        </td>
      )}
      <td className={cx('number', 'strong')}>{row.value}</td>
      {columns.hasSpread && (
        <td className={cx('number')} data-column="spread">
          {row.spread === '' ? '' : `± ${row.spread}`}
        </td>
      )}
      <td>{row.unit}</td>
      <td className={cx('number')}>{row.pixel}</td>
      <td>
        <Flags {...row} />
      </td>
    </tr>
  );
}

/** One row for a parameter with one value per plane; it opens. */
function PlaneRows({
  group,
  truth,
  columns,
}: {
  readonly group: ResultGroup;
  readonly truth: Truth;
  readonly columns: Columns;
}) {
  const [open, setOpen] = useState(false);
  const rows = group.parameters.map((parameter) => resultRow(parameter, truth(parameter.path)));
  const Sign = open ? ChevronDown : ChevronRight;
  return (
    <>
      <tr data-group={group.path}>
        <th scope="row" className={cx('rowTitle')} title={group.path}>
          <button
            type="button"
            className={cx('fold')}
            aria-expanded={open}
            data-testid={`results-planes-${group.path}`}
            onClick={() => setOpen(!open)}
          >
            <Sign size={14} aria-hidden="true" />
            {group.title}, {rows.length} planes
          </button>
        </th>
        <td />
        {columns.hasTruth && <td />}
        <td className={cx('number', 'soft')}>{groupRange(group)}</td>
        {columns.hasSpread && <td />}
        <td>{rows[0]?.unit}</td>
        <td />
        <td>
          <Flags
            atBound={rows.some(({ atBound }) => atBound)}
            unknown={rows.some(({ unknown }) => unknown)}
          />
        </td>
      </tr>
      {rows.map((row) => (
        <Row key={row.path} row={row} columns={columns} hidden={!open} />
      ))}
    </>
  );
}

function FitSummary({ result }: { readonly result: FitResult }) {
  const { reducedChiSquare, loss, iterations, seconds, backend, warnings } = result;
  const chi = reducedChiSquare === null ? '–' : formatValue(reducedChiSquare, 3);
  return (
    <div className={cx('fitSummary')}>
      <dl className={cx('facts')}>
        <div>
          <dt>Reduced χ²</dt>
          <dd>
            {chi} <span className={cx('soft')}>{describeChiSquare(reducedChiSquare)}</span>
          </dd>
        </div>
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
          {sortedWarnings(warnings).map((warning) => (
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
