import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../maths/random.ts';
import {
  AS_IT_IS,
  type MaskedImage,
  originalPlace,
  type Registration,
  TURNS,
} from '../maths/registration.ts';
import { alignment } from './alignment.ts';

/** Two blobs and a bar: no flip or turn leaves it as it is. */
function drawn(x: number, y: number): number {
  const blob = (cx: number, cy: number, w: number) => Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (w * w));
  return 3 * blob(-7, 4, 4) + 2 * blob(6, 8, 3) + blob(2, -9, 5);
}

function image(n: number, value: (x: number, y: number) => number, seed?: number): MaskedImage {
  const random = new SeededRandom(seed ?? 1);
  const data = Float64Array.from({ length: n * n }, (_, i) => {
    const noise = seed === undefined ? 0 : 0.1 * random.normal();
    return value((i % n) - (n - 1) / 2, Math.floor(i / n) - (n - 1) / 2) + noise;
  });
  return { shape: [n, n], data, mask: null };
}

/** What the image was before this registration made the model of it. */
function madeFrom(registration: Registration, value: (x: number, y: number) => number, n: number) {
  // The way back of the inverse: places of the image seen from the model.
  const place = (x: number, y: number) => {
    const middle = (n - 1) / 2;
    const [u, v] = inverse(registration, n)([x + middle, y + middle]);
    return value(u - middle, v - middle);
  };
  return place;
}

/** Numerically: the linear map of `originalPlace`, turned round. */
function inverse(registration: Registration, n: number) {
  const back = originalPlace(registration, [n, n]);
  const [ox, oy] = back([0, 0]);
  const [ax, ay] = back([1, 0]);
  const [bx, by] = back([0, 1]);
  const [a, b, c, d] = [ax - ox, bx - ox, ay - oy, by - oy];
  const det = a * d - b * c;
  return ([x, y]: readonly [number, number]): [number, number] => [
    (d * (x - ox) - b * (y - oy)) / det,
    (a * (y - oy) - c * (x - ox)) / det,
  ];
}

describe('alignment', () => {
  it('finds a twin back from each flip and turn, shifted by parts of pixels', async () => {
    for (const flip of ['none', 'x'] as const) {
      for (const turn of TURNS) {
        const truth = { ...AS_IT_IS, flip, turn, shiftX: 3.4, shiftY: -2.75 };
        const found = await alignment(image(36, drawn), image(36, madeFrom(truth, drawn, 36)), AS_IT_IS);
        expect([found?.registration.flip, found?.registration.turn]).toEqual([flip, turn]);
        // Steps end at 1/20 of a pixel; parabolas between them are closer.
        expect(Math.abs((found?.registration.shiftX ?? 0) - 3.4)).toBeLessThan(0.03);
        expect(Math.abs((found?.registration.shiftY ?? 0) + 2.75)).toBeLessThan(0.03);
        expect(found?.alike).toEqual([]);
        expect(found?.likeness).toBeGreaterThan(0.999);
      }
    }
  });

  it('places large images by their means, also where squares do not fill them, and breathes on the way', async () => {
    const large = (x: number, y: number) => drawn(x / 8, y / 8);
    const truth = { ...AS_IT_IS, flip: 'x', turn: '90', shiftX: 13.4, shiftY: -21.75 } as const;
    let breaths = 0;
    const breathe = async () => {
      breaths++;
    };
    const made = image(301, madeFrom(truth, large, 301));
    const found = await alignment(image(301, large), made, AS_IT_IS, breathe);
    expect([found?.registration.flip, found?.registration.turn]).toEqual(['x', '90']);
    // Means of 2 × 2 pixels, on which steps end at a tenth of a pixel; parabolas between them are closer.
    expect(Math.abs((found?.registration.shiftX ?? 0) - 13.4)).toBeLessThan(0.06);
    expect(Math.abs((found?.registration.shiftY ?? 0) + 21.75)).toBeLessThan(0.06);
    expect(breaths).toBeGreaterThan(20);
  });

  it('finds it in noise, with pixels that do not count, and keeps the angle that is there', async () => {
    const truth = { ...AS_IT_IS, turn: '90', angle: 0.2, shiftX: -4.5, shiftY: 1.25 } as const;
    const model = image(48, drawn, 3);
    const noisy = image(48, madeFrom(truth, drawn, 48), 4);
    const mask = new Float32Array(48 * 48).fill(1);
    mask.fill(0, 0, 5 * 48);
    noisy.data.fill(1e3, 0, 5 * 48);
    const found = await alignment(model, { ...noisy, mask }, { ...AS_IT_IS, angle: 0.2 });
    expect(found?.registration.turn).toBe('90');
    expect(found?.registration.angle).toBe(0.2);
    // Noise of 0.1 on slopes of 0.3 per pixel over some 200 pixels: 0.03 pixels.
    expect(Math.abs((found?.registration.shiftX ?? 0) + 4.5)).toBeLessThan(0.15);
    expect(Math.abs((found?.registration.shiftY ?? 0) - 1.25)).toBeLessThan(0.15);
  });

  it('says which others fit as well, and keeps the present one: a round spot fits all eight', async () => {
    const round = (x: number, y: number) => Math.exp(-(x * x + y * y) / 30);
    const start = { ...AS_IT_IS, flip: 'y', turn: '270' } as const;
    const found = await alignment(image(32, round, 5), image(32, round, 6), start);
    expect([found?.registration.flip, found?.registration.turn]).toEqual(['y', '270']);
    expect(found?.alike).toHaveLength(7);
    const oval = (x: number, y: number) => Math.exp(-(x * x) / 20 - (y * y) / 60);
    const halves = await alignment(image(32, oval, 7), image(32, oval, 8), AS_IT_IS);
    expect(halves?.registration).toMatchObject({ flip: 'none', turn: '0' });
    expect(halves?.alike).toEqual([
      { flip: 'none', turn: '180' },
      { flip: 'x', turn: '0' },
      { flip: 'x', turn: '180' },
    ]);
  });

  it('has nothing to say of flat images, or of other shapes', async () => {
    expect(
      await alignment(
        image(16, () => 1),
        image(16, drawn),
        AS_IT_IS,
      ),
    ).toBeNull();
    expect(await alignment(image(16, drawn), image(20, drawn), AS_IT_IS)).toBeNull();
  });
});
