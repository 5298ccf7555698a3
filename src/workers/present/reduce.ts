/** On the host: from the samples of all planes to the values shown of one, at full size or smaller. */
import type { Samples, Source } from './sources.ts';

/** Below this share of the largest irradiance there is no light to speak of, and so no phase. */
export const DARK = 1e-4;

/** Samples along each axis that become one, so that the longest side has at most `maxSize` (0: no limit). */
export function reductionFactor([ny, nx]: readonly [number, number], maxSize: number): number {
  return maxSize > 0 ? Math.ceil(Math.max(ny, nx) / maxSize) : 1;
}

/** [ny, nx] of the reduced picture, at least 1; samples that do not fill a block are left out. */
export function reducedShape([ny, nx]: readonly [number, number], factor: number): [number, number] {
  return [Math.max(1, Math.floor(ny / factor)), Math.max(1, Math.floor(nx / factor))];
}

type Reducible = Pick<Source, 'mode' | 'components' | 'plane' | 'shape'>;

/**
 * Fills `out` with averages over blocks of `factor` × `factor`; phases, which have no average, are picked from the
 * corners of the blocks and not a number where there is no light.
 * @param data all planes: irradiance or image values, for phases complex amplitudes (interleaved)
 */
export function reduceInto(out: Float32Array, source: Reducible, data: Samples, factor: number): void {
  if (source.mode === 'phase') pickPhases(out, source, data, factor);
  else averageBlocks(out, source, data, factor);
}

function averageBlocks(out: Float32Array, source: Reducible, data: Samples, factor: number): void {
  const { components, plane, mode } = source;
  const [ny, nx] = source.shape;
  const [my, mx] = reducedShape(source.shape, factor);
  const start = plane * components * ny * nx;
  const isRoot = mode === 'amplitude';
  if (factor === 1 && components === 1 && !isRoot) {
    out.set(data.subarray(start, start + ny * nx));
    return;
  }
  // An axis that is shorter than a block has one block of its own length.
  const [by, bx] = [Math.min(factor, ny), Math.min(factor, nx)];
  const row = new Float64Array(nx);
  for (let y = 0; y < my; y++) {
    for (let x = 0; x < mx; x++) out[y * mx + x] = 0;
    for (let j = 0; j < by; j++) {
      addComponents(row, data, start + (y * factor + j) * nx, components, ny * nx);
      if (isRoot) for (let x = 0; x < nx; x++) row[x] = Math.sqrt(row[x] as number);
      for (let x = 0; x < mx; x++) {
        let sum = out[y * mx + x] as number;
        for (let i = x * factor; i < x * factor + bx; i++) sum += row[i] as number;
        out[y * mx + x] = j === by - 1 ? sum / (by * bx) : sum;
      }
    }
  }
}

/** Fills `row` with sums over the components, which lie `stride` apart. */
function addComponents(row: Float64Array, data: Samples, start: number, components: number, stride: number) {
  row.set(data.subarray(start, start + row.length));
  for (let c = 1; c < components; c++) {
    const offset = start + c * stride;
    for (let x = 0; x < row.length; x++) row[x] = (row[x] as number) + (data[offset + x] as number);
  }
}

function pickPhases(out: Float32Array, source: Reducible, data: Samples, factor: number): void {
  const [ny, nx] = source.shape;
  const [my, mx] = reducedShape(source.shape, factor);
  const start = 2 * source.plane * source.components * ny * nx;
  let largest = 0;
  for (let i = start; i < start + 2 * ny * nx; i += 2) {
    const irradiance = (data[i] as number) ** 2 + (data[i + 1] as number) ** 2;
    if (irradiance > largest) largest = irradiance;
  }
  for (let y = 0; y < my; y++) {
    for (let x = 0; x < mx; x++) {
      const i = start + 2 * (y * factor * nx + x * factor);
      const [re, im] = [data[i] as number, data[i + 1] as number];
      out[y * mx + x] = re * re + im * im > DARK * largest ? Math.atan2(im, re) : Number.NaN;
    }
  }
}
