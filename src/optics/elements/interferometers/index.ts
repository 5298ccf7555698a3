/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { beamCombiner } from './beamCombiner.ts';
import { beamSplitter } from './beamSplitter.ts';
import { demodulation } from './demodulation.ts';
import { interference } from './interference.ts';
import { mirror } from './mirror.ts';

export const interferometers: readonly ElementSpec[] = [
  beamSplitter,
  mirror,
  beamCombiner,
  interference,
  demodulation,
];
