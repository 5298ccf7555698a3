/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { localisationPrecision } from './localisationPrecision.ts';
import { loss } from './loss.ts';
import { spotGoal } from './spotGoal.ts';
import { target } from './target.ts';

export const fit: readonly ElementSpec[] = [target, loss, spotGoal, localisationPrecision];
