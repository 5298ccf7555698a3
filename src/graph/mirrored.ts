/** A design whose stage moves the other way: its images stay as they are wherever nothing but phases shapes the light. */
import { nollToDegree } from '../optics/maths/zernike.ts';
import type { Design, DesignNode } from './document.ts';
import { isTerms } from './format.ts';
import type { Registry } from './registry.ts';

/** Of the planes of a stack. */
const DISTANCES = ['zStep', 'zOffset'] as const;

export const isEvenTerm = (nollIndex: number): boolean => nollToDegree(nollIndex).m % 2 === 0;

/** z, the planes and all terms that are even about the axis turned about; null without a stack or a measured image. */
export function mirroredDesign(design: Design, registry: Registry): Design | null {
  const isMeasured = Object.values(design.images).some(({ kind }) => kind === 'measured');
  if (!isMeasured || !design.nodes.some(({ type }) => type === 'stack')) return null;
  return { ...design, nodes: design.nodes.map((node) => mirroredNode(node, registry)) };
}

function mirroredNode(node: DesignNode, registry: Registry): DesignNode {
  const specs = registry.get(node.type)?.params ?? {};
  const isStack = node.type === 'stack';
  const planes = DISTANCES.flatMap((name) => {
    const spec = specs[name];
    return isStack && spec?.kind === 'quantity' ? [[name, spec.default] as const] : [];
  });
  const given = { ...Object.fromEntries(planes), ...node.params };
  const params = Object.entries(given).map(([name, value]) => {
    const spec = specs[name];
    if (spec?.kind === 'zernike' && isTerms(value)) {
      const terms = Object.entries(value).map(([j, term]) => [j, isEvenTerm(Number(j)) ? -term : term]);
      return [name, Object.fromEntries(terms)];
    }
    const isAxial = spec?.kind === 'quantity' && spec.role === 'axial';
    const isPlane = planes.some(([each]) => each === name);
    return [name, (isAxial || isPlane) && typeof value === 'number' ? -value : value];
  });
  return { ...node, params: Object.fromEntries(params) };
}
