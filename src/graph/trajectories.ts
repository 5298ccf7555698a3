/**
 * What tracking through a movie gives: the fit of each frame, and the same as the paths of particles and as a table.
 * Everything is SI. Plain data: engine, page and command line share it.
 */
import {
  type Diffusion,
  estimateDiffusion,
  type MeanSquareDisplacement,
  meanSquareDisplacement,
  pooledDiffusion,
} from '../optics/analysis/brownian.ts';
import { SI_UNIT } from '../optics/units.ts';
import type { Learnable } from './learnables.ts';

/** How a movie is followed. */
export interface TrackOptions {
  /** Frames first, first + step, ... below stop. */
  readonly frames: { readonly start: number; readonly stop: number; readonly step: number };
  /** What divides every frame: nothing, or the median of the movie around it (holograms only). */
  readonly background: 'none' | 'median';
  /** Frames over which the median is taken, around the frame; all of them where it is null. */
  readonly medianFrames: number | null;
  /** Steps of the optimiser in one frame at most. */
  readonly maxIterations: number;
  /**
   * What a result stands on: all pixels, or some thousand of them, evenly spread, in about half of the time and with
   * errors as much larger as fewer pixels make them. Small images always use all.
   */
  readonly pixels: 'all' | 'some';
}

export const DEFAULT_TRACK_OPTIONS: Omit<TrackOptions, 'frames'> = {
  background: 'none',
  medianFrames: null,
  maxIterations: 30,
  pixels: 'all',
};

/**
 * `good`: followed from the frame before. `found`: lost, and found again by looking at the whole frame. `lost`: no
 * values that explain this frame. `unreadable`: there is no such frame in the file.
 */
export type FrameStatus = 'good' | 'found' | 'lost' | 'unreadable';

export interface FrameFit {
  /** Number in the movie, from 0. */
  readonly frame: number;
  readonly status: FrameStatus;
  /** A sentence where something is wrong. */
  readonly reason: string | null;
  /** "node.param" -> value, SI; empty where nothing was found. */
  readonly values: { readonly [path: string]: number };
  /** Standard errors; null where the frame does not determine the value. */
  readonly errors: { readonly [path: string]: number | null };
  /** Per degree of freedom, against the noise; null where the noise is not known. */
  readonly chiSquare: number | null;
  readonly milliseconds: number;
}

/** A learned value of a particle or of the scene. */
interface TrackedValue {
  /** Last part of its path, such as "x"; the whole path for values of the scene. */
  readonly name: string;
  readonly path: string;
  /** SI. */
  readonly unit: string;
  readonly title: string;
  readonly role: Learnable['role'];
}

export interface Particle {
  /** What its paths begin with: "sphere". */
  readonly id: string;
  /** What people call it: "Sphere", or "Sphere 1" of a table. */
  readonly title: string;
  readonly values: readonly TrackedValue[];
}

export interface TrackedThings {
  readonly particles: readonly Particle[];
  /** What belongs to no particle. */
  readonly scene: readonly TrackedValue[];
}

type Named = Pick<Learnable, 'path' | 'role' | 'title'> & { readonly unit: string };

/** Sorts what is learned by the particle that it belongs to: whatever has a position is one. */
export function trackedThings(learned: readonly Named[]): TrackedThings {
  const ids = new Set(
    learned.flatMap(({ path, role }) =>
      POSITIONS.includes(role) && role !== null ? [path.slice(0, path.lastIndexOf('.'))] : [],
    ),
  );
  const named = ({ path, unit, title, role }: Named) => ({ name: path, path, unit, title, role });
  const isOf = (path: string, id: string) => path.startsWith(`${id}.`);
  const found = [...ids].map((id) => ({
    id,
    values: learned
      .filter(({ path }) => isOf(path, id))
      .map((value) => ({ ...named(value), name: value.path.slice(id.length + 1) })),
  }));
  const titles = titlesOf(found.map(({ values }) => values[0]?.title ?? ''));
  const particles = found.map((each, k) => ({ ...each, title: titles[k] ?? each.id }));
  const scene = learned.filter(({ path }) => ![...ids].some((id) => isOf(path, id))).map(named);
  return { particles, scene };
}

/**
 * Names of particles from titles of their values: "Sphere" of "Sphere: x", "Sphere 1" of "Spheres: sphere 1, x"; with
 * the name of the table where several tables have such rows.
 */
function titlesOf(values: readonly string[]): readonly string[] {
  const whole = values.map((title) => {
    const end = Math.max(title.lastIndexOf(', '), title.lastIndexOf(': '));
    return end < 0 ? title : title.slice(0, end);
  });
  const short = whole.map((title, k) => {
    const isRow = values[k]?.startsWith(`${title}, `) === true;
    const row = title.slice(title.lastIndexOf(': ') + 2);
    return isRow && title.includes(': ') ? row.charAt(0).toUpperCase() + row.slice(1) : title;
  });
  return new Set(short).size === short.length ? short : whole;
}

