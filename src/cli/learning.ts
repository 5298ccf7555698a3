/** `--learn`, `--fix` and `--prior`: which parameters a fit may change, and what is known of them. */
import { registry } from '../graph/catalogue.ts';
import type { Design, DesignNode } from '../graph/document.ts';
import { setLearn } from '../graph/edit.ts';
import { isList } from '../graph/format.ts';
import { checkLearnPath, expandLearnables } from '../graph/learnables.ts';
import { describePath, parsePath, type TableCell } from '../graph/paths.ts';
import { parsePrior, setPrior } from '../graph/priors.ts';
import { cellPath, cellRow, tableRows } from '../graph/tables.ts';
import { planeCount } from '../graph/validate.ts';
import type { Words } from './commandLine.ts';
import { Failure, UsageError } from './io.ts';

/**
 * The design with its list of learned paths replaced (unless `learn` is empty), then without those in `fix`.
 * @throws Failure with a sentence that names the path and what may have been meant
 */
export function applyLearning(design: Design, learn: readonly string[], fix: readonly string[]): Design {
  const chosen =
    learn.length === 0
      ? design
      : setLearn(
          design,
          learn.flatMap((path) => expand(design, path)),
        );
  return fix.reduce(withoutPath, chosen);
}

/** What `--learn`, `--fix` and `--prior` say. @throws Failure with a sentence */
export function applyUnknowns(design: Design, words: Words): Design {
  const learned = applyLearning(design, words.entries('--learn'), words.entries('--fix'));
  return applyPriors(learned, words.values('--prior'));
}

/** The design with priors from `path=value±deviation`. @throws Failure with a sentence */
function applyPriors(design: Design, texts: readonly string[]): Design {
  return texts.reduce((known, text) => {
    const equals = text.indexOf('=');
    const [given, value] = [text.slice(0, Math.max(0, equals)).trim(), text.slice(equals + 1)];
    if (equals < 0)
      throw new UsageError(
        `--prior takes node.param=VALUE±ERROR, such as --prior sphere.refractiveIndex=1.59±0.01, not “${text.slice(0, 60)}”.`,
      );
    const path = known.learn.includes(`${given}.*`) ? `${given}.*` : given;
    const read = parsePrior(known, registry, path, value);
    if (!read.ok) throw new Failure(`--prior ${given}: ${read.reason}`);
    const next = setPrior(known, path, read.prior);
    const isLearned = expandLearnables(next, registry, planeCount(next, registry)).some(
      ({ prior }) => prior === read.prior,
    );
    if (!isLearned) throw new Failure(`--prior ${given}: it is not learned, so it is known exactly.`);
    return next;
  }, design);
}

/** A parameter that the design learns term by term or plane by plane stands for all of these. */
function expand(design: Design, given: string): readonly string[] {
  const path = withoutStar(design, given);
  if (!design.learn.includes(path)) {
    const parts = design.learn.filter((each) => each.startsWith(`${path}.`));
    if (parts.length > 0) return parts;
  }
  const target = describePath(design, registry, path);
  const perPlane =
    target.ok && target.plane === null && isList(target.node.params[target.param] ?? 0) ? `${path}.*` : path;
  const check = checkLearnPath(design, registry, perPlane);
  if (!check.ok) throw new Failure(`--learn ${path}: ${check.reason}`);
  return [perPlane];
}

/** `pupil.zernike.*` is no path, since terms have no end, but what is meant is clear. */
function withoutStar(design: Design, path: string): string {
  return path.endsWith('.*') && !describePath(design, registry, path).ok ? path.slice(0, -2) : path;
}

function withoutPath(design: Design, given: string): Design {
  const path = withoutStar(design, given);
  const target = describePath(design, registry, path);
  if (!target.ok) throw new Failure(`--fix ${path}: ${target.reason}`);
  const stem = `${target.node.id}.${target.param}`;
  const { cell } = target;
  if (cell !== null) return setLearn(design, withoutCell(design, target.node, target.param, cell));
  const all = target.plane === '*' || (target.plane === null && target.nollIndex === null);
  const learn = design.learn.flatMap((each) => {
    if (all) return each === stem || each.startsWith(`${stem}.`) ? [] : [each];
    if (each === path) return [];
    // One plane out of “every plane”: the others stay.
    if (each !== `${stem}.*` || typeof target.plane !== 'number') return [each];
    const planes = Array.from({ length: planeCount(design, registry) }, (_, plane) => `${stem}.${plane}`);
    return planes.filter((plane) => plane !== path);
  });
  return setLearn(design, learn);
}

/** What stays learned of a table without a cell (and those that share its value) or without a column. */
function withoutCell(
  design: Design,
  node: DesignNode,
  param: string,
  { row, column, table }: TableCell,
): readonly string[] {
  const stem = `${node.id}.${param}`;
  const rows = tableRows(table, node.params[param]);
  const isOther = (index: number) =>
    row !== '*' && cellRow(table, rows, index, column) !== cellRow(table, rows, row, column);
  return design.learn.flatMap((path) => {
    const parts = parsePath(path);
    if (`${parts?.node}.${parts?.param}` !== stem || parts?.column !== column) return [path];
    if (parts.index !== '*') return isOther(parts.index ?? 0) ? [path] : [];
    return rows.flatMap((_, index) => (isOther(index) ? [cellPath(stem, index, column)] : []));
  });
}
