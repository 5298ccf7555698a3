/** `fit`: a design to measured or simulated images. */
import { writeFile } from 'node:fs/promises';
import { suitable } from '../graph/adamOnly.ts';
import { registry } from '../graph/catalogue.ts';
import { coefficientText, strongestPairs } from '../graph/correlation.ts';
import type { Design } from '../graph/document.ts';
import { DEFAULT_FIT_OPTIONS, type FitMethod, type FitOptions } from '../graph/fitOptions.ts';
import type { HeldValue } from '../graph/held.ts';
import { nearNames, orList } from '../graph/names.ts';
import { describePath, quantityAt } from '../graph/paths.ts';
import { prepareForImage } from '../graph/prepare.ts';
import { withRegistration } from '../graph/registration.ts';
import { findNode } from '../graph/registry.ts';
import { validate } from '../graph/validate.ts';
import { FLIPS, type Registration, TURNS } from '../optics/maths/registration.ts';
import type { FitProgress, FitResult, ParameterResult } from '../workers/protocol.ts';
import { oneOf, type Words, wholeNumber } from './commandLine.ts';
import { fileReason, loadSoundDesign, refuseErrors } from './designs.ts';
import { readBackend, withEngine } from './engine.ts';
import { readImageFile, readWholeImage } from './imageFiles.ts';
import { EXIT, Failure, type Io, sentenceOf, toJson, UsageError } from './io.ts';
import { applyUnknowns } from './learning.ts';
import { prepareFile } from './outputFiles.ts';
import { withPlaneStep } from './planeStep.ts';
import { applySettings, readSeed, readSettings, reseed, type Setting } from './settings.ts';
import { parseCrop, parseSlice, resolveSlice, type Slice } from './slices.ts';

/** Between lines of progress on stderr. */
const PROGRESS_MILLISECONDS = 1000;

/** Pairs of values whose correlation is named, and the least that is worth a name. */
const MOST_PAIRS = 5;
const LEAST_CORRELATION = 0.5;

const COMPARE = ['quick', 'always', 'never'] as const;

interface Measurement {
  readonly targets: readonly { readonly node: string; readonly file: string }[];
  readonly background: string | null;
  readonly crop: { readonly rows: Slice; readonly columns: Slice } | null;
  readonly planes: Slice | null;
  /** How the targets move their images, where it is said. */
  readonly registration: Partial<Registration>;
}

export async function fitCommand(words: Words, io: Io): Promise<number> {
  const job = readJob(words);
  const out = words.value('--out');
  const file = out === null ? null : await prepareFile(out, io);
  let text: string;
  let failure: Failure | null = null;
  try {
    text = toJson(await fitted(words, job, io));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // A result of an earlier, better run must not be taken for this one's.
    failure = error;
    text = toJson({ error: error.message, ...error.details });
  }
  if (file !== null) {
    try {
      await writeFile(file, text);
    } catch (error) {
      throw new Failure(`“${out}” cannot be written: ${fileReason(error)}`);
    }
  }
  if (failure !== null) throw failure;
  io.stdout(text);
  return EXIT.done;
}

/** `--target`, `--background`, `--crop` and `--planes`. */
export function readMeasurement(words: Words): Measurement {
  const [crop, planes] = [words.value('--crop'), words.value('--planes')];
  const measurement: Measurement = {
    targets: words.values('--target').map(readTarget),
    background: words.value('--background'),
    crop: crop === null ? null : parseCrop(crop),
    planes: planes === null ? null : parseSlice('--planes', planes, 'a:b or a:b:step', true),
    registration: readRegistration(words),
  };
  if (measurement.targets.length === 0)
    for (const option of ['--background', '--crop', '--planes', '--flip', '--rotate', '--scale', '--shift'])
      if (words.has(option)) throw new UsageError(`${option} needs --target NODE=IMAGE.`);
  return measurement;
}

/** `--flip`, `--rotate`, `--scale` and `--shift`. */
function readRegistration(words: Words): Partial<Registration> {
  const [flip, rotate, scale, shift] = ['--flip', '--rotate', '--scale', '--shift'].map((option) =>
    words.has(option) ? words.value(option) : null,
  );
  return {
    ...(flip == null ? {} : { flip: oneOf('--flip', flip, FLIPS) }),
    ...(rotate == null ? {} : turnBy(finite('--rotate', rotate))),
    ...(scale == null ? {} : { scale: positive('--scale', scale) }),
    ...(shift == null ? {} : readShift(shift)),
  };
}

