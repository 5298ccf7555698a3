/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { gaussianBeam } from './gaussianBeam.ts';
import { hermiteGauss } from './hermiteGauss.ts';
import { laguerreGauss } from './laguerreGauss.ts';
import { planeWave } from './planeWave.ts';
import { pointSource } from './pointSource.ts';

export const sources: readonly ElementSpec[] = [
  gaussianBeam,
  planeWave,
  pointSource,
  hermiteGauss,
  laguerreGauss,
];
