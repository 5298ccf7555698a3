/** How an image must be flipped, turned by quarters and shifted to lie on another one: the best of all by correlation. */
import { overPlane, powerOfTwoFourier } from '../maths/lineTransform.ts';
import {
  type MaskedImage,
  type Registration,
  registered,
  registeredPlace,
  registeredShape,
  TURNS,
} from '../maths/registration.ts';

export interface Alignment {
  readonly registration: Registration;
  /** Pearson's r of the two where both count. */
  readonly likeness: number;
  /** Flips and turns that fit as well, without the one that was taken. */
  readonly alike: readonly Pick<Registration, 'flip' | 'turn'>[];
}

/**
 * Longest sides of the means on which orientations with all shifts are tried, and on which the shift of the best is
 * told: 1.5 times the first is one power of two, and nothing on the second takes longer than a frame of the page.
 */
const COARSE = 84;
const FINE = 256;
/** Likeness below the best from which on an orientation is not looked at closely. */
const CLOSE = 0.15;
/** Of the likeness, what interpolation alone can change. */
const ROUNDED = 2e-3;
/** Least share of the pixels that must lie on each other. */
const LEAST_OVERLAP = 0.4;

/**
 * @param model one plane
 * @param image one plane, as it came
 * @param start angle and scale are kept; of equally good ones the orientation nearest to this is taken
 * @param breathe awaited now and then, so that a page can do other things
 * @returns null where the two cannot be laid on each other, or one of them is flat
 */
export async function alignment(
  model: MaskedImage,
  image: MaskedImage,
  start: Registration,
  breathe: () => Promise<void> = async () => {},
): Promise<Alignment | null> {
  const longest = Math.max(...model.shape.slice(-2));
  const coarse = pairOf(model, image, Math.ceil(longest / COARSE));
  const found: Placed[] = [];
  for (const orientation of orientations(start)) {
    await breathe();
    const still = { ...start, ...orientation, shiftX: 0, shiftY: 0 };
    const turned = registered(coarse.image, still);
    if (registeredShape(still, image.shape).join() !== model.shape.slice(-2).join()) continue;
    const [shiftX, shiftY] = strongestShift(coarse.model, turned);
    const at = { ...still, shiftX, shiftY };
    const likeness = likenessAt(coarse, at);
    if (Number.isFinite(likeness)) found.push({ registration: at, likeness });
  }
  const most = Math.max(...found.map(({ likeness }) => likeness));
  const refined: Placed[] = [];
  for (const each of found.filter(({ likeness }) => likeness > most - CLOSE))
    refined.push(await climb(coarse, each, 1, breathe));
  const best = Math.max(...refined.map(({ likeness }) => likeness));
  const doubt = ROUNDED + (3 * (1 - best * best)) / Math.sqrt(coarse.model.data.length);
  const [taken, ...alike] = refined.filter(({ likeness }) => likeness >= best - doubt);
  if (taken === undefined) return null;
  const { registration, likeness } = await told(taken, coarse, model, image, breathe);
  const rounded = (value: number) => Math.round(1000 * value) / 1000;
  return {
    registration: {
      ...registration,
      shiftX: rounded(registration.shiftX),
      shiftY: rounded(registration.shiftY),
    },
    likeness,
    alike: alike.map(({ registration: { flip, turn } }) => ({ flip, turn })),
  };
}

interface Placed {
  readonly registration: Registration;
  readonly likeness: number;
}

/** Both images as means of squares of pixels. */
interface Pair {
  readonly model: MaskedImage;
  readonly image: MaskedImage;
  readonly factor: number;
  /** Shifts on the means from those on the pixels, and back. */
  readonly down: (registration: Registration) => Registration;
  readonly up: (registration: Registration) => Registration;
}

