import { beforeEach, describe, expect, it } from 'vitest';
import type { Design } from '../../graph/document.ts';
import { setAt } from '../../graph/paths.ts';
import { createDesign, node } from '../../graph/testSupport.ts';
import type { FrameFit } from '../../graph/trajectories.ts';
import type { OpenedMovie } from '../../workers/filesClient.ts';
import { documentStore, registry } from '../stores/app.ts';
import { trackStore } from '../stores/tracking.ts';
import { hasRings, marksOf } from './marks.ts';
import { markText } from './overlayMarks.ts';
import { marksOnPicture, SphereMarks } from './sphereMarks.ts';

const ROWS = [
  { x: 2e-6, y: -1e-6, z: 10e-6, radius: 1e-6, group: 'A' },
  { x: -3e-6, y: 3e-6, z: 14e-6, group: 'A' },
];
const WIRES = [
  'source.out>spheres.in',
  'spheres.out>interference.scattered',
  'source.out>interference.reference',
  'interference.out>pupil.in',
  'pupil.out>camera.in',
  'camera.out>loss.model',
  'target.out>loss.target',
];

function design(spheres = node('spheres', 'mieSpheres', { particles: ROWS })): Design {
  const nodes = [
    node('source', 'planeWave'),
    spheres,
    node('interference', 'interference'),
    node('pupil', 'pupil'),
    node('camera', 'camera'),
    node('target', 'target'),
    node('loss', 'loss'),
  ];
  return createDesign(nodes, WIRES);
}

const rows = () => documentStore.getState().design.nodes[1]?.params['particles'];
/** 21 columns and 20 rows of 1 µm: the origin is at column and row 10. */
const PICTURE = { pitch: 1e-6, shape: [20, 21] as const };
const press = (key: string, more: { shiftKey?: boolean; altKey?: boolean } = {}) =>
  ({ key, shiftKey: false, altKey: false, ...more }) as KeyboardEvent;

describe('objects on pictures', () => {
  it.each(['camera', 'target', 'loss'])('are those whose light reaches %s', (id) => {
    expect(marksOf(design(), registry, id, {})).toMatchObject([
      { key: 'spheres.particles.0', label: '1', x: 2e-6, y: -1e-6, z: 10e-6, radius: 1e-6 },
      // The radius is that of the group.
      { key: 'spheres.particles.1', name: 'Spheres, sphere 2', radius: 1e-6 },
    ]);
    expect(marksOf(design(), registry, 'source', {})).toEqual([]);
  });

  it('have the values of a running fit, and a sphere its shells', () => {
    const coated = node('ball', 'mieSphere', { radius: 1e-6, shells: '1', shell1Thickness: 0.25e-6 });
    const one = { ...design(coated), edges: createDesign([], ['ball.out>camera.in']).edges };
    const [mark] = marksOf(one, registry, 'camera', { 'ball.x': 7e-6 });
    expect(mark).toMatchObject({ key: 'ball', table: null, x: 7e-6 });
    expect(mark?.radius).toBeCloseTo(1.25e-6, 15);
  });
});

describe('the label of an object', () => {
  const labels = (shown: Design, units = {}) =>
    marksOf(shown, registry, 'camera', {}, units).map((mark) =>
      markText(mark, true).replaceAll('\u202f', ' '),
    );

  it('says that it is the distance, in the unit of its field', () => {
    expect(labels(design())).toEqual(['1 · z 10 µm', '2 · z 14 µm']);
    expect(labels(design(), { 'mieSpheres.particles.z': 'nm' })[1]).toBe('2 · z 14000 nm');
    const [mark] = marksOf(design(), registry, 'camera', {});
    expect(mark === undefined ? '' : markText(mark, false)).toBe('1');
  });

  it('is in that unit in focus, too, and of one sphere has no number', () => {
    const one = {
      ...design(node('ball', 'mieSphere', { z: 0 })),
      edges: createDesign([], ['ball.out>camera.in']).edges,
    };
    expect(labels(one)).toEqual(['z 0 µm']);
    // 532 nm of light in vacuum.
    const two = { ...design(node('ball', 'mieSphere', { z: 1.064e-6 })), edges: one.edges };
    expect(labels(two, { 'mieSphere.z': 'waves' })).toEqual(['z 2 waves']);
  });
});

