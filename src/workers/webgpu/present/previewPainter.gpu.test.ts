import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Dtype } from '../../../optics/ops/kernels.ts';
import type { Tensor } from '../../../optics/ops/ops.ts';
import { colorTable } from '../../../pictures/colormaps.ts';
import type { PictureStyle } from '../../../pictures/style.ts';
import { type Painted, type PaintJob, type Picture, paintOnHost } from '../../present/painter.ts';
import { reducedShape, reduceInto, reductionFactor } from '../../present/reduce.ts';
import type { Source } from '../../present/sources.ts';
import { acquireDevice, type WebgpuDevice } from '../device.ts';
import { createWebgpuKernels, type WebgpuKernels } from '../webgpuKernels.ts';
import { createPipelines, type Pipelines } from './pipelines.ts';
import { type Arrays, PreviewPainter } from './previewPainter.ts';
import { startPainter } from './start.ts';
import { Surface } from './surface.ts';

let source: WebgpuDevice;
let kernels: WebgpuKernels;
let pipelines: Pipelines;
let arrays: Arrays;
const painters: PreviewPainter[] = [];

beforeAll(async () => {
  source = await acquireDevice();
  kernels = createWebgpuKernels(source);
  pipelines = await createPipelines(source.device);
  arrays = {
    bufferOf: ({ tensor }) => source.backend.tensorMap.get(tensor.dataId).resource as GPUBuffer,
    flush: () => kernels.flush(),
  };
});

afterEach(() => {
  expect(source.faults()).toEqual({ uncaptured: [], lost: null });
});

afterAll(() => {
  for (const each of painters) each.dispose();
  kernels.dispose();
  source.dispose();
});

/** Paints on a surface, or into pixels that are read back. */
function painterOf(way: 'surface' | 'pixels'): PreviewPainter {
  const surface = way === 'surface' ? new Surface(source.device) : null;
  const painter = new PreviewPainter(source.device, pipelines, arrays, surface);
  painters.push(painter);
  return painter;
}

const STYLE: PictureStyle = { colormap: 'inferno', scaling: 'linear', clip: 0, locked: null, signed: false };

interface Example {
  readonly title: string;
  readonly data: Float32Array;
  readonly dtype: Dtype;
  readonly job: PaintJob;
}

/** A spot with rings over four decades on [planes, components, ny, nx], another in each plane. */
function spot(count: number, ny: number, nx: number): Float32Array {
  return Float32Array.from({ length: count * ny * nx }, (_, i) => {
    const plane = Math.floor(i / (ny * nx));
    const [y, x] = [Math.floor(i / nx) % ny, i % nx];
    const r = Math.hypot(x - 0.45 * nx, y - 0.6 * ny) / (1 + plane);
    return (1 + 0.3 * Math.cos(1.3 * r)) / (1 + r ** 3);
  });
}

/** Light of that irradiance with a curved phase; none in a corner. */
function light(count: number, ny: number, nx: number): Float32Array {
  const irradiance = spot(count, ny, nx);
  return Float32Array.from({ length: 2 * irradiance.length }, (_, k) => {
    const i = k >> 1;
    const [y, x] = [Math.floor(i / nx) % ny, i % nx];
    const phase = 0.02 * (x - 0.3 * nx) ** 2 - 0.031 * (y - 0.5 * ny) ** 2;
    const amplitude = x + y < 9 ? 0 : Math.sqrt(irradiance[i] ?? 0);
    return amplitude * (k % 2 === 0 ? Math.cos(phase) : Math.sin(phase));
  });
}

function example(
  title: string,
  data: Float32Array,
  dtype: Dtype,
  sight: Partial<Source> & Pick<Source, 'shape'>,
  style: Partial<PictureStyle> = {},
  more: Partial<PaintJob> & { readonly maxSize?: number } = {},
): Example {
  const array = kernels.upload(data, [data.length / (dtype === 'complex' ? 2 : 1)], dtype);
  const mode = sight.mode ?? 'intensity';
  const { maxSize = 0, ...rest } = more;
  const wanted = { nodeId: title, layer: 'output', mode, plane: 0 } as const;
  const request = { ...wanted, maxSize, style: { ...STYLE, ...style } };
  const shown: Source = {
    tensor: { array, dtype, shape: array.shape } as unknown as Tensor,
    ...{ portType: 'field', mode, pitch: 0, unit: '', components: 1, planes: 1, plane: 0, expose: null },
    ...sight,
  };
  const factor = reductionFactor(shown.shape, request.maxSize);
  const shape = reducedShape(shown.shape, factor);
  const job = { request, source: shown, factor, shape, held: null, wasHighContrast: false, ...rest };
  return { title, data, dtype, job };
}

