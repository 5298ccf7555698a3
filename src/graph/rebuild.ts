/** Builds a design field by field from guarded JSON: only what is understood gets in, and nothing is lost silently. */
import type { ElementSpec, TableRow } from '../optics/element.ts';
import type { Design, DesignEdge, DesignNode, Issue, ParamData, Prior } from './document.ts';
import { LONGEST_EXPRESSION } from './expressions/syntax.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from './json.ts';
import { LIMITS } from './limits.ts';
import { nearNames, orList } from './names.ts';
import type { ParseResult, Preserved } from './parsed.ts';
import { readImage } from './rebuildImage.ts';
import { createIssue, own, type Registry } from './registry.ts';

/** A document that cannot be opened at all. */
class Refusal extends Error {
  readonly issue: Issue;
  constructor(code: string, message: string, fix: string) {
    super(message);
    this.issue = createIssue('error', code, message, fix);
  }
}

interface Builder {
  readonly registry: Registry;
  readonly issues: Issue[];
  readonly nodes: Map<string, { entries: JsonObject; params: JsonObject }>;
}

const DESIGN_KEYS = new Set([
  'format',
  'formatVersion',
  'title',
  'description',
  'example',
  'grid',
  'seed',
  'nodes',
  'edges',
  'learn',
  'priors',
  'links',
  'images',
]);
const NODE_KEYS = new Set(['id', 'type', 'title', 'position', 'params', 'bypassed']);

export function rebuildDesign(document: JsonObject, registry: Registry): ParseResult {
  const builder: Builder = { registry, issues: [], nodes: new Map() };
  try {
    const nodes = readList(document, 'nodes').flatMap((raw, index) => readNode(builder, raw, index));
    const edges = readList(document, 'edges').flatMap((raw, index) => readEdge(builder, raw, index));
    const description = readText(document, 'description', LIMITS.description);
    const example = readText(document, 'example', LIMITS.label);
    const links = readLinks(builder, own(document, 'links'));
    const { images, unread } = readImages(builder, own(document, 'images'));
    const design: Design = {
      format: 'luminode',
      formatVersion: 1,
      title: readText(document, 'title', LIMITS.label) ?? 'Untitled',
      ...(description === null ? {} : { description }),
      ...(example === null ? {} : { example }),
      grid: readGrid(own(document, 'grid')),
      seed: readSeed(builder, own(document, 'seed')),
      nodes,
      edges,
      learn: readLearn(builder, own(document, 'learn')),
      ...readPriors(builder, own(document, 'priors')),
      ...(links === null ? {} : { links }),
      images,
    };
    const preserved: Preserved = {
      design: unknownKeys(document, DESIGN_KEYS),
      images: unread,
      nodes: builder.nodes,
    };
    return { ok: true, design, issues: builder.issues, preserved };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, issues: [error.issue] };
    throw error;
  }
}

function unknownKeys(object: JsonObject, known: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !known.has(key)));
}

function readList(document: JsonObject, name: string): readonly JsonValue[] {
  const list = own(document, name);
  if (isArray(list)) return list;
  throw new Refusal(
    'broken',
    `The file is damaged: its list of ${name} is missing.`,
    'Restore an earlier version of the file.',
  );
}

/** Text within its limit; null when absent. Longer text is refused, since every text is shown somewhere. */
function readText(object: JsonObject, name: string, limit: number): string | null {
  const text = own(object, name);
  if (typeof text !== 'string') return null;
  if (text.length <= limit) return text;
  throw new Refusal(
    'labelTooLong',
    `The file has a ${name} of ${text.length.toLocaleString('en')} characters; at most ${limit} are read.`,
    `Shorten the ${name} that starts with “${text.slice(0, 30)}”.`,
  );
}

function readGrid(raw: JsonValue | undefined): Design['grid'] {
  const samples = isObject(raw) ? own(raw, 'samples') : undefined;
  const pitch = isObject(raw) ? own(raw, 'pitch') : undefined;
  if (
    typeof samples === 'number' &&
    typeof pitch === 'number' &&
    Number.isFinite(samples) &&
    Number.isFinite(pitch)
  )
    return { samples, pitch };
  throw new Refusal(
    'broken',
    'The file is damaged: its simulation grid needs two numbers, “samples” and “pitch” (metres).',
    'Restore an earlier version, or add for example "grid": {"samples": 256, "pitch": 1e-7}.',
  );
}

