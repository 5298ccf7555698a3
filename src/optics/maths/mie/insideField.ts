/**
 * The field in a layered sphere and around it, at any place.
 *
 * In every layer the wave of order n is a radial function V of r that solves V'' = (n(n+1)/r^2 - m^2) V: from surface to
 * surface V and V'/m^2 are continuous for the electric waves, V and V' for the magnetic ones (V is m u_n(mr) of
 * `coefficients.ts` in units that make it psi_n of the incident wave outside). With E_n = i^n (2n+1)/(n(n+1))
 * (Bohren & Huffman 1983, chapter 4), for light along +z polarised along x,
 *   E_r     = cos phi sin theta sum -i E_n n(n+1) pi_n Ve/(m r)^2,
 *   E_theta = cos phi sum E_n (-i tau_n Ve'/(m^2 r) + pi_n Vm/r),
 *   E_phi   = -sin phi sum E_n (-i pi_n Ve'/(m^2 r) + tau_n Vm/r).
 * All lengths in units of the medium's wavelength over 2 pi.
 */
import { createHermiteTable, type HermiteTable, interpolateHermite } from '../hermite.ts';
import { type MieLayer, type MieSeries, mieCoefficients } from './coefficients.ts';
import { psiRatios, realPsi, type ShellRatios, shellRatios, Workspace } from './ratios.ts';
import { across, type Complex, crossed, over, product, square } from './shellWaves.ts';

/** Real numbers of a place: A, B and W of `nearField.ts`, from which all components follow at any azimuth. */
export const PLACE_CHANNELS = 6;

/** Real numbers per order at a radius: the weights of pi_n in E_r, of tau_n and of pi_n across it. */
const WAVE_CHANNELS = 6;

/** The step between radii where the waves are computed, in radians of the wave. */
const NODE_STEP = 0.15;
/** The same outside over the number of orders, of log r: waves less exp(ir) turn and fall so much. */
const LOG_STEP = 0.12;
const LEAST_INTERVALS = 8;

/** Orders that the field needs at the surface itself, whose waves fall as exp(-0.94 s^1.5 / x^0.5) beyond order x. */
export function fieldOrder(sizeParameter: number): number {
  return Math.ceil(sizeParameter + 7.5 * Math.cbrt(sizeParameter)) + 10;
}

/** i^n. */
const POWERS: readonly Complex[] = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
];

/** By order n at 2n, of the electric and of the magnetic waves. */
type Kinds = readonly [Float64Array, Float64Array];
/** Waves by radius, whose nodes are filled when they are first asked for. */
interface RadialTable {
  readonly table: HermiteTable;
  readonly isFilled: Uint8Array;
  readonly fill: (node: number) => void;
}

/** A layer with what is known at its surfaces: sigma = (n+1)/(m r) - V'/(m V) inside its inner one, and V outside. */
interface Layer {
  readonly m: Complex;
  readonly from: number;
  readonly to: number;
  /** Null in the core, where every wave is psi_n(m r). */
  readonly entered: Kinds | null;
  /** V at the outer surface. */
  readonly reached: Kinds;
}

export class SphereField {
  readonly order: number;
  private readonly layers: readonly Layer[];
  /** By layer from the core on, and then of the scattered wave outside. */
  private readonly tables: readonly RadialTable[];
  private readonly size: number;
  private readonly space = new Workspace();

  /**
   * @param largest distance from the centre that will be asked for
   * @param like a field of almost the same sphere, whose orders and nodes are taken over: differences between the two are
   * then as smooth as the fields
   */
  constructor(given: readonly MieLayer[], largest: number, like: SphereField | null = null) {
    this.size = given.at(-1)?.sizeParameter ?? 1;
    this.order = like?.order ?? fieldOrder(this.size);
    const intervals = like?.tables.map(({ table }) => table.intervals) ?? [];
    // Of the two roots of m^2 that which the ratios of xi need, as in `mieCoefficients`.
    const layers = given.map(({ sizeParameter, mRe, mIm }) => ({
      to: sizeParameter,
      m: (mIm < 0 ? [-mRe, -mIm] : [mRe, mIm]) as Complex,
    }));
    this.layers = this.solve(layers);
    this.tables = [
      ...this.layers.map((layer, i) => this.tableInside(layer, intervals[i])),
      this.tableOutside(mieCoefficients(given, this.order), largest, intervals.at(-1)),
    ];
  }

