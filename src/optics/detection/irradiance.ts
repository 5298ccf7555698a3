/** Irradiance at the pixels of a camera: sampled at their centres, or averaged over their sensitive areas. */
import { alongAxis, summedIrradiance, withAxes } from '../axes.ts';
import type { Complex, Ops, Real } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';
import { divideScalars, isConstant, mapScalar, multiplyScalars, subtractScalars } from '../ops/scalar.ts';
import { isAxial } from '../planeWaves.ts';
import { withoutSphere } from '../propagation/fresnel.ts';
import { referenceCarrier } from '../pupil/reference.ts';
import { type Zoom, zoomTransform } from '../pupil/zoomTransform.ts';
import { planeShape } from '../sampledGrid.ts';
import { sphereIrradiance, spheresByProfile } from '../scattering/sphereImage.ts';
import type { Axis, Field, Image, ImageUnit, Pupil, PupilReference } from '../values.ts';

export interface Pixels {
  readonly rows: number;
  readonly columns: number;
  /** Object-space pitch. */
  readonly pitch: Scalar;
  /** Side of the sensitive square as a share of the pitch; 0 samples the light at the pixel's centre. */
  readonly aperture: number;
  /** Pixels of the whole camera, where these are some of them. */
  readonly pixelsInAll?: number;
}

/** Light relative to a background of 1 is averaged over the sensitive square; other light is lost beside it. */
function shareOf(unit: ImageUnit, { aperture }: Pixels): number {
  return aperture === 0 || unit === 'relative' ? 1 : aperture * aperture;
}

type Steps = Pick<Zoom, 'step' | 'spacing' | 'sign'>;

/**
 * Image of a pupil, straight from radial profiles where its light is known to be that of a few spheres, else by a zoomed
 * Fourier transform, |E|² summed over polarisation, [planes, rows, columns] or [rows, columns]: E(x) = (NA/λ) Δρ² Σ P(ρ) exp(-2πi ρ·x NA/λ) (Soummer et al., Opt. Express 15, 15935 (2007)).
 * Pixel pitch, aperture and wavelength are free of each other and of the pupil grid, and differentiable.
 */
export function pupilIrradiance(ops: Ops, light: Pupil, pixels: Pixels): Real {
  // A loop on the backend needs samples that follow positions there.
  const spheres = ops.deviceParameters === null ? spheresByProfile(light, pixels) : null;
  return spheres === null
    ? sampledIrradiance(ops, light, pixels)
    : sphereIrradiance(ops, light, spheres, pixels);
}

/** The same from the pupil's samples, whatever the light. */
export function sampledIrradiance(ops: Ops, light: Pupil, pixels: Pixels): Real {
  const cutoff = divideScalars(light.numericalAperture, light.wavelength);
  const steps = {
    step: multiplyScalars(cutoff, pixels.pitch),
    spacing: 1 / light.grid.radius,
    sign: -1,
  } as const;
  const scale = divideScalars(cutoff, light.grid.radius ** 2);
  const { rows, columns } = pixels;
  const references = [light.reference, light.beside].filter((each) => each != null);
  const scaled = (image: Complex) => ops.scaleBy(image, scale);
  const seen = (samples: Complex) => scaled(zoomTransform(ops, samples, { ...steps, rows, columns }));
  const irradiance = (field: Complex) => summedIrradiance(ops, { samples: field, axes: light.axes });
  const plus = (field: Complex, waves: readonly PupilReference[]) =>
    waves.reduce((sum, each) => ops.add(sum, referenceImage(ops, light, each, pixels)), field);
  if (pixels.aperture === 0) return irradiance(plus(seen(light.samples), references));
  const even = references.filter(({ directions }) => directions.every(isAxial));
  const tilted = references.filter((each) => !even.includes(each));
  const whole = (image: Complex) => plus(scaled(image), even);
  const mean = overArea(ops, light.samples, light.axes, steps, pixels, whole);
  // Fringes with a tilted wave R have a transform of their own: |R + U|² - |U|² with U averaged along with R.
  const sum = tilted.reduce((total, reference, at) => {
    const others = [...even, ...tilted.slice(0, at)].map((other) =>
      averagedAlong(ops, other, reference, light.wavelength, pixels),
    );
    const fringes = plus(seen(alongReference(ops, light, reference, steps.step, pixels.aperture)), others);
    const met = irradiance(plus(fringes, [reference]));
    return ops.add(total, ops.subtract(met, irradiance(fringes)));
  }, mean);
  return shared(ops, sum, shareOf(light.unit, pixels));
}

/** A reference times the mean, over a pixel, of its waves relative to those of another. */
function averagedAlong(
  ops: Ops,
  reference: PupilReference,
  other: PupilReference,
  wavelength: Scalar,
  { pitch, aperture }: Pixels,
): PupilReference {
  const means = reference.directions.map((direction, wave) => {
    const along = (which: 'x' | 'y') => {
      const across = subtractScalars(direction[which], other.directions[wave]?.[which] ?? 0);
      const turns = multiplyScalars(
        divideScalars(multiplyScalars(across, pitch), wavelength),
        Math.PI * aperture,
      );
      return mapScalar(turns, sinc, sincSlope);
    };
    return multiplyScalars(along('x'), along('y'));
  });
  const factor = ops.fromScalars(means, alongAxis(reference.axes, 'mode', means.length));
  return { ...reference, samples: ops.multiply(factor, reference.samples) };
}

