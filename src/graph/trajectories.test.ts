import { expect, it } from 'vitest';
import { type FrameFit, motionOf, seriesOf, trackedThings, trajectoryTable } from './trajectories.ts';

const LEARNED = [
  { path: 'ball.x', role: 'lateralX', title: 'Ball: x', unit: 'm' },
  { path: 'many.particles.2.x', role: 'lateralX', title: 'Third: x', unit: 'm' },
  { path: 'many.particles.2.radius', role: 'size', title: 'Third: radius', unit: 'm' },
  { path: 'camera.gain', role: null, title: 'Gain', unit: 'counts/e-' },
] as const;

const frame = (index: number, fit: Partial<FrameFit>): FrameFit => ({
  frame: index,
  status: 'good',
  reason: null,
  values: {},
  errors: {},
  chiSquare: 1,
  milliseconds: 1,
  ...fit,
});

it('whatever has a position is a particle, also a row of a table; the rest is the scene', () => {
  const { particles, scene } = trackedThings(LEARNED);
  expect(particles.map(({ id, values }) => [id, values.map(({ name }) => name)])).toEqual([
    ['ball', ['x']],
    ['many.particles.2', ['x', 'radius']],
  ]);
  expect(scene.map(({ path }) => path)).toEqual(['camera.gain']);
  expect(particles.map(({ title }) => title)).toEqual(['Ball', 'Third']);
});

it('rows of a table are called by their number, and by their table where there are several', () => {
  const row = (table: string, k: number) => ({
    path: `${table}.particles.${k - 1}.x`,
    role: 'lateralX' as const,
    title: `${table}: sphere ${k}, x`,
    unit: 'm',
  });
  const titles = (learned: Parameters<typeof trackedThings>[0]) =>
    trackedThings(learned).particles.map(({ title }) => title);
  expect(titles([row('Spheres', 1), row('Spheres', 2)])).toEqual(['Sphere 1', 'Sphere 2']);
  expect(titles([row('Left', 1), row('Right', 1)])).toEqual(['Left: sphere 1', 'Right: sphere 1']);
});

it('the table has a row for each frame and particle, empty where nothing was found', () => {
  const values = {
    'ball.x': 1e-6,
    'many.particles.2.x': 2e-6,
    'many.particles.2.radius': 3e-7,
    'camera.gain': 2,
  };
  const errors = {
    'ball.x': 1e-9,
    'many.particles.2.x': 2e-9,
    'many.particles.2.radius': null,
    'camera.gain': 0.1,
  };
  const frames = [
    frame(4, { values, errors }),
    frame(5, { status: 'lost', reason: 'Gone.', chiSquare: null, values }),
  ];
  const columns = trajectoryTable(frames, trackedThings(LEARNED), 0.5);
  expect(Object.fromEntries(columns.map((column) => [column.name, column.values]))).toEqual({
    frame: [4, 4, 5, 5],
    'time (s)': [2, 2, 2.5, 2.5],
    particle: ['ball', 'many.particles.2', 'ball', 'many.particles.2'],
    'x (m)': [1e-6, 2e-6, null, null],
    'x standard error (m)': [1e-9, 2e-9, null, null],
    'radius (m)': [null, 3e-7, null, null],
    'radius standard error (m)': [null, null, null, null],
    'camera.gain (counts/e-)': [2, 2, null, null],
    'camera.gain standard error (counts/e-)': [0.1, 0.1, null, null],
    'chi-squared per degree of freedom': [1, 1, null, null],
    status: ['good', 'good', 'lost', 'lost'],
    reason: [null, null, 'Gone.', 'Gone.'],
  });
  expect(seriesOf(frames, 'ball.x')).toEqual([1e-6, null]);
});

it('a run that is too short tells no diffusion', () => {
  const { particles } = trackedThings(LEARNED);
  const [ball] = particles;
  if (ball === undefined) throw new Error('There is no particle.');
  const motion = motionOf(
    [frame(0, { values: { 'ball.x': 0 } }), frame(1, { values: { 'ball.x': 1 } })],
    ball,
    1,
  );
  expect(motion.lateral).toBeNull();
  expect(motion.axes).toEqual([{ name: 'x', role: 'lateralX', diffusion: null }]);
});
