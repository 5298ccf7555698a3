/** A list of launched programs with buffers, bind groups and uniforms of its own, ready to be encoded again. */
import type { WebgpuDevice } from '../device.ts';
import type { Launch } from '../program.ts';
import { planMemory } from './memoryPlan.ts';

/** Offsets of uniform bindings that every device accepts. */
const UNIFORM_ALIGNMENT = 256;

export interface ReplaySource {
  readonly launches: readonly Launch[];
  /** Arrays whose samples come from the host, with their bytes. */
  readonly uploads: ReadonlyMap<object, number>;
  /** Arrays that are read back, and after how many launches. */
  readonly readUntil: ReadonlyMap<object, number>;
}

/** Bytes that a program will take for itself. */
export function replayBytes({ launches, uploads, readUntil }: ReplaySource): number {
  const arrays = [...planMemory(launches, readUntil).sizes, ...uploads.values()];
  return arrays.reduce((sum, bytes) => sum + bytes, uniformBytes(launches));
}

function uniformBytes(launches: readonly Launch[]): number {
  const blocks = launches.map(({ uniforms }) => Math.ceil(uniforms.byteLength / UNIFORM_ALIGNMENT));
  return (
    UNIFORM_ALIGNMENT *
    Math.max(
      1,
      blocks.reduce((sum, count) => sum + count, 0),
    )
  );
}

export class ReplayProgram {
  readonly bytes: number;
  private readonly device: GPUDevice;
  private readonly launches: readonly Launch[];
  private readonly groups: readonly GPUBindGroup[];
  private readonly owned: readonly GPUBuffer[];
  private readonly uniforms: GPUBuffer;
  private readonly uniformStarts: readonly number[];
  private readonly bufferFor: (array: object) => GPUBuffer;

  /** @throws when an array that the list only reads is gone. */
  constructor({ device, backend }: WebgpuDevice, { launches, uploads, readUntil }: ReplaySource) {
    this.device = device;
    this.launches = launches;
    const plan = planMemory(launches, readUntil);
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const planned = plan.sizes.map((size) => device.createBuffer({ size, usage }));
    const slots = new Map([...uploads].map(([array, size]) => [array, device.createBuffer({ size, usage })]));
    this.owned = [...planned, ...slots.values()];
    this.bufferFor = (array) => {
      const own = slots.get(array) ?? planned[plan.bufferOf.get(array) ?? -1];
      const known = own ?? (backend.tensorMap.get(array as never)?.resource as GPUBuffer | undefined);
      if (known === undefined) throw new Error('A recorded program reads an array that no longer exists.');
      return known;
    };
    const { buffer, starts } = this.uploadUniforms();
    this.uniforms = buffer;
    this.uniformStarts = starts;
    this.groups = launches.map((launch, index) => this.bindGroup(launch, index));
    this.bytes = this.owned.reduce((sum, { size }) => sum + size, buffer.size);
  }

  /** Writes the samples of an array that comes from the host. */
  write(array: object, data: Float64Array | Float32Array): void {
    const samples = data instanceof Float32Array ? data : new Float32Array(data);
    this.device.queue.writeBuffer(this.bufferFor(array), 0, samples as Float32Array<ArrayBuffer>);
  }

  /** Changes a value that a launch takes as a uniform. */
  writeUniform(launch: number, name: string, value: number): void {
    const offset = this.launches[launch]?.offsets.get(name);
    if (offset === undefined) throw new Error(`A recorded program has no uniform ${name}.`);
    const at = (this.uniformStarts[launch] ?? 0) + offset;
    this.device.queue.writeBuffer(this.uniforms, at, Float32Array.of(value));
  }

  /** Encodes the launches from `first` up to, without, `end`. */
  encode(encoder: GPUCommandEncoder, first = 0, end = this.launches.length): void {
    if (first >= end) return;
    const pass = encoder.beginComputePass();
    let current: GPUComputePipeline | null = null;
    for (let index = first; index < end; index++) {
      const { pipeline, groups } = this.launches[index] as Launch;
      if (pipeline !== current) pass.setPipeline(pipeline);
      current = pipeline;
      pass.setBindGroup(0, this.groups[index] as GPUBindGroup);
      pass.dispatchWorkgroups(...groups);
    }
    pass.end();
  }

  bufferOf(array: object): GPUBuffer {
    return this.bufferFor(array);
  }

  dispose(): void {
    for (const buffer of [...this.owned, this.uniforms]) buffer.destroy();
  }

  private uploadUniforms(): { buffer: GPUBuffer; starts: number[] } {
    let end = 0;
    const starts = this.launches.map(({ uniforms }) => {
      const start = end;
      end += Math.ceil(uniforms.byteLength / UNIFORM_ALIGNMENT) * UNIFORM_ALIGNMENT;
      return start;
    });
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const buffer = this.device.createBuffer({ size: uniformBytes(this.launches), usage });
    const all = new Uint8Array(buffer.size);
    this.launches.forEach(({ uniforms }, i) => {
      all.set(new Uint8Array(uniforms), starts[i]);
    });
    this.device.queue.writeBuffer(buffer, 0, all);
    return { buffer, starts };
  }

  /** In the order in which TensorFlow.js binds: result, inputs, uniforms. */
  private bindGroup({ pipeline, output, inputs, uniforms }: Launch, index: number): GPUBindGroup {
    const arrays = [output, ...inputs].map((array) => ({ buffer: this.bufferFor(array) }));
    const block = {
      buffer: this.uniforms,
      offset: this.uniformStarts[index] ?? 0,
      size: uniforms.byteLength,
    };
    return this.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [...arrays, block].map((resource, binding) => ({ binding, resource })),
    });
  }
}