/** The reference waves of a pupil at pixels. */
function referenceImage(ops: Ops, light: Pupil, reference: PupilReference, pixels: Pixels): Complex {
  const samples = withAxes(ops, reference, light.axes);
  const carrier = referenceCarrier(ops, reference, light.axes, light.wavelength, pixels);
  return carrier === null ? samples : ops.multiply(carrier, samples);
}

/** A pupil's samples times the mean, over a pixel, of their waves relative to the reference's of the same mode. */
function alongReference(
  ops: Ops,
  light: Pupil,
  { directions }: PupilReference,
  step: Scalar,
  aperture: number,
): Complex {
  const shape = alongAxis(light.axes, 'mode', directions.length).slice(0, -2);
  const n = light.grid.samples;
  const line = (which: 'x' | 'y') => {
    const places = directions.map((direction) => divideScalars(direction[which], light.numericalAperture));
    const means = ops.hostMap<'real'>(
      [step, ...places],
      [directions.length, n],
      'real',
      ([s = 0, ...at], wanted) => {
        const width = Math.PI * aperture;
        const offset = (i: number) =>
          ((i % n) - Math.floor(n / 2)) / light.grid.radius + (at[Math.floor(i / n)] ?? 0);
        const count = directions.length * n;
        const value = Float64Array.from({ length: count }, (_, i) => sinc(width * s * offset(i)));
        const partials = wanted.map((want, k) => {
          if (!want) return undefined;
          return Float64Array.from({ length: count }, (_, i) => {
            const slope = width * sincSlope(width * s * offset(i));
            if (k === 0) return slope * offset(i);
            return Math.floor(i / n) === k - 1 ? slope * s : 0;
          });
        });
        return { value, partials };
      },
      `camera:fringes:${aperture}:${light.grid.radius}`,
    );
    return ops.reshape(means, which === 'x' ? [...shape, 1, n] : [...shape, n, 1]);
  };
  return ops.multiply(ops.multiply(line('x'), line('y')), light.samples);
}

/**
 * Irradiance of a sampled field at the pixels: directly where they coincide, else by Fourier interpolation of the field
 * less the sphere it rides on, whose phase its samples may not hold and no pixel sees.
 */
export function fieldIrradiance(ops: Ops, light: Field, pixels: Pixels): Real {
  const [n] = planeShape(light.samples);
  const { rows, columns } = pixels;
  if (pixels.aperture === 0 && samePitch(light.pitch, pixels.pitch)) {
    const seen = ops.resize(light.samples, rows, columns);
    return summedIrradiance(ops, { samples: seen, axes: light.axes });
  }
  const steps = { step: divideScalars(pixels.pitch, light.pitch), spacing: 1 / n, sign: 1 } as const;
  const spectrum = ops.fourier2(withoutSphere(ops, light), 'forward');
  const unitary = (image: Complex) => ops.scale(image, 1 / n);
  const irradiance =
    pixels.aperture > 0
      ? shared(ops, overArea(ops, spectrum, light.axes, steps, pixels, unitary), shareOf('W', pixels))
      : summedIrradiance(ops, {
          samples: unitary(zoomTransform(ops, spectrum, { ...steps, rows, columns })),
          axes: light.axes,
        });
  return inWindow(ops, irradiance, n, steps.step.value, pixels);
}

/**
 * Irradiance of an image made by incoherent light, at the pixels of a camera that looks at it: per area, except where
 * the image is relative to its background.
 */
export function imageIrradiance(ops: Ops, image: Image, pixels: Pixels): Real {
  const { rows, columns } = pixels;
  const density =
    image.unit === 'relative' ? image.samples : ops.scaleBy(image.samples, reciprocalSquare(image.pitch));
  if (pixels.aperture === 0 && samePitch(image.pitch, pixels.pitch))
    return ops.resize(density, rows, columns);
  const n = Math.max(...planeShape(density));
  const spectrum = ops.fourier2(ops.toComplex(ops.resize(density, n, n)), 'forward');
  const steps = { step: divideScalars(pixels.pitch, image.pitch), spacing: 1 / n, sign: 1 } as const;
  const seen = ops.scale(sampled(ops, spectrum, steps, pixels), shareOf(image.unit, pixels) / n);
  return inWindow(ops, seen, n, steps.step.value, pixels);
}

function shared(ops: Ops, a: Real, share: number): Real {
  return share === 1 ? a : ops.scale(a, share);
}

function reciprocalSquare(pitch: Scalar): Scalar {
  return divideScalars(1, multiplyScalars(pitch, pitch));
}

