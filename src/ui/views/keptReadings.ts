/** Numbers and charts that somebody kept to compare others with: they lie dashed over those of the same kind. React-free. */
import { createStore } from 'zustand/vanilla';
import type { Analysis, Chart, Readout } from '../../optics/element.ts';

export interface KeptReadings extends Analysis {
  /** Type of the element: readings of another design can be compared, too. */
  readonly type: string;
  /** “Astigmatic or tetrapod, 10:42” */
  readonly title: string;
}

export const keptStore = createStore<{ readonly kept: KeptReadings | null }>()(() => ({ kept: null }));

/** The kept chart that belongs to one: of the same title and axes; null without. */
export function keptChart(kept: KeptReadings | null, chart: Chart): Chart | null {
  return (
    kept?.charts.find(
      ({ title, x, y }) =>
        title === chart.title && x.quantity === chart.x.quantity && y.quantity === chart.y.quantity,
    ) ?? null
  );
}

/** The kept number of the same name and kind; null without. */
export function keptReadout(kept: KeptReadings | null, readout: Readout): Readout | null {
  return (
    kept?.readouts.find(({ title, quantity }) => title === readout.title && quantity === readout.quantity) ??
    null
  );
}
