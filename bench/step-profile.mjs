/**
 * What a step costs, kernel by kernel: one value pass, one Jacobian pass (forward mode) and one gradient (reverse
 * mode) of the examples, and a field chain (phase mask, free space, camera, loss) at several sizes, on WebAssembly.
 * Prints a table; medians are not needed to see which kernel takes the time, so it gives means over the passes.
 *
 * Run: node bench/step-profile.mjs [--passes 12]
 */
import { parseArgs } from 'node:util';
import { sources } from './support.mjs';

const { values: options } = parseArgs({ options: { passes: { type: 'string', default: '12' } } });
const PASSES = Number(options.passes);

const { load, close } = await sources();
const { createWasmKernels } = await load('/src/workers/wasm/wasmKernels.ts');
const { Ops } = await load('/src/optics/ops/ops.ts');
const { parameterScalar, constantScalar } = await load('/src/optics/ops/scalar.ts');
const { propagate } = await load('/src/optics/propagation/angularSpectrum.ts');
const { examples } = await load('/src/graph/examples/index.ts');
const { registry } = await load('/src/graph/catalogue.ts');
const { compile } = await load('/src/graph/compile.ts');
const { expandLearnables } = await load('/src/graph/learnables.ts');
const { GraphRunner } = await load('/src/graph/execute.ts');
const { HostImages } = await load('/src/workers/hostImages.ts');
const { FitProblem } = await load('/src/workers/fit/fitProblem.ts');

/** The kernels with a clock on each function. */
function clocked(kernels) {
  const spent = new Map();
  const proxy = new Proxy(kernels, {
    get(target, name) {
      const value = target[name];
      if (typeof value !== 'function') return value;
      return (...args) => {
        const start = performance.now();
        const result = value.apply(target, args);
        const known = spent.get(name) ?? { milliseconds: 0, calls: 0 };
        known.milliseconds += performance.now() - start;
        known.calls++;
        spent.set(name, known);
        return result;
      };
    },
  });
  return { proxy, spent };
}

async function profile(title, { proxy, spent }, pass) {
  for (let i = 0; i < 4; i++) await pass(proxy);
  spent.clear();
  const start = performance.now();
  for (let i = 0; i < PASSES; i++) await pass(proxy);
  const whole = (performance.now() - start) / PASSES;
  const rows = [...spent].sort((p, q) => q[1].milliseconds - p[1].milliseconds);
  const inKernels = rows.reduce((sum, [, { milliseconds }]) => sum + milliseconds, 0) / PASSES;
  console.log(`${title}: ${whole.toFixed(2)} ms, ${inKernels.toFixed(2)} of it in kernels`);
  const shown = rows.filter(([, { milliseconds }]) => milliseconds / PASSES > 0.01 * whole);
  for (const [name, { milliseconds, calls }] of shown) {
    console.log(`  ${name.padEnd(16)} ${(milliseconds / PASSES).toFixed(3)} ms in ${calls / PASSES} calls`);
  }
}

/** A Zernike-like phase mask with `slots` unknowns on a field, over a distance, on a camera, against data. */
function chain(ops, n, slots, padding, mode) {
  const noise = (count, seed) =>
    Float64Array.from({ length: count }, (_, i) => Math.sin(seed + i * 12.9898) / 2);
  const basis = ops.constant(`basis${n}`, [slots, n, n], 'real', () => noise(slots * n * n, 1));
  const light = ops.constant(`light${n}`, [n, n], 'complex', () => noise(2 * n * n, 2));
  const data = ops.constant(`data${n}`, [n, n], 'real', () => noise(n * n, 3));
  ops.mode = mode;
  const phase = ops.combine(
    basis,
    Array.from({ length: slots }, (_, i) => parameterScalar(0.1, i)),
  );
  const field = ops.multiply(light, ops.phasor(phase));
  const medium = { wavelength: constantScalar(532e-9), refractiveIndex: constantScalar(1) };
  const moved = propagate(ops, field, constantScalar(4e-6), medium, constantScalar(5e-3), padding);
  const residual = ops.subtract(ops.absSquared(moved), data);
  const loss = ops.sum(ops.multiply(residual, residual), [0, 1]);
  ops.mode = 'value';
  return loss;
}

const clock = clocked(await createWasmKernels());
for (const { id, design } of examples) {
  const ops = new Ops(clock.proxy);
  const images = new HostImages(ops, registry);
  const runner = new GraphRunner(ops, images.get);
  await images.resolve(design);
  const plan = compile(design, registry);
  const learnables = expandLearnables(design, registry, plan.planes);
  if (learnables.length === 0) continue;
  const problem = await FitProblem.create(runner, plan, learnables);
  // Alternating points, so that nothing is remembered from the pass before.
  let flip = 0;
  const point = () => {
    flip = 1 - flip;
    return new Float64Array(learnables.length).fill(0.01 * flip);
  };
  await profile(`${id} value`, clock, () => problem.merit(point()));
  await profile(`${id} Jacobian (${learnables.length})`, clock, () => problem.normalEquations(point()));
  await profile(`${id} gradient`, clock, () => problem.lossGradient(point()));
}
for (const [n, padding] of [
  [256, 1],
  [256, 2],
  [512, 1],
]) {
  const ops = new Ops(clock.proxy);
  for (const mode of ['value', 'reverse']) {
    await profile(`field chain ${n}, padding ${padding}, ${mode}`, clock, async () => {
      const scope = ops.open();
      const loss = chain(ops, n, 1, padding, mode);
      if (mode === 'reverse') await ops.gradient(loss, 1);
      else await ops.read([loss]);
      ops.close(scope);
    });
  }
}
await close();
