import { describe, expect, it } from 'vitest';
import { registry } from './catalogue.ts';
import type { Design } from './document.ts';
import { setAll } from './edit.ts';
import { beadStack } from './examples/beadStack.ts';
import { sphereHologram } from './examples/sphereHologram.ts';
import { decodeFloat32 } from './imageData.ts';
import { type GivenImage, PrepareProblem } from './measuredPixels.ts';
import { getAt } from './paths.ts';
import { type PrepareOptions, prepareForImage } from './prepare.ts';
import { estimateStart } from './startEstimates.ts';
import { options, rings, spots } from './testImages.ts';
import { validate } from './validate.ts';

const at = (design: Design, path: string) => getAt(design, registry, path);

function pixels(design: Design): { shape: readonly number[]; data: Float32Array; level: number | null } {
  const image = design.images['target'];
  if (image?.kind !== 'measured') throw new Error('The target has no measured image.');
  const size = image.shape.reduce((product, n) => product * n, 1);
  return { shape: image.shape, data: decodeFloat32(image.data, size), level: image.saturationLevel };
}

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe('a target that moves its image', () => {
  it('keeps the image as it came; camera and first estimates follow what is compared', () => {
    const turned = setAll(sphereHologram, registry, { 'target.turn': '90', 'target.flip': 'y' });
    // Behind the middle of the image by 14 columns and 6 rows.
    const [ny, nx] = [64, 90];
    const given = rings(ny, nx, 44.5 + 14, 31.5 + 6);
    const { design, origin, notes } = prepareForImage(
      turned,
      registry,
      options(given, { crop: { y0: 0, y1: ny, x0: 0, x1: nx } }),
    );
    expect([pixels(design).shape, at(design, 'camera.rows'), at(design, 'camera.columns')]).toEqual([
      [ny, nx],
      nx,
      ny,
    ]);
    expect(pixels(design).data).toEqual(given.data);
    // Mirrored to 6 above the middle, turned to 6 to the right of it and 14 below.
    const pitch = Number(at(design, 'camera.pixelPitch')) / Number(at(design, 'camera.magnification'));
    const found = ['x', 'y'].map((axis) => Number(at(design, `sphere.${axis}`)) / pitch);
    // Half a pixel from the middle of even numbers to the pixel that counts as the middle; rings are found to 0.2.
    expect(Math.abs((found[0] ?? 0) - (31.5 + 6 - 32))).toBeLessThan(0.3);
    expect(Math.abs((found[1] ?? 0) - (44.5 + 14 - 45))).toBeLessThan(0.3);
    expect([origin, notes.some((note) => note.includes('flips, turns'))]).toEqual([{ x: 0, y: 0 }, true]);
    const again = estimateStart(design, registry, new Set());
    expect(at(again, 'sphere.x')).toBe(at(design, 'sphere.x'));
  });
});

describe('pixels that are not numbers', () => {
  const holed = (image: GivenImage, at: readonly number[]): GivenImage => ({
    ...image,
    data: image.data.map((value, i) => (at.includes(i) ? Number.NaN : value)),
  });

  it('of a hologram are left out and counted, and what is found stays where it is', () => {
    const whole = rings(64, 72, 40.3, 29.6);
    const { design, notes } = prepareForImage(
      sphereHologram,
      registry,
      options(holed(whole, [5, 700, 2190])),
    );
    expect(notes[0]).toMatch(/^3 pixels are not numbers/);
    const { data, level } = pixels(design);
    expect([...data].flatMap((value, i) => (value >= (level ?? 0) ? [i] : []))).toEqual([5, 700, 2190]);
    const found = at(prepareForImage(sphereHologram, registry, options(whole)).design, 'sphere.x');
    // A tenth of a pixel of 0.1 µm, for three of 4608 pixels of which one lies in the rings.
    expect(Math.abs(Number(at(design, 'sphere.x')) - Number(found))).toBeLessThan(0.1e-7);
  });

  it('of a stack neither attract the bead nor count as its light', () => {
    const whole = spots(3, 40, 44, 25, 18, 4000);
    const make = (image: GivenImage) => prepareForImage(beadStack, registry, options(image)).design;
    const [clean, marked] = [make(whole), make(holed(whole, [90, 2000]))];
    expect(Number(at(marked, 'bead.x'))).toBeCloseTo(Number(at(clean, 'bead.x')), 9);
    const photons = (design: Design) => Number(at(design, 'bead.photons.1'));
    // Two pixels of the background are filled with the mean of all.
    expect(photons(marked) / photons(clean)).toBeCloseTo(1, 1);
  });
});

