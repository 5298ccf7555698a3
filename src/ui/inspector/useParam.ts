/** What every field of the inspector is given, and the values it shows. */
import { useStore } from 'zustand';
import type { ParamData } from '../../graph/document.ts';
import { getAt } from '../../graph/paths.ts';
import type { ParamSpec } from '../../optics/element.ts';
import { documentStore, registry } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';

const NO_TERMS: ParamData = {};

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

/** The value that a running fit has reached; undefined when it does not change this path. */
export function useLiveValue(path: string): number | undefined {
  return useStore(engineStore, ({ fit }) => (fit.status === 'idle' ? undefined : fit.values[path]));
}
