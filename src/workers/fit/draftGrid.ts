/** A coarser grid for light that has to follow a hand: what it says is a draft until the hand lets go. */
import { registry } from '../../graph/catalogue.ts';
import type { Design, Issue } from '../../graph/document.ts';
import { setGrid } from '../../graph/edit.ts';
import { learnableMaps } from '../../graph/maps.ts';

/** Fewer samples per side are none for a picture. */
const LEAST_SAMPLES = 32;

/** Every second sample of the grid, in the same window; the design itself where that cannot be. */
export function halfGrid(design: Design): Design {
  const { samples, pitch } = design.grid;
  const half = samples / 2;
  return Number.isInteger(half) && half >= LEAST_SAMPLES
    ? setGrid(design, { samples: half, pitch: 2 * pitch })
    : design;
}

/**
 * The design on half the grid, where that is as good for it as the whole one is: nothing more is doubtful about its
 * sampling, and no map is learned whose cells it would not see.
 * @param issuesOf all that is doubtful or wrong about a design when it is computed
 */
export async function draftOf(
  design: Design,
  issuesOf: (design: Design) => Promise<readonly Issue[]>,
): Promise<Design | null> {
  const draft = halfGrid(design);
  if (draft === design || learnableMaps(design, registry).length > 0) return null;
  const keyOf = ({ severity, code, nodeId }: Issue) => `${severity} ${code} ${nodeId}`;
  const known = new Set((await issuesOf(design)).map(keyOf));
  return (await issuesOf(draft)).every((issue) => known.has(keyOf(issue))) ? draft : null;
}
