import type { ElementSpec, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { finerSamples } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { constantScalar } from '../../ops/scalar.ts';
import type { MapArgument } from '../../sampledGrid.ts';
import { planeShape, transmissionMap } from '../../sampledGrid.ts';
import { divided, openShare, ridgeShare, type Transmission, turned } from '../../softShapes.ts';
import {
  angleArgument,
  behindMask,
  centreParams,
  designWavelength,
  edgeArgument,
  localFrame,
  maskAngle,
  maskLength,
  maskNumber,
  phaseRatio,
  rotation,
} from './maskParams.ts';

type Profile = 'sineAmplitude' | 'binaryAmplitude' | 'sinePhase' | 'binaryPhase' | 'blazed';

interface Groove {
  readonly period: number;
  /** Share of the ridges. */
  readonly duty: number;
  readonly contrast: number;
  /** Phase in radians: of a sine its amplitude, of ridges their height, of a blaze its rise over a period. */
  readonly depth: number;
  /** Steps of a blaze; 0 for a smooth one. */
  readonly levels: number;
}

/** Transmission across the grooves, at x from the middle of a ridge, for edges `width` wide. */
function across(profile: Profile, groove: Groove, width: number): (x: number) => Transmission {
  const { period, duty, contrast, depth, levels } = groove;
  switch (profile) {
    case 'sineAmplitude':
      return (x) => [0.5 * (1 + contrast * Math.cos((2 * Math.PI * x) / period)), 0];
    case 'binaryAmplitude':
      return (x) => [ridgeShare(x, period, duty, width), 0];
    case 'sinePhase':
      return (x) => turned(depth * Math.cos((2 * Math.PI * x) / period));
    case 'binaryPhase':
      return (x) => divided(ridgeShare(x, period, duty, width), turned(depth), [1, 0]);
    case 'blazed':
      return levels > 0 ? stairs(period, depth, levels, width) : ramp(period, depth, width);
  }
}

/** A phase that rises by `depth` over each period and jumps back. */
function ramp(period: number, depth: number, width: number): (x: number) => Transmission {
  return (x) => {
    const jump = Math.round(x / period);
    const from = x / period - jump;
    return divided(openShare((from * period) / width), turned(depth * from), turned(depth * (from + 1)));
  };
}

/** The ramp in steps of equal width: phases 0, depth/L .. depth (L - 1)/L. */
function stairs(period: number, depth: number, levels: number, width: number): (x: number) => Transmission {
  const phase = (step: number) => (depth * (step - levels * Math.floor(step / levels))) / levels;
  return (x) => {
    const at = (x * levels) / period;
    const step = Math.round(at);
    const share = openShare(((at - step) * period) / levels / width);
    return divided(share, turned(phase(step)), turned(phase(step - 1)));
  };
}

export const grating: ElementSpec = defineElement({
  type: 'grating',
  version: 1,
  category: 'masks',
  title: 'Grating',
  summary: 'Splits light into orders: sine, binary or blazed, in amplitude or phase, straight or crossed.',
  keywords: [
    'diffraction',
    'orders',
    'ronchi',
    'blazed',
    'echelle',
    'sine',
    'binary',
    'crossed',
    'mesh',
    'talbot',
  ],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    profile: {
      kind: 'choice',
      title: 'Profile',
      doc: 'What varies across the grooves, and how.',
      default: 'binaryAmplitude',
      options: [
        { value: 'binaryAmplitude', title: 'Bars' },
        { value: 'sineAmplitude', title: 'Sine, amplitude' },
        { value: 'sinePhase', title: 'Sine, phase' },
        { value: 'binaryPhase', title: 'Binary, phase' },
        { value: 'blazed', title: 'Blazed' },
      ],
      prominent: true,
    },
    period: maskLength('Period', 'Distance between grooves; order m leaves at sin θ = m λ / period.', {
      default: 160e-6,
      soft: [5e-6, 2e-3],
      prominent: true,
    }),
    duty: maskNumber('Duty', 'Share of each period that is open, or raised; one opening is centred.', {
      default: 0.5,
      soft: [0, 1],
      when: { param: 'profile', is: ['binaryAmplitude', 'binaryPhase'] },
    }),
    contrast: maskNumber('Contrast', 'Amplitude transmission (1 + contrast · cos) / 2.', {
      default: 1,
      soft: [0, 1],
      when: { param: 'profile', is: ['sineAmplitude'] },
    }),
    modulation: maskAngle(
      'Modulation',
      'Amplitude a of the phase a·cos; order m carries J_m(a)² of the light.',
      {
        default: 1.841,
        soft: [0, 5],
        prominent: true,
        when: { param: 'profile', is: ['sinePhase'] },
      },
    ),
    height: maskAngle(
      'Phase height',
      'Phase of the ridges against the grooves; π darkens order 0 at duty ½.',
      {
        default: Math.PI,
        soft: [0, 2 * Math.PI],
        prominent: true,
        when: { param: 'profile', is: ['binaryPhase'] },
      },
    ),
    blaze: maskAngle(
      'Blaze',
      'Rise of the phase over a period; 2π sends all light into order +1, towards +x.',
      {
        default: 2 * Math.PI,
        soft: [0, 4 * Math.PI],
        prominent: true,
        when: { param: 'profile', is: ['blazed'] },
      },
    ),
    levels: {
      kind: 'integer',
      title: 'Levels',
      doc: 'Steps of equal width in which the blaze is made; 0 makes it smooth.',
      default: 0,
      min: 0,
      max: 1024,
      when: { param: 'profile', is: ['blazed'] },
    },
    crossed: {
      kind: 'switch',
      title: 'Crossed',
      doc: 'A second grating of the same kind at right angles: orders in two directions.',
      default: false,
    },
    ...centreParams,
    rotation,
    designWavelength: {
      ...designWavelength,
      when: { param: 'profile', is: ['sinePhase', 'binaryPhase', 'blazed'] },
    },
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 't(x) = Σ_m c_m exp(2πi m x / p): sine phase |c_m|² = J_m(a)², L steps of 2π |c_1|² = sinc²(1/L)',
  references: ['Goodman, Introduction to Fourier Optics: thin sinusoidal gratings'],
  sampling: (inputs, params, grid) => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const pitch = light.pitch.value;
    const profile = params.profile as Profile;
    const period = params.period.value;
    const isSmooth = profile === 'sineAmplitude' || profile === 'sinePhase' || params.levels === 0;
    const steps = profile === 'blazed' ? Math.max(1, params.levels) : 2;
    const finest = profile === 'blazed' || !isSmooth ? period / steps : period / 2;
    const notes: SamplingNote[] = [];
    if (period < 2 * pitch) {
      notes.push({
        severity: 'warning',
        message: `A period is ${(period / pitch).toPrecision(2)} samples: what is seen is another, coarser grating.`,
        fix: `Use a pitch below ${((period / 4) * 1e6).toPrecision(2)} µm or a longer period.`,
        ...finerSamples(pitch, grid, period / 4),
      });
    } else if (finest < 2 * pitch) {
      notes.push({
        severity: 'warning',
        message: `The finest part of the profile is ${(finest / pitch).toPrecision(2)} samples wide: the orders are not exact.`,
        fix: `Use a pitch below ${((finest / 2) * 1e6).toPrecision(2)} µm, a longer period or fewer levels.`,
        ...finerSamples(pitch, grid, finest / 2),
      });
    }
    const slope = { sinePhase: params.modulation.value, blazed: params.blaze.value / (2 * Math.PI) };
    const step = profile in slope ? (2 * pitch * Math.abs(slope[profile as 'blazed'])) / period : 0;
    if (step > 1) {
      notes.push({
        severity: 'warning',
        message: `The phase turns by ${step.toFixed(2)} π per sample: high orders appear at wrong angles.`,
        fix: 'Use a finer pitch, a longer period or a weaker phase.',
        ...finerSamples(pitch, grid, pitch / step),
      });
    }
    return notes;
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const [n] = planeShape(light.samples);
    const profile = params.profile as Profile;
    const { levels, crossed } = params;
    const depths = { sinePhase: params.modulation, binaryPhase: params.height, blazed: params.blaze };
    const depth = profile in depths ? depths[profile as keyof typeof depths] : constantScalar(0);
    const args: MapArgument[] = [
      edgeArgument(params.x, light),
      edgeArgument(params.y, light),
      angleArgument(params.rotation, n),
      // The outermost of n/2 periods or fewer moves by as much as n/2 edges.
      { scalar: params.period, scale: light.pitch.value / n },
      { scalar: params.duty, scale: Math.min(1, light.pitch.value / params.period.value) },
      { scalar: params.contrast, scale: 1 },
      { scalar: depth, scale: 1 },
      { scalar: phaseRatio(light, params.designWavelength), scale: 1 },
    ];
    const name = `grating:${profile}:${levels}:${crossed}`;
    const transmission = transmissionMap(ops, name, n, light.pitch, args, (values, pitch) => {
      const [x0 = 0, y0 = 0, turn = 0, period = 1, duty = 0, contrast = 0, phase = 0, ratio = 1] = values;
      const frame = localFrame(x0, y0, turn);
      const at = across(profile, { period, duty, contrast, depth: phase * ratio, levels }, pitch);
      return (x, y) => {
        const [along, beside] = frame(x, y);
        const [re, im] = at(along);
        if (!crossed) return [re, im];
        const [re2, im2] = at(beside);
        return [re * re2 - im * im2, re * im2 + im * re2];
      };
    });
    return { out: behindMask(ops, light, transmission) };
  },
});