  /** The layer that a distance from the centre lies in; one more than there are stands for the medium. */
  layerAt(r: number): number {
    const found = this.layers.findIndex(({ to }) => r <= to);
    return found < 0 ? this.layers.length : found;
  }

  /**
   * The whole field (outside: without the incident wave) at lateral distance rho, z behind the centre, as A, B, W:
   * E_x = A + B cos 2 phi, E_y = B sin 2 phi, E_z = W cos phi.
   * @param layer whose waves are taken: at a surface those of either side
   */
  at(rho: number, z: number, layer: number, out: Float64Array, offset: number): void {
    const { table, isFilled, fill } = this.tables[layer] as RadialTable;
    const isOutside = layer === this.layers.length;
    const r = Math.max(Math.hypot(rho, z), 1e-9);
    const position = isOutside ? Math.log(r / this.size) : r;
    const node = Math.floor((position - table.start) / table.step);
    const first = Math.min(Math.max(node, 0), table.intervals - 1);
    for (const k of [first, first + 1]) {
      if (isFilled[k] === 0) fill(k);
      isFilled[k] = 1;
    }
    const waves = this.scratch(table.channels);
    interpolateHermite(table, position, waves, 0);
    const turn: Complex = isOutside ? [Math.cos(r), Math.sin(r)] : [1, 0];
    const [sine, cosine] = [rho / r, z / r];
    const sums = [0, 0, 0, 0, 0, 0];
    let [piBefore, pi] = [0, 1];
    // Waves of orders far above the phase from the centre do not reach inwards.
    const m = isOutside ? Infinity : Math.hypot(...(this.layers[layer]?.m ?? [1, 0]));
    const last = Math.min(this.order, fieldOrder(Math.min(m * r, this.order)));
    for (let n = 1; n <= last; n++) {
      const tau = n * cosine * pi - (n + 1) * piBefore;
      const i = WAVE_CHANNELS * (n - 1);
      for (let part = 0; part < 2; part++) {
        const along = waves[i + part] as number;
        const electric = waves[i + 2 + part] as number;
        const magnetic = waves[i + 4 + part] as number;
        sums[part] = (sums[part] as number) + pi * along;
        sums[2 + part] = (sums[2 + part] as number) + tau * electric + pi * magnetic;
        sums[4 + part] = (sums[4 + part] as number) + pi * electric + tau * magnetic;
      }
      const after = ((2 * n + 1) * cosine * pi - (n + 1) * piBefore) / n;
      piBefore = pi;
      pi = after;
    }
    const across = [0, 1].map((part) => {
      const radial = (sums[part] as number) * sine;
      const polar = sums[2 + part] as number;
      const azimuthal = sums[4 + part] as number;
      const sideways = radial * sine + polar * cosine;
      return [(sideways + azimuthal) / 2, (sideways - azimuthal) / 2, radial * cosine - polar * sine];
    });
    for (let c = 0; c < 3; c++) {
      const [re, im] = [across[0]?.[c] ?? 0, across[1]?.[c] ?? 0];
      out[offset + 2 * c] = re * turn[0] - im * turn[1];
      out[offset + 2 * c + 1] = re * turn[1] + im * turn[0];
    }
  }

  private found = new Float64Array(0);

  private scratch(length: number): Float64Array {
    if (this.found.length !== length) this.found = new Float64Array(length);
    return this.found;
  }

  private ratios(m: Complex, inside: number, outside: number): ShellRatios {
    this.space.reset(this.order);
    return shellRatios(this.space, m, inside, outside, this.order);
  }

