/** Expressions with other names in them: nodes that got other ids, rows that moved. */
import type { Design } from '../document.ts';
import { type Expression, namesIn, parseExpression } from './syntax.ts';

type Name = Extract<Expression, { kind: 'name' }>;

/** How a path is written in an expression: ids with a hyphen in quotes. */
export function pathText(path: string): string {
  const dot = path.indexOf('.');
  const [node, rest] = [path.slice(0, dot), path.slice(dot)];
  return /^[\p{L}_][\p{L}\d_]*$/u.test(node) ? path : `"${node}"${rest}`;
}

/** A text with other names in it. @param change null leaves a name */
export function rewritten(text: string, change: (name: Name) => string | null): string {
  const parsed = parseExpression(text);
  if (!parsed.ok) return text;
  let next = text;
  for (const name of [...namesIn(parsed.expression)].reverse()) {
    const { start, end } = name.at;
    // `0.25 lambda` holds its name together with the space before it.
    const changed = change(name);
    if (changed !== null) next = next.slice(0, start) + changed + next.slice(end);
  }
  return next;
}

/** In the place of the row that a path names. */
const REMOVED = 'removed';

/** The path of a cell whose row was removed: no name of anything, so that what followed it does not follow another. */
export function removedPath(path: string): string {
  return path.replace(/\.\d+(?=\.\w+$)/, `.${REMOVED}`);
}

/** Whether a path is one of `removedPath`. */
export function isRemovedPath(path: string): boolean {
  return path.split('.')[2] === REMOVED;
}

/** Names in an expression; none where it cannot be read. */
function pathsIn(text: string): readonly string[] {
  const parsed = parseExpression(text);
  return parsed.ok ? namesIn(parsed.expression).map(({ parts }) => parts.join('.')) : [];
}

/**
 * Links under other paths: those of nodes that got other ids, of rows that moved.
 * @param move the paths that one becomes; none drops a link
 * @param gone how a name is written that becomes no path; unchanged unless given
 */
export function movedLinks(
  links: Design['links'],
  move: (path: string) => readonly string[],
  gone: (path: string) => string | null = () => null,
): NonNullable<Design['links']> {
  return Object.fromEntries(
    Object.entries(links ?? {}).flatMap(([path, text]) => {
      const renamed = rewritten(text, ({ parts }) => {
        const path = parts.join('.');
        const to = move(path)[0] ?? gone(path);
        return to === null ? null : pathText(to);
      });
      return move(path).map((to) => [to, renamed] as const);
    }),
  );
}

/** Links all of whose names hold. @param holds whether a node is there */
export function linksWithin(
  links: Design['links'],
  holds: (nodeId: string) => boolean,
): NonNullable<Design['links']> {
  const nodeOf = (path: string) => path.split('.')[0] ?? '';
  const isGlobal = (path: string) => !path.includes('.') || path.startsWith('grid.');
  return Object.fromEntries(
    Object.entries(links ?? {}).filter(
      ([path, text]) =>
        holds(nodeOf(path)) && pathsIn(text).every((name) => isGlobal(name) || holds(nodeOf(name))),
    ),
  );
}

/** The design with these links; without the entry where there are none. */
export function withLinks(design: Design, links: NonNullable<Design['links']>): Design {
  const { links: _, ...rest } = design;
  return Object.keys(links).length === 0 ? rest : { ...rest, links };
}
