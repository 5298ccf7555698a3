/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { fourierLens } from './fourierLens.ts';
import { thinLens } from './thinLens.ts';

export const lenses: readonly ElementSpec[] = [fourierLens, thinLens];
