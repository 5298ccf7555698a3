/** `bounds`: the errors that a fit of one image would have, before there is one. */
import { writeFile } from 'node:fs/promises';
import { registry } from '../graph/catalogue.ts';
import { validate } from '../graph/validate.ts';
import { encodeCsv } from '../workers/files/encode.ts';
import type { ExpectedErrors } from '../workers/protocol.ts';
import type { Words } from './commandLine.ts';
import { loadSoundDesign, refuseErrors } from './designs.ts';
import { readBackend, withEngine } from './engine.ts';
import { EXIT, Failure, type Io, toJson, UsageError } from './io.ts';
import { applyUnknowns } from './learning.ts';
import { prepareTableAndResult } from './outputFiles.ts';
import { applySettings, readSettings } from './settings.ts';

export async function boundsCommand(words: Words, io: Io): Promise<number> {
  const [settings, backend, noise] = [readSettings(words), readBackend(words), readNoise(words)];
  const { csv, out } = await prepareTableAndResult(words, io);
  const design = applyUnknowns(applySettings(await loadSoundDesign(words, io), settings), words);
  if (design.learn.length === 0)
    throw new Failure('There is nothing to be learned: name at least one parameter with --learn.');
  refuseErrors(validate(design, registry));
  const found = await withEngine(backend, io, async (engine) => {
    if (engine.expectedErrors === null)
      throw new Failure('Errors before a fit are computed on wasm or f64: leave --backend out.');
    return engine.expectedErrors(design, noise);
  });
  const text = toJson(summaryOf(found));
  if (csv !== null) await writeFile(csv, table(found));
  if (out !== null) await writeFile(out, text);
  io.stdout(text);
  return EXIT.done;
}

/** `--noise`: the standard deviation of a pixel in the image's unit. */
export function readNoise(words: Words): number | null {
  const text = words.value('--noise');
  if (text === null) return null;
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new UsageError(`--noise takes a number above 0, not “${text.slice(0, 40)}”.`);
}

function summaryOf({ parameters, ...rest }: ExpectedErrors): object {
  return {
    parameters: Object.fromEntries(
      parameters.map(({ path, value, sigma, unit, display }) => [path, { value, sigma, unit, display }]),
    ),
    ...rest,
  };
}

function table({ parameters }: ExpectedErrors): string {
  const column = (pick: (each: (typeof parameters)[number]) => number | null) => parameters.map(pick);
  return encodeCsv([
    { name: 'path', values: parameters.map(({ path }) => path) },
    { name: 'unit', values: parameters.map(({ display }) => display.unit) },
    { name: 'value', values: column(({ display }) => display.value) },
    { name: 'expected error', values: column(({ display }) => display.sigma) },
  ]);
}
