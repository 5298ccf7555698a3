/** Every element by its type: what palette, inspector, validator, compiler, documents and tests read. */
import type { ElementSpec } from '../optics/element.ts';
import { elements } from '../optics/elements/index.ts';

export const registry: ReadonlyMap<string, ElementSpec> = new Map(elements.map((spec) => [spec.type, spec]));
