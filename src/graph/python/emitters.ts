/** How each element is told in Python: one entry for an element, with the function of the library that it calls. */
import { nollToDegree } from '../../optics/maths/zernike.ts';
import { complexIndexOf } from '../../optics/metals.ts';
import { constantScalar } from '../../optics/ops/scalar.ts';
import { paramValue } from '../registry.ts';
import { FIELD_EMITTERS } from './fieldEmitters.ts';
import { type Argument, type Emitter, literal, NotCovered, type PythonNode } from './node.ts';

const at = (node: PythonNode): readonly Argument[] => [
  node.number('x', 'x'),
  node.number('y', 'y'),
  node.number('z', 'z'),
];

const EMITTED: Readonly<Record<string, Emitter>> = {
  bead: (node) => ({
    calls: 'light_of_bead',
    given: [
      ['', node.light('in', 'field').code],
      ...at(node),
      node.perPlane('photons', 'photons'),
      node.number('diameter', 'diameter'),
      node.choice('emission', 'emission'),
    ],
    gives: 'emitted',
  }),
  dipole: (node) => {
    node.requires('spectrum', 'line');
    return {
      calls: 'light_of_dipole',
      given: [
        node.number('wavelength', 'wavelength'),
        node.number('index', 'refractiveIndex'),
        ...at(node),
        node.perPlane('photons', 'photons'),
        node.choice('motion', 'motion'),
        node.number('polar', 'polar'),
        node.number('azimuth', 'azimuth'),
        node.number('cone', 'coneAngle'),
      ],
      gives: 'emitted',
    };
  },
};

/** The plane wave along the axis that lights spheres, or that they interfere with. */
function axialWave(node: PythonNode, port: string): string {
  const { node: source, code } = node.light(port, 'field');
  const tilts = ['tiltX', 'tiltY'].map((name) => source.params[name] ?? 0);
  if (source.type !== 'planeWave' || tilts.some((tilt) => tilt !== 0))
    throw node.uncovered('but with a plane wave along the axis');
  return code;
}

const complexIndex = (real: string, imaginary: string) =>
  imaginary === '0' ? real : `${real} + 1j * ${imaginary}`;

/** The index of a sphere: as given, or that of its material at the wavelength of the light. */
function indexOfSphere(node: PythonNode): string {
  const material = node.text('material');
  const value = (name: string) => node.number('', name)[1];
  if (material === 'given') return complexIndex(value('refractiveIndex'), value('extinctionCoefficient'));
  const { registry } = node.around;
  const lit = paramValue(node.light('in', 'field').node, registry, 'wavelength');
  const { refractiveIndex, extinctionCoefficient } = complexIndexOf(material, constantScalar(Number(lit)));
  return complexIndex(literal(refractiveIndex.value), literal(extinctionCoefficient.value));
}

const SPHERES: Readonly<Record<string, Emitter>> = {
  mieSphere: (node) => {
    node.requires('shells', '0');
    node.requires('collects', 'forward');
    const wave = axialWave(node, 'in');
    const place = ['x', 'y', 'z', 'radius'].map((name) => node.number('', name)[1]);
    const sphere = `(${[...place, indexOfSphere(node)].join(', ')})`;
    const given: Argument[] = [
      ['', wave],
      ['places', `[${sphere}]`, 'x, y, distance before focus, radius, index'],
    ];
    return { calls: 'light_of_spheres', given, gives: 'spheres' };
  },
  mieSpheres: (node) => {
    node.requires('collects', 'forward');
    const rows = node.cells('particles').map((cell) => {
      const index = complexIndex(cell('refractiveIndex'), cell('extinctionCoefficient'));
      return `(${[cell('x'), cell('y'), cell('z'), cell('radius'), index].join(', ')})`;
    });
    const given: Argument[] = [
      ['', axialWave(node, 'in')],
      ['places', `[${rows.join(', ')}]`, 'x, y, distance before focus, radius, index of each'],
    ];
    return { calls: 'light_of_spheres', given, gives: 'spheres' };
  },
  interference: (node) => {
    const scattered = node.light('scattered', 'spheres').code;
    node.requires('route', 'objective');
    const reference: Argument = ['', axialWave(node, 'reference')];
    const given = [['', scattered] as const, reference, node.number('amplitude', 'scatteredAmplitude')];
    return { calls: 'meet_reference', given, gives: 'spheres' };
  },
};

