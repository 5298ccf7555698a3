/** A step as it was recorded, call by call, and the programs that stand for it. */
import type { WebgpuDevice } from '../device.ts';
import type { Launch, WebgpuArray } from '../program.ts';
import type { Readback } from '../readback.ts';
import { PlannedArray } from './plannedArray.ts';
import { ReplayProgram } from './replayProgram.ts';

/** What tells one call of a kernel from another besides its arrays: sizes, flags and the like. */
export type Attributes = readonly (number | string | boolean)[];

/** A call of a kernel. */
export interface Call {
  readonly name: string;
  readonly inputs: readonly WebgpuArray[];
  readonly attributes: Attributes;
  /** Numbers that may differ from step to step: samples from the host, or a factor. */
  readonly data: Float64Array | Float32Array | null;
  /** Does the work in full. */
  readonly run: (inputs: readonly WebgpuArray[]) => WebgpuArray;
}

/** A recorded call: what it gave, and which launches it made. */
export interface RecordedCall extends Call {
  readonly output: WebgpuArray | null;
  readonly firstLaunch: number;
  readonly endLaunch: number;
}

/** A call that a later step is compared with. */
interface ExpectedCall {
  readonly recorded: RecordedCall;
  readonly inputs: readonly WebgpuArray[];
  readonly output: PlannedArray | null;
  /** Names the samples of the output on the device, where they come from the host. */
  readonly slot: object | null;
}

export const READ = 'readMany';
export const UPLOAD = 'upload';
/** Its factor is a uniform of that name. */
export const SCALE = 'scale';

export class PreparedStep {
  private readonly source: WebgpuDevice;
  private readonly readback: Readback;
  private readonly calls: readonly ExpectedCall[];
  private readonly program: ReplayProgram;
  /** What a uniform or slot got last. */
  private readonly written = new Map<ExpectedCall, number>();
  /** This step's calls, so that it can still be run in full. */
  private made: Call[] = [];
  private encoded = 0;

  constructor(
    source: WebgpuDevice,
    readback: Readback,
    recorded: readonly RecordedCall[],
    launches: readonly Launch[],
  ) {
    this.source = source;
    this.readback = readback;
    const planned = new Map<WebgpuArray, PlannedArray>();
    this.calls = recorded.map((call) => {
      const inputs = call.inputs.map((array) => planned.get(array) ?? array);
      const output = call.output === null ? null : new PlannedArray(call.output.shape, call.output.dtype);
      if (call.output !== null && output !== null) planned.set(call.output, output);
      const slot = call.name === UPLOAD && call.output !== null ? call.output.tensor.dataId : null;
      return { recorded: call, inputs, output, slot };
    });
    const uploads = new Map<object, number>();
    const readUntil = new Map<object, number>();
    for (const { recorded: call, slot } of this.calls) {
      if (slot !== null) uploads.set(slot, 4 * (call.data?.length ?? 0));
      if (call.name === READ)
        for (const { tensor } of call.inputs) readUntil.set(tensor.dataId, call.endLaunch);
    }
    this.program = new ReplayProgram(source, { launches, uploads, readUntil });
  }

  get bytes(): number {
    return this.program.bytes;
  }

  begin(): void {
    this.made = [];
    this.encoded = 0;
  }

  /** The planned result when the call is the one that comes next, else null. */
  follow(call: Call): { output: PlannedArray | null } | null {
    const expected = this.calls[this.made.length];
    if (expected === undefined || !isSame(expected, call)) return null;
    this.made.push(call);
    this.take(expected, call);
    return { output: expected.output };
  }

  /** Whether the step has come to the end of the recorded one. */
  get isComplete(): boolean {
    return this.made.length === this.calls.length;
  }

  /** Runs what has been called since the last read, and reads. To be called after `follow` has taken the read. */
  read(): Promise<Float32Array[]> {
    const expected = this.calls[this.made.length - 1];
    if (expected?.recorded.name !== READ) throw new Error('There is no read here.');
    const encoder = this.source.device.createCommandEncoder();
    this.program.encode(encoder, this.encoded, expected.recorded.endLaunch);
    this.encoded = expected.recorded.endLaunch;
    const sources = expected.recorded.inputs.map(({ tensor }) => ({
      buffer: this.program.bufferOf(tensor.dataId),
      samples: tensor.size,
    }));
    return this.readback.read(encoder, sources);
  }

  /** Does in full what this step has called so far, so that it can go on differently. */
  runInFull(): void {
    this.made.forEach((call, index) => {
      const output = this.calls[index]?.output ?? null;
      if (call.name === READ) return;
      const actual = call.run(call.inputs);
      if (output !== null) output.actual = actual;
    });
  }

  dispose(): void {
    this.program.dispose();
  }

  private take(expected: ExpectedCall, { name, data }: Call): void {
    if (data === null) return;
    if (name === UPLOAD && expected.slot !== null) {
      this.program.write(expected.slot, data);
      return;
    }
    const factor = data[0] ?? Number.NaN;
    if (name !== SCALE || (this.written.get(expected) ?? expected.recorded.data?.[0]) === factor) return;
    this.written.set(expected, factor);
    this.program.writeUniform(expected.recorded.firstLaunch, 'factor', factor);
  }
}

function isSame({ recorded, inputs }: ExpectedCall, call: Call): boolean {
  return (
    recorded.name === call.name &&
    inputs.length === call.inputs.length &&
    inputs.every((array, i) => array === call.inputs[i]) &&
    recorded.attributes.length === call.attributes.length &&
    recorded.attributes.every((attribute, i) => attribute === call.attributes[i])
  );
}