describe('a hologram', () => {
  const prepared = prepareForImage(sphereHologram, registry, options(rings(64, 72, 40.3, 29.6)));

  it('gives the camera its size and the target its pixels', () => {
    const { design } = prepared;
    expect([at(design, 'camera.rows'), at(design, 'camera.columns')]).toEqual([64, 72]);
    expect(at(design, 'target.image')).toBe('target');
    expect(pixels(design).shape).toEqual([64, 72]);
    expect(validate(design, registry).filter((issue) => issue.severity === 'error')).toEqual([]);
  });

  it('takes its mean for its background, and says so', () => {
    expect(at(prepared.design, 'target.normalization')).toBe('background');
    expect([...pixels(prepared.design).data]).toEqual([...rings(64, 72, 40.3, 29.6).data]);
    expect(prepared.notes.join(' ')).toMatch(/divided by the mean \d+(\.\d+)? of its pixels, which/);
  });

  it('is compared as it is where that was asked for', () => {
    const keep = new Set(['target.normalization']);
    const { design } = prepareForImage(sphereHologram, registry, options(rings(64, 72, 40, 30), { keep }));
    expect(at(design, 'target.normalization')).toBe('none');
  });

  it('places the sphere at the centre of the rings, in metres from the middle pixel', () => {
    // A fifth of a pixel of 0.1 µm: less than the half by which a wrong middle would be off.
    expect(Math.abs(Number(at(prepared.design, 'sphere.x')) - (40.3 - 36) * 0.1e-6)).toBeLessThan(0.02e-6);
    expect(Math.abs(Number(at(prepared.design, 'sphere.y')) - (29.6 - 32) * 0.1e-6)).toBeLessThan(0.02e-6);
    expect(prepared.notes.join(' ')).toMatch(/found at column 40\.\d, row 29\.\d/);
  });

  it('takes the magnification into account', () => {
    const magnified = setAll(sphereHologram, registry, {
      'camera.magnification': 50,
      'camera.pixelPitch': 10e-6,
    });
    const { design } = prepareForImage(magnified, registry, options(rings(64, 72, 40.3, 29.6)));
    expect(Math.abs(Number(at(design, 'sphere.x')) - (40.3 - 36) * 0.2e-6)).toBeLessThan(0.04e-6);
  });

  it('leaves out clipped pixels in the mean, and marks them', () => {
    const image = rings(40, 40, 20, 20);
    const data = image.data.map((value, i) => (i % 10 === 0 ? 4095 : value));
    const plain = mean(data.filter((value) => value < 4095));
    const { design, notes } = prepareForImage(
      sphereHologram,
      registry,
      options({ ...image, data, saturationLevel: 4095 }),
    );
    const seen = pixels(design);
    expect(notes.join(' ')).toContain(`divided by the mean ${plain.toPrecision(5)} of`);
    expect(seen.data.filter((value) => value >= (seen.level ?? 0))).toHaveLength(160);
  });

  it('says how many pixels are clipped, and when that is too many', () => {
    const image = rings(40, 40, 20, 20);
    const withClipped = (every: number, level: number | null) => {
      const data = image.data.map((value, i) => (i % every === 0 ? 4095 : value));
      const given = options({ ...image, data, saturationLevel: level });
      const { notes, design } = prepareForImage(sphereHologram, registry, given);
      return { text: notes.join(' '), level: pixels(design).level };
    };
    expect(withClipped(100, 4095).text).toContain(
      '1 % of the pixels are clipped (4095 or more) and left out.',
    );
    expect(withClipped(10, 4095).text).toMatch(/10 % of the pixels are clipped.* Take the image with less/);
    // Twelve bits in a file of sixteen: many pixels share the largest value, which is not the file's.
    expect(withClipped(100, null)).toMatchObject({ level: 4095 });
    expect(withClipped(100, 65535)).toMatchObject({ level: 4095 });
    expect(withClipped(1600, null)).toMatchObject({ level: null });
    expect(prepareForImage(sphereHologram, registry, options(image)).notes.join(' ')).not.toContain(
      'clipped (',
    );
  });

  it('is divided by a background, pixel by pixel, inside the crop', () => {
    const image = rings(48, 48, 26, 22);
    const uneven = Float32Array.from({ length: 48 * 48 }, (_, i) => 1 + (i % 48) / 48);
    const data = image.data.map((value, i) => (i === 20 * 48 + 20 ? 9999 : value * (uneven[i] ?? 1)));
    const { design, origin, notes } = prepareForImage(
      sphereHologram,
      registry,
      options(
        { ...image, data, saturationLevel: 9000 },
        { background: { shape: [48, 48], data: uneven }, crop: { y0: 4, y1: 44, x0: 6, x1: 46 } },
      ),
    );
    const seen = pixels(design);
    expect(seen.shape).toEqual([40, 40]);
    expect(origin).toEqual({ x: 6, y: 4 });
    expect(seen.data[0]).toBeCloseTo(image.data[4 * 48 + 6] ?? 0, 3);
    expect(seen.data[39 * 40 + 39]).toBeCloseTo(image.data[43 * 48 + 45] ?? 0, 3);
    const clipped = [...seen.data].flatMap((value, i) => (value >= (seen.level ?? 0) ? [i] : []));
    expect(clipped).toEqual([16 * 40 + 14]);
    expect(notes.join(' ')).not.toContain('mean');
    expect(at(design, 'target.normalization')).toBe('none');
  });

  it('is found inside its crop', () => {
    const crop = { y0: 10, y1: 60, x0: 20, x1: 70 };
    const { design, notes } = prepareForImage(
      sphereHologram,
      registry,
      options(rings(80, 80, 47.2, 33.4), { crop }),
    );
    expect(Math.abs(Number(at(design, 'sphere.x')) - (27.2 - 25) * 0.1e-6)).toBeLessThan(0.02e-6);
    expect(Math.abs(Number(at(design, 'sphere.y')) - (23.4 - 25) * 0.1e-6)).toBeLessThan(0.02e-6);
    expect(notes.join(' ')).toMatch(/column 27\.\d, row 23\.\d of the window/);
  });

  it('does not estimate what was given', () => {
    const keep = new Set(['sphere.x']);
    const { design } = prepareForImage(sphereHologram, registry, options(rings(64, 72, 40, 30), { keep }));
    expect(at(design, 'sphere.x')).toBe(0.4e-6);
    expect(at(design, 'sphere.y')).not.toBe(-0.3e-6);
  });
});