const PUPILS: Readonly<Record<string, Emitter>> = {
  pupil: (node) => {
    const light = node.light('in', 'field', 'emitted', 'spheres');
    const own = [node.number('aperture', 'numericalAperture'), node.zernikes('zernikes', 'zernike')];
    if (light.kind === 'spheres') {
      const uneven = node.terms('zernike').find(([index]) => nollToDegree(index).m !== 0);
      if (uneven !== undefined)
        throw node.uncovered(
          `with Z${uneven[0]}: behind spheres only aberrations that are the same all around are`,
        );
      return { calls: 'collect', given: [['', light.code], ...own], gives: 'hologram' };
    }
    const samples: Argument = ['samples', literal(node.around.design.grid.samples)];
    return { calls: 'fill_pupil', given: [['', light.code], samples, ...own], gives: 'pupil' };
  },
  stack: (node) => ({
    calls: 'focus_stack',
    given: [
      ['', node.light('in', 'pupil').code],
      node.whole('planes', 'planes'),
      node.number('step', 'zStep'),
      node.number('offset', 'zOffset'),
    ],
    gives: 'pupil',
  }),
  vectorialFocus: (node) => ({
    calls: 'focus_vectorially',
    given: [['', node.light('in', 'pupil').code], node.choice('apodisation', 'apodisation')],
    gives: 'pupil',
  }),
  psfMask: (node) => ({
    calls: 'through_psf_mask',
    given: [
      ['', node.light('in', 'pupil').code],
      node.choice('kind', 'kind'),
      node.number('strength', 'strength'),
      node.number('rotation', 'rotation'),
      node.whole('charge', 'charge'),
      node.whole('zones', 'zones'),
      node.whole('views', 'views'),
      node.number('shift', 'shift'),
      node.number('depth_step', 'depthStep'),
    ],
    gives: 'pupil',
  }),
};

const SEEN_BY = { field: 'field_light', pupil: 'pupil_light', hologram: 'hologram_light' } as const;

const DETECTION: Readonly<Record<string, Emitter>> = {
  camera: (node) => {
    const light = node.light('in', 'field', 'pupil', 'hologram');
    node.requires('sensor', 'linear');
    node.requires('colourFilter', 'none');
    const fill = Number(node.value('fillFactor'));
    const isMean = node.text('pixelResponse') === 'average';
    const seenBy = SEEN_BY[light.kind as keyof typeof SEEN_BY];
    return {
      calls: 'expose',
      given: [
        ['', light.code],
        ['seen_by', seenBy],
        node.whole('rows', 'rows'),
        node.whole('columns', 'columns'),
        node.number('pixel_pitch', 'pixelPitch'),
        node.number('magnification', 'magnification'),
        node.number('blur', 'blur'),
        node.perPlane('background', 'background'),
        node.number('gain', 'gain'),
        node.number('offset', 'offset'),
        ['pixel_size', isMean ? literal(Math.sqrt(fill)) : '0', 'side of the sensitive square, pixels'],
      ],
      gives: 'image',
    };
  },
};

/** By type of element. */
export const EMITTERS: Readonly<Record<string, Emitter>> = {
  ...FIELD_EMITTERS,
  ...EMITTED,
  ...SPHERES,
  ...PUPILS,
  ...DETECTION,
};

/** @throws NotCovered for an element that has no Python */
export function emitterOf(node: PythonNode): Emitter {
  const emitter = Object.hasOwn(EMITTERS, node.node.type) ? EMITTERS[node.node.type] : undefined;
  if (emitter !== undefined) return emitter;
  throw new NotCovered(
    `Python scripts do not cover the element “${node.spec.title}” (${node.name}). Bypass it to get a script of the rest.`,
  );
}
