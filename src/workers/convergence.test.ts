import { describe, expect, it } from 'vitest';
import type { Design } from '../graph/document.ts';
import { createDesign, node } from '../graph/testSupport.ts';
import { planeOf } from '../optics/analysis/testPlanes.ts';
import { imageChange } from './convergence.ts';
import { createSession } from './session.ts';

/** A beam through a lens, seen on its way to the focus. */
function lensDesign(focalLength: number): Design {
  return createDesign(
    [
      node('beam', 'gaussianBeam', { waist: 150e-6, distance: 0 }),
      node('lens', 'thinLens', { focalLength }),
      node('space', 'propagator', { distance: focalLength / 2 }),
      node('widths', 'spotWidths'),
      node('camera', 'camera', { rows: 24, columns: 24, pixelPitch: 20e-6 }),
    ],
    ['beam.out>lens.in', 'lens.out>space.in', 'space.out>widths.in', 'widths.out>camera.in'],
    { grid: { samples: 48, pitch: 20e-6 } },
  );
}

describe('convergence', () => {
  it('is found for a well-sampled lens, of the image and of the numbers', async () => {
    const session = await createSession('f64');
    const report = await session.converge(lensDesign(0.2), 'camera');
    expect(report.level).toBe('good');
    expect(report.steps.map(({ grid }) => grid)).toEqual([
      { samples: 96, pitch: 10e-6 },
      { samples: 96, pitch: 20e-6 },
    ]);
    // The window ends at 3.2 w: e^-20 of the light is cut.
    for (const { image } of report.steps) expect(image?.rms ?? 1).toBeLessThan(1e-3);
    const numbers = await session.converge(lensDesign(0.2), 'widths');
    const width = numbers.steps[0]?.readouts.find(({ readout }) => readout.title === 'D4σ x');
    expect(width?.change ?? 1).toBeLessThan(1e-3);
    session.dispose();
  });

  it('is denied to a lens that turns the phase by more than π per sample, without disturbing what is shown', async () => {
    const session = await createSession('f64');
    const design = lensDesign(0.008);
    await session.show(design, {});
    const arrays = session.kernels.memory?.().arrays;
    const report = await session.converge(design, 'camera');
    expect(report.level).toBe('bad');
    expect(report.verdict).toContain('finer pitch');
    expect(session.kernels.memory?.().arrays).toBe(arrays);
    const again = await session.show(design, {});
    expect(Object.values(again.nodeMilliseconds).every((milliseconds) => milliseconds === 0)).toBe(true);
    session.dispose();
  });

  it('compares even light at the same irradiance in a wider window', async () => {
    const session = await createSession('f64');
    const design = createDesign(
      [
        node('source', 'planeWave'),
        node('stop', 'aperture', { diameter: 400e-6, softness: 60e-6 }),
        node('camera', 'camera', { rows: 24, columns: 24, pixelPitch: 20e-6 }),
      ],
      ['source.out>stop.in', 'stop.out>camera.in'],
      { grid: { samples: 48, pitch: 20e-6 } },
    );
    const report = await session.converge(design, 'camera');
    // Camera pixels and samples coincide: only the soft edge's interpolation between them is left.
    expect(report.steps[1]?.image?.rms ?? 1).toBeLessThan(1e-3);
    session.dispose();
  });

  it('leaves the wider window out where a mask fills it, and says so', async () => {
    const session = await createSession('f64');
    const design = lensDesign(0.2);
    const nodes = design.nodes.map((each) => (each.id === 'lens' ? node('lens', 'freeformPhase') : each));
    const report = await session.converge({ ...design, nodes }, 'camera');
    expect(report.steps.map(({ title }) => title)).toEqual(['half the pitch']);
    expect(report.verdict).toContain('fills the window');
    session.dispose();
  });

  it('is refused in words where the grid cannot be doubled', async () => {
    const session = await createSession('f64');
    const large = { ...lensDesign(0.2), grid: { samples: 3000, pitch: 1e-6 } };
    await expect(session.converge(large, 'camera')).rejects.toThrow(/cannot be doubled/);
    session.dispose();
  });
});

describe('the change of an image', () => {
  const f = (x: number, y: number): number => Math.exp(-(x * x + y * y) / 50);

  it('is that at common samples, whatever the grids', () => {
    const coarse = planeOf(15, 2, f);
    for (const other of [planeOf(31, 1, f), planeOf(40, 2, f), planeOf(16, 1, f)]) {
      expect(imageChange(coarse, other)?.rms ?? 1).toBeLessThan(1e-14);
    }
    const brighter = planeOf(31, 1, (x, y) => 1.1 * f(x, y));
    expect(imageChange(coarse, brighter)?.rms).toBeCloseTo(0.1, 12);
    expect(imageChange(coarse, brighter)?.peak).toBeCloseTo(0.1, 12);
  });
});
