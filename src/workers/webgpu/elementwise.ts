/** Programs that compute one output sample per thread: broadcasting arithmetic, phasors, padding and cropping. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { broadcastShape, broadcastStrides, type Dtype, sizeOf } from '../../optics/ops/kernels.ts';
import { runProgram, type Uniform, type WebgpuArray, wgslType } from './program.ts';

/** A loop axis shared by two operands, outermost first; a stride of 0 repeats the operand. */
export interface PairAxis {
  readonly length: number;
  readonly strideA: number;
  readonly strideB: number;
}

/** Fewest loop axes that describe a broadcast: neighbouring axes merge where both operands step evenly. */
export function mergeAxes(
  outShape: readonly number[],
  shapeA: readonly number[],
  shapeB: readonly number[],
): PairAxis[] {
  const stridesA = broadcastStrides(shapeA, outShape);
  const stridesB = broadcastStrides(shapeB, outShape);
  const merged: PairAxis[] = [];
  outShape.forEach((length, axis) => {
    if (length === 1) return;
    const next: PairAxis = { length, strideA: stridesA[axis] ?? 0, strideB: stridesB[axis] ?? 0 };
    const last = merged.at(-1);
    if (last && last.strideA === next.strideA * length && last.strideB === next.strideB * length) {
      merged[merged.length - 1] = { ...next, length: last.length * length };
    } else {
      merged.push(next);
    }
  });
  return merged.length > 0 ? merged : [{ length: 1, strideA: 0, strideB: 0 }];
}

/** WGSL that turns the flat index `rest` into offsets `ia` and `ib` along `rank` merged axes. */
export function pairOffsets(rank: number): string {
  let code = 'var ia = 0u; var ib = 0u;';
  for (let axis = rank - 1; axis > 0; axis--) {
    code += `{
      let size = uniforms.axis${axis};
      let quotient = rest / size.x;
      let coordinate = rest - quotient * size.x;
      ia += coordinate * size.y; ib += coordinate * size.z;
      rest = quotient;
    }`;
  }
  return `${code} ia += rest * uniforms.axis0.y; ib += rest * uniforms.axis0.z;`;
}

export function pairUniforms(axes: readonly PairAxis[]): Uniform[] {
  return axes.map(({ length, strideA, strideB }, index) => ({
    name: `axis${index}`,
    type: 'u32',
    value: [length, strideA, strideB, 0],
  }));
}

export type BinaryName =
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'squareRoot'
  | 'multiplyConjugate'
  | 'realInner'
  | 'imaginaryInner'
  | 'poissonDeviance'
  | 'poissonSlope';

/** log(data/model) loses digits where the two are close, so the deviance is a series there (see below). */
const POISSON_DEVIANCE = `
  fn deviance(model : f32, data : f32) -> f32 {
    let m = select(model, 1e-6, model < 1e-6);
    // With s = (d-m)/(d+m): m - d + d ln(d/m) = 2 m s² (1 + s (1+s) T) / (1-s), T = 1/3 + s²/5 + s⁴/7 + …
    let s = (data - m) / (data + m);
    if (abs(s) < 0.34) {
      let z = s * s;
      let t = 1.0 / 3.0 + z * (1.0 / 5.0 + z * (1.0 / 7.0 + z * (1.0 / 9.0 + z * (1.0 / 11.0 +
        z * (1.0 / 13.0 + z * (1.0 / 15.0))))));
      return 2.0 * m * z * (1.0 + s * (1.0 + s) * t) / (1.0 - s);
    }
    if (data <= 0.0) { return m - data; }
    return m - data + data * log(data / m);
  }`;

/** d/d model of the deviance, (m - d)/m, which unlike 1 - d/m keeps its digits near the minimum. */
const POISSON_SLOPE = `
  fn slope(model : f32, data : f32) -> f32 {
    let m = select(model, 1e-6, model < 1e-6);
    return (m - data) / m;
  }`;

function multiplyExpression(a: Dtype, b: Dtype, conjugate: boolean): string {
  if (b === 'real') return 'va * vb';
  const sign = conjugate ? '-' : '';
  if (a === 'real') return `vec2<f32>(va * vb.x, ${sign}(va * vb.y))`;
  return conjugate
    ? 'vec2<f32>(va.x * vb.x + va.y * vb.y, va.y * vb.x - va.x * vb.y)'
    : 'vec2<f32>(va.x * vb.x - va.y * vb.y, va.x * vb.y + va.y * vb.x)';
}

