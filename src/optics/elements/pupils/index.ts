/** The elements of this folder, in the order of the palette. */
import type { ElementSpec } from '../../element.ts';
import { coverslip } from './coverslip.ts';
import { pupil } from './pupil.ts';
import { stack } from './stack.ts';
import { vectorialFocus } from './vectorialFocus.ts';

export const pupils: readonly ElementSpec[] = [pupil, stack, vectorialFocus, coverslip];
