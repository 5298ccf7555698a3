import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { beamAt, laguerreGauss as mode, rayleighRange } from '../../maths/paraxialBeam.ts';
import { waveMap } from '../../waveMap.ts';
import { beamNotes, beamPlace, waist } from './beamParams.ts';
import { emittedField, polarizationAngle, power, refractiveIndex, wavelength } from './lightParams.ts';
import { spectrumParams } from './spectrumParams.ts';

/** [re, im] of (x + iy)^l, conjugate for negative l. */
function spiral(x: number, y: number, charge: number): [number, number] {
  let [re, im] = [1, 0];
  const turn = charge < 0 ? -y : y;
  for (let i = 0; i < Math.abs(charge); i++) [re, im] = [re * x - im * turn, re * turn + im * x];
  return [re, im];
}

export const laguerreGauss: ElementSpec = defineElement({
  type: 'laguerreGauss',
  version: 1,
  category: 'sources',
  title: 'Laguerre-Gauss mode',
  summary:
    'A ring of light whose phase winds around a dark core: a vortex beam with orbital angular momentum.',
  keywords: ['laser', 'vortex', 'doughnut', 'OAM', 'orbital angular momentum', 'helical', 'mode', 'source'],
  inputs: {},
  outputs: { out: { type: 'field', title: 'Light' } },
  spectrum: 'emits',
  params: {
    wavelength,
    ...spectrumParams,
    refractiveIndex,
    polarizationAngle,
    power,
    charge: {
      kind: 'integer',
      title: 'Charge',
      doc: 'Turns of the phase around the axis, growing from +x towards +y when positive; each photon carries so many ħ of orbital angular momentum.',
      default: 1,
      min: -40,
      max: 40,
      prominent: true,
    },
    radialOrder: {
      kind: 'integer',
      title: 'Radial order',
      doc: 'Number of dark rings around the core.',
      default: 0,
      min: 0,
      max: 30,
      prominent: true,
    },
    waist: {
      ...waist,
      default: 200e-6,
      doc: '1/e² intensity radius w0 of the lowest mode at the waist; without dark rings the brightest ring has radius w0 sqrt(|charge|/2).',
    },
    ...beamPlace,
  },
  power: 'creates',
  linearIn: null,
  equation:
    'u = sqrt[2 P p! / π (p+|l|)!] / w (√2 r/w)^|l| L_p^|l|(2r²/w²) exp(-r²/w²) exp{i [l φ + k r²/2R - (2p + |l| + 1) atan(z/zR)]}',
  references: [
    'Allen et al., Phys. Rev. A 45, 8185 (1992)',
    'Siegman, Lasers, chapter 16: Laguerre-Gaussian modes',
  ],
  sampling: (_inputs, params, grid) =>
    beamNotes(
      params,
      params.waist.value,
      params.distance.value,
      Math.max(Math.abs(params.x.value), Math.abs(params.y.value)),
      Math.sqrt(2 * params.radialOrder + Math.abs(params.charge) + 1),
      grid,
    ),
  forward: (_inputs, params, { ops, grid }) => {
    const { wavelength: l, refractiveIndex: m, waist: w, charge, radialOrder } = params;
    const order = 2 * radialOrder + Math.abs(charge) + 1;
    const finest = w.value / order;
    const args = [
      { scalar: l, scale: l.value / order },
      { scalar: m, scale: m.value / order },
      { scalar: w, scale: finest },
      { scalar: params.distance, scale: rayleighRange(w.value, l.value, m.value) / order },
      { scalar: params.x, scale: finest },
      { scalar: params.y, scale: finest },
    ];
    const n = grid.samples;
    const unit = waveMap(
      ops,
      `laguerreGauss:${charge}:${radialOrder}`,
      [n, n],
      grid.pitch,
      args,
      (values) => {
        const [lambda = 1, index = 1, w0 = 1, z = 0, x0 = 0, y0 = 0] = values;
        const { radius, curvature, gouy } = beamAt(w0, z, lambda, index);
        const k = (2 * Math.PI * index) / lambda;
        return (x, y, out) => {
          const [dx, dy] = [x - x0, y - y0];
          const r2 = dx * dx + dy * dy;
          const amplitude = mode(radialOrder, charge, r2, radius);
          const [re, im] = spiral(dx / radius, dy / radius, charge);
          out.re = amplitude * re;
          out.im = amplitude * im;
          out.phase = 0.5 * k * curvature * r2 - order * gouy;
        };
      },
    );
    return { out: emittedField(ops, unit, [], params, grid) };
  },
});
