/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { spotWidths } from './spotWidths.ts';
import { stokes } from './stokes.ts';

export const analysis: readonly ElementSpec[] = [spotWidths, stokes];
