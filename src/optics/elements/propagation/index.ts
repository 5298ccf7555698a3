/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { propagator } from './propagator.ts';

export const propagation: readonly ElementSpec[] = [propagator];
