/** The GPU device: how it is chosen, what kind it is, and which faults it has reported. */

import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu/dist/base';
import { findBackendFactory, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import type { MemoryLimits } from '../../optics/ops/kernels.ts';

export interface DeviceOptions {
  readonly powerPreference?: GPUPowerPreference;
  /** Accept a CPU renderer; default true. The caller may prefer WASM, which is faster than most of them. */
  readonly allowSoftware?: boolean;
}

export interface AdapterClass {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** A CPU renderer: SwiftShader, llvmpipe or lavapipe, WARP, or one that calls itself a fallback. */
  readonly isSoftware: boolean;
}

export interface DeviceFaults {
  /** Messages of uncaptured errors, oldest first; only the last 256 are kept. */
  readonly uncaptured: readonly string[];
  /** Why the device was lost, or null. */
  readonly lost: string | null;
}

export interface WebgpuDevice {
  readonly device: GPUDevice;
  /** Held because Chromium may otherwise collect the adapter and fail pending promises of its device. */
  readonly gpuAdapter: GPUAdapter;
  readonly backend: WebGPUBackend;
  readonly adapter: AdapterClass;
  /** Resolves with the reason when the device is lost; never rejects. */
  readonly lost: Promise<string>;
  faults(): DeviceFaults;
  /** Number of uncaptured errors so far, including those whose messages are no longer kept. */
  faultCount(): number;
  /** Unregisters the TensorFlow.js backend and destroys the device. */
  dispose(): void;
}

/** There is no usable WebGPU device here. Not a fault: the engine then computes with WASM. */
export class DeviceUnavailable extends Error {
  override readonly name = 'DeviceUnavailable';
}

const KEPT_MESSAGES = 256;
/** Before the browser's own words. */
const NO_MEMORY = 'it has no memory left; use fewer samples or planes, or WebAssembly.';

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|\bwarp\b|basic render/i;

export function classifyAdapter(info: {
  readonly vendor: string;
  readonly architecture: string;
  readonly device?: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}): AdapterClass {
  const { vendor, architecture, description } = info;
  const isSoftware =
    info.isFallbackAdapter === true ||
    SOFTWARE.test([vendor, architecture, info.device ?? '', description].join(' '));
  return { vendor, architecture, description, isSoftware };
}

const MEBIBYTE = 2 ** 20;

/**
 * What the engine takes of a device. WebGPU does not tell how much memory there is: the largest buffer that an
 * adapter allows grows with it, and two of them are a share that adapters grant.
 */
export function memoryLimits(
  limits: Pick<GPUSupportedLimits, 'maxBufferSize' | 'maxStorageBufferBindingSize'>,
): MemoryLimits {
  const arrayBytes = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  const totalBytes = Math.min(Math.max(2 * limits.maxBufferSize, 512 * MEBIBYTE), 4096 * MEBIBYTE);
  return { arrayBytes, totalBytes };
}

/** The limits that decide how large an array may be; everything else stays at the portable default. */
function wantedLimits(limits: GPUSupportedLimits): Record<string, number> {
  return {
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
  };
}

async function requestDevice(options: DeviceOptions): Promise<{ device: GPUDevice; gpuAdapter: GPUAdapter }> {
  const gpu = (globalThis.navigator as { gpu?: GPU } | undefined)?.gpu;
  if (!gpu) throw new DeviceUnavailable('This browser does not offer WebGPU.');
  const powerPreference = options.powerPreference ?? 'high-performance';
  const gpuAdapter = await gpu.requestAdapter({ powerPreference });
  if (!gpuAdapter) throw new DeviceUnavailable('The browser found no graphics adapter for WebGPU.');
  const software = classifyAdapter(gpuAdapter.info).isSoftware;
  if (software && options.allowSoftware === false) {
    throw new DeviceUnavailable('The only WebGPU adapter is a software renderer.');
  }
  try {
    const device = await gpuAdapter.requestDevice({ requiredLimits: wantedLimits(gpuAdapter.limits) });
    return { device, gpuAdapter };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DeviceUnavailable(`The graphics adapter refused a device: ${reason}`);
  }
}

/**
 * Opens a device and makes it TensorFlow.js' current backend under the name 'webgpu'.
 * @throws DeviceUnavailable when the browser has no usable WebGPU.
 */
export async function acquireDevice(options: DeviceOptions = {}): Promise<WebgpuDevice> {
  const { device, gpuAdapter } = await requestDevice(options);
  const uncaptured: string[] = [];
  let count = 0;
  let lostReason: string | null = null;
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault();
    count++;
    const { error } = event;
    uncaptured.push(
      error.constructor.name === 'GPUOutOfMemoryError' ? `${NO_MEMORY} ${error.message}` : error.message,
    );
    if (uncaptured.length > KEPT_MESSAGES) uncaptured.shift();
  });
  const lost = device.lost.then(({ reason, message }) => {
    lostReason = message || reason;
    return lostReason;
  });
  const backend = new WebGPUBackend(device, gpuAdapter.info);
  if (findBackendFactory('webgpu') !== null) removeBackend('webgpu');
  registerBackend('webgpu', () => backend);
  if (!(await setBackend('webgpu'))) {
    device.destroy();
    throw new DeviceUnavailable('TensorFlow.js could not start on the graphics adapter.');
  }
  return {
    device,
    gpuAdapter,
    backend,
    adapter: classifyAdapter(gpuAdapter.info),
    lost,
    faults: () => ({ uncaptured: [...uncaptured], lost: lostReason }),
    faultCount: () => count,
    dispose: () => {
      removeBackend('webgpu');
      device.destroy();
    },
  };
}
