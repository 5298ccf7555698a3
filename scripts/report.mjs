// @ts-check
/** Counts tests in the JSON reports of the runners, and formats counts. */
import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @returns {Counts} */
export const noTests = () => ({ passed: 0, failed: 0, skipped: 0 });

/**
 * @param {readonly Counts[]} all
 * @returns {Counts}
 */
export function addCounts(all) {
  return all.reduce(
    (sum, counts) => ({
      passed: sum.passed + counts.passed,
      failed: sum.failed + counts.failed,
      skipped: sum.skipped + counts.skipped,
    }),
    noTests(),
  );
}

/**
 * `12 passed, 0 failed`, with `, 3 skipped` when there are any.
 * @param {Counts} counts
 */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * @param {string} file
 * @returns {any} the parsed report, or null when the runner wrote none
 */
function readReport(file) {
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Counts of Vitest's JSON report. A file that failed to load has no tests in it and counts as one failure.
 * @param {string} file
 * @returns {Counts | null} null when there is no readable report
 */
export function countVitest(file) {
  const report = readReport(file);
  if (report === null) return null;
  const counts = noTests();
  for (const suite of report.testResults ?? []) {
    const tests = suite.assertionResults ?? [];
    for (const test of tests) {
      if (test.status === 'passed') counts.passed += 1;
      else if (test.status === 'failed') counts.failed += 1;
      else counts.skipped += 1;
    }
    if (tests.length === 0 && suite.status === 'failed') counts.failed += 1;
  }
  return counts;
}

/**
 * Counts of Playwright's JSON report. A flaky test counts as failed.
 * @param {string} file
 * @returns {Counts | null} null when there is no readable report
 */
export function countPlaywright(file) {
  const report = readReport(file);
  if (report === null) return null;
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = report.stats ?? {};
  return { passed: expected, failed: unexpected + flaky, skipped };
}

/**
 * Makes the counts agree with the exit code and with the least number of tests expected.
 * @param {Counts | null} counts null when the runner left no report
 * @param {number} exitCode of the runner
 * @param {number} minimumTests
 * @returns {{ counts: Counts, problem: string | null }}
 */
export function judge(counts, exitCode, minimumTests) {
  const sum = counts ?? noTests();
  const oneMore = { ...sum, failed: sum.failed + 1 };
  if (sum.failed > 0) return { counts: sum, problem: null };
  if (exitCode !== 0) return { counts: oneMore, problem: `the runner ended with exit code ${exitCode}` };
  if (counts === null) return { counts: oneMore, problem: 'the runner left no report' };
  const found = sum.passed + sum.skipped;
  if (found < minimumTests) {
    return { counts: oneMore, problem: `${found} tests were found, at least ${minimumTests} are expected` };
  }
  return { counts: sum, problem: null };
}
