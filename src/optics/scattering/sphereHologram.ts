/**
 * The in-line hologram of many spheres along the same radii, quickly and without derivatives: for tables of which starts
 * of fits are taken. `sphereProfile` is the exact route for one sphere.
 */
import { besselTable, tabulatedBessel } from '../maths/besselTable.ts';
import { mieAmplitudes } from '../maths/mie/amplitudes.ts';
import { type MieLayer, mieCoefficients, mieOrder } from '../maths/mie/coefficients.ts';
import { gaussLegendre } from '../maths/quadrature.ts';

export interface HologramOptics {
  /** In vacuum, metres. */
  readonly wavelength: number;
  readonly mediumIndex: number;
  readonly numericalAperture: number;
}

/** Scattered light relative to a unit reference wave that is polarised along x: Ex = I0 + I2 cos 2φ, Ey = I2 sin 2φ. */
export interface RadialField {
  /** Complex interleaved, one for each radius. */
  readonly i0: Float64Array;
  readonly i2: Float64Array;
}

/** Directions closer than this to 90° are treated as this: the aplanatic factor diverges there. */
const LARGEST_SINE = 0.9995;
/** Nodes of the integral over the aperture beyond what its phase needs: for what the amplitudes turn, too. */
const SPARE_NODES = 20;

/**
 * Radial profiles by the integral over an aplanatic objective's aperture (Richards and Wolf, Proc. R. Soc. A 253, 358
 * (1959), with the scattering amplitudes in place of the lens's illumination):
 * I0 = -∫ sqrt(cos) sin (S1 + S2)/2 J0(kρ sin) exp(ikz(cos - 1)) dθ, I2 likewise with (S1 - S2)/2 and J2
 * (the azimuth's integral of cos 2α exp(iu cos(α - φ)) is -2π J2(u) cos 2φ).
 * Valid for a pupil without aberrations. The Bessel functions are computed once for the radii given.
 */
export class SphereHologram {
  private readonly wavenumber: number;
  private readonly radii: Float64Array;
  private readonly count: number;
  private readonly cosines: Float64Array;
  /** sqrt(cos) sin dθ. */
  private readonly weights: Float64Array;
  /** [radii, nodes]. */
  private readonly bessel0: Float64Array;
  private readonly bessel2: Float64Array;

  /**
   * @param radii distances from the centre in the focal plane, metres
   * @param depth largest |z| that will be asked for, metres
   */
  constructor(optics: HologramOptics, radii: Float64Array, depth: number) {
    const { wavelength, mediumIndex, numericalAperture } = optics;
    this.wavenumber = (2 * Math.PI * mediumIndex) / wavelength;
    this.radii = radii;
    const widest = Math.asin(Math.min(LARGEST_SINE, numericalAperture / mediumIndex));
    const reach = radii.reduce((a, b) => Math.max(a, b), 0);
    const phase = this.wavenumber * (reach * Math.sin(widest) + depth * (1 - Math.cos(widest)));
    // A rule of M nodes holds phases of up to 4 M radians from end to end.
    this.count = Math.ceil(phase / 4) + SPARE_NODES;
    const { nodes, weights } = gaussLegendre(this.count, 0, widest);
    this.cosines = nodes.map(Math.cos);
    this.weights = nodes.map((angle, t) => (weights[t] ?? 0) * Math.sqrt(Math.cos(angle)) * Math.sin(angle));
    this.bessel0 = new Float64Array(radii.length * this.count);
    this.bessel2 = new Float64Array(radii.length * this.count);
    const table = besselTable(this.wavenumber * reach * Math.sin(widest));
    radii.forEach((radius, j) => {
      nodes.forEach((angle, t) => {
        const x = this.wavenumber * radius * Math.sin(angle);
        const j0 = tabulatedBessel(table, 0, x);
        this.bessel0[j * this.count + t] = j0;
        // The recurrence cancels below x = 0.1, where the series' first term is exact to a thousandth of itself.
        this.bessel2[j * this.count + t] =
          x < 0.1 ? (x * x) / 8 : (2 * tabulatedBessel(table, 1, x)) / x - j0;
      });
    });
  }

  /** Layers of a sphere in units of the medium's wavelength over 2π and its index. */
  homogeneous(radius: number, relativeIndex: number): MieLayer[] {
    return [{ sizeParameter: this.wavenumber * radius, mRe: relativeIndex, mIm: 0 }];
  }

  /** What a sphere scatters into the aperture: a table that holds for every depth. */
  amplitudes(layers: readonly MieLayer[]): SphereAmplitudes {
    const size = layers.at(-1)?.sizeParameter ?? 1;
    const { s1, s2 } = mieAmplitudes(mieCoefficients(layers, mieOrder(size)), this.cosines);
    const even = new Float64Array(2 * this.count);
    const odd = new Float64Array(2 * this.count);
    for (let i = 0; i < even.length; i++) {
      const half = -0.5 * (this.weights[i >> 1] ?? 0);
      even[i] = half * ((s1[i] ?? 0) + (s2[i] ?? 0));
      odd[i] = half * ((s1[i] ?? 0) - (s2[i] ?? 0));
    }
    return { even, odd };
  }