function binaryExpression(name: BinaryName, a: Dtype, b: Dtype): string {
  switch (name) {
    case 'add':
      return 'va + vb';
    case 'subtract':
      return 'va - vb';
    case 'multiply':
      return multiplyExpression(a, b, false);
    case 'divide':
      return 'va / vb';
    case 'squareRoot':
      return 'sqrt(va)';
    case 'multiplyConjugate':
      return multiplyExpression(a, b, true);
    case 'realInner':
      return 'va.x * vb.x + va.y * vb.y';
    case 'imaginaryInner':
      return 'va.x * vb.y - va.y * vb.x';
    case 'poissonDeviance':
      return 'deviance(va, vb)';
    case 'poissonSlope':
      return 'slope(va, vb)';
  }
}

function binaryHelpers(name: BinaryName): string {
  if (name === 'poissonDeviance') return POISSON_DEVIANCE;
  return name === 'poissonSlope' ? POISSON_SLOPE : '';
}

function binaryOutput(name: BinaryName, a: Dtype, b: Dtype): Dtype {
  if (name === 'realInner' || name === 'imaginaryInner') return 'real';
  return a === 'complex' || b === 'complex' ? 'complex' : 'real';
}

/** Elementwise operation of two arrays with NumPy broadcasting. */
export function binary(name: BinaryName, a: WebgpuArray, b: WebgpuArray): WebgpuArray {
  const shape = broadcastShape(a.shape, b.shape);
  const axes = mergeAxes(shape, a.shape, b.shape);
  const dtype = binaryOutput(name, a.dtype, b.dtype);
  const tensor = runProgram(
    {
      kernel: 'LuminodeBinary',
      key: `${name}:${axes.length}`,
      inputs: { a: a.dtype, b: b.dtype },
      output: dtype,
      isLight: true,
      code: () => `${binaryHelpers(name)}
        fn compute(g : u32) {
          var rest = g;
          ${pairOffsets(axes.length)}
          let va = a[ia];
          let vb = b[ib];
          result[g] = ${binaryExpression(name, a.dtype, b.dtype)};
        }`,
    },
    { a: a.tensor, b: b.tensor },
    shape,
    sizeOf(shape),
    pairUniforms(axes),
  );
  return { shape, dtype, tensor };
}

export function scale(a: WebgpuArray, factor: number): WebgpuArray {
  const tensor = runProgram(
    {
      kernel: 'LuminodeUnary',
      key: 'scale',
      inputs: { a: a.dtype },
      output: a.dtype,
      isLight: true,
      code: () => 'fn compute(g : u32) { result[g] = uniforms.factor * a[g]; }',
    },
    { a: a.tensor },
    a.shape,
    sizeOf(a.shape),
    [{ name: 'factor', type: 'f32', value: [factor] }],
  );
  return { shape: a.shape, dtype: a.dtype, tensor };
}

export function absSquared(u: WebgpuArray): WebgpuArray {
  const tensor = runProgram(
    {
      kernel: 'LuminodeUnary',
      key: 'absSquared',
      inputs: { u: 'complex' },
      output: 'real',
      isLight: true,
      code: () => 'fn compute(g : u32) { let v = u[g]; result[g] = v.x * v.x + v.y * v.y; }',
    },
    { u: u.tensor },
    u.shape,
    sizeOf(u.shape),
    [],
  );
  return { shape: u.shape, dtype: 'real', tensor };
}

/**
 * exp(i·phase) without the built-in sin and cos, which WGSL specifies to 2^-11 only, inside [-π, π] only.
 *
 * The argument m·2^(e) is reduced with integers: a shader compiler may reorder float operations, which would
 * undo a Cody-Waite reduction, but not integer ones. m (24 bits) times 1/(2π) as a 64-bit fraction gives the
 * turns; their 32 fractional bits are split into a quadrant and an angle within ±π/4, for
 * which the Taylor polynomials below leave less than 2e-9.
 */
