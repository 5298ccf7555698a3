import type { SamplingNote, SimulationGrid } from './element.ts';
import { finerSamples, followsGrid } from './fixes.ts';
import { formatNumber } from './units.ts';

interface SteepPhase {
  /** How often the phase turns along the steepest way. */
  readonly cyclesPerMetre: number;
  /** Of the light's samples, metres. */
  readonly pitch: number;
  /** “At its edge”. */
  readonly where: string;
  /** What becomes of the light: “ghost foci appear”. */
  readonly effect: string;
  /** What helps besides a finer pitch: “a smaller angle”. */
  readonly instead: string;
}

/** A warning where the phase turns by half a turn or more from sample to sample. */
export function steepPhaseNotes(
  { cyclesPerMetre, pitch, where, effect, instead }: SteepPhase,
  grid: SimulationGrid,
): readonly SamplingNote[] {
  const step = 2 * Math.abs(cyclesPerMetre) * pitch;
  if (step < 1) return [];
  const finer = `${followsGrid(pitch, grid) ? 'grid ' : ''}pitch below ${formatNumber((pitch / step) * 1e6, 3)} µm`;
  return [
    {
      severity: 'warning',
      message: `${where} the phase turns by ${formatNumber(step, 3)} π per sample: ${effect}.`,
      fix: `Use a ${finer} or ${instead}.`,
      ...finerSamples(pitch, grid, pitch / step),
    },
  ];
}
