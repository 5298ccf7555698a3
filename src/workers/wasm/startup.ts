/** Opens the WebAssembly backend in the best form that computes rightly on this machine, and says which and why. */
import type { DeviceArray, Kernels } from '../../optics/ops/kernels.ts';
import { selfTest } from '../webgpu/selfTest.ts';
import { threadsHere } from './threads.ts';
import { openWasmBackend, type WasmBackend, type WasmKernelOptions } from './wasmKernels.ts';

export interface StartedWasm {
  readonly kernels: Kernels;
  readonly threads: number;
  /** Sentences: why it is not as fast as it could be; empty where it is. */
  readonly notes: string;
  readonly dispose: () => void;
}

type Open = (options: WasmKernelOptions) => Promise<WasmBackend>;

/** Rows and columns of a field that is shared out among threads in several pieces. */
const [ROWS, COLUMNS] = [96, 128];

/** A transform and an intensity whose pieces different threads compute, as bits. */
async function sharedResult(kernels: Kernels): Promise<Float32Array | Float64Array> {
  const numbers = Float32Array.from({ length: 2 * ROWS * COLUMNS }, (_, i) => Math.sin(0.7 * (i + 1) ** 1.5));
  const field = kernels.upload(numbers, [ROWS, COLUMNS], 'complex');
  const made: DeviceArray[] = [field];
  try {
    const spectrum = kernels.fourier2(field, 'forward');
    made.push(spectrum);
    const intensity = kernels.absSquared(spectrum);
    made.push(intensity);
    const [data = new Float32Array(0)] = await kernels.readMany([intensity]);
    return data;
  } finally {
    for (const array of made) kernels.release(array);
  }
}

/** What is wrong with the results of a backend; null where nothing is. */
async function faultOf({ kernels, threads }: WasmBackend, open: Open): Promise<string | null> {
  const report = await selfTest(kernels);
  if (!report.ok) return report.detail;
  if (threads === 1) return null;
  const [ours, expected] = [await sharedResult(kernels), await sharedResult((await open({})).kernels)];
  return ours.every((value, i) => value === expected[i]) ? null : 'Threads disturb each other.';
}

/**
 * Several threads where there can be, else one; without SIMD where this engine lacks it or computes wrongly.
 * Rejects with a sentence when no build opens and computes rightly.
 */
export async function startWasm(open: Open = openWasmBackend): Promise<StartedWasm> {
  const here = threadsHere();
  const faults: string[] = [];
  for (const options of [{ threads: here.count }, {}, { simd: false }]) {
    let backend: WasmBackend;
    try {
      backend = await open(options);
    } catch (error) {
      // Threads need their memory reserved in advance, which not every machine can.
      faults.push(`${error instanceof Error ? error.message : String(error)}.`);
      continue;
    }
    const fault = await faultOf(backend, open);
    if (fault === null) {
      const shortage = here.shortage ?? backend.shortage;
      return {
        kernels: backend.kernels,
        threads: backend.threads,
        notes: [
          ...faults.map((each) => `A faster form does not work here and is not used: ${each}`),
          ...(backend.build === 'scalar' ? ['It is several times slower than where SIMD is.'] : []),
          ...(shortage === null ? [] : [shortage]),
        ].join(' '),
        dispose: backend.dispose,
      };
    }
    backend.dispose();
    if (!faults.includes(fault)) faults.push(fault);
  }
  throw new Error(`WebAssembly does not work on this machine: ${faults.join(' ')}`);
}
