// @ts-check
/** `npm start`: installs and builds what is missing or stale, then serves the app on localhost. */
import { ensureDependencies, runNode } from './environment.mjs';
import { serve } from './serve.mjs';

function wantedPort() {
  const text = process.env['PORT'];
  if (text === undefined || text === '') return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  console.error(`PORT is "${text}", which is not a port number from 0 to 65535.`);
  process.exit(2);
}

const [given] = process.argv.slice(2);
if (given !== undefined) {
  console.log(
    'npm start installs and builds what is missing, and serves the app; PORT=8080 npm start chooses its port.',
  );
  process.exit(given === '--help' || given === '-h' ? 0 : 2);
}

const port = wantedPort();
if (!(await ensureDependencies())) process.exit(1);
const code = await runNode('scripts/build.mjs', ['--if-stale', 'wasm', 'app']);
if (code !== 0) process.exit(code);
try {
  const { url } = await serve({ port });
  console.log(`Luminode is at ${url} (Ctrl+C stops it)`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
