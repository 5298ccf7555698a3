import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { headersFor } from './scripts/serve.mjs';

/**
 * The development server injects inline scripts for hot reloading, which the policy in index.html forbids. The
 * policy is left out there and only there: what is built, tested and shipped carries it.
 */
function withoutPolicyInDevelopment(): Plugin {
  return {
    name: 'luminode:without-policy-in-development',
    apply: 'serve',
    transformIndexHtml: (html) => html.replace(/\s*<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ''),
  };
}

/** Shown in Settings → Diagnostics. */
const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  version: string;
};
process.env['VITE_LUMINODE_VERSION'] = version;

const inPackages = (...names: string[]) => new RegExp(`node_modules/(?:${names.join('|')})(?:/|-)`);

export default defineConfig({
  // Relative, so that the built folder works under any path of a host.
  base: './',
  plugins: [react(), withoutPolicyInDevelopment()],
  server: { headers: headersFor('/') },
  build: {
    target: 'es2022',
    sourcemap: true,
    // Plotly and TensorFlow.js are each one large file, fetched when first needed and never before the page shows.
    chunkSizeWarningLimit: 1600,
    outDir: 'dist/app',
    rolldownOptions: {
      // The second page is the engine alone, for programs that drive a browser.
      input: ['index.html', 'engine.html'],
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'framework',
              test: inPackages('react', 'react-dom', 'scheduler', '@xyflow', 'd3', 'zustand'),
            },
          ],
        },
      },
    },
  },
  worker: {
    format: 'es',
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'tensorflow', test: inPackages('@tensorflow') }] } },
    },
  },
});
