/** The way of an analysis from a design to numbers, in one session. */
import { expect, it } from 'vitest';
import { createDesign, node } from '../graph/testSupport.ts';
import { createSession } from './session.ts';
import { smallHologram } from './testDesigns.ts';

const WAIST = 200e-6;
const design = createDesign(
  [
    node('beam', 'gaussianBeam', { waist: WAIST, distance: 0 }),
    node('widths', 'spotWidths'),
    node('camera', 'camera', { rows: 16, columns: 16, pixelPitch: 20e-6 }),
  ],
  ['beam.out>widths.in', 'widths.out>camera.in'],
  { grid: { samples: 64, pitch: 20e-6 } },
);
const requests = ['widths', 'camera', 'nobody'].map((nodeId) => ({ nodeId, port: null }));

it('tells the numbers of analysis nodes that somebody looks at, and passes light on', async () => {
  const session = await createSession('f64');
  const shown = await session.show(design, { analyses: requests });
  expect(shown.analyses?.map(({ nodeId }) => nodeId)).toEqual(['widths']);
  const readout = shown.analyses?.[0]?.readouts.find(({ title }) => title === 'D4σ x');
  // The beam is cut at 3.2 w: its second moment lacks 1e-8.
  expect((readout?.value ?? 0) / (2 * WAIST)).toBeCloseTo(1, 6);
  expect(shown.issues).toEqual([]);
  const nothing = await session.show(design, {});
  expect(nothing.analyses).toBeUndefined();
  const { images, readings } = await session.evaluate(design);
  expect(images.get('camera')?.data[0]).toBeGreaterThan(0);
  expect(readings.get('widths')).toEqual(shown.analyses?.[0]?.readouts);
  session.dispose();
});

it('reports what is on a wire, and leaves large wires alone that nobody asked for', async () => {
  const session = await createSession('f64');
  const wire = { nodeId: 'widths', port: 'out' };
  const [report] = (await session.show(design, { analyses: [wire] })).analyses ?? [];
  expect(report?.facts.map(({ text }) => text)).toEqual(['Light on a plane', '64 × 64 samples']);
  const read = (title: string) => report?.readouts.find((readout) => readout.title === title)?.value;
  expect(read('Pitch')).toBe(20e-6);
  expect(read('Extent')).toBeCloseTo(64 * 20e-6, 12);
  expect(read('Power')).toBeCloseTo(1, 8);
  expect(report?.health?.level).toBe('good');
  // Asked again while nothing has changed, it is the same report; of another design it is another.
  const again = (await session.show(design, { analyses: [wire] })).analyses?.[0];
  expect(again?.readouts).toBe(report?.readouts);
  const wider = { ...design, grid: { samples: 64, pitch: 25e-6 } };
  const other = (await session.show(wider, { analyses: [wire] })).analyses?.[0];
  expect(other?.readouts.find(({ title }) => title === 'Pitch')?.value).toBe(25e-6);
  const large = { ...design, grid: { samples: 520, pitch: 5e-6 } };
  const asked = { analyses: [{ ...wire, brief: true } as const] };
  expect((await session.show(large, asked)).analyses ?? []).toEqual([]);
  session.dispose();
});

it('trusts a target whose pixels have no known size, and leaves that size out', async () => {
  const session = await createSession('f64');
  const shown = await session.show(smallHologram(), { analyses: [{ nodeId: 'target', port: 'out' }] });
  const [report] = shown.analyses ?? [];
  expect(report?.health?.level).toBe('good');
  expect(report?.readouts.map(({ title }) => title)).not.toContain('Pitch');
  session.dispose();
});

it('tells what a sphere takes from the light that reaches it, of which a far field has no samples', async () => {
  const session = await createSession('f64');
  // Size parameter 10 in vacuum, index 1.5: MIEV0 “old 1”.
  const sphere = node('sphere', 'mieSphere', { radius: 5e-6 / Math.PI, refractiveIndex: 1.5 });
  const light = node('light', 'planeWave', { wavelength: 1e-6, refractiveIndex: 1 });
  const lit = createDesign([light, sphere], ['light.out>sphere.in'], { grid: { samples: 8, pitch: 1e-6 } });
  const [shown] = (await session.show(lit, { analyses: [{ nodeId: 'sphere', port: null }] })).analyses ?? [];
  expect(shown?.readouts.find(({ title }) => title === 'Q extinction')?.value).toBeCloseTo(2.8819989521, 8);
  expect(shown?.charts.map(({ title }) => title)).toContain('Resonances by wavelength');
  session.dispose();
});

it('calls what is compared by the name that it has on the page', async () => {
  const session = await createSession('f64');
  const pair = createDesign(
    [
      node('light', 'planeWave'),
      node('one', 'pupil'),
      { ...node('two', 'pupil'), title: 'Astigmatic' },
      node('curves', 'precisionCurves', { points: 'even' }),
    ],
    ['light.out>one.in', 'light.out>two.in', 'one.out>curves.in', 'two.out>curves.other'],
    { grid: { samples: 16, pitch: 1e-6 } },
  );
  const shown = await session.show(pair, { analyses: [{ nodeId: 'curves', port: null }] });
  const [chart] = shown.analyses?.[0]?.charts ?? [];
  expect(chart?.lines.map(({ title }) => title)).toEqual([
    ...['σx', 'σy', 'σz'],
    ...['σx of Astigmatic', 'σy of Astigmatic', 'σz of Astigmatic'],
  ]);
  session.dispose();
});
