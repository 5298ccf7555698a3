/** What travels along the wires between elements. Lateral positions grow to +x (columns) and +y (down the rows). */
import type { JonesVector } from './jones.ts';
import type { Complex, Ops, Real } from './ops/ops.ts';
import type { Scalar } from './ops/scalar.ts';
import type { Quantity } from './units.ts';

export type PortType = 'field' | 'farField' | 'pupil' | 'image' | 'scalar';

/**
 * What the axes before [ny, nx] stand for, always in this order, each at most once:
 * - `mode`: parts of the light that do not interfere (source points, angles, random draws). Their weights are in
 *   the amplitudes, so that irradiance is the sum of |samples|² over modes and components;
 * - `plane`: planes of a focus stack, which a camera shows one by one;
 * - `component`: Ex, Ey (Jones) or Ex, Ey, Ez. Without it the light is linearly polarised along `polarizationAngle`.
 */
export type Axis = 'mode' | 'plane' | 'component';

/** The node that made the parts of a light, or the lights in their two halves where several met. */
export type LightParts = string | readonly [LightParts, LightParts];

/** Properties of the light that every representation carries. Wavelength means vacuum wavelength. */
export interface Light {
  readonly wavelength: Scalar;
  /** Index of the medium the light is in; k = 2π n / wavelength. */
  readonly refractiveIndex: Scalar;
  /** Direction of linear polarisation from +x towards +y, radians. */
  readonly polarizationAngle: Scalar;
  /**
   * What made the parts of its axis `mode`; null for coherent light. Lights of the same parts consist of the same waves
   * in the same order, which interfere one by one; waves of different sources do not.
   */
  readonly parts: LightParts | null;
  /** Share of this wavelength in all the light; detectors sum weight times irradiance over the spectrum. */
  readonly weight: Scalar;
}

/** A complex field sampled on a plane. |samples|² is irradiance (W/m²). */
export interface Field extends Light {
  readonly kind: 'field';
  /** [...axes, ny, nx]. */
  readonly samples: Complex;
  readonly axes: readonly Axis[];
  /** Distance between samples, metres, the same along x and y. */
  readonly pitch: Scalar;
  /**
   * The plane waves that this light consists of, one for each mode (one where it has none), as their source sends them:
   * objects and references can use them without samples. Null for any other light.
   */
  readonly planeWaves: readonly PlaneWave[] | null;
  /** Known where one transform made these very samples; of samples that others were made from it says nothing. */
  readonly sphere?: Sphere;
}

/**
 * Index times the cosines of a direction of travel with x and y: what refraction keeps and what an aperture is compared
 * with. It passes a pupil at -direction / NA.
 */
export interface Direction {
  readonly x: Scalar;
  readonly y: Scalar;
}

export interface PlaneWave extends Direction {
  /** By how much it is ahead of the wave of its source in the middle of the plane, radians; absent: not at all. */
  readonly phase?: Scalar;
  /** Its share of the light's amplitude across a plane z = constant: the squares of all waves have the sum 1. */
  readonly amplitude: number;
  /** Ex, Ey behind polarising elements, as if the wave went along the axis; absent: along the light's angle. */
  readonly jones?: JonesVector;
}

/**
 * The curved wave that light far from its source rides on: its phase may turn by many π from sample to sample, but
 * light less this phase has no band beyond its samples. π perSample [(j + x)² + (k + y)² - x² - y²] at sample j, k.
 */
export interface Sphere {
  /** What it holds for. */
  readonly samples: Complex;
  /** n pitch² / (λ radius). */
  readonly perSample: Scalar;
  /** From the axis to the middle of the window, samples. */
  readonly x: Scalar;
  readonly y: Scalar;
}

/** Where the light of an object comes from, metres: what a sampled pupil must be fine enough for. */
export interface ObjectPlace {
  /** Largest distance from the axis along x or y. */
  readonly lateral: number;
  /** Radius of the largest object; absent for points. */
  readonly radius?: number;
  /** Distances before focus: of every object, for each plane that is seen. */
  readonly distances: readonly number[];
}

/**
 * Samples of the unit pupil: coordinate ρ = (index - floor(N/2)) / radius, with the disc ρ <= 1 wholly inside.
 * A point ρ stands for the plane wave that contributes exp(-2πi ρ·x NA/λ) to the image.
 */
export interface PupilGrid {
  readonly samples: number;
  /** Radius of the unit disc in samples. */
  readonly radius: number;
}

/** Light that leaves an object towards an objective, known direction by direction. */
export interface FarField extends Light {
  readonly kind: 'farField';
  /**
   * Pupil amplitude [components, N, N] (1 or 2 polarisation components along x, y) for a given aperture,
   * scaled such that the image field is (NA/λ) Δρ² Σ P exp(-2πi ρ·x NA/λ).
   */
  readonly evaluate: (ops: Ops, grid: PupilGrid, numericalAperture: Scalar) => Complex;
  readonly components: 1 | 2;
  /** Parts that do not interfere, in an axis of their own before the components; absent where there is only one. */
  readonly modes?: number;
  /** Plane waves that pass the objective with it and interfere at the image, mode by mode, else null. */
  readonly reference: ReferenceWave | null;
  /** Waves that go straight to the camera, past the objective, and interfere there; absent without any. */
  readonly beside?: CameraWave;
  /** Present where the objective is on the side that the light comes from. */
  readonly side?: 'backward';
  /** What |field|²·area means: watts, photons, or a share of the reference wave. */
  readonly unit: ImageUnit;
  /** Photons that pass the full pupil, for each of `planes` planes; null where the amplitude is absolute. */
  readonly perPlane: ((planes: number) => readonly Scalar[]) | null;
  readonly place: ObjectPlace;
}

