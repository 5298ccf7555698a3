/** Runs the command line program inside a test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { run } from './main.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function luminode(
  words: readonly string[],
  cwd = process.cwd(),
  isTerminal = false,
): Promise<Outcome> {
  let [stdout, stderr] = ['', ''];
  const code = await run(words, {
    cwd,
    isTerminal,
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
  });
  return { code, stdout, stderr };
}

/** The JSON on stdout, which must be an object. */
export function jsonOf({ stdout }: Outcome): Record<string, unknown> {
  const value: unknown = JSON.parse(stdout);
  if (typeof value !== 'object' || value === null) throw new TypeError('stdout holds no object');
  return { ...value };
}

/** A new empty folder, removed when the test has ended. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'luminode-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
