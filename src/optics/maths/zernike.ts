/**
 * Zernike polynomials of unit RMS over the unit disc, and the index conventions.
 * Inside the program a term is named by its Noll index (R. J. Noll, "Zernike polynomials and atmospheric
 * turbulence", J. Opt. Soc. Am. 66, 207 (1976)); m > 0 is a cosine, m < 0 a sine, theta = atan2(y, x).
 */

/** Radial degree n and azimuthal order m, |m| <= n and n - |m| even. */
export interface ZernikeDegree {
  readonly n: number;
  readonly m: number;
}

function requireIndex(index: number, first: number, convention: string): void {
  if (!Number.isInteger(index) || index < first) {
    throw new RangeError(`A ${convention} index is a whole number of at least ${first}, not ${index}.`);
  }
}

function requireDegree(n: number, m: number): void {
  if (!Number.isInteger(n) || !Number.isInteger(m) || n < 0 || Math.abs(m) > n || (n - m) % 2 !== 0) {
    throw new RangeError(
      `A Zernike term needs whole numbers with |m| <= n and n - |m| even, not n = ${n}, m = ${m}.`,
    );
  }
}

/** Noll index (from 1) to degree: even indices are cosines. */
export function nollToDegree(nollIndex: number): ZernikeDegree {
  requireIndex(nollIndex, 1, 'Noll');
  const n = Math.ceil((Math.sqrt(8 * nollIndex + 1) - 3) / 2);
  const k = nollIndex - (n * (n + 1)) / 2;
  const order = n % 2 === 0 ? 2 * Math.floor(k / 2) : 2 * Math.floor((k - 1) / 2) + 1;
  return { n, m: nollIndex % 2 === 0 || order === 0 ? order : -order };
}

export function degreeToNoll(n: number, m: number): number {
  requireDegree(n, m);
  const base = (n * (n + 1)) / 2 + Math.abs(m);
  if (m === 0) return base + 1;
  return base + (base % 2 === (m > 0 ? 0 : 1) ? 0 : 1);
}

/** OSA/ANSI index (from 0), j = (n(n + 2) + m) / 2 (ANSI Z80.28). */
export function osaToDegree(osaIndex: number): ZernikeDegree {
  requireIndex(osaIndex, 0, 'OSA/ANSI');
  const n = Math.ceil((Math.sqrt(9 + 8 * osaIndex) - 3) / 2);
  return { n, m: 2 * osaIndex - n * (n + 2) };
}

export function degreeToOsa(n: number, m: number): number {
  requireDegree(n, m);
  return (n * (n + 2) + m) / 2;
}

/**
 * Fringe (University of Arizona) index (from 1), j = (1 + (n + |m|)/2)^2 - 2|m| + (m < 0 ? 1 : 0).
 * The rule covers all indices; some programs put (12, 0) in place 37 of their fixed list of 37 terms.
 * Fringe coefficients are amplitudes of terms that are 1 at the edge: divide by `zernikeNorm` to get RMS.
 */
export function fringeToDegree(fringeIndex: number): ZernikeDegree {
  requireIndex(fringeIndex, 1, 'Fringe');
  const group = Math.ceil(Math.sqrt(fringeIndex));
  const back = group * group - fringeIndex;
  const order = Math.ceil(back / 2);
  return { n: 2 * (group - 1) - order, m: back % 2 === 0 ? order : -order };
}

export function degreeToFringe(n: number, m: number): number {
  requireDegree(n, m);
  const order = Math.abs(m);
  return (1 + (n + order) / 2) ** 2 - 2 * order + (m < 0 ? 1 : 0);
}

/** Value at the edge of a unit-RMS term: sqrt(n + 1) for m = 0, else sqrt(2n + 2). Unit-amplitude RMS is 1 over this. */
export function zernikeNorm(n: number, m: number): number {
  requireDegree(n, m);
  return Math.sqrt(m === 0 ? n + 1 : 2 * (n + 1));
}

const FOILS = ['', '', '', 'trefoil', 'quadrafoil', 'pentafoil', 'hexafoil', 'heptafoil', 'octafoil'];
/**
 * Common short name, for example "defocus", "coma x", "2nd astigmatism 45°". x and y: the axis along which the term
 * varies like cosine and sine of the azimuth; degrees: the direction of its first ridge.
 */
export function zernikeName(n: number, m: number): string {
  requireDegree(n, m);
  if (n === 0) return 'piston';
  if (n === 1) return m > 0 ? 'tilt x' : 'tilt y';
  const order = Math.abs(m);
  const repeat = (n - order) / 2;
  if (n === 2 && order === 0) return 'defocus';
  // Spherical aberration and coma begin one degree higher than what tilt and defocus are.
  const rank = repeat - (order === 0 ? 2 : order === 1 ? 1 : 0);
  const prefix = rank === 0 ? '' : `${ordinal(rank + 1)} `;
  if (order === 0) return `${prefix}spherical`;
  if (order === 1) return `${prefix}coma ${m > 0 ? 'x' : 'y'}`;
  const name = order === 2 ? 'astigmatism' : (FOILS[order] ?? `${order}-foil`);
  if (order % 2 === 1) return `${prefix}${name} ${m > 0 ? 'x' : 'y'}`;
  return `${prefix}${name} ${m > 0 ? 0 : 90 / order}°`;
}

