/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { beamQuality } from './beamQuality.ts';
import { encircledEnergy } from './encircledEnergy.ts';
import { fibreCoupling } from './fibreCoupling.ts';
import { fringeContrast } from './fringeContrast.ts';
import { imagingNumbers } from './imagingNumbers.ts';
import { powerBudget } from './powerBudget.ts';
import { precisionCurves } from './precisionCurves.ts';
import { spotWidths } from './spotWidths.ts';
import { stokes } from './stokes.ts';
import { transferFunction } from './transferFunction.ts';
import { wavefront } from './wavefront.ts';

export const analysis: readonly ElementSpec[] = [
  fringeContrast,
  spotWidths,
  encircledEnergy,
  transferFunction,
  wavefront,
  imagingNumbers,
  beamQuality,
  fibreCoupling,
  powerBudget,
  stokes,
  precisionCurves,
];
