/**
 * WGSL of a transform that reads each line once and writes it once: a workgroup holds whole lines, its threads
 * keep the samples of their butterflies in registers and exchange them through shared memory between stages.
 */
import type { ProgramSpec } from '../program.ts';
import { butterfly } from './butterfly.ts';
import { type End, endTables, fetchCode, putCode, TURN } from './ends.ts';
import { lengthOf, sharedSamples, type WorkgroupShape } from './plan.ts';
import { stageOffsets } from './tables.ts';
import { turnCode } from './turns.ts';

export interface WorkgroupKernel {
  readonly shape: WorkgroupShape;
  /** Distance of neighbouring samples of the lines as seen by this kernel; above 1 the lines are columns. */
  readonly inner: number;
  readonly load: End;
  readonly store: End;
  /** Transforms twice, with the table `response` and a conjugation between: a chirp-z convolution in one kernel. */
  readonly isConvolution: boolean;
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

function stagesOf({ radices, threads }: WorkgroupShape, isConvolution: boolean): Stage[] {
  const length = lengthOf(radices);
  const offsets = stageOffsets(radices);
  const stages: Stage[] = [];
  for (let round = 0; round < (isConvolution ? 2 : 1); round++) {
    let done = 1;
    radices.forEach((radix, stage) => {
      const butterflies = length / radix;
      const repeats = Math.ceil(butterflies / threads);
      stages.push({ index: stages.length, radix, done, offset: offsets[stage] ?? 0, butterflies, repeats });
      done *= radix;
    });
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
    return `${place}
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

  declare({ index, radix, repeats }: Stage): string {
    return range(repeats)
      .flatMap((i) => range(radix).map((lane) => `var x${index}_${i}_${lane} = vec2<f32>(0.0);`))
      .join('\n');
  }

  load(stage: Stage): string {
    const guard = this.kernel.isExact ? '' : 'if (isLive) ';
    const loads = range(stage.repeats).map((i) => {
      const code = range(stage.radix)
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

  /** Multiplies the spectrum by the response and conjugates it: the second transform is then an inverse. */
  respond(stage: Stage, outputs: readonly (readonly string[])[]): string {
    return outputs
      .flatMap((names, i) =>
        names.map((name, lane) => {
          // Beyond the last butterfly the index may leave the table; the value is not used then.
          const k = `min(${this.output(stage, i, lane)}, ${this.length - 1}u)`;
          return `let c${name} = turn(${name}, response[${k}]) * vec2<f32>(1.0, -1.0);`;
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
        const stores = names.map((name, lane) => `put(at, ${this.output(stage, i, lane)}, ${name});`);
        return this.ifAny(stage, i, `${guard}{ ${stores.join('\n')} }`);
      })
      .join('\n');
  }
}

function kernelCode(kernel: WorkgroupKernel): string {
  const writer = new KernelWriter(kernel);
  const stages = stagesOf(kernel.shape, kernel.isConvolution);
  const middle = kernel.shape.radices.length - 1;
  const body: string[] = [writer.prologue()];
  stages.forEach((stage, index) => {
    const next = stages[index + 1];
    if (index === 0) body.push(writer.indices(stage), writer.declare(stage), writer.load(stage));
    const { code, outputs } = writer.transform(stage);
    body.push(code);
    let results = outputs;
    if (kernel.isConvolution && index === middle) {
      body.push(writer.respond(stage, outputs));
      results = outputs.map((names) => names.map((name) => `c${name}`));
    }
    if (next === undefined) {
      body.push(writer.store(stage, results));
    } else {
      body.push(writer.indices(next), writer.declare(next), writer.exchange(stage, results, next));
    }
  });
  return `${TURN}
    ${fetchCode(kernel.load)}
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
    ...(kernel.isConvolution ? ['response'] : []),
    ...tables,
  ];
  return {
    kernel: 'LuminodeFourierLine',
    key: JSON.stringify(kernel),
    inputs: Object.fromEntries([...new Set(names)].map((name) => [name, 'complex'] as const)),
    output: 'complex',
    code: () => kernelCode(kernel),
  };
}
