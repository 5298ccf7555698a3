import { expect, it } from 'vitest';
import { decodeImage } from './decode.ts';
import { encodeNpy, encodePng16, encodeTiffFloat32 } from './encode.ts';
import { buildNpy } from './fixtures.ts';
import { naturalOrder, openMovie, type UnreadFile } from './movie.ts';

const file = (name: string, bytes: Uint8Array): UnreadFile => ({ name, bytes: async () => bytes });
const numbers = (from: number, count: number) => Float32Array.from({ length: count }, (_, i) => from + i);

it('sorts names as people count', () => {
  const names = ['frame10.tif', 'frame2.tif', 'Frame1.tif', 'a02', 'a1'].map((name) => ({ name }));
  expect(names.toSorted(naturalOrder).map(({ name }) => name)).toEqual([
    'a1',
    'a02',
    'Frame1.tif',
    'frame2.tif',
    'frame10.tif',
  ]);
});

it('reads the pages of a TIFF and the planes of an NPY one by one', async () => {
  const data = numbers(0, 4 * 3 * 5);
  for (const [name, bytes] of [
    ['movie.tif', encodeTiffFloat32(data, [4, 3, 5])],
    ['movie.npy', encodeNpy(data, [4, 3, 5])],
  ] as const) {
    const movie = await openMovie([file(name, bytes)]);
    expect([movie.count, ...movie.shape]).toEqual([4, 3, 5]);
    expect(await movie.read(2)).toEqual(numbers(30, 15));
  }
});

it('joins files in the order of their names, and a bad one costs only itself', async () => {
  const movie = await openMovie([
    file('f10.npy', encodeNpy(numbers(100, 6), [2, 3])),
    file('f2.npy', encodeNpy(numbers(20, 6), [2, 3])),
    file('f1.npy', encodeNpy(numbers(10, 6), [2, 3])),
    file('f3.npy', encodeNpy(numbers(30, 8), [2, 4])),
    file('f4.npy', new Uint8Array([1, 2, 3])),
    file('f5.png', encodePng16(new Float32Array([0, 0, 0, 0, 0, 65535]), 3, 2).bytes),
  ]);
  expect(movie.count).toBe(6);
  expect((await movie.read(1))[0]).toBe(20);
  expect((await movie.read(5))[0]).toBe(100);
  await expect(movie.read(2)).rejects.toThrow('“f3.npy” has 2 × 4 pixels, the first frame 2 × 3.');
  await expect(movie.read(3)).rejects.toThrow('“f4.npy”');
  expect((await movie.read(4))[5]).toBe(65535);
});

it('a movie may be larger than what one image may decode to', async () => {
  const bytes = buildNpy({ type: '|u1', shape: '66, 1000, 1000', data: new Uint8Array(66e6) });
  bytes[bytes.length - 1] = 7;
  // 66 million pixels: the limit of one image is 64.
  await expect(decodeImage(bytes, 'movie.npy')).rejects.toThrow('is too large');
  const last = await (await openMovie([file('movie.npy', bytes)])).read(65);
  expect(last.at(-1)).toBe(7);
});
