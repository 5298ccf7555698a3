/** A step as it was recorded, call by call, and the programs that stand for it. */
import type { WebgpuDevice } from '../device.ts';
import type { Launch, WebgpuArray } from '../program.ts';
import type { Readback } from '../readback.ts';
import { PlannedArray } from './plannedArray.ts';
import { ReplayProgram, type ReplaySource } from './replayProgram.ts';

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
  readonly name: string;
  readonly attributes: Attributes;
  readonly inputs: readonly WebgpuArray[];
  readonly output: PlannedArray | null;
  /** Names the samples of the output on the device, where they come from the host. */
  readonly slot: object | null;
  /** What a read copies: names of samples, and how many. */
  readonly copies: readonly (readonly [object, number])[];
  readonly firstLaunch: number;
  readonly endLaunch: number;
  /** The factor of a scaling, as its uniform has it. */
  factor: number;
}

export const READ = 'readMany';
export const UPLOAD = 'upload';
/** Its factor is a uniform of that name. */
export const SCALE = 'scale';

/** What a recorded step needs to be launched again. */
export function replaySource(calls: readonly RecordedCall[], launches: readonly Launch[]): ReplaySource {
  const uploads = new Map<object, number>();
  const readUntil = new Map<object, number>();
  for (const { name, inputs, output, data, endLaunch } of calls) {
    if (name === UPLOAD && output !== null) uploads.set(output.tensor.dataId, 4 * (data?.length ?? 0));
    if (name === READ) for (const { tensor } of inputs) readUntil.set(tensor.dataId, endLaunch);
  }
  return { launches, uploads, readUntil };
}

export class PreparedStep {
  private readonly source: WebgpuDevice;
  private readonly readback: Readback;
  private readonly calls: readonly ExpectedCall[];
  private readonly program: ReplayProgram;
  /** This step's calls, so that it can still be run in full. */
  private made: Call[] = [];
  private encoded = 0;

  constructor(
    source: WebgpuDevice,
    readback: Readback,
    recorded: readonly RecordedCall[],
    replay: ReplaySource,
  ) {
    this.source = source;
    this.readback = readback;
    const planned = new Map<WebgpuArray, PlannedArray>();
    this.calls = recorded.map(({ name, attributes, inputs, output, data, firstLaunch, endLaunch }) => {
      const result = output === null ? null : new PlannedArray(output.shape, output.dtype);
      const call = {
        name,
        attributes,
        inputs: inputs.map((array) => planned.get(array) ?? array),
        output: result,
        slot: name === UPLOAD && output !== null ? output.tensor.dataId : null,
        copies: name === READ ? inputs.map(({ tensor }) => [tensor.dataId, tensor.size] as const) : [],
        firstLaunch,
        endLaunch,
        factor: name === SCALE ? (data?.[0] ?? Number.NaN) : Number.NaN,
      };
      if (output !== null && result !== null) planned.set(output, result);
      return call;
    });
    this.program = new ReplayProgram(source, replay);
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
    if (expected.output !== null) expected.output.isReleased = false;
    return { output: expected.output };
  }

  /** Whether the step has come to the end of the recorded one. */
  get isComplete(): boolean {
    return this.made.length === this.calls.length;
  }

  /** Runs what has been called since the last read, and reads. To be called after `follow` has taken the read. */
  read(): Promise<Float32Array[]> {
    const expected = this.calls[this.made.length - 1];
    if (expected?.name !== READ) throw new Error('There is no read here.');
    const encoder = this.source.device.createCommandEncoder();
    this.program.encode(encoder, this.encoded, expected.endLaunch);
    this.encoded = expected.endLaunch;
    const sources = expected.copies.map(([array, samples]) => ({
      buffer: this.program.bufferOf(array),
      samples,
    }));
    return this.readback.read(encoder, sources);
  }

  /** Does in full what this step has called so far, so that it can go on differently. @param release of what it has done with. */
  runInFull(release: (array: WebgpuArray) => void): void {
    this.made.forEach((call, index) => {
      const output = this.calls[index]?.output ?? null;
      if (output !== null) output.actual = call.run(call.inputs);
    });
    for (const { output } of this.calls.slice(0, this.made.length)) {
      if (output === null || output.actual === null || !output.isReleased) continue;
      release(output.actual);
      output.actual = null;
    }
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
    if (name !== SCALE || expected.factor === factor) return;
    expected.factor = factor;
    this.program.writeUniform(expected.firstLaunch, 'factor', factor);
  }
}

function isSame({ name, attributes, inputs }: ExpectedCall, call: Call): boolean {
  return (
    name === call.name &&
    inputs.length === call.inputs.length &&
    inputs.every((array, i) => array === call.inputs[i]) &&
    attributes.length === call.attributes.length &&
    attributes.every((attribute, i) => attribute === call.attributes[i])
  );
}
