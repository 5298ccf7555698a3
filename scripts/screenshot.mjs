// @ts-check
/**
 * The picture of the README: the built app with the sphere hologram fitted. `node scripts/screenshot.mjs [file]`
 * after `npm run build`.
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chromium } from '@playwright/test';
import { browserSetup } from './browser.mjs';
import { root } from './environment.mjs';
import { serve } from './serve.mjs';

const file = process.argv[2] ?? join(root, 'docs/images/workbench.png');
const port = Number(process.env['PORT'] ?? 5399);
const server = await serve({ folder: join(root, 'dist/app'), port });
const { executablePath, args } = await browserSetup();
const browser = await chromium.launch({ executablePath, args });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(`http://localhost:${port}/?test`);
await page.getByTestId('examples-menu').click();
await page.getByTestId('example-sphere-hologram').click();
await page.getByTestId('run-button').click();
await page.getByTestId('dock-tab-results').click();
await page.waitForSelector('[data-testid="results-table"] tr[data-path]', { timeout: 60_000 });
await page.getByTestId('dock-tab-residual').click();
// The message that the fit has finished leaves by itself.
await page.waitForTimeout(8_000);
mkdirSync(dirname(file), { recursive: true });
await page.screenshot({ path: file });
await browser.close();
server.close();
