/**
 * Bessel functions of the first kind, integer order, real argument; for tests, analytic references and zeros.
 * Sources: F. W. J. Olver et al., NIST Digital Library of Mathematical Functions, chapter 10 (10.17.3 large
 * arguments, 10.6.1 recurrence, 10.12.4 normalisation); J. C. P. Miller's downward recurrence.
 */

/** From here the asymptotic series reaches float64 rounding before its terms start to grow. */
const ASYMPTOTIC_FROM = 25;

/** J_0 or J_1 for x >= 25 by Hankel's expansion. */
function asymptotic(order: 0 | 1, x: number): number {
  const fourSquares = 4 * order * order;
  let even = 1;
  let odd = 0;
  let term = 1;
  for (let k = 1; k < 40; k++) {
    const next = (term * (fourSquares - (2 * k - 1) ** 2)) / (8 * k * x);
    if (Math.abs(next) >= Math.abs(term) || Math.abs(next) < 1e-18) break;
    term = next;
    const sign = k % 4 < 2 ? 1 : -1;
    if (k % 2 === 0) even += sign * term;
    else odd += sign * term;
  }
  // cos and sin of x - pi/4 - order pi/2 without subtracting pi/4 from a large x.
  const [c, s] = [Math.cos(x), Math.sin(x)];
  const [cosine, sine] = order === 0 ? [c + s, s - c] : [s - c, -c - s];
  return (even * cosine - odd * sine) / Math.sqrt(Math.PI * x);
}

/** J_n(x) for x > 0 by downward recurrence, normalised with J_0 + 2 J_2 + 2 J_4 + ... = 1. */
function miller(order: number, x: number): number {
  const top = Math.max(order, Math.ceil(x));
  let n = top + Math.ceil(8 * Math.cbrt(top)) + 16;
  let above = 0;
  let current = 1e-300;
  let sum = 0;
  let wanted = 0;
  for (; n > 0; n--) {
    const below = ((2 * n) / x) * current - above;
    above = current;
    current = below;
    if (Math.abs(current) > 1e200) {
      current *= 1e-250;
      above *= 1e-250;
      sum *= 1e-250;
      wanted *= 1e-250;
    }
    if (n - 1 === order) wanted = current;
    if ((n - 1) % 2 === 0) sum += n === 1 ? current : 2 * current;
  }
  return wanted / sum;
}

/**
 * J_n(x) for a whole order n (negative allowed) and any real x. Error below 1e-13 for |x| <= 1e3,
 * growing as the rounding of x itself beyond.
 */
export function besselJ(order: number, x: number): number {
  if (!Number.isInteger(order))
    throw new RangeError(`The order of a Bessel function must be whole, not ${order}.`);
  const flip = (order < 0 ? -1 : 1) * (x < 0 ? -1 : 1) < 0 && order % 2 !== 0 ? -1 : 1;
  const n = Math.abs(order);
  const argument = Math.abs(x);
  if (argument === 0) return n === 0 ? 1 : 0;
  if (argument < ASYMPTOTIC_FROM || n > argument) return flip * miller(n, argument);
  let before = asymptotic(0, argument);
  if (n === 0) return before;
  let current = asymptotic(1, argument);
  for (let k = 1; k < n; k++) [before, current] = [current, ((2 * k) / argument) * current - before];
  return flip * current;
}

export function besselJ0(x: number): number {
  return besselJ(0, x);
}

export function besselJ1(x: number): number {
  return besselJ(1, x);
}

/** The first `count` positive zeros of J_n, n >= 0, ascending, to 1e-13 relative. */
export function besselZeros(order: number, count: number): Float64Array {
  const zeros = new Float64Array(count);
  // Every zero lies above the order, and neighbours are more than 2.9 apart: a walk in steps of 1 misses none.
  let left = Math.max(order, 1);
  let leftValue = besselJ(order, left);
  for (let found = 0; found < count; ) {
    const right = left + 1;
    const rightValue = besselJ(order, right);
    if (leftValue * rightValue < 0) zeros[found++] = refineZero(order, left, right);
    left = right;
    leftValue = rightValue;
  }
  return zeros;
}

/** Newton's method from the middle; the bracket is short against the spacing, so it stays on its zero. */
function refineZero(order: number, left: number, right: number): number {
  let x = (left + right) / 2;
  for (let step = 0; step < 8; step++) {
    const slope = (besselJ(order - 1, x) - besselJ(order + 1, x)) / 2;
    x = Math.min(right, Math.max(left, x - besselJ(order, x) / slope));
  }
  return x;
}

/**
 * exp(-x) I_n(x), the modified Bessel function of whole order n >= 0 and x >= 0, by Miller's downward recurrence with
 * I_0 + 2 I_1 + 2 I_2 + ... = exp(x); any x up to 1e8.
 */
export function besselIScaled(order: number, x: number): number {
  if (x === 0) return order === 0 ? 1 : 0;
  let above = 0;
  let current = 1e-300;
  let sum = 0;
  let wanted = 0;
  // I_n falls as exp(-n²/2x) where x is large.
  for (let n = order + 20 + Math.ceil(Math.min(10 * Math.sqrt(x), 2 * x)); n > 0; n--) {
    const below = ((2 * n) / x) * current + above;
    above = current;
    current = below;
    if (current > 1e200) {
      current *= 1e-250;
      above *= 1e-250;
      sum *= 1e-250;
      wanted *= 1e-250;
    }
    if (n - 1 === order) wanted = current;
    sum += n === 1 ? current : 2 * current;
  }
  return wanted / sum;
}
