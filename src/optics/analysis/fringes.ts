/** Contrast and period of fringes along a line. */

/**
 * (max − min) / (max + min); null for what is no intensity: nothing, negative values, values that are not numbers, or
 * darkness everywhere.
 */
export function visibility(line: ArrayLike<number>): number | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < line.length; i++) {
    const value = line[i] as number;
    if (!(value >= 0)) return null;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high > 0 && Number.isFinite(high) ? (high - low) / (high + low) : null;
}

/**
 * Period of the strongest oscillation in samples: where the transform of the line (less its mean, under a Hann window,
 * on a grid eight times finer) is largest, from two periods in the line upwards; null for a flat line.
 */
export function fringePeriod(line: ArrayLike<number>): number | null {
  const n = line.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += (line[i] as number) / n;
  const windowed = Float64Array.from(
    { length: n },
    (_, i) => ((line[i] as number) - mean) * Math.sin((Math.PI * (i + 0.5)) / n) ** 2,
  );
  const power = (cycles: number): number => {
    let [re, im] = [0, 0];
    for (let i = 0; i < n; i++) {
      const angle = (2 * Math.PI * cycles * i) / n;
      re += (windowed[i] as number) * Math.cos(angle);
      im += (windowed[i] as number) * Math.sin(angle);
    }
    return re * re + im * im;
  };
  const STEP = 1 / 8;
  let [best, most] = [0, 0];
  for (let cycles = 2; cycles < n / 2; cycles += STEP) {
    const here = power(cycles);
    if (here > most) [best, most] = [cycles, here];
  }
  if (!(most > 1e-12 * (mean * n) ** 2)) return null;
  const [a, b, c] = [power(best - STEP), most, power(best + STEP)];
  const bend = a - 2 * b + c;
  return n / (best + (bend < 0 ? (STEP * (a - c)) / (2 * bend) : 0));
}
