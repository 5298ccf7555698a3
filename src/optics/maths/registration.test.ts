import { describe, expect, it } from 'vitest';
import {
  AS_IT_IS,
  FLIPS,
  keepsPixels,
  type MaskedImage,
  originalPlace,
  type Registration,
  registered,
  registeredPlace,
  TURNS,
} from './registration.ts';

function image(ny: number, nx: number, value: (x: number, y: number) => number): MaskedImage {
  const data = Float64Array.from({ length: ny * nx }, (_, i) => value(i % nx, Math.floor(i / nx)));
  return { shape: [ny, nx], data, mask: null };
}

const at = ({ shape, data }: MaskedImage, x: number, y: number) =>
  data[y * (shape[1] ?? 0) + x] ?? Number.NaN;
const change = (some: Partial<Registration>): Registration => ({ ...AS_IT_IS, ...some });

describe('a registered image', () => {
  it('moves its pixels as they are by flips, quarter turns and whole shifts', () => {
    const numbered = image(3, 5, (x, y) => 10 * y + x);
    const x = registered(numbered, change({ flip: 'x' }));
    const y = registered(numbered, change({ flip: 'y' }));
    const turned = registered(numbered, change({ turn: '90' }));
    const shifted = registered(numbered, change({ shiftX: 2, shiftY: -1 }));
    expect([x.mask, y.mask, turned.mask]).toEqual([null, null, null]);
    expect([at(x, 0, 0), at(x, 4, 1)]).toEqual([4, 10]);
    expect([at(y, 0, 0), at(y, 3, 2)]).toEqual([20, 3]);
    // From +x to +y: what was right of the middle is below it.
    expect(turned.shape).toEqual([5, 3]);
    expect([at(turned, 1, 4), at(turned, 0, 2), at(turned, 2, 0)]).toEqual([14, 22, 0]);
    expect([at(shifted, 2, 0), at(shifted, 4, 1)]).toEqual([10, 22]);
    expect([...(shifted.mask ?? [])]).toEqual([0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0]);
  });

  it('comes back from every flip and turn', () => {
    const drawn = image(6, 4, (x, y) => Math.sin(3 * x + 7 * y * y));
    for (const flip of FLIPS) {
      for (const turn of TURNS) {
        const there = registered(drawn, change({ flip, turn }));
        // A mirror turns the sense of a turn round.
        const unturned = flip === 'x' || flip === 'y' ? turn : TURNS[(4 - TURNS.indexOf(turn)) % 4];
        const back = registered(there, change({ flip, turn: unturned ?? '0' }));
        expect(back.data).toEqual(drawn.data);
        expect(keepsPixels(change({ flip, turn, shiftX: 3 }))).toBe(true);
      }
    }
  });

  it('turns, scales and shifts a Gaussian to where its formula says, by any amount', () => {
    const gaussian =
      (cx: number, cy: number, wx: number, wy: number, angle: number) => (x: number, y: number) => {
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const [u, v] = [c * (x - cx) + s * (y - cy), c * (y - cy) - s * (x - cx)];
        return Math.exp(-((u / wx) ** 2) - (v / wy) ** 2);
      };
    const [n, middle] = [61, 30];
    const drawn = image(n, n, gaussian(middle + 5, middle - 3, 8, 5, 0));
    const [angle, scale, shiftX, shiftY] = [0.4, 1.2, 2.3, -1.6];
    const found = registered(drawn, change({ angle, scale, shiftX, shiftY }));
    const [c, s] = [scale * Math.cos(angle), scale * Math.sin(angle)];
    const wanted = image(
      n,
      n,
      gaussian(middle + shiftX + 5 * c + 3 * s, middle + shiftY + 5 * s - 3 * c, 8 * scale, 5 * scale, angle),
    );
    const worst = [...found.data].reduce(
      (most, value, i) =>
        found.mask?.[i] === 0 ? most : Math.max(most, Math.abs(value - (wanted.data[i] ?? 0))),
      0,
    );
    // The cubic's error is that of the third derivative, 12/w³ · h³/(9√3)/2 at most: 3e-3 for a width of 5 pixels.
    expect(worst).toBeLessThan(3e-3);
    expect(worst).toBeGreaterThan(1e-7);
  });

  it('is exact for a parabola between pixels, and not counted where pixels are missing', () => {
    const parabola = (x: number, y: number) => 2 + 3 * x - y + 0.5 * x * x - 0.25 * x * y;
    const drawn = image(12, 12, parabola);
    const mask = new Float32Array(144).fill(1);
    mask[5 * 12 + 5] = 0;
    const found = registered({ ...drawn, mask }, change({ shiftX: 0.3, shiftY: 0.75 }));
    expect(at(found, 8, 9)).toBeCloseTo(parabola(7.7, 8.25), 10);
    // 4 × 4 pixels need the missing one, and the outermost rows and columns lie partly outside.
    const missing = [...(found.mask ?? [])].map((counts, i) => (counts === 0 ? i : -1)).filter((i) => i >= 0);
    const isMissing = (i: number) => {
      const [x, y] = [i % 12, Math.floor(i / 12)];
      const isNear = x >= 4 && x <= 7 && y >= 4 && y <= 7;
      return isNear || x < 2 || x > 10 || y < 2 || y > 10;
    };
    expect(missing).toEqual([...mask.keys()].filter(isMissing));
  });

  it('averages where it is made smaller: stripes one pixel wide become grey', () => {
    const stripes = image(40, 40, (x) => x % 2);
    const found = registered(stripes, change({ scale: 0.25 }));
    const counted = [...found.data].filter((_, i) => found.mask?.[i] !== 0);
    expect(counted.length).toBeGreaterThan(20);
    // Eight samples across the kernel leave 1 % of the stripes.
    for (const value of counted) expect(Math.abs(value - 0.5)).toBeLessThan(0.01);
  });
});

it('places go there and back', () => {
  const some = change({ flip: 'x', turn: '270', angle: -0.3, scale: 0.7, shiftX: 4.2, shiftY: -1 });
  const [there, back] = [registeredPlace(some, [20, 33]), originalPlace(some, [20, 33])];
  const [x, y] = back(there([7.25, 3.5]));
  expect([x, y].map((value) => Math.round(1e9 * value) / 1e9)).toEqual([7.25, 3.5]);
});
