/** The unknowns of a fit, one by one, in an order that depends on the document only. */
import type { MapParam, QuantityParam, SearchRole, ZernikeParam } from '../optics/element.ts';
import type { Quantity } from '../optics/units.ts';
import type { Design, Prior } from './document.ts';
import { rangeWithLinks } from './expressions/linkBounds.ts';
import { linksOf } from './expressions/links.ts';
import { formatQuantity, isList } from './format.ts';
import { LIMITS } from './limits.ts';
import { describePath, getAt, type PathTarget, quantityAt, settledPath } from './paths.ts';
import { nodeName, own, type Registry } from './registry.ts';
import { cellPath, cellRow, tableRows } from './tables.ts';
import { valueTitle } from './titles.ts';

export interface Learnable {
  /** `node.param`, `node.zernike.8`, `node.photons.2` or `node.particles.3.x`: reads and writes exactly this number. */
  readonly path: string;
  readonly nodeId: string;
  readonly param: string;
  /** Noll index of a Zernike term, else null. */
  readonly nollIndex: number | null;
  /** Plane of a stack, else null. */
  readonly plane: number | null;
  /** Row of a table (the first of a group that shares the value), else null. */
  readonly row: number | null;
  /** Column of a table, else null. */
  readonly column: string | null;
  /** Start value and legal range, SI. */
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** A change that matters about as much as a unit step of the optimiser, SI. */
  readonly step: number;
  readonly quantity: Quantity;
  readonly unit: string;
  readonly scale: 'linear' | 'log';
  readonly role: SearchRole | null;
  readonly title: string;
  /** What is known of it before the fit; null where nothing is. */
  readonly prior: Prior | null;
}

export type LearnCheck =
  | { readonly ok: true; readonly target: PathTarget; readonly spec: QuantityParam | ZernikeParam | MapParam }
  | { readonly ok: false; readonly reason: string };

/** Whether a path may stand in the list of what is learned; a sentence when not. */
export function checkLearnPath(design: Design, registry: Registry, path: string): LearnCheck {
  const target = describePath(design, registry, path);
  if (!target.ok) return { ok: false, reason: target.reason };
  const { node, param, cell } = target;
  const spec = cell?.spec ?? target.spec;
  const name = `${spec.title} of ${nodeName(design, registry, node.id)}`;
  if (spec.kind === 'table') {
    const column = Object.keys(spec.columns)[0] ?? 'x';
    const examples = `${cellPath(path, 0, column)} or ${cellPath(path, '*', column)}`;
    return { ok: false, reason: `Name the ${spec.row} and the column to learn: ${examples}, for example.` };
  }
  if (spec.kind !== 'quantity' && spec.kind !== 'zernike' && spec.kind !== 'map')
    return { ok: false, reason: `${name} is not a continuous number, so it cannot be learned.` };
  if (!spec.learnable)
    return { ok: false, reason: `${name} cannot be learned: the light is not differentiable in it.` };
  if (spec.kind === 'zernike' && target.nollIndex === null)
    return { ok: false, reason: `Name the term of ${name} to learn, for example ${node.id}.${param}.4.` };
  const isPlane = target.plane !== null;
  const followed = own(design.links ?? {}, isPlane ? `${node.id}.${param}` : settledPath(target));
  if (followed !== undefined)
    return {
      ok: false,
      reason: `${name} follows ${followed}, so it cannot be learned itself: learn what it follows.`,
    };
  if (spec.kind === 'quantity' && cell === null && target.plane === null && isList(node.params[param] ?? 0))
    return { ok: false, reason: `${name} has one value per plane: learn ${node.id}.${param}.* instead.` };
  return { ok: true, target, spec };
}

/**
 * Every number that a fit may change, but for the cells of maps (`learnableMaps`). Paths that do not hold, parameters of bypassed nodes and repeated paths are
 * left out (the validator reports them).
 * @param planes number of planes of the design, into which `.*` expands
 */
