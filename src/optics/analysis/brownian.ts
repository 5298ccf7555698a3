/**
 * What the positions of a particle in a movie say about its random walk: the coefficient of diffusion with an honest
 * error, the localisation noise, a drift, and the mean-square displacement to look at.
 *
 * The coefficient comes from the covariance of neighbouring displacements (Vestergaard, Blainey and Flyvbjerg, Phys.
 * Rev. E 89, 022726 (2014)), which is unbiased, practically optimal for freely diffusing particles and knows its own
 * error. A line through the mean-square displacement knows neither: its points are correlated, and which of them help
 * depends on the answer (Michalet, Phys. Rev. E 82, 041914 (2010)). So that curve is for looking only.
 */

/** Joule per kelvin, exact since 2019. */
const BOLTZMANN = 1.380649e-23;

/** Motion of one coordinate. SI: metres and seconds. */
export interface Diffusion {
  /** Coefficient of diffusion, m²/s, and its standard error. */
  readonly diffusion: number;
  readonly diffusionError: number;
  /** Standard deviation of a position about the true one, metres; 0 where the estimate of its square is negative. */
  readonly localisation: number;
  /** Mean velocity, m/s, and its standard error. It is taken out before the rest is estimated. */
  readonly drift: number;
  readonly driftError: number;
  /** Displacements between neighbouring frames that were used. */
  readonly displacements: number;
}

/** Fewer displacements than this say nothing: the error would be larger than the value. */
const FEWEST_DISPLACEMENTS = 8;
/** Frames in a row from which diffusion can be told. */
export const FEWEST_FRAMES = FEWEST_DISPLACEMENTS + 1;
/** Of neighbouring displacements: as many as the fewest have in a row. Only they tell a walk from a scatter. */
const FEWEST_PAIRS = FEWEST_DISPLACEMENTS - 1;

/**
 * @param positions of one coordinate, frame by frame, metres; null where the particle was not found
 * @param interval from frame to frame, seconds
 * @param blur motion blur coefficient R: 0 for a flash, 1/6 for an exposure as long as the frame; D does not depend
 * on it, the localisation noise does
 * @returns null with fewer than eight displacements, or seven pairs of neighbouring ones
 */
export function estimateDiffusion(
  positions: readonly (number | null)[],
  interval: number,
  blur = 0,
): Diffusion | null {
  const steps = positions.slice(1).map((x, k) => {
    const before = positions[k] ?? null;
    return x === null || before === null ? null : x - before;
  });
  const known = steps.filter((step) => step !== null);
  const count = known.length;
  if (count < FEWEST_DISPLACEMENTS || !(interval > 0)) return null;
  const mean = known.reduce((sum, step) => sum + step, 0) / count;
  const square = known.reduce((sum, step) => sum + (step - mean) ** 2, 0) / count;
  let [product, pairs, triples] = [0, 0, 0];
  steps.forEach((step, k) => {
    const next = steps[k + 1] ?? null;
    if (step === null || next === null) return;
    product += (step - mean) * (next - mean);
    pairs++;
    if ((steps[k + 2] ?? null) !== null) triples++;
  });
  if (pairs < FEWEST_PAIRS) return null;
  product /= pairs;
  // The mean that was taken out holds a share of the walk: of pure diffusion 1/count of each term, three in all.
  const diffusion = (square / 2 + product) / interval / (1 - 3 / count);
  const noise = Math.max(0, blur * square + (2 * blur - 1) * product);
  // Never below the noise-free limit of the formula, and finite where diffusion vanishes.
  const own = Math.max(diffusion * interval, 1e-12 * square, Number.MIN_VALUE);
  const epsilon = noise / own - 2 * blur;
  const variance = relativeVariance(epsilon, count, pairs, triples);
  return {
    diffusion,
    diffusionError: (own * Math.sqrt(variance)) / interval,
    localisation: Math.sqrt(noise),
    drift: mean / interval,
    driftError: Math.sqrt((2 * own + (2 * noise) / count) / count) / interval,
    displacements: count,
  };
}

/**
 * Variance of ⟨Δx²⟩/2 + ⟨ΔxΔx'⟩ in units of (D Δt)², for normal displacements of variance s and covariance c with their
 * neighbours only. Without gaps it is (6 + 4ε + 2ε²)/N + 4(1 + ε)²/N², the result of the paper; gaps leave fewer pairs.
 */
function relativeVariance(epsilon: number, count: number, pairs: number, triples: number): number {
  const [s, c] = [2 * (1 + epsilon), -epsilon];
  const ofSquare = s ** 2 / (2 * count) + (pairs * c ** 2) / count ** 2;
  const ofProduct = (s ** 2 + c ** 2) / pairs + (2 * triples * c ** 2) / pairs ** 2;
  return ofSquare + ofProduct + (4 * s * c) / count;
}

/** One coefficient of several coordinates of the same particle, which diffuse alike and independently. */
export function pooledDiffusion(axes: readonly Diffusion[]): { value: number; error: number } | null {
  if (axes.length === 0) return null;
  const value = axes.reduce((sum, { diffusion }) => sum + diffusion, 0) / axes.length;
  const error = Math.hypot(...axes.map(({ diffusionError }) => diffusionError)) / axes.length;
  return { value, error };
}

/** A point of the mean-square displacement: lag (frames), its mean (m²) and standard error. */
export interface MeanSquareDisplacement {
  readonly lag: number;
  readonly value: number;
  readonly error: number;
}

/**
 * Time average over overlapping pairs, lags 1 to a quarter of the movie, summed over the coordinates.
 * The errors are those of free diffusion without localisation noise (Qian, Sheetz and Elson, Biophys. J. 60, 910
 * (1991), eq. 16, here for any number of coordinates); neighbouring points are strongly correlated.
 * @param axes positions of each coordinate, all of one length; null where the particle was not found
 */
export function meanSquareDisplacement(
  axes: readonly (readonly (number | null)[])[],
): readonly MeanSquareDisplacement[] {
  const frames = axes[0]?.length ?? 0;
  const points: MeanSquareDisplacement[] = [];
  for (let lag = 1; lag <= Math.floor((frames - 1) / 4); lag++) {
    let [sum, pairs] = [0, 0];
    for (let k = 0; k + lag < frames; k++) {
      const square = squareDistance(axes, k, k + lag);
      if (square === null) continue;
      sum += square;
      pairs++;
    }
    if (pairs === 0) continue;
    const value = sum / pairs;
    const relative = (2 * (2 * lag ** 2 + 1)) / (3 * lag * pairs * axes.length);
    points.push({ lag, value, error: value * Math.sqrt(relative) });
  }
  return points;
}

function squareDistance(
  axes: readonly (readonly (number | null)[])[],
  from: number,
  to: number,
): number | null {
  let sum = 0;
  for (const axis of axes) {
    const [a, b] = [axis[from] ?? null, axis[to] ?? null];
    if (a === null || b === null) return null;
    sum += (b - a) ** 2;
  }
  return sum;
}

/**
 * Radius of the sphere that diffuses so in a fluid far from walls, a = kT/(6πηD), with the error of D.
 * @param temperature kelvin
 * @param viscosity pascal seconds
 * @returns null where D is not above its error: any large sphere would do then
 */
export function stokesEinsteinRadius(
  diffusion: { readonly value: number; readonly error: number },
  temperature: number,
  viscosity: number,
): { value: number; error: number } | null {
  if (!(diffusion.value > diffusion.error)) return null;
  const value = (BOLTZMANN * temperature) / (6 * Math.PI * viscosity * diffusion.value);
  return { value, error: (value * diffusion.error) / diffusion.value };
}
