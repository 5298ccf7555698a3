import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { divideScalars, multiplyScalars } from '../../ops/scalar.ts';
import { phaseMap, planeShape } from '../../sampledGrid.ts';
import { rotation } from '../masks/maskParams.ts';
import { lensLength, lensNotes, powerOf } from './lensParams.ts';

export const cylindricalLens: ElementSpec = defineElement({
  type: 'cylindricalLens',
  version: 1,
  category: 'lenses',
  title: 'Cylindrical lens',
  summary: 'Focuses in one direction only: a line focus, or astigmatism that tells depth.',
  keywords: ['cylinder', 'line focus', 'astigmatism', 'light sheet', 'anamorphic'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    focalLength: lensLength('Focal length', 'Focal length f across the lens; positive converges.', {
      default: 0.1,
      soft: [0.01, 1],
      prominent: true,
    }),
    rotation: {
      ...rotation,
      doc: 'Direction in which light is focused, from +x towards +y; the line focus lies across it.',
      prominent: true,
    },
  },
  power: 'keeps',
  linearIn: 'in',
  equation: 't(x, y) = exp[-i k (x cos α + y sin α)² / 2f]',
  references: ['Saleh and Teich, Fundamentals of Photonics: cylindrical lenses'],
  sampling: (inputs, params, grid) => {
    const light = inputs['in'];
    if (light?.kind !== 'field' || params.focalLength.value === 0) return [];
    return lensNotes(light, light.refractiveIndex.value / params.focalLength.value, 0, grid);
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const [n] = planeShape(light.samples);
    // Turns of phase per squared sample.
    const square = multiplyScalars(multiplyScalars(light.pitch, light.pitch), -0.5);
    const turns = divideScalars(
      multiplyScalars(powerOf(light, params.focalLength), square),
      light.wavelength,
    );
    const args = [
      { scalar: turns, scale: 1 },
      { scalar: params.rotation, scale: 1 },
    ];
    const phase = phaseMap(
      ops,
      'cylindricalLens',
      n,
      light.pitch,
      args,
      ([perSquare = 0, angle = 0], pitch) => {
        const [cosine, sine] = [Math.cos(angle) / pitch, Math.sin(angle) / pitch];
        return (x, y) => 2 * Math.PI * perSquare * (x * cosine + y * sine) ** 2;
      },
    );
    const samples = ops.multiply(light.samples, ops.phasor(phase));
    return { out: { ...light, samples, planeWaves: null } };
  },
});