/** The whole turn, whatever was stored: quarters as such, which interpolate nothing, else an angle from -180° to 180°. */
export function turnBy(degrees: number): Partial<Registration> {
  const whole = ((degrees % 360) + 360) % 360;
  const turn = TURNS.find((each) => Number(each) === whole);
  if (turn !== undefined) return { turn, angle: 0 };
  return { turn: '0', angle: ((whole > 180 ? whole - 360 : whole) * Math.PI) / 180 };
}

function readShift(text: string): Partial<Registration> {
  const parts = text.split(',');
  if (parts.length !== 2) throw new UsageError(`--shift takes X,Y in pixels, such as 1.5,-2, not ${text}`);
  const [shiftX, shiftY] = parts.map((part) => finite('--shift', part));
  return { shiftX: shiftX ?? 0, shiftY: shiftY ?? 0 };
}

function finite(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new UsageError(`${option} takes numbers, not ${text}`);
}

const METHODS = {
  lm: 'levenbergMarquardt',
  'gauss-newton': 'gaussNewton',
  lbfgs: 'lbfgs',
  adam: 'adam',
  momentum: 'momentum',
  projection: 'projection',
} as const satisfies Readonly<Record<string, FitMethod>>;
const METHOD_NAMES = ['lm', 'gauss-newton', 'lbfgs', 'adam', 'momentum', 'projection'] as const;

/** Steps over which `--stop-gain` looks back. */
const PATIENCE = 30;
const DEFAULT_SPREAD = 3;

/** The method and what it goes by. */
function readDescent(words: Words): Partial<FitOptions> {
  const [method, rate, schedule] = [
    words.value('--method'),
    words.value('--learning-rate'),
    words.value('--schedule'),
  ];
  const [gain, count] = [words.value('--stop-gain'), words.value('--starts')];
  const spread = words.value('--start-spread');
  const isAnywhere = spread === 'ranges';
  const scatter = spread === null || isAnywhere ? DEFAULT_SPREAD : positive('--start-spread', spread);
  const seed = readSeed(words) ?? 1;
  return {
    ...(method === null ? {} : { method: METHODS[oneOf('--method', method, METHOD_NAMES)] }),
    ...(rate === null ? {} : { learningRate: positive('--learning-rate', rate) }),
    ...(schedule === null
      ? {}
      : { schedule: oneOf('--schedule', schedule, ['cosine', 'steps', 'constant']) }),
    ...(gain === null ? {} : { stopWhen: { share: positive('--stop-gain', gain), steps: PATIENCE } }),
    ...(count === null
      ? {}
      : {
          starts: {
            count: wholeNumber('--starts', count, 1, 100_000),
            seed,
            spread: isAnywhere ? 'ranges' : scatter,
          },
        }),
  };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`${option} takes a positive number, not ${text}`);
}

function readJob(words: Words) {
  const iterations = words.value('--max-iterations');
  const method = words.value('--method');
  const compare = oneOf('--compare-losses', words.value('--compare-losses') ?? 'quick', COMPARE);
  const pixels = oneOf('--pixels', words.value('--pixels') ?? 'all', ['all', 'some']);
  const options: FitOptions = {
    ...DEFAULT_FIT_OPTIONS,
    ...readDescent(words),
    ...(pixels === 'some' ? { pixels } : {}),
    ...(compare === 'never' ? {} : { compareLosses: compare === 'quick' ? 'whenQuick' : 'always' }),
    ...(iterations === null
      ? {}
      : { maxIterations: wholeNumber('--max-iterations', iterations, 1, 1_000_000) }),
  };
  return {
    settings: readSettings(words),
    seed: readSeed(words),
    backend: readBackend(words),
    measurement: readMeasurement(words),
    options,
    isMethodChosen: method !== null,
  };
}

function readTarget(text: string): { node: string; file: string } {
  const equals = text.indexOf('=');
  const [node, file] = [text.slice(0, Math.max(0, equals)).trim(), text.slice(equals + 1).trim()];
  if (equals < 0 || node === '' || file === '')
    throw new UsageError(
      `--target takes NODE=IMAGE, such as --target target=hologram.png, not “${text.slice(0, 60)}”.`,
    );
  return { node, file };
}

