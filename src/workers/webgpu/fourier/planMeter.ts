/** Runs plans on the device to see how long they take and whether they are right. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { WebgpuDevice } from '../device.ts';
import type { FourierTables, UploadTable } from './deviceTables.ts';
import { centredEnds } from './fourier2.ts';
import { type Line, type LinePlan, usesSharedMemory } from './plan.ts';
import type { FourierPlanner } from './planner.ts';
import { runPlan } from './runPlan.ts';
import type { PlanMeter } from './tuning.ts';

/** More samples than this tell nothing new about a plan, only take longer. */
const ENOUGH_SAMPLES = 2 ** 22;
/** Complex samples that are compared with the barrier-free plan. */
const COMPARED = 2048;
/** Relative difference of two float32 transforms that cannot be rounding. */
const TOLERANCE = 1e-5;

export interface MeterParts {
  readonly source: WebgpuDevice;
  readonly tables: FourierTables;
  readonly planner: FourierPlanner;
  readonly upload: UploadTable;
  /** Submits everything recorded. */
  readonly flush: () => void;
}

/** Numbers without symmetry, repeated after a prime count so that no two lines are alike. */
function testField(samples: number): Float32Array {
  const field = new Float32Array(2 * samples);
  const known = Math.min(field.length, 4099);
  for (let index = 0; index < known; index++) field[index] = Math.sin(0.7 * (index + 1) ** 1.5);
  for (let filled = known; filled < field.length; filled *= 2) field.copyWithin(filled, 0, filled);
  return field;
}

class DeviceMeter implements PlanMeter {
  private readonly parts: MeterParts;
  private input: Tensor | null = null;
  /** The line as measured: of very many lines only some. */
  private measured: Line | null = null;
  private expected: Float32Array | null = null;

  constructor(parts: MeterParts) {
    this.parts = parts;
  }

  private prepare(line: Line): { readonly input: Tensor; readonly line: Line } {
    if (this.input && this.measured) return { input: this.input, line: this.measured };
    const perOuter = line.length * line.inner;
    const outer = Math.max(1, Math.min(line.outer, Math.floor(ENOUGH_SAMPLES / perOuter)));
    this.measured = { ...line, outer };
    this.input = this.parts.upload(testField(outer * perOuter));
    return { input: this.input, line: this.measured };
  }

  private launch(line: Line, plan: LinePlan): Tensor {
    const { input, line: measured } = this.prepare(line);
    const ends = { ...centredEnds(measured), orientation: { in: 1, out: 1 } } as const;
    return runPlan(input, plan, measured, ends, this.parts.tables);
  }

  async time(line: Line, plan: LinePlan, count: number): Promise<number> {
    const { device } = this.parts.source;
    this.prepare(line);
    this.parts.flush();
    await device.queue.onSubmittedWorkDone();
    const start = performance.now();
    for (let run = 0; run < count; run++) this.launch(line, plan).dispose();
    this.parts.flush();
    await device.queue.onSubmittedWorkDone();
    return performance.now() - start;
  }

  /** The first samples of what a plan computes. */
  private async result(line: Line, plan: LinePlan): Promise<Float32Array> {
    const { device, backend } = this.parts.source;
    const tensor = this.launch(line, plan);
    this.parts.flush();
    const bytes = Math.min(4 * tensor.size, 8 * COMPARED);
    const staging = device.createBuffer({
      size: bytes,
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
    try {
      const encoder = device.createCommandEncoder();
      const buffer = backend.tensorMap.get(tensor.dataId).resource as GPUBuffer;
      encoder.copyBufferToBuffer(buffer, 0, staging, 0, bytes);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      return new Float32Array(staging.getMappedRange()).slice();
    } finally {
      tensor.dispose();
      staging.destroy();
    }
  }

  async agrees(line: Line, plan: LinePlan): Promise<boolean> {
    const { device } = this.parts.source;
    // What others have recorded so far must not fall under this trial's error scopes.
    this.prepare(line);
    this.parts.flush();
    if (this.expected === null) {
      const reference = this.parts.planner.candidates(line).find((candidate) => !usesSharedMemory(candidate));
      if (reference) this.expected = await this.result(line, reference);
    }
    for (const filter of ['validation', 'internal', 'out-of-memory'] as const) device.pushErrorScope(filter);
    const running = this.result(line, plan).catch(() => null);
    const scopes = [device.popErrorScope(), device.popErrorScope(), device.popErrorScope()];
    const [actual, ...errors] = await Promise.all([running, ...scopes]);
    if (actual === null || errors.some((error) => error !== null)) return false;
    return this.expected === null || isClose(actual, this.expected);
  }

  finish(): void {
    this.input?.dispose();
    this.input = null;
    this.measured = null;
    this.expected = null;
  }
}

function isClose(actual: Float32Array, expected: Float32Array): boolean {
  let [error, power] = [0, 0];
  expected.forEach((value, index) => {
    error += (value - (actual[index] ?? Number.NaN)) ** 2;
    power += value ** 2;
  });
  return error <= TOLERANCE ** 2 * power;
}

export function createPlanMeter(parts: MeterParts): PlanMeter {
  return new DeviceMeter(parts);
}
