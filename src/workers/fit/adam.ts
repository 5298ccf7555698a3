/** Adam (Kingma and Ba, 2015) in scaled units with bounds; the rate falls along a cosine so that it settles. */
import type { AdamRates } from '../../optics/ops/kernels.ts';
import type { DescentState } from './deviceDescent.ts';

export interface AdamState {
  readonly iteration: number;
  readonly point: Float64Array;
  readonly value: number;
  /** Where the loss was least so far: never worse than the start. */
  readonly best: Float64Array;
}

export interface AdamProblem {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly lossGradient: (point: Float64Array) => Promise<{ value: number; gradient: Float64Array }>;
}

interface AdamOptions {
  readonly iterations: number;
  readonly learningRate: number;
}

const RATES = { beta1: 0.9, beta2: 0.999, epsilon: 1e-12 };

/** Yields after every step; the returned state is the best seen. */
export async function* adam(
  problem: AdamProblem,
  start: Float64Array,
  options: AdamOptions,
): AsyncGenerator<AdamState, AdamState> {
  const { beta1, beta2, epsilon } = RATES;
  const first = new Float64Array(start.length);
  const second = new Float64Array(start.length);
  const point = start.slice();
  let best = { point: start.slice(), value: Number.POSITIVE_INFINITY };
  for (let iteration = 1; iteration <= options.iterations; iteration++) {
    const { value, gradient } = await problem.lossGradient(point);
    if (value < best.value) best = { point: point.slice(), value };
    yield { iteration, point: point.slice(), value, best: best.point };
    const rate = options.learningRate * 0.5 * (1 + Math.cos((Math.PI * iteration) / options.iterations));
    for (let i = 0; i < point.length; i++) {
      const g = gradient[i] as number;
      first[i] = beta1 * (first[i] as number) + (1 - beta1) * g;
      second[i] = beta2 * (second[i] as number) + (1 - beta2) * g * g;
      const m = (first[i] as number) / (1 - beta1 ** iteration);
      const v = (second[i] as number) / (1 - beta2 ** iteration);
      const next = (point[i] as number) - (rate * m) / (Math.sqrt(v) + epsilon);
      point[i] = Math.min(problem.upper[i] as number, Math.max(problem.lower[i] as number, next));
    }
  }
  const { value } = await problem.lossGradient(point);
  const end = value <= best.value ? { point, value } : best;
  return { ...end, iteration: options.iterations, best: end.point };
}

export function ratesOf({ iterations, learningRate }: AdamOptions): AdamRates {
  return { learningRate, decaySteps: iterations, ...RATES };
}

/** What a descent on the device offers. */
interface Descent {
  readonly advance: (steps: number) => Promise<void>;
  readonly read: () => Promise<DescentState>;
}

/** Steps per submission grow until one takes about so long: a longer one would hold up the page's own pictures. */
const SUBMISSION_MILLISECONDS = 5;
const MOST_STEPS = 64;
/** Reads are for the eye. */
const LOOK_MILLISECONDS = 16;
/** A consumer that takes longer is stepping by hand. */
const PATIENCE_MILLISECONDS = 200;

/**
 * The same on the device: two submissions are kept under way, and a state is read and yielded at display rate.
 * A consumer that makes it wait gets single steps from then on, until it is quick again.
 */
export async function* deviceAdam(
  descent: Descent,
  { iterations }: AdamOptions,
): AsyncGenerator<AdamState, AdamState> {
  // Recording the loop was the first step. One more at the end, at a rate of zero, gives the last point's loss.
  const total = iterations + 1;
  let done = 1;
  let batch = 1;
  let under: Promise<void> | null = null;
  let began = performance.now();
  const look = new Look(descent);
  while (done < total) {
    const steps = Math.min(batch, total - done);
    const next = descent.advance(steps);
    // Awaited in the next round, which a consumer that stops does not reach.
    next.catch(() => undefined);
    done += steps;
    const isFirst = under === null;
    await under;
    under = next;
    const now = performance.now();
    if (!isFirst) batch = nextBatch(batch, now - began);
    began = now;
    // Single steps are shown one by one, others as they come.
    const state = steps === 1 ? await look.now() : look.latest();
    if (state === null) continue;
    const { steps: iteration, point, value, best } = state;
    yield { iteration: Math.min(iteration, iterations), point, value, best };
    const waited = performance.now() - now;
    if (waited > PATIENCE_MILLISECONDS) batch = 1;
    began += waited;
  }
  await under;
  const { best, least } = await descent.read();
  return { iteration: iterations, point: best, value: least, best };
}

function nextBatch(batch: number, milliseconds: number): number {
  if (milliseconds < SUBMISSION_MILLISECONDS / 2) return Math.min(2 * batch, MOST_STEPS);
  return milliseconds > 2 * SUBMISSION_MILLISECONDS ? Math.max(1, batch >> 1) : batch;
}

/** Reads at display rate, without making the loop wait. */
class Look {
  private readonly descent: Descent;
  private reading: Promise<DescentState> | null = null;
  private arrived: { readonly state: DescentState } | { readonly error: unknown } | null = null;
  private asked = Number.NEGATIVE_INFINITY;

  constructor(descent: Descent) {
    this.descent = descent;
  }

  /** What has arrived since the last time, or null; asks for more when it is time. */
  latest(): DescentState | null {
    const { arrived } = this;
    this.arrived = null;
    if (this.reading === null && performance.now() - this.asked >= LOOK_MILLISECONDS) this.ask();
    if (arrived === null) return null;
    if ('error' in arrived) throw arrived.error;
    return arrived.state;
  }

  async now(): Promise<DescentState> {
    await this.reading;
    this.arrived = null;
    this.asked = performance.now();
    return this.descent.read();
  }

  private ask(): void {
    this.asked = performance.now();
    this.reading = this.descent.read();
    this.reading.then(
      (state) => {
        this.arrived = { state };
        this.reading = null;
      },
      (error: unknown) => {
        this.arrived = { error };
        this.reading = null;
      },
    );
  }
}