/** What is learned of a design, for `trackedThings`. */
export function learnedOf(learnables: readonly Learnable[]): readonly Named[] {
  return learnables.map(({ path, role, title, quantity }) => ({
    path,
    role,
    title,
    unit: SI_UNIT[quantity],
  }));
}

/** How a particle moved. */
export interface Motion {
  readonly title: string;
  /** Each coordinate that was followed. */
  readonly axes: readonly {
    readonly name: string;
    readonly role: Learnable['role'];
    readonly diffusion: Diffusion | null;
  }[];
  /** Coefficient of diffusion across the light, m²/s; null where x or y were not followed for long enough. */
  readonly lateral: { readonly value: number; readonly error: number } | null;
  /** Of the coordinates across the light. */
  readonly displacement: readonly MeanSquareDisplacement[];
}

/** @param interval from one of these frames to the next, seconds */
export function motionOf(frames: readonly FrameFit[], { title, values }: Particle, interval: number): Motion {
  const series = (value: TrackedValue) => seriesOf(frames, value.path);
  const positions = values.filter(({ role }) => role !== null && POSITIONS.includes(role));
  const across = positions.filter(({ role }) => role !== 'axial');
  const found = across.flatMap((value) => estimateDiffusion(series(value), interval) ?? []);
  return {
    title,
    axes: positions.map((value) => ({
      name: value.name,
      role: value.role,
      diffusion: estimateDiffusion(series(value), interval),
    })),
    lateral: found.length < across.length ? null : pooledDiffusion(found),
    displacement: meanSquareDisplacement(across.map(series)),
  };
}

const POSITIONS: readonly Learnable['role'][] = ['lateralX', 'lateralY', 'axial'];

/** Values of one path, frame by frame; null where the frame gave none. */
export function seriesOf(frames: readonly FrameFit[], path: string): readonly (number | null)[] {
  return frames.map((each) => (hasValues(each) ? (each.values[path] ?? null) : null));
}

/** Whether the values of a frame may be used. */
export function hasValues({ status }: FrameFit): boolean {
  return status === 'good' || status === 'found';
}

export interface TableColumn {
  readonly name: string;
  readonly values: readonly (string | number | null)[];
}

/**
 * A row for each frame and particle: frame, time, particle, the particle's values with errors, those of the scene
 * with errors, χ², status and reason. Units stand in the headers, all SI. A value that was not found is empty.
 * @param interval from one frame of the movie to the next, seconds; null where it is not known
 */
export function trajectoryTable(
  frames: readonly FrameFit[],
  { particles, scene }: TrackedThings,
  interval: number | null,
): readonly TableColumn[] {
  const shown = particles.length > 0 ? particles : [{ id: '', title: '', values: [] }];
  const rows = frames.flatMap((frame) => shown.map((particle) => ({ frame, particle })));
  const column = (name: string, pick: (row: (typeof rows)[number]) => string | number | null) => ({
    name,
    values: rows.map(pick),
  });
  const withError = (
    { name, unit }: Pick<TrackedValue, 'name' | 'unit'>,
    pathOf: (particle: Particle) => string | undefined,
  ): TableColumn[] => {
    const head = (text: string) => (unit === '' ? text : `${text} (${unit})`);
    const pick = (frame: FrameFit, particle: Particle, from: 'values' | 'errors') => {
      const path = pathOf(particle);
      return path === undefined || !hasValues(frame) ? null : (frame[from][path] ?? null);
    };
    return [
      column(head(name), ({ frame, particle }) => pick(frame, particle, 'values')),
      column(head(`${name} standard error`), ({ frame, particle }) => pick(frame, particle, 'errors')),
    ];
  };
  const names = new Map(shown.flatMap(({ values }) => values.map((value) => [value.name, value] as const)));
  return [
    column('frame', ({ frame }) => frame.frame),
    ...(interval === null ? [] : [column('time (s)', ({ frame }) => frame.frame * interval)]),
    column('particle', ({ particle }) => particle.id),
    ...[...names.values()].flatMap((value) =>
      withError(value, ({ values }) => values.find(({ name }) => name === value.name)?.path),
    ),
    ...scene.flatMap((value) => withError(value, () => value.path)),
    column('chi-squared per degree of freedom', ({ frame }) => frame.chiSquare),
    column('status', ({ frame }) => frame.status),
    column('reason', ({ frame }) => frame.reason),
  ];
}
