/** Guards between foreign JSON and everything else: size and depth before parsing, keys and counts after. */
import { LIMITS } from './limits.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export type GuardResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly fix: string };

/** Keys with which foreign JSON could reach the prototype of our own objects. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

function refuse(code: string, message: string, fix: string): GuardResult {
  return { ok: false, code, message, fix };
}

function tooDeep(): GuardResult {
  return refuse(
    'tooDeep',
    `The file is nested more than ${LIMITS.depth} levels deep; no design is.`,
    'Open a design saved by Luminode.',
  );
}

function tooManyValues(): GuardResult {
  return refuse(
    'tooManyValues',
    `The file holds more than ${LIMITS.values.toLocaleString('en')} values.`,
    'Split the design into smaller ones.',
  );
}

/** Characters of a string or of a gap looked at one by one before searching for the end: long strings are base64. */
const STRETCH = 64;
/** A quote and all that comes after it in Unicode. */
const NOT_BLANK = /["-\uffff]/g;

/** Reads JSON text once, without building anything, and refuses what is too long, too deep, too full or cut off. */
export function scanJsonText(text: string): GuardResult {
  if (text.length > LIMITS.characters) {
    const size = (text.length / 1024 ** 2).toFixed(0);
    return refuse(
      'tooLarge',
      `The file has ${size} million characters; at most ${LIMITS.characters / 1024 ** 2} are read.`,
      'Use fewer or smaller images.',
    );
  }
  let depth = 0;
  let commas = 0;
  let blanks = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < QUOTE) {
      // Space, tab, end of line. Long runs of them are left to a search, which is five times as fast.
      if (++blanks % STRETCH !== 0) continue;
      NOT_BLANK.lastIndex = index;
      const next = NOT_BLANK.exec(text);
      if (next === null) break;
      index = next.index - 1;
      continue;
    }
    if (code === QUOTE) {
      index = endOfString(text, index + 1);
      if (index < 0) return cutOff();
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      if (++depth > LIMITS.depth) return tooDeep();
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      depth--;
    } else if (code === COMMA && ++commas > LIMITS.values) {
      return tooManyValues();
    }
  }
  return depth > 0 ? cutOff() : { ok: true };
}

/** Index of the closing quote of a string that starts at `start`, or -1. Linear in its length for any content. */
function endOfString(text: string, start: number): number {
  for (let from = start; ; ) {
    const stop = Math.min(text.length, from + STRETCH);
    let index = from;
    for (; index < stop; index++) {
      const code = text.charCodeAt(index);
      if (code === QUOTE) return index;
      if (code === BACKSLASH) index++;
    }
    const quote = text.indexOf('"', index);
    if (quote < 0) return -1;
    let first = quote;
    while (first > index && text.charCodeAt(first - 1) === BACKSLASH) first--;
    // Backslashes escape each other in pairs; an odd one escapes the quote.
    if ((quote - first) % 2 === 0) return quote;
    from = quote + 1;
  }
}

function cutOff(): GuardResult {
  return refuse(
    'cutOff',
    'The file ends in the middle: it was cut off while being saved or copied.',
    'Get the file again, or restore an earlier version.',
  );
}

/**
 * Walks a value that claims to be JSON (parsed text, or an object from elsewhere) without recursion. Refuses
 * what JSON cannot hold, dangerous keys, and too much depth or content; endless objects end at the limits.
 */
export function guardJsonValue(value: unknown): GuardResult {
  const stack: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  let count = 0;
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    if (++count + stack.length > LIMITS.values) return tooManyValues();
    const { value: current, depth } = item;
    if (current === null || ['string', 'number', 'boolean'].includes(typeof current)) continue;
    if (typeof current !== 'object' || !isPlain(current)) {
      return refuse('notJson', 'The document holds something that is not plain data.', 'Open a saved file.');
    }
    if (depth >= LIMITS.depth) return tooDeep();
    if (Array.isArray(current)) {
      if (current.length + count > LIMITS.values) return tooManyValues();
      for (const each of current) stack.push({ value: each, depth: depth + 1 });
      continue;
    }
    for (const [key, each] of Object.entries(current)) {
      if (FORBIDDEN_KEYS.has(key)) {
        return refuse(
          'forbiddenKey',
          `The file uses the name “${key}”, which could change how the program works. It was not opened.`,
          'Rename it in the file, or ask where the file comes from.',
        );
      }
      stack.push({ value: each, depth: depth + 1 });
    }
  }
  return { ok: true };
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** An independent copy of plain data. */
export function copyJson<T extends JsonValue>(value: T): T;
export function copyJson(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map((each) => copyJson(each));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copyJson(each)]));
}
