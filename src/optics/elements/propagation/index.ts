/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { carpet } from './carpet.ts';
import { changeGrid } from './changeGrid.ts';
import { propagator } from './propagator.ts';
import { tiltedPlane } from './tiltedPlane.ts';
import { zScan } from './zScan.ts';

export const propagation: readonly ElementSpec[] = [propagator, zScan, carpet, tiltedPlane, changeGrid];
