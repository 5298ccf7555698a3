/**
 * Images flipped, turned, scaled and shifted onto others, about the middle of the picture, (n - 1)/2, so that flips and
 * quarter turns lose no pixel. Flips come first, then the turn, the scale and the shift.
 *
 * Between pixels a cubic convolution interpolates (Keys, IEEE Trans. ASSP 29, 1153 (1981), a = -1/2: exact for
 * polynomials of second degree), widened where the image is made smaller so that nothing is left out. What comes from
 * outside the image, or from a pixel that does not count, does not count either.
 */

export const FLIPS = ['none', 'x', 'y', 'xy'] as const;
export const TURNS = ['0', '90', '180', '270'] as const;

export interface Registration {
  /** Mirrored left to right (x), top to bottom (y) or both. */
  readonly flip: (typeof FLIPS)[number];
  /** Degrees, from +x (right) to +y (down): clockwise on the screen. */
  readonly turn: (typeof TURNS)[number];
  /** On top of that, radians in the same sense. */
  readonly angle: number;
  /** Above 1 the image becomes larger. */
  readonly scale: number;
  /** Pixels to the right and down. */
  readonly shiftX: number;
  readonly shiftY: number;
}

export const AS_IT_IS: Registration = {
  flip: 'none',
  turn: '0',
  angle: 0,
  scale: 1,
  shiftX: 0,
  shiftY: 0,
};

/** Pixels [.., ny, nx] and which of them count. */
export interface MaskedImage {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
  /** 1 where a pixel counts; null where all do. */
  readonly mask: Float32Array | null;
}

type Point = readonly [x: number, y: number];

export function isAsItIs({ flip, turn, angle, scale, shiftX, shiftY }: Registration): boolean {
  return flip === 'none' && turn === '0' && angle === 0 && scale === 1 && shiftX === 0 && shiftY === 0;
}

/** Whether pixels keep their values and only their places change. */
export function keepsPixels({ angle, scale, shiftX, shiftY }: Registration): boolean {
  return angle === 0 && scale === 1 && Number.isInteger(shiftX) && Number.isInteger(shiftY);
}

/** [ny, nx] after the turn. */
export function registeredShape(
  { turn }: Registration,
  shape: readonly number[],
): readonly [ny: number, nx: number] {
  const [ny = 1, nx = 1] = shape.slice(-2);
  return turn === '90' || turn === '270' ? [nx, ny] : [ny, nx];
}

/** Cosine and sine of the whole turn, exact for quarters. */
function turnOf({ turn, angle }: Registration): readonly [cos: number, sin: number] {
  const quarter = TURNS.indexOf(turn);
  const [c, s] = [[1, 0, -1, 0][quarter] ?? 1, [0, 1, 0, -1][quarter] ?? 0];
  if (angle === 0) return [c, s];
  const [ca, sa] = [Math.cos(angle), Math.sin(angle)];
  return [c * ca - s * sa, s * ca + c * sa];
}

function mirrorOf({ flip }: Registration): Point {
  return [flip === 'x' || flip === 'xy' ? -1 : 1, flip === 'y' || flip === 'xy' ? -1 : 1];
}

/** Where a place of the image (column, row) comes to lie. @param shape of the image */
export function registeredPlace(registration: Registration, shape: readonly number[]): (at: Point) => Point {
  const [ny = 1, nx = 1] = shape.slice(-2);
  const [rows, columns] = registeredShape(registration, shape);
  const [c, s] = turnOf(registration);
  const [mx, my] = mirrorOf(registration);
  const { scale, shiftX, shiftY } = registration;
  return ([x, y]) => {
    const [u, v] = [mx * (x - (nx - 1) / 2), my * (y - (ny - 1) / 2)];
    return [
      (columns - 1) / 2 + shiftX + scale * (c * u - s * v),
      (rows - 1) / 2 + shiftY + scale * (s * u + c * v),
    ];
  };
}

/** The way back: which place of the image comes to lie at a place. @param shape of the image */
export function originalPlace(registration: Registration, shape: readonly number[]): (at: Point) => Point {
  const [ny = 1, nx = 1] = shape.slice(-2);
  const [rows, columns] = registeredShape(registration, shape);
  const [c, s] = turnOf(registration);
  const [mx, my] = mirrorOf(registration);
  const { scale, shiftX, shiftY } = registration;
  return ([x, y]) => {
    const [p, q] = [(x - (columns - 1) / 2 - shiftX) / scale, (y - (rows - 1) / 2 - shiftY) / scale];
    return [(nx - 1) / 2 + mx * (c * p + s * q), (ny - 1) / 2 + my * (c * q - s * p)];
  };
}

