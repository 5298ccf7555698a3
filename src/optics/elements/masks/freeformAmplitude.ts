import { fillingLayout, spreadCells, throughMask } from '../../cells.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { mapPenalty, penaltyParams } from '../../mapPenalty.ts';
import { planeShape } from '../../sampledGrid.ts';
import { cellMapNotes, cellsParam, interpolationParam } from './cellParams.ts';

const OPEN: readonly [number, number] = [0, 1];

export const freeformAmplitude: ElementSpec = defineElement({
  type: 'freeformAmplitude',
  version: 1,
  category: 'masks',
  title: 'Amplitude map',
  summary: 'An absorbing mask cell by cell, painted, uploaded or learned: a slide, a shaded aperture.',
  keywords: ['free-form', 'transmission', 'slide', 'apodisation', 'mask', 'paint', 'upload', 'pixels'],
  inputs: { in: { accepts: ['field', 'pupil'], title: 'Light' } },
  outputs: { out: { type: { like: 'in' }, title: 'Light' }, penalty: { type: 'scalar', title: 'Penalty' } },
  params: {
    transmission: {
      kind: 'map',
      quantity: 'dimensionless',
      title: 'Transmission',
      doc: 'Amplitude that each cell lets through, from 0 to 1; its square is the share of the power. Learned cell by cell.',
      default: 1,
      min: 0,
      max: 1,
      soft: OPEN,
      display: '',
      learnable: true,
      step: 0.1,
      cells: 'cells',
      prominent: true,
    },
    cells: cellsParam('window, or of the square around the disc of a pupil'),
    interpolation: interpolationParam,
    ...penaltyParams,
  },
  power: 'keepsOrLoses',
  followsWindow: () => 'shape',
  linearIn: 'in',
  equation: 't(x, y) = a(x, y), 0 ≤ a ≤ 1',
  references: [],
  sampling: (inputs, params, _grid, _wavelengths, windows) =>
    cellMapNotes(inputs['in'], params.cells, windows),
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field', 'pupil');
    const [n] = planeShape(light.samples);
    const between = params.interpolation === 'linear' ? 'linear' : 'nearest';
    const mask = spreadCells(ops, params.transmission, n, fillingLayout(light, params.cells), between);
    return {
      out: throughMask(ops, light, mask),
      penalty: mapPenalty(ops, params.transmission, params, OPEN),
    };
  },
});
