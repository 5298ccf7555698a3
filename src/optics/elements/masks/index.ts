/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { aperture } from './aperture.ts';

export const masks: readonly ElementSpec[] = [aperture];
