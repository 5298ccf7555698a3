import { pitchLayout, spreadCells, throughMask } from '../../cells.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { mapPenalty, penaltyParams } from '../../mapPenalty.ts';
import type { Ops, Real } from '../../ops/ops.ts';
import { planeShape } from '../../sampledGrid.ts';
import { devicePitchParam, pixelsNotes, pixelsParam } from './pixelParams.ts';

const OPEN: readonly [number, number] = [0, 1];

/**
 * Mirrors on where the map is 1/2 or more. The derivative is that of a ramp that is steepest at 1/2 and never flat,
 * sin²(π (m + 1/8) / 2.5): mirrors near a change learn fastest, none is lost at the ends.
 */
function mirrors(ops: Ops, map: Real): Real {
  const number = (value: number) => ops.constant(`dmd:${value}`, [1], 'real', () => Float64Array.of(value));
  const on = ops.round(ops.subtract(map, number(1e-6)));
  const turned = ops.scale(ops.add(map, number(0.125)), (2 * Math.PI) / 2.5);
  const cosine = ops.realPart(ops.phasor(turned));
  return ops.straightThrough(on, ops.scale(ops.subtract(number(1), cosine), 0.5));
}

export const dmd: ElementSpec = defineElement({
  type: 'dmd',
  version: 1,
  category: 'masks',
  title: 'DMD',
  summary:
    'Tiny mirrors that send light on or away: a mask of zeros and ones, which a fit can learn all the same.',
  keywords: ['digital micromirror device', 'binary', 'amplitude', 'hologram', 'pixels', 'mirror'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' }, penalty: { type: 'scalar', title: 'Penalty' } },
  params: {
    mirrors: {
      kind: 'map',
      quantity: 'dimensionless',
      title: 'Mirrors',
      doc: 'A mirror is on where its value is above a half. Values between are kept while a fit learns, with a smooth derivative in place of the step.',
      default: 1,
      min: 0,
      max: 1,
      soft: OPEN,
      display: '',
      learnable: true,
      step: 0.1,
      cells: 'pixels',
      rounded: true,
      prominent: true,
    },
    pixels: pixelsParam,
    pixelPitch: devicePitchParam,
    fillFactor: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Fill factor',
      doc: 'Share of the area that is mirror: its amplitude goes into the order that is modelled, on the axis. The other orders of the tilted mirrors are not followed.',
      default: 0.92,
      min: 0,
      max: 1,
      soft: [0.7, 1],
      display: '%',
      scale: 'linear',
      learnable: true,
      step: 0.01,
    },
    ...penaltyParams,
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 't = F [m ≥ 1/2]',
  references: ['Bengio, Léonard and Courville, arXiv:1308.3432 (2013): straight-through derivatives'],
  sampling: (inputs, params, grid) => pixelsNotes(inputs['in'], params.pixels, params.pixelPitch.value, grid),
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const [n] = planeShape(light.samples);
    const layout = pitchLayout(light, params.pixelPitch.value);
    const mask = spreadCells(ops, mirrors(ops, params.mirrors), n, layout, 'nearest');
    return {
      out: throughMask(ops, light, ops.scaleBy(mask, params.fillFactor)),
      penalty: mapPenalty(ops, params.mirrors, params, OPEN),
    };
  },
});
