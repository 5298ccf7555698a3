/** The buffers of a frame of previews: they grow with the need and stay, with their bind groups. */
import { COLORMAP_NAMES, colorTable } from '../../../pictures/colormaps.ts';
import type { Pipelines } from './pipelines.ts';
import { STAT_WORDS, VIEW_WORDS } from './shaders.ts';

/** Bytes between the uniforms that say which preview a dispatch is about. */
const WHICH_STRIDE = 256;

interface Need {
  readonly previews: number;
  readonly values: number;
  readonly pixels: number;
}

export class FrameBuffers {
  readonly views: GPUBuffer;
  readonly stats: GPUBuffer;
  readonly pixels: GPUBuffer;
  readonly shared: GPUBindGroup;
  private readonly device: GPUDevice;
  private readonly layout: GPUBindGroupLayout;
  private readonly capacity: Need;
  private readonly which: GPUBuffer;
  private readonly all: readonly GPUBuffer[];
  /** Of the arrays that are shown; those of the engine are used again and again. */
  private readonly sources = new WeakMap<GPUBuffer, GPUBindGroup>();

  constructor(device: GPUDevice, pipelines: Pipelines, colours: GPUBuffer, need: Need) {
    this.device = device;
    this.layout = pipelines.sourceLayout;
    this.capacity = need;
    const { STORAGE, UNIFORM, COPY_SRC, COPY_DST } = GPUBufferUsage;
    const make = (size: number, usage: number) =>
      device.createBuffer({ size: Math.max(16, size), usage: usage | COPY_DST });
    this.views = make(4 * VIEW_WORDS * need.previews, STORAGE);
    this.stats = make(4 * STAT_WORDS * need.previews, STORAGE | COPY_SRC);
    const values = make(4 * need.values, STORAGE);
    this.pixels = make(4 * need.pixels, STORAGE | COPY_SRC);
    this.which = make(WHICH_STRIDE * need.previews, UNIFORM);
    const indices = new Uint32Array((WHICH_STRIDE / 4) * need.previews);
    for (let i = 0; i < need.previews; i++) indices[(WHICH_STRIDE / 4) * i] = i;
    device.queue.writeBuffer(this.which, 0, indices);
    this.all = [this.views, this.stats, values, this.pixels, this.which];
    const bound = [this.views, this.stats, values, colours, this.pixels];
    this.shared = device.createBindGroup({
      layout: pipelines.sharedLayout,
      entries: bound.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
  }

  has(need: Need): boolean {
    const { previews, values, pixels } = this.capacity;
    return previews >= need.previews && values >= need.values && pixels >= need.pixels;
  }

  /** What this frame and the one before need, with room to grow. */
  static grown(need: Need, before: FrameBuffers | null): Need {
    const known = before?.capacity ?? { previews: 1, values: 1, pixels: 1 };
    const room = (a: number, b: number): number => 2 ** Math.ceil(Math.log2(Math.max(a, b)));
    return {
      previews: room(need.previews, known.previews),
      values: room(need.values, known.values),
      pixels: room(need.pixels, known.pixels),
    };
  }

  /** Binds the samples of an array for the preview of this index. */
  bind(pass: GPUComputePassEncoder, buffer: GPUBuffer, index: number): void {
    const group = this.sources.get(buffer) ?? this.bindGroupOf(buffer);
    this.sources.set(buffer, group);
    pass.setBindGroup(1, group, [WHICH_STRIDE * index]);
  }

  dispose(): void {
    for (const buffer of this.all) buffer.destroy();
  }

  private bindGroupOf(buffer: GPUBuffer): GPUBindGroup {
    return this.device.createBindGroup({
      layout: this.layout,
      entries: [
        { binding: 0, resource: { buffer } },
        { binding: 1, resource: { buffer: this.which, size: 16 } },
      ],
    });
  }
}

/** All colour tables, one after the other in the order of their names. */
export function uploadColours(device: GPUDevice): GPUBuffer {
  const { STORAGE, COPY_DST } = GPUBufferUsage;
  const buffer = device.createBuffer({ size: 1024 * COLORMAP_NAMES.length, usage: STORAGE | COPY_DST });
  COLORMAP_NAMES.forEach((name, i) => {
    device.queue.writeBuffer(buffer, 1024 * i, Uint32Array.from(colorTable(name)));
  });
  return buffer;
}
