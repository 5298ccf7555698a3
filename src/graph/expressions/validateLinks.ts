/** What is wrong with the links of a design: names, units, circles, and values out of their range. */
import type { Design, Issue } from '../document.ts';
import { NO_OVERRIDES } from '../elementValues.ts';
import { formatQuantity } from '../format.ts';
import { describePath, quantityAt } from '../paths.ts';
import { createIssue, own, type Registry } from '../registry.ts';
import { LINK_FIX, linkedScalars, linksOf, valueProblem } from './links.ts';
import { numberAt } from './references.ts';

export function validateLinks(design: Design, registry: Registry): Issue[] {
  const found = linksOf(design, registry);
  const broken = found.broken.map(({ path, reason }) => linkIssue(design, registry, path, reason));
  const scalars = linkedScalars(found, NO_OVERRIDES);
  const wrong = found.links.flatMap((link) => {
    const problem = valueProblem(link, scalars.get(link.path)?.value ?? Number.NaN);
    return problem === null ? [] : [linkIssue(design, registry, link.path, problem)];
  });
  return [...broken, ...wrong];
}

/** An error at the value, with the way out of keeping what it is. */
function linkIssue(design: Design, registry: Registry, path: string, message: string): Issue {
  const target = describePath(design, registry, path);
  if (!target.ok)
    return createIssue('error', 'badLink', message, 'Correct or remove it in the file, under “links”.');
  const where = { nodeId: target.node.id, paramId: target.param };
  const issue = createIssue('error', 'badLink', message, LINK_FIX, where);
  const value = numberAt(design, registry, path);
  const spec = quantityAt(target) ?? (target.spec.kind === 'zernike' ? target.spec : null);
  if (value === null || spec === null || value < spec.min || value > spec.max) return issue;
  const title = `Unlink, keep ${formatQuantity(value, quantityAt(target)?.quantity ?? 'length')}`;
  return { ...issue, apply: { title, params: { [path.slice(target.node.id.length + 1)]: value } } };
}

/** Of a linked value the link says what is wrong. */
export function isNotLinked({ links }: Design): (issue: Issue) => boolean {
  return ({ nodeId, paramId, code }) =>
    own(links ?? {}, `${nodeId}.${paramId}`) === undefined ||
    (code !== 'outOfRange' && code !== 'unitMistake');
}