  /** Outwards the shapes of the waves, then inwards their sizes. */
  private solve(layers: readonly { readonly m: Complex; readonly to: number }[]): Layer[] {
    const made: { m: Complex; from: number; to: number; entered: Kinds | null; shares: Kinds | null }[] = [];
    let states: Kinds | null = null;
    let [before, from]: [Complex, number] = [[1, 0], 0];
    for (const { m, to } of layers) {
      if (states === null) {
        this.space.reset(this.order);
        const sigma = psiRatios(this.space, m[0] * to, m[1] * to, this.order).slice();
        states = [sigma, sigma];
        made.push({ m, from, to, entered: null, shares: null });
      } else {
        const entered: Kinds = [
          crossed(states[0], before, m, from, 'electric'),
          crossed(states[1], before, m, from, 'magnetic'),
        ];
        const ratios = this.ratios(m, from, to);
        const shares: Kinds = [across(ratios, entered[0], 'share'), across(ratios, entered[1], 'share')];
        states = [across(ratios, entered[0], 'sigma'), across(ratios, entered[1], 'sigma')];
        made.push({ m, from, to, entered, shares });
      }
      [before, from] = [m, to];
    }
    if (states === null) throw new Error('A sphere must have at least one layer.');
    let reached: Kinds = [
      this.atSurface(crossed(states[0], before, [1, 0], from, 'electric')),
      this.atSurface(crossed(states[1], before, [1, 0], from, 'magnetic')),
    ];
    const out: Layer[] = [];
    for (const { shares, ...layer } of made.reverse()) {
      out.unshift({ ...layer, reached });
      if (shares !== null) reached = [product(reached[0], shares[0]), product(reached[1], shares[1])];
    }
    return out;
  }

  /** V = psi - c xi at the outermost surface, i / (s xi_n - xi_{n+1}) by the Wronskian. */
  private atSurface(s: Float64Array): Float64Array {
    const x = this.size;
    this.space.reset(this.order);
    const psi = realPsi(this.space, x, this.order);
    const out = new Float64Array(s.length);
    let chi = -Math.cos(x);
    let chiNext = -Math.cos(x) / x - Math.sin(x);
    for (let n = 1; n <= this.order; n++) {
      const chiAfter = ((2 * n + 1) / x) * chiNext - chi;
      [chi, chiNext] = [chiNext, chiAfter];
      const [re, im] = [s[2 * n] as number, s[2 * n + 1] as number];
      const [p, pNext] = [psi[n] as number, psi[n + 1] as number];
      const found = over([0, 1], [re * p - pNext - im * chi, im * p + re * chi - chiNext]);
      out[2 * n] = found[0];
      out[2 * n + 1] = found[1];
    }
    return out;
  }

  /** sigma and V at a radius in a layer. */
  private wavesInside({ m, from, to, entered, reached }: Layer, r: number): { sigma: Kinds; value: Kinds } {
    if (entered === null) {
      const { psiInside, psiAcross } = this.ratios(m, r, to);
      return {
        sigma: [psiInside, psiInside],
        value: [product(reached[0], psiAcross), product(reached[1], psiAcross)],
      };
    }
    const below = this.ratios(m, from, r);
    const sigma: Kinds = [across(below, entered[0], 'sigma'), across(below, entered[1], 'sigma')];
    const above = this.ratios(m, r, to);
    return {
      sigma,
      value: [
        product(reached[0], across(above, sigma[0], 'share')),
        product(reached[1], across(above, sigma[1], 'share')),
      ],
    };
  }

  private tableInside(layer: Layer, wanted: number | undefined): RadialTable {
    const { m, from, to } = layer;
    const enough = Math.ceil((Math.hypot(...m) * (to - from)) / NODE_STEP);
    const intervals = wanted ?? Math.max(LEAST_INTERVALS, enough);
    const step = (to - from) / intervals;
    const table = createHermiteTable(from, step, intervals, WAVE_CHANNELS * this.order);
    const slope = new Float64Array(2 * this.order + 2);
    const fill = (k: number) => {
      // At the centre itself the field is that of a hair's breadth from it.
      const r = Math.max(from + k * step, 1e-4 * step);
      const { sigma, value } = this.wavesInside(layer, r);
      for (const kind of [0, 1] as const) {
        // V'/V = (n+1)/r - m sigma.
        for (let i = 2; i < slope.length; i += 2) {
          const [sRe, sIm] = [sigma[kind][i] as number, sigma[kind][i + 1] as number];
          const re = (i / 2 + 1) / r - (m[0] * sRe - m[1] * sIm);
          const im = -(m[0] * sIm + m[1] * sRe);
          const [vRe, vIm] = [value[kind][i] as number, value[kind][i + 1] as number];
          slope[i] = re * vRe - im * vIm;
          slope[i + 1] = re * vIm + im * vRe;
        }
        this.store(table, k, r, step, square(m), kind, value[kind], slope, [0, 0]);
      }
    };
    return { table, isFilled: new Uint8Array(intervals + 1), fill };
  }

