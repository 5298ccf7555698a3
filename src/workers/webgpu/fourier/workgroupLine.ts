/**
 * WGSL of a transform that reads each line once and writes it once: a workgroup holds whole lines, its threads
 * keep the samples of their butterflies in registers and exchange them through shared memory between stages.
 */
import type { ProgramSpec } from '../program.ts';
import { butterfly } from './butterfly.ts';
import { type End, endTables, fetchCode, held, putCode, TURN } from './ends.ts';
import { lengthOf, sharedSamples, type WorkgroupShape } from './plan.ts';
import { stageOffsets, stageTable } from './tables.ts';
import { type Between, productCode, programInputs, type TransferKind, transferCode } from './transfer.ts';
import { turnCode } from './turns.ts';

export interface WorkgroupKernel {
  readonly shape: WorkgroupShape;
  /** Distance of neighbouring samples of the lines as seen by this kernel; above 1 the lines are columns. */
  readonly inner: number;
  readonly load: End;
  readonly store: End;
  /** Unless `nothing`, the kernel is a whole convolution. */
  readonly between: Between;
  /** Where the lines are multiplied by a transfer function, in the load or between: its kind. */
  readonly transfer: TransferKind | null;
  /** Every workgroup of the dispatch is full, so that no thread needs to ask. */
  readonly isExact: boolean;
}

/** Workgroups that cover `outer` times `inner` lines. */
export function groupCount({ shape, inner }: WorkgroupKernel, outer: number): number {
  return inner > 1 ? outer * Math.ceil(inner / shape.lines) : Math.ceil(outer / shape.lines);
}

/** One stage of the plan, and the names of what its threads hold. */
interface Stage {
  /** Number among all stages of the kernel, part of the names. */
  readonly index: number;
  readonly radix: number;
  /** Product of the radices before. */
  readonly done: number;
  /** Start of the stage's block of turns. */
  readonly offset: number;
  /** Butterflies per line and, rounded up, per thread. */
  readonly butterflies: number;
  readonly repeats: number;
}

/**
 * The way back of a convolution takes the radices in reverse: the butterflies of the middle then leave their
 * results in the registers that the next ones start from.
 */
