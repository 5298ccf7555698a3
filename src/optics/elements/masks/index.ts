/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { aperture } from './aperture.ts';
import { freeformAmplitude } from './freeformAmplitude.ts';
import { freeformPhase } from './freeformPhase.ts';

export const masks: readonly ElementSpec[] = [
  aperture,

  freeformPhase,
  freeformAmplitude,
];