const PHASOR = `
  // High and low word of a 32 by 32 bit product.
  fn wideProduct(a : u32, b : u32) -> vec2<u32> {
    let a0 = a & 0xffffu; let a1 = a >> 16u;
    let b0 = b & 0xffffu; let b1 = b >> 16u;
    let low = a0 * b0;
    let middle = a1 * b0 + (low >> 16u);
    let cross = a0 * b1 + (middle & 0xffffu);
    return vec2<u32>(a1 * b1 + (middle >> 16u) + (cross >> 16u), (cross << 16u) | (low & 0xffffu));
  }

  fn phasor(x : f32) -> vec2<f32> {
    let bits = bitcast<u32>(x);
    let exponent = (bits >> 23u) & 0xffu;
    // At 2^24 rad and above (and for NaN) neighbouring floats are more than a turn apart: no phase exists.
    if (exponent > 150u) { return vec2<f32>(uniforms.NAN, uniforms.NAN); }
    var angle = abs(x);
    var quadrant = 0u;
    if (exponent >= 126u) {
      let mantissa = (bits & 0x7fffffu) | 0x800000u;
      let shift = 150u - exponent;
      let high = wideProduct(mantissa, 0x28be60dbu);
      let low = wideProduct(mantissa, 0x9391054au);
      // Bits 32 to 95 of turns·2^(64 + shift); the word below them is under 2^-32 of a turn.
      let w1 = low.x + high.y;
      let w2 = high.x + select(0u, 1u, w1 < low.x);
      var fraction = w1;
      if (shift > 0u) { fraction = (w1 >> shift) | (w2 << (32u - shift)); }
      quadrant = (fraction + 0x20000000u) >> 30u;
      angle = f32(bitcast<i32>(fraction - (quadrant << 30u))) * 1.4629180792671596e-9;
    }
    let z = angle * angle;
    let s = angle + angle * z * (-1.0 / 6.0 + z * (1.0 / 120.0 + z * (-1.0 / 5040.0 + z * (1.0 / 362880.0))));
    let c = 1.0 + z * (-0.5 + z * (1.0 / 24.0 + z * (-1.0 / 720.0 + z * (1.0 / 40320.0 + z * (-1.0 / 3628800.0)))));
    var value = vec2<f32>(c, s);
    if ((quadrant & 1u) == 1u) { value = vec2<f32>(-value.y, value.x); }
    if ((quadrant & 2u) == 2u) { value = -value; }
    if (x < 0.0) { value.y = -value.y; }
    return value;
  }`;

export function phasor(phase: WebgpuArray): WebgpuArray {
  const tensor = runProgram(
    {
      kernel: 'LuminodePhasor',
      key: '',
      inputs: { phase: 'real' },
      output: 'complex',
      isLight: true,
      code: () => `${PHASOR} fn compute(g : u32) { result[g] = phasor(phase[g]); }`,
    },
    { phase: phase.tensor },
    phase.shape,
    sizeOf(phase.shape),
    [],
  );
  return { shape: phase.shape, dtype: 'complex', tensor };
}

/** Zero-pads or crops the last two axes, keeping sample floor(N/2) at floor(N'/2). */
export function resize(a: WebgpuArray, ny: number, nx: number): WebgpuArray {
  const [oldNy = 1, oldNx = 1] = a.shape.slice(-2);
  const shape = [...a.shape.slice(0, -2), ny, nx];
  const zero = `${wgslType(a.dtype)}(0.0)`;
  const tensor: Tensor = runProgram(
    {
      kernel: 'LuminodeResize',
      key: '',
      inputs: { a: a.dtype },
      output: a.dtype,
      isLight: true,
      // The shift is taken modulo 2^32, so that an index below 0 wraps far above the old size.
      code: () => `
        fn compute(g : u32) {
          let line = g / uniforms.size.y;
          let x = g - line * uniforms.size.y + uniforms.shift.y;
          let plane = line / uniforms.size.x;
          let y = line - plane * uniforms.size.x + uniforms.shift.x;
          var value = ${zero};
          if (x < uniforms.old.y && y < uniforms.old.x) {
            value = a[(plane * uniforms.old.x + y) * uniforms.old.y + x];
          }
          result[g] = value;
        }`,
    },
    { a: a.tensor },
    shape,
    sizeOf(shape),
    [
      { name: 'size', type: 'u32', value: [ny, nx] },
      { name: 'old', type: 'u32', value: [oldNy, oldNx] },
      {
        name: 'shift',
        type: 'u32',
        value: [
          (Math.floor(oldNy / 2) - Math.floor(ny / 2)) >>> 0,
          (Math.floor(oldNx / 2) - Math.floor(nx / 2)) >>> 0,
        ],
      },
    ],
  );
  return { shape, dtype: a.dtype, tensor };
}
