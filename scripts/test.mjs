// @ts-check
/**
 * `npm test [-- --only lint,types,unit,house,gpu,e2e [arguments for the runner]]` and `npm run test:data`.
 * Installs and builds what is missing, runs the stages of stages.mjs in order and ends with one line of counts.
 *   --only <ids>   only these stages; what follows goes to the runner (a file, `-t name`, …)
 *   --data         the stages that need measured data, instead of the others
 *   --with-data    those as well as the others
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder, ensureDependencies, runNode } from './environment.mjs';
import { addCounts, countPlaywright, countVitest, formatCounts, judge, noTests } from './report.mjs';
import { stages } from './stages.mjs';

/** @typedef {import('./report.mjs').Counts} Counts */
/** @typedef {import('./stages.mjs').Stage} Stage */
/** @typedef {{ counts: Counts | null, exitCode: number }} Outcome */

const VITEST = 'node_modules/vitest/vitest.mjs';
const PLAYWRIGHT = 'node_modules/@playwright/test/cli.js';

/**
 * @param {string} message
 * @returns {never}
 */
function refuse(message) {
  console.error(message);
  process.exit(2);
}

/** @param {readonly string[]} argv */
function readArguments(argv) {
  const rest = [...argv];
  let data = false;
  let others = true;
  /** @type {string[]} */
  let only = [];
  while (rest[0]?.startsWith('--')) {
    const option = rest.shift();
    if (option === '--data') [data, others] = [true, false];
    else if (option === '--with-data') data = true;
    else if (option === '--only') only = (rest.shift() ?? '').split(',');
    else refuse(`npm test does not know the option ${option}; it knows --only, --data and --with-data.`);
  }
  const known = stages.map((stage) => stage.id);
  for (const id of only) {
    if (!known.includes(id)) refuse(`"${id}" is not a stage; the stages are ${known.join(', ')}.`);
  }
  if (rest.length > 0 && only.length === 0)
    refuse('Name the stage for these arguments: npm test -- --only unit …');
  const chosen = stages.filter((stage) =>
    only.length > 0 ? only.includes(stage.id) : stage.needsData ? data : others,
  );
  return { chosen, runnerArguments: rest };
}

