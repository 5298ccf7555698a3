/** `localise`: the emitters of a movie, by the design's own image of a point. */
import { writeFile } from 'node:fs/promises';
import { registry } from '../graph/catalogue.ts';
import {
  DEFAULT_LOCALISE_OPTIONS,
  type LocalisedFrame,
  type LocaliseOptions,
  type LocaliseSetup,
  localisationTable,
} from '../graph/localisations.ts';
import { validate } from '../graph/validate.ts';
import {
  PIXEL_MAP_KINDS,
  type PixelMapKind,
  type PixelMaps,
  pixelMapProblem,
} from '../optics/detection/pixelMaps.ts';
import { encodeCsv } from '../workers/files/encode.ts';
import { type Words, wholeNumber } from './commandLine.ts';
import { loadSoundDesign, refuseErrors } from './designs.ts';
import { readBackend, withEngine } from './engine.ts';
import { readImageFile } from './imageFiles.ts';
import { EXIT, Failure, type Io, toJson, UsageError } from './io.ts';
import { prepareTableAndResult } from './outputFiles.ts';
import { applySettings, readSettings } from './settings.ts';
import { parseCrop, parseSlice, resolveSlice } from './slices.ts';
import { positive, sourceOf } from './track.ts';

/** Between lines of progress on stderr. */
const PROGRESS_MILLISECONDS = 1000;
/** Smallest and largest windows, pixels. */
const WINDOWS = [5, 61] as const;

export async function localiseCommand(words: Words, io: Io): Promise<number> {
  const job = readJob(words);
  const { csv, out } = await prepareTableAndResult(words, io);
  const design = applySettings(await loadSoundDesign(words, io), job.settings);
  refuseErrors(validate(design, registry));
  const opened = await sourceOf(job, io);
  const maps = await readMaps(job.maps, opened.shape, io);
  const source = maps === null ? opened : { ...opened, maps };
  const options: LocaliseOptions = {
    ...job.options,
    frames:
      job.frames === null
        ? { start: 0, stop: source.count, step: 1 }
        : resolveSlice(job.frames, source.count, 'frames'),
  };
  const frames: LocalisedFrame[] = [];
  const print = progressPrinter(options, io);
  const began = performance.now();
  const setup = await withEngine(job.backend, io, async (engine) => {
    if (engine.localise === null) throw new Failure('Movies are read on wasm or f64: leave --backend out.');
    return engine.localise(design, options, source, (frame) => {
      frames.push(frame);
      print(frame, frames);
    });
  });
  for (const note of setup.notes) io.stderr(`${note}\n`);
  const text = toJson({ ...summary(frames, setup), seconds: (performance.now() - began) / 1000 });
  if (csv !== null) await writeFile(csv, encodeCsv([...localisationTable(frames)]));
  if (out !== null) await writeFile(out, text);
  io.stdout(text);
  return EXIT.done;
}

function readJob(words: Words) {
  const [crop, frames, window] = [words.value('--crop'), words.value('--frames'), words.value('--window')];
  const movies = words.values('--movie');
  if (movies.length === 0) throw new UsageError('Name the movie: --movie FILE, or --movie FOLDER.');
  const { threshold, depth } = DEFAULT_LOCALISE_OPTIONS;
  return {
    settings: readSettings(words),
    backend: readBackend(words),
    movies,
    frames: frames === null ? null : parseSlice('--frames', frames, 'a:b or a:b:step', true),
    background: 'none',
    dark: words.value('--dark'),
    crop: crop === null ? null : parseCrop(crop),
    maps: mapFiles(words),
    options: {
      threshold: positive(words, '--threshold', 'dimensionless', '') ?? threshold,
      depth: positive(words, '--depth', 'length', 'm') ?? depth,
      window: window === null ? 0 : wholeNumber('--window', window, ...WINDOWS),
    },
  };
}

function mapFiles(words: Words): Readonly<Record<PixelMapKind, string | null>> {
  const [offset, gain, variance] = PIXEL_MAP_KINDS.map((kind) => words.value(`--${kind}-map`));
  if (offset !== null && words.value('--dark') !== null) {
    throw new UsageError(
      '--dark and --offset-map both say what pixels count without light: give one of them.',
    );
  }
  return { offset: offset ?? null, gain: gain ?? null, variance: variance ?? null };
}

async function readMaps(
  files: ReturnType<typeof mapFiles>,
  shape: readonly [number, number],
  io: Io,
): Promise<PixelMaps | null> {
  const read = async (kind: PixelMapKind) => {
    const file = files[kind];
    if (file === null) return null;
    const image = await readImageFile(file, io);
    const problem = pixelMapProblem(kind, image, shape, 'the movie');
    if (problem !== null) throw new Failure(`${problem.what} ${problem.fix}`);
    return image.data;
  };
  const [offset, gain, variance] = [await read('offset'), await read('gain'), await read('variance')];
  return offset === null && gain === null && variance === null ? null : { offset, gain, variance };
}

function progressPrinter({ frames: { start, stop } }: LocaliseOptions, io: Io) {
  let last = Number.NEGATIVE_INFINITY;
  return ({ frame, problem }: LocalisedFrame, all: readonly LocalisedFrame[]): void => {
    const now = performance.now();
    if (problem === null && now - last < PROGRESS_MILLISECONDS) return;
    last = now;
    const found = all.reduce((sum, { emitters }) => sum + emitters.length, 0);
    io.stderr(
      `frame ${frame} of ${start}:${stop}: ${problem === null ? `${found} emitters so far` : `unreadable (${problem})`}\n`,
    );
  };
}

function summary(frames: readonly LocalisedFrame[], setup: LocaliseSetup): object {
  const emitters = frames.flatMap((frame) => frame.emitters);
  const good = emitters.filter(({ status }) => status === 'good');
  const busy = frames.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
  const middle = (pick: (emitter: (typeof good)[number]) => number) => {
    const sorted = good.map(pick).sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? null;
  };
  const problems: Record<string, number> = {};
  for (const { status } of emitters) {
    if (status !== 'good') problems[status] = (problems[status] ?? 0) + 1;
  }
  return {
    ...setup,
    frames: frames.length,
    emitters: emitters.length,
    good: good.length,
    problems,
    unreadable: frames
      .filter(({ problem }) => problem !== null)
      .map(({ frame, problem }) => ({ frame, problem })),
    emittersPerSecond: busy > 0 ? emitters.length / busy : null,
    median: {
      photons: middle(({ photons }) => photons),
      background: middle(({ background }) => background),
      chiSquare: middle(({ chiSquare }) => chiSquare),
      errorX: middle(({ errors }) => errors[0] * setup.pitch),
      errorY: middle(({ errors }) => errors[1] * setup.pitch),
      errorZ: middle(({ errors }) => errors[2]),
    },
  };
}
