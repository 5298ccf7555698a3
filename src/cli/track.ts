/** `track`: what a design learns, followed through the frames of a movie. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { registry } from '../graph/catalogue.ts';
import type { Design } from '../graph/document.ts';
import { expandLearnables } from '../graph/learnables.ts';
import { type FrameSource, imageToPrepare, PreparedFrames } from '../graph/movieFrames.ts';
import { setAt } from '../graph/paths.ts';
import { prepareForImage } from '../graph/prepare.ts';
import {
  DEFAULT_TRACK_OPTIONS,
  type FrameFit,
  hasValues,
  learnedOf,
  type Motion,
  motionOf,
  type TrackedThings,
  type TrackOptions,
  trackedThings,
  trajectoryTable,
} from '../graph/trajectories.ts';
import { planeCount, validate } from '../graph/validate.ts';
import { FEWEST_FRAMES, stokesEinsteinRadius } from '../optics/analysis/brownian.ts';
import { parseQuantity } from '../optics/units.ts';
import { encodeCsv } from '../workers/files/encode.ts';
import { FileProblem } from '../workers/files/image.ts';
import { openMovie, type UnreadFile } from '../workers/files/movie.ts';
import { oneOf, type Words, wholeNumber } from './commandLine.ts';
import { fileReason, loadSoundDesign, refuseErrors } from './designs.ts';
import { readBackend, withEngine } from './engine.ts';
import { readWholeImage } from './imageFiles.ts';
import { EXIT, Failure, type Io, sentenceOf, toJson, UsageError } from './io.ts';
import { applyLearning } from './learning.ts';
import { prepareTableAndResult } from './outputFiles.ts';
import { applySettings, readSettings } from './settings.ts';
import { parseCrop, parseSlice, resolveSlice } from './slices.ts';

/** Between lines of progress on stderr. */
const PROGRESS_MILLISECONDS = 1000;
/** Files of a folder that are frames. */
const FRAME = /\.(png|tiff?|npy|lsm|stk|btf|tf8)$/i;

export async function trackCommand(words: Words, io: Io): Promise<number> {
  const job = readJob(words);
  const { csv, out } = await prepareTableAndResult(words, io);
  const { design, source, options } = await prepared(words, job, io);
  const frames: FrameFit[] = [];
  const print = progressPrinter(options, io);
  const began = performance.now();
  const backend = await withEngine(job.backend, io, async (engine) => {
    if (engine.track === null) throw new Failure('Movies are followed on wasm or f64: leave --backend out.');
    await engine.track(design, options, source, (fit) => {
      frames.push(fit);
      print(fit);
    });
    return engine.backend;
  });
  const seconds = (performance.now() - began) / 1000;
  const things = trackedThings(learnedOf(expandLearnables(design, registry, planeCount(design, registry))));
  const text = toJson({ ...summary(frames, things, job, options), seconds, backend });
  if (csv !== null) await writeFile(csv, encodeCsv([...trajectoryTable(frames, things, job.interval)]));
  if (out !== null) await writeFile(out, text);
  io.stdout(text);
  return EXIT.done;
}

function readJob(words: Words) {
  const [crop, frames, median] = [
    words.value('--crop'),
    words.value('--frames'),
    words.value('--median-frames'),
  ];
  const movies = words.values('--movie');
  if (movies.length === 0) throw new UsageError('Name the movie: --movie FILE, or --movie FOLDER.');
  return {
    settings: readSettings(words),
    backend: readBackend(words),
    movies,
    frames: frames === null ? null : parseSlice('--frames', frames, 'a:b or a:b:step', true),
    interval: positive(words, '--frame-interval', 'time', 's'),
    background: words.value('--background') ?? 'none',
    dark: words.value('--dark'),
    pixels: oneOf('--pixels', words.value('--pixels') ?? DEFAULT_TRACK_OPTIONS.pixels, ['all', 'some']),
    medianFrames: median === null ? null : wholeNumber('--median-frames', median, 3, 1_000_000),
    crop: crop === null ? null : parseCrop(crop),
    temperature: positive(words, '--temperature', 'temperature', 'K'),
    viscosity: positive(words, '--viscosity', 'dimensionless', ''),
  };
}

type Job = ReturnType<typeof readJob>;

export function positive(
  words: Words,
  option: string,
  quantity: 'time' | 'length' | 'temperature' | 'dimensionless',
  unit: string,
): number | null {
  const text = words.value(option);
  if (text === null) return null;
  const parsed = parseQuantity(text, quantity, unit);
  if (!parsed.ok) throw new UsageError(`${option}: ${parsed.reason}`);
  if (!(parsed.value > 0)) throw new UsageError(`${option} must be above 0.`);
  return parsed.value;
}

/** The design made to fit the first frame that can be read, and where frames come from. */
async function prepared(
  words: Words,
  job: Job,
  io: Io,
): Promise<{ design: Design; source: FrameSource; options: TrackOptions }> {
  const loaded = applySettings(await loadSoundDesign(words, io), job.settings);
  const target = loaded.nodes.find(({ type }) => type === 'target');
  if (target === undefined)
    throw new Failure(
      'The design has no target image to follow: add one and connect it to a “Compare” element.',
    );
  const source = await sourceOf(job, io);
  const range =
    job.frames === null
      ? { start: 0, stop: source.count, step: 1 }
      : resolveSlice(job.frames, source.count, 'frames');
  const isMedian = job.background === 'median';
  const options: TrackOptions = {
    ...DEFAULT_TRACK_OPTIONS,
    frames: range,
    background: isMedian ? 'median' : 'none',
    medianFrames: job.medianFrames,
    pixels: job.pixels === 'some' ? 'some' : 'all',
  };
  const image = await firstFrame(source, options);
  const keep = new Set(job.settings.map(({ path }) => path));
  const brightness = `${target.id}.normalization`;
  const divides = isMedian || source.background !== null;
  const isOpen = divides && !keep.has(brightness);
  if (isOpen) keep.add(brightness);
  try {
    const ready = prepareForImage(isOpen ? setAt(loaded, registry, brightness, 'none') : loaded, registry, {
      targetNode: target.id,
      image,
      background: null,
      crop: null,
      planes: null,
      keep,
    });
    for (const note of ready.notes) io.stderr(`${image.name}: ${note}\n`);
    const design = applyLearning(ready.design, words.entries('--learn'), words.entries('--fix'));
    refuseErrors(validate(design, registry));
    return { design, source, options };
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(sentenceOf(error));
  }
}

