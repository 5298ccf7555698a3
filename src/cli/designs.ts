/** Where a design comes from, and what stands in the way of computing it. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { registry } from '../graph/catalogue.ts';
import type { Design, Issue } from '../graph/document.ts';
import type { Example } from '../graph/examples/example.ts';
import { examples } from '../graph/examples/index.ts';
import { formatBytes } from '../graph/format.ts';
import { LIMITS } from '../graph/limits.ts';
import { nearNames, orList } from '../graph/names.ts';
import { parseDesign } from '../graph/parse.ts';
import { validate } from '../graph/validate.ts';
import type { Words } from './commandLine.ts';
import { Failure, type Io, sentenceOf, UsageError } from './io.ts';

export interface LoadedDesign {
  /** Null when the file holds no design at all. */
  readonly design: Design | null;
  /** What was found while reading. */
  readonly issues: readonly Issue[];
}

export function findExample(id: string): Example {
  const found = examples.find((example) => example.id === id);
  if (found !== undefined) return found;
  const ids = examples.map((example) => example.id);
  const near = nearNames(id, ids);
  const hint = near.length > 0 ? `Did you mean ${orList(near)}?` : `The examples are ${orList(ids)}.`;
  throw new UsageError(`There is no example “${id.slice(0, 60)}”. ${hint}`);
}

/** Reads FILE or takes `--example ID`; exactly one of them must be given. */
export async function loadDesign(words: Words, io: Io): Promise<LoadedDesign> {
  const example = words.value('--example');
  const file = words.operands[0];
  if (example !== null && file !== undefined)
    throw new UsageError('Give a design file or --example ID, not both.');
  if (example !== null) return { design: findExample(example).design, issues: [] };
  if (file === undefined) throw new UsageError('Name a design file, or a built-in one with --example ID.');
  const parsed = parseDesign(await readText(file, io), registry);
  return { design: parsed.ok ? parsed.design : null, issues: parsed.issues };
}

/** The design to compute; a file in which anything had to be dropped is refused. */
export async function loadSoundDesign(words: Words, io: Io): Promise<Design> {
  const { design, issues } = await loadDesign(words, io);
  refuseErrors(issues);
  if (design === null) throw new Failure('The file holds no design.');
  return design;
}

async function readText(file: string, io: Io): Promise<string> {
  const path = resolve(io.cwd, file);
  try {
    const { size } = await stat(path);
    // UTF-8 needs at least one byte for a character: beyond this no text can be within the limit.
    if (size > 4 * LIMITS.characters)
      throw new Failure(
        `“${file}” is too large for a design: ${formatBytes(size)}. Choose a design saved by Luminode.`,
      );
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`“${file}” cannot be read: ${fileReason(error)}`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file.',
  ENOTDIR: 'a part of its path is not a folder.',
  EISDIR: 'it is a folder.',
  EACCES: 'access is not permitted.',
  EPERM: 'access is not permitted.',
  ENOSPC: 'the disk is full.',
  EROFS: 'the disk is read-only.',
};

/** The end of a sentence about a file that could not be read or written. */
export function fileReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? sentenceOf(error);
}

/** An issue as the commands print it. */
export interface PrintedIssue {
  readonly severity: Issue['severity'];
  readonly code: string;
  readonly node: string | null;
  readonly parameter: string | null;
  readonly message: string;
  readonly fix: string;
}

export function printIssue({ severity, code, nodeId, paramId, message, fix }: Issue): PrintedIssue {
  return { severity, code, node: nodeId, parameter: paramId, message, fix };
}

/** `error  camera.gain  message fix` */
export function issueLine({ severity, nodeId, paramId, message, fix }: Issue): string {
  const where = nodeId === null ? 'design' : paramId === null ? nodeId : `${nodeId}.${paramId}`;
  return `${severity.padEnd(8)}${where}: ${message} ${fix}`.trimEnd();
}

/** Problems found on reading and by the validator, each once, errors first. */
export function allIssues({ design, issues }: LoadedDesign): readonly Issue[] {
  const seen = new Set<string>();
  const all = [...issues, ...(design === null ? [] : validate(design, registry))].filter(
    ({ code, nodeId, paramId, message }) => {
      // Reader and validator word an unknown element differently; two wires of one node are two problems.
      const key = code === 'unknownElement' ? [code, nodeId] : [code, nodeId, paramId, message];
      const text = JSON.stringify(key);
      return !seen.has(text) && seen.add(text) !== undefined;
    },
  );
  return bySeverity(all);
}

/** Errors first. */
export function bySeverity(issues: readonly Issue[]): readonly Issue[] {
  const rank = { error: 0, warning: 1, info: 2 };
  return [...issues].sort((a, b) => rank[a.severity] - rank[b.severity]);
}

/** @throws Failure with the first error as its sentence and all issues beside it */
export function refuseErrors(issues: readonly Issue[]): void {
  const errors = issues.filter((issue) => issue.severity === 'error');
  if (errors.length > 0) throw new Failure(summary(errors), { issues: issues.map(printIssue) });
}

/** One sentence for a list of errors. */
export function summary(errors: readonly Issue[]): string {
  const [first] = errors;
  if (first === undefined) return '';
  const others = errors.length - 1;
  const more = others === 0 ? '' : ` (And ${others} more ${others === 1 ? 'problem' : 'problems'}.)`;
  // Sentences name their node by id already where they are about one; some of the engine's do not.
  const where = first.nodeId !== null && !first.message.includes(first.nodeId) ? `${first.nodeId}: ` : '';
  return `${where}${first.message} ${first.fix}${more}`.trim();
}
