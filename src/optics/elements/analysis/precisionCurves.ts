import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { boundsByDepth } from '../../localisation/precisionCurves.ts';
import { precisionNotes, precisionParams, settingsOf } from '../../localisation/precisionParams.ts';
import { precisionAnalysis } from '../../localisation/precisionReport.ts';
import { passes } from './analysisParts.ts';

export const precisionCurves: ElementSpec = defineElement({
  type: 'precisionCurves',
  version: 1,
  category: 'analysis',
  title: 'Precision by depth',
  summary:
    'How well an emitter’s x, y and z can be told at each depth (Cramér-Rao bounds), of one pupil or of two side by side.',
  keywords: [
    'CRLB',
    'Cramér-Rao',
    'Fisher information',
    'localisation',
    'compare',
    'mask',
    'PSF engineering',
  ],
  inputs: {
    in: { accepts: ['pupil'], title: 'Pupil' },
    other: { accepts: ['pupil'], title: 'Pupil to compare with', optional: true },
  },
  outputs: { out: { type: { like: 'in' }, title: 'Unchanged' } },
  params: precisionParams,
  ...passes,
  equation: 'σ_a(z) = √(F⁻¹)_aa,  F_ab = Σ ∂_a μ ∂_b μ / μ,  μ = N h(x, y, z) + b',
  references: ['Ober, Ram and Ward, Biophys. J. 86, 1185 (2004): limits of localisation'],
  sampling: (inputs, params, grid) => precisionNotes(inputs['in'], params, grid),
  analyse: (input, params, second, secondName) => {
    const settings = settingsOf(params);
    const designs = [input, second].filter((values) => values.length > 0);
    return precisionAnalysis(
      designs.map((values) => boundsByDepth(values, settings)),
      secondName,
    );
  },
});