function stagesOf({ shape, between }: WorkgroupKernel): Stage[] {
  const { radices, threads } = shape;
  const length = lengthOf(radices);
  const stages: Stage[] = [];
  let table = 0;
  for (const round of between === 'nothing' ? [radices] : [radices, radices.toReversed()]) {
    const offsets = stageOffsets(round);
    let done = 1;
    round.forEach((radix, stage) => {
      const butterflies = length / radix;
      const repeats = Math.ceil(butterflies / threads);
      const offset = table + (offsets[stage] ?? 0);
      stages.push({ index: stages.length, radix, done, offset, butterflies, repeats });
      done *= radix;
    });
    table += stageTable(round).length / 2;
  }
  return stages;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Writes the body of `compute` stage by stage. */
class KernelWriter {
  private readonly kernel: WorkgroupKernel;
  readonly length: number;
  private readonly lineSamples: number;

  constructor(kernel: WorkgroupKernel) {
    this.kernel = kernel;
    this.length = lengthOf(kernel.shape.radices);
    this.lineSamples = sharedSamples(kernel.shape, this.length);
  }

  tile(): string {
    const { lines, isSplit } = this.kernel.shape;
    const samples = lines * this.lineSamples;
    return `var<workgroup> tile : array<${isSplit ? 'f32' : 'vec2<f32>'}, ${samples}>;`;
  }

  /** Where sample n of this thread's line lies in the tile. */
  private slot(n: string): string {
    const { inner, shape } = this.kernel;
    if (inner > 1) return `(${n}) * ${shape.lines}u + line`;
    return shape.isPadded ? `origin + (${n}) + (${n}) / 16u` : `origin + (${n})`;
  }

  /** Which line and which butterflies are this thread's. */
  prologue(): string {
    const { shape, inner, isExact } = this.kernel;
    const { lines, threads } = shape;
    const tiles = Math.ceil(inner / lines);
    const place =
      inner > 1
        ? `let line = thread % ${lines}u;
           let t = thread / ${lines}u;
           let at = vec2<u32>(group / ${tiles}u, (group % ${tiles}u) * ${lines}u + line);`
        : `let line = thread / ${threads}u;
           let t = thread % ${threads}u;
           let origin = line * ${this.lineSamples}u;
           let at = vec2<u32>(group * ${lines}u + line, 0u);`;
    const live = isExact ? 'at.x < uniforms.outer' : `at.x < uniforms.outer && at.y < ${inner}u`;
    // Also where no thread asks: TensorFlow.js binds the uniforms, so the program must use them.
    const planes = this.kernel.between === 'transfer' ? 'let planes = planesOf(at.x);' : '';
    return `${place}
      ${planes}
      let isLive = ${live};`;
  }

  /** Indices of the butterflies that a thread handles in a stage. */
  indices({ index, repeats, done, radix }: Stage): string {
    const { threads } = this.kernel.shape;
    return range(repeats)
      .map(
        (i) => `let b${index}_${i} = t + ${i * threads}u;
          let k${index}_${i} = b${index}_${i} % ${done}u;
          let s${index}_${i} = (b${index}_${i} - k${index}_${i}) * ${radix}u + k${index}_${i};`,
      )
      .join('\n');
  }

  /** Runs `code` for butterfly `i` unless the thread has none there. */
  private ifAny({ index, butterflies }: Stage, i: number, code: string): string {
    const { threads } = this.kernel.shape;
    return (i + 1) * threads <= butterflies ? code : `if (b${index}_${i} < ${butterflies}u) { ${code} }`;
  }

  private input({ index, butterflies }: Stage, i: number, lane: number): string {
    return `b${index}_${i} + ${lane * butterflies}u`;
  }

  private output({ index, done }: Stage, i: number, lane: number): string {
    return `s${index}_${i} + ${lane * done}u`;
  }

  /** The samples that a lane of the first stage loads or of the last one stores, over all butterflies. */
  private block({ butterflies }: Stage, lane: number): [from: number, to: number] {
    return [lane * butterflies, (lane + 1) * butterflies];
  }

  declare({ index, radix, repeats }: Stage): string {
    return range(repeats)
      .flatMap((i) => range(radix).map((lane) => `var x${index}_${i}_${lane} = vec2<f32>(0.0);`))
      .join('\n');
  }

  load(stage: Stage): string {
    const guard = this.kernel.isExact ? '' : 'if (isLive) ';
    const loads = range(stage.repeats).map((i) => {
      const code = range(stage.radix)
        .filter((lane) => held(this.kernel.load, ...this.block(stage, lane)) !== 'none')
        .map((lane) => `x${stage.index}_${i}_${lane} = fetch(at, ${this.input(stage, i, lane)});`)
        .join('\n');
      return this.ifAny(stage, i, `${guard}{ ${code} }`);
    });
    return loads.join('\n');
  }

  /** Turns the inputs and transforms them; returns the names of the outputs by repeat and lane. */
  transform(stage: Stage): { readonly code: string; readonly outputs: readonly (readonly string[])[] } {
    const { index, radix, done, offset, repeats } = stage;
    const parts = range(repeats).map((i) => {
      const inputs = range(radix).map((lane) => `x${index}_${i}_${lane}`);
      const place = { offset, done, k: `k${index}_${i}`, prefix: `s${index}_${i}_` };
      const turned = done === 1 ? { code: '', outputs: inputs } : turnCode(inputs, place);
      const { code, outputs } = butterfly(turned.outputs, `r${index}_${i}_`);
      return { code: `${turned.code}\n${code}`, outputs };
    });
    return { code: parts.map(({ code }) => code).join('\n'), outputs: parts.map(({ outputs }) => outputs) };
  }

  /** Multiplies the spectrum. */
  respond(stage: Stage, outputs: readonly (readonly string[])[]): string {
    const { between, inner } = this.kernel;
    const line = { length: this.length, inner };
    return outputs
      .flatMap((names, i) =>
        names.map((name, lane) => {
          // Beyond the last butterfly the index may leave the table; the value is not used then.
          const k = `min(${this.output(stage, i, lane)}, ${this.length - 1}u)`;
          return `let c${name} = ${productCode(between, name, k, line)};`;
        }),
      )
      .join('\n');
  }

  private eachOutput(stage: Stage, outputs: readonly (readonly string[])[], part: string): string {
    return outputs
      .map((names, i) => {
        const stores = names.map((name, lane) => {
          return `tile[${this.slot(this.output(stage, i, lane))}] = ${name}${part};`;
        });
        return this.ifAny(stage, i, stores.join('\n'));
      })
      .join('\n');
  }

  private eachInput(stage: Stage, part: string): string {
    return range(stage.repeats)
      .map((i) => {
        const loads = range(stage.radix).map((lane) => {
          return `x${stage.index}_${i}_${lane}${part} = tile[${this.slot(this.input(stage, i, lane))}];`;
        });
        return this.ifAny(stage, i, loads.join('\n'));
      })
      .join('\n');
  }

  /** Starts the way back from the registers that hold the spectrum. */
  adopt({ index }: Stage, outputs: readonly (readonly string[])[]): string {
    return outputs
      .flatMap((names, i) => names.map((name, lane) => `let x${index}_${i}_${lane} = ${name};`))
      .join('\n');
  }

  /** Hands the outputs of one stage to the threads that need them for the next. */
  exchange(from: Stage, outputs: readonly (readonly string[])[], to: Stage): string {
    const parts = this.kernel.shape.isSplit ? ['.x', '.y'] : [''];
    const steps = parts.map((part, step) => {
      // What the tile held before must have been read by everyone.
      const isFresh = from.index === 0 && step === 0;
      return `${isFresh ? '' : 'workgroupBarrier();'}
        ${this.eachOutput(from, outputs, part)}
        workgroupBarrier();
        ${this.eachInput(to, part)}`;
    });
    return steps.join('\n');
  }

  store(stage: Stage, outputs: readonly (readonly string[])[]): string {
    const guard = this.kernel.isExact ? '' : 'if (isLive) ';
    return outputs
      .map((names, i) => {
        const stores = names.map((name, lane) =>
          held(this.kernel.store, ...this.block(stage, lane)) === 'none'
            ? ''
            : `put(at, ${this.output(stage, i, lane)}, ${name});`,
        );
        return this.ifAny(stage, i, `${guard}{ ${stores.join('\n')} }`);
      })
      .join('\n');
  }
}

function kernelCode(kernel: WorkgroupKernel): string {
  const { between, transfer } = kernel;
  const writer = new KernelWriter(kernel);
  const stages = stagesOf(kernel);
  const middle = between === 'nothing' ? -1 : kernel.shape.radices.length - 1;
  const body: string[] = [writer.prologue()];
  stages.forEach((stage, index) => {
    const next = stages[index + 1];
    if (index === 0) body.push(writer.indices(stage), writer.declare(stage), writer.load(stage));
    const { code, outputs } = writer.transform(stage);
    body.push(code);
    if (next === undefined) {
      body.push(writer.store(stage, outputs));
    } else if (index === middle) {
      const products = outputs.map((names) => names.map((name) => `c${name}`));
      body.push(writer.respond(stage, outputs), writer.indices(next), writer.adopt(next, products));
    } else {
      body.push(writer.indices(next), writer.declare(next), writer.exchange(stage, outputs, next));
    }
  });
  return `${TURN}
    ${transfer ? transferCode(transfer) : ''}
    ${fetchCode(kernel.load, transfer !== null)}
    ${putCode(kernel.store)}
    ${writer.tile()}
    fn compute(group : u32, thread : u32) {
      ${body.join('\n')}
    }`;
}

/** The program of a kernel; its inputs are `a` and the tables that it reads. */
export function workgroupSpec(kernel: WorkgroupKernel): ProgramSpec {
  const tables = [...endTables(kernel.load), ...endTables(kernel.store)];
  const names = [
    'a',
    ...(kernel.shape.radices.length > 1 ? ['stages'] : []),
    ...(kernel.between === 'response' ? ['response'] : []),
    ...tables,
  ];
  return {
    kernel: 'LuminodeFourierLine',
    key: JSON.stringify(kernel),
    inputs: programInputs(names, kernel.transfer),
    output: 'complex',
    code: () => kernelCode(kernel),
  };
}
