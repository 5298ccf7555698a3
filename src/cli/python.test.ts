import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonOf, luminode, makeFolder } from './testSupport.ts';

describe('luminode python', () => {
  it('prints the script of a design with the values that are set, or writes it to a file', async () => {
    const words = ['python', '--example', 'airy', '--set', 'pupil.numericalAperture=0.7'];
    const { code, stdout, stderr } = await luminode(words);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^"""\nAiry disc\n/);
    expect(stdout).toContain('aperture=0.7,  # Numerical aperture, 0.7');
    const folder = await makeFolder();
    const written = await luminode([...words, '--out', 'airy.py'], folder);
    expect([written.code, written.stdout]).toEqual([0, '']);
    expect(await readFile(join(folder, 'airy.py'), 'utf8')).toBe(stdout);
  });

  it('fails with the element that scripts do not cover, and writes nothing', async () => {
    const folder = await makeFolder();
    const outcome = await luminode(['python', '--example', 'michelson', '--out', 'm.py'], folder);
    expect(outcome.code).toBe(1);
    expect(jsonOf(outcome)['error']).toContain('“Beam splitter”');
    await expect(readFile(join(folder, 'm.py'), 'utf8')).rejects.toThrow();
  });
});
