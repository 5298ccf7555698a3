/** Adam (Kingma and Ba, 2015) in scaled units with bounds; the rate falls along a cosine so that it settles. */
export interface AdamState {
  readonly iteration: number;
  readonly point: Float64Array;
  readonly value: number;
}

export interface AdamProblem {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly lossGradient: (point: Float64Array) => Promise<{ value: number; gradient: Float64Array }>;
}

/** Yields after every step; the returned state is the best seen. */
export async function* adam(
  problem: AdamProblem,
  start: Float64Array,
  options: { readonly iterations: number; readonly learningRate: number },
): AsyncGenerator<AdamState, AdamState> {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-12];
  const first = new Float64Array(start.length);
  const second = new Float64Array(start.length);
  const point = start.slice();
  let best: AdamState = { iteration: 0, point: start.slice(), value: Number.POSITIVE_INFINITY };
  for (let iteration = 1; iteration <= options.iterations; iteration++) {
    const { value, gradient } = await problem.lossGradient(point);
    if (value < best.value) best = { iteration, point: point.slice(), value };
    yield { iteration, point: point.slice(), value };
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
  return value <= best.value ? { iteration: options.iterations, point, value } : best;
}
