/** The array kernels on WebGPU, as TensorFlow.js kernels. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { engine } from '@tensorflow/tfjs-core';
import {
  DeviceFault,
  type Dtype,
  type Kernels,
  type MemoryReport,
  sizeOf,
} from '../../optics/ops/kernels.ts';
import { adam } from './adam.ts';
import { memoryLimits, type WebgpuDevice } from './device.ts';
import { absSquared, binary, phasor, resize, scale } from './elementwise.ts';
import { FourierTables, type UploadTable } from './fourier/deviceTables.ts';
import { filter2 } from './fourier/filter2.ts';
import { fourier2 } from './fourier/fourier2.ts';
import type { Line, Processor, WorkgroupLimits } from './fourier/plan.ts';
import { createPlanMeter } from './fourier/planMeter.ts';
import { FourierPlanner } from './fourier/planner.ts';
import { createMemoryStore, type TunedLine, TuningQueue, type TuningStore } from './fourier/tuningQueue.ts';
import { matmul } from './matmul.ts';
import { registerKernels, tensorShape, type WebgpuArray } from './program.ts';
import { Readback } from './readback.ts';
import { combine, project, sum } from './reduce.ts';

export interface WebgpuKernels extends Kernels<WebgpuArray> {
  readonly name: 'webgpu';
  /** Which plans the Fourier transforms take. */
  readonly fourierPlanner: FourierPlanner;
  /** Measures the plans for every size used so far now instead of at the next pause. */
  tuneFourier(): Promise<readonly TunedLine[]>;
  /** Device bytes in use, and with the idle buffers of TensorFlow.js' pool. */
  pool(): { readonly usedBytes: number; readonly allocatedBytes: number };
  /** Submits what TensorFlow.js has recorded so far. */
  flush(): void;
  /** Reads as `read` does; rejects with `DeviceFault` when anything has failed since the read before. */
  guarded(read: () => Promise<Float32Array[]>): Promise<Float32Array[]>;
  /** Frees the tables of the Fourier transforms; the kernels must not be used afterwards. */
  dispose(): void;
}

/** Live arrays handed out to callers; tables and temporaries are not counted, shared samples once. */
class Ledger {
  private readonly live = new Set<WebgpuArray>();
  private readonly owners = new Map<object, number>();
  private bytes = 0;

  add(array: WebgpuArray): WebgpuArray {
    const { dataId, size } = array.tensor;
    const owners = this.owners.get(dataId) ?? 0;
    if (owners === 0) this.bytes += 4 * size;
    this.owners.set(dataId, owners + 1);
    this.live.add(array);
    return array;
  }

  remove(array: WebgpuArray): boolean {
    if (!this.live.delete(array)) return false;
    const { dataId, size } = array.tensor;
    const owners = (this.owners.get(dataId) ?? 1) - 1;
    if (owners > 0) {
      this.owners.set(dataId, owners);
    } else {
      this.owners.delete(dataId);
      this.bytes -= 4 * size;
    }
    return true;
  }

  report(): MemoryReport {
    return { bytes: this.bytes, arrays: this.live.size };
  }
}

/** Copies host numbers to a new tensor at once; TensorFlow.js itself would keep them on the host until used. */
function uploadTensor(source: WebgpuDevice, data: Float64Array | Float32Array, shape: number[]): Tensor {
  const { backend, device } = source;
  const values = new Float32Array(data);
  const info = backend.makeTensorInfo(shape, 'float32');
  backend.uploadToGPU(info.dataId);
  const buffer = backend.tensorMap.get(info.dataId).resource as GPUBuffer;
  // In order: a pooled buffer is only handed out again once the commands that used it are submitted.
  device.queue.writeBuffer(buffer, 0, values);
  return engine().makeTensorFromTensorInfo(info);
}

/** A second tensor on the same samples, as TensorFlow.js' own reshape makes it. */
function shareTensor(source: WebgpuDevice, tensor: Tensor): Tensor {
  source.backend.incRef(tensor.dataId);
  return engine().makeTensorFromTensorInfo({
    dataId: tensor.dataId,
    shape: tensor.shape,
    dtype: tensor.dtype,
  });
}

/** Submits what TensorFlow.js has recorded so far. */
function flush(source: WebgpuDevice): void {
  if (!(source.backend as unknown as { commandEncoder: GPUCommandEncoder | null }).commandEncoder) return;
  source.backend.ensureCommandEncoderReady();
  source.backend.endComputePassEncoder();
  source.backend.submitQueue();
}

