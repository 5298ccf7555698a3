import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { FitResult } from '../../workers/protocol.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore, registry } from '../stores/app.ts';
import {
  groupedParameters,
  groupRange,
  hasErrors,
  type ResultGroup,
  type ResultRow,
  resultRow,
  truthOf,
} from './results.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);

const SPREAD_HINT =
  'How far the value moves when the same image is compared otherwise (squares, Cauchy, fewer pixels): where this is larger than σ, the model or some pixels are doubtful, and σ alone, made from noise, is too small.';

function toleranceHint(of: NonNullable<FitResult['toleranceOf']>): string {
  return `How far this value alone may be off before ${of.of} changes by ${of.change}, the others held; empty where nothing within its limits does that.`;
}

/** The values of a fit, with what they started from, their errors and what is to be known of each. */
export function ResultsTable({ result }: { readonly result: FitResult }) {
  const { single, groups } = groupedParameters(result.parameters);
  const design = useStore(documentStore, (state) => state.design);
  const truth: Truth = (path) => truthOf(design, registry, path);
  const hasSpread = result.comparisons !== undefined;
  const hasTruth = result.parameters.some(({ path }) => truth(path) !== null);
  const errors = hasErrors(result);
  const tolerance = result.toleranceOf;
  const columns = { hasTruth, hasSpread, hasTolerance: tolerance !== undefined, errors };
  return (
    <table className={cx('table')} data-testid="results-table">
      <caption className={cx('srOnly')}>
        {errors ? 'Fitted parameters; σ is the standard error' : 'Values of the run, before and after'}
      </caption>
      <thead>
        <tr>
          <th scope="col">Parameter</th>
          <th scope="col" className={cx('number')}>
            {errors ? 'Start' : 'Before'}
          </th>
          {hasTruth && (
            <th scope="col" className={cx('number')} title="What the simulated measurement was made with">
              Truth
            </th>
          )}
          <th scope="col" className={cx('number')}>
            {errors ? 'Value ± σ' : 'Value'}
          </th>
          {hasSpread && (
            <th scope="col" className={cx('number')} title={SPREAD_HINT}>
              Between losses
            </th>
          )}
          {tolerance !== undefined && (
            <th scope="col" className={cx('number')} title={toleranceHint(tolerance)}>
              Tolerance
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
          <Row
            key={parameter.path}
            row={resultRow(parameter, truth(parameter.path), errors)}
            columns={columns}
          />
        ))}
        {groups.map((group) => (
          <PlaneRows key={group.path} group={group} truth={truth} columns={columns} />
        ))}
      </tbody>
    </table>
  );
}

function Flags({
  atBound,
  unknown,
  prior = null,
}: Pick<ResultRow, 'atBound' | 'unknown'> & Partial<Pick<ResultRow, 'prior'>>) {
  return (
    <>
      {atBound && <span className={cx('flag')}>at its limit</span>}
      {unknown && <span className={cx('flag')}>not determined</span>}
      {prior !== null && (
        <span className={cx('flag', 'plain')} title={prior.text}>
          {prior.short}
        </span>
      )}
    </>
  );
}

/** Columns that are there only where something is to be told. */
interface Columns {
  readonly hasTruth: boolean;
  readonly hasSpread: boolean;
  readonly hasTolerance: boolean;
  /** Whether values have standard errors. */
  readonly errors: boolean;
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
      {columns.hasTolerance && (
        <td className={cx('number')} data-column="tolerance">
          {row.tolerance === '' ? '' : `± ${row.tolerance}`}
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
  const rows = group.parameters.map((parameter) =>
    resultRow(parameter, truth(parameter.path), columns.errors),
  );
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
        {columns.hasTolerance && <td />}
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
