/** The list of elements. Adding one = its file and a line here. */
import type { ElementSpec } from '../element.ts';
import { bead } from './bead.ts';
import { camera } from './camera.ts';
import { fourierLens } from './fourierLens.ts';
import { gaussianBeam } from './gaussianBeam.ts';
import { interference } from './interference.ts';
import { loss } from './loss.ts';
import { mieSphere } from './mieSphere.ts';
import { planeWave } from './planeWave.ts';
import { pointSource } from './pointSource.ts';
import { propagator } from './propagator.ts';
import { pupil } from './pupil.ts';
import { stack } from './stack.ts';
import { target } from './target.ts';
import { thinLens } from './thinLens.ts';

export const elements: readonly ElementSpec[] = [
  planeWave,
  gaussianBeam,
  pointSource,
  mieSphere,
  bead,
  thinLens,
  fourierLens,
  pupil,
  interference,
  propagator,
  stack,
  camera,
  target,
  loss,
];
