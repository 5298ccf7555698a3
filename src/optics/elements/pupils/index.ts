/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { beadField } from './beadField.ts';
import { coverslip } from './coverslip.ts';
import { nomarski } from './nomarski.ts';
import { phasePlate } from './phasePlate.ts';
import { psfMask } from './psfMask.ts';
import { pupil } from './pupil.ts';
import { pupilAmplitude } from './pupilAmplitude.ts';
import { pupilStop } from './pupilStop.ts';
import { seidel } from './seidel.ts';
import { stack } from './stack.ts';
import { vectorialFocus } from './vectorialFocus.ts';

export const pupils: readonly ElementSpec[] = [
  pupil,
  stack,
  pupilStop,
  pupilAmplitude,
  seidel,
  psfMask,
  vectorialFocus,
  coverslip,
  phasePlate,
  nomarski,
  beadField,
];
