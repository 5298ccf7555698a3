/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { bead } from './bead.ts';
import { incoherentObject } from './incoherentObject.ts';
import { incoherentVolume } from './incoherentVolume.ts';
import { mieSphere } from './mieSphere.ts';
import { mieSpheres } from './mieSpheres.ts';
import { multislice } from './multislice.ts';
import { scatteringGlow } from './scatteringGlow.ts';
import { sphereField } from './sphereField.ts';
import { sphereInside } from './sphereInside.ts';
import { thinObject } from './thinObject.ts';
import { volumeMap } from './volumeMap.ts';

export const samples: readonly ElementSpec[] = [
  thinObject,
  mieSphere,
  mieSpheres,
  sphereField,
  sphereInside,
  bead,
  multislice,
  volumeMap,
  incoherentObject,
  incoherentVolume,
  scatteringGlow,
];
