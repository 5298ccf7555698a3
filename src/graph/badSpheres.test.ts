import { describe, expect, it } from 'vitest';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { Ops } from '../optics/ops/ops.ts';
import { registry } from './catalogue.ts';
import { compile } from './compile.ts';
import type { Design, Issue, ParamData } from './document.ts';
import { applyFix, setAll } from './edit.ts';
import { sphereHologram } from './examples/sphereHologram.ts';
import { GraphRunner, NO_OVERRIDES } from './execute.ts';
import { validate } from './validate.ts';
import { parseValue } from './valueText.ts';

/** 48 × 48 pixels of 0.1 µm of a sphere of 0.5 µm, 4 µm before focus in water, NA 0.9. */
const sound: Design = {
  ...setAll(sphereHologram, registry, {
    'sphere.x': 0,
    'sphere.y': 0,
    'sphere.z': 4e-6,
    'sphere.radius': 0.5e-6,
    'sphere.refractiveIndex': 1.59,
    'pupil.numericalAperture': 0.9,
    'camera.rows': 48,
    'camera.columns': 48,
  }),
  grid: { samples: 64, pitch: 1e-6 },
};

/** What validation and the elements say. */
function issuesOf(design: Design, of = 'camera'): readonly Issue[] {
  const found = validate(design, registry);
  if (found.some(({ severity }) => severity === 'error')) return found;
  // A series of many terms is only summed where its light is looked at.
  const runner = new GraphRunner(new Ops(createFloat64Kernels()), () => null);
  const results = runner.run(compile(design, registry), NO_OVERRIDES, 'value', new Set([of]));
  return [...found, ...[...results.values()].flatMap(({ issues }) => issues)];
}

interface Bad {
  readonly change: Readonly<Record<string, ParamData>>;
  readonly severity: Issue['severity'];
  readonly says: RegExp;
  /** Words of the button; without any the sentence of the fix is the way out. */
  readonly button?: string;
  /** The node up to which the design runs, if not the camera. */
  readonly of?: string;
}

const cases: Readonly<Record<string, Bad>> = {
  'a radius of zero': {
    change: { 'sphere.radius': 0 },
    severity: 'error',
    says: /^Radius of Sphere: 0 m is outside 5 nm to 50 µm/,
    button: 'Use 5 nm',
  },
  'the index of the medium': {
    change: { 'sphere.refractiveIndex': 1.33 },
    severity: 'warning',
    says: /has the index of the medium around it: it scatters nothing/,
    button: 'Use the index of polystyrene, 1.59',
  },
  'a sphere through the focal plane': {
    change: { 'sphere.z': 0.2e-6 },
    severity: 'info',
    says: /The focal plane cuts through the sphere/,
  },
  'a distance of the wrong sign': {
    change: { 'sphere.z': -4e-6 },
    severity: 'info',
    says: /4 µm behind the focal plane.*before focus, where the distance is positive/,
    button: 'Put it 4 µm before focus',
  },
  'a sphere outside the field of view': {
    change: { 'sphere.x': 3e-6 },
    severity: 'warning',
    says: /The sphere lies outside the 4.8 µm × 4.8 µm that the camera sees \(at x = 3 µm, y = 0 nm\)/,
    button: 'Use 62 × 62 pixels',
  },
  'a field of view that is too short': {
    change: { 'sphere.z': 40e-6 },
    severity: 'warning',
    // √(2 · 0.4 µm · 40 µm + (0.4 µm)²)
    says: /less than one ring of a sphere \(the first has a radius of 5.67 µm\)/,
    button: 'Use 116 × 116 pixels',
  },
  'a sphere too large for the grid': {
    // A tilt of the wavefront keeps the quick route away, which needs no grid.
    change: { 'sphere.radius': 20e-6, 'sphere.z': 60e-6, 'pupil.zernike': { 2: 1e-9 } },
    severity: 'warning',
    says: /A sphere of 40 µm is too large for 64 samples of the pupil, with which its image repeats every 18.3 µm/,
    button: 'Use 128 samples',
  },
  'more wavelengths across than a series may have terms': {
    change: { 'sphere.radius': 45e-6, 'source.wavelength': 200e-9 },
    severity: 'warning',
    says: /its series has 1881 terms and is computed slowly/,
    of: 'sphere',
  },
};

describe.each(Object.entries(cases))('%s', (_, { change, severity, says, button, of }) => {
  const bad = setAll(sound, registry, change);

  it('is told, with a way out', () => {
    expect(issuesOf(sound, of).filter(({ message }) => says.test(message))).toEqual([]);
    const issue = issuesOf(bad, of).find(({ message }) => says.test(message));
    expect(issue).toMatchObject({ severity });
    expect(issue?.fix).not.toBe('');
    expect(issue?.apply?.title).toBe(button);
    if (issue?.apply === undefined) return;
    const put = applyFix(bad, registry, issue.apply, issue.nodeId);
    expect(issuesOf(put, of).filter(({ message }) => says.test(message))).toEqual([]);
  });
});

it('typing a radius of 0 says what is possible', () => {
  expect(parseValue(sound, registry, 'sphere.radius', '0', { bareUnit: 'µm' })).toEqual({
    ok: false,
    reason: '0 m is outside 5 nm to 50 µm.',
  });
});
