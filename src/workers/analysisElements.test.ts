/** What the analysis elements tell of real designs, against closed forms. */
import { describe, expect, it } from 'vitest';
import type { Design, ParamData } from '../graph/document.ts';
import { encircledEnergyBench, mtfBench } from '../graph/examples/pointImage.ts';
import { createDesign, node } from '../graph/testSupport.ts';
import { createSession } from './session.ts';

async function readingsOf(design: Design, id = 'analysis'): Promise<(title: string) => number> {
  const session = await createSession('f64');
  const { readings, images, issues } = await session.evaluate(design);
  session.dispose();
  expect(issues).toEqual([]);
  expect(images.size + readings.size).toBeGreaterThan(0);
  return (title) => readings.get(id)?.find((readout) => readout.title === title)?.value ?? Number.NaN;
}

const grid = { samples: 64, pitch: 20e-6 };

function afterPupil(
  zernike: Readonly<Record<number, number>>,
  type: string,
  params: Record<string, ParamData> = {},
) {
  return createDesign(
    [
      node('source', 'planeWave', { wavelength: 500e-9 }),
      node('pupil', 'pupil', { numericalAperture: 0.5, zernike }),
      node('analysis', type, params),
    ],
    ['source.out>pupil.in', 'pupil.out>analysis.in'],
    { grid },
  );
}

function onBeam(type: string, params: Record<string, ParamData> = {}) {
  return createDesign(
    [
      node('beam', 'gaussianBeam', { waist: 200e-6, distance: 0, wavelength: 633e-9, power: 2e-3 }),
      node('analysis', type, params),
    ],
    ['beam.out>analysis.in'],
    { grid },
  );
}

describe('the image of a star', () => {
  it('has the contrast 0.391 at half the cut-off', async () => {
    const read = await readingsOf(mtfBench.design);
    // See the proof of the example: a disc of 63 samples radius.
    expect(Math.abs(read('MTF x') - 0.3910022)).toBeLessThan(4e-3);
    expect(Math.abs(read('MTF y') - 0.3910022)).toBeLessThan(4e-3);
    expect(read('Cut-off 2NA/λ')).toBeCloseTo((2 * 0.5) / 532e-9, 0);
  });

  it('has 83.8 % of its energy inside the first dark ring', async () => {
    const read = await readingsOf(encircledEnergyBench.design);
    // As in the proof of the example.
    expect(Math.abs(read('Inside the radius') - 0.837785)).toBeLessThan(8e-3);
    // EE80 = 0.896942 λN = 0.448471 λ/NA; pixels of λ/6NA as rings.
    expect(Math.abs(read('EE80 radius') / (0.448471 * 2 * 532e-9) - 1)).toBeLessThan(0.03);
  });
});

describe('the wavefront of a pupil', () => {
  it('is that of its Zernike terms', async () => {
    const read = await readingsOf(afterPupil({ 4: 50e-9, 8: -20e-9, 2: 200e-9 }, 'wavefront'));
    // The phase is exact; the disc of 31 samples has terms that are orthonormal to 1e-2.
    expect(read('Z4 defocus') / 50e-9).toBeCloseTo(1, 6);
    expect(read('Z8 coma x') / -20e-9).toBeCloseTo(1, 6);
    expect(Math.abs(read('RMS') / Math.hypot(50e-9, 20e-9) - 1)).toBeLessThan(0.02);
  });

  it.each([
    [0.25, 0.810569],
    [0.5, 0.405285],
  ])('with %f waves of defocus has the Strehl ratio %f', async (waves, expected) => {
    // W waves at the edge are W / (2√3) waves RMS.
    const read = await readingsOf(afterPupil({ 4: (waves * 500e-9) / (2 * Math.sqrt(3)) }, 'wavefront'));
    // Edge weights multiply the amplitude of a disc of 31 samples: 0.4 / 31 of the outermost phase.
    expect(Math.abs(read('Strehl ratio') - expected)).toBeLessThan(5e-3);
  });

  it('tells what the pupil can resolve', async () => {
    const read = await readingsOf(afterPupil({}, 'imagingNumbers'));
    expect(read('Abbe limit')).toBeCloseTo(500e-9, 15);
    expect(read('Rayleigh resolution') / 1e-6).toBeCloseTo(0.6098349456, 9);
    expect(read('Depth of field nλ/NA²')).toBeCloseTo(2e-6, 12);
  });

  it('at f/10 ends at 200 cycles/mm, and a wave of defocus at f/4 is 70.4 µm', async () => {
    const at = (fNumber: number, wavelength: number) =>
      createDesign(
        [
          node('source', 'planeWave', { wavelength }),
          node('pupil', 'pupil', { numericalAperture: 1 / (2 * fNumber), zernike: {} }),
          node('analysis', 'imagingNumbers', {}),
        ],
        ['source.out>pupil.in', 'pupil.out>analysis.in'],
        { grid },
      );
    const cutoff = (await readingsOf(at(10, 500e-9)))('Cut-off 2NA/λ');
    expect(cutoff / 200e3).toBeCloseTo(1, 12);
    // The light on the axis is dark for a whole wave at the edge, 8 λN² from focus.
    const shift = (await readingsOf(at(4, 550e-9)))('First axial zero, ±');
    expect(shift / 70.4e-6).toBeCloseTo(1, 12);
  });
});

describe('a Gaussian beam', () => {
  it('has its own numbers', async () => {
    const read = await readingsOf(onBeam('beamQuality', { distance: 0.2 }));
    // The window ends at 3.2 w: 1e-9 of the light is cut.
    expect(read('M² x')).toBeCloseTo(1, 5);
    expect(read('Rayleigh range y') / ((Math.PI * 200e-6 ** 2) / 633e-9)).toBeCloseTo(1, 5);
    expect(read('Fresnel number') / (200e-6 ** 2 / (633e-9 * 0.2))).toBeCloseTo(1, 5);
  });

  it('has its power, all of it away from the edge', async () => {
    const read = await readingsOf(onBeam('powerBudget'));
    expect(read('Power') / 2e-3).toBeCloseTo(1, 6);
    expect(read('In the outer 5 % frame')).toBeLessThan(1e-6);
    // Peak irradiance 2P / (π w²).
    expect(read('Peak') / ((2 * 2e-3) / (Math.PI * 200e-6 ** 2))).toBeCloseTo(1, 6);
  });

  it('couples into its own mode', async () => {
    // V = 3.97: a mode of 200 µm is that of a core of 200 µm / (0.65 + 1.619 V^-1.5 + 2.879 V^-6).
    const v = 3.97;
    const core = 200e-6 / (0.65 + 1.619 * v ** -1.5 + 2.879 * v ** -6);
    const aperture = (v * 633e-9) / (2 * Math.PI * core);
    const read = await readingsOf(onBeam('fibreCoupling', { coreRadius: core, numericalAperture: aperture }));
    expect(read('V number')).toBeCloseTo(v, 9);
    expect(read('Coupled')).toBeCloseTo(1, 9);
  });

  it('has a smooth profile without fringes to speak of in the middle', async () => {
    const read = await readingsOf(onBeam('fringeContrast', { length: 40e-6 }));
    // From I(0) to I(20 µm) = exp(-2 (20/200)²) over the three samples that count.
    const edge = Math.exp(-2 * 0.1 ** 2);
    expect(read('Visibility')).toBeCloseTo((1 - edge) / (1 + edge), 9);
  });
});