/** The image where it is registered, plane by plane. */
export function registered(image: MaskedImage, registration: Registration): MaskedImage {
  if (isAsItIs(registration)) return image;
  const [ny = 1, nx = 1] = image.shape.slice(-2);
  const [rows, columns] = registeredShape(registration, image.shape);
  const planes = image.data.length / (ny * nx);
  const data = new Float64Array(planes * rows * columns);
  const mask = new Float32Array(data.length);
  const back = originalPlace(registration, image.shape);
  const widening = Math.max(1, 1 / registration.scale);
  // Without another turn than quarters, whole rows and columns have one and the same weights.
  const known = new Map<number, Weights>();
  const weights = (at: number): Weights => {
    if (registration.angle !== 0) return weightsAt(at, widening);
    const found = known.get(at) ?? weightsAt(at, widening);
    known.set(at, found);
    return found;
  };
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [x, y] = back([column, row]);
      const [alongX, alongY] = [weights(x), weights(y)];
      for (let plane = 0; plane < planes; plane++) {
        const to = (plane * rows + row) * columns + column;
        const value = weighted(image, plane, alongX, alongY);
        if (value === null) continue;
        data[to] = value;
        mask[to] = 1;
      }
    }
  }
  fillUncounted(data, mask);
  const shape = [...image.shape.slice(0, -2), rows, columns];
  return { shape, data, mask: mask.every((counts) => counts === 1) ? null : mask };
}

/** How the noise of an image whose pixels are independent changes where it is registered. */
export interface Resampling {
  /** Variance of a pixel, over that of the image as it came: the mean Σw² of its weights. */
  readonly kept: number;
  /**
   * Variance per pixel of what varies slowly, over the same. A pixel's noise goes to scale² pixels with weights that sum
   * to scale², so that neighbours share it; that of a fitted value is larger than of independent pixels by this.
   */
  readonly shared: number;
}

/** Places along a side at which weights are looked at. */
const LOOKS = 48;

/** Null where pixels keep their values. @param shape of the image */
export function resamplingOf(registration: Registration, shape: readonly number[]): Resampling | null {
  if (keepsPixels(registration)) return null;
  const [rows, columns] = registeredShape(registration, shape);
  const back = originalPlace(registration, shape);
  const widening = Math.max(1, 1 / registration.scale);
  const squares = (at: number) => weightsAt(at, widening).weights.reduce((sum, w) => sum + w * w, 0);
  const [down, right] = [Math.min(rows, LOOKS), Math.min(columns, LOOKS)];
  let sum = 0;
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < right; column++) {
      const [x, y] = back([column, row]);
      sum += squares(x) * squares(y);
    }
  }
  return { kept: sum / (down * right), shared: registration.scale ** 2 };
}

/** By how much errors of fitted values are larger than scatter of independent pixels would make them. */
export function errorFactor({ kept, shared }: Resampling): number {
  return Math.sqrt(shared / kept);
}

interface Weights {
  readonly first: number;
  readonly weights: readonly number[];
}

/** Weights below this come from rounding. */
const NOTHING = 1e-9;

/** Of the pixels around a place, without those of weight zero; they sum to one. */
function weightsAt(at: number, widening: number): Weights {
  const [from, to] = [Math.ceil(at - 2 * widening), Math.floor(at + 2 * widening)];
  const all: number[] = [];
  for (let i = from; i <= to; i++) all.push(keys((i - at) / widening));
  const sum = all.reduce((total, weight) => total + weight, 0);
  const counts = (weight: number) => Math.abs(weight) > NOTHING;
  const first = all.findIndex(counts);
  return {
    first: from + first,
    weights: all.slice(first, all.findLastIndex(counts) + 1).map((weight) => weight / sum),
  };
}

/** Cubic convolution, a = -1/2. */
function keys(x: number): number {
  const d = Math.abs(x);
  if (d >= 2) return 0;
  return d < 1 ? 1 + d * d * (1.5 * d - 2.5) : 2 - d * (4 - d * (2.5 - 0.5 * d));
}

/** Null where a pixel takes part that is outside or does not count. */
function weighted({ shape, data, mask }: MaskedImage, plane: number, x: Weights, y: Weights): number | null {
  const [ny = 1, nx = 1] = shape.slice(-2);
  const isInside = (along: Weights, count: number) =>
    along.first >= 0 && along.first + along.weights.length <= count;
  if (!isInside(x, nx) || !isInside(y, ny)) return null;
  let sum = 0;
  for (let j = 0; j < y.weights.length; j++) {
    const from = (plane * ny + y.first + j) * nx + x.first;
    for (let i = 0; i < x.weights.length; i++) {
      const weight = (y.weights[j] as number) * (x.weights[i] as number);
      if (mask !== null && mask[from + i] === 0 && Math.abs(weight) > NOTHING) return null;
      sum += weight * (data[from + i] as number);
    }
  }
  return sum;
}

/** The mean of what counts: pictures keep their contrast, and sums stay finite. */
function fillUncounted(data: Float64Array, mask: Float32Array): void {
  let [sum, count] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    if (mask[i] === 0) continue;
    sum += data[i] as number;
    count++;
  }
  const mean = count === 0 ? 0 : sum / count;
  for (let i = 0; i < data.length; i++) if (mask[i] === 0) data[i] = mean;
}