function ordinal(count: number): string {
  const suffix = ['th', 'st', 'nd', 'rd'][count % 100 > 10 && count % 100 < 14 ? 0 : count % 10] ?? 'th';
  return `${count}${suffix}`;
}

/** One term at one point: its value and its derivatives with respect to x and y. */
interface Sample {
  value: number;
  dx: number;
  dy: number;
}

/**
 * Z = norm * P_k(t) * Re or Im (x + iy)^|m|, with P_k the Jacobi polynomial P_k^(0,|m|) of t = 2r^2 - 1 and
 * k = (n - |m|)/2, by its three-term recurrence (Abramowitz & Stegun 22.7.1): a polynomial in x and y, so
 * nothing is singular at r = 0, and stable at high degree where explicit coefficients cancel.
 */
function evaluate(n: number, m: number, x: number, y: number, out: Sample): void {
  const order = Math.abs(m);
  const t = 2 * (x * x + y * y) - 1;
  let before = 0;
  let jacobi = 1;
  let slopeBefore = 0;
  let slope = 0;
  const count = (n - order) / 2;
  for (let k = 1; k <= count; k++) {
    const s = 2 * k + order;
    const scale = 1 / (2 * k * (k + order) * (s - 2 || 1));
    // k = 1 with order 0 makes s - 2 vanish in numerator and denominator: P_1 = t there.
    const linear = s === 2 ? 1 : (s - 1) * s * (s - 2) * scale;
    const constant = s === 2 ? 0 : -(s - 1) * order * order * scale;
    const previous = s === 2 ? 0 : 2 * (k - 1) * (k + order - 1) * s * scale;
    const after = (linear * t + constant) * jacobi - previous * before;
    const slopeAfter = linear * jacobi + (linear * t + constant) * slope - previous * slopeBefore;
    before = jacobi;
    jacobi = after;
    slopeBefore = slope;
    slope = slopeAfter;
  }
  // (x + iy)^(order - 1) and, one step later, (x + iy)^order.
  let [lowerRe, lowerIm, powerRe, powerIm] = [0, 0, 1, 0];
  for (let k = 0; k < order; k++) {
    lowerRe = powerRe;
    lowerIm = powerIm;
    powerRe = lowerRe * x - lowerIm * y;
    powerIm = lowerRe * y + lowerIm * x;
  }
  const norm = Math.sqrt(m === 0 ? n + 1 : 2 * (n + 1));
  const angular = m < 0 ? powerIm : powerRe;
  const angularX = order * (m < 0 ? lowerIm : lowerRe);
  const angularY = order * (m < 0 ? lowerRe : -lowerIm);
  out.value = norm * jacobi * angular;
  out.dx = norm * (4 * x * slope * angular + jacobi * angularX);
  out.dy = norm * (4 * y * slope * angular + jacobi * angularY);
}

/** Unit-RMS Zernike term at (x, y) of the unit disc; beyond the disc the polynomial continues. */
export function zernike(nollIndex: number, x: number, y: number): number {
  const { n, m } = nollToDegree(nollIndex);
  const out: Sample = { value: 0, dx: 0, dy: 0 };
  evaluate(n, m, x, y, out);
  return out.value;
}

/** Value and derivatives with respect to x and y of a unit-RMS term, finite everywhere. */
export function zernikeGradient(nollIndex: number, x: number, y: number): Readonly<Sample> {
  const { n, m } = nollToDegree(nollIndex);
  const out: Sample = { value: 0, dx: 0, dy: 0 };
  evaluate(n, m, x, y, out);
  return out;
}

/**
 * A term over the grid of columns `x` and rows `y`: Float64Array of shape [y.length, x.length].
 * Nothing is masked: samples outside the disc hold the polynomial's continuation.
 */
export function zernikeMap(nollIndex: number, x: Float64Array, y: Float64Array): Float64Array {
  const { n, m } = nollToDegree(nollIndex);
  const sample: Sample = { value: 0, dx: 0, dy: 0 };
  const map = new Float64Array(x.length * y.length);
  y.forEach((row, i) => {
    x.forEach((column, j) => {
      evaluate(n, m, column, row, sample);
      map[i * x.length + j] = sample.value;
    });
  });
  return map;
}

/** A term at the points (x[i], y[i]) of the unit disc and beyond. */
export function zernikeAt(nollIndex: number, x: Float64Array, y: Float64Array): Float64Array {
  const { n, m } = nollToDegree(nollIndex);
  const sample: Sample = { value: 0, dx: 0, dy: 0 };
  const values = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    evaluate(n, m, x[i] as number, y[i] as number, sample);
    values[i] = sample.value;
  }
  return values;
}
