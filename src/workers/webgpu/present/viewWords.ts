/** What the programs need to know of each preview, and what they tell of it. */
import { COLORMAP_NAMES } from '../../../pictures/colormaps.ts';
import type { Painted, PaintJob } from '../../present/painter.ts';
import { FLAGS, KINDS, SCALING_CODES, STAT, STAT_WORDS, VIEW_FIELDS, VIEW_WORDS } from './shaders.ts';

/** Where the pixels of a preview go: the word of the first, and from row to row. */
export interface Place {
  readonly place: number;
  readonly stride: number;
}

/** The contents of the buffer `views`; values lie one preview after the other. */
export function viewWords(jobs: readonly PaintJob[], places: readonly Place[]): ArrayBuffer {
  const buffer = new ArrayBuffer(4 * VIEW_WORDS * jobs.length);
  let offset = 0;
  jobs.forEach((job, i) => {
    const { source, factor } = job;
    const { style } = job.request;
    const [ny, nx] = source.shape;
    const [my, mx] = job.shape;
    const { place, stride } = places[i] ?? { place: 0, stride: 0 };
    const range = style.locked ?? job.held;
    const fields: Readonly<Record<(typeof VIEW_FIELDS)[number], number>> = {
      start: source.plane * source.components * ny * nx,
      ny,
      nx,
      my,
      mx,
      factor,
      blockY: Math.min(factor, ny),
      blockX: Math.min(factor, nx),
      components: source.components,
      kind: kindOf(job),
      offset,
      place,
      stride,
      colormap: COLORMAP_NAMES.indexOf(style.colormap),
      scaling: SCALING_CODES[style.scaling],
      flags: flagsOf(job),
    };
    const start = 4 * VIEW_WORDS * i;
    const words = new Uint32Array(buffer, start, VIEW_FIELDS.length);
    words.set(VIEW_FIELDS.map((name) => fields[name]));
    new Float32Array(buffer, start + 4 * VIEW_FIELDS.length, 2).set([range?.low ?? 0, range?.high ?? 0]);
    offset += my * mx;
  });
  return buffer;
}

function kindOf({ source: { tensor, mode } }: PaintJob): number {
  if (tensor.dtype === 'real') return KINDS.real;
  if (mode === 'phase') return KINDS.phase;
  return mode === 'amplitude' ? KINDS.amplitude : KINDS.irradiance;
}

function flagsOf({ request, source, held, wasHighContrast }: PaintJob): number {
  const { style } = request;
  let flags = 0;
  if (source.portType === 'image' && source.mode !== 'phase') flags |= FLAGS.image;
  if (source.mode === 'phase') flags |= FLAGS.phaseRange;
  if (style.signed) flags |= FLAGS.signed;
  if ((style.locked ?? held) !== null) flags |= FLAGS.range;
  if (wasHighContrast) flags |= FLAGS.wasHighContrast;
  if (style.colormap === 'phase') flags |= FLAGS.cyclic;
  return flags;
}

/** @param stats the contents of the buffer `stats` */
export function paintedOf(stats: Float32Array, index: number): Painted {
  const at = (word: number): number => stats[STAT_WORDS * index + word] ?? Number.NaN;
  return {
    range: { low: at(STAT.low), high: at(STAT.high) },
    highContrast: at(STAT.highContrast) === 1,
    invalid: at(STAT.invalid),
    first: at(STAT.first),
  };
}
