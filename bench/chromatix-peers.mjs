/**
 * Five systems here and in Chromatix (JAX, jit, one core), in interleaved rounds: time of a forward pass and of a
 * gradient of the mean square deviation by eleven coefficients of the phase, and how far the images, losses and
 * gradients differ. The float64 reference says whose difference it is.
 *
 * Run: node bench/chromatix-peers.mjs [--python <path>] [--rounds 3] [--dry: print only]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, median, peerProcess, sources, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
    rounds: { type: 'string', default: '3' },
    dry: { type: 'boolean', default: false },
  },
});
const SECONDS = 0.3;
const N = 256;
/** Lengths in metres. Distances are so short that no frequency has to be cut, as the two cut differently. */
const SETUP = {
  samples: N,
  pitch: 4e-6,
  wavelength: 532e-9,
  modes: Array.from({ length: 11 }, (_, j) => [3 * Math.sin(j + 1), 4 * Math.cos(2 * j), j]),
  coefficients: Array.from({ length: 11 }, (_, j) => 0.3 * Math.sin(3 * j + 1)),
  maskDistance: 10e-3,
  focalLength: 0.1,
  shortFocalLength: 12e-3,
  stopDiameter: 4.0031e-3,
  pupilDiameter: 0.80031e-3,
  aperture: 4.0031e-3,
  defocus: [-40e-3, -20e-3, 0.01e-3, 20e-3, 40e-3],
};

const { load, close } = await sources();
const { createWasmKernels } = await load('/src/workers/wasm/wasmKernels.ts');
const { createFloat64Kernels } = await load('/src/optics/ops/kernels.f64.ts');
const { Ops } = await load('/src/optics/ops/ops.ts');
const { constantScalar, parameterScalar } = await load('/src/optics/ops/scalar.ts');
const { propagate } = await load('/src/optics/propagation/angularSpectrum.ts');

const centred = (i) => i - N / 2;
const air = { wavelength: constantScalar(SETUP.wavelength), refractiveIndex: constantScalar(1) };
const pitch = constantScalar(SETUP.pitch);

function samples(make, complex) {
  const data = new Float64Array((complex ? 2 : 1) * N * N);
  for (let row = 0; row < N; row++) {
    for (let column = 0; column < N; column++) {
      const i = row * N + column;
      const value = make(centred(column), centred(row));
      if (complex) data.set(value, 2 * i);
      else data[i] = value;
    }
  }
  return data;
}

/** 1 within a circle of this diameter on samples `dx` apart. */
const circle = (ops, diameter, dx) =>
  ops.constant(`circle:${diameter}:${dx}`, [N, N], 'real', () =>
    samples((x, y) => (Math.hypot(x, y) * dx <= diameter / 2 ? 1 : 0), false),
  );

/** exp(-i π r² curvature / λ) */
function curved(ops, key, curvatures, shape) {
  return ops.constant(`curved:${key}`, shape, 'complex', () => {
    const planes = curvatures.map((curvature) =>
      samples((x, y) => {
        const phase = (-Math.PI * curvature * (x * x + y * y) * SETUP.pitch ** 2) / SETUP.wavelength;
        return [Math.cos(phase), Math.sin(phase)];
      }, true),
    );
    return Float64Array.from(planes.flatMap((plane) => [...plane]));
  });
}

const modes = (ops) =>
  ops.constant('modes', [SETUP.modes.length, N, N], 'real', () =>
    Float64Array.from(
      SETUP.modes.flatMap(([a, b, c]) => [
        ...samples((x, y) => Math.cos((a * x) / N + (b * y) / N + c), false),
      ]),
    ),
  );

/** A plane wave of amplitude 1 with the modes as its phase. */
const aberrated = (ops, coefficients) => ops.phasor(ops.combine(modes(ops), coefficients));

/** A Fourier lens, but for a constant factor: it cancels with the scale of the image. */
const fourierLens = (ops, u) => ops.fourier2(u, 'forward');

const SYSTEMS = {
  mask: {
    title: 'phase mask, free space (padded)',
    run: (ops, c) => propagate(ops, aberrated(ops, c), pitch, air, constantScalar(SETUP.maskDistance), 2),
  },
  relay: {
    title: '4f relay with a pupil',
    run: (ops, c) => {
      const dx = (SETUP.wavelength * SETUP.focalLength) / (N * SETUP.pitch);
      const pupil = fourierLens(ops, aberrated(ops, c));
      return fourierLens(ops, ops.multiply(circle(ops, SETUP.stopDiameter, dx), pupil));
    },
  },
  lens: {
    title: 'thin lens to its focus (padded)',
    run: (ops, c) => {
      const f = SETUP.shortFocalLength;
      const bent = ops.multiply(curved(ops, 'lens', [1 / f], [N, N]), aberrated(ops, c));
      return propagate(ops, bent, pitch, air, constantScalar(f), 2);
    },
  },
  stack: {
    title: 'defocused PSF, 5 planes',
    run: (ops, c) => {
      const curvatures = SETUP.defocus.map((z) => z / SETUP.focalLength ** 2);
      const source = curved(ops, 'stack', curvatures, [curvatures.length, N, N]);
      const diameter = 2 * SETUP.focalLength * SETUP.aperture;
      const stopped = ops.multiply(circle(ops, diameter, SETUP.pitch), aberrated(ops, c));
      return fourierLens(ops, ops.multiply(source, stopped));
    },
  },
  focus: {
    title: 'aberrated pupil to its focus',
    run: (ops, c) =>
      fourierLens(ops, ops.multiply(circle(ops, SETUP.pupilDiameter, SETUP.pitch), aberrated(ops, c))),
  },
};

