import { describe, expect, it } from 'vitest';
import { registry } from './catalogue.ts';
import type { Design } from './document.ts';
import { setAll } from './edit.ts';
import { beadStack } from './examples/beadStack.ts';
import { sphereHologram } from './examples/sphereHologram.ts';
import { setLink } from './expressions/editLinks.ts';
import { getAt } from './paths.ts';
import { prepareForImage } from './prepare.ts';
import { estimateStart, withSampling } from './startEstimates.ts';
import { options, rings, spots } from './testImages.ts';
import { validate } from './validate.ts';

const at = (design: Design, path: string) => getAt(design, registry, path);

describe('the pupil sampling', () => {
  /** Width of the picture that the pupil samples repeat, metres. */
  const period = (design: Design) => {
    const [aperture, wavelength] = ['pupil.numericalAperture', 'source.wavelength'].map((path) =>
      Number(at(design, path)),
    );
    return (((design.grid.samples - 2) / 2) * (wavelength ?? 0)) / (aperture ?? 1);
  };

  it('keeps copies of the image out of the window', () => {
    const { design } = prepareForImage(sphereHologram, registry, options(rings(96, 60, 30, 48)));
    expect(period(design)).toBeGreaterThan(96 * 0.1e-6 * 1.05);
    // 11 µm before focus, with the search up to 5 µm further, light reaches z tan θ from the middle.
    const tangent = 1.2 / Math.sqrt(1.33 ** 2 - 1.2 ** 2);
    expect(period(design)).toBeGreaterThan(48 * 0.1e-6 + 16e-6 * tangent);
    expect(design.grid.samples % 2).toBe(0);
  });

  it('grows with window and depth between its limits', () => {
    const sampled = (change: Record<string, number>) =>
      withSampling(setAll(sphereHologram, registry, change), registry).grid.samples;
    expect(sampled({ 'sphere.z': 20e-6 })).toBeGreaterThan(sampled({ 'sphere.z': 10e-6 }));
    expect(sampled({ 'camera.rows': 300 })).toBeGreaterThan(sampled({ 'camera.rows': 100 }));
    expect(sampled({ 'sphere.z': 900e-6 })).toBe(1024);
    expect(
      sampled({ 'sphere.z': 0, 'camera.rows': 8, 'camera.columns': 8, 'pupil.numericalAperture': 0.1 }),
    ).toBe(48);
  });

  it('changes nothing else', () => {
    const { grid, ...rest } = withSampling(beadStack, registry);
    const { grid: old, ...same } = beadStack;
    expect(rest).toEqual(same);
    expect(grid.pitch).toBe(old.pitch);
  });
});

describe('values that follow others', () => {
  const counting = setAll(beadStack, registry, { 'camera.gain': 2, 'camera.offset': 100 });
  const learned = setLink(counting, registry, 'camera.background', 'bead.photons/300');
  const linked = setLink(learned, registry, 'bead.y', '-0.5*bead.x');

  it('still do when an image comes in, with what is estimated of the others', () => {
    const { design } = prepareForImage(linked, registry, options(spots(3, 32, 36, 20, 14, 4000)));
    expect(design.links).toEqual(linked.links);
    const photons = Number(at(design, 'bead.photons'));
    // The planes have once, twice and three times as many; of each the window holds all but noise and the border.
    expect(Math.abs(photons / 8000 - 1)).toBeLessThan(0.05);
    expect(at(design, 'camera.background')).toBe(photons / 300);
    const x = Number(at(design, 'bead.x'));
    expect([x > 0, at(design, 'bead.y')]).toEqual([true, -0.5 * x]);
    expect(validate(design, registry).filter(({ code }) => code === 'badLink')).toEqual([]);
  });

  it('still do when the start is estimated again', () => {
    const { design } = prepareForImage(linked, registry, options(spots(3, 32, 36, 20, 14, 4000)));
    const again = estimateStart(design, registry, new Set());
    expect(again.links).toEqual(linked.links);
    expect(at(again, 'camera.background')).toBe(Number(at(again, 'bead.photons')) / 300);
  });
});
