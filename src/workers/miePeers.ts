/** What Luminode computes of the spheres that bench/mie-peers.mjs asks other programs for. Lengths in micrometres. */
import { type MieLayer, mieCoefficients } from '../optics/maths/mie/coefficients.ts';
import { nearFieldAt } from '../optics/maths/mie/nearField.ts';

export interface PeerSphere {
  readonly wavelength: number;
  readonly medium: number;
  readonly radius: number;
  readonly index: number;
  readonly extinction: number;
  /** Orders that are asked for. */
  readonly order: number;
}

export interface PeerHologram extends PeerSphere {
  /** From the centre of pixel 0, and before the plane. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly rows: number;
  readonly columns: number;
  readonly pitch: number;
  /** Only every so many pixels of both directions. */
  readonly every: number;
}

export function layerOf({ wavelength, medium, radius, index, extinction }: PeerSphere): MieLayer {
  const sizeParameter = (2 * Math.PI * medium * radius) / wavelength;
  return { sizeParameter, mRe: index / medium, mIm: extinction / medium };
}

/** |E|² of the exact field for light along x over that of the light, with 2 or all 3 components. */
export function peerHologram(each: PeerHologram, components: 2 | 3): Float64Array {
  const { wavelength, medium, x, y, z, rows, columns, pitch, every } = each;
  const k = (2 * Math.PI * medium) / wavelength;
  const layer = layerOf(each);
  const series = [mieCoefficients([layer], each.order + 3)];
  const values: number[] = [];
  for (let row = 0; row < rows; row += every) {
    for (let column = 0; column < columns; column += every) {
      const [dx, dy] = [column * pitch - x, row * pitch - y];
      const rho = Math.hypot(dx, dy);
      const [c, s] = rho > 0 ? [dx / rho, dy / rho] : [1, 0];
      const profiles = nearFieldAt(series, k * rho, k * z);
      const light = [Math.cos(k * z), Math.sin(k * z)];
      let sum = 0;
      for (let part = 0; part < 2; part++) {
        const [a = 0, b = 0, w = 0] = [profiles[part], profiles[2 + part], profiles[4 + part]];
        sum += (a + b * (c * c - s * s) + (light[part] ?? 0)) ** 2 + (b * 2 * c * s) ** 2;
        if (components === 3) sum += (w * c) ** 2;
      }
      values.push(sum);
    }
  }
  return Float64Array.from(values);
}
