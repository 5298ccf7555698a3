/** Files that commands write: refused before anything is computed, rather than after. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Words } from './commandLine.ts';
import { fileReason } from './designs.ts';
import { Failure, type Io } from './io.ts';

/** The path of a file to be written, its folder made. */
export async function prepareFile(file: string, io: Io): Promise<string> {
  const path = resolve(io.cwd, file);
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw new Failure(`“${file}” cannot be written: ${fileReason(error)}`);
  }
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder)
    throw new Failure(`“${file}” cannot be written: it is a folder. Give --out the name of a file.`);
  return path;
}

/** The files of `--csv` and `--out`; null where there is none. */
export async function prepareTableAndResult(
  words: Words,
  io: Io,
): Promise<{ csv: string | null; out: string | null }> {
  const prepared = async (option: string) => {
    const file = words.value(option);
    return file === null ? null : prepareFile(file, io);
  };
  const [csv, out] = await Promise.all([prepared('--csv'), prepared('--out')]);
  return { csv, out };
}