/** Idle bytes above which the pool is emptied: designs that change size would otherwise fill the device. */
const IDLE_LIMIT = 2 ** 30;

/**
 * Destroys the idle buffers of the pool, which TensorFlow.js itself never does, when they exceed `limit`.
 * To be called when everything recorded is submitted; WebGPU then keeps a destroyed buffer until it is done.
 */
function trimPool(source: WebgpuDevice, limit: number): void {
  const pool = source.backend.bufferManager;
  if (pool.numBytesAllocated - pool.numBytesUsed <= limit) return;
  // The private fields of a frozen package (4.22 is its last release); the pool test notices a change.
  const inner = pool as unknown as { freeBuffers: Map<string, GPUBuffer[]>; numFreeBuffers: number };
  for (const buffers of inner.freeBuffers.values()) {
    for (const buffer of buffers) {
      pool.numBytesAllocated -= buffer.size;
      buffer.destroy();
    }
    inner.numFreeBuffers -= buffers.length;
    buffers.length = 0;
  }
}

/** Lets the event loop deliver error events that are already queued; timers would be clamped to 4 ms. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

export interface KernelOptions {
  /** Bytes of idle buffers kept for reuse, 1 GiB by default. */
  readonly idleLimit?: number;
  /** What a workgroup may use; the device's own limits by default. */
  readonly workgroupLimits?: WorkgroupLimits;
  /** Whether plans are measured; by default on graphics hardware only. */
  readonly isTuned?: boolean;
  /** Where measured choices are kept. */
  readonly tuningStore?: TuningStore;
}

/** Choices that outlive a lost device. */
const processStore = createMemoryStore();

function processorOf({ isSoftware, vendor }: WebgpuDevice['adapter']): Processor {
  if (!isSoftware) return 'graphics';
  return vendor === 'mesa' ? 'llvmpipe' : 'software';
}

function createFourier(source: WebgpuDevice, options: KernelOptions) {
  const { maxComputeWorkgroupStorageSize, maxComputeInvocationsPerWorkgroup, maxComputeWorkgroupSizeX } =
    source.device.limits;
  const limits = options.workgroupLimits ?? {
    sharedBytes: maxComputeWorkgroupStorageSize,
    threads: Math.min(maxComputeInvocationsPerWorkgroup, maxComputeWorkgroupSizeX),
  };
  const upload: UploadTable = (table) => uploadTensor(source, table, [table.length / 2, 2]);
  const tables = new FourierTables(upload);
  const planner = new FourierPlanner({ limits, processor: processorOf(source.adapter) });
  const { vendor, architecture, description } = source.adapter;
  const tuning = new TuningQueue({
    planner,
    meter: createPlanMeter({ source, tables, planner, upload, flush: () => flush(source) }),
    store: options.tuningStore ?? processStore,
    adapter: [vendor, architecture, description, limits.sharedBytes, limits.threads].join('/'),
  });
  return { tables, planner, tuning };
}

/**
 * Kernels on `source`, which must be TensorFlow.js' current backend.
 *
 * Errors on a GPU arrive late and as events, and the arrays involved then hold stale numbers; so `readMany`
 * waits for the events of its batch and rejects with `DeviceFault` when there were any. Buffers of a faulty
 * batch may come back from the pool: start a new worker after a fault.
 */
