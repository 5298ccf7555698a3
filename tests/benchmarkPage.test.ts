import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { basinDrawing, basinPage } from '../bench/basin-page.mjs';
import { fixedDipolesPage } from '../bench/fixed-dipoles-page.mjs';
import { freePupilPage } from '../bench/free-pupil-page.mjs';
import { localisationPage } from '../bench/localisation-page.mjs';
import { maskDesignPage } from '../bench/mask-design-page.mjs';
import { miePeersPage } from '../bench/mie-peers-page.mjs';
import { optimisersPage } from '../bench/optimisers-page.mjs';
import { benchmarkPage, recordedResults } from '../bench/page.mjs';
import { ALL_SECONDS, benchmarkParts } from '../bench/parts.mjs';
import { retrievalPage } from '../bench/retrieval-page.mjs';
import { fitCost } from '../bench/scaling.mjs';
import { targetRows } from '../bench/targets.mjs';

const PAGE = 'docs/benchmarks.md';
const [LESSON, DRAWING] = ['docs/lessons/convergence.md', 'docs/lessons/basin.svg'];
const EMITTERS = 'docs/localisation.md';
const MASKS = 'docs/psf-engineering.md';
const PARTS = benchmarkParts({
  quick: false,
  python: 'python3',
  resultsFolder: 'bench/results',
  modules: {},
  npm: null,
  drivers: [],
});

interface Recorded {
  readonly scripts: readonly string[];
  readonly scriptsSha256: string;
}

/** A figure on a page is that of the script in the repository: who changes the script measures again. */
function expectOfScripts({ scripts, scriptsSha256 }: Recorded): void {
  const hash = createHash('sha256');
  for (const script of scripts) hash.update(readFileSync(script));
  expect(hash.digest('hex')).toBe(scriptsSha256);
}

it('the page of the benchmarks says what the recorded results say', () => {
  const page = benchmarkPage(recordedResults());
  if (process.env['LUMINODE_WRITE_DOCS'] === '1') writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, 'utf8')).toBe(page);
});

it('the page of the spheres of other programs says what was recorded', () => {
  const page = miePeersPage(recordedResults()['mie-peers']);
  if (process.env['LUMINODE_WRITE_DOCS'] === '1') writeFileSync('docs/mie-peers.md', page);
  expect(readFileSync('docs/mie-peers.md', 'utf8')).toBe(page);
});

it('the page of aberrations from stacks says what was recorded', () => {
  const path = 'docs/retrieval.md';
  const page = retrievalPage(readFileSync(path, 'utf8'), recordedResults()['retrieval']);
  if (process.env['LUMINODE_WRITE_DOCS'] === '1') writeFileSync(path, page);
  expect(readFileSync(path, 'utf8')).toBe(page);
});

it('the table of free pupils says what was measured by the script as it is', () => {
  const path = 'docs/retrieval.md';
  const results = recordedResults()['free-pupil'];
  expectOfScripts(results);
  const page = freePupilPage(readFileSync(path, 'utf8'), results);
  if (process.env['LUMINODE_WRITE_DOCS'] === '1') writeFileSync(path, page);
  expect(readFileSync(path, 'utf8')).toBe(page);
});

it('the table of molecules that do not turn says what was recorded', () => {
  const page = fixedDipolesPage(readFileSync(EMITTERS, 'utf8'), recordedResults()['fixed-dipoles']);
  if (process.env['LUMINODE_WRITE_DOCS'] === '1') writeFileSync(EMITTERS, page);
  expect(readFileSync(EMITTERS, 'utf8')).toBe(page);
});

it('the page of optimisers says what was measured by the scripts as they are', () => {
  const path = 'docs/optimisers.md';
  const results = recordedResults()['optimisers'];
  expectOfScripts(results);
  const page = optimisersPage(readFileSync(path, 'utf8'), results);
  if (process.env['LUMINODE_WRITE_DOCS'] === '1') writeFileSync(path, page);
  expect(readFileSync(path, 'utf8')).toBe(page);
});

it('the lesson on fits that fail shows what was measured by the script as it is', () => {
  const results = recordedResults()['basin'];
  expectOfScripts(results);
  const written = readFileSync(LESSON, 'utf8');
  const [page, drawing] = [basinPage(written, results), basinDrawing(results)];
  if (process.env['LUMINODE_WRITE_DOCS'] === '1') {
    writeFileSync(LESSON, page);
    writeFileSync(DRAWING, drawing);
  }
  expect(readFileSync(LESSON, 'utf8')).toBe(page);
  expect(readFileSync(DRAWING, 'utf8')).toBe(drawing);
});

