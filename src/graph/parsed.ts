/** What reading a file gives. */
import type { Design, Issue } from './document.ts';
import type { JsonObject } from './json.ts';

/** What this version could not use but writes back when the document is saved. */
export interface Preserved {
  /** Unknown entries of the document itself. */
  readonly design: JsonObject;
  /** Images that could not be read. */
  readonly images: JsonObject;
  /** By node id. */
  readonly nodes: ReadonlyMap<string, { readonly entries: JsonObject; readonly params: JsonObject }>;
}

/**
 * `ok` means a design could be built. Even then `issues` may hold errors (values that had to be dropped, unknown
 * elements): show them on opening, and refuse to compute from a file with errors where nobody looks at them.
 */
export type ParseResult =
  | {
      readonly ok: true;
      readonly design: Design;
      readonly issues: readonly Issue[];
      readonly preserved: Preserved;
    }
  | { readonly ok: false; readonly issues: readonly Issue[] };
