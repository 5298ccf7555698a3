import { bayerMosaic } from '../../detection/colourFilter.ts';
import { coverageNotes } from '../../detection/coverage.ts';
import {
  blurred,
  fieldIrradiance,
  imageIrradiance,
  type Pixels,
  pupilIrradiance,
} from '../../detection/irradiance.ts';
import {
  checkPixelImages,
  mapValues,
  meanReadNoise,
  measuredPattern,
  type PixelImages,
} from '../../detection/pixelMaps.ts';
import { photonsPerWatt, pixelPattern } from '../../detection/sensor.ts';
import { thinnedLength } from '../../detection/thinning.ts';
import type { ElementSpec, HostImage, Inputs, ParamValues } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { setValue } from '../../fixes.ts';
import { inputOf, lightsOf } from '../../inputs.ts';
import type { Ops, Real } from '../../ops/ops.ts';
import { constantScalar, divideScalars, isConstant, multiplyScalars, type Scalar } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import { spectralSum } from '../../spectral.ts';
import type { Field, Image, ImageUnit, NoiseModel, PixelPattern, Pupil } from '../../values.ts';
import { linearParams, sensorParams } from './cameraParams.ts';

const params = { ...linearParams, ...sensorParams };
type CameraParams = ParamValues<typeof params>;

interface Seen {
  /** Irradiance at the pixels, [planes, rows, columns] or [rows, columns]. */
  readonly irradiance: Real;
  readonly unit: ImageUnit;
  /** Whether it is relative to a background: then it is not per area. */
  readonly isRelative: boolean;
  /** Photons in each plane, where the irradiance is that of one photon. */
  readonly perPlane: Pupil['perPlane'];
}

/** @param every see `ForwardContext`: pixels that are further apart, each as large as it is */
function pixelsOf(params: CameraParams, every: number): Pixels {
  const pitch = divideScalars(params.pixelPitch, params.magnification);
  return {
    rows: thinnedLength(params.rows, every),
    columns: thinnedLength(params.columns, every),
    pitch: every === 1 ? pitch : multiplyScalars(pitch, constantScalar(every)),
    aperture: params.pixelResponse === 'average' ? Math.sqrt(params.fillFactor.value) / every : 0,
    pixelsInAll: params.rows * params.columns,
  };
}

/** By which irradiance becomes light in a pixel: `aperture` counts in distances of pixels, points have the area of one. */
function pixelArea({ pitch, aperture }: Pixels, every: number): Scalar {
  const area = multiplyScalars(pitch, pitch);
  return aperture > 0 || every === 1 ? area : multiplyScalars(area, constantScalar(every ** -2));
}

/** Whether light passes a mosaic of colours: blur, which stands for optics and vibration, then comes before it. */
function isFiltered(inputs: Inputs, params: CameraParams): boolean {
  return params.colourFilter === 'rggb' && inputs['in']?.kind !== 'image';
}

/** All wavelengths at the pixels, behind the colour filter and, where photons are counted, in photons. */
function seenLight(ops: Ops, inputs: Inputs, params: CameraParams, pixels: Pixels): Seen {
  const isCounting = params.sensor === 'detailed';
  if (inputs['in']?.kind === 'image') return seenImage(ops, inputOf(inputs, 'in', 'image'), params, pixels);
  const channels = lightsOf(inputs, 'in', 'pupil', 'field');
  const [light] = channels;
  const unit = light.kind === 'pupil' ? light.unit : 'W';
  const irradiance = spectralSum(ops, channels, (channel) => {
    const whole =
      channel.kind === 'pupil'
        ? pupilIrradiance(ops, channel, pixels)
        : fieldIrradiance(ops, channel, pixels);
    const filtered = isFiltered(inputs, params)
      ? ops.multiply(
          blurred(ops, whole, params.blur),
          bayerMosaic(ops, channel.wavelength, params.rows, params.columns),
        )
      : whole;
    return isCounting ? scaled(ops, filtered, photonsPer(unit, channel, params)) : filtered;
  });
  return {
    irradiance,
    unit: isCounting ? 'photons' : unit,
    isRelative: unit === 'relative',
    perPlane: light.kind === 'pupil' ? light.perPlane : null,
  };
}

function photonsPer(unit: ImageUnit, { wavelength }: Field | Pupil, params: CameraParams): Scalar {
  if (unit === 'W') return photonsPerWatt(wavelength, params.exposureTime.value);
  return unit === 'relative' ? params.referencePhotons : constantScalar(1);
}

