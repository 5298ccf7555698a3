/** Copies samples from the device to the host through staging buffers that are used again. */

/** Free staging bytes kept; a full image of a large fit fits in. */
const KEPT_BYTES = 64 * 2 ** 20;

/** Where samples lie on the device. */
export interface Source {
  readonly buffer: GPUBuffer;
  readonly samples: number;
}

export class Readback {
  private readonly device: GPUDevice;
  private readonly idle: GPUBuffer[] = [];

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /**
   * Submits the commands of `encoder` with a copy of all samples at the end, and waits for them. Reads may be under
   * way at once, each with a buffer of its own.
   */
  async read(encoder: GPUCommandEncoder, sources: readonly Source[]): Promise<Float32Array[]> {
    const bytes = sources.reduce((total, { samples }) => total + 4 * samples, 0);
    const staging = this.take(bytes);
    let offset = 0;
    for (const { buffer, samples } of sources) {
      encoder.copyBufferToBuffer(buffer, 0, staging, offset, 4 * samples);
      offset += 4 * samples;
    }
    this.device.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(GPUMapMode.READ, 0, bytes);
    } catch (error) {
      staging.destroy();
      throw error;
    }
    const all = new Float32Array(staging.getMappedRange(0, bytes));
    let start = 0;
    const results = sources.map(({ samples }) => {
      start += samples;
      return all.slice(start - samples, start);
    });
    staging.unmap();
    this.keep(staging);
    return results;
  }

  dispose(): void {
    for (const buffer of this.idle.splice(0)) buffer.destroy();
  }

  private take(bytes: number): GPUBuffer {
    const found = this.idle.findIndex(({ size }) => size >= bytes && size <= 4 * Math.max(bytes, 1024));
    const known = found < 0 ? undefined : this.idle.splice(found, 1)[0];
    const size = Math.max(16, bytes);
    return (
      known ?? this.device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ })
    );
  }

  private keep(buffer: GPUBuffer): void {
    this.idle.push(buffer);
    let total = this.idle.reduce((sum, { size }) => sum + size, 0);
    while (total > KEPT_BYTES) {
      const oldest = this.idle.shift();
      if (oldest === undefined) return;
      total -= oldest.size;
      oldest.destroy();
    }
  }
}
