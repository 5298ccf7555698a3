import { pitchLayout, spreadCells, throughMask } from '../../cells.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { mapPenalty, penaltyParams } from '../../mapPenalty.ts';
import type { Ops, Real } from '../../ops/ops.ts';
import { constantScalar, divideScalars, type Scalar } from '../../ops/scalar.ts';
import { planeShape } from '../../sampledGrid.ts';
import type { Field } from '../../values.ts';
import { devicePitchParam, pixelsNotes, pixelsParam } from './pixelParams.ts';

const TURN: readonly [number, number] = [-Math.PI, Math.PI];

/** The phase as a device holds it: within one turn from 0, in `levels` steps; the derivative is that of the phase. */
function driven(ops: Ops, phase: Real, levels: number | null): Real {
  const turns = ops.scale(phase, 1 / (2 * Math.PI));
  const fine = levels === null ? turns : ops.scale(ops.round(ops.scale(turns, levels)), 1 / levels);
  // floor(t) = round(t - 1/2 + δ): δ, below any level, keeps a whole turn from falling on either side.
  const half = ops.constant('slm:half', [1], 'real', () => Float64Array.of(0.5 - 1e-4));
  const within = ops.subtract(fine, ops.round(ops.subtract(fine, half)));
  return ops.straightThrough(ops.scale(within, 2 * Math.PI), phase);
}

/** The fringing field between pixels: a Gaussian blur of the phase, whose ramps from one turn back to 0 are the flyback. */
function blurredBy(ops: Ops, phase: Real, sigma: number): Real {
  const [n] = planeShape(phase);
  const size = 2 * n;
  const evaluate = () => ({
    value: Float64Array.from({ length: size * size }, (_, i) => {
      const [y, x] = [Math.floor(i / size) - n, (i % size) - n];
      return Math.exp(-2 * (Math.PI * sigma) ** 2 * ((x / size) ** 2 + (y / size) ** 2));
    }),
    partials: [],
  });
  const transfer = ops.hostMap([constantScalar(sigma)], [size, size], 'real', evaluate, 'slm:blur');
  return ops.realPart(ops.filter2(ops.toComplex(phase), transfer));
}

/** Modulated light plus what the gaps between pixels send back as it came, on the active area. */
function modulated(
  ops: Ops,
  light: Field,
  phase: Real,
  fillFactor: Scalar,
  gapAmplitude: Scalar,
  area: Real,
) {
  const turned = ops.scaleBy(ops.phasor(phase), fillFactor);
  const one = ops.constant('slm:one', [1], 'real', () => Float64Array.of(1));
  const gaps = ops.multiply(
    ops.subtract(one, ops.fromScalars([fillFactor], [1])),
    ops.fromScalars([gapAmplitude], [1]),
  );
  return throughMask(ops, light, ops.multiply(area, ops.add(turned, ops.toComplex(gaps))));
}

export const slm: ElementSpec = defineElement({
  type: 'slm',
  version: 1,
  category: 'masks',
  title: 'SLM',
  summary:
    'A phase modulator with pixels: levels, gaps that send unmodulated light, fringing fields and dispersion.',
  keywords: ['spatial light modulator', 'LCoS', 'hologram', 'phase', 'liquid crystal', 'pixels', 'CGH'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' }, penalty: { type: 'scalar', title: 'Penalty' } },
  params: {
    phase: {
      kind: 'map',
      quantity: 'angle',
      title: 'Phase',
      doc: 'Phase that is asked of each pixel at the calibration wavelength, in radians; the device takes it modulo one turn.',
      default: 0,
      min: -1e3,
      max: 1e3,
      soft: TURN,
      display: 'rad',
      learnable: true,
      step: 1,
      cells: 'pixels',
      rounded: true,
      prominent: true,
    },
    pixels: pixelsParam,
    pixelPitch: devicePitchParam,
    bits: {
      kind: 'integer',
      title: 'Bits',
      doc: 'Phase levels in a turn are 2 to this power; 0 for any phase. Fits pass the derivative straight through.',
      default: 8,
      min: 0,
      max: 16,
    },
    fillFactor: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Fill factor',
      doc: 'Share of the area that modulates. The rest is gaps, which are finer than samples: they add unmodulated light (the zero order).',
      default: 0.93,
      min: 0,
      max: 1,
      soft: [0.7, 1],
      display: '%',
      scale: 'linear',
      learnable: true,
      step: 0.01,
      prominent: true,
    },
    gapAmplitude: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Amplitude of the gaps',
      doc: 'Amplitude that the gaps return, from 0 (black) to 1 (as bright as the pixels).',
      default: 1,
      min: 0,
      max: 1,
      soft: [0, 1],
      display: '',
      scale: 'linear',
      learnable: true,
      step: 0.05,
    },
    crosstalk: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Crosstalk',
      doc: 'Standard deviation of the fringing field in pixels: neighbours blur each other, and jumps of one turn become ramps (flyback).',
      default: 0,
      min: 0,
      max: 10,
      soft: [0, 1],
      display: '',
      scale: 'linear',
      learnable: false,
      step: 0.05,
    },
    calibrationWavelength: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Calibration wavelength',
      doc: 'Wavelength λ0 at which the device gives a whole turn: at others its phase is multiplied by λ0/λ after it was taken modulo one turn. 0 for that of the light.',
      automatic: 'that of the light',
      default: 0,
      min: 0,
      max: 1e-3,
      soft: [4e-7, 1.1e-6],
      display: 'nm',
      scale: 'linear',
      learnable: false,
      step: 1e-9,
    },
    ...penaltyParams,
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 't = F exp[i (G_σ * φ_q) λ0/λ] + (1 - F) a',
  references: [
    'Persson, Engström and Goksör, Opt. Express 20, 22334 (2012): crosstalk of modulators as a blur of the phase',
    'Bengio, Léonard and Courville, arXiv:1308.3432 (2013): straight-through derivatives',
  ],
  sampling: (inputs, params, grid) => pixelsNotes(inputs['in'], params.pixels, params.pixelPitch.value, grid),
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const [n] = planeShape(light.samples);
    const layout = pitchLayout(light, params.pixelPitch.value);
    const phase = driven(ops, params.phase, params.bits === 0 ? null : 2 ** params.bits);
    const spread = spreadCells(ops, phase, n, layout, 'nearest');
    const sigma = params.crosstalk.value * layout.side;
    const blurred = sigma === 0 ? spread : blurredBy(ops, spread, sigma);
    const { calibrationWavelength: lambda0 } = params;
    const dispersed =
      lambda0.value === 0 ? blurred : ops.scaleBy(blurred, divideScalars(lambda0, light.wavelength));
    const open = ops.constant(`slm:open:${params.pixels}`, [params.pixels, params.pixels], 'real', () =>
      new Float64Array(params.pixels ** 2).fill(1),
    );
    const area = spreadCells(ops, open, n, layout, 'nearest');
    const { fillFactor, gapAmplitude } = params;
    return {
      out: modulated(ops, light, dispersed, fillFactor, gapAmplitude, area),
      penalty: mapPenalty(ops, params.phase, params, TURN),
    };
  },
});
