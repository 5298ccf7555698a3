import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest for one core. */
const LONG = [
  'src/workers/gallery.wasm.test.ts',
  'src/workers/contract.f64.test.ts',
  'src/optics/contract.test.ts',
  'src/workers/contract.wasm.test.ts',
  'src/workers/fit/positionFit.test.ts',
  'src/cli/fit.test.ts',
  'src/workers/fit/goals.test.ts',
  'src/optics/propagation/freeSpace.test.ts',
  'src/workers/fit/fit.test.ts',
  'src/optics/elements/airy.test.ts',
  'src/workers/conformance.test.ts',
];

/**
 * Starts these first: whatever starts last is waited for while the other cores are idle. On a machine that has run
 * nothing before, Vitest goes by the size of the file, and the longest of ours is among the shortest to read.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONG.findIndex((path) => moduleId.endsWith(path));
      return place < 0 ? LONG.length : place;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

/** Tests that run in Node. Those that need a GPU are in vitest.gpu.config.ts. */
export default defineConfig({
  test: {
    environment: 'node',
    // Two cores are the reference machine; a slow float64 oracle may need more than the default five seconds there.
    testTimeout: 30_000,
    // By default one core would stay idle. Processes, not threads: tests of speed look at their own processor time.
    pool: 'forks',
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: ['src/**/*.gpu.test.ts'],
          // Two processes for all files: one for each would load the same modules three hundred times. What a test
          // changes beyond its own objects (clocks, globals) it must put back.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'house', include: ['tests/*.test.ts'] } },
      { extends: true, test: { name: 'data', include: ['tests/data/*.test.ts'], testTimeout: 600_000 } },
    ],
  },
});
