/** What the fit may change, in words. */
import type { Design } from '../../graph/document.ts';
import { checkLearnPath } from '../../graph/learnables.ts';
import { nodeName, type Registry } from '../../graph/registry.ts';
import { valueTitle } from '../../graph/titles.ts';

export interface LearnedValue {
  readonly path: string;
  /** Name of the element; the path itself where it leads nowhere. */
  readonly node: string;
  /** Name of the value, as in the results; empty where the path leads nowhere. */
  readonly name: string;
}

/** The Zernike terms of one wavefront, the cells of one table, or one other value. */
interface LearnedGroup {
  readonly key: string;
  readonly title: string;
  readonly values: readonly LearnedValue[];
}

/** The learned values in the order in which they were chosen; the terms of one wavefront and the cells of one table stand together. */
export function learnedGroups(design: Design, registry: Registry): readonly LearnedGroup[] {
  const groups = new Map<string, { title: string; values: LearnedValue[] }>();
  for (const path of design.learn) {
    const check = checkLearnPath(design, registry, path);
    if (!check.ok) {
      groups.set(path, { title: path, values: [{ path, node: path, name: '' }] });
      continue;
    }
    const { node, param, nollIndex, cell } = check.target;
    const title = nodeName(design, registry, node.id);
    const key = nollIndex === null && cell === null ? path : `${node.id}.${param}`;
    const group = groups.get(key) ?? { title, values: [] };
    group.values.push({ path, node: title, name: valueTitle(check.target) });
    groups.set(key, group);
  }
  return [...groups].map(([key, group]) => ({ key, ...group }));
}

/** Zernike terms on a card: "none", "3 terms", "18 learned terms", "4 terms, 2 learned". */
export function termsText(set: readonly string[], learned: readonly string[]): string {
  const all = new Set([...set, ...learned]).size;
  if (all === 0) return 'none';
  const words = (kind: string): string => `${all} ${kind}${all === 1 ? '' : 's'}`;
  if (learned.length === 0) return words('term');
  return all === learned.length ? words('learned term') : `${words('term')}, ${learned.length} learned`;
}
