/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { curvedMirror } from './curvedMirror.ts';
import { cylindricalLens } from './cylindricalLens.ts';
import { fourierLens } from './fourierLens.ts';
import { generalLens } from './generalLens.ts';
import { glassLens } from './glassLens.ts';
import { lensSystem } from './lensSystem.ts';
import { thinLens } from './thinLens.ts';

export const lenses: readonly ElementSpec[] = [
  thinLens,
  fourierLens,
  generalLens,
  lensSystem,
  glassLens,
  cylindricalLens,
  curvedMirror,
];
