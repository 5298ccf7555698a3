import { lengthOf } from '../../axes.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { addedTo, goalContract, penaltyInput } from '../../goals/wish.ts';
import { lightsOf } from '../../inputs.ts';
import { localisationBounds } from '../../localisation/precision.ts';
import { boundsByDepth } from '../../localisation/precisionCurves.ts';
import { RESPONSE, RESPONSES } from '../../localisation/precisionFields.ts';
import { precisionNotes, precisionParams, settingsOf } from '../../localisation/precisionParams.ts';
import { precisionAnalysis } from '../../localisation/precisionReport.ts';
import type { Ops, Real } from '../../ops/ops.ts';
import { constantScalar } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import type { Pupil } from '../../values.ts';

const COUNTED: Readonly<Record<string, readonly number[]>> = {
  xyz: [RESPONSE.x, RESPONSE.y, RESPONSE.z],
  xy: [RESPONSE.x, RESPONSE.y],
  z: [RESPONSE.z],
};

const NANOMETRES = 1e9;

export const localisationPrecision: ElementSpec = defineElement({
  ...goalContract,
  rugged: true,
  type: 'localisationPrecision',
  title: 'Localisation precision',
  summary:
    'How well an emitter’s position can be told from its image (Cramér-Rao bound), in nanometres: made small, it designs masks.',
  keywords: [
    'CRLB',
    'Cramér-Rao',
    'Fisher information',
    'PSF engineering',
    'tetrapod',
    'single molecule',
    'goal',
    'depth',
  ],
  inputs: {
    in: { accepts: ['pupil'], title: 'Pupil' },
    penalty: penaltyInput,
  },
  outputs: { out: { type: 'scalar', title: 'Precision, nm' } },
  params: {
    coordinates: {
      kind: 'choice',
      title: 'Coordinates',
      doc: 'Whose standard deviations count; all three, the photons and the background are unknown in any case.',
      default: 'xyz',
      options: [
        { value: 'xyz', title: 'x, y and z' },
        { value: 'xy', title: 'x and y' },
        { value: 'z', title: 'z' },
      ],
      prominent: true,
    },
    over: {
      kind: 'choice',
      title: 'Over the depths',
      doc: 'The mean of all, or nearly the worst of all: the eighth root of the mean of eighth powers, which is smooth.',
      default: 'mean',
      options: [
        { value: 'mean', title: 'Mean' },
        { value: 'worst', title: 'Nearly the worst' },
      ],
    },
    ...precisionParams,
  },
  spectrum: 'whole',
  equation: 'σ_a = √(F⁻¹)_aa,  F_ab = Σ ∂_a μ ∂_b μ / μ,  μ = N h(x, y, z) + b,  ∂h = 2 Re(E* ∂E)',
  references: [
    'Ober, Ram and Ward, Biophys. J. 86, 1185 (2004): limits of localisation',
    'Shechtman et al., Phys. Rev. Lett. 113, 133902 (2014): the best point spread function for depth',
  ],
  sampling: (inputs, params, grid) => precisionNotes(inputs['in'], params, grid),
  forward: (inputs, params, { ops }) => {
    const channels = lightsOf(inputs, 'in', 'pupil');
    for (const light of channels) checkPupil(light);
    const bounds = localisationBounds(ops, channels, settingsOf(params));
    const sigma = summarised(ops, bounds, COUNTED[params.coordinates] ?? [], params.over === 'worst');
    const reading = { title: 'Precision', quantity: 'length', display: 'nm', samples: sigma } as const;
    return addedTo(ops, inputs, constantScalar(1), ops.scale(sigma, NANOMETRES), [reading]);
  },
  analyse: (input, params) => precisionAnalysis([boundsByDepth(input, settingsOf(params))]),
});

function checkPupil(light: Pupil): void {
  if (lengthOf(light, 'plane') > 1) {
    throw new ElementProblem(
      'The precision is computed for depths of its own, but this pupil is a stack of planes already.',
      'Connect the pupil before the focus stack.',
    );
  }
  if (light.reference !== null || light.beside !== undefined) {
    throw new ElementProblem(
      'This light interferes with a wave that does not come from the object: the bounds are those of an emitter on a dark field.',
      'Connect the light of a bead or a dipole, or a plane wave that fills the pupil.',
    );
  }
}

/** Mean over the planes and the chosen columns, or the eighth root of the mean of the eighth powers, [1]. */
function summarised(ops: Ops, bounds: Real, columns: readonly number[], isWorst: boolean): Real {
  const planes = bounds.shape[0] ?? 1;
  const weights = ops.constant(`localisation:counted:${columns.join()}:${planes}`, [RESPONSES], 'real', () =>
    Float64Array.from({ length: RESPONSES }, (_, i) =>
      columns.includes(i) ? 1 / (planes * columns.length) : 0,
    ),
  );
  if (!isWorst) return total(ops, ops.multiply(weights, bounds));
  // In tenths of a micrometre: eighth powers of metres are no numbers of single precision.
  const square = (a: Real) => ops.multiply(a, a);
  const chosen = ops.multiply(
    ops.constant(`localisation:chosen:${columns.join()}`, [RESPONSES], 'real', () =>
      Float64Array.from({ length: RESPONSES }, (_, i) => (columns.includes(i) ? 1e7 : 0)),
    ),
    bounds,
  );
  const eighth = square(square(square(chosen)));
  let mean = total(ops, ops.multiply(weights, eighth));
  for (let i = 0; i < 3; i++) mean = ops.squareRoot(mean);
  return ops.scale(mean, 1e-7);
}

function total(ops: Ops, a: Real): Real {
  return ops.reshape(
    ops.sum(
      a,
      a.shape.map((_, axis) => axis),
    ),
    [1],
  );
}