async function fitted(words: Words, job: ReturnType<typeof readJob>, io: Io): Promise<object> {
  const loaded = applySettings(await loadSoundDesign(words, io), job.settings);
  const seeded = job.seed === null ? loaded : reseed(loaded, job.seed);
  const keep = new Set(job.settings.map(({ path }) => path));
  const { design: measured, origin } = await withTargets(seeded, job.measurement, keep, io);
  const design = applyUnknowns(applySettings(measured, job.settings.filter(followsImage)), words);
  if (design.learn.length === 0)
    throw new Failure(
      'There is nothing to fit: name at least one parameter with --learn, such as --learn sphere.z,sphere.radius.',
    );
  refuseErrors(validate(design, registry));
  const every = job.measurement.planes?.step ?? 1;
  const { result, note } = await withEngine(job.backend, io, async (engine) => {
    const { design: ready, note } = await withPlaneStep(design, every, engine, io);
    const options = job.isMethodChosen ? job.options : suitable(job.options, ready, registry);
    return { result: await engine.fit(ready, options, progressPrinter(io)), note };
  });
  if (!Number.isFinite(result.loss.end))
    throw new Failure('The fit failed: the loss is not a number at its end. Check the start values.');
  printCorrelations(result, io);
  const noted = note === null ? result : { ...result, warnings: [note, ...result.warnings] };
  return describeFit(design, noted, origin);
}

/** Settings that the size and planes of an image would undo: they are made once more when these are known. */
function followsImage({ path }: Setting): boolean {
  return path === 'grid.samples' || /\.\d+$/.test(path);
}

/** Puts the images of `--target` into the design, cropped and with everything that follows from them. */
export async function withTargets(
  design: Design,
  { targets, background, crop, planes, registration }: Measurement,
  keep: ReadonlySet<string>,
  io: Io,
): Promise<{ design: Design; origin: { x: number; y: number } }> {
  let current = design;
  let origin = { x: 0, y: 0 };
  if (background !== null && !design.nodes.some(({ type }) => type === 'interference'))
    throw new Failure(
      '--background divides holograms, and this design has none: set camera.background and camera.offset instead.',
    );
  const divisor = background === null ? null : await readWholeImage(background, io);
  for (const { node, file } of targets) {
    checkTarget(current, node);
    current = withRegistration(current, registry, node, registration);
    const image = await readImageFile(file, io);
    const [ny = 1, nx = 1] = image.shape.slice(-2);
    const stack = image.shape.length === 3 ? (image.shape[0] ?? 1) : null;
    if (planes !== null && stack === null)
      throw new Failure(`--planes: “${image.name}” is a single image, not a stack.`);
    if (divisor !== null && divisor.shape.slice(-2).join() !== `${ny},${nx}`)
      throw new Failure(
        `The background has ${divisor.shape.join(' × ')} pixels, but “${image.name}” has ${image.shape.join(' × ')}.`,
      );
    const [rows, columns] =
      crop === null
        ? [null, null]
        : [resolveSlice(crop.rows, ny, 'rows'), resolveSlice(crop.columns, nx, 'columns')];
    try {
      const prepared = prepareForImage(current, registry, {
        targetNode: node,
        image: {
          shape: image.shape,
          data: image.data,
          saturationLevel: image.source.saturationLevel,
          name: image.name,
        },
        background: divisor === null ? null : { shape: divisor.shape, data: divisor.data },
        crop:
          rows === null || columns === null
            ? null
            : { y0: rows.start, y1: rows.stop, x0: columns.start, x1: columns.stop },
        planes: planes === null || stack === null ? null : resolveSlice(planes, stack, 'planes'),
        keep,
      });
      current = prepared.design;
      origin = prepared.origin;
      for (const note of prepared.notes) io.stderr(`${image.name}: ${note}\n`);
    } catch (error) {
      throw error instanceof Failure ? error : new Failure(sentenceOf(error));
    }
  }
  return { design: current, origin };
}