/** An image made by incoherent light: photons per pixel of its own, whatever their wavelengths were. */
function seenImage(ops: Ops, image: Image, params: CameraParams, pixels: Pixels): Seen {
  if (!(image.pitch.value > 0)) {
    throw new ElementProblem(
      'A camera cannot look at this image, whose pixels have no size.',
      'Connect light, or an image that a simulated object makes.',
    );
  }
  const isCounting = params.sensor === 'detailed';
  const isRelative = image.unit === 'relative';
  const irradiance = imageIrradiance(ops, image, pixels);
  return {
    irradiance: isCounting && isRelative ? scaled(ops, irradiance, params.referencePhotons) : irradiance,
    unit: isCounting ? 'photons' : image.unit,
    isRelative,
    perPlane: null,
  };
}

function scaled(ops: Ops, a: Real, factor: Scalar): Real {
  return factor.value === 1 && isConstant(factor) ? a : ops.scaleBy(a, factor);
}

function raised(ops: Ops, a: Real, amount: Scalar): Real {
  return amount.value === 0 && isConstant(amount) ? a : ops.add(a, ops.fromScalars([amount], [1]));
}

/** What was measured of the pixels of a detailed sensor; null for a linear one, or where nothing was. */
function measuredOf({ sensor, offsetMap, gainMap, varianceMap }: CameraParams): PixelImages | null {
  const images = { offset: offsetMap, gain: gainMap, variance: varianceMap };
  return sensor === 'detailed' && Object.values(images).some((image) => image !== null) ? images : null;
}

function readNoiseOf(params: CameraParams): number {
  const variance = measuredOf(params)?.variance ?? null;
  return variance === null ? params.readNoise.value : meanReadNoise(variance);
}

function noiseOf(params: CameraParams, pattern: (() => PixelPattern) | null): NoiseModel {
  const isDetailed = params.sensor === 'detailed';
  const bits = params.bits > 0 ? params.bits : null;
  const fullWell = params.fullWell.value > 0 ? params.fullWell.value : null;
  const multiplication = isDetailed ? params.multiplication.value : 1;
  return {
    enabled: params.noise || (isDetailed && (bits !== null || fullWell !== null)),
    gain: params.gain.value * multiplication,
    offset: params.offset.value,
    readNoise: readNoiseOf(params),
    isCalibrated: isConstant(params.gain) && isConstant(params.offset),
    ...(isDetailed
      ? {
          sensor: {
            isNoisy: params.noise,
            multiplication,
            fullWell,
            bits,
            pattern,
          },
        }
      : {}),
  };
}

/** How the pixels of a detailed sensor differ; null where they do not. */
function patternOf(params: CameraParams, every: number): (() => PixelPattern) | null {
  const { gainSpread, offsetSpread, readNoiseSpread, rows, columns } = params;
  const differ = [gainSpread, offsetSpread, readNoiseSpread].some(({ value }) => value > 0);
  const measured = measuredOf(params);
  if (params.sensor !== 'detailed' || !(differ || measured !== null)) return null;
  const settings = {
    gain: gainSpread.value,
    offset: offsetSpread.value,
    readNoise: readNoiseSpread.value,
    seed: params.patternSeed,
  };
  const pixels = { rows, columns, every };
  const drawn = () => pixelPattern(settings, pixels);
  if (measured === null) return drawn;
  const base = {
    gain: params.gain.value,
    offset: params.offset.value,
    readNoise: readNoiseOf(params),
  };
  return () => measuredPattern(measured, base, differ ? drawn() : null, pixels);
}

/** The signal of each pixel in counts: measured maps stand for gain and offset, a drawn pattern goes with them. */
function countsOf(
  ops: Ops,
  signal: Real,
  params: CameraParams,
  { every, isFirst }: Part,
  pixels: Pixels,
): Real {
  const measured = measuredOf(params);
  const all = { rows: params.rows, columns: params.columns, every };
  if (measured !== null) checkPixelImages(measured, all);
  const pattern = patternOf(params, every)?.() ?? null;
  const map = (image: HostImage) =>
    ops.constant(
      `camera:map:${image.key}:${all.rows}:${all.columns}:${every}`,
      [pixels.rows, pixels.columns],
      'real',
      () => mapValues(image, all),
    );
  let counts = signal;
  if (measured !== null && measured.gain !== null) {
    counts = scaled(ops, ops.multiply(counts, map(measured.gain)), params.multiplication);
  } else {
    const isDetailed = params.sensor === 'detailed';
    if (pattern !== null) counts = ops.multiply(counts, patternMap(ops, pattern, 'gain', pixels));
    const gain = isDetailed ? multiplyScalars(params.gain, params.multiplication) : params.gain;
    counts = scaled(ops, counts, gain);
  }
  if (!isFirst) return counts;
  if (measured !== null && measured.offset !== null) return ops.add(counts, map(measured.offset));
  counts = raised(ops, counts, params.offset);
  return pattern === null ? counts : ops.add(counts, patternMap(ops, pattern, 'offset', pixels));
}