describe('a stack', () => {
  const counting = setAll(beadStack, registry, { 'camera.gain': 2, 'camera.offset': 100 });
  const given = spots(6, 32, 36, 20.4, 14.2, 2000);

  it('sets planes, brightness and background plane by plane', () => {
    const { design } = prepareForImage(counting, registry, options(given));
    expect(at(design, 'stack.planes')).toBe(6);
    expect(pixels(design).shape).toEqual([6, 32, 36]);
    // Counts are not divided by anything.
    expect(pixels(design).data).toEqual(given.data);
    const background = at(design, 'camera.background') as number[];
    const photons = at(design, 'bead.photons') as number[];
    expect([background.length, photons.length]).toEqual([6, 6]);
    // Read noise of half an electron: the median of 132 border pixels is good to 0.06, and the sum over the window
    // to 1152 times that.
    for (const value of background) expect(Math.abs(value - 12)).toBeLessThan(0.3);
    photons.forEach((value, plane) => {
      expect(Math.abs(value - 2000 * (plane + 1))).toBeLessThan(350);
    });
    expect(Math.abs(Number(at(design, 'bead.x')) - 2.4 * 0.1e-6)).toBeLessThan(0.05e-6);
    expect(Math.abs(Number(at(design, 'bead.y')) + 1.8 * 0.1e-6)).toBeLessThan(0.05e-6);
    expect(validate(design, registry).filter((issue) => issue.severity === 'error')).toEqual([]);
  });

  it('takes the planes that were asked for', () => {
    const planes = { start: 1, stop: 6, step: 2 };
    const { design } = prepareForImage(counting, registry, options(given, { planes }));
    expect(at(design, 'stack.planes')).toBe(3);
    const size = 32 * 36;
    const { data, shape } = pixels(design);
    expect(shape).toEqual([3, 32, 36]);
    [1, 3, 5].forEach((plane, p) => {
      expect(data.subarray(p * size, (p + 1) * size)).toEqual(
        given.data.subarray(plane * size, (plane + 1) * size),
      );
    });
  });

  it('keeps the axis of planes for a single plane', () => {
    const planes = { start: 2, stop: 3, step: 1 };
    const { design } = prepareForImage(counting, registry, options(given, { planes }));
    expect(pixels(design).shape).toEqual([1, 32, 36]);
    expect(at(design, 'stack.planes')).toBe(1);
    const flat = { ...given, shape: [32, 36], data: given.data.slice(0, 32 * 36) };
    expect(pixels(prepareForImage(counting, registry, options(flat)).design).shape).toEqual([1, 32, 36]);
  });

  it('does not estimate brightness and background that were given', () => {
    const keep = new Set(['camera.background', 'bead.photons']);
    const { design } = prepareForImage(counting, registry, options(given, { keep }));
    expect(at(design, 'camera.background')).toBe(20);
    expect(at(design, 'bead.photons')).toBe(8000);
  });

  it('estimates again from its own image when the camera is described better', () => {
    const { design } = prepareForImage(beadStack, registry, options(given));
    expect((at(design, 'camera.background') as number[])[0]).toBeGreaterThan(100);
    const described = setAll(design, registry, { 'camera.gain': 2, 'camera.offset': 100 });
    const again = estimateStart(described, registry, new Set(['bead.x']));
    expect(Math.abs(((at(again, 'camera.background') as number[])[0] ?? 0) - 12)).toBeLessThan(0.3);
    expect(at(again, 'bead.x')).toBe(at(design, 'bead.x'));
    // A simulated target has nothing to estimate.
    expect(estimateStart(beadStack, registry, new Set())).toBe(beadStack);
  });
});

