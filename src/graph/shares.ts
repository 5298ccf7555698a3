/** How light of many parts that do not interfere is divided into shares whose images add up. */
import type { LightShare } from '../optics/element.ts';
import { downstream, type Plan, type PlanNode, upstream } from './compile.ts';
import type { GraphRunner } from './execute.ts';

interface Divided {
  readonly plan: Plan;
  /** Nodes whose values are wanted; all when absent. */
  readonly only?: ReadonlySet<string>;
  readonly blocked?: ReadonlySet<string>;
}

/** Shares of at most `count` parts of a light of that many. */
export function sharesOf(parts: number, count: number): LightShare[] {
  const of = Math.ceil(parts / count);
  return Array.from({ length: of }, (_, index) => ({ index, of }));
}

/**
 * Into how many shares the light of all sources can be divided such that the images of the shares add up: the least
 * parts that a source has; 1 where some light or some element on its way does not add up.
 */
export function commonParts(
  { plan, only, blocked }: Divided,
  runner: Pick<GraphRunner, 'paramsOfNode'>,
): number {
  const wanted = only === undefined ? null : upstream(plan, only);
  const nodes = plan.order.filter(
    ({ node }) => (wanted === null || wanted.has(node.id)) && blocked?.has(node.id) !== true,
  );
  const sources = nodes.filter(makesLight);
  const counts = sources.map((source) =>
    source.node.bypassed === true ? 1 : (source.spec.incoherentParts?.(runner.paramsOfNode(source)) ?? 1),
  );
  const lit = downstream(plan, new Set(sources.map(({ node }) => node.id)));
  const addsUp = ({ node, spec }: PlanNode) =>
    spec.incoherentParts !== undefined ||
    spec.linearIn !== null ||
    spec.addsUp === true ||
    (spec.category === 'fit' && readsImages(spec)) ||
    !lit.has(node.id);
  return counts.length > 0 && nodes.every(addsUp) ? Math.min(...counts) : 1;
}

/** Detectors of light: what they see of its shares adds up. */
export function litDetectors(plan: Plan): string[] {
  const sources = plan.order.filter(makesLight);
  const lit = downstream(plan, new Set(sources.map(({ node }) => node.id)));
  return plan.order.flatMap(({ node, spec }) => (spec.addsUp === true && lit.has(node.id) ? [node.id] : []));
}

function readsImages({ inputs }: PlanNode['spec']): boolean {
  return Object.values(inputs).every(({ accepts }) => accepts.every((t) => t === 'image' || t === 'scalar'));
}

function makesLight(planNode: PlanNode): boolean {
  return Object.keys(planNode.spec.inputs).length === 0 && handsOnLight(planNode);
}

function handsOnLight({ spec }: PlanNode): boolean {
  return Object.values(spec.outputs).some(({ type }) => type !== 'image' && type !== 'scalar');
}

/** Whole numbers that are a number of parts, in elements which do not divide them into shares. */
const COUNTS = ['draws', 'points'];
/** Axes of a dipole that turns: the most parts of an emitter, which does not say how many. */
const UNSAID = 3;

/** At least as many parts as light of the design consists of anywhere, counted once for each wavelength. */
export function modesAtMost(plan: Plan, runner: Pick<GraphRunner, 'paramsOfNode'>): number {
  const modes = new Map<string, number>();
  for (const planNode of plan.order) {
    const arriving = [...planNode.inputs.values()].map(({ node }) => modes.get(node) ?? 1);
    // Lights of different sources that meet take twice the larger count.
    const meetings = handsOnLight(planNode) ? Math.max(0, arriving.length - 1) : 0;
    modes.set(planNode.node.id, ownParts(planNode, runner) * Math.max(1, ...arriving) * 2 ** meetings);
  }
  const lines = plan.order.map((planNode) => wholeNumber(planNode, 'spectralLines'));
  return Math.max(1, ...modes.values()) * Math.max(1, ...lines);
}

function ownParts(planNode: PlanNode, runner: Pick<GraphRunner, 'paramsOfNode'>): number {
  const { spec } = planNode;
  if (spec.incoherentParts !== undefined) return spec.incoherentParts(runner.paramsOfNode(planNode));
  const isEmitter = Object.values(spec.outputs).some(({ type }) => type === 'farField');
  const counts = COUNTS.map((name) => wholeNumber(planNode, name));
  return counts.reduce((product, count) => product * count, isEmitter ? UNSAID : 1);
}

/** A parameter that counts something; 1 where it is absent or does not matter. */
function wholeNumber({ node, spec }: PlanNode, name: string): number {
  const param = spec.params[name];
  if (param?.kind !== 'integer') return 1;
  const other = param.when === undefined ? undefined : spec.params[param.when.param];
  const choice = node.params[param.when?.param ?? ''] ?? (other?.kind === 'choice' ? other.default : '');
  if (other?.kind === 'choice' && param.when?.is.includes(String(choice)) === false) return 1;
  return Number(node.params[name] ?? param.default);
}
