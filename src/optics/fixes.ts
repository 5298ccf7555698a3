/** Edits that put a sampling problem right at one click: what elements give with their notes, spread into them. */
import type { Fix, SimulationGrid } from './element.ts';
import { formatNumber } from './units.ts';

/** The largest grid that is offered: more would seldom fit and never be quick. */
const MOST_SAMPLES = 2048;

type WithFix = { readonly apply?: Fix };

const NONE: WithFix = {};

/** At least so many samples, rounded up to a power of two; nothing where that is no more than there are. */
export function moreSamples(present: number, least: number): WithFix {
  const samples = 2 ** Math.ceil(Math.log2(least));
  if (!(samples > present) || samples > MOST_SAMPLES) return NONE;
  return { apply: { title: `Use ${samples} samples`, grid: { samples } } };
}

/** A pitch below a limit with as many more samples as keep the window; nothing where that would be too many. */
export function finerPitch(grid: SimulationGrid, limit: number): WithFix {
  // A power of two of the present pitch: the window stays the same to the last digit.
  const factor = 2 ** Math.ceil(Math.log2(grid.pitch / limit) + 1e-9);
  const samples = grid.samples * factor;
  if (!(factor > 1) || !Number.isFinite(factor) || samples > MOST_SAMPLES) return NONE;
  const pitch = grid.pitch / factor;
  const title = `Use ${samples} samples of ${formatNumber(pitch * 1e6, 4)} µm`;
  return { apply: { title, grid: { samples, pitch } } };
}

/** Another value of one of the element's own parameters. */
export function setValue(param: string, value: number | string | boolean, title: string): Fix {
  return { title, params: { [param]: value } };
}

/** A field that has been mapped to another pitch does not follow the grid of the document. */
export function followsGrid(pitch: number, grid: SimulationGrid): boolean {
  return Math.abs(pitch / grid.pitch - 1) < 1e-9;
}
