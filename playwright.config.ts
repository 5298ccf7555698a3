import { defineConfig } from '@playwright/test';
import { browserSetup } from './scripts/browser.mjs';

const { executablePath, args } = await browserSetup();
const port = Number(process.env['LUMINODE_E2E_PORT'] ?? 4173);

/** Tests with this tag measure time or let the software adapter use all cores: nothing may run beside them. */
const ALONE = /@alone/;

/** End-to-end tests of the built app. `e2e/data` needs the measured data and runs with `npm run test:data`. */
export default defineConfig({
  testDir: 'e2e',
  forbidOnly: true,
  retries: 0,
  fullyParallel: true,
  // Two cores are the reference machine; a page waits for its worker, its timers and us for part of the time.
  workers: 3,
  // Far more than any test takes: a crowded machine is slow, and only a page that hangs should end here.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1440, height: 900 },
    // The page begins as the system likes it.
    colorScheme: 'dark',
    launchOptions: { executablePath, args },
    screenshot: 'only-on-failure',
    trace: 'off',
  },
  projects: [
    { name: 'e2e', testIgnore: 'data/**', outputDir: 'test-results/e2e', grepInvert: ALONE },
    { name: 'alone', testIgnore: 'data/**', outputDir: 'test-results/alone', grep: ALONE, workers: 1 },
    // What is computed here is long, and some of it is timed.
    { name: 'data', testDir: 'e2e/data', outputDir: 'test-results/data', timeout: 600_000, workers: 2 },
  ],
  webServer: {
    command: 'node scripts/start.mjs',
    env: { PORT: String(port) },
    url: `http://localhost:${port}`,
    reuseExistingServer: false,
    timeout: 240_000,
  },
});
