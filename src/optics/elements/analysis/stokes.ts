import { type Ellipse, ellipsesOf, polarisationLattice } from '../../analysis/ellipses.ts';
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

function degrees(title: string, value: number | null, missing: string): Readout {
  return { title, value, quantity: 'angle', display: 'deg', missing };
}

/** Shares below this are rounding, and shown as none. */
const ROUNDING = 1e-6;

function settled<T extends number | null>(share: T): T | 0 {
  return share !== null && Math.abs(share) < ROUNDING ? 0 : share;
}

function readoutsOf(where: string, stokes: Stokes): readonly Readout[] {
  const [s0, s1, s2, s3] = stokes;
  const state = polarisationState(stokes);
  const share = (part: number) => (s0 > 0 ? settled(part / s0) : null);
  return [
    numberReadout(`S1/S0 ${where}`, share(s1)),
    numberReadout(`S2/S0 ${where}`, share(s2)),
    numberReadout(`S3/S0 ${where}`, share(s3)),
    shareReadout(`Polarised ${where}`, state.degree),
    shareReadout(`Linearly polarised ${where}`, settled(state.linearDegree)),
    shareReadout(`Circularly polarised ${where}`, settled(state.circularDegree)),
    degrees(`Angle ${where}`, state.angle, state.ellipticity === null ? 'not polarised' : 'none: circular'),
    degrees(`Ellipticity ${where}`, state.ellipticity, 'not polarised'),
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
    y: { title: 'Over the largest S0', quantity: 'dimensionless', display: '' },
    lines: [line('S0', s0), line('S1', s1), line('S2', s2), line('S3', s3)],
  };
}

/** Cells along the longer side of the plane. */
const CELLS = 16;
/** Points of an ellipse; one more closes it. */
const POINTS = 24;
const HANDS = [
  ['Left-handed', 'left'],
  ['Right-handed', 'right'],
  ['Linear', 'linear'],
] as const;

/** What the tip of the field draws in the cells of a coarse lattice; gaps between the ellipses are not numbers. */
function ellipses(plane: StokesPlane, isPupil: boolean): Chart {
  const lattice = polarisationLattice(plane, CELLS);
  const all = ellipsesOf(lattice);
  const cell = lattice.step * plane.pitch;
  const place = (index: number, samples: number): number =>
    index * cell + (0.5 * (lattice.step - 1) - Math.floor(samples / 2)) * plane.pitch;
  const outline = ({ row, column, long, short, angle }: Ellipse, i: number): readonly [number, number] => {
    if (i > POINTS) return [Number.NaN, Number.NaN];
    const turn = (2 * Math.PI * i) / POINTS;
    const [u, v] = [0.45 * cell * long * Math.cos(turn), 0.45 * cell * short * Math.sin(turn)];
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    return [
      place(column, plane.columns) + u * cosine - v * sine,
      place(row, plane.rows) + u * sine + v * cosine,
    ];
  };
  const lines = HANDS.map(([title, hand]) => {
    const points = all
      .filter(({ handedness }) => handedness === hand)
      .flatMap((ellipse) => Array.from({ length: POINTS + 2 }, (_, i) => outline(ellipse, i)));
    return {
      title,
      x: Float64Array.from(points, ([x]) => x),
      y: Float64Array.from(points, ([, y]) => y),
    };
  });
  const axis = (name: string, samples: number) =>
    isPupil
      ? ({ title: `Pupil ${name}`, quantity: 'dimensionless', display: '' } as const)
      : lengthAxis(name, 0.5 * samples * plane.pitch);
  return {
    title: 'Polarisation ellipses',
    x: axis('x', plane.columns),
    y: axis('y', plane.rows),
    lines,
    isPlane: true,
  };
}

export const stokes: ElementSpec = defineElement({
  type: 'stokes',
  version: 1,
  category: 'analysis',
  title: 'Stokes polarimeter',
  summary:
    'Stokes parameters of light: how much is polarised, in which direction, how elliptic and of which hand.',
  keywords: [
    'stokes',
    'polarisation',
    'polarization',
    'ellipse',
    'DoP',
    'circular',
    'polarisation state',
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
    const isPupil = input[0].value.kind === 'pupil';
    return {
      readouts: [
        ...readoutsOf('in all', stokesSum(plane)),
        ...readoutsOf('at the brightest', stokesAt(plane, sample)),
      ],
      charts: [ellipses(plane, isPupil), profile(plane, sample, isPupil)],
    };
  },
});
