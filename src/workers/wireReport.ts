/** What is on a wire: facts, numbers and whether its samples can be trusted. */

import { planesIn, strongest } from '../optics/analysis/hostPlane.ts';
import { powerOf } from '../optics/analysis/power.ts';
import {
  angleReadout,
  lengthReadout,
  numberReadout,
  powerReadout,
  shareReadout,
} from '../optics/analysis/readouts.ts';
import { sampleTruth, verdictOf, worstOf } from '../optics/analysis/wire.ts';
import { lengthOf } from '../optics/axes.ts';
import type { HostValue, Readout } from '../optics/element.ts';
import { planeShape } from '../optics/sampledGrid.ts';
import type { Analysed, AnalysisRequest } from './protocol.ts';

const KINDS = { field: 'Light on a plane', pupil: 'Light in a pupil', image: 'Image' } as const;

/** @param values one per wavelength */
export function wireReport(request: AnalysisRequest, values: readonly [HostValue, ...HostValue[]]): Analysed {
  const main = strongest(values);
  const { value } = main;
  const [rows, columns] = planeShape(value.samples);
  const axes =
    value.kind === 'image'
      ? planesIn(main) > 1
        ? [`${planesIn(main)} planes`]
        : []
      : value.axes.map((axis) => `${lengthOf(value, axis)} ${axis}${lengthOf(value, axis) === 1 ? '' : 's'}`);
  const truths = values.map((each) => ({ truth: sampleTruth(each), kind: each.value.kind }));
  const [first, ...others] = truths.map(({ truth, kind }) => verdictOf(truth, kind));
  const truth = truths[values.indexOf(main)]?.truth;
  return {
    ...request,
    facts: [
      { title: 'What travels', text: KINDS[value.kind] },
      { title: 'Axes', text: [...axes, `${columns} × ${rows} samples`].join(', ') },
    ],
    readouts: [...lightReadouts(values), ...gridReadouts(main), ...truthReadouts(truth), powerLine(values)],
    charts: [],
    health: first === undefined ? null : worstOf([first, ...others]),
  };
}

function lightReadouts(values: readonly HostValue[]): Readout[] {
  const wavelengths = values.flatMap(({ value }) => (value.kind === 'image' ? [] : [value.wavelength.value]));
  const [first] = wavelengths;
  if (first === undefined) return [];
  const [shortest, longest] = [Math.min(...wavelengths), Math.max(...wavelengths)];
  if (shortest === longest) return [lengthReadout('Wavelength', first)];
  return [
    lengthReadout('Shortest wavelength', shortest),
    lengthReadout('Longest wavelength', longest),
    numberReadout('Wavelengths', wavelengths.length),
  ];
}

function gridReadouts({ value }: HostValue): Readout[] {
  const [rows, columns] = planeShape(value.samples);
  if (value.kind === 'pupil') {
    return [
      numberReadout('Radius in samples', value.grid.radius),
      numberReadout('Numerical aperture', value.numericalAperture.value),
    ];
  }
  const pitch = value.pitch.value;
  if (!(pitch > 0)) return [];
  return [lengthReadout('Pitch', pitch), lengthReadout('Extent', Math.max(rows, columns) * pitch)];
}

function truthReadouts(truth: ReturnType<typeof sampleTruth> | undefined): Readout[] {
  if (truth === undefined) return [];
  const phase = truth.phaseStep === null ? [] : [angleReadout('Largest phase step', truth.phaseStep)];
  return [
    ...phase,
    shareReadout('At the edge of the window', truth.edge),
    shareReadout('Near the highest frequency', truth.nearNyquist),
    shareReadout('Band that holds 99 %', truth.band),
  ];
}

function powerLine(values: readonly [HostValue, ...HostValue[]]): Readout {
  const power = values.reduce((sum, each) => sum + powerOf(each), 0);
  const [{ value }] = values;
  if (value.kind === 'field' || (value.kind === 'image' && value.unit === 'W'))
    return powerReadout('Power', power);
  return numberReadout(value.kind === 'image' ? 'Sum of a plane' : 'Mean power in the pupil', power);
}
