/** One row of a table: its number and group, and a field for each cell. */
import { Copy, Diamond, Trash2 } from 'lucide-react';
import { memo } from 'react';
import { useStore } from 'zustand';
import { learnedRows } from '../../graph/tableEdits.ts';
import { cellPath, cellRow, cellTitle, cellValue, groupOf, tableRows } from '../../graph/tables.ts';
import type { TableParam, TableRow } from '../../optics/element.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { Hint } from '../parts/Hint.tsx';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../parts/Menu.tsx';
import { settle, setValue } from '../stores/actions.ts';
import { documentStore } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { addTableRow, groupTableRow, removeTableRow, toggleTableCell } from '../stores/tableActions.ts';
import styles from './fields.module.css';
import { LinkChip } from './LinkParts.tsx';
import { NumberField } from './NumberField.tsx';
import { fieldUnit, readValue, valueText } from './quantityText.ts';
import { softRangeOf } from './scale.ts';
import { useLink } from './useLink.ts';
import { type FieldProps, useLiveValue } from './useParam.ts';

const cx = moduleClasses(styles);
const ICON = 14;
/** How far a new row lies from the one that it repeats, steps of its columns. */
const BESIDE = 10;

/** A row like another, beside it where it has a place. */
export function besides(spec: TableParam, rows: readonly TableRow[], row: number): TableRow {
  const cells = Object.entries(spec.columns).map(([column, { role, step }]) => {
    const value = cellValue(spec, rows, row, column);
    return [column, role === 'lateralX' || role === 'lateralY' ? value + BESIDE * step : value] as const;
  });
  const group = groupOf(rows[row]);
  return { ...Object.fromEntries(cells), ...(group === null ? {} : { group }) };
}

function useRows(nodeId: string, param: string, spec: TableParam): readonly TableRow[] {
  return useStore(documentStore, ({ design }) =>
    tableRows(spec, design.nodes.find(({ id }) => id === nodeId)?.params[param]),
  );
}

interface RowProps extends FieldProps<TableParam> {
  readonly row: number;
  /** Of the element: units are remembered under it. */
  readonly type: string;
}

export const TableRowFields = memo(function TableRowFields({ nodeId, param, spec, row, type }: RowProps) {
  return (
    <fieldset className={cx('tableRow')} aria-label={`${spec.row} ${row + 1}`}>
      <RowMenu nodeId={nodeId} param={param} spec={spec} row={row} type={type} />
      {Object.keys(spec.columns).map((column) => (
        <Cell key={column} nodeId={nodeId} param={param} spec={spec} row={row} type={type} column={column} />
      ))}
    </fieldset>
  );
});

/** The first letter that no group has. */
function newGroup(groups: readonly string[]): string {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  return letters.find((letter) => !groups.includes(letter)) ?? `${groups.length + 1}`;
}

function RowMenu({ nodeId, param, spec, row }: RowProps) {
  const rows = useRows(nodeId, param, spec);
  const path = `${nodeId}.${param}`;
  const own = groupOf(rows[row]);
  const groups = [...new Set(rows.flatMap((each) => groupOf(each) ?? []))].sort();
  const shared = spec.shared.map((column) => spec.heads[column] ?? column).join(', ');
  return (
    <Menu
      trigger={
        <button
          type="button"
          className={`${cx('tableNumber')} nodrag`}
          aria-label={`${spec.row} ${row + 1}${own === null ? '' : `, group ${own}`}: group, copy, delete`}
          data-testid={`row-${path}.${row}`}
        >
          {row + 1}
          {own !== null && <span className={cx('tableGroup')}>{own.slice(0, 3)}</span>}
        </button>
      }
    >
      <MenuLabel>Group: one {shared} for all in it</MenuLabel>
      <MenuChoice
        value={own ?? ''}
        options={[
          { value: '', text: 'None' },
          ...groups.map((group) => ({ value: group, text: `Group ${group}` })),
          { value: newGroup(groups), text: `New group ${newGroup(groups)}` },
        ]}
        onChange={(group) => groupTableRow(path, row, group === '' ? null : group)}
      />
      <MenuLine />
      <MenuItem
        icon={<Copy size={ICON} />}
        text="Duplicate"
        disabled={rows.length >= spec.max}
        onSelect={() => addTableRow(path, besides(spec, rows, row))}
      />
      <MenuItem
        icon={<Trash2 size={ICON} />}
        text="Delete"
        disabled={rows.length <= spec.min}
        onSelect={() => removeTableRow(path, row)}
      />
    </Menu>
  );
}

function Cell({ nodeId, param, spec, row, type, column }: RowProps & { readonly column: string }) {
  const rows = useRows(nodeId, param, spec);
  const stem = `${nodeId}.${param}`;
  const holder = cellRow(spec, rows, row, column);
  const path = cellPath(stem, holder, column);
  const live = useLiveValue(path);
  const link = useLink(path);
  const learned = useStore(documentStore, ({ design }) =>
    learnedRows(design, spec, rows, stem, column).has(holder),
  );
  const chosen = useStore(settingsStore, ({ units }) => units[`${type}.${param}.${column}`]);
  const declared = spec.columns[column];
  if (declared === undefined) return null;
  const value = live ?? cellValue(spec, rows, row, column);
  const unit = fieldUnit(declared, column, nodeId, chosen);
  const title = cellTitle(spec, rows, row, column);
  return (
    <span className={cx('tableCell')} data-learn-path={declared.learnable ? path : undefined}>
      <CellLearn
        path={stem}
        row={row}
        column={column}
        learned={learned}
        learnable={declared.learnable && link.text === null}
        title={title}
      />
      <LinkChip link={link} title={title} />
      <NumberField
        compact
        link={link}
        label={`${title}${unit.symbol === '' ? '' : `, ${unit.symbol}`}`}
        testId={`field-${stem}.${row}.${column}`}
        value={value}
        factor={unit.factor}
        range={softRangeOf(declared)}
        text={valueText(value, unit)}
        parse={(typed) => readValue(path, typed, unit)}
        live={live !== undefined}
        disabled={live !== undefined}
        onChange={(next, final) => setValue(path, next, final)}
        onSettle={settle}
      />
    </span>
  );
}

/** ◇ of a cell, or with the row '*' of a column. */
export function CellLearn({
  path,
  row,
  column,
  learned,
  learnable,
  title,
}: {
  readonly path: string;
  readonly row: number | '*';
  readonly column: string;
  readonly learned: boolean;
  readonly learnable: boolean;
  readonly title: string;
}) {
  const moving = useStore(
    engineStore,
    ({ fit, following }) => learned && (fit.status === 'running' || following !== null),
  );
  if (!learnable) return null;
  const what = row === '*' ? 'the whole column' : 'this value';
  return (
    <Hint
      text={learned ? `The fit changes ${what}; click to hold it` : `Let the fit change ${what}`}
      side="left"
    >
      <button
        type="button"
        className={`${cx('learn', 'cellLearn', moving && 'learnPulse')} nodrag`}
        aria-pressed={learned}
        aria-label={`Learn ${title}`}
        data-testid={`learn-${cellPath(path, row, column)}`}
        onClick={() => toggleTableCell(path, row, column)}
      >
        <Diamond size={12} fill={learned ? 'currentColor' : 'none'} />
      </button>
    </Hint>
  );
}