  /**
   * @param z distance of the sphere before the focal plane, metres
   */
  field({ even, odd }: SphereAmplitudes, z: number): RadialField {
    return { i0: this.sum(even, this.bessel0, z), i2: this.sum(odd, this.bessel2, z) };
  }

  /** Mean over the azimuth of what the hologram adds to the background: 2 Re I0, and |I0|² + |I2|² ≈ |I0|². */
  meanTerms({ even }: SphereAmplitudes, z: number): MeanTerms {
    return meanTermsOf(this.sum(even, this.bessel0, z));
  }

  /** The same at many depths, of which `phasors` come from `phasorsAt`. */
  meanTermsAt({ even }: SphereAmplitudes, phasors: readonly Float64Array[]): MeanTerms[] {
    const out: MeanTerms[] = [];
    for (let k = 0; k < phasors.length; k += 2) {
      const first = turned(even, phasors[k] ?? even);
      // Two at once: what is read of the Bessel functions serves both.
      const second = turned(even, phasors[k + 1] ?? phasors[k] ?? even);
      const [one, other] = this.sumsOf(first, second);
      out.push(meanTermsOf(one));
      if (k + 1 < phasors.length) out.push(meanTermsOf(other));
    }
    return out;
  }

  /** What a depth does to the waves of the aperture, complex interleaved. */
  phasorsAt(z: number): Float64Array {
    const out = new Float64Array(2 * this.count);
    for (let t = 0; t < this.count; t++) {
      const phase = this.wavenumber * z * ((this.cosines[t] as number) - 1);
      out[2 * t] = Math.cos(phase);
      out[2 * t + 1] = Math.sin(phase);
    }
    return out;
  }

  private sumsOf(one: Float64Array, other: Float64Array): [Float64Array, Float64Array] {
    const { count, bessel0 } = this;
    const [a, b] = [new Float64Array(2 * this.radii.length), new Float64Array(2 * this.radii.length)];
    for (let j = 0; j < this.radii.length; j++) {
      let [aRe, aIm, bRe, bIm] = [0, 0, 0, 0];
      const row = j * count;
      for (let t = 0; t < count; t++) {
        const value = bessel0[row + t] as number;
        aRe += value * (one[2 * t] as number);
        aIm += value * (one[2 * t + 1] as number);
        bRe += value * (other[2 * t] as number);
        bIm += value * (other[2 * t + 1] as number);
      }
      a[2 * j] = aRe;
      a[2 * j + 1] = aIm;
      b[2 * j] = bRe;
      b[2 * j + 1] = bIm;
    }
    return [a, b];
  }

  private sum(amplitudes: Float64Array, bessel: Float64Array, z: number): Float64Array {
    const { count } = this;
    const waves = turned(amplitudes, this.phasorsAt(z));
    const out = new Float64Array(2 * this.radii.length);
    for (let j = 0; j < this.radii.length; j++) {
      let [sumRe, sumIm] = [0, 0];
      const row = j * count;
      for (let t = 0; t < count; t++) {
        const value = bessel[row + t] as number;
        sumRe += value * (waves[2 * t] as number);
        sumIm += value * (waves[2 * t + 1] as number);
      }
      out[2 * j] = sumRe;
      out[2 * j + 1] = sumIm;
    }
    return out;
  }
}

/** Of a hologram averaged around its centre, 1 + α linear + α² square for a scattered amplitude α. */
interface MeanTerms {
  readonly linear: Float64Array;
  readonly square: Float64Array;
}

function meanTermsOf(i0: Float64Array): MeanTerms {
  const linear = new Float64Array(i0.length / 2);
  const square = new Float64Array(i0.length / 2);
  for (let j = 0; j < linear.length; j++) {
    const [re, im] = [i0[2 * j] as number, i0[2 * j + 1] as number];
    linear[j] = 2 * re;
    square[j] = re * re + im * im;
  }
  return { linear, square };
}

/** Products of complex numbers. */
function turned(amplitudes: Float64Array, phasors: Float64Array): Float64Array {
  const out = new Float64Array(amplitudes.length);
  for (let t = 0; t < out.length; t += 2) {
    const [a, b] = [amplitudes[t] as number, amplitudes[t + 1] as number];
    const [c, s] = [phasors[t] as number, phasors[t + 1] as number];
    out[t] = a * c - b * s;
    out[t + 1] = a * s + b * c;
  }
  return out;
}

/** Of a sphere in the directions of an aperture's integral, weights included; complex interleaved. */
export interface SphereAmplitudes {
  readonly even: Float64Array;
  readonly odd: Float64Array;
}
