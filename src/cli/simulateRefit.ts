/** `simulate-refit`: whether error bars hold, by fits of images that are simulated with noise. */
import { writeFile } from 'node:fs/promises';
import { registry } from '../graph/catalogue.ts';
import { DEFAULT_REFIT_OPTIONS, type RefitOptions } from '../graph/refitOptions.ts';
import { type RefitParameter, refitColumns } from '../graph/refitTable.ts';
import { validate } from '../graph/validate.ts';
import { encodeCsv } from '../workers/files/encode.ts';
import { readNoise } from './bounds.ts';
import { type Words, wholeNumber } from './commandLine.ts';
import { loadSoundDesign, refuseErrors } from './designs.ts';
import { readBackend, withEngine } from './engine.ts';
import { EXIT, Failure, type Io, toJson } from './io.ts';
import { applyUnknowns } from './learning.ts';
import { prepareTableAndResult } from './outputFiles.ts';
import { applySettings, readSeed, readSettings } from './settings.ts';

/** Between lines of progress on stderr. */
const PROGRESS_MILLISECONDS = 1000;
const IMAGES = [2, 10_000] as const;

export async function simulateRefitCommand(words: Words, io: Io): Promise<number> {
  const [settings, backend, options] = [readSettings(words), readBackend(words), readOptions(words)];
  const { csv, out } = await prepareTableAndResult(words, io);
  const design = applyUnknowns(applySettings(await loadSoundDesign(words, io), settings), words);
  refuseErrors(validate(design, registry));
  let last = performance.now();
  const report = await withEngine(backend, io, async (engine) => {
    if (engine.simulateRefit === null)
      throw new Failure('Simulated images are fitted on wasm or f64: leave --backend out.');
    return engine.simulateRefit(design, options, (done) => {
      if (performance.now() - last < PROGRESS_MILLISECONDS) return;
      last = performance.now();
      io.stderr(`image ${done} of ${options.images}\n`);
    });
  });
  const { parameters, ...rest } = report;
  const text = toJson({ parameters: Object.fromEntries(parameters.map(entry)), ...rest });
  if (csv !== null) await writeFile(csv, encodeCsv(refitColumns(report.parameters)));
  if (out !== null) await writeFile(out, text);
  io.stdout(text);
  return EXIT.done;
}

function readOptions(words: Words): RefitOptions {
  const images = words.value('--images');
  return {
    images: images === null ? DEFAULT_REFIT_OPTIONS.images : wholeNumber('--images', images, ...IMAGES),
    seed: readSeed(words) ?? DEFAULT_REFIT_OPTIONS.seed,
    noise: readNoise(words),
  };
}

function entry({ path, title: _, ...rest }: RefitParameter): readonly [string, object] {
  return [path, rest];
}
