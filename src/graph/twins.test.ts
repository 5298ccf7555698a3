import { describe, expect, it } from 'vitest';
import { registry } from './catalogue.ts';
import type { Design } from './document.ts';
import { setAll } from './edit.ts';
import { beadStack } from './examples/beadStack.ts';
import { sphereHologram } from './examples/sphereHologram.ts';
import { expandLearnables } from './learnables.ts';
import { blindRemedy, signSentence, twinRemedy } from './twins.ts';

const learnablesOf = (design: Design, learn: readonly string[]) =>
  expandLearnables({ ...design, learn }, registry, 1);
const remedyOf = (design: Design, ...learn: string[]) => twinRemedy(design, learnablesOf(design, learn));
const PLANE = setAll(beadStack, registry, { 'stack.planes': 1 });

describe('twins', () => {
  it.each([
    [beadStack, ['bead.y', 'pupil.zernike.3'], /tilt/],
    [beadStack, ['bead.z', 'pupil.zernike.22'], /Z4/],
    [beadStack, ['bead.photons', 'camera.background'], /small region/],
    [beadStack, ['camera.blur', 'pupil.numericalAperture'], /widen the spot/],
    [beadStack, ['pupil.zernike.5', 'pupil.zernike.6'], /0\.5 µm away/],
    [sphereHologram, ['sphere.radius', 'sphere.refractiveIndex'], /radius × \(index/],
  ] as const)('are known by what they are', (design, learn, remedy) => {
    expect(remedyOf(design, ...learn)).toMatch(remedy);
    expect(remedyOf(design, ...[...learn].reverse())).toMatch(remedy);
  });

  it('are not made of values that no rule knows, or of one alone', () => {
    expect(remedyOf(beadStack, 'bead.x', 'bead.photons')).toBeNull();
    expect(remedyOf(beadStack, 'pupil.zernike.7', 'pupil.zernike.8')).toBeNull();
    expect(remedyOf(beadStack, 'pupil.zernike.6')).toBeNull();
    const [even, odd] = learnablesOf(beadStack, ['pupil.zernike.6', 'pupil.zernike.8']);
    expect(even && blindRemedy(beadStack, even)).toMatch(/In focus/);
    expect(odd && blindRemedy(beadStack, odd)).toBeNull();
  });
});

describe('the sign of even aberrations', () => {
  const even = ['bead.z', 'pupil.zernike.6', 'pupil.zernike.8'];

  it('is open in one plane, and only there', () => {
    const said = signSentence(PLANE, learnablesOf(PLANE, even), 1);
    expect(said).toMatch(/common sign of “[^”]*”, “Pupil: Z6[^”]*”:/);
    expect(said).not.toContain('Z8');
    expect(signSentence(beadStack, learnablesOf(beadStack, even), 7)).toBeNull();
    expect(signSentence(PLANE, learnablesOf(PLANE, ['bead.z', 'pupil.zernike.8']), 1)).toBeNull();
  });

  it('is told by something even that is known', () => {
    const astigmatic = setAll(PLANE, registry, { 'pupil.zernike.5': 50e-9 });
    expect(signSentence(astigmatic, learnablesOf(astigmatic, even), 1)).toBeNull();
    const moved = setAll(PLANE, registry, { 'bead.z': 0.5e-6 });
    expect(signSentence(moved, learnablesOf(moved, ['pupil.zernike.6']), 1)).toBeNull();
    const hologram = learnablesOf(sphereHologram, ['sphere.z', 'pupil.zernike.6']);
    expect(hologram).toHaveLength(2);
    expect(signSentence(sphereHologram, hologram, 1)).toBeNull();
    // A coma says nothing of it.
    const coma = setAll(PLANE, registry, { 'pupil.zernike.7': 50e-9 });
    expect(signSentence(coma, learnablesOf(coma, even), 1)).not.toBeNull();
  });
});
