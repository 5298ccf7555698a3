import { defineConfig } from 'vitest/config';

/** Tests that run in Node. Those that need a GPU are in vitest.gpu.config.ts. */
export default defineConfig({
  test: {
    environment: 'node',
    // Two cores are the reference machine; a slow float64 oracle may need more than the default five seconds there.
    testTimeout: 30_000,
    // By default one core would stay idle. Processes, not threads: tests of speed look at their own processor time.
    pool: 'forks',
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['src/**/*.test.{ts,tsx}'], exclude: ['src/**/*.gpu.test.ts'] },
      },
      { extends: true, test: { name: 'house', include: ['tests/*.test.ts'] } },
      { extends: true, test: { name: 'data', include: ['tests/data/*.test.ts'], testTimeout: 600_000 } },
    ],
  },
});
