/**
 * Systems of the gallery with other values, so that every choice that scripts know is run: values by path, elements
 * that take the place of others, and nodes that are bypassed.
 */
const of =
  (example) =>
  (name, values, elements = {}, bypassed = []) => ({
    name: `${example}: ${name}`,
    ...{ example, values, elements, bypassed },
  });
const airy = of('airy');
const zones = of('fresnel-zones');
const sphere = of('sphere-hologram');
const stack = of('bead-stack');
const molecule = of('dipole-orientation');
const orders = of('grating-orders');
const helix = of('double-helix');
const beam = of('gaussian-beam');

const propagations = [
  'angularSpectrum',
  'fresnelTransfer',
  'fresnelSingle',
  'scalableAngularSpectrum',
  'fraunhofer',
];
const openings = ['disc', 'annulus', 'rectangle', 'polygon', 'slits', 'spider', 'knifeEdge'];
const gratings = ['binaryAmplitude', 'sineAmplitude', 'binaryPhase', 'blazed'];
const masks = ['astigmatic', 'tetrapod', 'cubic', 'bifocal', 'vortex', 'multiView'];
const lenses = ['aplanatic', 'herschel', 'helmholtz', 'even'];

const turned = { x: 30e-6, y: -20e-6, rotation: 0.3, softness: 8e-6 };
const on = (node, values) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${node}.${name}`, value]));

export const VARIANTS = [
  airy('pixels that average', {
    'camera.pixelResponse': 'average',
    'camera.fillFactor': 0.6,
    'camera.pixelPitch': 3e-7,
  }),
  airy('aberrated, blurred, magnified', {
    'pupil.zernike': { 2: 4e-8, 5: 3e-8, 7: -2e-8, 11: 5e-8, 17: 2e-8, 37: 1e-8 },
    'camera.blur': 1.3,
    'camera.gain': 2.5,
    'camera.offset': 0.1,
    'camera.background': 0.01,
    'camera.magnification': 2,
    'source.tiltX': 1e-3,
  }),
  airy('odd grid and pixels', { 'grid.samples': 127, 'camera.rows': 63, 'camera.columns': 90 }),
  airy(
    'a turned Gaussian beam',
    {},
    {
      source: [
        'gaussianBeam',
        {
          shape: 'elliptic',
          waist: 6e-4,
          waistY: 9e-4,
          distance: 0.4,
          distanceY: -0.2,
          orientation: 0.4,
          x: 1e-4,
          power: 2e-3,
        },
      ],
    },
  ),
  ...lenses.map((apodisation) => of('vectorial-focus')(`${apodisation}`, on('focus', { apodisation }))),
  ...['fixed', 'wobbling', 'rotating'].map((motion) =>
    molecule(motion, { 'molecule.motion': motion, 'molecule.azimuth': 0.7 }),
  ),
  molecule('pixels that average', { 'camera.pixelResponse': 'average' }),
  stack('one value for each plane, isotropic, a bead of 150 nm', {
    'bead.photons': [5000, 6000, 7000, 8000, 7000, 6000, 5000],
    'camera.background': [20, 21, 22, 23, 22, 21, 20],
    'bead.emission': 'isotropic',
    'bead.diameter': 1.5e-7,
    'bead.z': 2e-7,
    'stack.zOffset': 1e-7,
  }),
  ...masks.map((kind) => helix(kind, on('mask', { kind, rotation: 0.4, strength: 1.5e-7 }))),
  stack('its focus stack bypassed', {}, {}, ['stack']),
  sphere('pixels that average, turned light, round aberrations', {
    'camera.pixelResponse': 'average',
    'source.polarizationAngle': 0.6,
    'pupil.zernike': { 4: 4e-8, 11: -3e-8 },
    'sphere.extinctionCoefficient': 0.02,
  }),
  sphere('gold, without a reference', { 'sphere.material': 'gold', 'sphere.radius': 1e-7 }, {}, [
    'interference',
  ]),
  ...propagations.flatMap((method) => [
    zones(`${method}`, { 'space.method': method }),
    zones(`${method}, its own window`, { 'space.method': method, 'space.window': 'natural' }),
  ]),
  zones('far away', { 'space.distance': 0.8 }),
  zones('a steep scalable spectrum', {
    'space.method': 'scalableAngularSpectrum',
    'space.distance': 4e-3,
    'grid.pitch': 1e-6,
    'hole.diameter': 1e-4,
    'camera.pixelPitch': 1.3e-6,
  }),
  zones('repeating light of a small angle', { 'space.padding': '1', 'space.largestAngle': 0.02 }),
  zones('backwards', { 'space.distance': -0.05 }),
  zones('pixels that average', { 'camera.pixelResponse': 'average', 'camera.pixelPitch': 1.1e-5 }),
  zones('a lens with a stop', {}, { hole: ['thinLens', { focalLength: 0.1, diameter: 9e-4 }] }),
  ...openings.map((shape) => zones(`opening ${shape}`, on('hole', { shape, ...turned }))),
  zones('a stop', { 'hole.inverse': true }),
  ...gratings.map((profile) =>
    orders(profile, on('grating', { profile, x: 15e-6, rotation: 0.1, duty: 0.3, contrast: 0.7 })),
  ),
  orders('blazed in steps, crossed', on('grating', { profile: 'blazed', levels: 4, crossed: true })),
  beam('far behind its waist', { 'source.distance': 0.3, 'space.distance': 0.2 }),
  of('vortex-doughnut')(
    'with a twist and half a charge',
    on('spiral', { charge: 1.5, twist: 2, twistRadius: 4e-4 }),
  ),
  of('three-way-splitter')('straight between its cells, a part left out', {
    'mask.interpolation': 'linear',
    'mask.cells': 40,
    'mask.leaveOut': 6,
    'mask.designWavelength': 6e-7,
  }),
];
