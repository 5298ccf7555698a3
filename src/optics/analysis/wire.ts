/** What samples themselves tell of their sampling: phase steps, light at the edges of the window and of the spectrum. */
import type { HostValue } from '../element.ts';
import { centredFourierLine } from '../ops/fourier.f64.ts';
import { type ComplexPlane, componentsOf, energyOf } from './components.ts';
import { hostPlane, largest } from './hostPlane.ts';
import { edgeShare } from './widths.ts';

export interface SampleTruth {
  /** Radians from sample to sample that 99 % of the light stays below; null for images. */
  readonly phaseStep: number | null;
  /** Share of the light in a frame of 5 % of each side. */
  readonly edge: number;
  /** Share of the light (of the contrast of an image) in the outer tenth of the grid's frequencies. */
  readonly nearNyquist: number;
  /** Share of the grid's frequencies, along the wider axis, that holds 99 % of the light. */
  readonly band: number;
  /** Whether there is light at all, and every number is one. */
  readonly state: 'light' | 'dark' | 'notFinite';
}

/** Below this share of the peak a sample's phase does not count. */
const DARK = 1e-3;
const STEP_BINS = 256;
const MOST_LIGHT = 0.99;
const NYQUIST_FRAME = 0.9;
/** Of more lines than this only every second, third, ... is transformed. */
const MOST_LINES = 256;

export function sampleTruth(value: HostValue): SampleTruth {
  const plane = hostPlane([value], 0);
  let total = 0;
  for (const each of plane.data) total += each;
  const state = Number.isFinite(total) ? (total > 0 ? 'light' : 'dark') : 'notFinite';
  if (state !== 'light') return { phaseStep: null, edge: 0, nearNyquist: 0, band: 0, state };
  const parts = tellingParts(componentsOf(value, 0));
  const spectra = (parts.length > 0 ? parts : [centredImage(plane)]).flatMap((part) =>
    (['x', 'y'] as const).map((axis) => marginalSpectrum(part, axis)),
  );
  return {
    phaseStep: parts.length > 0 ? Math.max(...parts.map(phaseStepOf)) : null,
    edge: edgeShare(plane),
    nearNyquist: Math.max(...spectra.map((spectrum) => shareBeyond(spectrum, NYQUIST_FRAME))),
    band: Math.max(...spectra.map(bandHolding)),
    state,
  };
}

/** Modes and components with less than this share of the brightest one's light do not count. */
const FAINT = 0.01;
/** Samples of a part that its steepness is guessed from. */
const GLANCES = 2048;

/** Where the sampling is worst: of many modes and components the first, the last and the two that look steepest. */
function tellingParts(parts: readonly ComplexPlane[]): readonly ComplexPlane[] {
  const energies = parts.map(({ samples }) => energyOf(samples));
  const bright = parts.filter((_, i) => (energies[i] as number) > FAINT * largest(energies));
  if (bright.length <= 4) return bright;
  const [first, last] = [bright[0] as ComplexPlane, bright[bright.length - 1] as ComplexPlane];
  const steepest = bright
    .slice(1, -1)
    .map((part) => ({ part, steepness: steepnessOf(part) }))
    .sort((a, b) => b.steepness - a.steepness);
  return [first, ...steepest.slice(0, 2).map(({ part }) => part), last];
}

/** Mean size of the phase step along x or y, whichever is larger, over some of the samples. */
function steepnessOf({ samples, rows, columns }: ComplexPlane): number {
  const stride = Math.max(1, Math.floor(Math.sqrt((rows * columns) / GLANCES)));
  let [total, alongX, alongY] = [0, 0, 0];
  for (let row = 0; row < rows - 1; row += stride) {
    for (let column = 0; column < columns - 1; column += stride) {
      const i = row * columns + column;
      const light = (samples[2 * i] as number) ** 2 + (samples[2 * i + 1] as number) ** 2;
      total += light;
      alongX += light * phaseBetween(samples, i, i + 1);
      alongY += light * phaseBetween(samples, i, i + columns);
    }
  }
  return total > 0 ? Math.max(alongX, alongY) / total : 0;
}

/** Size of the phase difference of two samples, at most π. */
function phaseBetween(samples: ArrayLike<number>, a: number, b: number): number {
  const [ar, ai] = [samples[2 * a] as number, samples[2 * a + 1] as number];
  const [br, bi] = [samples[2 * b] as number, samples[2 * b + 1] as number];
  return Math.abs(Math.atan2(bi * ar - br * ai, br * ar + bi * ai));
}

/** An image less its mean: its contrast, not its brightness, is what has a band. */
function centredImage({
  data,
  rows,
  columns,
}: {
  data: Float64Array;
  rows: number;
  columns: number;
}): ComplexPlane {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const samples = new Float64Array(2 * data.length);
  data.forEach((value, i) => {
    samples[2 * i] = value - mean;
  });
  return { samples, rows, columns };
}