export interface ReferenceWave {
  readonly polarizationAngle: Scalar;
  readonly waves: readonly PlaneWave[];
}

export interface CameraWave extends ReferenceWave {
  /** Of all waves, relative to light that passes the objective. */
  readonly amplitude: Scalar;
}

/** Plane waves behind a pupil: in the image exp(2πi x·direction/λ) times the samples. */
export interface PupilReference {
  /** [...axes, 1, 1], the last axis always `component`. */
  readonly samples: Complex;
  readonly axes: readonly Axis[];
  /** Of each mode. */
  readonly directions: readonly Direction[];
}

/** Converging light in an exit pupil. */
export interface Pupil extends Light {
  readonly kind: 'pupil';
  /** [...axes, N, N], the last axis always `component`; zero outside the disc, edge weights included. */
  readonly samples: Complex;
  readonly axes: readonly Axis[];
  readonly grid: PupilGrid;
  readonly numericalAperture: Scalar;
  /** The waves that interfere with its image, times what the pupil does where they pass it; null without any. */
  readonly reference: PupilReference | null;
  /** Waves that nothing on the way to the camera changes; absent without any. */
  readonly beside?: PupilReference;
  readonly unit: ImageUnit;
  readonly perPlane: ((planes: number) => readonly Scalar[]) | null;
  readonly place: ObjectPlace;
}

export type ImageUnit = 'W' | 'photons' | 'relative' | 'counts';

/** A detected or given image. */
export interface Image {
  readonly kind: 'image';
  /** [ny, nx] or [planes, ny, nx]. */
  readonly samples: Real;
  /** Object-space distance between pixels, metres. */
  readonly pitch: Scalar;
  readonly unit: ImageUnit;
  /** How noise adds to this mean image; null for measured targets. */
  readonly noise: NoiseModel | null;
  /** 1 where a pixel counts, 0 where it is clipped or missing; null when all count. */
  readonly mask: Real | null;
  /** What the samples mean. */
  readonly normalization: Normalization;
  /** Standard deviation of a pixel's noise, guessed from the samples of a given image; absent for others. */
  readonly noiseGuess?: () => number;
  /** Whether it was made larger or smaller, so that its values are no longer those that pixels counted. */
  readonly isRescaled?: boolean;
}

/**
 * `none`: values as they are. `background`: divided by their mean over the pixels that count, which stands for the
 * unknown background of 1. `mean`: divided likewise, but nothing is said of the background: a model is divided by its
 * own mean over the same pixels before it is compared.
 */
export type Normalization = 'none' | 'background' | 'mean';

export interface NoiseModel {
  /** Whether what is shown differs from the mean. */
  readonly enabled: boolean;
  /** Counts per electron that light sets free, multiplication included. */
  readonly gain: number;
  readonly offset: number;
  /** RMS, counts. */
  readonly readNoise: number;
  /** False while gain or offset are learnt: what a count says of photons is then open. */
  readonly isCalibrated: boolean;
  /** Absent for a linear sensor without limits. */
  readonly sensor?: SensorModel;
}

/** What an exposure does beyond a gain and an offset. */
export interface SensorModel {
  /** False where only the limits and steps of the converter show. */
  readonly isNoisy: boolean;
  /** Mean gain of an electron-multiplying register, 1 for none. */
  readonly multiplication: number;
  /** Most electrons that a pixel holds; null for no limit. */
  readonly fullWell: number | null;
  /** Codes go from 0 to 2^bits - 1; null where counts are not rounded. */
  readonly bits: number | null;
  /** How the pixels differ; null where they do not. */
  readonly pattern: (() => PixelPattern) | null;
}

/** Per pixel: factors on gain and read noise, and counts added to the offset. */
export interface PixelPattern {
  /** Names the sensor and which of its pixels these are. */
  readonly key: string;
  readonly gain: Float64Array;
  readonly offset: Float64Array;
  readonly readNoise: Float64Array;
}

export interface ScalarValue {
  readonly kind: 'scalar';
  /** One number, shape [1] or all-ones. */
  readonly samples: Real;
  /** Of a comparison that ignores brightness: on which scale its residual is to be seen. */
  readonly likeness?: 'correlation' | 'cosine' | 'overlap';
  /** What the number was made of, for people; absent: only the number itself. */
  readonly readings?: readonly Reading[];
}

/** A number that is told of the light, SI, shape [1]. */
export interface Reading {
  readonly title: string;
  readonly quantity: Quantity;
  /** Unit symbol of the display, one of `DISPLAY_UNITS[quantity]`. */
  readonly display: string;
  /** A part of a whole, from 0 to 1, of which 0.01 is a hundredth whatever its value; absent for any other number. */
  readonly isShare?: true;
  readonly samples: Real;
}

/** Light of one wavelength. */
export type Monochromatic = Field | FarField | Pupil;

/** Light of a spectrum: the same kind at several wavelengths, each with its own sampling. See `spectral.ts`. */
export interface Polychromatic {
  readonly kind: 'polychromatic';
  readonly channels: readonly [Monochromatic, ...Monochromatic[]];
}

export type PortValue = Monochromatic | Polychromatic | Image | ScalarValue;
