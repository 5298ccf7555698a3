/** Changes of links: made, taken away, and kept right when nodes and rows change their names. */
import type { Design } from '../document.ts';
import { setLearn } from '../edit.ts';
import { describePath, settledPath, withoutLink } from '../paths.ts';
import { own, type Registry } from '../registry.ts';
import { checkLink, relinked } from './links.ts';
import { type Place, referenceOf } from './references.ts';
import { pathText, rewritten } from './rewrite.ts';
import { ExpressionProblem } from './syntax.ts';

/**
 * Lets a value follow an expression, which is written with whole names from then on; it is no longer learned itself.
 * @throws RangeError where `checkLink` refuses
 */
export function setLink(design: Design, registry: Registry, path: string, text: string): Design {
  const target = describePath(design, registry, path);
  const settled = target.ok ? settledPath(target) : path;
  const written = canonicalText(design, registry, settled, text);
  const check = checkLink(design, registry, settled, written);
  if (!check.ok) throw new RangeError(check.reason);
  const linked = { ...design, links: { ...design.links, [settled]: written } };
  return relinked(
    setLearn(
      linked,
      linked.learn.filter((each) => each !== settled && each !== `${settled}.*`),
    ),
    registry,
  );
}

/** Keeps the value that the expression gave last. */
export function unlink(design: Design, registry: Registry, path: string): Design {
  const target = describePath(design, registry, path);
  return withoutLink(design, target.ok ? settledPath(target) : path);
}

/** The expression that a value follows; null where it has a value of its own. */
export function linkAt(design: Design, registry: Registry, path: string): string | null {
  if (design.links === undefined) return null;
  const target = describePath(design, registry, path);
  return own(design.links, target.ok ? settledPath(target) : path) ?? null;
}

/** Short names and titles written out as node.parameter, so that they mean the same wherever they stand. */
export function canonicalText(design: Design, registry: Registry, path: string, text: string): string {
  const target = describePath(design, registry, path);
  if (!target.ok) return text;
  const place: Place = { nodeId: target.node.id, param: target.cell?.column ?? target.param };
  return rewritten(text.trim(), ({ parts }) => {
    if (/^(?:lambda|λ)$/.test(parts.join('.'))) return null;
    try {
      const found = referenceOf(design, registry, place, parts);
      return typeof found === 'number' ? null : pathText(found.path);
    } catch (error) {
      // What cannot be read stays as it was written, to be corrected.
      if (error instanceof ExpressionProblem) return null;
      throw error;
    }
  });
}
