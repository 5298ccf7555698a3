// @ts-check
/**
 * The stages of `npm test` and `npm run test:data`, in order. A stage that counts fewer tests than `minimumTests`
 * fails: a suite that silently lost its tests must not look green. Raise a number when tests are added; lower one
 * only with a reason.
 */

/** @typedef {'wasm' | 'app' | 'cli'} BuildName */
/**
 * @typedef {object} Stage
 * @property {string} id name for `--only`
 * @property {string} title heading
 * @property {boolean} needsData true for `npm run test:data`, which needs the folder of measured data
 * @property {readonly BuildName[]} needs what must have been built
 * @property {number} minimumTests
 * @property {string} [beside] stages in a row of the same word run at once: each leaves cores idle by itself, and
 *   none of them measures time
 */

/** @type {readonly Stage[]} */
export const stages = [
  {
    id: 'lint',
    title: 'Format and lint (Biome)',
    needsData: false,
    needs: [],
    minimumTests: 1,
    beside: 'checks',
  },
  {
    id: 'types',
    title: 'Types (tsc)',
    needsData: false,
    needs: ['wasm'],
    minimumTests: 1,
    beside: 'checks',
  },
  {
    id: 'house',
    title: 'House tests (Vitest, Node)',
    needsData: false,
    needs: [],
    minimumTests: 98,
    beside: 'checks',
  },
  { id: 'unit', title: 'Unit tests (Vitest, Node)', needsData: false, needs: ['wasm'], minimumTests: 2050 },
  { id: 'gpu', title: 'GPU parity (Vitest, Chromium)', needsData: false, needs: ['wasm'], minimumTests: 222 },
  {
    id: 'e2e',
    title: 'End to end (Playwright)',
    needsData: false,
    needs: ['wasm', 'app', 'cli'],
    minimumTests: 62,
  },
  {
    id: 'data',
    title: 'Measured data (Vitest, Node)',
    needsData: true,
    needs: ['wasm'],
    minimumTests: 9,
  },
  {
    id: 'data-e2e',
    title: 'Measured data (Playwright)',
    needsData: true,
    needs: ['wasm', 'app', 'cli'],
    minimumTests: 4,
  },
];