export function createWebgpuKernels(source: WebgpuDevice, options: KernelOptions = {}): WebgpuKernels {
  registerKernels();
  const ledger = new Ledger();
  const readback = new Readback(source.device);
  const { tables, planner, tuning } = createFourier(source, options);
  const isTuned = options.isTuned ?? !source.adapter.isSoftware;
  const planFor = (line: Line) => {
    if (isTuned && planner.policy === 'auto') tuning.want(line);
    return planner.planFor(line);
  };
  const fourier = { tables, planFor };
  /** Faults that some earlier read has reported. */
  let reported = source.faultCount();

  /** Throws for any fault after the first `known`. */
  const checkFaults = (known: number, readError: unknown): void => {
    const { uncaptured, lost } = source.faults();
    const count = source.faultCount();
    reported = Math.max(reported, count);
    if (lost !== null) throw new DeviceFault(`The graphics device was lost: ${lost}`);
    if (count > known) {
      const first = uncaptured[Math.max(0, uncaptured.length - (count - known))];
      throw new DeviceFault(`The graphics device reported an error: ${first}`);
    }
    if (readError !== undefined) {
      const reason = readError instanceof Error ? readError.message : String(readError);
      throw new DeviceFault(`Results could not be read from the graphics device: ${reason}`);
    }
  };

  const guarded = async (read: () => Promise<Float32Array[]>): Promise<Float32Array[]> => {
    // Taken before the wait: two reads under way at once are both void when a fault arrives.
    const known = reported;
    let readError: unknown;
    let results: Float32Array[] = [];
    try {
      results = await read();
    } catch (error) {
      readError = error;
    }
    trimPool(source, options.idleLimit ?? IDLE_LIMIT);
    await nextTask();
    checkFaults(known, readError);
    if (isTuned) tuning.touch();
    return results;
  };

  return {
    name: 'webgpu',
    fourierPlanner: planner,
    tuneFourier: () => tuning.tuneNow(),
    bytesPerReal: 4,
    upload: (data, shape, dtype: Dtype) => {
      const expected = sizeOf(shape) * (dtype === 'complex' ? 2 : 1);
      if (data.length !== expected) {
        throw new Error(`${data.length} numbers do not fill a ${dtype} array [${shape.join(', ')}].`);
      }
      const tensor = uploadTensor(source, data, tensorShape(shape, dtype));
      return ledger.add({ shape: [...shape], dtype, tensor });
    },
    readMany: (arrays) =>
      guarded(() => {
        flush(source);
        const sources = arrays.map(({ tensor }) => ({
          buffer: source.backend.tensorMap.get(tensor.dataId).resource as GPUBuffer,
          samples: tensor.size,
        }));
        return readback.read(source.device.createCommandEncoder(), sources);
      }),
    release: (array) => {
      if (ledger.remove(array)) array.tensor.dispose();
    },
    reshape: (a, shape) => {
      if (sizeOf(shape) !== sizeOf(a.shape)) {
        throw new Error(`[${a.shape.join(', ')}] cannot be seen as [${shape.join(', ')}].`);
      }
      return ledger.add({ shape: [...shape], dtype: a.dtype, tensor: shareTensor(source, a.tensor) });
    },
    memory: () => ledger.report(),
    limits: () => memoryLimits(source.device.limits),
    add: (a, b) => ledger.add(binary('add', a, b)),
    subtract: (a, b) => ledger.add(binary('subtract', a, b)),
    multiply: (a, b, conjugateB) => ledger.add(binary(conjugateB ? 'multiplyConjugate' : 'multiply', a, b)),
    scale: (a, factor) => ledger.add(scale(a, factor)),
    absSquared: (u) => ledger.add(absSquared(u)),
    divide: (a, b) => ledger.add(binary('divide', a, b)),
    squareRoot: (a) => ledger.add(binary('squareRoot', a, a)),
    realInner: (u, v) => ledger.add(binary('realInner', u, v)),
    imaginaryInner: (u, v) => ledger.add(binary('imaginaryInner', u, v)),
    phasor: (phase) => ledger.add(phasor(phase)),
    fourier2: (u, direction) => ledger.add(fourier2(u, direction, fourier)),
    fusesFilter2: () => true,
    filter2: (u, transfer, conjugate = false) => ledger.add(filter2(u, transfer, conjugate, fourier)),
    resize: (a, ny, nx) => ledger.add(resize(a, ny, nx)),
    matmul: (a, b, flags) => ledger.add(matmul(a, b, flags)),
    sum: (a, axes) => ledger.add(sum(a, axes)),
    combine: (basis, coefficients) => {
      if (!(coefficients instanceof Float64Array)) return ledger.add(combine(basis, coefficients.tensor));
      const uploaded = uploadTensor(source, coefficients, [coefficients.length]);
      const result = combine(basis, uploaded);
      uploaded.dispose();
      return ledger.add(result);
    },
    project: (basis, map) => ledger.add(project(basis, map)),
    poissonDeviance: (model, data) => ledger.add(binary('poissonDeviance', model, data)),
    poissonSlope: (model, data) => ledger.add(binary('poissonSlope', model, data)),
    adam,
    pool: () => ({
      usedBytes: source.backend.bufferManager.numBytesUsed,
      allocatedBytes: source.backend.bufferManager.numBytesAllocated,
    }),
    flush: () => flush(source),
    guarded,
    dispose: () => {
      readback.dispose();
      tuning.dispose();
      tables.dispose();
    },
  };
}
