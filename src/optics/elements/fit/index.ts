/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { curveGoal } from './curveGoal.ts';
import { energyGoal } from './energyGoal.ts';
import { localisationPrecision } from './localisationPrecision.ts';
import { loss } from './loss.ts';
import { phaseGoal } from './phaseGoal.ts';
import { pictureStrehlGoal } from './pictureStrehlGoal.ts';
import { positionGoal } from './positionGoal.ts';
import { spotGoal } from './spotGoal.ts';
import { spotsGoal } from './spotsGoal.ts';
import { strehlGoal } from './strehlGoal.ts';
import { target } from './target.ts';
import { transferGoal } from './transferGoal.ts';
import { widthGoal } from './widthGoal.ts';

export const fit: readonly ElementSpec[] = [
  target,
  loss,
  spotGoal,
  spotsGoal,
  energyGoal,
  widthGoal,
  positionGoal,
  strehlGoal,
  pictureStrehlGoal,
  phaseGoal,
  transferGoal,
  curveGoal,
  localisationPrecision,
];
