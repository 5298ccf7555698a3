/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { aperture } from './aperture.ts';
import { attenuator } from './attenuator.ts';
import { axicon } from './axicon.ts';
import { coatedWindow } from './coatedWindow.ts';
import { diffuser } from './diffuser.ts';
import { dmd } from './dmd.ts';
import { fourierFilter } from './fourierFilter.ts';
import { freeformAmplitude } from './freeformAmplitude.ts';
import { freeformPhase } from './freeformPhase.ts';
import { grating } from './grating.ts';
import { microlensArray } from './microlensArray.ts';
import { prism } from './prism.ts';
import { slm } from './slm.ts';
import { spiralPhase } from './spiralPhase.ts';
import { zonePlate } from './zonePlate.ts';

export const masks: readonly ElementSpec[] = [
  aperture,
  fourierFilter,
  grating,
  zonePlate,
  spiralPhase,
  axicon,
  prism,
  microlensArray,
  diffuser,
  attenuator,
  coatedWindow,
  freeformPhase,
  freeformAmplitude,
  slm,
  dmd,
];
