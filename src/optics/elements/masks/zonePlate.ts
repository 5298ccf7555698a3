import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { finerSamples } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { divideScalars, multiplyScalars, type Scalar, subtractScalars } from '../../ops/scalar.ts';
import type { MapArgument } from '../../sampledGrid.ts';
import { planeShape, transmissionMap } from '../../sampledGrid.ts';
import { divided, openShare, softDisc, type Transmission, turned } from '../../softShapes.ts';
import {
  behindMask,
  centreParams,
  designWavelength,
  edgeArgument,
  maskLength,
  phaseRatio,
} from './maskParams.ts';

type Kind = 'amplitude' | 'phase' | 'sine';

/** Focal length of the first order: path differences to it grow by half a wavelength from zone to zone. */
function firstOrderFocus(params: {
  readonly given: string;
  readonly focalLength: Scalar;
  readonly firstRadius: Scalar;
  readonly order: number;
  readonly designWavelength: Scalar;
}): Scalar {
  const lambda = params.designWavelength;
  if (params.given === 'focalLength') return multiplyScalars(params.focalLength, params.order);
  const { firstRadius } = params;
  return subtractScalars(
    divideScalars(multiplyScalars(firstRadius, firstRadius), lambda),
    multiplyScalars(lambda, 0.25),
  );
}

/** Transmission at a distance r from the centre; zone 0 is the inner one. */
function zones(kind: Kind, focus: number, lambda: number, phase: number, width: number, swapped: boolean) {
  const even: Transmission = kind === 'phase' ? turned(swapped ? phase : 0) : [swapped ? 0 : 1, 0];
  const odd: Transmission = kind === 'phase' ? turned(swapped ? 0 : phase) : [swapped ? 1 : 0, 0];
  const zone = (index: number) => (index % 2 === 0 ? even : odd);
  return (r: number): Transmission => {
    const distance = Math.sqrt(r * r + focus * focus);
    // √(r² + f²) - f without cancellation.
    const count = (2 * r * r) / (distance + focus) / lambda;
    if (kind === 'sine') return [0.5 * (1 + (swapped ? -1 : 1) * Math.cos(Math.PI * count)), 0];
    const edge = Math.round(count);
    if (edge === 0) return zone(0);
    const zonesPerMetre = (2 * r) / (lambda * distance);
    return divided(openShare((count - edge) / zonesPerMetre / width), zone(edge), zone(edge - 1));
  };
}

export const zonePlate: ElementSpec = defineElement({
  type: 'zonePlate',
  version: 1,
  category: 'masks',
  title: 'Zone plate',
  summary: 'Rings that focus by diffraction, with foci at f, f/3, f/5 … and as many virtual ones.',
  keywords: ['fresnel', 'zones', 'focus', 'diffractive lens', 'gabor', 'kinoform'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    kind: {
      kind: 'choice',
      title: 'Kind',
      doc: 'Dark rings pass 10 % of the light to the focus, phase rings of π 41 %, smooth rings have one focus only.',
      default: 'amplitude',
      options: [
        { value: 'amplitude', title: 'Dark rings' },
        { value: 'phase', title: 'Phase rings' },
        { value: 'sine', title: 'Smooth (Gabor)' },
      ],
      prominent: true,
    },
    given: {
      kind: 'choice',
      title: 'Given by',
      doc: 'Which number sets the rings.',
      default: 'focalLength',
      options: [
        { value: 'focalLength', title: 'Focal length' },
        { value: 'firstRadius', title: 'First radius' },
      ],
    },
    focalLength: maskLength(
      'Focal length',
      'Distance of the focus of the chosen order at the design wavelength.',
      {
        default: 0.125,
        soft: [0.01, 1],
        display: 'mm',
        step: 1e-3,
        max: 1e3,
        prominent: true,
        when: { param: 'given', is: ['focalLength'] },
      },
    ),
    order: {
      kind: 'integer',
      title: 'Order',
      doc: 'Diffraction order that is focused at the focal length (1, or an odd number).',
      default: 1,
      min: 1,
      max: 99,
      when: { param: 'given', is: ['focalLength'] },
    },
    firstRadius: maskLength('First radius', 'Radius of the inner zone, √(λ f).', {
      default: 0.25e-3,
      soft: [20e-6, 2e-3],
      prominent: true,
      when: { param: 'given', is: ['firstRadius'] },
    }),
    diameter: maskLength('Diameter', 'Outer diameter; light outside is stopped.', {
      default: 2e-3,
      soft: [50e-6, 10e-3],
      display: 'mm',
      prominent: true,
    }),
    height: {
      kind: 'quantity',
      quantity: 'angle',
      title: 'Phase height',
      doc: 'Phase of every second ring at the design wavelength.',
      default: Math.PI,
      min: -1e3,
      max: 1e3,
      soft: [0, 2 * Math.PI],
      display: 'rad',
      scale: 'linear',
      learnable: true,
      step: 0.05,
      when: { param: 'kind', is: ['phase'] },
    },
    swapped: {
      kind: 'switch',
      title: 'Dark centre',
      doc: 'Exchanges the rings: the inner zone is dark (or raised).',
      default: false,
    },
    ...centreParams,
    designWavelength: {
      ...designWavelength,
      doc: 'Vacuum wavelength for which the rings are made; at others the focus moves as λ₀/λ.',
      default: 532e-9,
      min: 1e-10,
      soft: [380e-9, 1000e-9],
    },
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'zone = floor(2 (√(r² + f²) - f) / λ₀), every second one open; foci at f/m, m odd',
  references: ['Born and Wolf, Principles of Optics: Fresnel zones and the zone plate'],
  sampling: (inputs, params, grid) => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const radius = Math.min(
      params.diameter.value / 2,
      (planeShape(light.samples)[0] * light.pitch.value) / 2,
    );
    const focus = firstOrderFocus(params).value;
    const outermost = (params.designWavelength.value * Math.hypot(radius, focus)) / (2 * radius);
    if (outermost > 2 * light.pitch.value) return [];
    return [
      {
        severity: 'warning',
        message: `The outermost ring is ${(outermost / light.pitch.value).toPrecision(2)} samples wide: the outer rings are not resolved.`,
        fix: `Use a pitch below ${((outermost / 2) * 1e6).toPrecision(2)} µm, a longer focal length or a smaller diameter.`,
        ...finerSamples(light.pitch.value, grid, outermost / 2),
      },
    ];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const [n] = planeShape(light.samples);
    const kind = params.kind as Kind;
    const focus = firstOrderFocus(params);
    const args: MapArgument[] = [
      edgeArgument(params.x, light),
      edgeArgument(params.y, light),
      { scalar: focus, scale: (0.05 * Math.abs(focus.value)) / n },
      edgeArgument(params.diameter, light),
      { scalar: params.height, scale: 1 },
      { scalar: phaseRatio(light, params.designWavelength), scale: 1 },
      { scalar: params.designWavelength, scale: params.designWavelength.value },
    ];
    const name = `zonePlate:${kind}:${params.swapped}`;
    const transmission = transmissionMap(ops, name, n, light.pitch, args, (values, pitch) => {
      const [x0 = 0, y0 = 0, f = 1, diameter = 0, height = 0, ratio = 1, lambda = 1] = values;
      const at = zones(kind, f, lambda, height * ratio, pitch, params.swapped);
      return (x, y) => {
        const r = Math.sqrt((x - x0) ** 2 + (y - y0) ** 2);
        const open = softDisc(r, diameter / 2, pitch);
        const [re, im] = at(r);
        return [open * re, open * im];
      };
    });
    return { out: behindMask(ops, light, transmission) };
  },
});
