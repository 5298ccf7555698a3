// @ts-check
/** `npm run luminode -- …`: runs the command line program, built first when stale. Only the program writes to stdout. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies, root, run, runNode } from './environment.mjs';

const program = join(root, 'dist', 'cli', 'luminode.mjs');

if (!(await ensureDependencies({ stdoutToStderr: true }))) process.exit(1);
const built = await runNode('scripts/build.mjs', ['--if-stale', 'wasm', 'cli'], { stdoutToStderr: true });
if (built !== 0) process.exit(built);
if (!existsSync(program)) {
  console.error('The command line program is not part of this checkout (src/cli/main.ts is missing).');
  process.exit(1);
}
// npm runs scripts in the repository root; INIT_CWD is where the user stood, and paths are meant from there.
const ranByNpm = process.env['npm_lifecycle_event'] === 'luminode';
const cwd = (ranByNpm ? process.env['INIT_CWD'] : undefined) ?? process.cwd();
process.exitCode = await run(process.execPath, [program, ...process.argv.slice(2)], { cwd });
