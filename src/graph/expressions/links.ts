/** Parameters that follow others: a design's expressions, read once, in the order in which they can be worked out. */
import type { QuantityParam, ZernikeParam } from '../../optics/element.ts';
import { constantScalar, isConstant, type Scalar } from '../../optics/ops/scalar.ts';
import { ElementProblem } from '../../optics/problem.ts';
import { SI_UNIT } from '../../optics/units.ts';
import type { Design } from '../document.ts';
import { NO_OVERRIDES, type ParameterOverrides, scalarAt } from '../elementValues.ts';
import { formatQuantity, isList, quantityOf } from '../format.ts';
import { describePath, type PathTarget, setAt, settledPath } from '../paths.ts';
import { nodeName, own, type Registry } from '../registry.ts';
import { valueTitle } from '../titles.ts';
import { dimensionOf, dimensionWords, isNumber, sameDimension } from './dimensions.ts';
import { type Meaning, meaningOf } from './evaluate.ts';
import { numberAt, type Place, referenceOf } from './references.ts';
import { ExpressionProblem, parseExpression } from './syntax.ts';

/** A parameter and the expression that it follows. */
export interface Link {
  readonly path: string;
  readonly nodeId: string;
  /** As a person calls it: “Focal length of Lens 2”. */
  readonly title: string;
  readonly text: string;
  readonly spec: QuantityParam | ZernikeParam;
  /** Paths of the values in the expression. */
  readonly references: readonly string[];
  readonly evaluate: Meaning['evaluate'];
}

/** A link that cannot be followed, and why. */
export interface BrokenLink {
  readonly path: string;
  readonly nodeId: string;
  readonly reason: string;
  /** The same without the name of the value and its expression. */
  readonly cause: string;
}

export interface Links {
  /** Each after those that it needs. */
  readonly links: readonly Link[];
  readonly broken: readonly BrokenLink[];
  /** The number at each path that is named and not linked itself. */
  readonly values: ReadonlyMap<string, number>;
}

export type LinkCheck =
  | { readonly ok: true; readonly link: Link; readonly value: number }
  | { readonly ok: false; readonly reason: string; readonly cause: string };

export const NO_LINKS: Links = { links: [], broken: [], values: new Map() };

const known = new WeakMap<Design, Links>();

/** The links of a design, read once for each design. */
export function linksOf(design: Design, registry: Registry): Links {
  if (design.links === undefined) return NO_LINKS;
  const found = known.get(design) ?? readLinks(design, design.links, registry);
  known.set(design, found);
  return found;
}

function readLinks(design: Design, texts: NonNullable<Design['links']>, registry: Registry): Links {
  const broken: BrokenLink[] = [];
  const read = new Map<string, Link>();
  for (const [path, text] of Object.entries(texts)) {
    const found = readLink(design, registry, path, text);
    if (found.ok) read.set(path, found.link);
    else broken.push({ path, nodeId: path.split('.')[0] ?? '', reason: found.reason, cause: found.cause });
  }
  const isBroken = new Set(broken.map(({ path }) => path));
  const links: Link[] = [];
  const done = new Set<string>();
  /** Paths on the way to this one; a link that leads back to one of them is a circle. */
  const visit = (link: Link, way: readonly string[]): void => {
    if (done.has(link.path) || isBroken.has(link.path)) return;
    const along = [...way, link.path];
    for (const path of link.references) {
      const next = read.get(path);
      if (!along.includes(path) && next !== undefined) visit(next, along);
      const cause = along.includes(path)
        ? `it depends on itself: ${[...along.slice(along.indexOf(path)), path].join(' → ')}.`
        : isBroken.has(path)
          ? `${path} cannot be worked out.`
          : null;
      if (cause === null) continue;
      isBroken.add(link.path);
      broken.push({
        ...{ path: link.path, nodeId: link.nodeId, cause },
        reason: `${link.title} follows ${link.text}: ${cause}`,
      });
      return;
    }
    done.add(link.path);
    links.push(link);
  };
  for (const link of read.values()) visit(link, []);
  const values = new Map<string, number>();
  for (const path of links.flatMap(({ references }) => references)) {
    if (!done.has(path)) values.set(path, numberAt(design, registry, path) ?? Number.NaN);
  }
  return { links, broken, values };
}

type ReadLink = { readonly ok: true; readonly link: Link } | Extract<LinkCheck, { ok: false }>;

/** Reads one link by itself: names, units and what may be linked; circles are found among all. */
function readLink(design: Design, registry: Registry, path: string, text: string): ReadLink {
  const target = describePath(design, registry, path);
  if (!target.ok)
    return { ok: false, reason: `“links” names ${path}: ${target.reason}`, cause: target.reason };
  const title = linkTitle(design, registry, target);
  const bad = (cause: string): ReadLink => ({
    ok: false,
    reason: `${title} follows ${text}: ${cause}`,
    cause,
  });
  const spec = linkable(target);
  if (typeof spec === 'string') return { ok: false, reason: `${title} ${spec}`, cause: `${title} ${spec}` };
  if (settledPath(target) !== path)
    return bad(`its group holds the value at ${settledPath(target)}; link that.`);
  const parsed = parseExpression(text);
  if (!parsed.ok) return bad(parsed.reason);
  const place: Place = { nodeId: target.node.id, param: target.cell?.column ?? target.param };
  try {
    const references = new Set<string>();
    const resolve = (parts: readonly string[]) => {
      const found = referenceOf(design, registry, place, parts);
      if (typeof found !== 'number') references.add(found.path);
      return found;
    };
    const { dimension, evaluate } = meaningOf(parsed.expression, text, resolve);
    const wanted = dimensionOf(quantityOf(spec));
    if (!sameDimension(dimension, wanted)) {
      const unit = SI_UNIT[quantityOf(spec)];
      const hint = isNumber(dimension) ? ` Give numbers a unit${unit === 'm' ? ', such as 5 mm' : ''}.` : '';
      return bad(`that is ${dimensionWords(dimension)}, not ${dimensionWords(wanted)}.${hint}`);
    }
    const link = { path, nodeId: target.node.id, title, text, spec, references: [...references], evaluate };
    return { ok: true, link };
  } catch (error) {
    if (error instanceof ExpressionProblem) return bad(error.message);
    throw error;
  }
}

