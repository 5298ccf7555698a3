/** A quick check, at start, that this adapter and its shader compiler compute what they should. */
import { centredFourierLine } from '../../optics/ops/fourier.f64.ts';
import { createFloat64Kernels } from '../../optics/ops/kernels.f64.ts';
import { composedFilter2, type DeviceArray, filter2, type Kernels } from '../../optics/ops/kernels.ts';

export interface SelfTestReport {
  readonly ok: boolean;
  /** Largest error in units of its limit; above 1 means failure, Infinity means NaN or a device fault. */
  readonly worst: number;
  /** One sentence for the log: which kernel was worst and by how much, or what fault occurred. */
  readonly detail: string;
}

interface Probe {
  readonly kernel: string;
  readonly actual: DeviceArray;
  readonly expected: readonly number[];
  /** Largest allowed absolute error. */
  readonly limit: number;
}

/** Numbers without symmetry, so that a wrong index or sign cannot cancel. */
function pattern(count: number, step: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => Math.sin(step * (index + 1) ** 1.5));
}

function hostFourier(u: Float32Array, ny: number, nx: number): number[] {
  const result = Float64Array.from(u);
  for (let y = 0; y < ny; y++) {
    result.set(centredFourierLine(result.subarray(2 * y * nx, 2 * (y + 1) * nx), -1), 2 * y * nx);
  }
  const column = new Float64Array(2 * ny);
  for (let x = 0; x < nx; x++) {
    const at = (y: number, part: number) => 2 * (y * nx + x) + part;
    for (let index = 0; index < 2 * ny; index++) column[index] = result[at(index >> 1, index & 1)] ?? 0;
    const spectrum = centredFourierLine(column, -1);
    for (let index = 0; index < 2 * ny; index++) result[at(index >> 1, index & 1)] = spectrum[index] ?? 0;
  }
  return [...result];
}

/** a [rows, n] times the conjugate transpose of itself. */
function hostGram(a: Float32Array, rows: number, n: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) {
      let [re, im] = [0, 0];
      for (let k = 0; k < n; k++) {
        const [ar, ai] = [a[2 * (i * n + k)] ?? 0, a[2 * (i * n + k) + 1] ?? 0];
        const [br, bi] = [a[2 * (j * n + k)] ?? 0, a[2 * (j * n + k) + 1] ?? 0];
        re += ar * br + ai * bi;
        im += ai * br - ar * bi;
      }
      result.push(re, im);
    }
  }
  return result;
}

/** u [ny, nx] convolved in a window of twice its sides, through float64. */
function hostFilter(u: Float32Array, transfer: Float32Array, ny: number, nx: number): number[] {
  const kernels = createFloat64Kernels();
  const field = kernels.upload(u, [ny, nx], 'complex');
  return [...composedFilter2(kernels, field, kernels.upload(transfer, [2 * ny, 2 * nx], 'complex')).data];
}

/** Σ_j c_j·basis[j] and, for each j, Σ basis[j]·map. */
function hostBases(basis: Float32Array, coefficients: Float32Array, map: Float32Array) {
  const size = map.length;
  const term = (j: number, i: number) => basis[j * size + i] ?? 0;
  return {
    combined: Array.from(map, (_, i) => coefficients.reduce((sum, c, j) => sum + c * term(j, i), 0)),
    projected: Array.from(coefficients, (_, j) => map.reduce((sum, m, i) => sum + m * term(j, i), 0)),
  };
}

function worstError(actual: ArrayLike<number>, expected: readonly number[]): number {
  let worst = 0;
  expected.forEach((value, index) => {
    const error = Math.abs((actual[index] ?? Number.NaN) - value);
    if (!(error <= worst)) worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  });
  return worst;
}

