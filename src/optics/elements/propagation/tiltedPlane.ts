import { lengthOf } from '../../axes.ts';
import type { ElementSpec, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { finerSamples } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { ElementProblem } from '../../problem.ts';
import { inMetres } from '../../propagation/choice.ts';
import { ontoTiltedPlane, tiltError } from '../../propagation/tilt.ts';
import { planeShape } from '../../sampledGrid.ts';

export const tiltedPlane: ElementSpec = defineElement({
  type: 'tiltedPlane',
  version: 1,
  category: 'propagation',
  title: 'Tilted plane',
  summary: 'The same light seen on a plane that is tilted around its middle.',
  keywords: ['tilt', 'rotate', 'oblique', 'screen', 'inclined', 'plane', 'Scheimpflug'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light on the tilted plane' } },
  params: {
    angle: {
      kind: 'quantity',
      quantity: 'angle',
      title: 'Angle',
      doc: 'How far the normal of the plane leans against the axis.',
      default: 0.2,
      min: -1.4,
      max: 1.4,
      soft: [-1, 1],
      display: 'deg',
      scale: 'linear',
      learnable: true,
      step: 1e-2,
      prominent: true,
    },
    towards: {
      kind: 'choice',
      title: 'Towards',
      doc: 'Direction to which the normal leans for positive angles: +x (right) or +y (down).',
      default: 'x',
      options: [
        { value: 'x', title: '+x' },
        { value: 'y', title: '+y' },
      ],
      prominent: true,
    },
    around: {
      kind: 'choice',
      title: 'Light travels',
      doc: 'Along the axis: a tilted screen, the even phase of its tilt left out. Along the normal: light that was tilted becomes axial.',
      default: 'axis',
      options: [
        { value: 'axis', title: 'along the axis' },
        { value: 'normal', title: 'along the plane’s normal' },
      ],
      prominent: true,
    },
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'u(x′, y′) = Σ U(f) sqrt(cos θ′/cos θ) exp{i [2π (fx x′ cos α + fy y′) - kz x′ sin α]}',
  references: ['Matsushima, Schimmel and Wyrowski, J. Opt. Soc. Am. A 20, 1755 (2003): tilted planes'],
  sampling: (inputs, params, document) => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const [n] = planeShape(light.samples);
    const pitch = light.pitch.value;
    const [angle, lambda, index] = [params.angle.value, light.wavelength.value, light.refractiveIndex.value];
    const around = params.around === 'normal' ? 'normal' : 'axis';
    const grid = lambda / (2 * index * pitch);
    const notes: SamplingNote[] = [];
    if (around === 'normal' && Math.abs(Math.sin(angle)) > grid) {
      notes.push({
        severity: 'warning',
        message: `Light along the normal of this plane cannot be sampled before it: its tilt turns the phase by more than half a turn per sample.`,
        fix: `Use a pitch below ${inMetres(lambda / (2 * index * Math.abs(Math.sin(angle))))}, a smaller angle, or let the light travel along the axis.`,
        ...finerSamples(pitch, document, lambda / (2 * index * Math.abs(Math.sin(angle)))),
      });
    }
    const error = tiltError([angle, lambda, index], around, n * pitch, Math.min(0.3, grid / 2));
    if (error > 1) {
      notes.push({
        severity: 'warning',
        message: `The steepest light of this grid may be off by ${error < 1e3 ? error.toPrecision(2) : error.toExponential(0)} rad at the edge of the tilted plane; slender beams are not.`,
        fix: 'Use a coarser pitch if your light is not steep, or a smaller window or angle.',
      });
    }
    return notes;
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    if (lengthOf(light, 'component') > 2) {
      throw new ElementProblem(
        'This light has a component of the field along the axis; a tilted plane has another axis, to which the components are not turned.',
        'Use light of one or two components: choose a scalar field at the source.',
      );
    }
    const tilt = {
      angle: params.angle,
      towards: params.towards === 'y' ? 'y' : 'x',
      around: params.around === 'normal' ? 'normal' : 'axis',
    } as const;
    const samples = ontoTiltedPlane(ops, light.samples, light.pitch, light, tilt);
    return { out: { ...light, samples, planeWaves: null } };
  },
});
