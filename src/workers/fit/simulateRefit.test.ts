import { expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { setAll } from '../../graph/edit.ts';
import { createSession } from '../session.ts';
import { smallStack } from '../testDesigns.ts';

/** One plane of a bead 0.3 µm out of focus: an Airy spot that is somewhat wider. */
const SPOT = setAll(
  smallStack({
    learn: ['bead.x', 'bead.y', 'bead.photons', 'camera.background'],
    truth: { 'stack.planes': 1, 'camera.readNoise': 1 },
  }),
  registry,
  { 'stack.planes': 1 },
);

it('values of a spot scatter as the bounds say, without bias, and by squares more', async () => {
  const session = await createSession('wasm');
  try {
    const told: number[] = [];
    const report = await session.simulateRefit(SPOT, { images: 24, seed: 3, noise: null }, async (done) => {
      told.push(done);
      return true;
    });
    expect(report).toMatchObject({ images: 24, settled: 24, warnings: [] });
    expect(told).toHaveLength(24);
    for (const { ratio, ratioError, bias, biasError, bound } of report.parameters) {
      // A standard deviation from 24 normal numbers: relative error 1/√46.
      expect(ratioError).toBeCloseTo(0.1474, 4);
      expect(Math.abs((ratio ?? 0) - 1)).toBeLessThan(3 * (ratioError ?? 0));
      expect(Math.abs(bias ?? 1)).toBeLessThan(4 * (biasError ?? 0));
      expect(bound).toBeGreaterThan(0);
    }
    // Squares weigh bright pixels as dark ones, which counted photons do not deserve: places suffer most.
    const squares = setAll(SPOT, registry, { 'loss.kind': 'leastSquares' });
    const other = await session.simulateRefit(squares, { images: 24, seed: 3, noise: null });
    expect(other.parameters.map(({ bound }) => bound)).toEqual(report.parameters.map(({ bound }) => bound));
    const widest = ({ parameters }: typeof report) => Math.max(...parameters.map(({ ratio }) => ratio ?? 0));
    expect(widest(other)).toBeGreaterThan(widest(report));
  } finally {
    session.dispose();
  }
});

it('ends when it is told to, and tells what is there', async () => {
  const session = await createSession('wasm');
  try {
    const report = await session.simulateRefit(
      SPOT,
      { images: 50, seed: 1, noise: 4 },
      async (done) => done < 3,
    );
    expect(report.images).toBe(3);
    expect(report.parameters[0]?.ratioError).toBeCloseTo(0.5, 12);
  } finally {
    session.dispose();
  }
});
