/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { interference } from './interference.ts';

export const interferometers: readonly ElementSpec[] = [interference];