/** @returns {Promise<number>} a port that was free a moment ago */
function freePort() {
  return new Promise((settle, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => settle(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/**
 * A check without tests of its own counts as one.
 * @param {string} file
 * @param {readonly string[]} args
 * @returns {Promise<Outcome>}
 */
async function runCheck(file, args) {
  const exitCode = await runNode(file, args);
  return { exitCode, counts: exitCode === 0 ? { ...noTests(), passed: 1 } : noTests() };
}

/**
 * @param {string} report
 * @param {readonly string[]} args
 * @returns {Promise<Outcome>}
 */
async function runVitest(report, args) {
  const common = [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    '--passWithNoTests',
  ];
  const exitCode = await runNode(VITEST, [...common, ...args]);
  return { exitCode, counts: countVitest(report) };
}

/**
 * @param {string} report
 * @param {string} project
 * @param {readonly string[]} args
 * @returns {Promise<Outcome>}
 */
async function runPlaywright(report, project, args) {
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: report, LUMINODE_E2E_PORT: String(await freePort()) };
  const common = ['test', `--project=${project}`, '--reporter=list,json', '--pass-with-no-tests'];
  const exitCode = await runNode(PLAYWRIGHT, [...common, ...args], { env });
  return { exitCode, counts: countPlaywright(report) };
}

/**
 * Some pages at a time, then one by one the tests that need the machine for themselves.
 * @param {string} report
 * @param {readonly string[]} args
 * @returns {Promise<Outcome>}
 */
async function runEndToEnd(report, args) {
  const together = await runPlaywright(report, 'e2e', args);
  const alone = await runPlaywright(`${report}.alone`, 'alone', args);
  const exitCode = together.exitCode || alone.exitCode;
  if (together.counts === null || alone.counts === null) return { exitCode, counts: null };
  return { exitCode, counts: addCounts([together.counts, alone.counts]) };
}

/**
 * @param {string} id
 * @param {string} report file for the runner's JSON report
 * @param {readonly string[]} args for the runner
 * @returns {Promise<Outcome>}
 */
function runStage(id, report, args) {
  switch (id) {
    case 'lint':
      return runCheck('node_modules/@biomejs/biome/bin/biome', [
        'check',
        '--error-on-warnings',
        ...(args.length > 0 ? args : ['.']),
      ]);
    case 'types':
      return runCheck('node_modules/typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json', ...args]);
    case 'unit':
    case 'house':
    case 'data':
      return runVitest(report, ['--project', id, ...args]);
    case 'gpu':
      return runVitest(report, ['--config', 'vitest.gpu.config.ts', ...args]);
    case 'e2e':
      return runEndToEnd(report, args);
    case 'data-e2e':
      return runPlaywright(report, 'data', args);
    default:
      throw new Error(`Stage "${id}" has no runner.`);
  }
}

/** @param {number} since */
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** @param {string} title */
const heading = (title) => console.log(`\n══ ${title} ${'═'.repeat(Math.max(2, 70 - title.length))}\n`);

/**
 * Builds what the chosen stages need.
 * @param {readonly Stage[]} chosen
 * @returns {Promise<boolean>} whether everything was built
 */
async function build(chosen) {
  const needed = [...new Set(chosen.flatMap((stage) => stage.needs))];
  if (needed.length === 0) return true;
  heading('Build');
  const start = performance.now();
  const exitCode = await runNode('scripts/build.mjs', ['--if-stale', ...needed]);
  console.log(`${exitCode === 0 ? 'Up to date' : 'FAILED'} (${seconds(start)})`);
  return exitCode === 0;
}

/**
 * Stages in a row that may run at once.
 * @param {readonly Stage[]} chosen
 * @returns {Stage[][]}
 */
function groupsOf(chosen) {
  /** @type {Stage[][]} */
  const groups = [];
  for (const stage of chosen) {
    const last = groups.at(-1);
    const isBeside = stage.beside !== undefined && last?.[0]?.beside === stage.beside;
    if (last !== undefined && isBeside) last.push(stage);
    else groups.push([stage]);
  }
  return groups;
}

/**
 * Runs the stages one after another, or a few at once.
 * @param {readonly Stage[]} chosen
 * @param {readonly string[]} args for the runners
 * @returns {Promise<Counts>}
 */
async function runStages(chosen, args) {
  const isBuilt = await build(chosen);
  const reports = mkdtempSync(join(tmpdir(), 'luminode-test-'));
  /** @type {Counts[]} */
  const all = isBuilt ? [] : [{ ...noTests(), failed: 1 }];
  /** @type {string[]} */
  const summary = isBuilt ? [] : ['Build: FAILED'];
  /** @param {Stage} stage */
  const runOne = async (stage) => {
    const start = performance.now();
    const canRun = isBuilt || stage.needs.length === 0;
    const { counts, exitCode } = canRun
      ? await runStage(stage.id, join(reports, `${stage.id}.json`), args)
      : { counts: noTests(), exitCode: 1 };
    // With a filter the whole suite is not expected, but a filter that matches nothing is a mistake.
    const minimum = args.length > 0 ? 1 : stage.minimumTests;
    const verdict = judge(counts, exitCode, minimum);
    const problem = canRun ? verdict.problem : 'not run, since the build failed';
    const line = `${stage.title}: ${formatCounts(verdict.counts)} (${seconds(start)})`;
    return { counts: verdict.counts, line: problem === null ? line : `${line}: ${problem}` };
  };
  for (const group of groupsOf(chosen)) {
    heading(group.map(({ title }) => title).join(', '));
    const done = await Promise.all(group.map(runOne));
    for (const { counts, line } of done) {
      all.push(counts);
      summary.push(line);
      console.log(`\n${line}`);
    }
  }
  rmSync(reports, { recursive: true, force: true });
  heading('Summary');
  for (const line of summary) console.log(line);
  return addCounts(all);
}

const { chosen, runnerArguments } = readArguments(process.argv.slice(2));
const isInstalled = await ensureDependencies();
process.env['LUMINODE_DATA'] = dataFolder();
const lacksData = isInstalled && chosen.some((stage) => stage.needsData) && !existsSync(dataFolder());
if (lacksData) {
  console.error(
    `These tests compare with measured data, and the folder ${dataFolder()} does not exist; set LUMINODE_DATA to the folder that holds it.`,
  );
}
const canRun = isInstalled && !lacksData;
const total = canRun ? await runStages(chosen, runnerArguments) : { ...noTests(), failed: 1 };
console.log(`\n${formatCounts(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;