function readSeed(builder: Builder, raw: JsonValue | undefined): number {
  if (typeof raw === 'number' && Number.isFinite(raw)) return raw;
  builder.issues.push(
    createIssue(
      'warning',
      'badSeed',
      'The file has no random seed; 1 is used.',
      'Save the design to keep it.',
    ),
  );
  return 1;
}

function readLearn(builder: Builder, raw: JsonValue | undefined): string[] {
  const paths: string[] = [];
  if (raw !== undefined && !isArray(raw))
    builder.issues.push(dropped('learn', '“learn” is not a list of names of parameters and was left out.'));
  for (const path of isArray(raw) ? raw : []) {
    if (typeof path === 'string' && path.length <= LIMITS.label) paths.push(path);
    else
      builder.issues.push(
        dropped('learn', 'An entry of “learn” is not the name of a parameter and was left out.'),
      );
  }
  return paths;
}

function readPriors(builder: Builder, raw: JsonValue | undefined): Pick<Design, 'priors'> {
  const priors: Record<string, Prior> = {};
  if (raw !== undefined && !isObject(raw)) builder.issues.push(dropped('badPrior', notByPath('priors')));
  for (const [path, value] of isObject(raw) ? Object.entries(raw) : []) {
    const mean = isObject(value) ? own(value, 'mean') : undefined;
    const sigma = isObject(value) ? own(value, 'sigma') : undefined;
    const isGood = typeof mean === 'number' && typeof sigma === 'number' && path.length <= LIMITS.label;
    if (isGood && Number.isFinite(mean) && Number.isFinite(sigma)) priors[path] = { mean, sigma };
    else
      builder.issues.push(
        dropped(
          'badPrior',
          `What is known of ${path.slice(0, 60)} before a fit is not two numbers, “mean” and “sigma”, and was left out.`,
        ),
      );
  }
  return Object.keys(priors).length === 0 ? {} : { priors };
}

/** Expressions as they stand; what is wrong with them is said by the validator. Null where there are none. */
function readLinks(builder: Builder, raw: JsonValue | undefined): NonNullable<Design['links']> | null {
  const links: Record<string, string> = {};
  if (raw !== undefined && !isObject(raw)) builder.issues.push(dropped('links', notByPath('links')));
  for (const [path, text] of isObject(raw) ? Object.entries(raw) : []) {
    if (typeof text === 'string' && text.length <= LONGEST_EXPRESSION && path.length <= LIMITS.label)
      links[path] = text;
    else
      builder.issues.push(
        dropped('links', `The expression of ${path.slice(0, 60)} is no text, or too long, and was left out.`),
      );
  }
  return Object.keys(links).length === 0 ? null : links;
}

function notByPath(name: string): string {
  return `“${name}” does not say by the names of parameters what it holds, {"lens.focalLength": …}, and was left out.`;
}

function dropped(code: string, message: string): Issue {
  return createIssue('error', code, message, 'Check the file, or restore an earlier version.');
}

function readNode(builder: Builder, raw: JsonValue, index: number): DesignNode[] {
  const id = isObject(raw) ? readText(raw, 'id', LIMITS.label) : null;
  const type = isObject(raw) ? readText(raw, 'type', LIMITS.label) : null;
  if (!isObject(raw) || id === null || type === null) {
    builder.issues.push(
      dropped('brokenNode', `Node number ${index + 1} has no id or no type and was left out.`),
    );
    return [];
  }
  const element = builder.registry.get(type);
  if (element === undefined) {
    const near = nearNames(type, builder.registry.keys());
    const hint = near.length === 0 ? '' : ` Did you mean ${orList(near)}?`;
    builder.issues.push(
      createIssue(
        'error',
        'unknownElement',
        `Node '${id}' is of the type “${type}”, which this version does not have.${hint}`,
        'It is kept in the file; replace it or open the file with the version that made it.',
        { nodeId: id },
      ),
    );
  }
  const title = readText(raw, 'title', LIMITS.label);
  const { params, unknown } = readParams(builder, id, own(raw, 'params'), element);
  const entries = unknownKeys(raw, NODE_KEYS);
  if (Object.keys(entries).length > 0 || Object.keys(unknown).length > 0)
    builder.nodes.set(id, { entries, params: unknown });
  return [
    {
      id,
      type,
      ...(title === null ? {} : { title }),
      position: readPosition(own(raw, 'position')),
      params,
      ...(own(raw, 'bypassed') === true ? { bypassed: true } : {}),
    },
  ];
}

