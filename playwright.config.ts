import { defineConfig } from '@playwright/test';
import { browserSetup } from './scripts/browser.mjs';

const { executablePath, args } = await browserSetup();
const port = Number(process.env['LUMINODE_E2E_PORT'] ?? 4173);

/** End-to-end tests of the built app. `e2e/data` needs the measured data and runs with `npm run test:data`. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  forbidOnly: true,
  retries: 0,
  // The software adapter uses all cores of the reference machine for one page.
  workers: Number(process.env['LUMINODE_E2E_WORKERS'] ?? 1),
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1440, height: 900 },
    launchOptions: { executablePath, args },
    screenshot: 'only-on-failure',
    trace: 'off',
  },
  projects: [
    { name: 'e2e', testIgnore: 'data/**' },
    { name: 'data', testDir: 'e2e/data', timeout: 600_000 },
  ],
  webServer: {
    command: 'node scripts/start.mjs',
    env: { PORT: String(port) },
    url: `http://localhost:${port}`,
    reuseExistingServer: false,
    timeout: 240_000,
  },
});
