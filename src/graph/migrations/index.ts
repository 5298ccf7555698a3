/**
 * Steps that turn documents of older format versions into the current one. A released step is never edited;
 * each has an example in the tests, and files of every released version keep opening.
 */
import { copyJson, type JsonObject } from '../json.ts';

export interface Migration {
  /** Version it reads; it writes the next one. */
  readonly from: number;
  /** What changed, in a sentence. */
  readonly change: string;
  /** May change its argument, which is a copy. */
  readonly up: (document: JsonObject) => JsonObject;
}

export const FORMAT_VERSION = 1;

/** In order of `from`: 1, 2, ... up to FORMAT_VERSION - 1. */
export const migrations: readonly Migration[] = [];

export type MigrationResult =
  | { readonly ok: true; readonly document: JsonObject; readonly applied: readonly string[] }
  | { readonly ok: false; readonly from: number; readonly reason: string };

/** Applies every step from a document's version to the current one, or none: the document itself never changes. */
export function migrate(
  document: JsonObject,
  version: number,
  steps: readonly Migration[] = migrations,
  target = FORMAT_VERSION,
): MigrationResult {
  let current = document;
  const applied: string[] = [];
  for (let from = version; from < target; from++) {
    const step = steps.find((each) => each.from === from);
    if (step === undefined) return { ok: false, from, reason: `no step reads version ${from}` };
    try {
      current = { ...step.up(copyJson(current)), formatVersion: from + 1 };
    } catch (error) {
      return { ok: false, from, reason: error instanceof Error ? error.message : String(error) };
    }
    applied.push(step.change);
  }
  return { ok: true, document: current, applied };
}