describe('objects of a movie', () => {
  it('stand where they were found in the frame that is looked at, or last before', () => {
    documentStore.getState().open(design());
    const { epoch } = documentStore.getState();
    const movie = { name: 'm', count: 3 } as OpenedMovie;
    const found = (frame: number, x: number | null): FrameFit => ({
      ...{ frame, reason: null, milliseconds: 1, chiSquare: 1, errors: {} },
      status: x === null ? 'lost' : 'good',
      values: x === null ? {} : { 'spheres.particles.0.x': x },
    });
    const frames = [found(0, 1e-6), found(1, null), found(2, 4e-6)];
    trackStore.setState({ movie, epoch, frames });
    const marks = new SphereMarks('camera');
    const at = (shown: number | null) => {
      trackStore.setState({ shown });
      return marks.list()[0]?.x;
    };
    expect([at(0), at(1), at(2), at(null)]).toEqual([1e-6, 1e-6, 4e-6, 2e-6]);
    trackStore.setState({ movie: null, frames: [] });
  });
});

describe('dragging', () => {
  let marks = new SphereMarks('camera');
  const on = () => {
    const picture = marksOnPicture(marks, PICTURE);
    if (picture === null) throw new Error('No picture.');
    return picture;
  };
  beforeEach(() => {
    documentStore.getState().open(design());
    marks = new SphereMarks('camera');
  });

  it('takes the sphere under the pointer and moves it as far, one undo entry in all', () => {
    expect(on().grab({ x: 16, y: 10 }, 1)).toBe(false);
    // 0.4 pixels beside the middle of the first, which is at (12, 9).
    expect(on().grab({ x: 12.4, y: 9 }, 1)).toBe(true);
    on().drag({ x: 13.4, y: 9 }, false);
    on().drag({ x: 15.4, y: 7 }, false);
    on().drop();
    const [first, second] = marks.list();
    expect(first?.x).toBeCloseTo(5e-6, 12);
    expect(first?.y).toBeCloseTo(-3e-6, 12);
    expect(second?.x).toBe(-3e-6);
    documentStore.getState().undo();
    expect(rows()).toEqual(ROWS);
    expect(documentStore.getState().undoLabel).toBeNull();
  });

  it('moves along the light with Alt and the wheel, and Escape takes it back', () => {
    on().grab({ x: 12, y: 9 }, 1);
    on().drag({ x: 12, y: 8 }, true);
    expect(marks.list()[0]?.z).toBeCloseTo(11e-6, 12);
    on().scroll({ x: 12, y: 8 }, 1, -1);
    expect(marks.list()[0]?.z).toBeCloseTo(12e-6, 12);
    expect(on().key(press('Escape'))).toBe('It is where it was');
    expect(rows()).toEqual(ROWS);
    on().drag({ x: 2, y: 2 }, false);
    expect(rows()).toEqual(ROWS);
  });

  it('has keys for all of it', () => {
    expect(on().key(press('ArrowLeft'))).toBeNull();
    expect(on().key(press('Tab'))).toMatch(/^Spheres, sphere 1, x 2\sµm/);
    expect(on().key(press('Tab'))).toMatch('sphere 2');
    on().key(press('ArrowLeft', { shiftKey: true }));
    on().key(press('PageUp'));
    expect(marks.list()[1]?.x).toBeCloseTo(-13e-6, 12);
    expect(marks.list()[1]?.z).toBeCloseTo(14.1e-6, 12);
    expect(on().key(press('Delete'))).toMatch('removed');
    expect(rows()).toHaveLength(1);
    on().key(press('Tab'));
    expect(on().key(press('Delete'))).toMatch('The last one stays');
    // Behind the last one the focus leaves.
    expect(on().key(press('Tab'))).toBeNull();
  });

  it('adds a sphere like the last where there is none', () => {
    expect(on().isOver({ x: 5, y: 5 }, 1)).toBe(false);
    expect(on().add({ x: 5, y: 5 })).toMatch('Sphere 3');
    expect(marks.list()[2]).toMatchObject({ z: 14e-6, radius: 1e-6 });
    expect(marks.list()[2]?.x).toBeCloseTo(-5e-6, 12);
    expect(marks.list()[2]?.y).toBeCloseTo(-5e-6, 12);
    expect(marks.selected).toBe('spheres.particles.2');
    documentStore.getState().undo();
    expect(rows()).toEqual(ROWS);
  });
});

