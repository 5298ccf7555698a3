/** Where the measured data are. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Path of a folder of measured data; an error in words when `LUMINODE_DATA` does not lead to it. */
export function dataPath(name: string): string {
  const root = process.env['LUMINODE_DATA'] ?? '../shared/data';
  const path = resolve(join(root, name));
  if (!existsSync(path)) {
    throw new Error(`These tests need the folder ${path}: set LUMINODE_DATA to the folder of measured data.`);
  }
  return path;
}
