import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the package, seen from src/cli and from dist/cli. */
export const PACKAGE_ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
