/** What a device is found fit for when the engine starts, and what it is not used for, with the reason. */
import { selfTest } from './selfTest.ts';
import type { WebgpuKernels } from './webgpuKernels.ts';

export interface StartupReport {
  /** False: nothing that this device computes may be shown. */
  readonly isUsable: boolean;
  /** One sentence: the worst error, or the fault. */
  readonly detail: string;
  /** One sentence where the Fourier transforms must do without shared memory, else null. */
  readonly downgrade: string | null;
}

/** Why steps may not be prepared on this device, or null: the second run of a step is a prepared one. */
export async function preparedStepFault(kernels: WebgpuKernels): Promise<string | null> {
  const run = () => selfTest(kernels);
  await kernels.step?.('self-test', run);
  const { ok, detail } = (await kernels.step?.('self-test', run)) ?? (await run());
  kernels.forget?.('self-test');
  return ok ? null : `Steps are not prepared in advance, since that fails here: ${detail}`;
}

/**
 * Tests all kernels with the barrier-free Fourier transforms and, on graphics hardware, again with those that
 * share memory within workgroups, where compilers and drivers err most. Leaves `kernels` with the plans that it
 * may use.
 */
export async function startupTest(kernels: WebgpuKernels, isSoftware: boolean): Promise<StartupReport> {
  const { fourierPlanner } = kernels;
  fourierPlanner.policy = 'barrierFree';
  const plain = await selfTest(kernels);
  if (!plain.ok) return { isUsable: false, detail: plain.detail, downgrade: null };
  if (!isSoftware) {
    fourierPlanner.policy = 'workgroup';
    const shared = await selfTest(kernels);
    if (!shared.ok) {
      fourierPlanner.policy = 'barrierFree';
      // The failure may have taken the device with it.
      const again = await selfTest(kernels);
      const downgrade = `Fourier transforms avoid shared memory, which fails here: ${shared.detail}`;
      return { isUsable: again.ok, detail: again.detail, downgrade };
    }
  }
  // Software adapters take barrier-free plans anyway.
  fourierPlanner.policy = 'auto';
  return { isUsable: true, detail: plain.detail, downgrade: null };
}
