/** Elements by type, and what can be asked of a node without knowing which element it is. */
import type { ElementSpec, ParamSpec } from '../optics/element.ts';
import type { Design, DesignNode, Issue, ParamData, Severity } from './document.ts';

export type Registry = ReadonlyMap<string, ElementSpec>;

/** @throws when two elements claim the same type: a fault of the program, not of a document. */
export function createRegistry(elements: readonly ElementSpec[]): Registry {
  const registry = new Map<string, ElementSpec>();
  for (const element of elements) {
    if (registry.has(element.type)) throw new Error(`Two elements are called “${element.type}”.`);
    registry.set(element.type, element);
  }
  return registry;
}

/** A record's own entry; names such as `toString` come from files and must not reach the prototype. */
export function own<T>(record: { readonly [key: string]: T }, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export function findNode(design: Design, nodeId: string): DesignNode | undefined {
  return design.nodes.find((node) => node.id === nodeId);
}

const namesOfNodes = new WeakMap<Design['nodes'], ReadonlyMap<string, string>>();

/**
 * How people call the nodes, by id: a node's own title or the element's; of several with one title, the second is
 * “Camera 2”. Cards, lists, messages and problems all take their names from here.
 */
function nodeNames(nodes: Design['nodes'], registry: Registry): ReadonlyMap<string, string> {
  const known = namesOfNodes.get(nodes);
  if (known !== undefined) return known;
  const titles = nodes.map((node) => node.title ?? registry.get(node.type)?.title ?? node.type);
  const taken = new Set(titles);
  const names = new Map<string, string>();
  const used = new Set<string>();
  for (const [index, title] of titles.entries()) {
    let name = title;
    for (let number = 2; used.has(name); number++) {
      const next = `${title} ${number}`;
      if (!taken.has(next)) name = next;
    }
    used.add(name);
    const id = nodes[index]?.id;
    if (id !== undefined && !names.has(id)) names.set(id, name);
  }
  namesOfNodes.set(nodes, names);
  return names;
}

/** The name of one node; its id where there is no such node. Never to be used in files. */
export function nodeName({ nodes }: Pick<Design, 'nodes'>, registry: Registry, nodeId: string): string {
  return nodeNames(nodes, registry).get(nodeId) ?? nodeId;
}

/** What a parameter is when the document says nothing. */
export function defaultValue(spec: ParamSpec): ParamData {
  switch (spec.kind) {
    case 'zernike':
      return {};
    case 'image':
      return '';
    default:
      return spec.default;
  }
}

/** Whether a parameter can hold the id of an image of the document. */
export function namesImage(spec: ParamSpec | undefined): boolean {
  return spec?.kind === 'image' || spec?.kind === 'map';
}

/** A node's value of a parameter: its own, or the element's default; undefined for an unknown parameter. */
export function paramValue(node: DesignNode, registry: Registry, name: string): ParamData | undefined {
  const value = own(node.params, name);
  if (value !== undefined) return value;
  const spec = own(registry.get(node.type)?.params ?? {}, name);
  return spec === undefined ? undefined : defaultValue(spec);
}

export function createIssue(
  severity: Severity,
  code: string,
  message: string,
  fix: string,
  where: { readonly nodeId?: string; readonly paramId?: string } = {},
): Issue {
  return { severity, code, nodeId: where.nodeId ?? null, paramId: where.paramId ?? null, message, fix };
}

/** Names of the parameters that matter at the node's present choices (`when`), in the order of the declaration. */
export function shownParams(node: Pick<DesignNode, 'params'>, element: ElementSpec): string[] {
  const isShown = ({ when }: ParamSpec): boolean => {
    const other = when === undefined ? undefined : own(element.params, when.param);
    if (when === undefined || other === undefined) return true;
    const value = own(node.params, when.param) ?? defaultValue(other);
    // What hangs on a parameter that does not matter does not matter either.
    return when.is.includes(String(value)) && isShown(other);
  };
  return Object.entries(element.params).flatMap(([name, param]) => (isShown(param) ? [name] : []));
}
