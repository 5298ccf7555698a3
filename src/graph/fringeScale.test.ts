import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../optics/maths/random.ts';
import { fringeFineness, fringeScaleNote, noticedFactors } from './fringeScale.ts';

const OPTICS = { numericalAperture: 0.9, wavelength: 532e-9, pitch: 0.1e-6 };
const N = 128;
const all = () => true;

/** Rings around the middle whose local frequency grows to that of the aperture, with noise of 1 %; pitch of 0.1 µm. */
function rings(level = 1): Float64Array {
  const random = new SeededRandom(5);
  const [sine, z, k] = [0.9 / 1.33, 4e-6, (2 * Math.PI * 1.33) / 532e-9];
  const edge = (z * sine) / Math.sqrt(1 - sine * sine);
  return Float64Array.from({ length: N * N }, (_, i) => {
    const rho = 1e-7 * Math.hypot((i % N) - N / 2, Math.floor(i / N) - N / 2);
    const inside = 1 / (1 + (rho / edge) ** 24);
    const wave = (0.4 * inside * Math.cos(k * (Math.hypot(z, rho) - z))) / Math.hypot(1, rho / z);
    return level * (1 + wave + 0.01 * random.normal());
  });
}

const noteFor = (pitch: number, data = rings()) => fringeScaleNote(data, [N, N], all, { ...OPTICS, pitch });

describe('the fineness of rings', () => {
  it('is that of the aperture where the pixel size is right, whatever the brightness', () => {
    expect(noteFor(0.1e-6)).toBeNull();
    expect(noteFor(0.1e-6, rings(4000))).toBeNull();
  });

  it('tells a pixel size that is too small, and by how much at least', () => {
    const note = noteFor(0.04e-6) ?? '';
    expect(note).toMatch(/^The rings are \S+ times finer than a numerical aperture of 0.9 passes/);
    expect(note).toContain('the pixel pitch of 40 nm may be too small');
    const factor = Number(/are (\S+) times/.exec(note)?.[1]);
    // 2.5 too small; what is seen above the noise ends somewhat before the end.
    expect(factor).toBeGreaterThan(1.25);
    expect(factor).toBeLessThan(2.7);
  });

  it('tells one that is much too large', () => {
    expect(noteFor(1e-6)).toMatch(/times coarser than a numerical aperture of 0.9 would pass: .* 1000 nm/);
  });

  it('is told with the mistakes that it would notice, on both sides', () => {
    const fineness = fringeFineness(rings(), [N, N], all, OPTICS) ?? Number.NaN;
    const { small, large } = noticedFactors(fineness);
    const isNoticed = (factor: number) => noteFor(0.1e-6 * factor) !== null;
    expect([1 / (1.1 * small), 1, 0.9 * large, 1.1 * large].map(isNoticed)).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it('does not look at pixels that do not count, whatever mark stands in them', () => {
    const random = new SeededRandom(7);
    const data = rings();
    // A bad row, a blind spot, and one pixel in a hundred.
    const counted = data.map((_, i) =>
      Math.floor(i / N) === 50 ||
      (i % N > 60 && i % N < 64 && i > 70 * N && i < 73 * N) ||
      random.uniform() < 0.01
        ? 0
        : 1,
    );
    const marked = data.map((value, i) => (counted[i] === 0 ? 1e30 : value));
    const noteOf = (pitch: number) =>
      fringeScaleNote(marked, [N, N], (i) => counted[i] === 1, { ...OPTICS, pitch });
    expect(noteOf(0.1e-6)).toBeNull();
    expect(noteOf(0.04e-6)).toContain('may be too small');
    expect(noteOf(1e-6)).toContain('may be too large');
  });

  it('says nothing of noise, of even light and of small images', () => {
    const random = new SeededRandom(6);
    const noise = Float64Array.from({ length: N * N }, () => random.normal());
    expect(noteFor(0.02e-6, noise)).toBeNull();
    expect(noteFor(0.02e-6, new Float64Array(N * N).fill(3))).toBeNull();
    expect(fringeScaleNote(new Float64Array(100), [10, 10], all, OPTICS)).toBeNull();
  });
});
