import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { divideScalars, multiplyScalars } from '../../ops/scalar.ts';
import { steepPhaseNotes } from '../../phaseNotes.ts';
import { ElementProblem } from '../../problem.ts';
import { amplitudeMap, phaseMap, planeShape } from '../../sampledGrid.ts';
import { softDisc } from '../../softShapes.ts';
import {
  angleArgument,
  behindMask,
  centreParams,
  edgeArgument,
  localFrame,
  maskLength,
  rotation,
} from './maskParams.ts';

/** Distance squared to the nearest lens; one lens is centred. Hexagonal rows lie along x. */
function toNearest(layout: string, spacing: number): (x: number, y: number) => number {
  const squared = (x: number, y: number, rowX: number, rowY: number) => {
    const dx = x - rowX - spacing * Math.round((x - rowX) / spacing);
    return dx * dx + (y - rowY) ** 2;
  };
  if (layout === 'square') return (x, y) => squared(x, y, 0, spacing * Math.round(y / spacing));
  const rowHeight = (spacing * Math.sqrt(3)) / 2;
  return (x, y) => {
    const above = Math.floor(y / rowHeight);
    const row = (index: number) => squared(x, y, index % 2 === 0 ? 0 : spacing / 2, index * rowHeight);
    return Math.min(row(above), row(above + 1));
  };
}

export const microlensArray: ElementSpec = defineElement({
  type: 'microlensArray',
  version: 1,
  category: 'masks',
  title: 'Microlens array',
  summary: 'Many small lenses side by side: a grid of foci that shifts with the slope of the wavefront.',
  keywords: ['lenslet', 'shack-hartmann', 'wavefront sensor', 'light field', 'hexagonal'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    layout: {
      kind: 'choice',
      title: 'Layout',
      doc: 'Lenses in squares, or close-packed in rows along x.',
      default: 'square',
      options: [
        { value: 'square', title: 'Square' },
        { value: 'hexagonal', title: 'Hexagonal' },
      ],
    },
    spacing: maskLength(
      'Spacing',
      'Distance between the centres of neighbouring lenses; one lies at the centre.',
      {
        default: 300e-6,
        soft: [50e-6, 2e-3],
        prominent: true,
      },
    ),
    focalLength: maskLength('Focal length', 'Focal length of each lens; positive converges.', {
      default: 15e-3,
      min: -1e3,
      max: 1e3,
      soft: [1e-3, 0.1],
      display: 'mm',
      step: 1e-3,
      prominent: true,
    }),
    diameter: maskLength(
      'Lens diameter',
      'Clear diameter of each lens; light between is stopped. 0: the lenses fill the plane.',
      {
        default: 0,
        soft: [0, 1e-3],
      },
    ),
    ...centreParams,
    rotation,
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 't = exp(-i k ρ² / 2f), ρ the distance to the nearest lens’s centre',
  references: ['Platt and Shack, J. Refract. Surg. 17, S573 (2001)'],
  sampling: (inputs, params, grid) => {
    const light = inputs['in'];
    if (light?.kind !== 'field' || params.focalLength.value === 0) return [];
    const reach = params.spacing.value * Math.SQRT1_2;
    const lambda = light.wavelength.value / light.refractiveIndex.value;
    const cycles = reach / (lambda * params.focalLength.value);
    return steepPhaseNotes(
      {
        cyclesPerMetre: cycles,
        pitch: light.pitch.value,
        where: 'At the edge of a lens',
        effect: 'ghost foci appear',
        instead: 'a longer focal length or a smaller spacing',
      },
      grid,
    );
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    if (params.focalLength.value === 0) {
      throw new ElementProblem('A focal length of 0 has no meaning.', 'Give the lenses a focal length.');
    }
    const [n] = planeShape(light.samples);
    const { layout } = params;
    const curvature = divideScalars(
      light.refractiveIndex,
      multiplyScalars(multiplyScalars(light.wavelength, params.focalLength), 2),
    );
    const args = [
      { scalar: params.spacing, scale: light.pitch.value / n },
      edgeArgument(params.x, light),
      edgeArgument(params.y, light),
      angleArgument(params.rotation, n),
    ];
    const bend = { scalar: curvature, scale: light.pitch.value ** -2 };
    const phase = phaseMap(ops, `microlensArray:${layout}`, n, light.pitch, [...args, bend], (values) => {
      const [spacing = 1, x0 = 0, y0 = 0, turn = 0, turns = 0] = values;
      const [frame, nearest] = [localFrame(x0, y0, turn), toNearest(layout, spacing)];
      return (x, y) => -2 * Math.PI * turns * nearest(...frame(x, y));
    });
    const bent = behindMask(ops, light, ops.phasor(phase));
    if (params.diameter.value === 0) return { out: bent };
    const rim = edgeArgument(params.diameter, light);
    const open = amplitudeMap(
      ops,
      `microlensArray:rim:${layout}`,
      n,
      light.pitch,
      [...args, rim],
      (values, pitch) => {
        const [spacing = 1, x0 = 0, y0 = 0, turn = 0, diameter = 0] = values;
        const [frame, nearest] = [localFrame(x0, y0, turn), toNearest(layout, spacing)];
        return (x, y) => softDisc(Math.sqrt(nearest(...frame(x, y))), diameter / 2, pitch);
      },
    );
    return { out: behindMask(ops, bent, open) };
  },
});
