/**
 * Sums in stages without barriers: each thread adds some hundred samples at most, in blocks of 8, and stages
 * repeat until one value per output is left. One workgroup per output, the usual scheme, leaves a GPU idle
 * for a sum over everything and wastes a workgroup per pixel for a sum over two samples.
 * The depth of the adding tree keeps the rounding error near that of pairwise summation.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { type Dtype, sizeOf } from '../../optics/ops/kernels.ts';
import { runProgram, type Uniform, type WebgpuArray, wgslType } from './program.ts';

/** Fewest and most terms of a thread: fewer cost stages, more cost digits. */
const FAN_IN = { least: 64, most: 512 };
/** Threads that keep a device busy; beyond that they had better add more terms each. */
const WANTED_THREADS = 4096;

/** Partial sums per output. */
function partsOf(terms: number, outputs: number): number {
  const share = Math.ceil((terms * outputs) / WANTED_THREADS);
  return Math.ceil(terms / Math.min(FAN_IN.most, Math.max(FAN_IN.least, share)));
}

/** A loop axis of one array. */
interface Axis {
  readonly length: number;
  readonly stride: number;
}

interface Reduction {
  /** Axes that stay, outermost first. */
  readonly kept: readonly Axis[];
  readonly reduced: readonly Axis[];
}

function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

function mergeNeighbours(axes: readonly Axis[]): Axis[] {
  const merged: Axis[] = [];
  for (const axis of axes) {
    if (axis.length === 1) continue;
    const last = merged.at(-1);
    if (last && last.stride === axis.stride * axis.length) {
      merged[merged.length - 1] = { length: last.length * axis.length, stride: axis.stride };
    } else {
      merged.push(axis);
    }
  }
  return merged.length > 0 ? merged : [{ length: 1, stride: 0 }];
}

export function planReduction(shape: readonly number[], axes: readonly number[]): Reduction {
  const strides = rowMajorStrides(shape);
  const wanted = new Set(axes.map((axis) => (axis < 0 ? axis + shape.length : axis)));
  const all = shape.map((length, axis) => ({ length, stride: strides[axis] ?? 1, wanted: wanted.has(axis) }));
  return {
    kept: mergeNeighbours(all.filter((axis) => !axis.wanted)),
    reduced: mergeNeighbours(all.filter((axis) => axis.wanted)),
  };
}

/** WGSL function from a flat index along `axes` to an offset. */
function offsetFunction(name: string, count: number): string {
  let code = '';
  for (let axis = count - 1; axis > 0; axis--) {
    code += `{
      let size = uniforms.${name}${axis};
      let quotient = rest / size.x;
      offset += (rest - quotient * size.x) * size.y;
      rest = quotient;
    }`;
  }
  return `fn ${name}Offset(index : u32) -> u32 {
    var rest = index; var offset = 0u;
    ${code}
    return offset + rest * uniforms.${name}0.y;
  }`;
}

function axisUniforms(name: string, axes: readonly Axis[]): Uniform[] {
  return axes.map(({ length, stride }, index) => ({
    name: `${name}${index}`,
    type: 'u32',
    value: [length, stride],
  }));
}

/** Terms that are written out in a row; also the depth of the inner sum. */
const UNROLLED = 8;

/**
 * WGSL function that adds term(base, j) for j = part, part + parts, … below `uniforms.terms`: rows of 8 written out as a
 * tree, then what is left one by one.
 */
function accumulate(dtype: Dtype, term: string): string {
  const type = wgslType(dtype);
  const terms = Array.from({ length: UNROLLED }, (_, step) => `term(base, j + ${step}u * uniforms.parts)`);
  const tree = (values: readonly string[]): string =>
    values.length === 1
      ? (values[0] ?? '')
      : `(${tree(values.slice(0, values.length / 2))} + ${tree(values.slice(values.length / 2))})`;
  return `
    fn term(base : u32, j : u32) -> ${type} { ${term} }
    fn accumulate(base : u32, part : u32) -> ${type} {
      var total = ${type}(0.0);
      var j = part;
      while (j + ${UNROLLED - 1}u * uniforms.parts < uniforms.terms) {
        total += ${tree(terms)};
        j += ${UNROLLED}u * uniforms.parts;
      }
      var rest = ${type}(0.0);
      while (j < uniforms.terms) {
        rest += term(base, j);
        j += uniforms.parts;
      }
      return total + rest;
    }`;
}