function pairOf(model: MaskedImage, image: MaskedImage, factor: number): Pair {
  // Where squares do not fill an image, their middle is not its middle: p - C = f (P - C') + δ on both sides.
  const off = (registration: Registration): readonly [number, number] => {
    const [ny = 1, nx = 1] = image.shape.slice(-2);
    const [dx, dy] = middleOf(image, factor);
    const [mx, my] = middleOf(model, factor);
    const still = { ...registration, shiftX: 0, shiftY: 0 };
    const [rows, columns] = registeredShape(still, image.shape);
    const [x, y] = registeredPlace(still, image.shape)([(nx - 1) / 2 + dx, (ny - 1) / 2 + dy]);
    return [mx - (x - (columns - 1) / 2), my - (y - (rows - 1) / 2)];
  };
  return {
    ...{ model: binned(model, factor), image: binned(image, factor), factor },
    up: (registration) => {
      const [x, y] = off(registration);
      const { shiftX, shiftY } = registration;
      return { ...registration, shiftX: factor * shiftX + x, shiftY: factor * shiftY + y };
    },
    down: (registration) => {
      const [x, y] = off(registration);
      const { shiftX, shiftY } = registration;
      return { ...registration, shiftX: (shiftX - x) / factor, shiftY: (shiftY - y) / factor };
    },
  };
}

/** How far the middle of the squares is from that of the pixels. */
function middleOf({ shape }: MaskedImage, factor: number): readonly [x: number, y: number] {
  const [ny = 1, nx = 1] = shape.slice(-2);
  const off = (n: number) => (Math.floor(n / factor) * factor - n) / 2;
  return [off(nx), off(ny)];
}

/** From the place on coarse means to that on finer ones, in pixels. */
async function told(
  taken: Placed,
  coarse: Pair,
  model: MaskedImage,
  image: MaskedImage,
  breathe: () => Promise<void>,
): Promise<Placed> {
  const factor = Math.ceil(Math.max(...model.shape.slice(-2)) / FINE);
  if (factor === coarse.factor) return { ...taken, registration: coarse.up(taken.registration) };
  const fine = pairOf(model, image, factor);
  const registration = fine.down(coarse.up(taken.registration));
  const from = { registration, likeness: likenessAt(fine, registration) };
  const found = await climb(fine, from, FIRST_FINE_STEP, breathe);
  return { ...found, registration: fine.up(found.registration) };
}

/** All eight, the present one and those nearest to it first. */
function orientations({ flip, turn }: Registration): Pick<Registration, 'flip' | 'turn'>[] {
  const mirrored = flip === 'x' || flip === 'y';
  const own = TURNS.map((_, i) => TURNS[(TURNS.indexOf(turn) + i) % 4] ?? '0');
  return [
    ...own.map((each) => ({ flip, turn: each })),
    ...TURNS.map((each) => ({ flip: mirrored ? ('none' as const) : ('x' as const), turn: each })),
  ];
}

/** Means of squares of pixels; what is left over at the ends is left out. */
function binned(image: MaskedImage, factor: number): MaskedImage {
  if (factor === 1) return image;
  const [ny = 1, nx = 1] = image.shape.slice(-2);
  const [rows, columns] = [Math.floor(ny / factor), Math.floor(nx / factor)];
  const data = new Float64Array(rows * columns);
  const mask = new Float32Array(rows * columns).fill(1);
  for (let y = 0; y < rows * factor; y++) {
    for (let x = 0; x < columns * factor; x++) {
      const [from, to] = [y * nx + x, Math.floor(y / factor) * columns + Math.floor(x / factor)];
      data[to] = (data[to] as number) + (image.data[from] as number) / factor ** 2;
      if (image.mask?.[from] === 0) mask[to] = 0;
    }
  }
  return { shape: [rows, columns], data, mask };
}

/** Pearson's r of the model and the registered image over the pixels that count in both; NaN where too few do. */
function likenessAt({ model, image }: Pair, at: Registration): number {
  const placed = registered(image, at);
  const [a, b] = [model.data, placed.data];
  const counts = (i: number) => model.mask?.[i] !== 0 && placed.mask?.[i] !== 0;
  let [count, sumA, sumB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    if (!counts(i)) continue;
    count++;
    sumA += a[i] as number;
    sumB += b[i] as number;
  }
  if (count < LEAST_OVERLAP * a.length) return Number.NaN;
  const [meanA, meanB] = [sumA / count, sumB / count];
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    if (!counts(i)) continue;
    const [da, db] = [(a[i] as number) - meanA, (b[i] as number) - meanB];
    both += da * db;
    ofA += da * da;
    ofB += db * db;
  }
  return both / Math.sqrt(ofA * ofB);
}

