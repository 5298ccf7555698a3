/**
 * Runs WGSL programs as TensorFlow.js kernels. Everything that is particular to TensorFlow.js' private
 * conventions (uniform layout, pipeline cache key, tensor shapes) is kept in this file.
 */

import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu/dist/base';
import type { NamedAttrMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { engine, getKernel, registerKernel, util } from '@tensorflow/tfjs-core';
import { type DeviceArray, type Dtype, sizeOf } from '../../optics/ops/kernels.ts';

/** Threads per workgroup of every program; within the smallest limit that WebGPU promises (128 in compatibility mode). */
const WORKGROUP_SIZE = 64;

/** Calls of `compute` per thread of a light program: starting a thread costs software adapters more than a sample. */
const LIGHT_REPEATS = 4;

/** An array on the GPU: a float32 tensor of shape [n], or [n, 2] when complex, with the logical shape beside it. */
export interface WebgpuArray extends DeviceArray {
  readonly tensor: Tensor;
}

/** A uniform value; a vector has 2 or 4 components, the only lengths that both sides align alike. */
export interface Uniform {
  readonly name: string;
  readonly type: 'u32' | 'f32';
  readonly value: readonly number[];
}

/**
 * One WGSL program. `key` names everything that `code` depends on besides the types of the arrays,
 * because TensorFlow.js caches pipelines by it. `code` declares helpers and `fn compute(g: u32)`,
 * which is called once for each g below `calls`, writes `result[...]`, and must read every input and a uniform.
 */
export interface ProgramSpec {
  readonly kernel: KernelName;
  readonly key: string;
  readonly inputs: Readonly<Record<string, Dtype>>;
  readonly output: Dtype;
  /** Few operations per call of `compute`: each thread then makes several calls. */
  readonly isLight?: boolean;
  readonly code: () => string;
}

const KERNEL_NAMES = [
  'LuminodeBinary',
  'LuminodeUnary',
  'LuminodePhasor',
  'LuminodeResize',
  'LuminodeReduce',
  'LuminodeProject',
  'LuminodeCombine',
  'LuminodeAdam',
  'LuminodeMatmul',
  'LuminodeFourierPass',
  'LuminodeFourierLine',
] as const;

export type KernelName = (typeof KERNEL_NAMES)[number];

interface ProgramUniform {
  name: string;
  type: string;
  data: number[];
}

/** What travels through the attributes of `runKernel`, which TensorFlow.js hands to the kernel untouched. */
interface KernelAttributes {
  readonly program: WebGPUProgram;
  readonly uniforms: ProgramUniform[];
}

type Operands = Readonly<Record<string, TensorInfo>>;

/** A program as it was launched: all that is needed to launch it again, on the same buffers or on others. */
export interface Launch {
  readonly pipeline: GPUComputePipeline;
  readonly groups: readonly [number, number, number];
  /** Which samples it reads, as TensorFlow.js names them, in the order of the bindings. */
  readonly inputs: readonly object[];
  readonly output: object;
  readonly outputBytes: number;
  /** Whether it changes samples that existed before. */
  readonly isInPlace: boolean;
  readonly uniforms: ArrayBuffer;
  /** Byte offset in `uniforms` of each value that the program declares. */
  readonly offsets: ReadonlyMap<string, number>;
}

let onLaunch: ((launch: Launch) => void) | null = null;

/** Calls `body`, and `observer` for each program that it launches. */
export function observeLaunches<T>(observer: (launch: Launch) => void, body: () => T): T {
  const outer = onLaunch;
  onLaunch = observer;
  try {
    return body();
  } finally {
    onLaunch = outer;
  }
}

function launch(
  backend: WebGPUBackend,
  { program, uniforms }: KernelAttributes,
  inputs: Operands,
  target?: TensorInfo,
): TensorInfo {
  const operands = program.variableNames.map((name) => inputs[name] as TensorInfo);
  const output = backend.runWebGPUProgram(program, operands, 'float32', uniforms, target);
  onLaunch?.({
    pipeline: program.pipeline as GPUComputePipeline,
    groups: program.dispatch,
    inputs: operands.map(({ dataId }) => dataId),
    output: output.dataId,
    outputBytes: 4 * sizeOf(output.shape),
    isInPlace: target !== undefined,
    ...uniformBlock([...operands, output], uniforms),
  });
  return output;
}

/** The bytes of a program's uniforms as TensorFlow.js lays them out before its own: NaN, infinity, shapes, strides. */
function uniformBlock(
  tensors: readonly TensorInfo[],
  own: readonly ProgramUniform[],
): Pick<Launch, 'uniforms' | 'offsets'> {
  const shapes = tensors.flatMap(({ shape }) => [shape, util.computeStrides(shape)]);
  const fields = [
    { name: '', type: 'float32', data: [Number.NaN] },
    { name: '', type: 'float32', data: [Number.POSITIVE_INFINITY] },
    ...shapes.map((data) => ({ name: '', type: 'int32', data: data.length > 0 ? data : [1] })),
    ...own,
  ];
  const offsets = new Map<string, number>();
  let [end, widest] = [0, 4];
  const starts = fields.map(({ name, data }) => {
    // WGSL aligns a vector of three like one of four.
    const alignment = data.length > 2 ? 16 : 4 * data.length;
    const start = Math.ceil(end / alignment) * alignment;
    widest = Math.max(widest, alignment);
    end = start + 4 * data.length;
    if (name !== '') offsets.set(name, start);
    return start;
  });
  const block = new DataView(new ArrayBuffer(Math.ceil(end / widest) * widest));
  fields.forEach(({ type, data }, index) => {
    data.forEach((value, i) => {
      const at = (starts[index] ?? 0) + 4 * i;
      if (type === 'float32') block.setFloat32(at, value, true);
      else block.setUint32(at, value, true);
    });
  });
  return { uniforms: block.buffer, offsets };
}

/** Registers the kernels with TensorFlow.js once per process. */
export function registerKernels(): void {
  for (const kernelName of KERNEL_NAMES) {
    if (getKernel(kernelName, 'webgpu')) continue;
    registerKernel({
      kernelName,
      backendName: 'webgpu',
      kernelFunc: ({ inputs, attrs, backend }): TensorInfo =>
        launch(backend as WebGPUBackend, attrs as unknown as KernelAttributes, inputs as Operands),
    });
  }
}

export function tensorShape(shape: readonly number[], dtype: Dtype): number[] {
  return dtype === 'complex' ? [sizeOf(shape), 2] : [sizeOf(shape)];
}

/** WGSL element type of an array. */
export function wgslType(dtype: Dtype): string {
  return dtype === 'complex' ? 'vec2<f32>' : 'f32';
}

function declareUniform(uniform: Uniform): string {
  const n = uniform.value.length;
  return `${uniform.name} : ${n === 1 ? uniform.type : `vec${n}<${uniform.type}>`},`;
}

/** Calls of one thread lie `threads` apart, so that neighbouring threads touch neighbouring samples. */
function mainFunction(repeats: number): string {
  const guarded = Array.from(
    { length: repeats },
    (_, repeat) => `if (g + ${repeat}u * uniforms.threads < uniforms.calls) {
      compute(g + ${repeat}u * uniforms.threads);
    }`,
  );
  return `fn main(index : i32) {
    let g = u32(index);
    if (g < uniforms.threads) { ${guarded.join('\n')} }
  }`;
}

/** What TensorFlow.js needs to know of a program, in its own words. */
function program(
  spec: ProgramSpec,
  outputShape: readonly number[],
  uniforms: readonly Uniform[],
  work: { readonly size: number; readonly groups: number; readonly main: string },
): KernelAttributes {
  const names = Object.keys(spec.inputs);
  return {
    program: {
      shaderKey: [spec.kernel, spec.key, ...Object.values(spec.inputs), spec.output].join(':'),
      variableNames: names,
      variableComponents: names.map((name) => (spec.inputs[name] === 'complex' ? 2 : 1)),
      outputComponent: spec.output === 'complex' ? 2 : 1,
      outputShape: tensorShape(outputShape, spec.output),
      uniforms: uniforms.map(declareUniform).join(' '),
      workgroupSize: [work.size, 1, 1],
      // TensorFlow.js folds a first dimension above the device limit into two or three and passes the flat index.
      dispatchLayout: { x: [0] },
      dispatch: [work.groups, 1, 1],
      getUserCode: () => `${spec.code()}\n${work.main}`,
    },
    uniforms: uniforms.map((uniform) => ({
      name: uniform.name,
      type: uniform.type === 'u32' ? 'uint32' : 'float32',
      data: [...uniform.value],
    })),
  };
}

function run(spec: ProgramSpec, inputs: Readonly<Record<string, Tensor>>, how: KernelAttributes): Tensor {
  return engine().runKernel(spec.kernel, inputs, how as unknown as NamedAttrMap) as Tensor;
}

/**
 * Runs `spec` for g = 0 … calls-1 and returns a new tensor of `outputShape`.
 * @param inputs tensors by the names that the program declares.
 * @param uniforms values visible as `uniforms.<name>`; names and lengths must follow from `spec.key`.
 */
export function runProgram(
  spec: ProgramSpec,
  inputs: Readonly<Record<string, Tensor>>,
  outputShape: readonly number[],
  calls: number,
  uniforms: readonly Uniform[],
): Tensor {
  return run(spec, inputs, flatProgram(spec, outputShape, calls, uniforms));
}

/** The same with an existing tensor as `result`, which the program reads and changes. */
export function runInPlace(
  spec: ProgramSpec,
  inputs: Readonly<Record<string, Tensor>>,
  target: Tensor,
  calls: number,
  uniforms: readonly Uniform[],
): void {
  launch(
    engine().backend as WebGPUBackend,
    flatProgram(spec, [target.size], calls, uniforms),
    inputs,
    target,
  );
}

function flatProgram(
  spec: ProgramSpec,
  outputShape: readonly number[],
  calls: number,
  uniforms: readonly Uniform[],
): KernelAttributes {
  const repeats = spec.isLight ? LIGHT_REPEATS : 1;
  const threads = Math.ceil(calls / repeats);
  const all: readonly Uniform[] = [
    { name: 'calls', type: 'u32', value: [calls] },
    { name: 'threads', type: 'u32', value: [threads] },
    ...uniforms,
  ];
  const groups = Math.ceil(threads / WORKGROUP_SIZE);
  return program(spec, outputShape, all, { size: WORKGROUP_SIZE, groups, main: mainFunction(repeats) });
}

/**
 * Runs a program whose threads work together: `spec.code` declares `fn compute(group: u32, thread: u32)`, which
 * every thread of every workgroup calls, also of the surplus workgroups that a folded dispatch has.
 * @param size threads per workgroup, part of the pipeline's key.
 */
export function runGroups(
  spec: ProgramSpec,
  inputs: Readonly<Record<string, Tensor>>,
  outputShape: readonly number[],
  { groups, size }: { readonly groups: number; readonly size: number },
  uniforms: readonly Uniform[],
): Tensor {
  const main = `fn main(index : i32) { compute(u32(index) / ${size}u, localIndex); }`;
  return run(spec, inputs, program(spec, outputShape, uniforms, { size, groups, main }));
}
