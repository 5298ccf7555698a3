/** Sources, masks, lenses and free space in Python. */
import { mapText } from './maps.ts';
import { type Argument, type Call, type Emitter, literal, type PythonNode } from './node.ts';

function source(node: PythonNode, calls: string, own: readonly Argument[]): Call {
  node.requires('spectrum', 'line');
  const { samples, pitch } = node.around.design.grid;
  return {
    calls,
    given: [
      ['samples', literal(samples)],
      ['pitch', literal(pitch)],
      node.number('wavelength', 'wavelength'),
      node.number('index', 'refractiveIndex'),
      node.number('polarization', 'polarizationAngle'),
      node.number('power', 'power'),
      ...own,
    ],
    gives: 'field',
  };
}

function mask(node: PythonNode, calls: string, own: readonly Argument[]): Call {
  return { calls, given: [['', node.light('in', 'field').code], ...own], gives: 'field' };
}

const placed = (node: PythonNode): readonly Argument[] => [
  node.number('x', 'x'),
  node.number('y', 'y'),
  node.number('rotation', 'rotation'),
];

/** Lengths and counts of an opening, by shape, with their names in Python. */
const OPENINGS: Readonly<Record<string, readonly (readonly [python: string, name: string])[]>> = {
  disc: [['diameter', 'diameter']],
  annulus: [
    ['diameter', 'diameter'],
    ['inner_diameter', 'innerDiameter'],
  ],
  rectangle: [
    ['width', 'width'],
    ['height', 'height'],
  ],
  polygon: [
    ['diameter', 'diameter'],
    ['sides', 'sides'],
  ],
  slits: [
    ['slits', 'slits'],
    ['slit_width', 'slitWidth'],
    ['spacing', 'spacing'],
    ['height', 'height'],
  ],
  spider: [
    ['diameter', 'diameter'],
    ['inner_diameter', 'innerDiameter'],
    ['arms', 'arms'],
    ['arm_width', 'armWidth'],
  ],
  knifeEdge: [],
};
const ROUND = ['disc', 'annulus'];

/** Which parameter is the depth of a grating's phase. */
const DEPTHS: Readonly<Record<string, string>> = {
  sinePhase: 'modulation',
  binaryPhase: 'height',
  blazed: 'blaze',
};

/** Phases that scale with the wavelength are for light of several, which scripts do not have. */
function sameAtEveryWavelength(node: PythonNode): void {
  node.requires('designWavelength', 0);
}

export const FIELD_EMITTERS: Readonly<Record<string, Emitter>> = {
  planeWave: (node) => {
    node.requires('field', 'scalar');
    return source(node, 'plane_wave', [node.number('tilt_x', 'tiltX'), node.number('tilt_y', 'tiltY')]);
  },
  gaussianBeam: (node) => {
    node.requires('shape', 'round', 'elliptic');
    const isRound = node.text('shape') === 'round';
    return source(node, 'gaussian_beam', [
      node.number('waist', 'waist'),
      node.number('distance', 'distance'),
      node.number('waist_y', isRound ? 'waist' : 'waistY'),
      node.number('distance_y', isRound ? 'distance' : 'distanceY'),
      node.number('x', 'x'),
      node.number('y', 'y'),
      isRound ? ['orientation', '0'] : node.number('orientation', 'orientation'),
    ]);
  },
  aperture: (node) => {
    const shape = node.text('shape');
    const sizes = (OPENINGS[shape] ?? []).map(([python, name]) => node.number(python, name));
    const [x, y, rotation] = placed(node) as [Argument, Argument, Argument];
    return mask(node, 'through_aperture', [
      node.choice('shape', 'shape'),
      node.flag('inverse', 'inverse'),
      node.number('softness', 'softness'),
      ...[x, y, ROUND.includes(shape) ? (['rotation', '0'] as const) : rotation],
      ...sizes,
    ]);
  },
  grating: (node) => {
    const depth = DEPTHS[node.text('profile')];
    if (depth !== undefined) sameAtEveryWavelength(node);
    return mask(node, 'through_grating', [
      node.choice('profile', 'profile'),
      node.number('period', 'period'),
      depth === undefined ? ['depth', '0'] : node.number('depth', depth),
      node.number('duty', 'duty'),
      node.number('contrast', 'contrast'),
      node.whole('levels', 'levels'),
      node.flag('crossed', 'crossed'),
      ...placed(node),
    ]);
  },
  spiralPhase: (node) => {
    sameAtEveryWavelength(node);
    return mask(node, 'through_spiral', [
      node.number('charge', 'charge'),
      node.number('twist', 'twist'),
      node.number('twist_radius', 'twistRadius'),
      ...placed(node),
    ]);
  },
  freeformPhase: (node) => {
    const light = node.light('in', 'field', 'pupil');
    const given: Argument[] = [
      ['', light.code],
      ['cells', mapText(node, 'phase'), 'Phase of each cell, rad'],
      [
        'linear',
        node.text('interpolation') === 'linear' ? 'True' : 'False',
        'straight between the cells’ middles',
      ],
      node.whole('leave_out', 'leaveOut'),
      node.number('design_wavelength', 'designWavelength'),
    ];
    return { calls: 'through_phase_map', given, gives: light.kind };
  },
  thinLens: (node) =>
    mask(node, 'through_lens', [
      node.number('focal_length', 'focalLength'),
      node.number('diameter', 'diameter'),
    ]),
  fourierLens: (node) => mask(node, 'through_2f', [node.number('focal_length', 'focalLength')]),
  propagator: (node) => {
    node.requires('window', 'same', 'natural');
    const padding = node.text('padding');
    node.requires('edges', 'none');
    return mask(node, 'propagate', [
      node.number('distance', 'distance'),
      node.choice('method', 'method'),
      ['natural', node.text('window') === 'natural' ? 'True' : 'False', 'the window that the method makes'],
      ['padding', padding === 'auto' ? 'None' : padding],
      node.number('largest_angle', 'largestAngle'),
    ]);
  },
};
