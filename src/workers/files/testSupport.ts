/** What the tests of all image formats share. */
import { expect } from 'vitest';
import { decodeImage } from './decode.ts';
import { type SampleType, sampleBytes, type TiffPageParts } from './fixtures.ts';
import { FileProblem, type FileProblemCode } from './image.ts';

export async function problemOf(bytes: Uint8Array, name: string): Promise<FileProblem> {
  const error = await decodeImage(bytes, name).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FileProblem)) throw new Error(`expected a FileProblem, got ${String(error)}`);
  expect(error.message.startsWith(`“${name}” `)).toBe(true);
  expect(error.message).toMatch(/ (try again|inside|more)\.$|\.$/);
  // Nothing may reach the catch-all for errors that no decoder foresaw.
  expect(error.cause).toBeUndefined();
  return error;
}

export async function expectProblem(bytes: Uint8Array, name: string, code: FileProblemCode, part: string) {
  const problem = await problemOf(bytes, name);
  expect(problem.message).toContain(part);
  expect(problem.code).toBe(code);
}

export const VALUES: Record<SampleType, number[]> = {
  uint8: [0, 1, 127, 128, 254, 255],
  uint16: [0, 1, 255, 256, 40000, 65535],
  uint32: [0, 1, 65536, 16777215, 2 ** 31, 3 * 2 ** 30],
  int8: [-128, -1, 0, 1, 126, 127],
  int16: [-32768, -1, 0, 1, 256, 32767],
  int32: [-(2 ** 31), -65537, -1, 0, 1, 2 ** 24],
  float16: [0, 1, -2, 0.5, 1024, -(2 ** -14)],
  float32: [0, -1.5, 0.1, 1e-30, 1e30, 3].map(Math.fround),
  float64: [0, -1.5, 0.1, 1e-30, 1e30, 3].map(Math.fround),
};
export const TYPES = Object.keys(VALUES) as SampleType[];
export const CASES = TYPES.flatMap((type) => [true, false].map((littleEndian) => ({ type, littleEndian })));
export const bitsOf = (type: SampleType): number => Number(/\d+/.exec(type)?.[0]);
export const formatCode = (type: SampleType): number =>
  type.startsWith('u') ? 1 : type.startsWith('i') ? 2 : 3;

/** A page of 2 x 3 pixels. */
export function smallPage(
  type: SampleType,
  littleEndian: boolean,
  tags: TiffPageParts['tags'] = {},
): TiffPageParts {
  const bytes = sampleBytes(VALUES[type], type, littleEndian);
  return {
    width: 3,
    height: 2,
    blocks: [bytes],
    tags: { 258: bitsOf(type), 339: formatCode(type), ...tags },
  };
}