describe('problems', () => {
  const image = rings(40, 48, 20, 20);
  const refusal = (more: Partial<PrepareOptions>, given = image, design = sphereHologram) => {
    try {
      prepareForImage(design, registry, options(given, more));
    } catch (error) {
      expect(error).toBeInstanceOf(PrepareProblem);
      return (error as Error).message;
    }
    throw new Error('Nothing was refused.');
  };

  it('are sentences that name what is wrong', () => {
    expect(refusal({ targetNode: 'camera' })).toBe('The design has no target image node called “camera”.');
    expect(refusal({ crop: { y0: 0, y1: 41, x0: 0, x1: 10 } })).toBe(
      'The crop 0:41,0:10 does not lie inside “rings.png” (40 × 48 pixels).',
    );
    expect(refusal({ crop: { y0: 10, y1: 10, x0: 0, x1: 10 } })).toMatch(/does not lie inside/);
    expect(refusal({ crop: { y0: -1, y1: 10, x0: 0, x1: 10 } })).toMatch(/does not lie inside/);
    expect(refusal({ planes: { start: 3, stop: 5, step: 1 } })).toBe(
      '“rings.png” has 1 planes; none of them was chosen.',
    );
    expect(refusal({}, { ...image, data: image.data.map(() => 0) })).toBe(
      '“rings.png” is dark: its mean is 0.',
    );
    expect(refusal({}, { ...image, shape: [1920] })).toBe(
      '“rings.png” is neither an image nor a stack of images.',
    );
  });

  it('with a background are sentences too', () => {
    const background = { shape: [40, 40], data: new Float32Array(1600).fill(1) };
    expect(refusal({ background })).toBe('The background has 40 × 40 pixels, the image 40 × 48.');
    const dark = { shape: [40, 48], data: new Float32Array(1920) };
    expect(refusal({ background: dark })).toMatch(/The background is dark everywhere/);
  });

  it('with a few pixels of a background leave these out, and say so', () => {
    const image = rings(40, 48, 20, 20);
    const data = new Float32Array(40 * 48).fill(2);
    data[7] = 0;
    const { design, notes } = prepareForImage(
      sphereHologram,
      registry,
      options(image, { background: { shape: [40, 48], data } }),
    );
    const seen = pixels(design);
    expect([...seen.data].flatMap((value, i) => (value >= (seen.level ?? 0) ? [i] : []))).toEqual([7]);
    expect(seen.data[8]).toBe((image.data[8] ?? 0) / 2);
    expect(notes.join(' ')).toContain('the background is not above zero are left out: 1.');
  });

  it('include a stack without a focus stack', () => {
    const two = { ...image, shape: [2, 20, 48] };
    expect(refusal({}, two)).toBe(
      '“rings.png” has 2 planes, but the design has no focus stack: add one before the camera.',
    );
  });
});
