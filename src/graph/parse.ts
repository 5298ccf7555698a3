/** From text or foreign data to a design, safely; a person learns everything that was changed or refused. */
import type { Design, Issue } from './document.ts';
import { canonicalText } from './expressions/editLinks.ts';
import { relinked } from './expressions/links.ts';
import { guardJsonValue, isArray, isObject, type JsonObject, type JsonValue, scanJsonText } from './json.ts';
import { LIMITS } from './limits.ts';
import { FORMAT_VERSION, migrate } from './migrations/index.ts';
import type { ParseResult } from './parsed.ts';
import { rebuildDesign } from './rebuild.ts';
import { createIssue, own, type Registry } from './registry.ts';

function refuse(code: string, message: string, fix: string): ParseResult {
  return { ok: false, issues: [createIssue('error', code, message, fix)] };
}

/** Reads a design from JSON text or from an object that claims to be one. Never throws, whatever it is given. */
export function parseDesign(source: unknown, registry: Registry): ParseResult {
  const read = readJson(source);
  return read.ok ? readDocument(read.value, registry) : { ok: false, issues: read.issues };
}

export type ReadResult =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** Text or foreign object -> guarded plain JSON: limits first, then parsing, then keys and counts. */
export function readJson(source: unknown): ReadResult {
  const fail = (code: string, message: string, fix: string): ReadResult => ({
    ok: false,
    issues: [createIssue('error', code, message, fix)],
  });
  try {
    let value = source;
    if (typeof source === 'string') {
      const scan = scanJsonText(source);
      if (!scan.ok) return fail(scan.code, scan.message, scan.fix);
      if (!/\S/.test(source)) return fail('empty', 'The file is empty.', 'Choose a saved design.');
      try {
        value = JSON.parse(source.startsWith('\uFEFF') ? source.slice(1) : source) as unknown;
      } catch (error) {
        const detail = error instanceof Error ? error.message : '';
        return fail(
          'notJson',
          `This is not a Luminode file, or it is damaged: it cannot be read as JSON (${detail.slice(0, 120)}).`,
          'Choose a design saved by Luminode, or restore an earlier version.',
        );
      }
    }
    const guard = guardJsonValue(value);
    // The guard has just seen that every part of the value is JSON.
    return guard.ok ? { ok: true, value: value as JsonValue } : fail(guard.code, guard.message, guard.fix);
  } catch {
    return fail('notJson', 'The document cannot be read: it is not plain data.', 'Open a saved file.');
  }
}

function readDocument(value: JsonValue, registry: Registry): ParseResult {
  if (!isObject(value) || own(value, 'format') !== 'luminode') {
    return refuse(
      'notLuminode',
      'This is not a Luminode design: the entry "format": "luminode" is missing.',
      'Choose a design saved by Luminode; images are dropped onto the canvas instead.',
    );
  }
  const version = own(value, 'formatVersion');
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    return refuse(
      'badVersion',
      'The file does not say which version of the format it uses: “formatVersion” must be a whole number.',
      `Restore an earlier copy, or set "formatVersion": ${FORMAT_VERSION} if you wrote the file yourself.`,
    );
  }
  if (version > FORMAT_VERSION) {
    return refuse(
      'newerVersion',
      `This file was saved by a newer Luminode (format ${version}; this one reads up to ${FORMAT_VERSION}).`,
      'Reload the page to get the newest Luminode, then open the file again.',
    );
  }
  const migrated = migrate(value, version);
  if (!migrated.ok) {
    return refuse(
      'migrationFailed',
      `The file uses format ${version} and could not be brought up to date at step ${migrated.from} (${migrated.reason}).`,
      'The file is unchanged; please report it together with this sentence.',
    );
  }
  const counts = checkCounts(migrated.document);
  const read = counts ?? rebuildDesign(migrated.document, registry);
  return read.ok ? { ...read, design: withReadLinks(read.design, registry) } : read;
}

/** Values follow their expressions, whatever the file says that they are. */
function withReadLinks(design: Design, registry: Registry): Design {
  if (design.links === undefined) return design;
  const links = Object.entries(design.links).map(
    ([path, text]) => [path, canonicalText(design, registry, path, text)] as const,
  );
  return relinked({ ...design, links: Object.fromEntries(links) }, registry);
}

/** Refuses more items than any design has, before building them. */
function checkCounts(document: JsonObject): ParseResult | null {
  for (const name of ['nodes', 'edges', 'learn', 'priors', 'links', 'images'] as const) {
    const items = own(document, name);
    const count = isArray(items) ? items.length : isObject(items) ? Object.keys(items).length : 0;
    if (count > LIMITS[name]) {
      return refuse(
        'tooMany',
        `The file has ${count.toLocaleString('en')} ${name}; at most ${LIMITS[name].toLocaleString('en')} are read.`,
        'Split the design into smaller ones.',
      );
    }
  }
  return null;
}
