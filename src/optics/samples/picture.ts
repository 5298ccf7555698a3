/** Pictures as objects: a phantom or an uploaded image, placed, turned and scaled, on any grid. */
import type { HostImage } from '../element.ts';
import { PHANTOM_OPTIONS, phantom } from '../maths/phantoms.ts';
import { VOLUME_OPTIONS, volume } from '../maths/volumes.ts';
import type { Ops, Real } from '../ops/ops.ts';
import { multiplyScalars, type Scalar } from '../ops/scalar.ts';
import { ElementProblem } from '../problem.ts';
import { amplitudeMap, type MapArgument } from '../sampledGrid.ts';

export interface Picture {
  /** A phantom's name (of a slice, a volume's), or `image`. */
  readonly shape: string;
  readonly seed: number;
  readonly image: HostImage | null;
  /** Whether an image is divided by its largest value. */
  readonly normalise: boolean;
  /** Side of a phantom, width of an image, metres; 0 fills the grid. */
  readonly size: Scalar;
  readonly x: Scalar;
  readonly y: Scalar;
  /** From +x towards +y, radians. */
  readonly rotation: Scalar;
}

/** Brightness at a place in units of the picture's width, from its centre; `edge` is the distance between samples. */
type Brightness = (u: number, v: number, edge: number) => number;

/** Soft edges are a sample wide and bend sharply where they end: differences are taken over a small share of that. */
const EDGE_SHARE = 0.03;

/** What is drawn, by a name that stands for it. */
interface Drawing {
  readonly brightness: Brightness;
  readonly key: string;
}

/** A function of the brightness m of a picture. */
export interface Shade {
  /** Stands for `value`. */
  readonly name: string;
  readonly args: readonly MapArgument[];
  readonly value: (m: number, args: readonly number[]) => number;
}

const ITSELF: Shade = { name: '', args: [], value: (m) => m };

/** The amplitude exp(-depth · m) that an absorbing picture leaves. */
export function absorption(depth: Scalar): Shade {
  return {
    name: 'absorbed',
    args: [{ scalar: depth, scale: 1 }],
    value: (m, [d = 0]) => Math.exp(-d * Math.max(0, m)),
  };
}

/**
 * A picture, or a function of its brightness, as samples [n, n] with derivatives by place, size, turn, pitch and
 * the function's own arguments.
 */
export function pictureMap(ops: Ops, picture: Picture, n: number, pitch: Scalar, shade = ITSELF): Real {
  return drawingMap(ops, drawingOf(picture), picture, n, pitch, shade);
}

/** One slice of a volume, likewise. */
export function sliceMap(
  ops: Ops,
  picture: Picture,
  slice: { readonly index: number; readonly count: number },
  n: number,
  pitch: Scalar,
  shade = ITSELF,
): Real {
  return drawingMap(ops, sliceOf(picture, slice), picture, n, pitch, shade);
}

function drawingMap(
  ops: Ops,
  { brightness, key }: Drawing,
  picture: Picture,
  n: number,
  pitch: Scalar,
  { name, args, value }: Shade,
): Real {
  const size = sizeOf(picture, n, pitch);
  const scale = EDGE_SHARE * pitch.value;
  const placed = [picture.x, picture.y, size].map((scalar) => ({ scalar, scale }));
  const turn = { scalar: picture.rotation, scale: scale / size.value };
  return amplitudeMap(
    ops,
    `picture:${key}:${name}`,
    n,
    pitch,
    [...placed, turn, ...args],
    ([x0 = 0, y0 = 0, width = 1, angle = 0, ...rest], step) => {
      const [cosine, sine] = [Math.cos(angle) / width, Math.sin(angle) / width];
      return (x, y) => {
        const [dx, dy] = [x - x0, y - y0];
        const m = brightness(cosine * dx + sine * dy, cosine * dy - sine * dx, step / width);
        return value(m, rest);
      };
    },
  );
}

/** Width in metres, with the grid's where the picture fills it. */
export function sizeOf({ size }: Pick<Picture, 'size'>, n: number, pitch: Scalar): Scalar {
  return size.value > 0 ? size : multiplyScalars(pitch, n);
}

function drawingOf({ shape, seed, image, normalise }: Picture): Drawing {
  const known = PHANTOM_OPTIONS.find(({ value }) => value === shape)?.value;
  if (known !== undefined) return { brightness: phantom(known, seed), key: `${known}:${seed}` };
  const whole = chosenImage(image);
  return { brightness: imageBrightness(whole, normalise, 0), key: `${whole.key}:${normalise}` };
}

/** A slice at its middle; of an uploaded stack, between the pages that are nearest. */
function sliceOf(
  { shape, seed, image, normalise }: Picture,
  { index, count }: { readonly index: number; readonly count: number },
): Drawing {
  const depth = (index + 0.5) / count;
  const known = VOLUME_OPTIONS.find(({ value }) => value === shape)?.value;
  if (known !== undefined) {
    const whole = volume(known, seed);
    return { brightness: (u, v, edge) => whole(u, v, depth - 0.5, edge), key: `${known}:${seed}:${depth}` };
  }
  const stack = chosenImage(image);
  const pages = stack.shape.length === 3 ? (stack.shape[0] ?? 1) : 1;
  const at = Math.min(pages - 1, Math.max(0, depth * pages - 0.5));
  const [page, part] = [Math.floor(at), at - Math.floor(at)];
  const first = imageBrightness(stack, normalise, page);
  const key = `${stack.key}:${normalise}:${at}`;
  if (part < 1e-9) return { brightness: first, key };
  const second = imageBrightness(stack, normalise, Math.min(page + 1, pages - 1));
  return { brightness: (u, v, e) => (1 - part) * first(u, v, e) + part * second(u, v, e), key };
}

function chosenImage(image: HostImage | null): HostImage {
  if (image !== null) return image.whole ?? image;
  throw new ElementProblem(
    'No image has been chosen for this object.',
    'Choose or upload an image in the inspector, or another shape.',
  );
}

/**
 * One page of an image as a function of place: cubic convolution between its pixels (Keys, IEEE
 * Trans. Acoust. Speech Signal Process. 29, 1153 (1981)), kept within the range of its values; 0 outside.
 */
function imageBrightness({ shape, data }: HostImage, normalise: boolean, page: number): Brightness {
  const [ny = 1, nx = 1] = shape.slice(-2);
  let [low, high] = [0, 0];
  for (const value of data) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const start = page * ny * nx;
  const scale = normalise ? 1 / Math.max(high, -low, Number.MIN_VALUE) : 1;
  const at = (row: number, column: number) =>
    row < 0 || column < 0 || row >= ny || column >= nx ? 0 : (data[start + row * nx + column] ?? 0);
  return (u, v) => {
    const [x, y] = [u * nx + Math.floor(nx / 2), v * nx + Math.floor(ny / 2)];
    if (!(x > -2 && y > -2 && x < nx + 1 && y < ny + 1)) return 0;
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const across = cubicWeights(x - column);
    let sum = 0;
    cubicWeights(y - row).forEach((weight, j) => {
      let line = 0;
      for (let i = 0; i < 4; i++) line += (across[i] as number) * at(row + j - 1, column + i - 1);
      sum += weight * line;
    });
    return scale * Math.min(high, Math.max(low, sum));
  };
}

function cubicWeights(t: number): [number, number, number, number] {
  const [t2, t3] = [t * t, t * t * t];
  return [(-t + 2 * t2 - t3) / 2, (2 - 5 * t2 + 3 * t3) / 2, (t + 4 * t2 - 3 * t3) / 2, (t3 - t2) / 2];
}
