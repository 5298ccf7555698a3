import type { ElementSpec, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { phasorScalar } from '../../jones.ts';
import { divideScalars, isConstant, multiplyScalars } from '../../ops/scalar.ts';
import { scaledLight } from '../../polarisation.ts';
import { phaseMap, planeShape } from '../../sampledGrid.ts';

const tilt = (title: string, axis: string) =>
  ({
    kind: 'quantity',
    quantity: 'angle',
    title,
    doc: `Angle by which the light is turned towards ${axis}: twice the tilt of a mirror.`,
    default: 0,
    min: -1.5,
    max: 1.5,
    soft: [-5e-3, 5e-3],
    display: 'mrad',
    scale: 'linear',
    learnable: true,
    step: 1e-4,
    prominent: true,
  }) as const;

export const mirror: ElementSpec = defineElement({
  type: 'mirror',
  version: 1,
  category: 'interferometers',
  title: 'Mirror (delay and tilt)',
  summary: 'The end of an interferometer’s arm: makes the light’s way longer and turns it a little.',
  keywords: ['delay line', 'path difference', 'piston', 'tilt', 'michelson', 'arm', 'OPD', 'coherence'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    pathLength: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Extra path',
      doc: 'Geometrical path that this arm is longer than the other, there and back; the phase is 2π n L / λ at each wavelength. Propagation over a distance adds no such phase.',
      default: 0,
      min: -1e3,
      max: 1e3,
      soft: [-10e-6, 10e-6],
      display: 'µm',
      scale: 'linear',
      learnable: true,
      step: 20e-9,
      prominent: true,
    },
    tiltX: tilt('Turn towards x', '+x'),
    tiltY: tilt('Turn towards y', '+y (down the rows)'),
  },
  power: 'keeps',
  linearIn: 'in',
  equation: 'u_out = u exp[i k (L + x sin α + y sin β)]',
  references: ['Born and Wolf, Principles of Optics: two-beam interference'],
  sampling: (inputs, params): readonly SamplingNote[] => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const sine = Math.max(Math.abs(Math.sin(params.tiltX.value)), Math.abs(Math.sin(params.tiltY.value)));
    const step = (2 * light.refractiveIndex.value * sine * light.pitch.value) / light.wavelength.value;
    if (step < 1) return [];
    return [
      {
        severity: 'warning',
        message: `The tilt turns the phase by ${step.toFixed(2)} π per sample: the wave is aliased.`,
        fix: 'Reduce the tilt or the grid pitch.',
      },
    ];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const waves = divideScalars(multiplyScalars(light.refractiveIndex, params.pathLength), light.wavelength);
    const delayed =
      waves.value === 0 && isConstant(waves)
        ? light
        : scaledLight(ops, light, phasorScalar(multiplyScalars(waves, 2 * Math.PI)));
    const { tiltX, tiltY } = params;
    const isStraight = tiltX.value === 0 && tiltY.value === 0 && isConstant(tiltX) && isConstant(tiltY);
    if (isStraight) return { out: { ...delayed, isAxialPlaneWave: light.isAxialPlaneWave } };
    const phase = phaseMap(
      ops,
      'mirror:tilt',
      planeShape(light.samples)[0],
      light.pitch,
      [
        { scalar: light.wavelength, scale: light.wavelength.value },
        { scalar: light.refractiveIndex, scale: 1 },
        { scalar: tiltX, scale: 1e-2 },
        { scalar: tiltY, scale: 1e-2 },
      ],
      ([lambda = 1, index = 1, alpha = 0, beta = 0]) => {
        const k = (2 * Math.PI * index) / lambda;
        const [kx, ky] = [k * Math.sin(alpha), k * Math.sin(beta)];
        return (x, y) => kx * x + ky * y;
      },
    );
    const samples = ops.multiply(delayed.samples, ops.phasor(phase));
    return { out: { ...delayed, samples, isAxialPlaneWave: false } };
  },
});
