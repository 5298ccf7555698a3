/**
 * Previews painted from the arrays where they lie: reduced, measured and coloured on the device. Where the device has
 * a surface, the page gets an image of it and only a few numbers per preview come back; elsewhere the pixels do.
 */
import type { DevicePainter, PaintJob, Picture } from '../../present/painter.ts';
import { actualOf } from '../compiled/plannedArray.ts';
import type { WebgpuArray } from '../program.ts';
import { Readback } from '../readback.ts';
import { FrameBuffers, uploadColours } from './frameBuffers.ts';
import type { Pipelines } from './pipelines.ts';
import { LARGEST_RUN, STAT_WORDS, THREADS } from './shaders.ts';
import { shelve } from './shelves.ts';
import type { Surface } from './surface.ts';
import { type Place, paintedOf, viewWords } from './viewWords.ts';

/** Rows of previews on the surface are about this wide. */
const SURFACE_WIDTH = 2048;
/** Pictures with longer sides are left to the host: they would fill the surface. */
const LARGEST_PREVIEW = 1024;

export interface Arrays {
  /** Where an array lies. */
  readonly bufferOf: (array: WebgpuArray) => GPUBuffer;
  /** Hands everything to the device that the arrays still wait for. */
  readonly flush: () => void;
}

/** The pixels of a frame: where each preview lies, and how large the whole is. */
interface Layout {
  readonly places: readonly Place[];
  readonly pixels: number;
  /** Set where they are for the surface. */
  readonly size: { readonly width: number; readonly height: number } | null;
}

/** What was submitted: numbers to come, and problems that the device may find. */
interface Submitted {
  readonly image: ImageBitmap | null;
  readonly reading: Promise<Float32Array[]>;
  readonly problems: Promise<(GPUError | null)[]>;
}

export class PreviewPainter implements DevicePainter {
  private readonly device: GPUDevice;
  private readonly pipelines: Pipelines;
  private readonly arrays: Arrays;
  private readonly readback: Readback;
  private readonly colours: GPUBuffer;
  private surface: Surface | null;
  private buffers: FrameBuffers | null = null;
  private isBroken = false;

  constructor(device: GPUDevice, pipelines: Pipelines, arrays: Arrays, surface: Surface | null) {
    this.device = device;
    this.pipelines = pipelines;
    this.arrays = arrays;
    this.surface = surface;
    this.readback = new Readback(device);
    this.colours = uploadColours(device);
  }

  accepts({ request, source, shape, held }: PaintJob): boolean {
    const { clip, locked } = request.style;
    // Noise is made on the host, and so are the quantiles of a clipped range.
    const isPlain = source.expose === null && (clip <= 0 || locked !== null || held !== null);
    return !this.isBroken && isPlain && Math.max(...shape) <= LARGEST_PREVIEW;
  }

  async paint(jobs: readonly PaintJob[]): Promise<readonly Picture[] | null> {
    if (this.isBroken) return null;
    let image: ImageBitmap | null = null;
    try {
      const layout = this.layOut(jobs);
      this.arrays.flush();
      const submitted = this.submit(jobs, layout);
      image = submitted.image;
      const [[stats, pixels], problems] = await Promise.all([submitted.reading, submitted.problems]);
      const problem = problems.find((each) => each !== null);
      if (stats === undefined || problem !== undefined) throw new Error(problem?.message);
      return jobs.map((job, i) => ({
        painted: paintedOf(stats, i),
        pixels: pixelsOf(job, layout, i, image ?? pixels?.buffer),
      }));
    } catch {
      // Where the device itself is at fault, the engine's next read says so.
      image?.close();
      if (this.surface === null) this.isBroken = true;
      this.surface = null;
      return null;
    }
  }

  dispose(): void {
    this.isBroken = true;
    this.buffers?.dispose();
    this.colours.destroy();
    this.readback.dispose();
  }

