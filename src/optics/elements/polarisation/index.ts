/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { circularPolariser } from './circularPolariser.ts';
import { linearPolariser } from './linearPolariser.ts';
import { wavePlate } from './wavePlate.ts';

export const polarisation: readonly ElementSpec[] = [linearPolariser, circularPolariser, wavePlate];