describe('rings where light is wanted', () => {
  const wired = createDesign(
    [
      node('source', 'planeWave'),
      node('pupil', 'pupil'),
      node('camera', 'camera'),
      node('goal', 'spotGoal', { spots: [{ x: 2e-6, y: -1e-6 }] }),
    ],
    ['source.out>pupil.in', 'pupil.out>camera.in', 'camera.out>goal.in'],
  );
  const ringPlaces = () => documentStore.getState().design.nodes[3]?.params['spots'];

  it('lie on the picture that their goal looks at, without a distance, and without a number while alone', () => {
    expect(marksOf(wired, registry, 'camera', {})).toMatchObject([
      { kind: 'goal', key: 'goal.spots.0', label: '', x: 2e-6, y: -1e-6 },
    ]);
    expect(marksOf(wired, registry, 'pupil', {})).toEqual([]);
    expect(hasRings(wired, registry, 'camera')).toBe(true);
    expect(hasRings(design(), registry, 'camera')).toBe(false);
  });

  it('are moved by pointer and keys, added, removed and taken back, and told without depth', () => {
    documentStore.getState().open(wired);
    const marks = new SphereMarks('camera');
    const on = marksOnPicture(marks, PICTURE);
    if (on === null) throw new Error('No picture.');
    expect(on.grab({ x: 12, y: 9 }, 1)).toBe(true);
    on.drag({ x: 13, y: 9 }, false);
    expect(on.key(press('Escape'))).toBe('It is where it was');
    expect(ringPlaces()).toEqual([{ x: 2e-6, y: -1e-6 }]);
    // A pointer that leaves the picture leaves the ring at its edge.
    expect(on.grab({ x: 12, y: 9 }, 1)).toBe(true);
    on.drag({ x: 500, y: 9 }, false);
    const [{ x: atEdge = 0 } = {}] = ringPlaces() as unknown as readonly { readonly x: number }[];
    expect(atEdge).toBeLessThan((PICTURE.shape[1] / 2) * PICTURE.pitch);
    expect(on.key(press('Escape'))).toBe('It is where it was');
    expect(on.scroll({ x: 12, y: 9 }, 1, 1)).toBe(false);
    expect(on.key(press('PageUp'))).toBeNull();
    expect(on.key(press('ArrowUp'))).toMatch(/^x 2\sµm, y −2\sµm$/);
    expect(on.add({ x: 5, y: 5 })).toBe('Spot 2 was added');
    expect(marks.list().map(({ label }) => label)).toEqual(['1', '2']);
    expect(on.key(press('Delete'))).toMatch('removed');
  });

  it('that lie outside the picture are taken hold of at its rim, and never go over it', () => {
    documentStore.getState().open(setAt(wired, registry, 'goal.spots.0.x', 90e-6));
    const on = marksOnPicture(new SphereMarks('camera'), PICTURE);
    if (on === null) throw new Error('No picture.');
    // Their place in micrometres; 21 columns reach from -10 to 10, 20 rows from -10 to 9.
    const place = () => {
      const [{ x = 0, y = 0 } = {}] = ringPlaces() as unknown as readonly { x: number; y: number }[];
      return [Math.round(x * 1e9) / 1e3, Math.round(y * 1e9) / 1e3];
    };
    expect(on.key(press('Tab'))).toMatch(/x 90\sµm, y −1\sµm, outside the picture$/);
    on.key(press('ArrowRight'));
    expect(place()).toEqual([10, -1]);
    on.key(press('ArrowDown', { shiftKey: true }));
    on.key(press('ArrowDown', { shiftKey: true }));
    expect(place()).toEqual([10, 9]);
    documentStore.getState().open(setAt(wired, registry, 'goal.spots.0.x', 90e-6));
    expect(on.isOver({ x: 20, y: 9 }, 1)).toBe(true);
    expect(on.grab({ x: 20, y: 9 }, 1)).toBe(true);
    on.drag({ x: 17, y: 8 }, false);
    expect(place()).toEqual([7, -2]);
    on.drop();
  });
});
