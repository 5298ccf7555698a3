/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { besselBeam } from './besselBeam.ts';
import { dipole } from './dipole.ts';
import { extendedSource } from './extendedSource.ts';
import { gaussianBeam } from './gaussianBeam.ts';
import { hermiteGauss } from './hermiteGauss.ts';
import { imageSource } from './imageSource.ts';
import { kohler } from './kohler.ts';
import { laguerreGauss } from './laguerreGauss.ts';
import { planeWave } from './planeWave.ts';
import { pointSource } from './pointSource.ts';
import { schellBeam } from './schellBeam.ts';
import { structuredLight } from './structuredLight.ts';
import { tiltSeries } from './tiltSeries.ts';
import { twoPoints } from './twoPoints.ts';

export const sources: readonly ElementSpec[] = [
  planeWave,
  gaussianBeam,
  pointSource,
  twoPoints,
  imageSource,
  hermiteGauss,
  laguerreGauss,
  besselBeam,
  structuredLight,
  kohler,
  extendedSource,
  schellBeam,
  tiltSeries,
  dipole,
];