function stage(input: Tensor, dtype: Dtype, plan: Reduction): { tensor: Tensor; parts: number } {
  const outputs = sizeOf(plan.kept.map((axis) => axis.length));
  const terms = sizeOf(plan.reduced.map((axis) => axis.length));
  const parts = partsOf(terms, outputs);
  const tensor = runProgram(
    {
      kernel: 'LuminodeReduce',
      key: `${plan.kept.length}:${plan.reduced.length}`,
      inputs: { a: dtype },
      output: dtype,
      code: () => `
        ${offsetFunction('kept', plan.kept.length)}
        ${offsetFunction('reduced', plan.reduced.length)}
        ${accumulate(dtype, 'return a[base + reducedOffset(j)];')}
        fn compute(g : u32) {
          let output = g / uniforms.parts;
          result[g] = accumulate(keptOffset(output), g - output * uniforms.parts);
        }`,
    },
    { a: input },
    [outputs, parts],
    outputs * parts,
    [
      { name: 'terms', type: 'u32', value: [terms] },
      { name: 'parts', type: 'u32', value: [parts] },
      ...axisUniforms('kept', plan.kept),
      ...axisUniforms('reduced', plan.reduced),
    ],
  );
  return { tensor, parts };
}

/** Adds the rows of partial sums [outputs, parts] until one column is left; disposes `partial`. */
function finish(partial: Tensor, dtype: Dtype, outputs: number, parts: number): Tensor {
  let current = { tensor: partial, parts };
  while (current.parts > 1) {
    const next = stage(current.tensor, dtype, planReduction([outputs, current.parts], [1]));
    current.tensor.dispose();
    current = next;
  }
  return current.tensor;
}

export function sum(a: WebgpuArray, axes: readonly number[]): WebgpuArray {
  const wanted = new Set(axes.map((axis) => (axis < 0 ? axis + a.shape.length : axis)));
  const shape = a.shape.map((length, axis) => (wanted.has(axis) ? 1 : length));
  const first = stage(a.tensor, a.dtype, planReduction(a.shape, axes));
  return { shape, dtype: a.dtype, tensor: finish(first.tensor, a.dtype, sizeOf(shape), first.parts) };
}

/** Σ over all samples of basis[j]·map, for each j. */
export function project(basis: WebgpuArray, map: WebgpuArray): WebgpuArray {
  const [count = 1] = basis.shape;
  const terms = sizeOf(basis.shape) / count;
  if (sizeOf(map.shape) !== terms) {
    throw new Error(`The map [${map.shape.join(', ')}] does not fit the basis [${basis.shape.join(', ')}].`);
  }
  const parts = partsOf(terms, count);
  const partial = runProgram(
    {
      kernel: 'LuminodeProject',
      key: '',
      inputs: { basis: 'real', map: 'real' },
      output: 'real',
      code: () => `
        ${accumulate('real', 'return basis[base + j] * map[j];')}
        fn compute(g : u32) {
          let output = g / uniforms.parts;
          result[g] = accumulate(output * uniforms.terms, g - output * uniforms.parts);
        }`,
    },
    { basis: basis.tensor, map: map.tensor },
    [count, parts],
    count * parts,
    [
      { name: 'terms', type: 'u32', value: [terms] },
      { name: 'parts', type: 'u32', value: [parts] },
    ],
  );
  return { shape: [count], dtype: 'real', tensor: finish(partial, 'real', count, parts) };
}

/** Σ_j coefficients[j]·basis[j]; the coefficients are a tensor of shape [J]. */
export function combine(basis: WebgpuArray, coefficients: Tensor): WebgpuArray {
  const [count = 1, ...shape] = basis.shape;
  if (coefficients.size !== count) {
    throw new Error(`${coefficients.size} coefficients do not fit the basis [${basis.shape.join(', ')}].`);
  }
  const samples = sizeOf(shape);
  const tensor = runProgram(
    {
      kernel: 'LuminodeCombine',
      key: '',
      inputs: { basis: 'real', coefficients: 'real' },
      output: 'real',
      code: () => `
        ${accumulate('real', 'return coefficients[j] * basis[base + j * uniforms.samples];')}
        fn compute(g : u32) { result[g] = accumulate(g, 0u); }`,
    },
    { basis: basis.tensor, coefficients },
    shape,
    samples,
    [
      { name: 'terms', type: 'u32', value: [count] },
      { name: 'parts', type: 'u32', value: [1] },
      { name: 'samples', type: 'u32', value: [samples] },
    ],
  );
  return { shape, dtype: 'real', tensor };
}
