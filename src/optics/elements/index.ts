/** The list of elements. Adding one = its file and a line in the index of its folder. */
import type { ElementSpec } from '../element.ts';
import { analysis } from './analysis/index.ts';
import { detection } from './detection/index.ts';
import { fit } from './fit/index.ts';
import { interferometers } from './interferometers/index.ts';
import { lenses } from './lenses/index.ts';
import { masks } from './masks/index.ts';
import { polarisation } from './polarisation/index.ts';
import { propagation } from './propagation/index.ts';
import { pupils } from './pupils/index.ts';
import { samples } from './samples/index.ts';
import { sources } from './sources/index.ts';

export const elements: readonly ElementSpec[] = [
  ...sources,
  ...samples,
  ...lenses,
  ...masks,
  ...polarisation,
  ...pupils,
  ...interferometers,
  ...propagation,
  ...detection,
  ...analysis,
  ...fit,
];
