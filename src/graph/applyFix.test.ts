import { expect, it } from 'vitest';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { Ops } from '../optics/ops/ops.ts';
import { registry } from './catalogue.ts';
import { compile } from './compile.ts';
import type { Design, Issue } from './document.ts';
import { applyFix } from './edit.ts';
import { GraphRunner, NO_OVERRIDES } from './execute.ts';
import { createDesign, node } from './testSupport.ts';

function issuesOf(design: Design): readonly Issue[] {
  const runner = new GraphRunner(new Ops(createFloat64Kernels()), () => null);
  const results = runner.run(compile(design, registry), NO_OVERRIDES, 'value');
  return [...results.values()].flatMap(({ issues }) => issues);
}

/** Each has one problem that a click can put right. */
const designs: Readonly<Record<string, Design>> = {
  'a lens that is too strong for the pitch': createDesign(
    [node('source', 'planeWave'), node('lens', 'thinLens', { focalLength: 5e-3 })],
    ['source.out>lens.in'],
    { grid: { samples: 32, pitch: 20e-6 } },
  ),
  'a tilt beyond Nyquist': createDesign([node('source', 'planeWave', { tiltX: 0.02 })], [], {
    grid: { samples: 16, pitch: 20e-6 },
  }),
  'a point source that is too near': createDesign([node('source', 'pointSource', { z: 5e-3 })], [], {
    grid: { samples: 32, pitch: 20e-6 },
  }),
  'a waist of one sample': createDesign([node('source', 'gaussianBeam', { waist: 20e-6, distance: 0 })], [], {
    grid: { samples: 32, pitch: 20e-6 },
  }),
  'a camera that sees copies': createDesign(
    [
      node('source', 'planeWave'),
      node('pupil', 'pupil', { numericalAperture: 0.5 }),
      node('camera', 'camera', { pixelPitch: 0.2e-6, rows: 64, columns: 64 }),
    ],
    ['source.out>pupil.in', 'pupil.out>camera.in'],
    { grid: { samples: 16, pitch: 20e-6 } },
  ),
};

it.each(Object.entries(designs))('puts right %s at one click', (_name, design) => {
  const [issue] = issuesOf(design).filter(({ apply }) => apply !== undefined);
  if (issue?.apply === undefined) throw new Error('There is no fix.');
  const fixed = applyFix(design, registry, issue.apply, issue.nodeId);
  expect(fixed.grid.samples).toBeGreaterThan(design.grid.samples);
  const codes = issuesOf(fixed).map(({ message }) => message.replaceAll(/[\d.]+/g, ''));
  expect(codes).not.toContain(issue.message.replaceAll(/[\d.]+/g, ''));
});
