import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import {
  complexScalar,
  cosine,
  type JonesMatrix,
  rotation,
  scaledMatrix,
  sine,
  timesMatrix,
} from '../../jones.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import { isConstant, multiplyScalars, type Scalar } from '../../ops/scalar.ts';
import { changed, jonesForm, type SampledLight, throughJones } from '../../polarisation.ts';
import { ElementProblem } from '../../problem.ts';
import { planeShape } from '../../sampledGrid.ts';
import { axisAngle, retardanceInWaves } from './polarisationParams.ts';

const [ONE, I, MINUS_I] = [
  complexScalar(Math.SQRT1_2),
  complexScalar(0, Math.SQRT1_2),
  complexScalar(0, -Math.SQRT1_2),
];
/** From (Ex, Ey) to the parts along (1, i)/√2 and (1, -i)/√2, and back. */
const TO_CIRCULAR: JonesMatrix = [ONE, MINUS_I, ONE, I];
const FROM_CIRCULAR: JonesMatrix = [ONE, ONE, I, MINUS_I];
const MIRROR: JonesMatrix = [complexScalar(1), complexScalar(0), complexScalar(0), complexScalar(-1)];

/** What turning by `charge` times the azimuth means to left and right circular light: [2, n, n]. */
function spirals(ops: Ops, n: number, charge: number): Complex {
  return ops.constant(`qPlate:${n}:${charge}`, [2, n, n], 'complex', () => {
    const data = new Float64Array(4 * n * n);
    for (let i = 0; i < n * n; i++) {
      const azimuth = Math.atan2(Math.floor(i / n) - Math.floor(n / 2), (i % n) - Math.floor(n / 2));
      const [c, s] = [Math.cos(charge * azimuth), Math.sin(charge * azimuth)];
      data.set([c, -s], 2 * i);
      data.set([c, s], 2 * (n * n + i));
    }
    return data;
  });
}

/** cos(δ/2) - i sin(δ/2) R(charge φ) R(2α) diag(1, -1), with R a rotation and φ the azimuth. */
function throughPlate(
  ops: Ops,
  light: SampledLight,
  charge: number,
  angle: Scalar,
  half: Scalar,
): SampledLight {
  const [n] = planeShape(light.samples);
  const turn = timesMatrix(rotation(multiplyScalars(angle, 2)), MIRROR);
  const converted = multiplyScalars(sine(half), -1);
  const share = scaledMatrix(complexScalar(0, converted), timesMatrix(TO_CIRCULAR, turn));
  const circular = throughJones(ops, light, share);
  const spiral = changed(
    circular,
    (samples) => ops.multiply(samples, spirals(ops, n, charge)),
    circular.axes,
  );
  const turned = throughJones(ops, spiral, FROM_CIRCULAR);
  const kept = cosine(half);
  if (isConstant(kept) && Math.abs(kept.value) < 1e-15) return turned;
  const straight = ops.scaleBy(jonesForm(ops, light).samples, kept);
  return changed(turned, (samples) => ops.add(samples, straight), turned.axes);
}

export const qPlate: ElementSpec = defineElement({
  type: 'qPlate',
  version: 1,
  category: 'polarisation',
  title: 'q-plate (radial polarisation)',
  summary:
    'A half-wave plate whose axis turns with the azimuth: makes radially and azimuthally polarised light and vortices.',
  keywords: ['radial', 'azimuthal', 'vector beam', 's-waveplate', 'vortex', 'doughnut', 'polariser', 'jones'],
  inputs: { in: { accepts: ['field', 'pupil'], title: 'Light' } },
  outputs: { out: { type: { like: 'in' }, title: 'Light' } },
  params: {
    charge: {
      kind: 'integer',
      title: 'Turns of the field',
      doc: 'Turns of the polarisation in one round (2q): 1 makes radial light of light along x; 0 is an even plate.',
      default: 1,
      min: -32,
      max: 32,
      prominent: true,
    },
    angle: axisAngle(
      'Axis at azimuth 0',
      'Direction of the fast axis on the +x side. 0° makes radial, 45° azimuthal light of light along x.',
    ),
    retardance: retardanceInWaves('Retardance in waves; half a wave converts all light.', {
      default: 0.5,
      prominent: false,
    }),
  },
  power: 'keeps',
  linearIn: 'in',
  equation: 'J = cos(δ/2) - i sin(δ/2) [[cos 2α, sin 2α], [sin 2α, -cos 2α]],  α = q φ + α₀',
  references: [
    'Marrucci, Manzo and Paparo, Phys. Rev. Lett. 96, 163905 (2006)',
    'Zhan, Adv. Opt. Photon. 1, 1 (2009)',
  ],
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field', 'pupil');
    if (light.kind === 'pupil' && light.reference !== null) {
      throw new ElementProblem(
        'The reference wave of a hologram goes through the centre of the plate, where its axis has no direction.',
        'Place the plate where there is no reference wave.',
      );
    }
    const half = multiplyScalars(params.retardance, Math.PI);
    return { out: throughPlate(ops, light, params.charge, params.angle, half) };
  },
});
