/** A table in the inspector: a few cells side by side for each row, with what is learned and which rows are alike. */
import { MoreHorizontal, Plus } from 'lucide-react';
import { type ClipboardEvent, useRef } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { learnedRows } from '../../graph/tableEdits.ts';
import { cellRow, tableRows } from '../../graph/tables.ts';
import type { TableParam } from '../../optics/element.ts';
import { Button, IconButton } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { Hint } from '../parts/Hint.tsx';
import { Menu, MenuItem, MenuLine } from '../parts/Menu.tsx';
import { documentStore } from '../stores/app.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { addTableRow } from '../stores/tableActions.ts';
import { CurvePlot } from './CurvePlot.tsx';
import { UnitSwitch } from './FieldParts.tsx';
import styles from './fields.module.css';
import { type FieldUnit, fieldUnit, unitsOf } from './quantityText.ts';
import { besides, CellLearn, TableRowFields } from './TableRowFields.tsx';
import { copyTable, openTable, pasteTable, readTable, saveTable } from './tableFiles.ts';
import { type FieldProps, useElementType, useParam } from './useParam.ts';

const cx = moduleClasses(styles);
const ICON = 14;

/** Unit of every column as it is shown. */
function useUnits(
  { nodeId, param, spec }: FieldProps<TableParam>,
  type: string,
): Readonly<Record<string, FieldUnit>> {
  const chosen = useStore(
    settingsStore,
    useShallow(({ units }) => Object.keys(spec.columns).map((column) => units[`${type}.${param}.${column}`])),
  );
  return Object.fromEntries(
    Object.entries(spec.columns).map(([name, column], i) => [
      name,
      fieldUnit(column, name, nodeId, chosen[i]),
    ]),
  );
}

export function TableField({ nodeId, param, spec }: FieldProps<TableParam>) {
  const rows = tableRows(spec, useParam(nodeId, param));
  const path = `${nodeId}.${param}`;
  const type = useElementType(nodeId);
  const units = useUnits({ nodeId, param, spec }, type);
  const symbols = Object.fromEntries(Object.entries(units).map(([name, { symbol }]) => [name, symbol]));
  const file = useRef<HTMLInputElement>(null);
  const table = { path, spec, rows, units: symbols };
  const paste = (event: ClipboardEvent): void => {
    const text = event.clipboardData.getData('text/plain');
    // A single number belongs to the field that has the focus.
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    readTable(table, text);
  };
  return (
    <section className={cx('row')} aria-label={spec.title} onPaste={paste}>
      <div className={cx('subhead')}>
        <Hint text={spec.doc} side="left">
          <span>
            {spec.title} <span className={cx('note')}>{rows.length}</span>
          </span>
        </Hint>
        <span className={cx('line')}>
          <Button
            small
            look="outlined"
            disabled={rows.length >= spec.max}
            data-testid={`add-row-${path}`}
            onClick={() => addTableRow(path, besides(spec, rows, rows.length - 1))}
          >
            <Plus size={13} /> Add {spec.row}
          </Button>
          <Menu
            align="end"
            trigger={
              <IconButton
                small
                label={`Copy, paste and files of ${spec.title}`}
                icon={<MoreHorizontal size={ICON} />}
                data-testid={`table-menu-${path}`}
              />
            }
          >
            <MenuItem text="Copy the table" detail="For a spreadsheet" onSelect={() => copyTable(table)} />
            <MenuItem text="Paste a table" detail="In place of all rows" onSelect={() => pasteTable(table)} />
            <MenuLine />
            <MenuItem text="Save as CSV" onSelect={() => saveTable(table)} />
            <MenuItem
              text="Open a CSV…"
              detail="In place of all rows"
              onSelect={() => file.current?.click()}
            />
          </Menu>
          <input
            ref={file}
            type="file"
            accept=".csv,.tsv,.txt,text/csv"
            hidden
            onChange={(event) => {
              const [chosen] = event.currentTarget.files ?? [];
              event.currentTarget.value = '';
              if (chosen !== undefined) openTable(table, chosen);
            }}
          />
        </span>
      </div>
      {spec.curve !== undefined && (
        <CurvePlot nodeId={nodeId} param={param} spec={spec} columns={spec.curve} />
      )}
      <div className={cx('tableGrid')}>
        <div className={cx('tableHeads')}>
          {Object.keys(spec.columns).map((name) => (
            <Head
              key={name}
              nodeId={nodeId}
              param={param}
              spec={spec}
              column={name}
              unit={units[name]}
              unitKey={`${type}.${param}.${name}`}
            />
          ))}
        </div>
        {Array.from(rows.keys(), (row) => (
          <TableRowFields key={row} nodeId={nodeId} param={param} spec={spec} row={row} type={type} />
        ))}
      </div>
    </section>
  );
}

/** Over a column: its word, its unit, and whether all of it is learned. */
function Head({
  nodeId,
  param,
  spec,
  column,
  unit,
  unitKey,
}: FieldProps<TableParam> & {
  readonly column: string;
  readonly unit: FieldUnit | undefined;
  readonly unitKey: string;
}) {
  const path = `${nodeId}.${param}`;
  const learned = useStore(documentStore, ({ design }) => {
    const rows = tableRows(spec, design.nodes.find(({ id }) => id === nodeId)?.params[param]);
    const holders = new Set(rows.map((_, row) => cellRow(spec, rows, row, column)));
    return learnedRows(design, spec, rows, path, column).size === holders.size;
  });
  const declared = spec.columns[column];
  if (declared === undefined) return null;
  return (
    <span className={cx('tableHead')}>
      <CellLearn
        path={path}
        row="*"
        column={column}
        learned={learned}
        learnable={declared.learnable}
        title={`all ${spec.row}s, ${declared.title}`}
      />
      <Hint text={`${declared.title}. ${declared.doc}`} side="left">
        <span className={cx('tableWord')}>{spec.heads[column] ?? column}</span>
      </Hint>
      {unit !== undefined && unit.symbol !== '' && (
        <UnitSwitch unit={unit} units={unitsOf(declared, column, nodeId)} unitKey={unitKey} />
      )}
    </span>
  );
}
