import { lengthAxis, numberReadout, shareReadout } from '../../analysis/readouts.ts';
import {
  brightestSample,
  polarisationState,
  type Stokes,
  type StokesPlane,
  stokesAt,
  stokesPlane,
  stokesSum,
} from '../../analysis/stokes.ts';
import type { Chart, ElementSpec, Readout } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { passes, planeParam } from './analysisParts.ts';

function degrees(title: string, value: number | null): Readout {
  return { title, value, quantity: 'angle', display: 'deg' };
}

function readoutsOf(where: string, stokes: Stokes): readonly Readout[] {
  const [s0, s1, s2, s3] = stokes;
  const state = polarisationState(stokes);
  const share = (part: number) => (s0 > 0 ? part / s0 : null);
  return [
    numberReadout(`S1/S0 ${where}`, share(s1)),
    numberReadout(`S2/S0 ${where}`, share(s2)),
    numberReadout(`S3/S0 ${where}`, share(s3)),
    shareReadout(`Polarised ${where}`, state.degree),
    shareReadout(`Linearly polarised ${where}`, state.linearDegree),
    shareReadout(`Circularly polarised ${where}`, state.circularDegree),
    degrees(`Angle ${where}`, state.angle),
    degrees(`Ellipticity ${where}`, state.ellipticity),
  ];
}

/** S1, S2 and S3 along the row of the brightest sample, as shares of the largest S0 there. */
function profile(plane: StokesPlane, sample: number, isPupil: boolean): Chart {
  const start = Math.floor(sample / plane.columns) * plane.columns;
  const middle = Math.floor(plane.columns / 2);
  const x = Float64Array.from({ length: plane.columns }, (_, i) => (i - middle) * plane.pitch);
  const highest = plane.maps[0][sample] || 1;
  const line = (title: string, map: Float64Array) => ({
    title,
    x,
    y: map.slice(start, start + plane.columns).map((value) => value / highest),
  });
  const [s0, s1, s2, s3] = plane.maps;
  return {
    title: 'Along x through the brightest sample',
    x: isPupil
      ? { title: 'Pupil coordinate', quantity: 'dimensionless', display: '' }
      : lengthAxis('Position', middle * plane.pitch),
    y: { title: 'Stokes parameters over the largest S0', quantity: 'dimensionless', display: '' },
    lines: [line('S0', s0), line('S1', s1), line('S2', s2), line('S3', s3)],
  };
}

export const stokes: ElementSpec = defineElement({
  type: 'stokes',
  version: 1,
  category: 'analysis',
  title: 'Polarisation',
  summary:
    'Stokes parameters of light: how much is polarised, in which direction, how elliptic and of which hand.',
  keywords: [
    'stokes',
    'polarisation',
    'polarization',
    'ellipse',
    'DoP',
    'circular',
    'polarimeter',
    'handedness',
  ],
  inputs: { in: { accepts: ['field', 'pupil'], title: 'Light' } },
  outputs: { out: { type: { like: 'in' }, title: 'Unchanged' } },
  params: { plane: planeParam },
  ...passes,
  equation: 'S = (|Ex|² + |Ey|², |Ex|² - |Ey|², 2 Re Ex* Ey, -2 Im Ex* Ey);  S3 > 0: right circular',
  references: ['Born and Wolf, Principles of Optics: Stokes parameters', 'Goldstein, Polarized Light'],
  analyse: (input, params) => {
    const plane = stokesPlane(input, params.plane);
    const sample = brightestSample(plane.maps[0]);
    return {
      readouts: [
        ...readoutsOf('in all', stokesSum(plane)),
        ...readoutsOf('at the brightest', stokesAt(plane, sample)),
      ],
      charts: [profile(plane, sample, input[0].value.kind === 'pupil')],
    };
  },
});
