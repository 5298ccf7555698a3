/**
 * A short benchmark of this machine, for the dialog Settings → Diagnostics: single kernels, then the loops that a
 * person waits for. Each figure is a median over runs within a fraction of a second.
 */

import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import type { DeviceArray, Kernels } from '../../optics/ops/kernels.ts';
import { filter2 } from '../../optics/ops/kernels.ts';
import type { Diagnosis, DiagnosisRow, FitProgress, PreviewRequest } from '../protocol.ts';
import type { Session } from '../session.ts';
import { selfTest } from '../webgpu/selfTest.ts';
import { TIMED_DESIGNS } from './designs.ts';

export interface DiagnosisOptions {
  /** Samples per side of the fields; transforms are also measured at twice as many. */
  readonly samples: number;
  /** Time for each figure, without its warm-up. */
  readonly milliseconds: number;
}

const DEFAULTS: DiagnosisOptions = { samples: 256, milliseconds: 250 };
const FEWEST_RUNS = 3;
/** Launches before a result is waited for: a graphics card is kept busy, a clock of a browser is coarse. */
const MOST_LAUNCHES = 64;
const BURST_MILLISECONDS = 30;

interface Measurement {
  readonly id: string;
  readonly title: string;
  readonly run: () => Promise<Pick<DiagnosisRow, 'milliseconds' | 'runs'>>;
}

/**
 * @param onNext called before each measurement with its title and the share that is done; what it awaits is not timed
 */
export async function diagnose(
  session: Session,
  onNext: (title: string, share: number) => Promise<void>,
  options: DiagnosisOptions = DEFAULTS,
): Promise<Diagnosis> {
  await onNext('Self-test', 0);
  const { ok, detail } = await selfTest(session.kernels);
  const measurements = measurementsOf(session, options);
  const rows: DiagnosisRow[] = [];
  for (const { id, title, run } of measurements) {
    await onNext(title, (rows.length + 1) / (measurements.length + 1));
    rows.push({ id, title, ...(await run()) });
  }
  const { backend, adapter, reason, threads } = session;
  const isolated = globalThis.crossOriginIsolated === true;
  return { backend, adapter, reason, threads, isolated, selfTest: { ok, detail }, rows };
}

function measurementsOf(session: Session, options: DiagnosisOptions): readonly Measurement[] {
  const { samples } = options;
  const { kernels } = session;
  const field = (n: number) => `${n} × ${n}`;
  return [
    ...[samples, 2 * samples].map(
      (n): Measurement => ({
        id: `transform${n}`,
        title: `Fourier transform, ${field(n)}`,
        run: () => kernelTime(kernels, n, ([u]) => kernels.fourier2(u, 'forward'), options),
      }),
    ),
    {
      id: 'propagation',
      title: `Free space, ${field(samples)} padded to ${field(2 * samples)}`,
      run: () => kernelTime(kernels, samples, ([u, h]) => filter2(kernels, u, h), options),
    },
    ...TIMED_DESIGNS.map(
      ({ id, title, make }): Measurement => ({
        id: `step-${id}`,
        title: `One step of a fit: ${title}`,
        run: () => stepTime(session, make(samples), options),
      }),
    ),
    {
      id: 'preview',
      title: `Two previews after a change, ${field(samples)}`,
      run: () => previewTime(session, samples, options),
    },
  ];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Numbers without symmetry, below 1, the same on every machine. */
function numbers(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(0.7 * (i + 1) ** 1.1));
}

/** Time of one launch of a kernel on a field of [n, n] and a transfer function of twice the side, results awaited. */
async function kernelTime(
  kernels: Kernels,
  n: number,
  launch: (inputs: readonly [DeviceArray, DeviceArray]) => DeviceArray,
  { milliseconds }: DiagnosisOptions,
) {
  const inputs = [n, 2 * n].map((side) => kernels.upload(numbers(2 * side * side), [side, side], 'complex'));
  const [u, h] = inputs as [DeviceArray, DeviceArray];
  const burst = async (launches: number): Promise<number> => {
    const start = performance.now();
    for (let i = 1; i < launches; i++) kernels.release(launch([u, h]));
    const last = launch([u, h]);
    // One number is read: that waits for everything before it.
    const sum = kernels.sum(last, [0, 1]);
    await kernels.readMany([sum]);
    kernels.release(last);
    kernels.release(sum);
    return performance.now() - start;
  };
  try {
    await burst(2);
    const once = Math.max(await burst(1), 1e-3);
    const launches = Math.min(MOST_LAUNCHES, Math.max(1, Math.round(BURST_MILLISECONDS / once)));
    const times: number[] = [];
    const end = performance.now() + milliseconds;
    while (times.length < FEWEST_RUNS || performance.now() < end)
      times.push((await burst(launches)) / launches);
    return { milliseconds: median(times), runs: times.length * launches };
  } finally {
    for (const input of inputs) kernels.release(input);
  }
}

/** Thrown to leave a fit: its report at the end is not what is measured. */
class Enough extends Error {}

/**
 * Time of a step of a fit with Adam, as `Session.fit` runs it. A loop on the device reports at display rate, many steps
 * at a time, so each span between two reports is shared among the steps in it.
 */
async function stepTime(session: Session, design: Design, { milliseconds }: DiagnosisOptions) {
  const options = { method: 'adam', coarseSearch: false, maxIterations: 1e6, learningRate: 0.3 } as const;
  const times: number[] = [];
  let last = { time: 0, iteration: 0 };
  let [warm, runs, end] = [0, 0, Number.POSITIVE_INFINITY];
  const onStep = async ({ iteration }: FitProgress): Promise<boolean> => {
    const now = performance.now();
    const steps = iteration - last.iteration;
    if (warm < FEWEST_RUNS) {
      warm++;
      end = now + milliseconds;
    } else if (steps > 0) {
      times.push((now - last.time) / steps);
      runs += steps;
      if (times.length >= FEWEST_RUNS && now > end) throw new Enough();
    }
    last = { time: performance.now(), iteration };
    return true;
  };
  try {
    await session.fit(design, options, onStep);
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  return { milliseconds: median(times), runs };
}

/** Time from a changed value to the pixels of two previews. */
async function previewTime(session: Session, samples: number, { milliseconds }: DiagnosisOptions) {
  const design = TIMED_DESIGNS.find(({ id }) => id === 'lens')?.make(samples);
  if (design === undefined) return { milliseconds: Number.NaN, runs: 0 };
  const previews = ['space', 'camera'].map(
    (nodeId): PreviewRequest => ({
      nodeId,
      mode: 'intensity',
      plane: 0,
      layer: 'output',
      maxSize: 256,
      style: { colormap: 'viridis', scaling: 'auto', clip: 0, locked: null, signed: false },
    }),
  );
  const times: number[] = [];
  let end = Number.POSITIVE_INFINITY;
  for (let frame = 0; times.length < FEWEST_RUNS || performance.now() < end; frame++) {
    // A value that was never there before, so that nothing is remembered.
    const focalLength = 0.1 + 1e-5 * frame;
    const start = performance.now();
    await session.show(setAll(design, registry, { 'lens.focalLength': focalLength }), { previews });
    if (frame >= FEWEST_RUNS) times.push(performance.now() - start);
    else end = performance.now() + milliseconds;
  }
  return { milliseconds: median(times), runs: times.length };
}