class Task {
  constructor(kernels, run) {
    this.ops = new Ops(kernels);
    this.run = run;
  }

  async prepare() {
    const { ops } = this;
    const scope = ops.open();
    const zero = SETUP.coefficients.map(() => constantScalar(0));
    const image = ops.absSquared(this.run(ops, zero));
    const [data] = await ops.read([image]);
    this.scale = data.length / data.reduce((sum, x) => sum + x, 0);
    this.target = ops.constant('target', image.shape, 'real', () =>
      Float64Array.from(data, (x) => x * this.scale),
    );
    ops.close(scope);
  }

  image(mode) {
    const { ops } = this;
    ops.mode = mode;
    const scalars = SETUP.coefficients.map((c, i) => parameterScalar(c, i));
    const image = ops.scale(ops.absSquared(this.run(ops, scalars)), this.scale);
    ops.mode = 'value';
    return image;
  }

  /** The image, read as a user of Chromatix would have it. */
  async forward() {
    const scope = this.ops.open();
    const [data] = await this.ops.read([this.image('value')]);
    this.ops.close(scope);
    return data;
  }

  async gradient() {
    const { ops } = this;
    const scope = ops.open();
    const image = this.image('reverse');
    ops.mode = 'reverse';
    const residual = ops.subtract(image, this.target);
    const squares = ops.multiply(residual, residual);
    const total = ops.sum(
      squares,
      image.shape.map((_, axis) => axis),
    );
    const count = image.shape.reduce((product, n) => product * n, 1);
    const loss = ops.scale(total, 1 / count);
    ops.mode = 'value';
    const result = await ops.gradient(loss, SETUP.coefficients.length);
    ops.close(scope);
    return result;
  }
}

async function measured(run) {
  const walls = [];
  const before = process.cpuUsage();
  const end = performance.now() + 1e3 * SECONDS;
  while (walls.length < 3 || performance.now() < end) {
    const start = performance.now();
    await run();
    walls.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  return { wall: median(walls), cpu: (user + system) / 1e3 / walls.length };
}

function relative(actual, expected) {
  let [error, norm] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    error += (actual[i] - expected[i]) ** 2;
    norm += expected[i] ** 2;
  }
  return Number(Math.sqrt(error / norm).toPrecision(3));
}

const rounded = (x) => Number(x.toPrecision(4));
const peer = await peerProcess('bench/chromatix-peers.py', options.python, {}, SETUP);
const here = fileURLToPath(import.meta.url);
const scripts = [here, here.replace(/\.mjs$/, '.py'), here.replace('chromatix-peers.mjs', 'support.mjs')];
const { versions } = peer;
const systems = {};
for (const [name, { title, run }] of Object.entries(SYSTEMS)) {
  const task = new Task(await createWasmKernels(), run);
  await task.prepare();
  const exact = new Task(createFloat64Kernels(), run);
  await exact.prepare();
  const first = await peer.ask({ system: name, seconds: 0 });
  const theirs = new Float32Array(Uint8Array.from(Buffer.from(first.image, 'base64')).buffer);
  const [image, { gradient }] = [await task.forward(), await task.gradient()];
  const [exactImage, { gradient: exactGradient }] = [await exact.forward(), await exact.gradient()];
  const rounds = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    const ours = {
      forward: await measured(() => task.forward()),
      gradient: await measured(() => task.gradient()),
    };
    rounds.push({ ours, theirs: await peer.ask({ system: name, seconds: SECONDS }) });
  }
  const times = (kind) => ({
    ours: rounded(median(rounds.map((r) => r.ours[kind].cpu))),
    theirs: rounded(median(rounds.map((r) => r.theirs[kind].cpu))),
    theirsOverOurs: rounded(median(rounds.map((r) => r.theirs[kind].cpu / r.ours[kind].cpu))),
  });
  systems[name] = {
    title,
    forward: times('forward'),
    gradient: times('gradient'),
    difference: relative(theirs, image),
    oursFromFloat64: relative(image, exactImage),
    theirsFromFloat64: relative(theirs, exactImage),
    gradientDifference: relative(first.slope, gradient),
    gradientFromFloat64: relative(gradient, exactGradient),
  };
  const { forward, gradient: step, difference, oursFromFloat64, theirsFromFloat64 } = systems[name];
  console.log(
    `${title}: forward ${forward.ours} against ${forward.theirs} ms, gradient ${step.ours} against ${step.theirs} ms; ` +
      `difference ${difference} (from float64: ours ${oursFromFloat64}, theirs ${theirsFromFloat64}; ` +
      `gradients differ by ${systems[name].gradientDifference})`,
  );
  // After every system, so that a run that is ended early leaves what it has.
  const results = { machine: machine(), versions, samples: N, rounds: Number(options.rounds), systems };
  if (!options.dry) await writeResults('chromatix.json', scripts, results);
}
peer.close();
await close();