/** What the host makes of the same samples. */
function onHost({ data, dtype, job }: Example): { pixels: Uint32Array; painted: Painted } {
  const { mode } = job.source;
  const squared = new Float32Array(data.length / 2).map(
    (_, i) => (data[2 * i] as number) ** 2 + (data[2 * i + 1] as number) ** 2,
  );
  const values = new Float32Array(job.shape[0] * job.shape[1]);
  reduceInto(values, job.source, dtype === 'complex' && mode !== 'phase' ? squared : data, job.factor);
  const pixels = new Uint32Array(values.length);
  return { painted: paintOnHost(job, values, pixels), pixels };
}

function wordsOf({ pixels }: Picture, [my, mx]: readonly [number, number]): Uint32Array {
  if (pixels.kind === 'bytes') return new Uint32Array(pixels.bytes.buffer, pixels.bytes.byteOffset, my * mx);
  const context = new OffscreenCanvas(mx, my).getContext('2d');
  if (context === null) throw new Error('There is no canvas.');
  context.drawImage(pixels.surface, -pixels.x, -pixels.y);
  return new Uint32Array(context.getImageData(0, 0, mx, my).data.buffer);
}

async function onDevice(painter: PreviewPainter, examples: readonly Example[]) {
  const pictures = await painter.paint(examples.map(({ job }) => job));
  if (pictures === null) throw new Error('Nothing was painted.');
  return pictures.map((picture, i) => {
    const pixels = wordsOf(picture, examples[i]?.job.shape ?? [1, 1]);
    return { painted: picture.painted, kind: picture.pixels.kind, pixels };
  });
}

/** Pixels whose colour is not that of the host, and those that are not even beside it in the table. */
function compare(actual: Uint32Array, expected: Uint32Array, { colormap }: PictureStyle) {
  const table = [...colorTable(colormap)];
  let [other, wrong] = [0, 0];
  expected.forEach((word, i) => {
    if (actual[i] === word) return;
    other++;
    const at = table.indexOf(word);
    const around = at < 0 ? [] : [table[(at + 1) % 256], table[(at + 255) % 256]];
    if (!around.includes(actual[i])) wrong++;
  });
  return { other, wrong };
}

function examples(): Example[] {
  const holed = spot(1, 40, 56);
  holed.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], 333);
  const signed = spot(1, 40, 40).map((value, i) => (i % 3 === 0 ? -2 * value : value));
  const [wide, square] = [{ shape: [40, 56] } as const, { shape: [96, 96] } as const];
  const image = { ...square, portType: 'image' } as const;
  return [
    example('irradiance', light(1, 40, 56), 'complex', wide),
    example(
      'amplitude, reduced',
      light(1, 96, 96),
      'complex',
      { ...square, mode: 'amplitude' },
      {},
      { maxSize: 40 },
    ),
    example('components of a plane', light(6, 40, 56), 'complex', {
      ...wide,
      components: 2,
      planes: 3,
      plane: 2,
    }),
    example(
      'phase',
      light(2, 40, 56),
      'complex',
      { ...wide, mode: 'phase', planes: 2, plane: 1 },
      { colormap: 'phase' },
    ),
    example(
      'phase, reduced',
      light(1, 96, 96),
      'complex',
      { ...square, mode: 'phase' },
      { colormap: 'phase' },
      { maxSize: 33 },
    ),
    example('phase in grey', light(1, 40, 56), 'complex', { ...wide, mode: 'phase' }, { colormap: 'gray' }),
    example('logarithmic', spot(1, 96, 96), 'real', image, { scaling: 'log' }),
    example(
      'logarithmic by itself',
      spot(1, 96, 96),
      'real',
      image,
      { scaling: 'auto', colormap: 'viridis' },
      { maxSize: 48 },
    ),
    example(
      'linear by itself',
      spot(1, 96, 96).map((v) => 1 + v),
      'real',
      image,
      { scaling: 'auto' },
    ),
    example('square root', spot(1, 96, 96), 'real', image, { scaling: 'sqrt', colormap: 'magma' }),
    example(
      'residual',
      signed,
      'real',
      { shape: [40, 40], mode: 'real', portType: 'scalar' },
      { colormap: 'diverging', signed: true },
    ),
    example('locked', spot(1, 96, 96), 'real', image, { locked: { low: 0.01, high: 0.2 }, clip: 0.1 }),
    example('held', spot(1, 96, 96), 'real', image, {}, { held: { low: 0, high: 3 } }),
    example('flat', new Float32Array(64).fill(7), 'real', { shape: [8, 8] }),
    example('dark', new Float32Array(64), 'real', { shape: [8, 8] }, { signed: true, colormap: 'diverging' }),
    example('not numbers', holed, 'real', wide, { scaling: 'log' }),
    example('a thin strip', spot(1, 2, 90), 'real', { shape: [2, 90] }, {}, { maxSize: 30 }),
    example('one number', Float32Array.of(2.5), 'real', { shape: [1, 1] }),
  ];
}

