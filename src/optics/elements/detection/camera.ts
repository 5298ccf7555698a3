import { summedIrradiance } from '../../axes.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { lightsOf } from '../../inputs.ts';
import type { Complex, Ops, Real } from '../../ops/ops.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { constantScalar, divideScalars, isConstant, mapScalar, multiplyScalars } from '../../ops/scalar.ts';
import { zoomTransform } from '../../pupil/zoomTransform.ts';
import { planeShape } from '../../sampledGrid.ts';
import { spectralSum } from '../../spectral.ts';
import { formatNumber } from '../../units.ts';
import type { Field, Pupil } from '../../values.ts';

interface Pixels {
  readonly rows: number;
  readonly columns: number;
  /** Object-space pitch. */
  readonly pitch: Scalar;
}

/**
 * Image of a pupil by a zoomed Fourier transform, |E|² summed over polarisation, [planes, rows, columns] or
 * [rows, columns]: E(x) = (NA/λ) Δρ² Σ P(ρ) exp(-2πi ρ·x NA/λ) (Soummer et al., Opt. Express 15, 15935 (2007)).
 * Pixel pitch, aperture and wavelength are free of each other and of the pupil grid, and differentiable.
 */
function pupilIrradiance(ops: Ops, light: Pupil, pixels: Pixels): Real {
  const cutoff = divideScalars(light.numericalAperture, light.wavelength);
  const { rows, columns } = pixels;
  const step = multiplyScalars(cutoff, pixels.pitch);
  const zoom = { step, spacing: 1 / light.grid.radius, rows, columns, sign: -1 } as const;
  const scaled = ops.scaleBy(
    zoomTransform(ops, light.samples, zoom),
    divideScalars(cutoff, light.grid.radius ** 2),
  );
  const field = light.reference === null ? scaled : ops.add(scaled, light.reference);
  return summedIrradiance(ops, { samples: field, axes: light.axes });
}

/** Irradiance of a sampled field at the pixels: directly where they coincide, else by Fourier interpolation. */
function fieldIrradiance(ops: Ops, light: Field, pixels: Pixels): Real {
  const [n] = planeShape(light.samples);
  const same = Math.abs(pixels.pitch.value / light.pitch.value - 1) < 1e-9;
  if (same && isConstant(pixels.pitch) && isConstant(light.pitch)) {
    const seen = ops.resize(light.samples, pixels.rows, pixels.columns);
    return summedIrradiance(ops, { samples: seen, axes: light.axes });
  }
  const { rows, columns } = pixels;
  const step = divideScalars(pixels.pitch, light.pitch);
  const spectrum: Complex = ops.fourier2(light.samples, 'forward');
  const sampled = zoomTransform(ops, spectrum, { step, spacing: 1 / n, rows, columns, sign: 1 });
  const irradiance = summedIrradiance(ops, { samples: ops.scale(sampled, 1 / n), axes: light.axes });
  const inside = windowMask(ops, n, step.value, pixels);
  return inside === null ? irradiance : ops.multiply(irradiance, inside);
}

/** 1 where a pixel lies in the simulated window; the Fourier series would repeat the window outside. */
function windowMask(ops: Ops, n: number, step: number, { rows, columns }: Pixels): Real | null {
  const within = (j: number, count: number) => {
    const at = (j - Math.floor(count / 2)) * step;
    return at >= -Math.floor(n / 2) - 0.5 && at <= n - 1 - Math.floor(n / 2) + 0.5;
  };
  const whole = [rows, columns].every((count) => within(0, count) && within(count - 1, count));
  if (whole) return null;
  const mask = Float64Array.from({ length: rows * columns }, (_, i) =>
    within(Math.floor(i / columns), rows) && within(i % columns, columns) ? 1 : 0,
  );
  return ops.upload(mask, [rows, columns], 'real');
}

/** Units of λ/NA beyond the geometrical image that still carry light to speak of. */
const EDGE_FRINGES = 4;

/**
 * How far from the axis the outermost rays of an object meet the image plane, metres in the object's space, and some
 * fringes of diffraction at the pupil's edge beyond them; nothing of this for an object in focus on the axis.
 */
function imageReach({ place, numericalAperture, refractiveIndex, wavelength }: Pupil): number {
  const sine = numericalAperture.value / refractiveIndex.value;
  const defocus = Math.max(...place.distances.map(Math.abs));
  const rays = place.lateral + (defocus * sine) / Math.sqrt(1 - sine * sine);
  return rays === 0 ? 0 : rays + (EDGE_FRINGES * wavelength.value) / numericalAperture.value;
}

