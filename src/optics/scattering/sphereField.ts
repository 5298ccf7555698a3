/** The exact field of a sphere on a plane of samples: no pupil, no far field, evanescent parts included. */
import { interpolateHermite, interpolateHermiteSlope } from '../maths/hermite.ts';
import { type MieSeries, mieCoefficients, mieOrder } from '../maths/mie/coefficients.ts';
import { nearFieldTable, PROFILE_CHANNELS, type ProfileTable } from '../maths/mie/nearField.ts';
import type { Complex, Ops } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';
import { LAYER_SCALARS, type ScatteringSphere, sphereLayers, sphereScalars } from './sphere.ts';

/** A few orders beyond Wiscombe's keep the truncation far below float32 while the radius moves in a fit. */
const EXTRA_ORDERS = 3;

export interface SpherePlace {
  readonly x: Scalar;
  readonly y: Scalar;
  /** Distance of the plane behind the sphere's centre. */
  readonly z: Scalar;
  /** Of the samples. */
  readonly pitch: Scalar;
}

export interface FieldChoice {
  /** x and y, or also the component along the axis. */
  readonly components: 2 | 3;
  /** Whether the plane wave itself is part of it. */
  readonly withIncident: boolean;
}

/**
 * The field of a sphere in a unit plane wave on a plane [components, n, n], relative to the plane wave there: of what
 * is scattered, Es(x, y, z) exp(-ikz). Derivatives by every scalar are exact to the tables' 1e-7.
 */
export function sphereField(
  ops: Ops,
  n: number,
  sphere: ScatteringSphere,
  place: SpherePlace,
  choice: FieldChoice,
): Complex {
  const scalars = [
    ...sphereScalars(sphere),
    place.x,
    place.y,
    place.z,
    place.pitch,
    sphere.polarizationAngle,
  ];
  return ops.hostMap(
    scalars,
    [choice.components, n, n],
    'complex',
    (values, wanted) => new SampledField(n, choice, values, wanted).fill(),
    `sphereField:${choice.withIncident}`,
  );
}

/** Factors of the derivatives by X, Y, Z (in units of the wave) and of further series that make up one scalar's. */
interface Change {
  readonly out: Float64Array;
  /** Shares of d/dX and d/dY that are the same for all samples; and of X d/dX + Y d/dY + Z d/dZ. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly scaling: number;
  /** Of the sample's place in pitches. */
  readonly pitch: number;
  readonly turns: boolean;
  readonly series: readonly { readonly channel: number; readonly re: number; readonly im: number }[];
}

class SampledField {
  private readonly n: number;
  private readonly choice: FieldChoice;
  private readonly wavenumber: number;
  private readonly place: { x: number; y: number; z: number; pitch: number; angle: number };
  private readonly profiles: ProfileTable;
  private readonly value: Float64Array;
  private readonly changes: readonly (Change | null)[];