  /** What is scattered, -c_n xi_n(r) exp(-ir), over log r. */
  private tableOutside({ a, b }: MieSeries, largest: number, wanted: number | undefined): RadialTable {
    const end = Math.log(Math.max(largest, 1.01 * this.size) / this.size);
    const intervals = wanted ?? Math.max(LEAST_INTERVALS, Math.ceil((end * this.order) / LOG_STEP));
    const step = end / intervals;
    const table = createHermiteTable(0, step, intervals, WAVE_CHANNELS * this.order);
    const [xi, rise] = [new Float64Array(2 * this.order + 2), new Float64Array(2 * this.order + 2)];
    const series = [a, b].map((c) => Float64Array.from([0, 0, ...c], (each) => -each)) as [
      Float64Array,
      Float64Array,
    ];
    const fill = (k: number) => {
      const r = this.size * Math.exp(k * step);
      // xi_n exp(-ir), upward, and xi_n' exp(-ir).
      xi.set([0, -1, -1, -1 / r]);
      for (let i = 2; i < xi.length; i++) {
        const n = i >> 1;
        if (i > 3) xi[i] = ((2 * n - 1) / r) * (xi[i - 2] as number) - (xi[i - 4] as number);
        rise[i] = (xi[i - 2] as number) - (n / r) * (xi[i] as number);
      }
      for (const kind of [0, 1] as const) {
        const [value, slope] = [product(series[kind], xi), product(series[kind], rise)];
        this.store(table, k, r, step * r, [1, 0], kind, value, slope, [0, -1]);
      }
    };
    return { table, isFilled: new Uint8Array(intervals + 1), fill };
  }

  /**
   * The weights of one kind of waves at a node, with their slopes times the step of r.
   * @param turning of the factor that was taken out: its derivative over itself
   */
  private store(
    table: HermiteTable,
    node: number,
    r: number,
    step: number,
    index2: Complex,
    kind: 0 | 1,
    value: Float64Array,
    slope: Float64Array,
    turning: Complex,
  ): void {
    const { data } = table;
    const [sRe, sIm] = kind === 0 ? over([1, 0], index2) : [1, 0];
    for (let n = 1; n <= this.order; n++) {
      const size = (2 * n + 1) / (n * (n + 1));
      // i^n for the magnetic waves, -i times it over m^2 for the electric ones.
      const [pRe, pIm] = POWERS[(n + (kind === 0 ? 3 : 0)) % 4] as Complex;
      const [fRe, fIm] = [size * (pRe * sRe - pIm * sIm), size * (pRe * sIm + pIm * sRe)];
      const [vRe, vIm] = [value[2 * n] as number, value[2 * n + 1] as number];
      const [dRe, dIm] = [slope[2 * n] as number, slope[2 * n + 1] as number];
      const put = (channel: number, re: number, im: number, byRe: number, byIm: number) => {
        const at = 2 * (node * table.channels + WAVE_CHANNELS * (n - 1) + channel);
        const [tRe, tIm] = [
          byRe + re * turning[0] - im * turning[1],
          byIm + re * turning[1] + im * turning[0],
        ];
        data[at] = fRe * re - fIm * im;
        data[at + 1] = step * (fRe * tRe - fIm * tIm);
        data[at + 2] = fRe * im + fIm * re;
        data[at + 3] = step * (fRe * tIm + fIm * tRe);
      };
      if (kind === 1) {
        put(4, vRe / r, vIm / r, (dRe - vRe / r) / r, (dIm - vIm / r) / r);
        continue;
      }
      const among = (n * (n + 1)) / (r * r);
      put(0, among * vRe, among * vIm, among * (dRe - (2 * vRe) / r), among * (dIm - (2 * vIm) / r));
      // V'' = (n(n+1)/r^2 - m^2) V.
      const bendRe = (among - index2[0]) * vRe + index2[1] * vIm;
      const bendIm = (among - index2[0]) * vIm - index2[1] * vRe;
      put(2, dRe / r, dIm / r, (bendRe - dRe / r) / r, (bendIm - dIm / r) / r);
    }
  }
}
