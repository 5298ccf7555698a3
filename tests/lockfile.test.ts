import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../scripts/environment.mjs';

interface LockedPackage {
  readonly version?: string;
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

/** Whether Node would find `name` from the package at `path`: there, or in a node_modules folder further up. */
function isLocked(path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in lock.packages) return true;
    if (folder === '') return false;
  }
}

/**
 * npm leaves a binary out of the lock file when the registry in use does not carry it, and then `npm ci` refuses the
 * whole file. Name such a package in package-lock.json by hand: version, cpu, os, libc and `"optional": true`.
 */
it('package-lock.json names the optional binaries of every platform', () => {
  const wanted = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).map((name) => ({ path, name })),
  );
  // Biome, oxc and rolldown alone bring more than this.
  expect(wanted.length).toBeGreaterThan(30);
  expect(wanted.filter(({ path, name }) => !isLocked(path, name))).toEqual([]);
});