  constructor(n: number, choice: FieldChoice, values: readonly number[], wanted: readonly boolean[]) {
    this.n = n;
    this.choice = choice;
    this.value = new Float64Array(2 * choice.components * n * n);
    const last = values.length;
    const [x = 0, y = 0, z = 0, pitch = 1, angle = 0] = values.slice(last - 5);
    this.place = { x, y, z, pitch, angle };
    const [lambda = 1, index = 1] = values;
    this.wavenumber = (2 * Math.PI * index) / lambda;
    const layers = sphereLayers(values.slice(0, -5));
    const size = layers.at(-1)?.sizeParameter ?? 1;
    const coefficients = mieCoefficients(layers, mieOrder(size) + EXTRA_ORDERS);
    const series: MieSeries[] = [coefficients];
    const add = (each: MieSeries | undefined, re: number, im: number) => {
      if (each === undefined) throw new Error('There is a series for every layer.');
      if (!series.includes(each)) series.push(each);
      return { channel: PROFILE_CHANNELS * series.indexOf(each), re, im };
    };
    const { bySize, byIndex } = coefficients;
    const sizes = (scale: number) =>
      layers.map(({ sizeParameter }, layer) => add(bySize[layer], scale * sizeParameter, 0));
    const indices = (scale: number) =>
      layers.map(({ mRe, mIm }, layer) => add(byIndex[layer], scale * mRe, scale * mIm));
    const k = this.wavenumber;
    const changeBy = (scalar: number): Change => {
      const none = { x: 0, y: 0, z: 0, scaling: 0, pitch: 0, turns: false, series: [] };
      const out = new Float64Array(this.value.length);
      if (scalar === 0) return { ...none, out, scaling: -1 / lambda, series: sizes(-1 / lambda) };
      if (scalar === 1) {
        return { ...none, out, scaling: 1 / index, series: [...sizes(1 / index), ...indices(-1 / index)] };
      }
      const own = scalar - (last - 5);
      if (own < 0) {
        const layer = Math.floor((scalar - 2) / LAYER_SCALARS);
        const part = (scalar - 2) % LAYER_SCALARS;
        const term =
          part === 0
            ? add(bySize[layer], k, 0)
            : add(byIndex[layer], part === 1 ? 1 / index : 0, part === 2 ? 1 / index : 0);
        return { ...none, out, series: [term] };
      }
      if (own === 0) return { ...none, out, x: -k };
      if (own === 1) return { ...none, out, y: -k };
      if (own === 2) return { ...none, out, z: k };
      return own === 3 ? { ...none, out, pitch: k } : { ...none, out, turns: true };
    };
    this.changes = wanted.map((want, scalar) => (want ? changeBy(scalar) : null));
    const withZ = this.changes.some((change) => change !== null && (change.z !== 0 || change.scaling !== 0));
    const reach = Math.ceil(n / 2) * pitch;
    const largest = k * Math.hypot(reach + Math.abs(x), reach + Math.abs(y));
    this.profiles = nearFieldTable(series, k * z, size, largest, withZ);
  }

