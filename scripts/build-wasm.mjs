/**
 * Compiles src/workers/wasm/assembly three times (SIMD and threads, SIMD, neither) into base64 strings in
 * src/workers/wasm/kernels.generated.ts, so that Node and browser workers load it without a fetch.
 * Does nothing when the output is newer than every source; `--force` compiles anyway.
 */
import { readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const assembly = join(root, 'src/workers/wasm/assembly');
const output = join(root, 'src/workers/wasm/kernels.generated.ts');

async function modified(path) {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}

async function isFresh() {
  const built = await modified(output);
  if (built === 0) return false;
  const names = (await readdir(assembly)).filter((name) => name.endsWith('.ts'));
  const sources = [fileURLToPath(import.meta.url), ...names.map((name) => join(assembly, name))];
  const times = await Promise.all(sources.map(modified));
  return times.every((time) => time < built);
}

/** @param {readonly string[]} features of WebAssembly beyond the first version */
async function compile(features) {
  const { default: asc } = await import('assemblyscript/asc');
  let binary = null;
  const messages = [];
  const listen = { write: (text) => messages.push(String(text)) };
  const args = ['index.ts', '--outFile', 'kernels.wasm', '--runtime', 'stub', '--optimizeLevel', '3'];
  args.push('--noAssert', '--uncheckedBehavior', 'always', '--initialMemory', '16');
  for (const feature of features) args.push('--enable', feature);
  // Threads are instances that share a memory, which is made outside and has a largest size: here all there is.
  if (features.includes('threads')) args.push('--importMemory', '--sharedMemory', '--maximumMemory', '65536');
  const { error } = await asc.main([...args, '--baseDir', assembly], {
    stdout: listen,
    stderr: listen,
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) binary = contents;
    },
  });
  if (error !== null || binary === null) {
    throw new Error(`The WebAssembly kernels did not compile.\n${messages.join('')}`, { cause: error });
  }
  return Buffer.from(binary).toString('base64');
}

/** Builds when needed; returns whether it compiled. */
export async function buildWasm({ force = false } = {}) {
  if (!force && (await isFresh())) return false;
  const threaded = await compile(['simd', 'threads']);
  const simd = await compile(['simd']);
  const scalar = await compile([]);
  const lines = [
    '// Made by scripts/build-wasm.mjs from src/workers/wasm/assembly; not for editing.',
    `export const THREADED_MODULE = '${threaded}';`,
    `export const SIMD_MODULE = '${simd}';`,
    `export const SCALAR_MODULE = '${scalar}';`,
  ];
  await writeFile(output, `${lines.join('\n')}\n`);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildWasm({ force: process.argv.includes('--force') });
}
