import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { browserSetup } from './scripts/browser.mjs';
import { headersFor } from './scripts/serve.mjs';

const { executablePath, adapter, args } = await browserSetup();

/** Without these a software renderer crashes on canvases of WebGPU (Chromium 156). */
const forCanvases = adapter === 'software' ? ['--use-vulkan=swiftshader', '--use-angle=swiftshader'] : [];

/** Tests that run in a real Chromium with a WebGPU device: `npm test -- --only gpu [file]`. */
export default defineConfig({
  server: { headers: headersFor('/') },
  // Named here so that Vite does not find them half-way, which reloads the page under the running tests.
  optimizeDeps: { include: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-webgpu'] },
  test: {
    name: 'gpu',
    include: ['src/**/*.gpu.test.ts'],
    // The software adapter uses all cores for one test; several at once only time out.
    fileParallelism: false,
    testTimeout: 120_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath, args: [...args, ...forCanvases] } }),
      instances: [{ browser: 'chromium' }],
    },
  },
});