/** The declaration of a value that can follow others; else the end of a sentence that begins with its title. */
function linkable(target: PathTarget): QuantityParam | ZernikeParam | string {
  const { node, param, spec, cell, nollIndex, plane } = target;
  if (cell !== null) return cell.row === '*' ? 'is many cells: link them one by one.' : cell.spec;
  if (spec.kind === 'zernike')
    return nollIndex === null ? `is a set of terms: link one, such as ${node.id}.${param}.4.` : spec;
  if (spec.kind !== 'quantity') return 'is not a continuous number, so it cannot follow others.';
  if (plane !== null || isList(own(node.params, param) ?? 0))
    return 'has one value per plane, and these cannot follow others.';
  return spec;
}

/** “Focal length of Lens 2”. */
function linkTitle(design: Design, registry: Registry, target: PathTarget): string {
  return `${valueTitle(target)} of ${nodeName(design, registry, target.node.id)}`;
}

/** The values of all links as scalars: derivatives of what is learned go through the expressions. */
export function linkedScalars({ links, values }: Links, overrides: ParameterOverrides): Map<string, Scalar> {
  const found = new Map<string, Scalar>();
  for (const { path, evaluate } of links) {
    found.set(
      path,
      evaluate((name) => found.get(name) ?? scalarAt(name, values.get(name) ?? Number.NaN, overrides)),
    );
  }
  return found;
}

/** Paths that move with what is learned: the learned ones themselves, and what is linked to them. */
export function movingPaths(links: Links, overrides: ParameterOverrides): readonly string[] {
  const linked = overrides.linked ?? linkedScalars(links, overrides);
  const following = [...linked].flatMap(([path, scalar]) => (isConstant(scalar) ? [] : [path]));
  return [...overrides.slots.keys(), ...following];
}

/** The design with the present values of its links in place; itself where they are there. */
export function relinked(design: Design, registry: Registry): Design {
  const found = linksOf(design, registry);
  if (found.links.length === 0) return design;
  let next = design;
  for (const [path, { value }] of linkedScalars(found, NO_OVERRIDES)) {
    if (!Number.isFinite(value) || numberAt(next, registry, path) === value) continue;
    next = setAt(next, registry, path, value);
  }
  return next === design
    ? design
    : { ...next, ...(design.links === undefined ? {} : { links: design.links }) };
}

export const LINK_FIX = 'Change what it follows, or the expression.';

/** The linked values that change where others do, by path. */
export function followedValues(
  design: Design,
  registry: Registry,
  values: Readonly<Record<string, number>>,
): ReadonlyMap<string, number> {
  const links = linksOf(design, registry);
  const paths = Object.keys(values);
  const slots = new Map(paths.map((path, slot) => [path, slot]));
  const scalars = linkedScalars(links, { values: new Map(Object.entries(values)), slots });
  return new Map(
    [...scalars].flatMap(([path, scalar]) => (isConstant(scalar) ? [] : [[path, scalar.value]])),
  );
}

/** What is wrong with the value that a link has come to: a sentence that names node and parameter, or null. */
export function valueProblem({ title, text, spec }: Link, value: number): string | null {
  if (!Number.isFinite(value)) return `${title} follows ${text}, which is no finite number now.`;
  if (value >= spec.min && value <= spec.max) return null;
  const say = (number: number) => formatQuantity(number, quantityOf(spec));
  return `${title} follows ${text}, which is ${say(value)} now, outside ${say(spec.min)} to ${say(spec.max)}.`;
}

/** Whether a path may follow an expression, with the value that it gets; a sentence where not. */
export function checkLink(design: Design, registry: Registry, path: string, text: string): LinkCheck {
  const trial: Design = { ...design, links: { ...design.links, [path]: text } };
  const { links, broken, values } = linksOf(trial, registry);
  const problem = broken.find((each) => each.path === path);
  if (problem !== undefined) return { ok: false, reason: problem.reason, cause: problem.cause };
  const link = links.find((each) => each.path === path);
  if (link === undefined) throw new Error('A link is either broken or not.');
  const value = (
    linkedScalars({ links, broken, values }, NO_OVERRIDES).get(path) ?? constantScalar(Number.NaN)
  ).value;
  const wrong = valueProblem(link, value);
  return wrong === null ? { ok: true, link, value } : { ok: false, reason: wrong, cause: wrong };
}

/** The overrides of a run with the values of links, which are worked out anew each time. */
export function withLinked(links: Links, overrides: ParameterOverrides): ParameterOverrides {
  return links.links.length === 0 ? overrides : { ...overrides, linked: linkedScalars(links, overrides) };
}

/** @throws ElementProblem where a linked value of a node is out of its range: it is never brought back in silence */
export function refuseLinks({ links }: Links, nodeId: string, { linked }: ParameterOverrides): void {
  for (const link of links) {
    if (link.nodeId !== nodeId) continue;
    const problem = valueProblem(link, linked?.get(link.path)?.value ?? Number.NaN);
    if (problem !== null) throw new ElementProblem(problem, LINK_FIX);
  }
}
