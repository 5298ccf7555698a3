/** Changes of the rows of a table. What is learned or linked follows its rows: paths count them. */
import type { TableParam, TableRow } from '../optics/element.ts';
import type { Design } from './document.ts';
import { movedLinks, removedPath, withLinks } from './expressions/rewrite.ts';
import { describePath, parsePath, setAt } from './paths.ts';
import { renamedPriors, withPriors } from './priors.ts';
import { nodeName, type Registry } from './registry.ts';
import { cellPath, cellRow, cellValue, groupOf, tableRows } from './tables.ts';

interface Table {
  readonly spec: TableParam;
  readonly rows: readonly TableRow[];
}

/** @throws RangeError where the path (`node.param`) names no table */
function tableAt(design: Design, registry: Registry, path: string): Table {
  const target = describePath(design, registry, path);
  if (!target.ok) throw new RangeError(target.reason);
  const { spec } = target;
  if (spec.kind !== 'table')
    throw new RangeError(`${spec.title} of ${nodeName(design, registry, target.node.id)} is not a table.`);
  return { spec, rows: settled(spec, tableRows(spec, target.node.params[target.param])) };
}

/** Rows that hold the values of their groups themselves, so that each can go without the others. */
function settled(spec: TableParam, rows: readonly TableRow[]): readonly TableRow[] {
  return rows.map((row, index) =>
    groupOf(row) === null
      ? row
      : {
          ...row,
          ...Object.fromEntries(spec.shared.map((column) => [column, cellValue(spec, rows, index, column)])),
        },
  );
}

/**
 * Adds rows; a row that joins a group takes the group's values.
 * @param at index of the first of them, which the end is where it is not given
 */
export function addRows(
  design: Design,
  registry: Registry,
  path: string,
  added: readonly TableRow[],
  at?: number,
): Design {
  const { spec, rows } = tableAt(design, registry, path);
  const first = at ?? rows.length;
  if (rows.length + added.length > spec.max)
    throw new RangeError(`${spec.title} takes at most ${spec.max} ${spec.row}s.`);
  const next = settled(spec, rows.toSpliced(first, 0, ...added));
  const cameFrom: (number | null)[] = [...rows.keys()];
  cameFrom.splice(first, 0, ...added.map(() => null));
  return withRows(design, registry, path, { spec, rows }, next, cameFrom);
}

/** Other rows in place of all; what is learned stays with the numbers of the rows. */
export function replaceRows(
  design: Design,
  registry: Registry,
  path: string,
  next: readonly TableRow[],
): Design {
  const { spec, rows } = tableAt(design, registry, path);
  if (next.length < spec.min || next.length > spec.max)
    throw new RangeError(`${spec.title} takes ${spec.min} to ${spec.max} ${spec.row}s, not ${next.length}.`);
  const cameFrom = next.map((_, index) => (index < rows.length ? index : null));
  return withRows(design, registry, path, { spec, rows }, settled(spec, next), cameFrom);
}

/** Removes a row, its learned cells with it; those that its group shares stay learned for the others. */
export function removeRow(design: Design, registry: Registry, path: string, index: number): Design {
  const { spec, rows } = tableAt(design, registry, path);
  if (rows.length <= spec.min) throw new RangeError(`${spec.title} needs at least ${spec.min} ${spec.row}.`);
  const cameFrom = rows.map((_, each) => each).filter((each) => each !== index);
  const next = rows.filter((_, each) => each !== index);
  return withRows(design, registry, path, { spec, rows }, next, cameFrom);
}

/** Puts a row into a group, whose values it takes, or out of one (null), with the values it had there. */
export function setGroup(
  design: Design,
  registry: Registry,
  path: string,
  index: number,
  group: string | null,
): Design {
  const { spec, rows } = tableAt(design, registry, path);
  const { group: _, ...alone } = rows[index] ?? {};
  const member =
    group === null ? undefined : rows.find((row, each) => each !== index && groupOf(row) === group);
  const common = Object.fromEntries(
    spec.shared.flatMap((column) => (member?.[column] === undefined ? [] : [[column, member[column]]])),
  );
  const joined: TableRow = group === null ? alone : { ...alone, ...common, group };
  const next = rows.map((row, each) => (each === index ? joined : row));
  return withRows(
    design,
    registry,
    path,
    { spec, rows },
    next,
    rows.map((_, each) => each),
  );
}

/** The rows whose cells of a column are learned: of a group its first. */
export function learnedRows(
  { learn }: Pick<Design, 'learn'>,
  spec: TableParam,
  rows: readonly TableRow[],
  path: string,
  column: string,
): ReadonlySet<number> {
  const holders = rows.map((_, index) => cellRow(spec, rows, index, column));
  if (learn.includes(cellPath(path, '*', column))) return new Set(holders);
  return new Set(holders.filter((holder, index) => isLearned(learn, path, column, [holder, index])));
}

function isLearned(learn: readonly string[], path: string, column: string, rows: readonly number[]): boolean {
  return rows.some((row) => learn.includes(cellPath(path, row, column)));
}

/** Starts or stops learning a cell (and those that share its value); with the row '*' a whole column. */
export function toggleCell(
  design: Design,
  registry: Registry,
  path: string,
  row: number | '*',
  column: string,
): Design {
  const { spec, rows } = tableAt(design, registry, path);
  const holders = new Set(rows.map((_, index) => cellRow(spec, rows, index, column)));
  const learned = new Set(learnedRows(design, spec, rows, path, column));
  const others = design.learn.filter((each) => {
    const parts = parsePath(each);
    return `${parts?.node}.${parts?.param}` !== path || parts?.column !== column;
  });
  if (row === '*') {
    const all = learned.size === holders.size;
    return { ...design, learn: all ? others : [...others, cellPath(path, '*', column)] };
  }
  const holder = cellRow(spec, rows, row, column);
  if (!learned.delete(holder)) learned.add(holder);
  return { ...design, learn: [...others, ...[...learned].map((each) => cellPath(path, each, column))] };
}

/** @param cameFrom for each new row its place among the old ones, null for a row that was not there */
function withRows(
  design: Design,
  registry: Registry,
  path: string,
  { spec, rows }: Table,
  next: readonly TableRow[],
  cameFrom: readonly (number | null)[],
): Design {
  const follow = (each: string): readonly string[] => {
    const parts = parsePath(each);
    const column = parts?.column ?? null;
    if (column === null || `${parts?.node}.${parts?.param}` !== path || typeof parts?.index !== 'number')
      return [each];
    const holder = cellRow(spec, rows, parts.index, column);
    return next.flatMap((_, index) => {
      const from = cameFrom[index] ?? null;
      const isLearned = from !== null && cellRow(spec, rows, from, column) === holder;
      return isLearned ? [cellPath(path, cellRow(spec, next, index, column), column)] : [];
    });
  };
  const moved = withPriors(setAt(design, registry, path, next), renamedPriors(design, follow));
  const learn = [...new Set(design.learn.flatMap(follow))];
  return withLinks({ ...moved, learn }, movedLinks(design.links, follow, removedPath));
}
