import { hostPlane, largest } from '../../analysis/hostPlane.ts';
import { lengthAxis, lengthReadout, numberReadout } from '../../analysis/readouts.ts';
import { lineThrough, moments, peakPlace, widthAt, withoutBackground } from '../../analysis/widths.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { backgroundParam, passes, planeParam } from './analysisParts.ts';

export const spotWidths: ElementSpec = defineElement({
  type: 'spotWidths',
  version: 1,
  category: 'analysis',
  title: 'Spot widths',
  summary: 'Widths of a spot or beam: full width at half maximum, at 1/e², and from second moments.',
  keywords: ['FWHM', 'PSF', 'beam width', 'D4sigma', 'centroid', 'spot size'],
  inputs: { in: { accepts: ['image', 'field'], title: 'Light or image' } },
  outputs: { out: { type: { like: 'in' }, title: 'Unchanged' } },
  params: { plane: planeParam, background: backgroundParam },
  ...passes,
  equation: 'D4σ = 4 [Σ I (x − x̄)² / Σ I]^½',
  references: ['ISO 11146-1: beam widths from second moments'],
  analyse: (input, params) => {
    const seen = hostPlane(input, params.plane);
    const plane = params.background ? withoutBackground(seen) : seen;
    const spot = moments(plane);
    const peak = peakPlace(plane);
    const lines = { x: lineThrough(plane, 'x', peak), y: lineThrough(plane, 'y', peak) };
    const width = (axis: 'x' | 'y', share: number) => {
      const samples = widthAt(lines[axis], share);
      return samples === null ? null : samples * plane.pitch;
    };
    const highest = largest(plane.data);
    const line = (axis: 'x' | 'y') => {
      const values = lines[axis];
      const middle = Math.floor(values.length / 2);
      return {
        title: axis,
        x: Float64Array.from(values, (_, i) => (i - middle) * plane.pitch),
        y: values.map((value) => value / highest),
      };
    };
    return {
      readouts: [
        lengthReadout('FWHM x', width('x', 0.5)),
        lengthReadout('FWHM y', width('y', 0.5)),
        lengthReadout('D4σ x', 4 * spot.sigmaX),
        lengthReadout('D4σ y', 4 * spot.sigmaY),
        lengthReadout('1/e² width x', width('x', Math.exp(-2))),
        lengthReadout('1/e² width y', width('y', Math.exp(-2))),
        lengthReadout('Centroid x', spot.x),
        lengthReadout('Centroid y', spot.y),
        numberReadout('Ellipticity', Math.min(spot.sigmaX, spot.sigmaY) / Math.max(spot.sigmaX, spot.sigmaY)),
      ],
      charts: [
        {
          title: 'Through the peak',
          x: lengthAxis('Position', (plane.columns * plane.pitch) / 2),
          y: { title: 'Intensity over peak', quantity: 'dimensionless', display: '' },
          lines: [line('x'), line('y')],
        },
      ],
    };
  },
});
