/** Choosing what computes: a real GPU where it passes its self-test, else WASM; float64 on request. */
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import type { Kernels } from '../optics/ops/kernels.ts';
import type { DevicePainter } from './present/painter.ts';
import type { BackendChoice, BackendName } from './protocol.ts';
import { startWasm } from './wasm/startup.ts';

export interface Backend {
  readonly name: BackendName;
  readonly kernels: Kernels;
  /** Draws previews where the arrays lie; null: the host draws them. */
  readonly painter: DevicePainter | null;
  /** A sentence: what computes and why. */
  readonly reason: string;
  /** Threads of the processor that compute; null where the graphics card does. */
  readonly threads: number | null;
  /** GPU adapter in words, null without one. */
  readonly adapter: string | null;
  /** Resolves when the device is gone; never without a GPU. */
  readonly lost: Promise<string>;
  readonly dispose: () => void;
}

const NEVER = new Promise<string>(() => undefined);

/** A backend that was asked for by name and cannot be had. */
export class BackendUnavailable extends Error {
  override readonly name = 'BackendUnavailable';
}

/**
 * @param surfaces false where drawing on surfaces of the graphics device may have been what lost it
 * @param start opens WebAssembly
 */
export async function openBackend(
  choice: BackendChoice,
  surfaces = true,
  start = startWasm,
): Promise<Backend> {
  switch (choice) {
    case 'f64':
      return openReference('Float64 reference, as chosen.');
    case 'wasm':
      return openWasm(start, 'as chosen');
    case 'webgpu':
      return openWebgpu(true, surfaces);
    case 'auto':
      try {
        return await openWebgpu(false, surfaces);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return openWasm(start, 'on this processor', why);
      }
    default:
      return choice satisfies never;
  }
}

function openReference(reason: string): Backend {
  const kernels = createFloat64Kernels();
  return {
    name: 'f64',
    kernels,
    painter: null,
    reason,
    threads: 1,
    adapter: null,
    lost: NEVER,
    dispose: () => undefined,
  };
}

/** @param why a sentence that explains the choice. */
async function openWasm(start: typeof startWasm, how: string, why = ''): Promise<Backend> {
  try {
    const { kernels, threads, notes, dispose } = await start();
    const count = threads === 1 ? '1 thread' : `${threads} threads`;
    const reason = sentences(`WebAssembly with ${count}, ${how}.`, why, notes);
    return { name: 'wasm', kernels, painter: null, reason, threads, adapter: null, lost: NEVER, dispose };
  } catch (error) {
    // Slow, but plain JavaScript runs everywhere, and rightly.
    const fault = error instanceof Error ? error.message : String(error);
    return openReference(sentences('Float64 reference, which is slow.', why, fault));
  }
}

function sentences(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

async function openWebgpu(asChosen: boolean, surfaces: boolean): Promise<Backend> {
  // Loaded on demand: TensorFlow.js is the largest part of the engine and WASM machines never need it.
  if (!('gpu' in (globalThis.navigator ?? {}))) {
    throw new BackendUnavailable('WebGPU is not available here.');
  }
  const [
    { acquireDevice },
    { createWebgpuKernels },
    { withSteps },
    { preparedStepFault, startupTest },
    { createTuningStore },
    { startPainter },
  ] = await Promise.all([
    import('./webgpu/device.ts'),
    import('./webgpu/webgpuKernels.ts'),
    import('./webgpu/compiled/stepKernels.ts'),
    import('./webgpu/startup.ts'),
    import('./webgpu/fourier/tuningStore.ts'),
    import('./webgpu/present/start.ts'),
  ]);
  const device = await acquireDevice({ allowSoftware: asChosen });
  const kernels = createWebgpuKernels(device, { tuningStore: createTuningStore() });
  const check = await startupTest(kernels, device.adapter.isSoftware);
  if (!check.isUsable) {
    device.dispose();
    throw new BackendUnavailable(
      `The graphics adapter computes wrongly (${check.detail}), so it is not used.`,
    );
  }
  const prepared = withSteps(kernels, device);
  const fault = await preparedStepFault(prepared);
  const { vendor, architecture, description } = device.adapter;
  const adapter =
    [vendor, architecture, description].filter((word) => word !== '').join(' ') || 'unnamed adapter';
  return {
    name: 'webgpu',
    kernels: fault === null ? prepared : kernels,
    // Browsers with a software renderer crash on surfaces (Chromium 156, SwiftShader).
    painter: startPainter(device, kernels, surfaces && !device.adapter.isSoftware),
    reason: sentences(
      `WebGPU on ${adapter}${asChosen ? ', as chosen' : ''}.`,
      check.downgrade ?? '',
      fault ?? '',
    ),
    threads: null,
    adapter,
    lost: device.lost,
    dispose: () => device.dispose(),
  };
}
