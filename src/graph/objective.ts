/** The objective of a design: the one number that a fit makes small. */
import type { ElementSpec } from '../optics/element.ts';
import type { Design, DesignNode } from './document.ts';
import { nodeName, type Registry } from './registry.ts';

export interface Objective {
  readonly node: DesignNode;
  readonly spec: ElementSpec;
}

export type ObjectiveCheck =
  | ({ readonly ok: true } & Objective)
  /** A sentence with a way out. */
  | { readonly ok: false; readonly reason: string };

type Wired = Pick<Design, 'nodes' | 'edges'>;

/** Whether an element measures the misfit of an image: the mean over its pixels of what residuals say. */
export function isComparison({ inputs }: ElementSpec): boolean {
  return Object.hasOwn(inputs, 'model') && Object.hasOwn(inputs, 'target');
}

/**
 * What a fit makes small: the goal or comparison whose number goes to no other one. Where several stand apart, those
 * that lack an input do not count.
 */
export function findObjective(design: Wired, registry: Registry): ObjectiveCheck {
  const ends = endsOf(design, registry);
  const whole = ends.filter((end) => isWired(design, end));
  const [first, ...others] = whole.length > 0 ? whole : ends;
  const [second] = others;
  if (first === undefined || whole.length === 0) return { ok: false, reason: NOTHING_TO_FIT };
  if (second === undefined) return { ok: true, ...first };
  const [one, other] = [first, second].map(({ node }) => `“${nodeName(design, registry, node.id)}”`);
  return {
    ok: false,
    reason: `${one} and ${other} both want to be made small: connect one to the penalty of the other, so that their sum is, or remove one.`,
  };
}

/** The same where none is not wrong: null, too, while several compete. */
export function objectiveOf(design: Wired, registry: Registry): Objective | null {
  const found = findObjective(design, registry);
  return found.ok ? found : null;
}

export const NOTHING_TO_FIT =
  'There is nothing to fit to: add a “Compare” element and connect a camera and a target image to it, or a goal behind what it measures.';

/** Objectives whose number goes to no other objective. */
function endsOf({ nodes, edges }: Wired, registry: Registry): Objective[] {
  const objectives = nodes.flatMap((node) => {
    const spec = registry.get(node.type);
    return spec?.objective === true && node.bypassed !== true ? [{ node, spec }] : [];
  });
  const ids = new Set(objectives.map(({ node }) => node.id));
  const adds = (id: string) => edges.some(({ from, to }) => from.node === id && ids.has(to.node));
  return objectives.filter(({ node }) => !adds(node.id));
}

function isWired({ edges }: Wired, { node, spec }: Objective): boolean {
  return Object.entries(spec.inputs).every(
    ([port, { optional }]) =>
      optional === true || edges.some(({ to }) => to.node === node.id && to.port === port),
  );
}