  fill() {
    const { n, value, changes } = this;
    const active = changes.filter((change) => change !== null);
    const moves = active.some(
      ({ x, y, z: along, scaling, pitch }) =>
        x !== 0 || y !== 0 || along !== 0 || scaling !== 0 || pitch !== 0,
    );
    const scratch = scratchFor(this.profiles, this.place.angle);
    const store = this.storer();
    const centre = Math.floor(n / 2);
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        const at = row * n + column;
        const [i, j] = [column - centre, row - centre];
        this.moveTo(scratch, i, j, moves);
        store(value, at, scratch.here, 1);
        for (const change of active) this.differentiate(scratch, change, store, at, i, j);
      }
    }
    if (this.choice.withIncident) this.addIncident();
    return { value, partials: changes.map((change) => change?.out) };
  }

  /** The field at a sample, and where `moves` its derivatives by rho, phi and z. */
  private moveTo(scratch: Scratch, i: number, j: number, moves: boolean): void {
    const { place, wavenumber: k } = this;
    const { table, scale, byZ } = this.profiles;
    const { turn, found, slopes, here, other } = scratch;
    const x = k * (i * place.pitch - place.x);
    const y = k * (j * place.pitch - place.y);
    const z = k * place.z;
    // Roots and a logarithm by hand: `hypot` and `asinh` would be half of the time.
    const rho = Math.sqrt(x * x + y * y);
    const r = Math.sqrt(rho * rho + z * z);
    const t = rho / scale;
    const position = Math.log(t + Math.sqrt(t * t + 1));
    interpolateHermite(table, position, found, 0);
    // exp(i(r - z)), without cancelling where the plane is far behind the sphere.
    const path = z > 0 ? (rho * rho) / (r + z) : r - z;
    scratch.x = x;
    scratch.y = y;
    scratch.cosine = rho > 0 ? x / rho : 1;
    scratch.sine = rho > 0 ? y / rho : 0;
    turn.moveTo(path, scratch.cosine, scratch.sine);
    turn.components(found, 0, here);
    if (!moves) return;
    interpolateHermiteSlope(table, position, slopes, 0);
    const bySlope = 1 / Math.sqrt(rho * rho + scale * scale);
    for (let c = 0; c < PROFILE_CHANNELS; c++) other[c] = bySlope * (slopes[c] as number);
    turn.components(other, 0, scratch.byRho);
    addTurned(scratch.byRho, here, rho / r);
    turn.byAzimuth(found, rho, scratch.byPhi);
    if (byZ === null) return;
    turn.components(found, byZ, scratch.byZ);
    addTurned(scratch.byZ, here, z / r - 1);
  }

  /** Adds up one scalar's derivative at the sample of `scratch`. */
  private differentiate(
    scratch: Scratch,
    change: Change,
    store: Store,
    at: number,
    i: number,
    j: number,
  ): void {
    const { turn, found, x, y, cosine, sine, other } = scratch;
    const byX = change.x + change.scaling * x + change.pitch * i;
    const byY = change.y + change.scaling * y + change.pitch * j;
    store(change.out, at, scratch.byRho, byX * cosine + byY * sine);
    store(change.out, at, scratch.byPhi, byY * cosine - byX * sine);
    store(change.out, at, scratch.byZ, change.z + change.scaling * this.wavenumber * this.place.z);
    for (const { channel, re, im } of change.series) {
      turn.components(found, channel, other);
      store(change.out, at, other, re);
      if (im === 0) continue;
      addTurned(scratch.turned.fill(0), other, im);
      store(change.out, at, scratch.turned, 1);
    }
    if (!change.turns) return;
    turn.byPolarisation(found, other);
    store(change.out, at, other, 1);
  }

  /** Adds a vector times a factor to a sample of all planes. */
  private storer(): Store {
    const {
      n,
      choice: { components },
    } = this;
    return (out, at, vector, factor) => {
      if (factor === 0) return;
      for (let c = 0; c < components; c++) {
        const i = 2 * (c * n * n + at);
        out[i] = (out[i] as number) + factor * (vector[2 * c] as number);
        out[i + 1] = (out[i + 1] as number) + factor * (vector[2 * c + 1] as number);
      }
    };
  }

  private addIncident(): void {
    const { n, value, place, changes } = this;
    const [c, s] = [Math.cos(place.angle), Math.sin(place.angle)];
    const turned = changes.find((change) => change?.turns === true)?.out;
    for (let at = 0; at < n * n; at++) {
      const [x, y] = [2 * at, 2 * (n * n + at)];
      value[x] = (value[x] as number) + c;
      value[y] = (value[y] as number) + s;
      if (turned === undefined) continue;
      turned[x] = (turned[x] as number) - s;
      turned[y] = (turned[y] as number) + c;
    }
  }
}

type Store = (out: Float64Array, at: number, vector: Float64Array, factor: number) => void;

/** What is known of one sample, and memory for it: vectors of three components, [re, im]. */
interface Scratch {
  readonly turn: Turn;
  readonly found: Float64Array;
  readonly slopes: Float64Array;
  readonly here: Float64Array;
  readonly byRho: Float64Array;
  readonly byPhi: Float64Array;
  readonly byZ: Float64Array;
  readonly other: Float64Array;
  readonly turned: Float64Array;
  x: number;
  y: number;
  cosine: number;
  sine: number;
}

function scratchFor({ table: { channels } }: ProfileTable, angle: number): Scratch {
  const vector = () => new Float64Array(6);
  return {
    turn: new Turn(angle),
    ...{ found: new Float64Array(channels), slopes: new Float64Array(channels) },
    ...{ here: vector(), byRho: vector(), byPhi: vector(), byZ: vector(), other: vector(), turned: vector() },
    ...{ x: 0, y: 0, cosine: 1, sine: 0 },
  };
}

