/** Pictures of the field in a sphere and around it, on planes that may cut it. */
import { DIFFERENCE_STEP, eachMoved } from '../maths/difference.ts';
import { PLACE_CHANNELS, SphereField } from '../maths/mie/insideField.ts';
import type { Ops, Real } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';
import { LAYER_SCALARS, type ScatteringSphere, sphereLayers, sphereScalars } from './sphere.ts';

export interface SectionChoice {
  /** The directions of the columns and of the rows; z is along the light. */
  readonly plane: 'xz' | 'yz' | 'xy';
  /** |E|² of the whole field over that of the light, or one of its components at a moment, over the light's amplitude. */
  readonly shown: 'energy' | 'x' | 'y' | 'z';
}

export interface SectionPlace {
  /** Between the points, metres. */
  readonly pitch: Scalar;
  /** Of the plane from the sphere's centre, along the third axis. */
  readonly offset: Scalar;
  /** ωt of the moment, radians. */
  readonly moment: Scalar;
}

/** The picture [rows, columns], its sample floor(N/2) at the sphere's centre. Derivatives by every scalar. */
export function sphereSection(
  ops: Ops,
  shape: readonly [rows: number, columns: number],
  sphere: ScatteringSphere,
  place: SectionPlace,
  choice: SectionChoice,
): Real {
  const matter = sphereScalars(sphere);
  const scalars = [...matter, sphere.polarizationAngle, place.pitch, place.offset, place.moment];
  return ops.hostMap(
    scalars,
    shape,
    'real',
    (values, wanted) => {
      const section = new Section(shape, choice, values);
      const scales = argumentScales(values, Math.max(...shape));
      return {
        value: section.picture(values),
        partials: wanted.map((want, which) => {
          if (!want) return undefined;
          const out = new Float64Array(shape[0] * shape[1]);
          eachMoved(values, which, DIFFERENCE_STEP * (scales[which] ?? 1), (moved, weight) => {
            const picture = section.picture(moved);
            for (let i = 0; i < out.length; i++)
              out[i] = (out[i] as number) + weight * (picture[i] as number);
          });
          return out;
        }),
      };
    },
    `sphereSection:${choice.plane}:${choice.shown}`,
  );
}

/** How far each of the scalars may move before the field changes much. */
function argumentScales(values: readonly number[], reach: number): number[] {
  const [wavelength = 1, index = 1] = values;
  const matter = values.slice(0, -4);
  const size = sphereLayers(matter).at(-1)?.sizeParameter ?? 1;
  const unit = wavelength / (2 * Math.PI * index);
  const layers = matter.slice(2).map((_, i) => (i % LAYER_SCALARS === 0 ? unit : 1 / (1 + size)));
  return [wavelength / (1 + size), index / (1 + size), ...layers, 1, unit / reach, unit, 1];
}

class Section {
  private readonly rows: number;
  private readonly columns: number;
  private readonly choice: SectionChoice;
  private readonly field: SphereField;
  /** In which layer each sample is: where a surface passes over it, the derivative stays that of its layer. */
  private readonly layers: Int16Array;
  private readonly outside: number;

  constructor([rows, columns]: readonly [number, number], choice: SectionChoice, values: readonly number[]) {
    this.rows = rows;
    this.columns = columns;
    this.choice = choice;
    this.field = this.fieldOf(values, null);
    this.outside = Math.floor((values.length - 6) / LAYER_SCALARS);
    this.layers = new Int16Array(rows * columns);
    this.eachPlace(values, (at, x, y, z) => {
      this.layers[at] = this.field.layerAt(Math.hypot(x, y, z));
    });
  }

  picture(values: readonly number[]): Float64Array {
    const { rows, columns, choice, layers, outside } = this;
    const field = this.fieldOf(values, this.field);
    const [angle = 0, , , moment = 0] = values.slice(-4);
    const [cosPsi, sinPsi] = [Math.cos(angle), Math.sin(angle)];
    const [cosMoment, sinMoment] = [Math.cos(moment), Math.sin(moment)];
    const out = new Float64Array(rows * columns);
    const known = new Map<number, Float64Array>();
    this.eachPlace(values, (at, x, y, z, key) => {
      const rho = Math.hypot(x, y);
      const layer = layers[at] as number;
      let found = known.get(key);
      if (found === undefined) {
        found = new Float64Array(PLACE_CHANNELS);
        field.at(rho, z, layer, found, 0);
        known.set(key, found);
      }
      const [c, s] = rho > 0 ? [x / rho, y / rho] : [1, 0];
      // E_x = A cos ψ + B cos(2φ - ψ), E_y = A sin ψ + B sin(2φ - ψ), E_z = W cos(φ - ψ).
      const [cosOnce, sinOnce] = [c * cosPsi + s * sinPsi, s * cosPsi - c * sinPsi];
      const [cosTwice, sinTwice] = [c * cosOnce - s * sinOnce, s * cosOnce + c * sinOnce];
      const light = layer === outside ? [Math.cos(z), Math.sin(z)] : [0, 0];
      let energy = 0;
      for (let part = 0; part < 2; part++) {
        const a = (found[part] as number) + (light[part] as number);
        const b = found[2 + part] as number;
        const ex = a * cosPsi + b * cosTwice;
        const ey = a * sinPsi + b * sinTwice;
        const ez = (found[4 + part] as number) * cosOnce;
        const seen = choice.shown === 'x' ? ex : choice.shown === 'y' ? ey : ez;
        // Re E exp(-iωt).
        if (choice.shown === 'energy') energy += ex * ex + ey * ey + ez * ez;
        else energy += seen * (part === 0 ? cosMoment : sinMoment);
      }
      out[at] = energy;
    });
    return out;
  }