/** Steps down to which a place is looked for, pixels, and from which on the fine means. */
const SMALLEST_STEP = 0.05;
const FIRST_FINE_STEP = 0.5;

/** From a place uphill, axis by axis, by parabolas through three places that come closer. */
async function climb(
  pair: Pair,
  from: Placed,
  firstStep: number,
  breathe: () => Promise<void>,
): Promise<Placed> {
  let { registration, likeness: best } = from;
  for (let step = firstStep; step >= SMALLEST_STEP; step /= 2) {
    for (const axis of ['shiftX', 'shiftY'] as const) {
      const here = registration;
      const moved = (by: number): Registration => ({ ...here, [axis]: here[axis] + by });
      const likeness = async (by: number): Promise<number> => {
        await breathe();
        return likenessAt(pair, moved(by));
      };
      const [less, more] = [await likeness(-step), await likeness(step)];
      const bend = less - 2 * best + more;
      const top = bend < 0 ? (step * (less - more)) / (2 * bend) : 0;
      const between = Math.max(-step, Math.min(step, top));
      const tried = [
        [between, await likeness(between)] as const,
        [-step, less] as const,
        [step, more] as const,
      ];
      const better = tried.find(([, value]) => value > best);
      if (better === undefined) continue;
      registration = moved(better[0]);
      best = better[1];
    }
  }
  return { registration, likeness: best };
}

/** The whole shift of the second image at which its correlation with the first is largest. */
function strongestShift(first: MaskedImage, second: MaskedImage): readonly [x: number, y: number] {
  const [ny = 1, nx = 1] = first.shape;
  let side = 1;
  // Room for shifts of half the picture without coming in on the other side.
  while (side < 1.5 * Math.max(ny, nx)) side *= 2;
  const fourier = powerOfTwoFourier(side);
  const [a, b] = [spectrum(first, side, fourier), spectrum(second, side, fourier)];
  // a · conj(b)
  for (let i = 0; i < a.re.length; i++) {
    const [ar, ai, br, bi] = [a.re[i], a.im[i], b.re[i], b.im[i]] as [number, number, number, number];
    a.re[i] = ar * br + ai * bi;
    a.im[i] = ai * br - ar * bi;
  }
  overPlane(a, side, fourier.backward);
  let best = { value: Number.NEGATIVE_INFINITY, x: 0, y: 0 };
  for (let i = 0; i < a.re.length; i++) {
    const [x, y] = [signed(i % side, side), signed(Math.floor(i / side), side)];
    const value = a.re[i] as number;
    if (value > best.value && Math.abs(x) <= nx / 2 && Math.abs(y) <= ny / 2) best = { value, x, y };
  }
  return [best.x, best.y];
}

function signed(index: number, length: number): number {
  return index < length / 2 ? index : index - length;
}

interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Of the deviation from the mean, zero around it, in the order in which the transform leaves it. */
function spectrum(
  { shape, data, mask }: MaskedImage,
  side: number,
  fourier: ReturnType<typeof powerOfTwoFourier>,
): Complex {
  const [, nx = 1] = shape;
  const counts = (i: number) => mask === null || mask[i] !== 0;
  let [sum, count] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    if (!counts(i)) continue;
    sum += data[i] as number;
    count++;
  }
  const mean = sum / Math.max(1, count);
  const out = { re: new Float64Array(side * side), im: new Float64Array(side * side) };
  for (let i = 0; i < data.length; i++)
    if (counts(i)) out.re[Math.floor(i / nx) * side + (i % nx)] = (data[i] as number) - mean;
  overPlane(out, side, fourier.forward);
  return out;
}
