/** `python`: a design as a script of NumPy that computes the mean images of its cameras. */
import { writeFile } from 'node:fs/promises';
import { registry } from '../graph/catalogue.ts';
import { pythonScript } from '../graph/python/script.ts';
import { validate } from '../graph/validate.ts';
import type { Words } from './commandLine.ts';
import { loadSoundDesign, refuseErrors } from './designs.ts';
import { EXIT, Failure, type Io } from './io.ts';
import { prepareFile } from './outputFiles.ts';
import { version } from './packageRoot.ts';
import { applySettings, readSettings } from './settings.ts';

export async function pythonCommand(words: Words, io: Io): Promise<number> {
  const settings = readSettings(words);
  const out = words.value('--out');
  const file = out === null ? null : await prepareFile(out, io);
  const design = applySettings(await loadSoundDesign(words, io), settings);
  refuseErrors(validate(design, registry));
  const script = pythonScript({ design, registry, version: version() });
  if (!script.ok) throw new Failure(script.reason);
  if (file === null) io.stdout(script.text);
  else await writeFile(file, script.text);
  return EXIT.done;
}