/** Which pixels are wanted, and whether what is there without light belongs to this share of the light. */
interface Part {
  readonly every: number;
  readonly isFirst: boolean;
}

/** A map of the sensor's pattern, [rows, columns]. */
function patternMap(
  ops: Ops,
  pattern: PixelPattern,
  which: 'gain' | 'offset',
  { rows, columns }: Pixels,
): Real {
  return ops.constant(`camera:${which}:${pattern.key}`, [rows, columns], 'real', () => pattern[which]);
}

export const camera: ElementSpec = defineElement({
  type: 'camera',
  version: 1,
  category: 'detection',
  title: 'Camera',
  summary: 'Turns light into an image: pixels, blur, background, gain, offset and noise.',
  keywords: [
    'detector',
    'sensor',
    'image',
    'pixel',
    'CCD',
    'sCMOS',
    'EMCCD',
    'quantum efficiency',
    'bit depth',
    'saturation',
    'Bayer',
  ],
  inputs: { in: { accepts: ['pupil', 'field', 'image'], title: 'Light' } },
  outputs: { out: { type: 'image', title: 'Image' } },
  params,
  power: 'notApplicable',
  spectrum: 'whole',
  linearIn: null,
  addsUp: true,
  thins: true,
  // Default pixels suit a microscope's image; of a field they would show a small part of the window.
  behindField: ({ samples, pitch }) => ({
    pixelPitch: Math.max(pitch, linearParams.pixelPitch.min),
    columns: Math.min(samples, linearParams.columns.max),
    rows: Math.min(samples, linearParams.rows.max),
  }),
  equation:
    'counts = offset + gain M (QE (blur ∗ |u|² · pixel area · t λ/hc) + background + t · dark); linear: M = QE = t λ/hc = 1',
  references: [
    'Soummer et al., Opt. Express 15, 15935 (2007)',
    'EMVA 1288: linear camera model',
    'Robbins and Hadwen, IEEE Trans. Electron Devices 50, 1227 (2003): noise of electron multiplication',
    'Huang et al., Nat. Methods 10, 653 (2013): pixels of sCMOS cameras',
  ],
  sampling: (inputs, params) => {
    const notes = coverageNotes(inputs['in'], {
      rows: params.rows,
      columns: params.columns,
      pitch: params.pixelPitch.value / params.magnification.value,
      averages: params.pixelResponse === 'average',
      magnification: params.magnification.value,
    });
    if (inputs['in']?.kind !== 'image' || params.colourFilter === 'none') return notes;
    const message = 'An image has no wavelengths: the camera looks at it without its colour filter.';
    return [
      ...notes,
      {
        severity: 'warning',
        message,
        fix: 'Switch the colour filter off.',
        apply: setValue('colourFilter', 'none', 'Switch the colour filter off'),
      },
    ];
  },
  forward: (inputs, params, context) => {
    const { ops } = context;
    const pixels = pixelsOf(params, context.every);
    const isDetailed = params.sensor === 'detailed';
    const { irradiance, unit, isRelative, perPlane } = seenLight(ops, inputs, params, pixels);
    const area = isRelative ? constantScalar(1) : pixelArea(pixels, context.every);
    const planes = irradiance.shape.length === 3 ? (irradiance.shape[0] ?? 1) : 1;
    const planeAxes = irradiance.shape.length === 3 ? [planes, 1, 1] : [1];
    // Blur comes first: it commutes with brightness and leaves an even background alone, so the unknowns of single
    // planes need no transforms. Behind a mosaic each wavelength has been blurred already.
    const collected = scaled(ops, irradiance, area);
    let signal = isFiltered(inputs, params) ? collected : blurred(ops, collected, params.blur);
    if (perPlane !== null) signal = ops.multiply(signal, ops.fromScalars(perPlane(planes), planeAxes));
    if (isDetailed) signal = scaled(ops, signal, params.quantumEfficiency);
    // What is there without light belongs to one of the shares of the light.
    const isFirst = context.share === null || context.share.index === 0;
    const background = isFirst ? context.perPlane('background', planes) : [];
    if (background.some((b) => b.value !== 0 || !isConstant(b))) {
      signal = ops.add(signal, ops.fromScalars(background, planeAxes));
    }
    if (isDetailed && isFirst)
      signal = raised(ops, signal, multiplyScalars(params.darkCurrent, params.exposureTime));
    const counts = countsOf(ops, signal, params, { every: context.every, isFirst }, pixels);
    return {
      out: {
        kind: 'image',
        samples: counts,
        pitch: pixels.pitch,
        unit: unit === 'photons' ? 'counts' : unit,
        noise: noiseOf(params, patternOf(params, context.every)),
        mask: null,
        normalization: 'none',
      },
    };
  },
});
