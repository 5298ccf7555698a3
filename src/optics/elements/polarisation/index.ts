/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { circularPolariser } from './circularPolariser.ts';
import { jonesMatrix } from './jonesMatrix.ts';
import { linearPolariser } from './linearPolariser.ts';
import { liquidCrystal } from './liquidCrystal.ts';
import { polarisingBeamSplitter } from './polarisingBeamSplitter.ts';
import { qPlate } from './qPlate.ts';
import { rotator } from './rotator.ts';
import { wavePlate } from './wavePlate.ts';

export const polarisation: readonly ElementSpec[] = [
  linearPolariser,
  circularPolariser,
  wavePlate,
  liquidCrystal,
  rotator,
  qPlate,
  polarisingBeamSplitter,
  jonesMatrix,
];