/** Probes of what turns parameters into arrays and back, and of propagation. */
function launchModel<A extends DeviceArray>(
  kernels: Kernels<A>,
  keep: (array: A) => A,
): (Probe & { actual: A })[] {
  const [ny, nx] = [12, 16];
  const [field, transfer] = [pattern(2 * ny * nx, 0.4), pattern(8 * ny * nx, 0.6)];
  const [basis, coefficients, map] = [pattern(3 * 130, 0.2), pattern(3, 1.1), pattern(130, 0.8)];
  const { combined, projected } = hostBases(basis, coefficients, map);
  const maps = keep(kernels.upload(basis, [3, 130], 'real'));
  const factors = keep(kernels.upload(coefficients, [3], 'real'));
  const u = keep(kernels.upload(field, [ny, nx], 'complex'));
  const response = keep(kernels.upload(transfer, [2 * ny, 2 * nx], 'complex'));
  return [
    {
      kernel: 'filter2',
      actual: keep(filter2(kernels, u, response)),
      expected: hostFilter(field, transfer, ny, nx),
      limit: 5e-6,
    },
    {
      kernel: 'combine',
      actual: keep(kernels.combine(maps, factors)),
      expected: combined,
      limit: 2e-6,
    },
    // 130 terms.
    {
      kernel: 'project',
      actual: keep(kernels.project(maps, keep(kernels.upload(map, [130], 'real')))),
      expected: projected,
      limit: 2e-5,
    },
  ];
}

/** Runs the probes; every array that it makes is appended to `arrays`. */
function launch<A extends DeviceArray>(kernels: Kernels<A>, arrays: A[]): (Probe & { actual: A })[] {
  const keep = (array: A): A => {
    arrays.push(array);
    return array;
  };
  const [ny, nx] = [16, 12];
  const field = pattern(2 * ny * nx, 0.7);
  // Every value is a float32; up to 1e4 rad the reduction must be exact.
  const phases = Float32Array.from({ length: 257 }, (_, index) => (index - 128) * 78.03125);
  const matrix = pattern(2 * 9 * 35, 0.3);
  const u = keep(kernels.upload(field, [ny, nx], 'complex'));
  const phase = keep(kernels.upload(phases, [257], 'real'));
  const a = keep(kernels.upload(matrix, [9, 35], 'complex'));
  const samples = field.reduce((total, value) => total + value ** 2, 0);
  const wide = pattern(2 * 5 * 64, 0.9);
  const wideField = keep(kernels.upload(wide, [5, 64], 'complex'));
  const power = keep(kernels.absSquared(u));
  const spectrum = keep(kernels.fourier2(u, 'forward'));
  return [
    // Samples of order 1: a few float32 roundings.
    { kernel: 'fourier2', actual: spectrum, expected: hostFourier(field, ny, nx), limit: 5e-6 },
    {
      kernel: 'fourier2 of long lines',
      actual: keep(kernels.fourier2(wideField, 'forward')),
      expected: hostFourier(wide, 5, 64),
      limit: 5e-6,
    },
    {
      kernel: 'inverse fourier2',
      actual: keep(kernels.fourier2(spectrum, 'inverse')),
      expected: [...field],
      limit: 5e-6,
    },
    {
      kernel: 'phasor',
      actual: keep(kernels.phasor(phase)),
      expected: [...phases].flatMap((angle) => [Math.cos(angle), Math.sin(angle)]),
      limit: 5e-7,
    },
    {
      kernel: 'matmul',
      actual: keep(kernels.matmul(a, a, { transposeB: true, conjugateB: true })),
      expected: hostGram(matrix, 9, 35),
      limit: 1e-5,
    },
    // 384 terms that add to about 200.
    { kernel: 'sum', actual: keep(kernels.sum(power, [0, 1])), expected: [samples], limit: 1e-4 },
    ...launchModel(kernels, keep),
  ];
}

/**
 * Compares a handful of kernels with the host. Run it once per device: shader compilers have faults of their
 * own, and a device that fails here must not be used (the engine then computes with WASM).
 */
export async function selfTest<A extends DeviceArray>(kernels: Kernels<A>): Promise<SelfTestReport> {
  const arrays: A[] = [];
  try {
    const probes = launch(kernels, arrays);
    const results = await kernels.readMany(probes.map((probe) => probe.actual));
    let worst = -1;
    let detail = '';
    probes.forEach(({ kernel, expected, limit }, index) => {
      const error = worstError(results[index] ?? [], expected);
      if (error / limit <= worst) return;
      worst = error / limit;
      detail = `The largest error, of ${kernel}, is ${error.toExponential(1)}; ${limit.toExponential(0)} is allowed.`;
    });
    return { ok: worst <= 1, worst, detail };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, worst: Number.POSITIVE_INFINITY, detail: `The self-test could not run: ${reason}` };
  } finally {
    for (const array of arrays) kernels.release(array);
  }
}
