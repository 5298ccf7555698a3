/** Measured images of others, fitted through the command line. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'vitest';
import { luminode } from '../../src/cli/testSupport.ts';

const folder = process.env['LUMINODE_DATA'] ?? '../shared/data';

interface Parameter {
  readonly value: number;
  readonly sigma: number | null;
  readonly spread?: number;
  readonly pixel?: number | null;
}

export interface Fitted {
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly reducedChiSquare: number;
  readonly iterations: number;
  readonly seconds: number;
}

/** The fits of one test file by name; `LUMINODE_WRITE_RESULTS=1 npm run test:data` keeps them in bench/results. */
export class Results {
  private readonly all: Record<string, unknown> = {};

  async fitted(name: string, args: readonly string[]): Promise<Fitted> {
    const { code, stdout, stderr } = await luminode(['fit', ...args]);
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    const result = JSON.parse(stdout) as Fitted;
    this.all[name] = result;
    console.log(`${name}: ${result.seconds.toFixed(2)} s, ${result.iterations} steps`);
    return result;
  }

  /** @param file name of the report in bench/results */
  keep(file: string): void {
    if (process.env['LUMINODE_WRITE_RESULTS'] !== '1') return;
    mkdirSync('bench/results', { recursive: true });
    const report = { command: 'LUMINODE_WRITE_RESULTS=1 npm run test:data', results: this.all };
    writeFileSync(`bench/results/${file}`, `${JSON.stringify(report, null, 2)}\n`);
  }
}

/** Path of a measured image. */
export function image(file: string): string {
  const path = resolve(folder, file);
  readFileSync(path); // A missing file fails here, with its name.
  return path;
}

/** The fitted value in SI; NaN where it was not fitted. */
export const number = (fit: Fitted, path: string) => fit.parameters[path]?.value ?? Number.NaN;

export function set(assignment: string): string[] {
  return ['--set', assignment];
}
