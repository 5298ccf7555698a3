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

/** `finerPitch` where light has the pitch of the document's grid; light that was mapped to another does not follow. */
export function finerSamples(pitch: number, grid: SimulationGrid, limit: number): WithFix {
  return followsGrid(pitch, grid) && limit > 0 ? finerPitch(grid, limit) : NONE;
}

/** The first power of two of samples with which something holds; nothing where no offered grid is enough. */
export function enoughSamples(present: number, holds: (samples: number) => boolean): WithFix {
  for (let samples = 2 ** Math.floor(Math.log2(present) + 1); samples <= MOST_SAMPLES; samples *= 2)
    if (holds(samples)) return moreSamples(present, samples);
  return NONE;
}

/** The first that offers something. */
export function firstFix(...offers: readonly WithFix[]): WithFix {
  return offers.find(({ apply }) => apply !== undefined) ?? NONE;
}

/** Another value of one of the element's own parameters where a condition makes it possible. */
export function offerValue(
  possible: boolean,
  param: string,
  value: number | string | boolean,
  title: string,
): WithFix {
  return possible ? { apply: setValue(param, value, title) } : NONE;
}

/** A positive number with so many digits, not above it. */
export function roundedDown(value: number, digits = 3): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - digits + 1);
  return Number((Math.floor(value / unit) * unit).toPrecision(digits));
}

/** A positive number with so many digits, not below it. */
export function roundedUp(value: number, digits = 3): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - digits + 1);
  return Number((Math.ceil(value / unit) * unit).toPrecision(digits + 1));
}

/** Another value of one of the element's own parameters. */
export function setValue(param: string, value: number | string | boolean, title: string): Fix {
  return { title, params: { [param]: value } };
}

/** Tilts about both axes that are no steeper than a sine; nothing where they are needed at all. */
export function flatterTilts(
  tilts: { readonly tiltX: { readonly value: number }; readonly tiltY: { readonly value: number } },
  steepest: number,
): WithFix {
  const most = Math.asin(Math.min(1, 0.98 * steepest));
  const within = ({ value }: { readonly value: number }) => Math.min(most, Math.max(-most, value));
  const title = `Use a tilt of ${formatNumber(most * 1e3, 3)} mrad`;
  return { apply: { title, params: { tiltX: within(tilts.tiltX), tiltY: within(tilts.tiltY) } } };
}

/** A field that has been mapped to another pitch does not follow the grid of the document. */
export function followsGrid(pitch: number, grid: SimulationGrid): boolean {
  return Math.abs(pitch / grid.pitch - 1) < 1e-9;
}
