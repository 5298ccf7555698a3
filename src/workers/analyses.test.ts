/** The way of an analysis from a design to numbers, in one session. */
import { expect, it } from 'vitest';
import { createDesign, node } from '../graph/testSupport.ts';
import { createSession } from './session.ts';

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
