/** What lenses share. */
import type { QuantityParam, SamplingNote, SimulationGrid } from '../../element.ts';
import { discOverlap } from '../../maths/disc.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import {
  constantScalar,
  divideScalars,
  multiplyScalars,
  type Scalar,
  subtractScalars,
} from '../../ops/scalar.ts';
import { steepPhaseNotes } from '../../phaseNotes.ts';
import { ElementProblem } from '../../problem.ts';
import { quadraticPhase } from '../../propagation/quadraticPhase.ts';
import { quantityFamily } from '../../quantityFamily.ts';
import { planeShape } from '../../sampledGrid.ts';
import type { Field } from '../../values.ts';

/** A length of a lens or a distance beside it. */
export const lensLength = quantityFamily({
  quantity: 'length',
  min: -1e3,
  max: 1e3,
  display: 'mm',
  step: 1e-4,
});

export const stopDiameter: QuantityParam = {
  kind: 'quantity',
  quantity: 'length',
  title: 'Diameter',
  doc: 'Clear aperture; light outside is stopped. 0 means no stop.',
  default: 0,
  min: 0,
  max: 10,
  soft: [0, 5e-3],
  display: 'mm',
  scale: 'linear',
  learnable: true,
  step: 1e-5,
};

/** Light behind a round stop about the axis: each sample passes the share of it that is open. */
export function behindStop(ops: Ops, light: Field, diameter: Scalar): Field {
  if (diameter.value <= 0) return light;
  const [n] = planeShape(light.samples);
  const centre = Math.floor(n / 2);
  const radius = divideScalars(multiplyScalars(diameter, 0.5), light.pitch);
  const open = ops.hostMap(
    [radius],
    [n, n],
    'real',
    ([r = 0]) => {
      const { coverage, byRadius } = discOverlap([n, n], [centre, centre], r);
      return { value: coverage, partials: [byRadius] };
    },
    'lens:stop',
  );
  return { ...light, samples: ops.multiply(light.samples, open), planeWaves: null };
}

/** exp(-iπ power r² / λ): a thin lens of this power, n/f (1/m). */
export function bentBy(ops: Ops, light: Field, power: Scalar): Complex {
  const [n] = planeShape(light.samples);
  const square = multiplyScalars(multiplyScalars(light.pitch, light.pitch), -Math.PI);
  const curvature = divideScalars(multiplyScalars(power, square), light.wavelength);
  return ops.multiply(light.samples, ops.phasor(quadraticPhase(ops, n, curvature)));
}

/** n/f, the power of a lens of this focal length in the light's medium (1/m). */
export function powerOf(light: Field, focalLength: Scalar): Scalar {
  if (focalLength.value === 0) {
    throw new ElementProblem('A focal length of 0 has no meaning.', 'Give the lens a focal length.');
  }
  return divideScalars(light.refractiveIndex, focalLength);
}

/** Power of a surface of this radius of curvature between two indices; a radius of 0 stands for a flat one. */
export function surfacePower(radius: Scalar, before: Scalar, behind: Scalar): Scalar {
  if (radius.value === 0) return constantScalar(0);
  return divideScalars(subtractScalars(behind, before), radius);
}

/** The warning for a phase that a lens turns by more than π per sample at its rim. */
export function lensNotes(
  light: Field,
  power: number,
  diameter: number,
  grid: SimulationGrid,
): readonly SamplingNote[] {
  const pitch = light.pitch.value;
  const half = (planeShape(light.samples)[0] * pitch) / 2;
  const reach = diameter > 0 ? Math.min(diameter / 2, half) : half;
  const cycles = (reach * power) / light.wavelength.value;
  return steepPhaseNotes(
    {
      cyclesPerMetre: cycles,
      pitch,
      where: 'At the edge of the lens',
      effect: 'ghost foci appear',
      instead: 'a longer focal length or a smaller diameter',
    },
    grid,
  );
}
