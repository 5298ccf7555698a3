import { expect, it } from 'vitest';
import { zernike } from '../../optics/maths/zernike.ts';
import { createFloat64Kernels } from '../../optics/ops/kernels.f64.ts';
import { projectedPupil } from './pupilProjection.ts';

const SAMPLES = 16;
const RADIUS = 7;
const PIXELS = 28;
/** In units of λ/NA: half of what the aperture resolves, so that the pixels cover the period of the sampled pupil. */
const STEP = 1 / 4;
const DEFOCUS = [-2, 0, 2];

const inPupil = (i: number) => ({
  x: ((i % SAMPLES) - SAMPLES / 2) / RADIUS,
  y: (Math.floor(i / SAMPLES) - SAMPLES / 2) / RADIUS,
});
const isOpen = (i: number) => Math.hypot(inPupil(i).x, inPupil(i).y) <= 1;

/** exp(-2πi step j' m'/radius), from samples to pixels. */
const kernel = Float64Array.from({ length: 2 * PIXELS * SAMPLES }, (_, k) => {
  const [row, column] = [Math.floor(k / 2 / SAMPLES), Math.floor(k / 2) % SAMPLES];
  const turns = (-STEP * (row - PIXELS / 2) * (column - SAMPLES / 2)) / RADIUS;
  return k % 2 === 0 ? Math.cos(2 * Math.PI * turns) : Math.sin(2 * Math.PI * turns);
});

function planesOf(amplitude: (i: number) => number, phase: (i: number) => number): Float64Array {
  const out = new Float64Array(2 * DEFOCUS.length * SAMPLES ** 2);
  DEFOCUS.forEach((radians, plane) => {
    for (let i = 0; i < SAMPLES ** 2; i++) {
      if (!isOpen(i)) continue;
      const { x, y } = inPupil(i);
      const turned = phase(i) + radians * zernike(4, x, y);
      const at = 2 * (plane * SAMPLES ** 2 + i);
      out[at] = amplitude(i) * Math.cos(turned);
      out[at + 1] = amplitude(i) * Math.sin(turned);
    }
  });
  return out;
}

async function projected(
  amplitude: (i: number) => number,
  phase: (i: number) => number,
  kind: 'phase' | 'free',
  counted: Float64Array | null = null,
) {
  const kernels = createFloat64Kernels();
  const upload = (planes: Float64Array) =>
    kernels.upload(planes, [DEFOCUS.length, 1, SAMPLES, SAMPLES], 'complex');
  const transform = kernels.upload(kernel, [PIXELS, SAMPLES], 'complex');
  const truth = kernels.matmul(kernels.matmul(transform, upload(planesOf(amplitude, phase))), transform, {
    transposeB: true,
  });
  const [moduli = new Float64Array(0)] = await kernels.readMany([
    kernels.squareRoot(kernels.absSquared(truth)),
  ]);
  const task = {
    light: upload(
      planesOf(
        () => 1,
        () => 0,
      ),
    ),
    toRows: transform,
    toColumns: transform,
    turns: STEP / RADIUS,
    moduli: Float64Array.from(moduli, (modulus, k) => ((counted?.[k] ?? 1) > 0 ? modulus : 0)),
    counted,
  };
  return projectedPupil(kernels, { ...task, kind, relaxation: 1.8, iterations: 20 });
}

/** RMS over the pupil of the difference of phases, without the common one. */
function phaseError(found: Float64Array, phase: (i: number) => number): number {
  let [re, im] = [0, 0];
  const open = Array.from({ length: SAMPLES ** 2 }, (_, i) => i).filter(isOpen);
  const differences = open.map(
    (i) => Math.atan2(found[2 * i + 1] as number, found[2 * i] as number) - phase(i),
  );
  for (const difference of differences) {
    re += Math.cos(difference);
    im += Math.sin(difference);
  }
  const common = Math.atan2(im, re);
  const squares = differences.reduce((sum, d) => sum + 2 - 2 * Math.cos(d - common), 0);
  return Math.sqrt(squares / open.length);
}

const aberrated = (i: number) => {
  const { x, y } = inPupil(i);
  return 0.5 * zernike(6, x, y) - 0.4 * zernike(8, x, y) + 0.3 * zernike(11, x, y);
};

it('gives back the phase of a pupil from three planes without noise', async () => {
  const found = await projected(() => 1, aberrated, 'phase');
  // Of 0.7 rad: iterations that are left out, each of which takes a quarter of the error.
  expect(phaseError(found, aberrated)).toBeLessThan(1e-3);
  expect(Math.hypot(found[0] as number, found[1] as number)).toBe(0);
});

it('gives back the phase although pixels in the middle were not measured', async () => {
  const counted = Float64Array.from({ length: DEFOCUS.length * PIXELS ** 2 }, (_, k) => {
    const [row, column] = [Math.floor(k / PIXELS) % PIXELS, k % PIXELS];
    return Math.hypot(row - PIXELS / 2, column - PIXELS / 2) < 2 ? 0 : 1;
  });
  const found = await projected(() => 1, aberrated, 'phase', counted);
  // Of 0.7 rad: iterations that are left out; as dark pixels they would leave far more.
  expect(phaseError(found, aberrated)).toBeLessThan(0.05);
});

it('gives back the amplitude where it is free', async () => {
  const amplitude = (i: number) => 1 - 0.5 * (inPupil(i).x ** 2 + inPupil(i).y ** 2);
  const found = await projected(amplitude, aberrated, 'free');
  const open = Array.from({ length: SAMPLES ** 2 }, (_, i) => i).filter(isOpen);
  const size = (i: number) => Math.hypot(found[2 * i] as number, found[2 * i + 1] as number);
  const mean = (f: (i: number) => number) => open.reduce((sum, i) => sum + f(i), 0) / open.length;
  const scale = mean(amplitude) / mean(size);
  const error = Math.sqrt(mean((i) => (scale * size(i) - amplitude(i)) ** 2));
  // The true amplitude spreads by 0.15 about its mean.
  expect(error).toBeLessThan(1e-3);
  expect(phaseError(found, aberrated)).toBeLessThan(1e-3);
});
