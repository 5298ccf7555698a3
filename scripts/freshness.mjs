// @ts-check
/**
 * Decides whether a build is still that of the present sources. A stamp holds the hash of every input and every
 * output, so neither clocks nor checkouts that touch dates can fool it. Node built-ins only.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './environment.mjs';

/**
 * @typedef {object} Target
 * @property {string} name
 * @property {readonly string[]} inputs files and folders, relative to the root; absent ones count as empty
 * @property {(path: string) => boolean} isInput picks among the files found under `inputs`
 * @property {() => readonly string[]} outputs files, relative to the root, that must exist unchanged
 */

/**
 * Every file at or under a path, relative to the root with forward slashes, in a fixed order.
 * @param {string} path
 * @returns {string[]}
 */
export function filesUnder(path) {
  const absolute = join(root, path);
  if (!existsSync(absolute)) return [];
  if (!statSync(absolute).isDirectory()) return [path];
  return readdirSync(absolute, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesUnder(`${path}/${entry.name}`));
}

/** @param {readonly string[]} files */
function hashFiles(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${file}\0`);
    hash.update(existsSync(join(root, file)) ? readFileSync(join(root, file)) : 'absent');
    hash.update('\0');
  }
  return hash.digest('hex');
}

/** @param {Target} target */
function fingerprint(target) {
  const inputs = target.inputs.flatMap(filesUnder).filter(target.isInput);
  return { inputs: hashFiles(inputs), outputs: hashFiles(target.outputs()) };
}

/** @param {Target} target */
const stampFile = (target) => join(root, 'dist', '.stamps', `${target.name}.json`);

/**
 * True when the target's outputs were built from exactly the present inputs and have not been altered since.
 * @param {Target} target
 */
export function isFresh(target) {
  if (!existsSync(stampFile(target))) return false;
  return readFileSync(stampFile(target), 'utf8') === JSON.stringify(fingerprint(target));
}

/** @param {Target} target */
export function stamp(target) {
  mkdirSync(dirname(stampFile(target)), { recursive: true });
  writeFileSync(stampFile(target), JSON.stringify(fingerprint(target)));
}