/** Gaussian blur of standard deviation sigma (pixels) as a product in the image's spectrum. */
function blurred(ops: Ops, image: Real, sigma: Scalar): Real {
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

export const camera: ElementSpec = defineElement({
  type: 'camera',
  version: 1,
  category: 'detection',
  title: 'Camera',
  summary: 'Turns light into an image: pixels, blur, background, gain, offset and noise.',
  keywords: ['detector', 'sensor', 'image', 'pixel', 'CCD', 'sCMOS'],
  inputs: { in: { accepts: ['pupil', 'field'], title: 'Light' } },
  outputs: { out: { type: 'image', title: 'Image' } },
  params: {
    pixelPitch: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Pixel pitch',
      doc: 'Distance between pixels on the sensor; divided by the magnification it is the pitch in the object.',
      default: 1e-6,
      min: 1e-9,
      max: 1,
      soft: [10e-9, 20e-6],
      display: 'µm',
      scale: 'log',
      learnable: true,
      step: 10e-9,
      prominent: true,
    },
    magnification: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Magnification',
      doc: 'From object to sensor.',
      default: 1,
      min: 1e-6,
      max: 1e6,
      soft: [0.1, 100],
      display: '',
      scale: 'log',
      learnable: true,
      step: 0.05,
    },
    columns: { kind: 'integer', title: 'Columns', doc: 'Pixels along x.', default: 128, min: 2, max: 4096 },
    rows: { kind: 'integer', title: 'Rows', doc: 'Pixels along y.', default: 128, min: 2, max: 4096 },
    blur: {
      kind: 'quantity',
      quantity: 'pixels',
      title: 'Blur',
      doc: 'Standard deviation of a Gaussian blur in pixels (pixel size, vibration, bead size).',
      default: 0,
      min: 0,
      max: 50,
      soft: [0, 3],
      display: 'px',
      scale: 'linear',
      learnable: true,
      step: 0.1,
    },
    background: {
      kind: 'quantity',
      quantity: 'electrons',
      title: 'Background',
      doc: 'Even background added to the signal, per pixel and plane (in electrons when photons are counted).',
      default: 0,
      min: 0,
      max: 1e9,
      soft: [0, 200],
      display: 'e-',
      scale: 'linear',
      learnable: true,
      step: 1,
      perPlane: true,
    },
    gain: {
      kind: 'quantity',
      quantity: 'countsPerElectron',
      title: 'Gain',
      doc: 'Counts per electron.',
      default: 1,
      min: 1e-9,
      max: 1e9,
      soft: [0.1, 10],
      display: 'counts/e-',
      scale: 'log',
      learnable: true,
      step: 0.05,
    },
    offset: {
      kind: 'quantity',
      quantity: 'counts',
      title: 'Offset',
      doc: 'Counts without light.',
      default: 0,
      min: -1e6,
      max: 1e6,
      soft: [0, 500],
      display: 'counts',
      scale: 'linear',
      learnable: true,
      step: 1,
    },
    readNoise: {
      kind: 'quantity',
      quantity: 'counts',
      title: 'Read noise',
      doc: 'Standard deviation of the read noise in counts (electrons × gain); in a hologram relative to its background, as a share of that.',
      default: 0,
      min: 0,
      max: 1e6,
      soft: [0, 20],
      display: 'counts',
      scale: 'linear',
      learnable: false,
      step: 0.5,
    },
    noise: {
      kind: 'switch',
      title: 'Simulate noise',
      doc: 'Adds photon and read noise to the displayed and exported image (seeded; fits use the mean).',
      default: false,
    },
  },
  power: 'notApplicable',
  spectrum: 'whole',
  linearIn: null,
  equation: 'counts = offset + gain (blur ∗ |u|² · pixel area + background)',
  references: ['Soummer et al., Opt. Express 15, 15935 (2007)', 'EMVA 1288: linear camera model'],
  sampling: (inputs, params) => {
    const light = inputs['in'];
    const pitch = params.pixelPitch.value / params.magnification.value;
    if (light?.kind === 'field') {
      const simulated = planeShape(light.samples)[1] * light.pitch.value;
      const seen = Math.max(params.rows, params.columns) * pitch;
      if (seen <= simulated * (1 + 1e-9)) return [];
      return [
        {
          severity: 'warning',
          message: `The camera sees ${formatNumber(seen * 1e6, 3)} µm, but only ${formatNumber(simulated * 1e6, 3)} µm of light are simulated: the rest is black.`,
          fix: 'Use fewer or smaller pixels, or a larger grid.',
        },
      ];
    }
    if (light?.kind !== 'pupil') return [];
    const cutoff = light.numericalAperture.value / light.wavelength.value;
    const period = light.grid.radius / cutoff;
    const widest = Math.max(params.rows, params.columns) * pitch;
    const notes = [];
    if (pitch > 1 / (4 * cutoff) && light.reference === null) {
      notes.push({
        severity: 'warning',
        message: `Pixels of ${formatNumber(pitch * 1e9, 3)} nm are coarser than λ/(4 NA) = ${formatNumber(0.25e9 / cutoff, 3)} nm: the image is undersampled.`,
        fix: 'Use a smaller pixel pitch or more magnification.',
      } as const);
    }
    const reach = imageReach(light);
    if (widest <= period && widest / 2 + reach > period) {
      notes.push({
        severity: 'warning',
        message: `Out of focus the image is ${formatNumber(2e6 * reach, 3)} µm wide, and the pupil sampling repeats it every ${formatNumber(period * 1e6, 3)} µm: its copies reach into the picture, which is wrong there.`,
        fix: `Use at least ${Math.ceil(2 * (widest / 2 + reach) * cutoff) + 2} grid samples, a lower numerical aperture or less defocus.`,
      } as const);
    }
    if (widest > period) {
      notes.push({
        severity: 'warning',
        message: `The camera sees ${(widest * 1e6).toPrecision(3)} µm, but the pupil sampling repeats the image every ${(period * 1e6).toPrecision(3)} µm.`,
        fix: `Use at least ${Math.ceil(2 * widest * cutoff) + 2} grid samples or a smaller camera.`,
      } as const);
    }
    return notes;
  },
  forward: (inputs, params, context) => {
    const { ops } = context;
    const channels = lightsOf(inputs, 'in', 'pupil', 'field');
    const [light] = channels;
    const pixels: Pixels = {
      rows: params.rows,
      columns: params.columns,
      pitch: divideScalars(params.pixelPitch, params.magnification),
    };
    const irradiance = spectralSum(ops, channels, (channel) =>
      channel.kind === 'pupil'
        ? pupilIrradiance(ops, channel, pixels)
        : fieldIrradiance(ops, channel, pixels),
    );
    const unit = light.kind === 'pupil' ? light.unit : 'W';
    const area =
      unit === 'relative'
        ? constantScalar(1)
        : mapScalar(
            pixels.pitch,
            (p) => p * p,
            (p) => 2 * p,
          );
    const planes = irradiance.shape.length === 3 ? (irradiance.shape[0] ?? 1) : 1;
    const planeAxes = irradiance.shape.length === 3 ? [planes, 1, 1] : [1];
    // Blur comes first: it commutes with brightness and leaves an even background alone, so the unknowns of single
    // planes need no transforms.
    let signal = blurred(ops, ops.scaleBy(irradiance, area), params.blur);
    if (light.kind === 'pupil' && light.perPlane !== null) {
      signal = ops.multiply(signal, ops.fromScalars(light.perPlane(planes), planeAxes));
    }
    const background = context.perPlane('background', planes);
    if (background.some((b) => b.value !== 0 || !isConstant(b))) {
      signal = ops.add(signal, ops.fromScalars(background, planeAxes));
    }
    const amplified =
      params.gain.value === 1 && isConstant(params.gain) ? signal : ops.scaleBy(signal, params.gain);
    const counts =
      params.offset.value === 0 && isConstant(params.offset)
        ? amplified
        : ops.add(amplified, ops.fromScalars([params.offset], [1]));
    return {
      out: {
        kind: 'image',
        samples: counts,
        pitch: pixels.pitch,
        unit: unit === 'photons' ? 'counts' : unit,
        noise: {
          enabled: params.noise,
          gain: params.gain.value,
          offset: params.offset.value,
          readNoise: params.readNoise.value,
          isCalibrated: isConstant(params.gain) && isConstant(params.offset),
        },
        mask: null,
        normalization: 'none',
      },
    };
  },
});