/** A place on the canvas; anything unreadable is the origin, anything far away is brought to the limit. */
function readPosition(raw: JsonValue | undefined): { x: number; y: number } {
  const place = (name: string): number => {
    const value = isObject(raw) ? own(raw, name) : undefined;
    if (typeof value !== 'number' || Number.isNaN(value)) return 0;
    return Math.min(LIMITS.position, Math.max(-LIMITS.position, value));
  };
  return { x: place('x'), y: place('y') };
}

function readParams(
  builder: Builder,
  nodeId: string,
  raw: JsonValue | undefined,
  element: ElementSpec | undefined,
): { params: Record<string, ParamData>; unknown: JsonObject } {
  const params: Record<string, ParamData> = {};
  const unknown: Record<string, JsonValue> = {};
  for (const [name, value] of isObject(raw) ? Object.entries(raw) : []) {
    const where = { nodeId, paramId: name };
    if (name.length > LIMITS.label) throw nameTooLong(nodeId, name);
    if (element !== undefined && own(element.params, name) === undefined) {
      unknown[name] = value;
      const near = nearNames(name, Object.keys(element.params));
      const fix = near.length === 0 ? 'It is kept when the file is saved.' : `Did you mean ${orList(near)}?`;
      const message = `${element.title} '${nodeId}' has no parameter “${name}”; it was ignored.`;
      builder.issues.push(createIssue('warning', 'unknownParameter', message, fix, where));
      continue;
    }
    const read = readParamData(value);
    if (read.data !== null) params[name] = read.data;
    else if (element === undefined) unknown[name] = value;
    if (read.problem === null || (element === undefined && read.data === null)) continue;
    const message = `${name} of ${element?.title ?? 'node'} '${nodeId}' ${read.problem}.`;
    const fix = 'Set the value again; until then the default is used.';
    builder.issues.push(createIssue('error', 'badValue', message, fix, where));
  }
  return { params, unknown };
}

function nameTooLong(nodeId: string, name: string): Refusal {
  return new Refusal(
    'labelTooLong',
    `Node '${nodeId}' has a parameter with a name of ${name.length.toLocaleString('en')} characters.`,
    'Remove it from the file.',
  );
}

interface ReadData {
  readonly data: ParamData | null;
  /** What is wrong, as the end of a sentence; null when nothing is. */
  readonly problem: string | null;
}

/** Anything a parameter may hold. Whether it suits the parameter is for the validator to say. */
function readParamData(value: JsonValue): ReadData {
  if (typeof value === 'boolean') return { data: value, problem: null };
  if (typeof value === 'string') {
    return value.length <= LIMITS.label
      ? { data: value, problem: null }
      : {
          data: null,
          problem: `is a text of ${value.length.toLocaleString('en')} characters and was left out`,
        };
  }
  // NaN and Infinity cannot be written in JSON: 1e999 reads as Infinity, and a saved NaN is null.
  if (value === null || typeof value === 'number') {
    return Number.isFinite(value)
      ? { data: value, problem: null }
      : { data: null, problem: 'is not a finite number and was left out' };
  }
  if (isArray(value)) return value.some(isObject) ? readRows(value) : readNumbers(value);
  return isObject(value) ? readTerms(value) : { data: null, problem: 'cannot be read and was left out' };
}