function checkTarget(design: Design, id: string): void {
  const node = findNode(design, id);
  const targets = design.nodes.filter(({ type }) => type === 'target').map((each) => each.id);
  if (node?.type === 'target') return;
  const near = nearNames(id, targets);
  const known = near.length > 0 ? near : targets;
  const hint =
    known.length > 0 ? ` Did you mean ${orList(known)}?` : ' Add a “Target image” element to the design.';
  const what =
    node === undefined
      ? `There is no node '${id.slice(0, 60)}'.`
      : `Node '${id}' is not a target image: it is of the type “${node.type}”.`;
  throw new Failure(`--target ${id.slice(0, 60)}: ${what}${hint}`);
}

/** A line now and then, and none that repeats the one before. */
function progressPrinter(io: Io): (progress: FitProgress) => void {
  let last = performance.now();
  let printed = '';
  return ({ phase, iteration, loss }) => {
    const now = performance.now();
    const line = Number.isFinite(loss)
      ? `${phase}: iteration ${iteration}, loss ${loss.toPrecision(6)}\n`
      : `${phase} …\n`;
    if (now - last < PROGRESS_MILLISECONDS || line === printed) return;
    [last, printed] = [now, line];
    io.stderr(line);
  };
}

/** Says which values share their errors most: the numbers of all pairs are in the JSON. */
function printCorrelations({ correlation }: FitResult, io: Io): void {
  const pairs = correlation === undefined ? [] : strongestPairs(correlation, MOST_PAIRS, LEAST_CORRELATION);
  if (pairs.length === 0) return;
  const words = pairs.map(
    ({ first, second, coefficient }) => `${first} and ${second} ${coefficientText(coefficient)}`,
  );
  io.stderr(`Strongest correlations: ${words.join(', ')}.\n`);
}

/** The JSON of a fit. Values and sigmas are SI; pixels are those of the image that was given, not of its crop. */
function describeFit(design: Design, result: FitResult, origin: { x: number; y: number }): object {
  const { loss, maps, reducedChiSquare, iterations, seconds, backend } = result;
  const { comparisons, correlation, held, goals, toleranceOf } = result;
  const isUsedUp = result.ending === 'steps' || (result.ending === undefined && !result.converged);
  const unfinished = `The fit used up its ${iterations} iterations: if the loss still falls, raise --max-iterations.`;
  return {
    parameters: Object.fromEntries(
      result.parameters.map((parameter) => [parameter.path, describeParameter(design, parameter, origin)]),
    ),
    ...(maps === undefined
      ? {}
      : { maps: Object.fromEntries(maps.map(({ path, cells, data }) => [path, { cells, data }])) }),
    ...(comparisons === undefined ? {} : { comparisons }),
    ...(correlation === undefined ? {} : { correlation }),
    ...(held === undefined ? {} : { held: Object.fromEntries(held.map(heldEntry)) }),
    ...(goals === undefined ? {} : { goals }),
    ...(toleranceOf === undefined ? {} : { toleranceOf }),
    loss,
    reducedChiSquare,
    ...(result.freedom === undefined ? {} : { freedom: result.freedom }),
    ...(result.errorSource === undefined ? {} : { errorSource: result.errorSource }),
    iterations,
    seconds,
    backend,
    ...(result.ending === undefined ? {} : { ending: result.ending }),
    ...(result.starts === undefined ? {} : { starts: result.starts }),
    warnings: isUsedUp ? [unfinished, ...result.warnings] : result.warnings,
  };
}

function heldEntry({ path, value, unit, display }: HeldValue): readonly [string, object] {
  return [path, { value, unit, display }];
}

function describeParameter(
  design: Design,
  parameter: ParameterResult,
  origin: { x: number; y: number },
): object {
  const { path, start, value, sigma, spread, tolerance, prior, unit, atBound, display, pixel } = parameter;
  const target = describePath(design, registry, path);
  const role = target.ok ? quantityAt(target)?.role : undefined;
  const corner = role === 'lateralX' ? origin.x : role === 'lateralY' ? origin.y : 0;
  return {
    start,
    value,
    sigma,
    ...(spread === undefined ? {} : { spread }),
    ...(tolerance === undefined ? {} : { tolerance }),
    ...(prior === undefined ? {} : { prior: { mean: prior.mean, sigma: prior.sigma, share: prior.share } }),
    unit,
    atBound,
    display: { value: display.value, unit: display.unit },
    ...(pixel === null ? {} : { pixel: pixel + corner }),
  };
}