  private layOut(jobs: readonly PaintJob[]): Layout {
    const shelves = shelve(
      jobs.map(({ shape }) => shape),
      SURFACE_WIDTH,
    );
    const { width, height, tiles } = shelves;
    const limit = this.device.limits.maxTextureDimension2D;
    if (this.surface !== null && width <= limit && height <= limit) {
      const places = tiles.map(({ x, y }) => ({ place: y * width + x, stride: width }));
      return { places, pixels: width * height, size: { width, height } };
    }
    let pixels = 0;
    const places = jobs.map(({ shape: [my, mx] }) => {
      pixels += my * mx;
      return { place: pixels - my * mx, stride: mx };
    });
    return { places, pixels, size: null };
  }

  /** Catches what the device has to say against it, which must not be taken for a fault of the physics. */
  private submit(jobs: readonly PaintJob[], layout: Layout): Submitted {
    this.device.pushErrorScope('out-of-memory');
    this.device.pushErrorScope('validation');
    const pop = () => Promise.all([this.device.popErrorScope(), this.device.popErrorScope()]);
    try {
      const encoder = this.device.createCommandEncoder();
      const { stats, pixels } = this.encode(encoder, jobs, layout);
      const wanted = [{ buffer: stats, samples: STAT_WORDS * jobs.length }];
      if (layout.size !== null) this.surface?.copy(encoder, pixels, layout.size);
      else wanted.push({ buffer: pixels, samples: layout.pixels });
      const reading = this.readback.read(encoder, wanted);
      // In the same task: the browser takes a surface back at its end.
      const image = layout.size === null ? null : (this.surface?.image() ?? null);
      return { image, reading, problems: pop() };
    } catch (error) {
      void pop().catch(() => undefined);
      throw error;
    }
  }

  private encode(encoder: GPUCommandEncoder, jobs: readonly PaintJob[], layout: Layout): FrameBuffers {
    const { pipelines } = this;
    const buffers = this.buffersFor(jobs, layout);
    this.device.queue.writeBuffer(buffers.views, 0, viewWords(jobs, layout.places));
    encoder.clearBuffer(buffers.stats);
    const pass = encoder.beginComputePass();
    pass.setBindGroup(0, buffers.shared);
    jobs.forEach(({ source, shape }, i) => {
      buffers.bind(pass, this.arrays.bufferOf(actualOf(source.tensor.array as WebgpuArray)), i);
      if (source.mode === 'phase') {
        pass.setPipeline(pipelines.largest);
        pass.dispatchWorkgroups(Math.ceil((source.shape[0] * source.shape[1]) / (THREADS * LARGEST_RUN)));
      }
      pass.setPipeline(pipelines.reduce);
      pass.dispatchWorkgroups(Math.ceil((shape[0] * shape[1]) / THREADS));
    });
    pass.setPipeline(pipelines.measure);
    pass.dispatchWorkgroups(jobs.length);
    pass.setPipeline(pipelines.colour);
    const most = Math.max(...jobs.map(({ shape }) => shape[0] * shape[1]));
    pass.dispatchWorkgroups(Math.ceil(most / THREADS), jobs.length);
    pass.end();
    return buffers;
  }

  private buffersFor(jobs: readonly PaintJob[], { pixels }: Layout): FrameBuffers {
    const values = jobs.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
    const need = { previews: jobs.length, values, pixels };
    if (this.buffers?.has(need)) return this.buffers;
    const grown = FrameBuffers.grown(need, this.buffers);
    this.buffers?.dispose();
    this.buffers = new FrameBuffers(this.device, this.pipelines, this.colours, grown);
    return this.buffers;
  }
}

function pixelsOf(
  { shape: [my, mx] }: PaintJob,
  { places, size }: Layout,
  index: number,
  whole: ImageBitmap | ArrayBufferLike | undefined,
): Picture['pixels'] {
  const { place, stride } = places[index] ?? { place: 0, stride: 1 };
  if (size !== null) {
    return { kind: 'tile', surface: whole as ImageBitmap, x: place % stride, y: Math.floor(place / stride) };
  }
  return { kind: 'bytes', bytes: new Uint8ClampedArray(whole as ArrayBuffer, 4 * place, 4 * my * mx) };
}
