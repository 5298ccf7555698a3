import { describe, expect, it } from 'vitest';
import { registry } from './catalogue.ts';
import { setAll } from './edit.ts';
import { beadStack } from './examples/beadStack.ts';
import { severalSpheres } from './examples/severalSpheres.ts';
import { sphereHologram } from './examples/sphereHologram.ts';
import { heldValues } from './held.ts';

const namesOf = (held: ReturnType<typeof heldValues>) => held.map(({ path }) => path);

describe('what a fit takes as known', () => {
  it('is what elements show first and what was set, in the order of the light', () => {
    const held = heldValues(sphereHologram, registry);
    expect(held.map(({ title, display: { value, unit } }) => `${title} ${value} ${unit}`.trim())).toEqual([
      'Plane wave: Wavelength 532 nm',
      // Not shown first, but water instead of the default, air.
      'Plane wave: Medium index 1.33',
      'Pupil: Numerical aperture 1.2',
      'Camera: Pixel pitch 0.1 µm',
    ]);
    expect(held[0]).toMatchObject({ path: 'source.wavelength', value: 532e-9, unit: 'm' });
  });

  it('is not what is learned, nor what no comparison sees', () => {
    const learned = { ...sphereHologram, learn: ['source.refractiveIndex', 'sphere.z'] };
    const paths = namesOf(heldValues(learned, registry));
    expect(paths).not.toContain('source.refractiveIndex');
    expect(paths).not.toContain('sphere.z');
    expect(paths).toContain('sphere.radius');
    const edges = sphereHologram.edges.filter(({ to }) => to.node !== 'loss');
    expect(heldValues({ ...sphereHologram, edges }, registry)).toEqual([]);
  });

  it('is of terms those that are set, and of planes those that are one', () => {
    const held = heldValues(setAll(beadStack, registry, { 'pupil.zernike.11': 58e-9 }), registry);
    // Terms 5 to 22 and the photons of every plane are learned.
    expect(namesOf(held)).not.toContain('bead.photons');
    const far = setAll(beadStack, registry, { 'pupil.zernike.24': 58e-9 });
    const [term] = heldValues(far, registry).filter(({ path }) => path === 'pupil.zernike.24');
    // A tenth of 580 nm.
    expect(term?.display).toEqual({ value: 0.1, unit: 'waves' });
  });

  it('is of a table the columns with one value for all rows', () => {
    const learn = ['spheres.particles.*.x', 'spheres.particles.*.z'];
    const rows = [
      { x: 0, y: 1e-6, z: 5e-6, radius: 1e-6 },
      { x: 0, y: 2e-6, z: 5e-6, radius: 1e-6 },
    ];
    const design = setAll(severalSpheres.design, registry, { 'spheres.particles': rows });
    const held = heldValues({ ...design, learn }, registry);
    expect(held.find(({ path }) => path === 'spheres.particles.*.radius')?.value).toBe(1e-6);
    expect(namesOf(held).filter((path) => /\.[xyz]$/.test(path))).toEqual([]);
  });
});
