/** Charts and numbers of a movie that has been followed. */
import {
  type FrameFit,
  hasValues,
  type Motion,
  motionOf,
  seriesOf,
  type TrackedThings,
} from '../../graph/trajectories.ts';
import { FEWEST_FRAMES, stokesEinsteinRadius } from '../../optics/analysis/brownian.ts';
import type { Chart, ChartAxis, Readout } from '../../optics/element.ts';

export interface TrackSeen {
  readonly frames: readonly FrameFit[];
  readonly things: TrackedThings;
  /** Seconds; null where it is not known: frames are counted then. */
  readonly interval: number | null;
}

const LENGTH = { quantity: 'length', display: 'µm' } as const;

function timeAxis(interval: number | null): ChartAxis {
  return interval === null
    ? { title: 'Frame', quantity: 'dimensionless', display: '' }
    : { title: 'Time', quantity: 'time', display: 's' };
}

/** Points that are there, in the order of the frames. */
function line(title: string, x: readonly (number | null)[], y: readonly (number | null)[]) {
  const both = x.flatMap((value, k) => {
    const other = y[k] ?? null;
    return value === null || other === null ? [] : [[value, other] as const];
  });
  return {
    title,
    x: Float64Array.from(both, ([value]) => value),
    y: Float64Array.from(both, ([, value]) => value),
  };
}

/** Where the particles went across the light, as one sees it on the picture. */
export function pathChart({ frames, things }: TrackSeen): Chart {
  const lines = things.particles.flatMap(({ title, values }) => {
    const [x, y] = [
      values.find(({ role }) => role === 'lateralX'),
      values.find(({ role }) => role === 'lateralY'),
    ];
    return x === undefined || y === undefined
      ? []
      : [line(title, seriesOf(frames, x.path), seriesOf(frames, y.path))];
  });
  return { title: 'Path', x: { title: 'x', ...LENGTH }, y: { title: 'y', ...LENGTH }, lines, isPlane: true };
}

/** One chart for each kind of length that is followed: z and radius of all particles, for instance. */
export function timeCharts({ frames, things, interval }: TrackSeen): readonly Chart[] {
  const times = frames.map(({ frame }) => frame * (interval ?? 1));
  const names = new Set(things.particles.flatMap(({ values }) => values.map(({ name }) => name)));
  return [...names].flatMap((name) => {
    const followed = things.particles.flatMap(({ title, values }) => {
      const value = values.find((each) => each.name === name);
      return value === undefined ? [] : [{ title, value }];
    });
    const unit = followed[0]?.value.unit ?? '';
    const axis: ChartAxis =
      unit === 'm' ? { title: name, ...LENGTH } : { title: name, quantity: 'dimensionless', display: '' };
    const lines = followed.map(({ title, value }) => line(title, times, seriesOf(frames, value.path)));
    return [{ title: name, x: timeAxis(interval), y: axis, lines }];
  });
}

/** What free diffusion makes of the lags, with the localisation noise, and what was seen. */
export function displacementChart(seen: TrackSeen): Chart {
  const { interval } = seen;
  const lines = motions(seen).flatMap(({ title, displacement, lateral, axes }) => {
    const lags = displacement.map(({ lag }) => lag * (interval ?? 1));
    const found = line(
      title,
      lags,
      displacement.map(({ value }) => value * 1e12),
    );
    if (lateral === null || interval === null) return [found];
    const noise = axes
      .filter(({ role }) => role !== 'axial')
      .reduce((sum, { diffusion }) => sum + 2 * (diffusion?.localisation ?? 0) ** 2, 0);
    const model = lags.map((time) => (4 * lateral.value * time + noise) * 1e12);
    return [found, line(`${title}: 4 D t + noise`, lags, model)];
  });
  return {
    title: 'Mean-square displacement',
    x: timeAxis(interval === null ? null : interval),
    y: { title: 'x² + y² (µm²)', quantity: 'dimensionless', display: '' },
    lines,
  };
}

function motions({ frames, things, interval }: TrackSeen): readonly Motion[] {
  return things.particles.map((particle) => motionOf(frames, particle, interval ?? 1));
}

/** Diffusion and what follows from it, in µm²/s. */
export function motionReadouts(
  seen: TrackSeen,
  temperature: number | null,
  viscosity: number | null,
): readonly Readout[] {
  const good = seen.frames.filter(hasValues).length;
  const plain = (title: string, value: number | null, missing?: string): Readout => ({
    title,
    value,
    quantity: 'dimensionless',
    display: '',
    ...(missing === undefined ? {} : { missing }),
  });
  const counted = [
    plain('Frames followed', good),
    plain('Frames lost or unreadable', seen.frames.length - good),
  ];
  if (seen.interval === null)
    return [...counted, plain('Diffusion coefficient', null, 'enter the frame interval')];
  const several = seen.things.particles.length > 1;
  return [
    ...counted,
    ...motions(seen).flatMap(({ title: name, lateral, axes }) => {
      const of = several ? `${name}: ` : '';
      const axial = axes.find(({ role }) => role === 'axial')?.diffusion ?? null;
      const radius =
        lateral === null || temperature === null || viscosity === null
          ? null
          : stokesEinsteinRadius(lateral, temperature, viscosity);
      const length = (title: string, value: number | null, missing?: string): Readout => ({
        ...plain(title, value, missing),
        quantity: 'length',
        display: 'µm',
      });
      const short = `needs ${FEWEST_FRAMES} frames in a row`;
      const why =
        temperature === null || viscosity === null
          ? 'enter temperature and viscosity'
          : lateral === null
            ? short
            : 'D is not above its error: follow more frames';
      return [
        plain(`${of}D across the light (µm²/s)`, lateral === null ? null : lateral.value * 1e12, short),
        plain(`${of}± standard error (µm²/s)`, lateral === null ? null : lateral.error * 1e12, short),
        ...(axial === null
          ? []
          : [
              plain(`${of}D along the light (µm²/s)`, axial.diffusion * 1e12),
              plain(`${of}± standard error, along (µm²/s)`, axial.diffusionError * 1e12),
            ]),
        length(`${of}Stokes-Einstein radius`, radius?.value ?? null, why),
        ...(radius === null ? [] : [length(`${of}± standard error of the radius`, radius.error)]),
      ];
    }),
  ];
}