describe('previews painted on the device', () => {
  it.each(['surface', 'pixels'] as const)('are those that the host paints: %s', async (way) => {
    const painter = painterOf(way);
    const list = examples();
    expect(list.every(({ job }) => painter.accepts(job))).toBe(true);
    const drawn = await onDevice(painter, list);
    expect(new Set(drawn.map(({ kind }) => kind))).toEqual(new Set([way === 'surface' ? 'tile' : 'bytes']));
    const report = list.map((each, i) => {
      const { painted, pixels } = drawn[i] as (typeof drawn)[number];
      const expected = onHost(each);
      const { other, wrong } = compare(pixels, expected.pixels, each.job.request.style);
      const { range, highContrast, invalid, first } = expected.painted;
      const span = Math.max(Math.abs(range.low), Math.abs(range.high));
      // Sums and roots in float32 instead of float64.
      const isClose = (a: number, b: number) => Math.abs(a - b) <= 2e-6 * span;
      return {
        title: each.title,
        // A value at the edge between two colours may fall to the other side: a few in a hundred thousand.
        isSame: wrong === 0 && other <= Math.max(1, 0.004 * pixels.length),
        range: isClose(painted.range.low, range.low) && isClose(painted.range.high, range.high),
        first: Object.is(first, Number.NaN) || Math.abs(painted.first - first) <= 2e-3,
        told: painted.highContrast === highContrast && painted.invalid === invalid,
      };
    });
    const all = { isSame: true, range: true, first: true, told: true };
    expect(report).toEqual(list.map(({ title }) => ({ title, ...all })));
    // The examples show something: few are of one colour.
    const colours = drawn.map(({ pixels }) => new Set(pixels).size);
    expect(colours.filter((count) => count > 20).length).toBeGreaterThan(10);
  });

  it.each(['surface', 'pixels'] as const)('stay so when sizes and numbers change: %s', async (way) => {
    const painter = painterOf(way);
    const [a, b, c] = [4, 300, 2].map((size) => {
      const data = spot(1, size, size);
      return example(`${size}`, data, 'real', { shape: [size, size] });
    }) as [Example, Example, Example];
    for (const list of [[a], [b, a, c], [c, a]]) {
      const drawn = await onDevice(painter, list);
      list.forEach((each, i) => {
        const { pixels } = drawn[i] as (typeof drawn)[number];
        const { other, wrong } = compare(pixels, onHost(each).pixels, each.job.request.style);
        expect([wrong, other <= 0.001 * pixels.length]).toEqual([0, true]);
      });
    }
  });

  it('are left to the host where it makes them from noise, quantiles or too many pixels', () => {
    const painter = painterOf('pixels');
    const { job } = example('a', spot(1, 8, 8), 'real', { shape: [8, 8] });
    const clipped = { ...job.request, style: { ...STYLE, clip: 0.01 } };
    expect(painter.accepts(job)).toBe(true);
    expect(painter.accepts({ ...job, request: clipped })).toBe(false);
    expect(painter.accepts({ ...job, source: { ...job.source, expose: (data) => data } })).toBe(false);
    expect(painter.accepts({ ...job, shape: [8, 1025] })).toBe(false);
  });

  it.each([true, false])(
    'start beside the engine, on a tested surface where one is wanted: %s',
    async (wanted) => {
      const painter = startPainter(source, kernels, wanted);
      const { job } = example('a', spot(1, 8, 8), 'real', { shape: [8, 8] });
      expect(painter.accepts(job)).toBe(false);
      await expect.poll(() => painter.accepts(job), { timeout: 20_000 }).toBe(true);
      const [picture] = (await painter.paint([job])) ?? [];
      expect(picture?.pixels.kind).toBe(wanted ? 'tile' : 'bytes');
    },
  );

  it('are given up after a failure, which is not taken for one of the physics', async () => {
    const painter = painterOf('surface');
    const { job } = example('a', spot(1, 8, 8), 'real', { shape: [8, 8] });
    const bad = source.device.createBuffer({ size: 256, usage: GPUBufferUsage.COPY_DST });
    const array = { tensor: { dataId: {} } };
    source.backend.tensorMap.set(array.tensor.dataId, { resource: bad } as never);
    const tensor = { ...job.source.tensor, array } as unknown as Tensor;
    // First without the surface, then not at all.
    expect(await painter.paint([{ ...job, source: { ...job.source, tensor } }])).toBeNull();
    expect((await painter.paint([job]))?.[0]?.pixels.kind).toBe('bytes');
    expect(await painter.paint([{ ...job, source: { ...job.source, tensor } }])).toBeNull();
    expect(painter.accepts(job)).toBe(false);
    const a = kernels.upload(Float32Array.of(1, 2), [2], 'real');
    const [sum] = await kernels.readMany([kernels.add(a, a)]);
    expect([...(sum ?? [])]).toEqual([2, 4]);
  });
});
