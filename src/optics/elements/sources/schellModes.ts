/** Beams that are Gaussian in brightness and coherence, as modes of Hermite and Gauss that do not interfere. */
import { nameOfShare, partsOfShare } from '../../axes.ts';
import type { LightShare, SamplingNote, SimulationGrid } from '../../element.ts';
import { offerValue } from '../../fixes.ts';
import { beamAt, hermiteGauss, rayleighRange, schellRatio } from '../../maths/paraxialBeam.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { formatNumber } from '../../units.ts';
import { waveMap } from '../../waveMap.ts';

/** Modes up to this order are 231. */
export const HIGHEST_ORDER = 20;

/** The beam along one of the axes of its cross-section. */
export interface SchellAxis {
  /** 1/e² radius of the whole beam at its waist. */
  readonly waist: Scalar;
  /** M², above 1. */
  readonly quality: Scalar;
  /** From the waist. */
  readonly distance: Scalar;
  readonly centre: Scalar;
}

/** Orders (m, n) of the modes, m + n <= highest. */
function ordersUpTo(highest: number): readonly (readonly [number, number])[] {
  return Array.from({ length: highest + 1 }, (_, m) =>
    Array.from({ length: highest + 1 - m }, (_, n) => [m, n] as const),
  ).flat();
}

/** Modes m, n with m + n <= highest. */
export function modeCount(highest: number): number {
  return ((highest + 1) * (highest + 2)) / 2;
}

/** Share of the power in modes up to an order, of the two values of M². */
function shareUpTo(highest: number, first: number, second: number): number {
  const [p, q] = [schellRatio(first), schellRatio(second)];
  return ordersUpTo(highest).reduce((sum, [m, n]) => sum + (1 - p) * p ** m * (1 - q) * q ** n, 0);
}

/** A warning where modes up to an order leave out more than a hundredth of the beam. */
export function shareNotes(highest: number, first: number, second: number): readonly SamplingNote[] {
  const share = shareUpTo(highest, first, second);
  if (share >= 0.99) return [];
  let enough = highest + 1;
  while (enough <= HIGHEST_ORDER && shareUpTo(enough, first, second) < 0.99) enough++;
  return [
    {
      severity: 'warning',
      message: `Modes up to order ${highest} hold only ${formatNumber(100 * share, 3)} % of such a beam: it is too narrow and too coherent.`,
      fix: 'Use a higher order or a lower M².',
      ...offerValue(enough <= HIGHEST_ORDER, 'highestOrder', enough, `Use modes up to order ${enough}`),
    },
  ];
}

/**
 * The modes of unit power together, [modes, n, n]: along each axis waists w0/M and shares (1 - q) q^m,
 * q = (M² - 1)/(M² + 1), so that w(z)² = w0² + (M² λ z / π n w0)² (Gori, Opt. Commun. 34, 301 (1980)).
 * @param turn of the axes from +x towards +y; null for none, when the modes are products along x and y
 */
export function schellModes(
  ops: Ops,
  grid: SimulationGrid,
  light: { readonly wavelength: Scalar; readonly refractiveIndex: Scalar },
  axes: readonly [SchellAxis, SchellAxis],
  highestOrder: number,
  turn: Scalar | null,
  share: LightShare | null,
): Complex {
  const { wavelength: l, refractiveIndex: m } = light;
  const orders = partsOfShare(ordersUpTo(highestOrder), share);
  const name = `schell:${highestOrder}${nameOfShare(share)}`;
  const n = grid.samples;
  const finer = 1 / (1 + highestOrder);
  const common = [
    { scalar: l, scale: l.value * finer },
    { scalar: m, scale: m.value * finer },
    // q must stay above 0, where its powers have no derivative.
    ...axes.map(({ quality }) => ({ scalar: quality, scale: (quality.value - 1) * finer })),
  ];
  const own = ({ waist, quality, distance, centre }: SchellAxis) => {
    const finest = (waist.value / Math.sqrt(quality.value)) * finer;
    const range = rayleighRange(waist.value, l.value, m.value) / quality.value;
    return [
      { scalar: waist, scale: finest },
      { scalar: distance, scale: range * finer },
      { scalar: centre, scale: finest },
    ];
  };
  const [first, second] = axes;
  if (turn === null) {
    const along = (axis: 0 | 1) => {
      const shape = axis === 0 ? [orders.length, 1, n] : [orders.length, n, 1];
      const args = [...common, ...own(axes[axis])];
      return waveMap(ops, `${name}:${axis}`, shape, grid.pitch, args, (values) => {
        const [lambda = 1, index = 1, m2x = 1, m2y = 1, w = 1, z = 0, centre = 0] = values;
        const factor = waveAlong(lambda, index, w, axis === 0 ? m2x : m2y, z);
        const held = shareUpTo(highestOrder, m2x, m2y) ** -0.25;
        return (x, y, out, mode) => {
          const wave = factor(orders[mode]?.[axis] ?? 0, (axis === 0 ? x : y) - centre);
          out.re = held * wave.amplitude;
          out.im = 0;
          out.phase = wave.phase;
        };
      });
    };
    return ops.multiply(along(0), along(1));
  }
  const args = [...common, ...own(first), ...own(second), { scalar: turn, scale: 0.1 * finer }];
  return waveMap(ops, name, [orders.length, n, n], grid.pitch, args, (values) => {
    const [lambda = 1, index = 1, m2x = 1, m2y = 1, wx = 1, zx = 0, x0 = 0, wy = 1, zy = 0, y0 = 0] = values;
    const angle = values[10] ?? 0;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const [across, down] = [waveAlong(lambda, index, wx, m2x, zx), waveAlong(lambda, index, wy, m2y, zy)];
    const held = shareUpTo(highestOrder, m2x, m2y) ** -0.5;
    return (x, y, out, mode) => {
      const [i = 0, j = 0] = orders[mode] ?? [];
      const one = across(i, c * (x - x0) + s * (y - y0));
      const other = down(j, c * (y - y0) - s * (x - x0));
      out.re = held * one.amplitude * other.amplitude;
      out.im = 0;
      out.phase = one.phase + other.phase;
    };
  });
}

/** Amplitude (with the root of its share) and phase of a mode along one axis. */
function waveAlong(wavelength: number, index: number, waist: number, quality: number, distance: number) {
  const { radius, curvature, gouy } = beamAt(waist / Math.sqrt(quality), distance, wavelength, index);
  const k = (2 * Math.PI * index) / wavelength;
  const q = schellRatio(quality);
  return (order: number, at: number) => ({
    amplitude: Math.sqrt((1 - q) * q ** order) * hermiteGauss(order, at, radius),
    phase: 0.5 * k * curvature * at * at - (order + 0.5) * gouy,
  });
}