/** Adds i factor times one vector to another; both [re, im] by component. */
function addTurned(out: Float64Array, vector: Float64Array, factor: number): void {
  for (let c = 0; c < out.length; c += 2) {
    out[c] = (out[c] as number) - factor * (vector[c + 1] as number);
    out[c + 1] = (out[c + 1] as number) + factor * (vector[c] as number);
  }
}

/**
 * From profiles A, B, W to components at an azimuth phi, for light polarised along psi, times exp(i path):
 * E_x = A cos psi + B cos(2 phi - psi), E_y = A sin psi + B sin(2 phi - psi), E_z = W cos(phi - psi).
 * One for all samples: a new one for each would cost more than what it does.
 */
class Turn {
  private readonly cosPsi: number;
  private readonly sinPsi: number;
  private phaseRe = 1;
  private phaseIm = 0;
  private cosTwice = 1;
  private sinTwice = 0;
  private cosOnce = 1;
  private sinOnce = 0;

  constructor(angle: number) {
    this.cosPsi = Math.cos(angle);
    this.sinPsi = Math.sin(angle);
  }

  /** @param cosine, sine of the azimuth */
  moveTo(path: number, cosine: number, sine: number): void {
    const { cosPsi, sinPsi } = this;
    this.phaseRe = Math.cos(path);
    this.phaseIm = Math.sin(path);
    const cosDouble = cosine * cosine - sine * sine;
    const sinDouble = 2 * cosine * sine;
    this.cosTwice = cosDouble * cosPsi + sinDouble * sinPsi;
    this.sinTwice = sinDouble * cosPsi - cosDouble * sinPsi;
    this.cosOnce = cosine * cosPsi + sine * sinPsi;
    this.sinOnce = sine * cosPsi - cosine * sinPsi;
  }

  components(channels: Float64Array, from: number, out: Float64Array): void {
    this.write(channels, from, out, this.cosPsi, this.cosTwice, this.sinPsi, this.sinTwice, this.cosOnce);
  }

  /** (1/rho) d/d phi; B falls as rho² and W as rho towards the axis. */
  byAzimuth(channels: Float64Array, rho: number, out: Float64Array): void {
    const per = rho > 1e-6 ? 1 / rho : 0;
    const [x, y, z] = [-2 * per * this.sinTwice, 2 * per * this.cosTwice, -per * this.sinOnce];
    this.write(channels, 0, out, 0, x, 0, y, z);
  }

  byPolarisation(channels: Float64Array, out: Float64Array): void {
    this.write(channels, 0, out, -this.sinPsi, this.sinTwice, this.cosPsi, -this.cosTwice, this.sinOnce);
  }

  /** With weights of A and B in x, of A and B in y, and of W in z. */
  private write(
    channels: Float64Array,
    from: number,
    out: Float64Array,
    ax: number,
    bx: number,
    ay: number,
    by: number,
    wz: number,
  ): void {
    const c = this.phaseRe;
    const s = this.phaseIm;
    const aRe = channels[from] as number;
    const aIm = channels[from + 1] as number;
    const bRe = channels[from + 2] as number;
    const bIm = channels[from + 3] as number;
    const xRe = ax * aRe + bx * bRe;
    const xIm = ax * aIm + bx * bIm;
    const yRe = ay * aRe + by * bRe;
    const yIm = ay * aIm + by * bIm;
    const zRe = wz * (channels[from + 4] as number);
    const zIm = wz * (channels[from + 5] as number);
    out[0] = xRe * c - xIm * s;
    out[1] = xRe * s + xIm * c;
    out[2] = yRe * c - yIm * s;
    out[3] = yRe * s + yIm * c;
    out[4] = zRe * c - zIm * s;
    out[5] = zRe * s + zIm * c;
  }
}