function readNumbers(list: readonly JsonValue[]): ReadData {
  if (list.length > LIMITS.list)
    return { data: null, problem: `has ${list.length} values (at most ${LIMITS.list}) and was left out` };
  const numbers = list.filter((each) => typeof each === 'number' && Number.isFinite(each)) as number[];
  return numbers.length === list.length
    ? { data: numbers, problem: null }
    : { data: null, problem: 'has values that are not finite numbers and was left out' };
}

/** Rows of a table. Each stays in its place, since learned paths count them; bad cells become the default. */
function readRows(list: readonly JsonValue[]): ReadData {
  if (list.length > LIMITS.list)
    return { data: null, problem: `has ${list.length} rows (at most ${LIMITS.list}) and was left out` };
  const bad: string[] = [];
  const rows = list.map((raw, index): TableRow => {
    if (!isObject(raw)) bad.push(`row ${index + 1}`);
    const cells = Object.entries(isObject(raw) ? raw : {});
    const good = cells.filter((cell): cell is [string, number | string] => isCell(...cell));
    const others = cells.filter((cell) => !isCell(...cell));
    bad.push(...others.map(([name]) => `${name.slice(0, 20)} in row ${index + 1}`));
    return Object.fromEntries(good);
  });
  if (bad.length === 0) return { data: rows, problem: null };
  return { data: rows, problem: `has cells that cannot be read (${bad.slice(0, 5).join(', ')}), left out` };
}

function isCell(name: string, value: JsonValue): boolean {
  if (name.length > LIMITS.label) return false;
  if (typeof value === 'string') return name === 'group' && value.length <= LIMITS.label;
  return typeof value === 'number' && Number.isFinite(value);
}

function readTerms(object: JsonObject): ReadData {
  const entries = Object.entries(object);
  if (entries.length > LIMITS.list)
    return { data: null, problem: `has ${entries.length} terms (at most ${LIMITS.list}) and was left out` };
  const terms: Record<string, number> = {};
  const bad: string[] = [];
  for (const [key, each] of entries) {
    if (typeof each === 'number' && Number.isFinite(each) && key.length <= LIMITS.label) terms[key] = each;
    else bad.push(key.slice(0, 20));
  }
  if (bad.length === 0) return { data: terms, problem: null };
  return {
    data: terms,
    problem: `has terms that are not finite numbers (${bad.slice(0, 5).join(', ')}), left out`,
  };
}

function readEdge(builder: Builder, raw: JsonValue, index: number): DesignEdge[] {
  const from = isObject(raw) ? readEnd(own(raw, 'from')) : null;
  const to = isObject(raw) ? readEnd(own(raw, 'to')) : null;
  if (!isObject(raw) || from === null || to === null) {
    builder.issues.push(
      dropped('brokenWire', `Wire number ${index + 1} does not name both its ends and was left out.`),
    );
    return [];
  }
  return [{ id: readText(raw, 'id', 4 * LIMITS.label) ?? edgeId(from, to), from, to }];
}

function readEnd(raw: JsonValue | undefined): DesignEdge['from'] | null {
  if (!isObject(raw)) return null;
  const node = readText(raw, 'node', LIMITS.label);
  const port = readText(raw, 'port', LIMITS.label);
  return node === null || port === null ? null : { node, port };
}

/** The id of a wire follows from its ends, so equal designs have equal files. */
export function edgeId(from: DesignEdge['from'], to: DesignEdge['to']): string {
  return `${from.node}.${from.port}>${to.node}.${to.port}`;
}

function readImages(
  builder: Builder,
  raw: JsonValue | undefined,
): { images: Design['images']; unread: JsonObject } {
  const images: Record<string, Design['images'][string]> = {};
  const unread: Record<string, JsonValue> = {};
  for (const [id, value] of isObject(raw) ? Object.entries(raw) : []) {
    const read = readImage(value);
    if (read.ok) {
      images[id] = read.image;
      continue;
    }
    unread[id] = value;
    const message = `Image '${id.slice(0, 60)}' cannot be read: ${read.reason}.`;
    builder.issues.push(createIssue('error', 'badImage', message, 'Load the image again.'));
  }
  return { images, unread };
}
