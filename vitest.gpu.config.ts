import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { browserSetup } from './scripts/browser.mjs';
import { headersFor } from './scripts/serve.mjs';

const { executablePath, adapter, args } = await browserSetup();

/** Without these a software renderer crashes on canvases of WebGPU (Chromium 156). */
const forCanvases = adapter === 'software' ? ['--use-vulkan=swiftshader', '--use-angle=swiftshader'] : [];

/** A new one for each project: Vitest writes names into it. */
const browser = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({ launchOptions: { executablePath, args: [...args, ...forCanvases] } }),
  instances: [{ browser: 'chromium' as const }],
});

const KERNELS = 'src/workers/webgpu/**/*.gpu.test.ts';

/**
 * Tests that run in a real Chromium with a WebGPU device: `npm test -- --only gpu [file]`. Two browsers side by side:
 * compiling shaders, which takes most of the time, keeps one core busy.
 */
export default defineConfig({
  server: { headers: headersFor('/') },
  // Named here so that Vite does not find them half-way, which reloads the page under the running tests.
  optimizeDeps: { include: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-webgpu'] },
  test: {
    // One file at a time in each browser: the software adapter computes on all cores, and more would time out.
    maxWorkers: 1,
    testTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'gpu kernels', include: [KERNELS], browser: browser() } },
      {
        extends: true,
        test: {
          name: 'gpu systems',
          include: ['src/**/*.gpu.test.ts'],
          exclude: [KERNELS],
          browser: browser(),
        },
      },
    ],
  },
});
