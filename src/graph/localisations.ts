/** Emitters of a movie: what is asked, what is found, and the table that other programs read. */
import type { Emitter } from '../optics/localisation/localiseFrame.ts';
import type { TableColumn } from './trajectories.ts';

export interface LocaliseOptions {
  /** Frames first, first + step, ... below stop. */
  readonly frames: { readonly start: number; readonly stop: number; readonly step: number };
  /** Of candidates, in standard deviations of the smoothed frame. */
  readonly threshold: number;
  /** Emitters lie at depths up to so far from focus, metres. */
  readonly depth: number;
  /** Pixels along x and y of a window; 0: as many as hold most of the light. */
  readonly window: number;
}

export const DEFAULT_LOCALISE_OPTIONS: Omit<LocaliseOptions, 'frames'> = {
  threshold: 6,
  depth: 600e-9,
  window: 0,
};

/** How a movie is looked at. */
export interface LocaliseSetup {
  /** Distance between pixels in the object, metres. */
  readonly pitch: number;
  /** Pixels along x and y of a window. */
  readonly window: number;
  /** Samples of the image of a point per pixel, and depths. */
  readonly samplesPerPixel: number;
  readonly depths: number;
  /** Sentences on what is not as good as it could be. */
  readonly notes: readonly string[];
}

export interface LocalisedFrame {
  readonly frame: number;
  /** Distance between pixels in the object, metres. */
  readonly pitch: number;
  /** x and y are pixels of the whole frame, also where only a part of it is used. */
  readonly emitters: readonly Emitter[];
  /** Why the frame has none, where it cannot be read. */
  readonly problem: string | null;
  readonly milliseconds: number;
}

const STATUS_WORDS: Readonly<Record<Emitter['status'], string>> = {
  good: '',
  atEdge: 'too near to the edge of the frame',
  atDepthLimit: 'deeper than was looked for',
  notConverged: 'not converged',
  notIdentifiable: 'the data do not tell',
  misfit: 'does not look like the image of one point',
  faint: 'does not stand out of the background',
  overlap: 'more than one, too near to each other to be told apart',
};

/** Why an emitter is not good; empty for a good one. */
export function reasonOf({ status }: Pick<Emitter, 'status'>): string {
  return STATUS_WORDS[status];
}

/**
 * A row for each emitter. x and y are measured from the corner of the frame, +y down the rows, as programs for such
 * tables do; frames count from 1. Lengths are nanometres.
 * @param most rows, of the first emitters
 */
export function localisationTable(
  frames: Iterable<LocalisedFrame>,
  most = Number.POSITIVE_INFINITY,
): readonly TableColumn[] {
  const rows: { readonly frame: number; readonly pitch: number; readonly emitter: Emitter }[] = [];
  for (const { frame, pitch, emitters } of frames) {
    for (const emitter of emitters.slice(0, most - rows.length)) rows.push({ frame, pitch, emitter });
    if (rows.length >= most) break;
  }
  const column = (
    name: string,
    pick: (row: (typeof rows)[number], index: number) => number | string | null,
  ) => ({
    name,
    values: rows.map((row, index) => {
      const value = pick(row, index);
      return typeof value === 'number' && !Number.isFinite(value) ? null : value;
    }),
  });
  const nano = 1e9;
  const number = (name: string, pick: (emitter: Emitter, pitch: number) => number) =>
    column(name, ({ emitter, pitch }) => pick(emitter, pitch));
  return [
    column('id', (_, index) => index + 1),
    column('frame', ({ frame }) => frame + 1),
    number('x [nm]', ({ x }, pitch) => nano * pitch * (x + 0.5)),
    number('y [nm]', ({ y }, pitch) => nano * pitch * (y + 0.5)),
    number('z [nm]', ({ z }) => nano * z),
    number('intensity [photon]', ({ photons }) => photons),
    number('offset [photon]', ({ background }) => background),
    number('uncertainty_x [nm]', ({ errors }, pitch) => nano * pitch * errors[0]),
    number('uncertainty_y [nm]', ({ errors }, pitch) => nano * pitch * errors[1]),
    number('uncertainty_z [nm]', ({ errors }) => nano * errors[2]),
    number('uncertainty_intensity [photon]', ({ errors }) => errors[3]),
    number('uncertainty_offset [photon]', ({ errors }) => errors[4]),
    number('chi2', ({ chiSquare }) => chiSquare),
    number('score', ({ score }) => score),
    number('neighbours', ({ neighbours }) => neighbours),
    number('together', ({ together }) => together),
    column('problem', ({ emitter }) => reasonOf(emitter)),
  ];
}
