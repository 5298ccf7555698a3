/** The polarisation of light that is shown, on a lattice that the eye can read. */
import { type PolarisationLattice, polarisationLattice } from '../../optics/analysis/ellipses.ts';
import { stokesPlane } from '../../optics/analysis/stokes.ts';
import type { Tensor } from '../../optics/ops/ops.ts';
import { sampledParts } from '../analyses.ts';
import type { ViewRequest } from '../protocol.ts';
import { type Evaluated, type Samples, type Source, valueFor } from './sources.ts';

/** Cells along the longer side of a picture. */
const CELLS = 24;

export interface PolarisationJob {
  readonly tensors: readonly Tensor[];
  /** Null where the cells are not those of the picture. */
  readonly finish: (samplesOf: (tensor: Tensor) => Samples) => PolarisationLattice | null;
}

/** Null where it is not wanted, or the value is no light. */
export function polarisationJob(
  evaluated: Evaluated,
  request: ViewRequest,
  { plane, shape }: Pick<Source, 'plane' | 'shape'>,
): PolarisationJob | null {
  if (request.polarisation !== true) return null;
  const parts = sampledParts(valueFor(evaluated, request));
  if (parts.length === 0 || parts.some(({ kind }) => kind === 'image')) return null;
  return {
    tensors: parts.map(({ samples }) => samples),
    finish: (samplesOf) => {
      const [main, ...others] = parts.map((value) => ({ value, data: samplesOf(value.samples) }));
      if (main === undefined) return null;
      const stokes = stokesPlane([main, ...others], plane + 1);
      const isSame = stokes.rows === shape[0] && stokes.columns === shape[1];
      return isSame ? polarisationLattice(stokes, CELLS) : null;
    },
  };
}