export function expandLearnables(design: Design, registry: Registry, planes: number): Learnable[] {
  const found = new Map<string, Learnable>();
  for (const path of design.learn) {
    const check = checkLearnPath(design, registry, path);
    if (!check.ok || check.spec.kind === 'map' || check.target.node.bypassed === true) continue;
    const { target, spec } = check;
    for (const each of pathsOf(path, target, planes)) {
      if (own(design.links ?? {}, each) !== undefined) continue;
      const learnable = describeLearnable(design, registry, each, target, spec);
      if (learnable !== null && !found.has(each)) found.set(each, learnable);
    }
  }
  const order = new Map(design.nodes.map((node, index) => [node.id, index]));
  const rank = ({ nodeId, param }: Learnable): number => {
    const node = design.nodes[order.get(nodeId) ?? 0];
    const names = Object.keys(registry.get(node?.type ?? '')?.params ?? {});
    return (order.get(nodeId) ?? 0) * 1000 + names.indexOf(param);
  };
  const links = linksOf(design, registry);
  const ranged = [...found.values()].map((each) => ({
    ...each,
    ...rangeWithLinks(links, each.path, each.value, each, (path) => found.has(path)),
  }));
  return ranged.sort(
    (a, b) =>
      rank(a) - rank(b) || (a.nollIndex ?? a.plane ?? a.row ?? 0) - (b.nollIndex ?? b.plane ?? b.row ?? 0),
  );
}

/** The numbers that a path stands for: every plane or row, and of cells that a group shares only the first. */
function pathsOf(path: string, { node, param, plane, cell }: PathTarget, planes: number): readonly string[] {
  const stem = `${node.id}.${param}`;
  if (cell !== null) {
    const { table, column, row } = cell;
    const rows = tableRows(table, node.params[param]);
    const wanted = row === '*' ? rows.map((_, index) => index) : [row];
    return wanted.map((index) => cellPath(stem, cellRow(table, rows, index, column), column));
  }
  if (plane !== '*') return [path];
  const count = Math.min(Math.max(1, planes), LIMITS.list);
  return Array.from({ length: count }, (_, index) => `${stem}.${index}`);
}

function describeLearnable(
  design: Design,
  registry: Registry,
  path: string,
  named: PathTarget,
  spec: QuantityParam | ZernikeParam,
): Learnable | null {
  const value = getAt(design, registry, path);
  // Of `.*` one by one.
  const target = describePath(design, registry, path);
  if (typeof value !== 'number' || !target.ok) return null;
  const { node, param, nollIndex } = named;
  const plane = typeof target.plane === 'number' ? target.plane : null;
  const row = typeof target.cell?.row === 'number' ? target.cell.row : null;
  const quantity = quantityAt(target);
  // People count from one, paths from none.
  const ofPlane = plane === null ? '' : `, plane ${plane + 1}`;
  return {
    path,
    nodeId: node.id,
    param,
    nollIndex,
    plane,
    row,
    column: target.cell?.column ?? null,
    value,
    ...{ min: spec.min, max: spec.max },
    step: spec.step,
    quantity: quantity?.quantity ?? 'length',
    unit: spec.display,
    scale: quantity?.scale ?? 'linear',
    role: quantity?.role ?? null,
    title: `${nodeName(design, registry, node.id)}: ${valueTitle(target)}${ofPlane}`,
    prior: priorAt(design, registry, path),
  };
}

/** Of a natural step, and of the mean: what is known better than this is no unknown, and numerics end there. */
const SHARPEST = { step: 1e-6, mean: 1e-10 };

/** Why a prior cannot stand where it does, as a sentence; null where it can, and is used. */
export function priorProblem(
  design: Design,
  registry: Registry,
  path: string,
  { mean, sigma }: Prior,
): string | null {
  const check = checkLearnPath(design, registry, path);
  if (!check.ok) return check.reason;
  const { spec, target } = check;
  if (spec.kind === 'map') return 'maps have none; a penalty can hold them.';
  if (!(sigma > 0)) return 'its standard deviation must be above 0.';
  const least = Math.max(SHARPEST.step * spec.step, SHARPEST.mean * Math.abs(mean));
  if (sigma < least) {
    const said = formatQuantity(least, quantityAt(target)?.quantity ?? 'length');
    return `its standard deviation is below ${said}, so nothing is left to learn: set the value and do not learn it.`;
  }
  return mean < spec.min || mean > spec.max ? 'its mean lies outside what the parameter may be.' : null;
}

/** Of one number: its own, or that of all planes or rows; null where the validator says that it cannot be used. */
function priorAt(design: Design, registry: Registry, path: string): Prior | null {
  const { priors = {} } = design;
  const ofAll = path.replace(/\.\d+(?=$|\.[A-Za-z]\w*$)/, '.*');
  const found = Object.hasOwn(priors, path) ? path : ofAll;
  const prior = Object.hasOwn(priors, found) ? priors[found] : undefined;
  return prior !== undefined && priorProblem(design, registry, found, prior) === null ? prior : null;
}