function phaseStepOf({ samples, rows, columns }: ComplexPlane): number {
  const light = new Float64Array(rows * columns);
  let peak = 0;
  for (let i = 0; i < light.length; i++) {
    light[i] = (samples[2 * i] as number) ** 2 + (samples[2 * i + 1] as number) ** 2;
    peak = Math.max(peak, light[i] as number);
  }
  const histogram = new Float64Array(STEP_BINS);
  let total = 0;
  const count = (a: number, b: number): void => {
    const weight = Math.min(light[a] as number, light[b] as number);
    if (!(weight > DARK * peak)) return;
    const step = phaseBetween(samples, a, b);
    const bin = Math.min(STEP_BINS - 1, Math.floor((step / Math.PI) * STEP_BINS));
    histogram[bin] = (histogram[bin] as number) + weight;
    total += weight;
  };
  for (let i = 0; i < light.length; i++) {
    if ((i + 1) % columns !== 0) count(i, i + 1);
    if (i + columns < light.length) count(i, i + columns);
  }
  let below = 0;
  for (let bin = 0; bin < STEP_BINS; bin++) {
    below += histogram[bin] as number;
    if (below >= MOST_LIGHT * total) return ((bin + 0.5) * Math.PI) / STEP_BINS;
  }
  return 0;
}

/** Energy by frequency along an axis, frequency 0 at floor(n/2), summed over the lines across it. */
function marginalSpectrum({ samples, rows, columns }: ComplexPlane, axis: 'x' | 'y'): Float64Array {
  const length = axis === 'x' ? columns : rows;
  const lines = axis === 'x' ? rows : columns;
  const [step, stride] = axis === 'x' ? [1, columns] : [columns, 1];
  const spectrum = new Float64Array(length);
  const line = new Float64Array(2 * length);
  const every = Math.ceil(lines / MOST_LINES);
  for (let index = 0; index < lines; index += every) {
    let energy = 0;
    for (let i = 0; i < length; i++) {
      const from = 2 * (index * stride + i * step);
      line[2 * i] = samples[from] as number;
      line[2 * i + 1] = samples[from + 1] as number;
      energy += (line[2 * i] as number) ** 2 + (line[2 * i + 1] as number) ** 2;
    }
    if (energy === 0) continue;
    const transformed = centredFourierLine(line, -1);
    for (let k = 0; k < length; k++) {
      spectrum[k] =
        (spectrum[k] as number) +
        (transformed[2 * k] as number) ** 2 +
        (transformed[2 * k + 1] as number) ** 2;
    }
  }
  return spectrum;
}

function shareBeyond(spectrum: Float64Array, share: number): number {
  const middle = Math.floor(spectrum.length / 2);
  let [outside, total] = [0, 0];
  spectrum.forEach((energy, k) => {
    total += energy;
    if (Math.abs(k - middle) > (share * spectrum.length) / 2) outside += energy;
  });
  return total > 0 ? outside / total : 0;
}

function bandHolding(spectrum: Float64Array): number {
  const middle = Math.floor(spectrum.length / 2);
  const total = spectrum.reduce((sum, energy) => sum + energy, 0);
  if (!(total > 0)) return 0;
  let inside = 0;
  for (let reach = 0; reach <= middle; reach++) {
    inside += spectrum[middle + reach] ?? 0;
    if (reach > 0) inside += spectrum[middle - reach] ?? 0;
    if (inside >= MOST_LIGHT * total) return Math.min(1, (2 * reach) / spectrum.length);
  }
  return 1;
}

export interface Verdict {
  readonly level: 'good' | 'doubtful' | 'bad';
  readonly reason: string;
}

const percent = (share: number): string => `${(100 * share).toPrecision(2)} %`;

/** Light in the frame above which it fills the window, as even sources do (19 %), by no fault of its own. */
const FILLED = 0.12;

/**
 * What follows from it. `bad` is light whose samples cannot hold it; steep phases and hard edges are `doubtful`: the
 * irradiance may be right, and what is made of the light further on may not.
 */
export function verdictOf(truth: SampleTruth, kind: 'field' | 'pupil' | 'image'): Verdict {
  if (truth.state === 'notFinite') return { level: 'bad', reason: 'Some samples are not numbers.' };
  if (truth.state === 'dark') return { level: 'doubtful', reason: 'There is no light on this wire.' };
  const { phaseStep, nearNyquist, edge } = truth;
  if (kind !== 'image' && nearNyquist > 0.1) {
    return {
      level: 'bad',
      reason: `${percent(nearNyquist)} of the light lies at the highest frequencies of the samples: it is likely aliased. Use a finer pitch.`,
    };
  }
  if (phaseStep !== null && phaseStep > 0.7 * Math.PI) {
    return {
      level: 'doubtful',
      reason: `The phase turns by up to ${(phaseStep / Math.PI).toFixed(2)} π per sample. Pixels that lie on the samples see the right picture here; for other pixels, and for more optics behind, the pitch should be finer.`,
    };
  }
  if (kind === 'field' && edge > 0.02 && edge < FILLED) {
    return {
      level: 'doubtful',
      reason: `${percent(edge)} of the light lies at the edge of the window: what leaves it is lost or comes back. Use a wider window.`,
    };
  }
  if (kind !== 'image' && nearNyquist > 0.01) {
    return {
      level: 'doubtful',
      reason: `${percent(nearNyquist)} of the light lies at the highest frequencies of the samples: hard edges, or too coarse a pitch.`,
    };
  }
  return { level: 'good', reason: 'The samples hold this light well.' };
}

const ORDER = { good: 0, doubtful: 1, bad: 2 } as const;

/** The worst of several. */
export function worstOf(verdicts: readonly [Verdict, ...Verdict[]]): Verdict {
  return verdicts.reduce((worst, each) => (ORDER[each.level] > ORDER[worst.level] ? each : worst));
}