function samePitch(a: Scalar, b: Scalar): boolean {
  return Math.abs(b.value / a.value - 1) < 1e-9 && isConstant(a) && isConstant(b);
}

/**
 * Irradiance averaged over the sensitive squares. `spectrum` holds the
 * plane waves of the field; twice as many samples hold every frequency of |field|² once, so that the product with
 * the square's transform, sinc(w fx) sinc(w fy), is exact at any pitch.
 */
function overArea(
  ops: Ops,
  spectrum: Complex,
  axes: readonly Axis[],
  steps: Steps,
  pixels: Pixels,
  toField: (image: Complex) => Complex,
): Real {
  const n = 2 * planeShape(spectrum)[0];
  const [there, back] =
    steps.sign === 1 ? (['inverse', 'forward'] as const) : (['forward', 'inverse'] as const);
  const field = toField(ops.scale(ops.fourier2(ops.resize(spectrum, n, n), there), n));
  const irradiance = ops.toComplex(summedIrradiance(ops, { samples: field, axes }));
  return ops.scale(sampled(ops, ops.fourier2(irradiance, back), steps, pixels), 1 / n);
}

/** Real sums of the plane waves of an irradiance at the pixels, over their areas where they have one. */
function sampled(ops: Ops, spectrum: Complex, steps: Steps, pixels: Pixels): Real {
  const { rows, columns, aperture } = pixels;
  const seen =
    aperture === 0
      ? spectrum
      : ops.multiply(
          squareTransfer(ops, planeShape(spectrum)[0], steps, aperture, 'x'),
          ops.multiply(squareTransfer(ops, planeShape(spectrum)[0], steps, aperture, 'y'), spectrum),
        );
  return ops.realPart(zoomTransform(ops, seen, { ...steps, rows, columns }));
}

/** Transform of the mean over a line of length `aperture` pixels: sinc(aperture · frequency). */
function squareTransfer(
  ops: Ops,
  n: number,
  { step, spacing }: Steps,
  aperture: number,
  along: 'x' | 'y',
): Real {
  return ops.hostMap(
    [step],
    along === 'x' ? [1, n] : [n, 1],
    'real',
    ([s = 0], [wanted = false]) => {
      const at = (index: number) => Math.PI * aperture * (index - Math.floor(n / 2)) * spacing;
      const value = Float64Array.from({ length: n }, (_, i) => sinc(at(i) * s));
      const partial = wanted
        ? Float64Array.from({ length: n }, (_, i) => at(i) * sincSlope(at(i) * s))
        : undefined;
      return { value, partials: [partial] };
    },
    `camera:pixel:${along}:${aperture}:${spacing}`,
  );
}

function sinc(x: number): number {
  return Math.abs(x) < 1e-4 ? 1 - (x * x) / 6 : Math.sin(x) / x;
}

function sincSlope(x: number): number {
  return Math.abs(x) < 1e-3 ? -x / 3 : (Math.cos(x) - sinc(x)) / x;
}

/** What is seen where the window is simulated, and 0 outside, where the Fourier series would repeat it. */
function inWindow(ops: Ops, seen: Real, n: number, step: number, { rows, columns }: Pixels): Real {
  const within = (j: number, count: number) => {
    const at = (j - Math.floor(count / 2)) * step;
    return at >= -Math.floor(n / 2) - 0.5 && at <= n - 1 - Math.floor(n / 2) + 0.5;
  };
  const whole = [rows, columns].every((count) => within(0, count) && within(count - 1, count));
  if (whole) return seen;
  const mask = Float64Array.from({ length: rows * columns }, (_, i) =>
    within(Math.floor(i / columns), rows) && within(i % columns, columns) ? 1 : 0,
  );
  return ops.multiply(seen, ops.upload(mask, [rows, columns], 'real'));
}

/** Gaussian blur of standard deviation sigma (pixels) as a product in the image's spectrum. */
export function blurred(ops: Ops, image: Real, sigma: Scalar): Real {
  if (sigma.value === 0 && isConstant(sigma)) return image;
  const [ny, nx] = planeShape(image);
  const transfer = ops.hostMap(
    [sigma],
    [ny, nx],
    'real',
    (values, wanted) => {
      const s = values[0] as number;
      const value = new Float64Array(ny * nx);
      const partial = wanted[0] ? new Float64Array(ny * nx) : undefined;
      for (let row = 0; row < ny; row++) {
        for (let column = 0; column < nx; column++) {
          const f2 = ((row - Math.floor(ny / 2)) / ny) ** 2 + ((column - Math.floor(nx / 2)) / nx) ** 2;
          const i = row * nx + column;
          value[i] = Math.exp(-2 * Math.PI ** 2 * s * s * f2);
          if (partial) partial[i] = -4 * Math.PI ** 2 * s * f2 * (value[i] as number);
        }
      }
      return { value, partials: [partial] };
    },
    'camera:blur',
  );
  const spectrum = ops.multiply(transfer, ops.fourier2(ops.toComplex(image), 'forward'));
  return ops.realPart(ops.fourier2(spectrum, 'inverse'));
}
