import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../scripts/environment.mjs';
import { isCompatibleLicence } from './licences.ts';

interface PackageFacts {
  readonly version?: string;
  readonly license?: unknown;
  readonly licenses?: readonly { readonly type?: string }[];
  readonly dev?: boolean;
  readonly packages?: Readonly<Record<string, PackageFacts>>;
}

const readFacts = (...path: string[]) =>
  JSON.parse(readFileSync(join(root, ...path), 'utf8')) as PackageFacts;

/** Installed packages that are shipped: those of the lock file that are not only for development. */
function shippedPackages(): { path: string; licence: unknown }[] {
  const locked = Object.entries(readFacts('package-lock.json').packages ?? {});
  return locked
    .filter(
      ([path, facts]) => path !== '' && facts.dev !== true && existsSync(join(root, path, 'package.json')),
    )
    .map(([path]) => {
      const facts = readFacts(path, 'package.json');
      const old = facts.licenses?.map((each) => each.type).join(' OR ');
      return { path, licence: facts.license ?? old };
    });
}

describe('licences', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND Zlib', true],
    ['(BSD-2-Clause OR MIT) AND Apache-2.0', true],
    ['GPL-3.0-only', false],
    ['MIT AND GPL-2.0-only', false],
    ['AGPL-3.0-or-later', false],
    ['SEE LICENSE IN LICENSE.txt', false],
    ['UNLICENSED', false],
    ['MIT)', false],
    ['', false],
    [undefined, false],
  ])('judges %s as %s', (expression, expected) => {
    expect(isCompatibleLicence(expression)).toBe(expected);
  });

  it('of everything we ship are compatible with MIT', () => {
    const shipped = shippedPackages();
    // Direct production dependencies alone are more than this; fewer means that the lock file was misread.
    expect(shipped.length).toBeGreaterThan(15);
    const bad = shipped.filter(({ licence }) => !isCompatibleLicence(licence));
    expect(bad).toEqual([]);
  });

  it('of our own is MIT', () => {
    expect(readFacts('package.json').license).toBe('MIT');
    expect(readFileSync(join(root, 'LICENSE'), 'utf8')).toMatch(/^MIT License\n/);
  });
});