it('the page on designing masks shows what was measured by the script as it is', () => {
  const results = recordedResults()['mask-design'];
  expectOfScripts(results);
  const written = readFileSync(MASKS, 'utf8');
  const page = maskDesignPage(written, results);
  if (process.env['LUMINODE_WRITE_DOCS'] === '1') writeFileSync(MASKS, page);
  expect(readFileSync(MASKS, 'utf8')).toBe(page);
});

it('the page on localisation shows what was measured by the script as it is: errors as large as their bounds', () => {
  const results = recordedResults()['localisation'];
  expectOfScripts(results);
  interface Measured {
    readonly precision: Readonly<Record<string, { readonly overBound: number }>>;
    readonly pairs: { readonly pairs: number; readonly table: readonly Pairs[] };
  }
  interface Pairs {
    readonly told: number;
    readonly overBound: readonly number[];
  }
  const designs: Record<string, Measured> = results.designs;
  for (const { precision, pairs } of Object.values(designs)) {
    for (const { told, overBound } of pairs.table) {
      expect(told).toBeGreaterThan(0.9);
      // Asked for is 1; a wrong place now and then would make it far more. Uncertain by 0.03, and 36 are looked at.
      for (const ratio of overBound) expect(Math.abs(ratio - 1)).toBeLessThan(4 / Math.sqrt(4 * pairs.pairs));
    }
    for (const axis of ['x', 'y', 'z']) {
      // What is asked for; of 5000 errors the ratio is uncertain by 0.01.
      expect(precision[axis]?.overBound).toBeGreaterThan(0.97);
      expect(precision[axis]?.overBound).toBeLessThan(1.05);
    }
  }
  const written = readFileSync(EMITTERS, 'utf8');
  const page = localisationPage(written, results);
  if (process.env['LUMINODE_WRITE_DOCS'] === '1') writeFileSync(EMITTERS, page);
  expect(readFileSync(EMITTERS, 'utf8')).toBe(page);
});

it('figures nobody has measured are not found, and those that miss their target are named so', () => {
  expect(new Set(targetRows({}).map(({ state }) => state))).toEqual(new Set(['not found']));
  const precision = { transforms: { 256: { transform: 4e-7, roundTrip: 6e-7 } } };
  const states = Object.fromEntries(targetRows({ precision }).map(({ figure, state }) => [figure, state]));
  expect(states['WASM transform, relative L2 error to 2048²']).toBe('met');
  expect(states['WASM round trip']).toBe('not met');
  expect(states['WASM transform by Bluestein']).toBe('not found');
});

/** Only a machine with a graphics card gives it. */
const ON_CARDS = /^real GPU/;

it('every figure that the engine has to show is found in the recorded results of its part', () => {
  const found = recordedResults();
  const files = new Map(PARTS.map(({ id, file }) => [id, file]));
  const rows = targetRows(found);
  expect(rows.filter(({ part }) => !files.has(part))).toEqual([]);
  const lost = rows.filter(
    ({ figure, part, state }) =>
      state === 'not found' && found[files.get(part) ?? ''] !== undefined && !ON_CARDS.test(figure),
  );
  expect(lost).toEqual([]);
});

it('all parts of the benchmark together stay below ten minutes', () => {
  const sum = PARTS.reduce((total, { seconds }) => total + seconds, 0);
  expect(sum).toBeLessThanOrEqual(ALL_SECONDS);
  expect(ALL_SECONDS).toBeLessThan(600);
  for (const { script } of PARTS) expect(existsSync(`bench/${script}`)).toBe(true);
});

it('cost against size gives back the law it was made from', () => {
  const points = [128, 256, 512, 1024].map((n): [number, number] => [n, 3e-6 * n * n * Math.log2(n) + 0.05]);
  const law = fitCost(points);
  // Four exact points determine two numbers; what is left is rounding.
  expect(law?.nanosecondsPerUnit).toBeCloseTo(3, 8);
  expect(law?.overheadMilliseconds).toBeCloseTo(0.05, 8);
  expect(fitCost(points.slice(0, 2))).toBeNull();
});
