import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { offerValue, roundedUp } from '../../fixes.ts';
import { besselIScaled, besselJ } from '../../maths/bessel.ts';
import { ElementProblem } from '../../problem.ts';
import { inMetres } from '../../propagation/choice.ts';
import { formatNumber } from '../../units.ts';
import { waveMap } from '../../waveMap.ts';
import { beamPlace } from './beamParams.ts';
import {
  emittedField,
  phaseNotes,
  polarizationAngle,
  position,
  power,
  refractiveIndex,
  wavelength,
  windowNotes,
} from './lightParams.ts';
import { spectrumParams } from './spectrumParams.ts';

export const besselBeam: ElementSpec = defineElement({
  type: 'besselBeam',
  version: 1,
  category: 'sources',
  title: 'Bessel beam',
  summary: 'Plane waves on a cone: a narrow core with rings that keeps its width over a long way.',
  keywords: ['axicon', 'non-diffracting', 'cone', 'core', 'vortex', 'source'],
  inputs: {},
  outputs: { out: { type: 'field', title: 'Light' } },
  spectrum: 'emits',
  params: {
    wavelength,
    ...spectrumParams,
    refractiveIndex,
    polarizationAngle,
    power,
    coneAngle: {
      kind: 'quantity',
      quantity: 'angle',
      title: 'Cone angle',
      doc: 'Angle of the waves against the axis. The core’s first dark ring has radius 0.383 λ / (n sin angle).',
      default: 5e-3,
      min: 1e-6,
      max: 1.5,
      soft: [1e-3, 0.05],
      display: 'mrad',
      scale: 'log',
      learnable: true,
      step: 0.2e-3,
      prominent: true,
    },
    envelope: position(
      'Envelope radius',
      '1/e² radius of the Gaussian beam that carries it; it lasts for about envelope / tan angle.',
      null,
      {
        default: 600e-6,
        min: 1e-8,
        soft: [50e-6, 5e-3],
        step: 10e-6,
        prominent: true,
      },
    ),
    charge: {
      kind: 'integer',
      title: 'Charge',
      doc: 'Turns of the phase around the axis, from +x towards +y; 0 has a bright core.',
      default: 0,
      min: -40,
      max: 40,
      prominent: true,
    },
    x: beamPlace.x,
    y: beamPlace.y,
  },
  power: 'creates',
  linearIn: null,
  equation:
    'u = sqrt(P / N) J_l(β r) exp(-r²/w²) exp(i l φ),  β = k sin α,  N = (π w²/2) exp(-β²w²/4) I_l(β²w²/4)',
  references: [
    'Durnin, J. Opt. Soc. Am. A 4, 651 (1987)',
    'Gori, Guattari and Padovani, Opt. Commun. 64, 491 (1987): Bessel-Gauss beams',
  ],
  sampling: (_inputs, params, grid) => {
    const offset = Math.max(Math.abs(params.x.value), Math.abs(params.y.value));
    const frequency =
      (params.refractiveIndex.value * Math.sin(params.coneAngle.value)) / params.wavelength.value;
    const notes = [
      ...phaseNotes(frequency, 'Across the rings', grid),
      ...windowNotes(1.5 * params.envelope.value + offset, 'The envelope', grid),
    ];
    // With less than a ring or two inside the envelope it is no Bessel beam any more.
    if (params.envelope.value * frequency > 1) return notes;
    const wider = frequency > 0 ? roundedUp(1.5 / frequency) : Number.POSITIVE_INFINITY;
    const fits = 3 * wider + 2 * offset <= grid.samples * grid.pitch;
    return [
      ...notes,
      {
        severity: 'warning',
        message: `The envelope holds only ${formatNumber(params.envelope.value * frequency, 2)} rings: it spreads like a Gaussian beam.`,
        fix: 'Use a larger cone angle or a wider envelope.',
        ...offerValue(fits, 'envelope', wider, `Use an envelope of ${inMetres(wider)}`),
      },
    ];
  },
  forward: (_inputs, params, { ops, grid }) => {
    const { wavelength: l, refractiveIndex: m, coneAngle, envelope, charge } = params;
    const n = grid.samples;
    const order = Math.abs(charge);
    const radial = (2 * Math.PI * m.value * Math.sin(coneAngle.value)) / l.value;
    if (((radial * envelope.value) / 2) ** 2 > 1e8) {
      throw new ElementProblem(
        'The envelope holds more rings than can be counted.',
        'Use a smaller cone angle or a narrower envelope.',
      );
    }
    // How many radians the argument of J reaches: derivatives are taken over a share of one.
    const reach = 1 + radial * n * grid.pitch;
    const core = Math.min(1 / radial, envelope.value) / (1 + order);
    const args = [
      { scalar: l, scale: l.value / reach },
      { scalar: m, scale: m.value / reach },
      { scalar: coneAngle, scale: Math.tan(coneAngle.value) / reach },
      { scalar: envelope, scale: envelope.value / (1 + (n * grid.pitch) / envelope.value) },
      { scalar: params.x, scale: core },
      { scalar: params.y, scale: core },
    ];
    const unit = waveMap(ops, `besselBeam:${charge}`, [n, n], grid.pitch, args, (values) => {
      const [lambda = 1, index = 1, angle = 0, w = 1, x0 = 0, y0 = 0] = values;
      const beta = (2 * Math.PI * index * Math.sin(angle)) / lambda;
      // ∫ J² exp(-2r²/w²) 2πr dr by Weber's second exponential integral.
      const norm = 0.5 * Math.PI * w * w * besselIScaled(order, 0.25 * (beta * w) ** 2);
      const scale = 1 / Math.sqrt(norm);
      return (x, y, out) => {
        const [dx, dy] = [x - x0, y - y0];
        const r = Math.hypot(dx, dy);
        const amplitude = scale * besselJ(order, beta * r) * Math.exp(-((r / w) ** 2));
        const turn = charge * Math.atan2(dy, dx);
        out.re = amplitude * Math.cos(turn);
        out.im = amplitude * Math.sin(turn);
        out.phase = 0;
      };
    });
    return { out: emittedField(ops, unit, [], params, grid) };
  },
});