  /** Places in units of the medium's wavelength over 2π; the field at places of one key differs by its azimuth alone. */
  private eachPlace(
    values: readonly number[],
    visit: (at: number, x: number, y: number, z: number, key: number) => void,
  ): void {
    const { rows, columns, choice } = this;
    const [wavelength = 1, index = 1] = values;
    const [, pitch = 1, offset = 0] = values.slice(-4);
    const wavenumber = (2 * Math.PI * index) / wavelength;
    const [step, third] = [wavenumber * pitch, wavenumber * offset];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const [i, j] = [column - Math.floor(columns / 2), row - Math.floor(rows / 2)];
        const at = row * columns + column;
        if (choice.plane === 'xz') visit(at, i * step, third, j * step, Math.abs(i) * rows + row);
        else if (choice.plane === 'yz') visit(at, third, i * step, j * step, Math.abs(i) * rows + row);
        else visit(at, i * step, j * step, third, i * i + j * j);
      }
    }
  }

  private fieldOf(values: readonly number[], like: SphereField | null): SphereField {
    const [wavelength = 1, index = 1] = values;
    const [, pitch = 1, offset = 0] = values.slice(-4);
    const largest = Math.hypot(0.5 * this.columns * pitch, 0.5 * this.rows * pitch, offset);
    const layers = sphereLayers(values.slice(0, -4));
    return new SphereField(layers, ((2 * Math.PI * index) / wavelength) * largest, like);
  }
}

/** What lies on the axis behind a sphere. */
export interface Jet {
  /** Largest |E|² behind the sphere over that of the light, and how far behind its surface that is, metres. */
  readonly peak: number;
  readonly distance: number;
  /** Full widths at half of the peak, across the light: along its polarisation and across it. */
  readonly along: number | null;
  readonly across: number | null;
  /** |E|² along the axis, metres behind the centre. */
  readonly line: { readonly x: Float64Array; readonly y: Float64Array };
}

/** Points on the axis, from so many radii before the centre to so many behind it. */
const LINE_POINTS = 401;
const REACH = 4;
const STEPS_ACROSS = 400;

/** The field on the axis, and the jet behind the sphere. */
export function sphereJet(sphere: ScatteringSphere): Jet {
  const values = sphereScalars(sphere).map(({ value }) => value);
  const layers = sphereLayers(values);
  const size = layers.at(-1)?.sizeParameter ?? 1;
  const [wavelength = 1, index = 1] = values;
  const unit = wavelength / (2 * Math.PI * index);
  const field = new SphereField(layers, REACH * size);
  const place = new Float64Array(PLACE_CHANNELS);
  /** |E|² for light along x, at an azimuth of 0 or 90°. */
  const power = (rho: number, z: number, across: boolean) => {
    const layer = field.layerAt(Math.hypot(rho, z));
    field.at(rho, z, layer, place, 0);
    const light = layer === layers.length ? [Math.cos(z), Math.sin(z)] : [0, 0];
    let sum = 0;
    for (let part = 0; part < 2; part++) {
      const side = across ? -1 : 1;
      const e = (place[part] as number) + side * (place[2 + part] as number) + (light[part] as number);
      const w = across ? 0 : (place[4 + part] as number);
      sum += e * e + w * w;
    }
    return sum;
  };
  const x = Float64Array.from(
    { length: LINE_POINTS },
    (_, i) => size * REACH * ((2 * i) / (LINE_POINTS - 1) - 1),
  );
  const y = x.map((z) => power(0, z, true));
  let [best, peak] = [size, power(0, size * (1 + 1e-9), true)];
  // Fine steps behind the surface: a tenth of a radian.
  const step = Math.min(0.1, size / 50);
  for (let z = size + step; z < REACH * size; z += step) {
    const here = power(0, z, true);
    if (here > peak) [best, peak] = [z, here];
  }
  const width = (across: boolean): number | null => {
    const reach = Math.max(size, Math.PI);
    let before = peak;
    for (let i = 1; i <= STEPS_ACROSS; i++) {
      const rho = (reach * i) / STEPS_ACROSS;
      const here = power(rho, Math.max(best, size * (1 + 1e-9)), across);
      if (here < peak / 2) {
        const share = (before - peak / 2) / (before - here);
        return 2 * unit * (rho - ((1 - share) * reach) / STEPS_ACROSS);
      }
      before = here;
    }
    return null;
  };
  return {
    peak,
    distance: unit * (best - size),
    along: width(false),
    across: width(true),
    line: { x: x.map((value) => value * unit), y },
  };
}