async function firstFrame(source: FrameSource, options: TrackOptions) {
  const frames = new PreparedFrames(source, options);
  let first: unknown = null;
  const { start, stop, step } = options.frames;
  for (let k = start; k < stop; k += step) {
    try {
      return imageToPrepare(await frames.frame(k), frames.shape, `${source.name}, frame ${k}`);
    } catch (error) {
      first ??= error;
    }
  }
  throw new Failure(`No frame can be read. ${sentenceOf(first)}`);
}

/** Frames of the files that were named. */
export async function sourceOf(
  job: Pick<Job, 'movies' | 'crop' | 'dark' | 'background'>,
  io: Io,
): Promise<FrameSource> {
  const files = (await Promise.all(job.movies.map((each) => filesAt(each, io)))).flat();
  try {
    const movie = await openMovie(files);
    for (const note of movie.notes) io.stderr(`${movie.name}: ${note}\n`);
    const [ny, nx] = movie.shape;
    const isImage = job.background !== 'none' && job.background !== 'median';
    const whole = async (file: string | null, what: string) => {
      if (file === null) return null;
      const { shape, data } = await readWholeImage(file, io);
      if (shape.join() !== movie.shape.join())
        throw new Failure(`${what} has ${shape.join(' × ')} pixels, the movie ${movie.shape.join(' × ')}.`);
      return data;
    };
    const rows = job.crop === null ? null : resolveSlice(job.crop.rows, ny, 'rows');
    const columns = job.crop === null ? null : resolveSlice(job.crop.columns, nx, 'columns');
    return {
      ...movie,
      dark: await whole(job.dark, 'The dark image'),
      background: await whole(isImage ? job.background : null, 'The background'),
      window:
        rows === null || columns === null
          ? null
          : { y0: rows.start, y1: rows.stop, x0: columns.start, x1: columns.stop },
    };
  } catch (error) {
    throw error instanceof FileProblem ? new Failure(error.message) : error;
  }
}

/** A file, or the image files of a folder. */
async function filesAt(name: string, io: Io): Promise<readonly UnreadFile[]> {
  const path = resolve(io.cwd, name);
  const unread = (at: string): UnreadFile => ({
    name: basename(at),
    bytes: async () => new Uint8Array(await readFile(at)),
  });
  try {
    if (!(await stat(path)).isDirectory()) return [unread(path)];
    return (await readdir(path)).filter((each) => FRAME.test(each)).map((each) => unread(join(path, each)));
  } catch (error) {
    throw new Failure(`“${name}” cannot be read: ${fileReason(error)}`);
  }
}

function progressPrinter({ frames }: TrackOptions, io: Io): (fit: FrameFit) => void {
  let last = Number.NEGATIVE_INFINITY;
  return ({ frame, status, reason }) => {
    const now = performance.now();
    if (status === 'good' && now - last < PROGRESS_MILLISECONDS) return;
    last = now;
    io.stderr(
      `frame ${frame} of ${frames.start}:${frames.stop}: ${status}${reason === null ? '' : ` (${reason})`}\n`,
    );
  };
}

function summary(
  frames: readonly FrameFit[],
  things: TrackedThings,
  job: Job,
  options: TrackOptions,
): object {
  const { interval } = job;
  const spacing = interval === null ? null : interval * options.frames.step;
  return {
    frames: frames.length,
    good: frames.filter(hasValues).length,
    framesPerSecond: pace(frames),
    bad: frames
      .filter(({ status }) => status !== 'good')
      .map(({ frame, status, reason }) => ({ frame, status, reason })),
    particles: things.particles.map((particle) => ({
      id: particle.id,
      ...(spacing === null ? {} : motion(motionOf(frames, particle, spacing), job)),
    })),
  };
}

/** Of frames that were followed from the one before. */
function pace(frames: readonly FrameFit[]): number | null {
  const followed = frames.slice(1).filter(({ status }) => status === 'good');
  const total = followed.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return total > 0 ? (1000 * followed.length) / total : null;
}

function motion({ axes, lateral }: Motion, { temperature, viscosity }: Job): object {
  const asked = temperature !== null && viscosity !== null;
  const radius = asked && lateral !== null ? stokesEinsteinRadius(lateral, temperature, viscosity) : null;
  return {
    diffusion: lateral,
    axes: Object.fromEntries(axes.map(({ name, diffusion }) => [name, diffusion])),
    ...(asked ? { stokesEinsteinRadius: radius } : {}),
    ...(lateral === null
      ? { note: `Diffusion needs ${FEWEST_FRAMES} frames in a row in which the particle was found.` }
      : asked && radius === null
        ? { note: 'No radius: the coefficient of diffusion is not above its error. Follow more frames.' }
        : {}),
  };
}
