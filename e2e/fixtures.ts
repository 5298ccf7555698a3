/** `test` with a workbench, and a watch on everything that a page must not do. */
import { test as base, expect } from '@playwright/test';
import { Workbench } from './pages/workbench.ts';

/** What the page complained about or asked for elsewhere. */
export interface Complaints {
  readonly consoleErrors: string[];
  readonly offOrigin: string[];
}

interface Fixtures {
  readonly workbench: Workbench;
  readonly complaints: Complaints;
}

export const test = base.extend<Fixtures>({
  complaints: [
    async ({ page, baseURL }, use, { annotations }) => {
      const complaints: Complaints = { consoleErrors: [], offOrigin: [] };
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.consoleErrors.push(message.text());
      });
      page.on('pageerror', (error) => complaints.consoleErrors.push(String(error)));
      page.on('request', (request) => {
        const url = request.url();
        const isLocal = url.startsWith('blob:') || url.startsWith('data:');
        if (!isLocal && new URL(url).origin !== baseURL) complaints.offOrigin.push(url);
      });
      await use(complaints);
      // What was measured stands in the output, also where the test passes.
      for (const { type, description } of annotations) process.stdout.write(`    ${type}: ${description}\n`);
      // No test may leave errors behind, whatever it is about.
      expect(complaints.consoleErrors).toEqual([]);
      expect(complaints.offOrigin).toEqual([]);
    },
    { auto: true },
  ],
  workbench: async ({ page }, use) => {
    await use(new Workbench(page));
  },
});

export { expect };
