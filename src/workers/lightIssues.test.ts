import { expect, it } from 'vitest';
import type { Design } from '../graph/document.ts';
import { createDesign, node } from '../graph/testSupport.ts';
import { createSession } from './session.ts';

const grid = { samples: 32, pitch: 10e-6 };

async function warningsOf(...designs: readonly Design[]) {
  const session = await createSession('f64');
  const found = [];
  for (const design of designs) {
    const { issues } = await session.show(design, {});
    found.push(issues.filter(({ code }) => code === 'light'));
  }
  session.dispose();
  return found;
}

/** Two arms, one of them longer, of which one output is looked at. */
function michelson(path: number, port: string): Design {
  return createDesign(
    [
      node('source', 'planeWave'),
      node('splitter', 'beamSplitter'),
      node('mirror', 'mirror', { pathLength: path }),
      node('combiner', 'beamCombiner'),
      node('camera', 'camera', { rows: 32, columns: 32, pixelPitch: 10e-6 }),
    ],
    [
      'source.out>splitter.in',
      'splitter.transmitted>mirror.in',
      'mirror.out>combiner.a',
      'splitter.reflected>combiner.b',
      `combiner.${port}>camera.in`,
    ],
    { grid },
  );
}

it('names a sensor that sees a hundredth of even light, and looks at the whole window at one click', async () => {
  const seen = (params: Record<string, number>) =>
    createDesign([node('source', 'planeWave'), node('camera', 'camera', params)], ['source.out>camera.in'], {
      grid,
    });
  const small = { rows: 32, columns: 32, pixelPitch: 1e-6 };
  const [[issue, ...more] = [], wide] = await warningsOf(
    seen(small),
    seen({ rows: 32, columns: 32, pixelPitch: 10e-6 }),
  );
  // (32 µm / 320 µm)², of even light.
  expect(issue?.message).toContain('Only 1 %');
  expect(issue?.apply?.params).toEqual({ rows: 32, columns: 32, pixelPitch: 10e-6, magnification: 1 });
  expect([more, wide]).toEqual([[], []]);
});

it('lets a small sensor be where all the light is', async () => {
  const spot = createDesign(
    [
      node('source', 'gaussianBeam', { waist: 25e-6, distance: 0 }),
      node('camera', 'camera', { rows: 32, columns: 32, pixelPitch: 4e-6 }),
    ],
    ['source.out>camera.in'],
    { grid },
  );
  expect(await warningsOf(spot)).toEqual([[]]);
});

it('judges a sensor by the light on it, not by its counts', async () => {
  const window = { samples: 64, pitch: 10e-6 };
  const seen = (x: number, params: Record<string, number | string>) =>
    createDesign(
      [
        node('source', 'gaussianBeam', { waist: 40e-6, distance: 0, x }),
        node('camera', 'camera', { rows: 16, columns: 16, pixelPitch: 10e-6, ...params }),
      ],
      ['source.out>camera.in'],
      { grid: window },
    );
  const even = createDesign(
    [
      node('source', 'planeWave'),
      node('camera', 'camera', { rows: 16, columns: 16, pixelPitch: 10e-6, magnification: 1 }),
    ],
    ['source.out>camera.in'],
    { grid: window },
  );
  const found = await warningsOf(
    seen(0, { gain: 0.05 }),
    // The beam lies three radii beside the sensor: exp(-2 · 3²) and less of it arrives.
    seen(200e-6, { background: 1e-4 }),
    seen(200e-6, { sensor: 'detailed' }),
    // An ordinary crop: a sixteenth of even light.
    even,
  );
  expect(found.map((issues) => issues.length)).toEqual([0, 1, 1, 0]);
});

it('says which output of a combiner is dark while the bright one is not wired', async () => {
  const half = 532e-9 / 2;
  const found = await warningsOf(
    michelson(0, 'out'),
    michelson(0, 'other'),
    michelson(half, 'out'),
    michelson(half, 'other'),
  );
  const dark = found.map(([issue]) => /“(.*?)” is dark/.exec(issue?.message ?? '')?.[1]);
  // u₁ = (exp iφ - 1)/2 and u₂ = i (exp iφ + 1)/2 of the light that comes, φ the phase of the mirror's path.
  expect(dark).toEqual(['Output 1', undefined, undefined, 'Output 2']);
});

it('says where pixels lie between samples whose phases are steeper than these hold, and lays them on the samples', async () => {
  const far = (camera: Record<string, string | number>, ...between: readonly string[]): Design =>
    createDesign(
      [
        node('source', 'gaussianBeam', { waist: 25e-6 }),
        node('space', 'propagator', { distance: 1, window: 'natural' }),
        node('filter', 'attenuator'),
        node('camera', 'camera', { rows: 32, columns: 32, pixelPitch: 1e-3, ...camera }),
      ],
      ['source.out>space.in', 'space.out>filter.in', `${between[0] ?? 'filter'}.out>camera.in`],
      { grid },
    );
  const [[issue, ...more] = [], known] = await warningsOf(far({}), far({}, 'space'));
  expect(issue?.message).toContain('between the samples');
  // Light straight from the transform brings the sphere it rides on.
  expect([more, known]).toEqual([[], []]);
  const fixed = issue?.apply?.params as Record<string, string | number>;
  expect(await warningsOf(far(fixed))).toEqual([[]]);
  expect((await warningsOf(far({ ...fixed, pixelResponse: 'average' })))[0]).toHaveLength(1);
});
