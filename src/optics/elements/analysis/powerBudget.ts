import { hostPlane, largest } from '../../analysis/hostPlane.ts';
import { powerOf } from '../../analysis/power.ts';
import { lengthReadout, numberReadout, powerReadout, shareReadout } from '../../analysis/readouts.ts';
import { edgeShare } from '../../analysis/widths.ts';
import type { ElementSpec, HostValue, Readout } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { passes } from './analysisParts.ts';

function unitOf({ value }: HostValue): string {
  if (value.kind === 'image') return value.unit;
  return value.kind === 'field' ? 'W' : value.kind;
}

const total = (lights: readonly HostValue[]): number => lights.reduce((sum, each) => sum + powerOf(each), 0);

export const powerBudget: ElementSpec = defineElement({
  type: 'powerBudget',
  version: 1,
  category: 'analysis',
  title: 'Power and spectrum',
  summary:
    'Power here, its share of the power at another place, its spectrum, and how much lies at the edge of the window.',
  keywords: [
    'power',
    'transmission',
    'efficiency',
    'spectrum',
    'bandwidth',
    'coherence length',
    'throughput',
  ],
  inputs: {
    in: { accepts: ['field', 'pupil', 'image'], title: 'Light or image' },
    before: { accepts: ['field', 'pupil', 'image'], title: 'Compared with', optional: true },
  },
  outputs: { out: { type: { like: 'in' }, title: 'Unchanged' } },
  params: {},
  ...passes,
  equation: 'P = Σ_λ w_λ Σ |u|² Δ²,  L_c = λ̄² / Δλ',
  references: ['Goodman, Statistical Optics: coherence length'],
  analyse: (input, _params, before) => {
    const [first] = input;
    const power = total(input);
    const [other] = before;
    // Counts are no share of watts.
    const share = other === undefined || unitOf(other) !== unitOf(first) ? null : power / total(before);
    const plane = hostPlane(input, 0);
    const isWatts = unitOf(first) === 'W';
    const peak = largest(plane.data);
    const readouts: Readout[] = [
      isWatts
        ? powerReadout('Power', power)
        : numberReadout(first.value.kind === 'image' ? 'Sum' : 'Mean power in the pupil', power),
      shareReadout('Share of the other', share),
      shareReadout('In the outer 5 % frame', edgeShare(plane)),
      plane.unit === 'W/m²'
        ? { title: 'Peak', value: peak, quantity: 'irradiance', display: 'W/m²' }
        : numberReadout('Peak', peak),
    ];
    if (input.length < 2) return { readouts, charts: [] };
    return withSpectrum(input, readouts);
  },
});

function withSpectrum(input: readonly HostValue[], readouts: readonly Readout[]) {
  const lines = input
    .flatMap((light) =>
      light.value.kind === 'image'
        ? []
        : [{ wavelength: light.value.wavelength.value, power: powerOf(light) }],
    )
    .sort((a, b) => a.wavelength - b.wavelength);
  const sum = lines.reduce((all, { power }) => all + power, 0);
  const mean = lines.reduce((all, { wavelength, power }) => all + wavelength * power, 0) / sum;
  const variance =
    lines.reduce((all, { wavelength, power }) => all + (wavelength - mean) ** 2 * power, 0) / sum;
  const width = Math.sqrt(variance);
  return {
    readouts: [
      ...readouts,
      lengthReadout('Mean wavelength', mean),
      lengthReadout('RMS bandwidth', width),
      lengthReadout('Coherence length λ²/(2√(2 ln 2) σ)', (mean * mean) / (2.3548200450309493 * width)),
    ],
    charts: [
      {
        title: 'Spectrum',
        x: { title: 'Wavelength', quantity: 'length', display: 'nm' },
        y: { title: 'Share of the power', quantity: 'dimensionless', display: '' },
        lines: [
          {
            title: 'lines',
            x: Float64Array.from(lines, ({ wavelength }) => wavelength),
            y: Float64Array.from(lines, ({ power }) => power / sum),
          },
        ],
      },
    ],
  } as const;
}
