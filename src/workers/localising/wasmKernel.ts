/** The sums of localisation in WebAssembly, on a memory of their own: float32, several pixels at once. */
import {
  BACKGROUND,
  type EmitterKernel,
  PHOTONS,
  SHAPES,
  UNKNOWNS,
  unpack,
} from '../../optics/localisation/localiseKernel.ts';
import { type PsfSpline, TAPS } from '../../optics/localisation/psfSpline.ts';
import { aroundPlace, columnsRead, placeOf, shapeSide } from '../../optics/localisation/splineWindow.ts';
import { loadKernelModule } from '../wasm/module.ts';

const PAGE_BYTES = 65536;
/** Lanes of a vector, and bytes of one. */
const LANES = 4;
const VECTOR_BYTES = 16;
const SUMS = UNKNOWNS + (UNKNOWNS * (UNKNOWNS + 1)) / 2;
const WEIGHTS = 6 * TAPS;
/** Layers of a window: electrons, 1/electrons, what is added to the model, masks. */
const LAYERS = 4;

function roundedUp(count: number): number {
  return LANES * Math.ceil(count / LANES);
}

export async function wasmEmitterKernel(
  spline: PsfSpline,
  side: number,
  simd = true,
): Promise<EmitterKernel> {
  const { exports, memory } = await loadKernelModule({ simd, shared: false, onThreadLost: () => undefined });
  let end = Math.ceil(exports.heapBase() / VECTOR_BYTES) * VECTOR_BYTES;
  const allocate = (numbers: number): number => {
    const at = end;
    // A vector may be read across the end.
    end += 4 * roundedUp(numbers) + VECTOR_BYTES;
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    return at;
  };
  const { fine, pixels, coefficients } = spline;
  const columns = roundedUp(columnsRead(fine, side));
  const line = fine * columns;
  const width = roundedUp(side);
  const around = shapeSide(spline);
  const shapeWidth = roundedUp(around);
  const shapeColumns = roundedUp(columnsRead(fine, around));
  const shapeLength = 4 * around * shapeWidth;
  const at = {
    coefficients: allocate(coefficients.length + columns),
    weights: allocate(WEIGHTS),
    window: allocate(LAYERS * side * width),
    work: allocate(2 * ((side - 1) * fine + TAPS) * line + 3 * line),
    sums: allocate(SUMS),
    shapes: allocate(SHAPES * shapeLength),
    shapeWork: allocate((2 * ((around - 1) * fine + TAPS) + 3) * fine * shapeColumns),
  };
  // Growing a memory makes views stale.
  const view = (address: number, length: number) => new Float32Array(memory.buffer, address, length);
  view(at.coefficients, coefficients.length).set(coefficients);
  const views = () => ({
    weights: view(at.weights, WEIGHTS),
    window: view(at.window, LAYERS * side * width),
    sums: view(at.sums, SUMS),
    shapes: Array.from({ length: SHAPES }, (_, slot) =>
      view(at.shapes + 4 * slot * shapeLength, shapeLength),
    ),
  });
  let { weights, window, sums, shapes } = views();
  const masks = new Uint32Array(memory.buffer, at.window + 12 * side * width, side * width);
  for (let i = 0; i < side * width; i++) masks[i] = i % width < side ? 0xffffffff : 0;
  const exact = new Float64Array(WEIGHTS);
  const gradient = new Float64Array(UNKNOWNS);
  const curvature = new Float64Array(UNKNOWNS * UNKNOWNS);
  return {
    side,
    spline,
    gradient,
    curvature,
    load(electrons, variance, known) {
      const layer = side * width;
      for (let row = 0; row < side; row++) {
        for (let column = 0; column < side; column++) {
          const [from, to] = [row * side + column, row * width + column];
          const v = variance === null ? 0 : (variance[from] as number);
          const d = Math.max(0, (electrons[from] as number) + v);
          window[to] = d;
          window[layer + to] = d > 0 ? 1 / d : 0;
          window[2 * layer + to] = v + (known === null ? 0 : (known[from] as number));
        }
      }
    },
    evaluate(unknowns) {
      const place = placeOf(spline, unknowns, exact);
      weights.set(exact);
      const deviance = exports.emitterSums(
        at.coefficients,
        pixels,
        fine,
        side,
        columns,
        place.plane,
        place.row,
        place.column,
        place.phase,
        at.weights,
        unknowns[PHOTONS] as number,
        unknowns[BACKGROUND] as number,
        at.window,
        at.work,
        at.sums,
      );
      unpack(sums, gradient, curvature);
      return 2 * deviance;
    },
    shape(place, slot) {
      const { x0, y0, within } = aroundPlace(place, around);
      const from = placeOf(spline, within, exact);
      weights.set(exact);
      exports.emitterShape(
        at.coefficients,
        pixels,
        fine,
        around,
        shapeColumns,
        from.plane,
        from.row,
        from.column,
        from.phase,
        at.weights,
        at.shapeWork,
        at.shapes + 4 * slot * shapeLength,
      );
      return { x0, y0, side: around, width: shapeWidth, layers: shapes[slot] as Float32Array };
    },
    productsWith(vectors, length) {
      const count = vectors.length / length;
      const [from, one, to] = [allocate(vectors.length), allocate(length), allocate(count)];
      ({ weights, window, sums, shapes } = views());
      view(from, vectors.length).set(vectors);
      const given = view(one, length);
      const found = view(to, count);
      return (vector) => {
        given.set(vector);
        exports.products(from, count, length, one, to);
        return found;
      };
    },
  };
}
