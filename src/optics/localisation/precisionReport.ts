/** Bounds by depth in numbers and lines. */
import { lengthAxis, lengthReadout } from '../analysis/readouts.ts';
import type { Analysis, Chart, Readout } from '../element.ts';
import type { DepthBounds } from './precisionCurves.ts';

const NAMES = ['x', 'y', 'z'] as const;

/**
 * Curves over depth and the means of what is told, of each design; the first is the one that the other is beside.
 * @param otherName what the other is called
 */
export function precisionAnalysis(designs: readonly (readonly DepthBounds[])[], otherName = ''): Analysis {
  const word = (index: number) => (index === 0 ? '' : ` of ${otherName}`);
  return {
    readouts: designs.flatMap((bounds, index) => readoutsOf(bounds, word(index))),
    charts: [
      {
        title: 'Precision by depth',
        x: lengthAxis('Depth', Math.max(1e-9, ...designs.flat().map(({ depth }) => Math.abs(depth)))),
        y: { title: 'Standard deviation', quantity: 'length', display: 'nm' },
        lines: designs.flatMap((bounds, index) => linesOf(bounds, word(index))),
      },
    ],
  };
}

function readoutsOf(bounds: readonly DepthBounds[], word: string): Readout[] {
  const means = NAMES.map((name) => {
    const told = bounds.flatMap((each) => each[name] ?? []);
    const untold = bounds.length - told.length;
    const mean = told.reduce((sum, value) => sum + value, 0) / told.length;
    const readout = lengthReadout(`Mean σ${name}${word}`, untold === 0 ? mean : null);
    return untold === 0 ? readout : { ...readout, missing: 'not identifiable' };
  });
  const depths = bounds.flatMap(({ z }) => z ?? []);
  const isWhole = depths.length === bounds.length;
  return [...means, ...(isWhole ? [lengthReadout(`Worst σz${word}`, Math.max(...depths))] : [])];
}

function linesOf(bounds: readonly DepthBounds[], word: string): Chart['lines'] {
  const x = Float64Array.from(bounds, ({ depth }) => depth);
  return NAMES.map((name) => ({
    title: `σ${name}${word}`,
    x,
    // A gap where nothing is told.
    y: Float64Array.from(bounds, (each) => each[name] ?? Number.NaN),
  }));
}
