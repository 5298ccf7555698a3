/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { camera } from './camera.ts';

export const detection: readonly ElementSpec[] = [camera];
