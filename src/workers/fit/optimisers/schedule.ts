/** How the learning rate of Adam and of momentum falls over the steps of a fit. */
import type { FitOptions } from '../../../graph/fitOptions.ts';

export type Schedule = NonNullable<FitOptions['schedule']>;

/** Parts of equal length, each with half of the rate before. */
const STAIRS = 4;

/** Share of the full rate in a step, counted from 1. */
export function rateShare(schedule: Schedule, step: number, steps: number): number {
  const share = Math.min(1, step / steps);
  switch (schedule) {
    case 'constant':
      return 1;
    case 'cosine':
      return 0.5 * (1 + Math.cos(Math.PI * share));
    case 'steps':
      return 0.5 ** Math.min(STAIRS - 1, Math.floor(STAIRS * ((step - 1) / steps)));
  }
}
