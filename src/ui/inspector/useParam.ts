/** What every field of the inspector is given, and the values it shows. */
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { ParamData } from '../../graph/document.ts';
import { followedValues } from '../../graph/expressions/links.ts';
import { isTerms } from '../../graph/format.ts';
import { getAt } from '../../graph/paths.ts';
import { shownParams } from '../../graph/registry.ts';
import type { ElementSpec, ParamSpec } from '../../optics/element.ts';
import { documentStore, registry } from '../stores/app.ts';
import { engineStore, movingValues } from '../stores/engineStore.ts';

const NO_TERMS: ParamData = {};
const NOTHING_SHOWN: readonly string[] = [];

export interface FieldProps<S extends ParamSpec = ParamSpec> {
  readonly nodeId: string;
  readonly param: string;
  readonly spec: S;
}

export function useParam(nodeId: string, param: string): ParamData | undefined {
  return useStore(documentStore, ({ design }) => {
    const value = getAt(design, registry, `${nodeId}.${param}`);
    // The default of Zernike terms is made anew at every call; a selector must give the same object.
    return typeof value === 'object' && Object.keys(value).length === 0 ? NO_TERMS : value;
  });
}

/** Names of the Zernike terms that are set; the same list while only their values change. */
export function useTermNames(nodeId: string, param: string): readonly string[] {
  return useStore(
    documentStore,
    useShallow(({ design }) => {
      const terms = getAt(design, registry, `${nodeId}.${param}`);
      return isTerms(terms) ? Object.keys(terms) : NOTHING_SHOWN;
    }),
  );
}

type MovingValues = NonNullable<ReturnType<typeof movingValues>>;

const known = new WeakMap<MovingValues, ReadonlyMap<string, number>>();

/** What is linked to values that move, worked out once for each step. */
function followingValues(values: MovingValues): ReadonlyMap<string, number> {
  const found = known.get(values) ?? followedValues(documentStore.getState().design, registry, values);
  known.set(values, found);
  return found;
}

/** The value that a running fit has reached, or that follows a goal; undefined when it does not change this path. */
export function useLiveValue(path: string): number | undefined {
  return useStore(engineStore, (state) => {
    const values = movingValues(state);
    return values === null ? undefined : (values[path] ?? followingValues(values).get(path));
  });
}

/** Names of the parameters that matter at the node's present choices. */
export function useShownParams(nodeId: string, element: ElementSpec | undefined): readonly string[] {
  return useStore(
    documentStore,
    useShallow(({ design }) => {
      const node = design.nodes.find(({ id }) => id === nodeId);
      return node === undefined || element === undefined ? NOTHING_SHOWN : shownParams(node, element);
    }),
  );
}

/** Type of a node's element, under which the units of its fields are remembered. */
export function useElementType(nodeId: string): string {
  return useStore(documentStore, ({ design }) => design.nodes.find((node) => node.id === nodeId)?.type ?? '');
}
