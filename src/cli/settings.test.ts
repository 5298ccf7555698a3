import { describe, expect, it } from 'vitest';
import { registry } from '../graph/catalogue.ts';
import type { Design } from '../graph/document.ts';
import { airy } from '../graph/examples/airy.ts';
import { beadStack } from '../graph/examples/beadStack.ts';
import { sphereHologram } from '../graph/examples/sphereHologram.ts';
import { getAt } from '../graph/paths.ts';
import { readWords } from './commandLine.ts';
import { commands } from './commands.ts';
import { Failure, UsageError } from './io.ts';
import { applySettings, readSettings, reseed } from './settings.ts';

function set(design: Design, ...texts: string[]): Design {
  return applySettings(
    design,
    readSettings(
      readWords(
        commands.run,
        texts.flatMap((text) => ['--set', text]),
      ),
    ),
  );
}

const at = (design: Design, path: string) => getAt(design, registry, path);

describe('--set', () => {
  it.each([
    [airy, 'source.wavelength=447nm', 'source.wavelength', 447e-9],
    [airy, 'source.wavelength=0.447um', 'source.wavelength', 447e-9],
    [airy, 'source.wavelength=4.47e-7', 'source.wavelength', 4.47e-7],
    [airy, 'pupil.numericalAperture=0.85', 'pupil.numericalAperture', 0.85],
    [sphereHologram, 'source.polarizationAngle=90deg', 'source.polarizationAngle', Math.PI / 2],
    [sphereHologram, 'sphere.z=14.15 um', 'sphere.z', 14.15e-6],
    [beadStack, 'camera.gain=2.17', 'camera.gain', 2.17],
  ])('reads values with units', (design, text, path, value) => {
    // Display units are rounded factors: 1e-15 relative.
    expect(at(set(design, text), path)).toBeCloseTo(
      value,
      18 - Math.max(0, Math.ceil(Math.log10(value) + 8)),
    );
    expect(Number(at(set(design, text), path)) / value).toBeCloseTo(1, 12);
  });

  it('takes a Zernike term in waves of the wavelength that is set, wherever that stands', () => {
    const design = set(airy, 'pupil.zernike.8=0.05waves', 'source.wavelength=600nm');
    expect(Number(at(design, 'pupil.zernike.8')) / 30e-9).toBeCloseTo(1, 12);
    expect(Number(at(set(airy, 'pupil.zernike.8=0.05waves'), 'pupil.zernike.8')) / 26.6e-9).toBeCloseTo(
      1,
      12,
    );
  });

  it('links a value to others, and works it out after all settings', () => {
    const linked = set(airy, 'pupil.zernike.8==0.5*pupil.zernike.7 + 2 nm', 'pupil.zernike.7=20nm');
    expect(Number(at(linked, 'pupil.zernike.8')) / 12e-9).toBeCloseTo(1, 12);
    expect(linked.links).toEqual({ 'pupil.zernike.8': '0.5*pupil.zernike.7 + 2 nm' });
    expect(() => set(airy, 'pupil.zernike.8==2')).toThrow(/--set pupil.zernike.8: .*a number, not a length/);
  });

  it('sets one plane, every plane, and a list', () => {
    const list = '1,2,3,4,5,6,7';
    expect(at(set(beadStack, `bead.photons=${list}`), 'bead.photons')).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(at(set(beadStack, `bead.photons=${list}`, 'bead.photons.*=9'), 'bead.photons.3')).toBe(9);
    const one = set(beadStack, 'bead.photons.2=5000');
    expect(at(one, 'bead.photons')).toEqual([8000, 8000, 5000, 8000, 8000, 8000, 8000]);
    expect(at(set(beadStack, 'bead.photons.1=1', 'stack.planes=3'), 'bead.photons')).toEqual([8000, 1, 8000]);
  });

  it('sets switches, whole numbers, choices, the grid and the seed', () => {
    const design = set(
      airy,
      'camera.noise=on',
      'camera.rows=127',
      'grid.samples=127',
      'grid.pitch=0.1um',
      'seed=12',
    );
    expect(at(design, 'camera.noise')).toBe(true);
    expect(at(design, 'camera.rows')).toBe(127);
    expect(design.grid.samples).toBe(127);
    expect(design.grid.pitch).toBeCloseTo(1e-7, 20);
    expect(design.seed).toBe(12);
    expect(at(set(beadStack, 'bead.emission=uniform'), 'bead.emission')).toBe('uniform');
  });

  it('lets the last of two settings of one path count', () => {
    expect(at(set(airy, 'camera.gain=2', 'camera.gain=3'), 'camera.gain')).toBe(3);
  });

  it.each([
    ['an unknown node', 'sauce.wavelength=1nm', "no node 'sauce'. Did you mean source.wavelength?"],
    ['a node far from any', 'q.wavelength=1nm', 'The design has source, pupil, camera.'],
    ['an unknown parameter', 'camera.pixlPitch=1um', 'Did you mean camera.pixelPitch?'],
    ['a parameter far from any', 'source.q=1um', 'It has wavelength'],
    ['a wrong unit', 'source.wavelength=500mW', '“mW” is not a unit of this value'],
    ['no number', 'source.wavelength=blue', 'is not a number'],
    ['a bare number that was meant in nm', 'source.wavelength=532', 'Did you mean 532 nm?'],
    ['a wavelength in waves', 'source.wavelength=1waves', 'use nm'],
    ['a Zernike index beyond the last', 'pupil.zernike.999=1nm', 'terms 1 to 120'],
    ['NaN', 'camera.gain=NaN', 'is not a number'],
    ['an entry of a single value', 'camera.gain.3=1', 'holds a single value'],
    ['samples that are not whole', 'grid.samples=12.5', 'is not a whole number'],
    ['too many samples', 'grid.samples=100000', 'from 2 to 4096'],
    ['a pitch of nothing', 'grid.pitch=0', 'must be above 0'],
    ['another part of the grid', 'grid.sample=5', 'Did you mean grid.samples?'],
    ['a negative seed', 'seed=-1', 'is not a whole number'],
  ])('refuses %s with exit code 1', (_, text, reason) => {
    expect(() => set(airy, text)).toThrow(Failure);
    expect(() => set(airy, text)).toThrow(reason);
  });

  it.each(['camera.gain', '=3', 'camera.gain=', 'gain=3', 'a.b.c.d=1', 'camera gain=3'])(
    'refuses the malformed “%s” as wrong usage',
    (text) => {
      expect(() => set(airy, text)).toThrow(UsageError);
    },
  );

  it('leaves the example untouched', () => {
    const before = JSON.stringify(airy);
    set(airy, 'camera.gain=3', 'pupil.zernike.4=1nm', 'grid.samples=64');
    expect(JSON.stringify(airy)).toBe(before);
  });
});

describe('--seed', () => {
  it('seeds the document and its simulated images', () => {
    const design = reseed(sphereHologram, 99);
    expect(design.seed).toBe(99);
    expect(design.images['simulated']).toMatchObject({ kind: 'simulated', seed: 99 });
  });
});
