/**
 * Measured images of others, fitted through the command line: two holograms of spheres and two bead stacks. Where
 * they come from, what their owners found and what counts as agreement is written in the READMEs beside the data
 * (folder LUMINODE_DATA). `LUMINODE_WRITE_RESULTS=1 npm run test:data` renews bench/results/measured-fits.json.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { luminode } from '../../src/cli/testSupport.ts';

const folder = process.env['LUMINODE_DATA'] ?? '../shared/data';
const results: Record<string, unknown> = {};

interface Parameter {
  readonly value: number;
  readonly sigma: number | null;
  readonly pixel?: number | null;
}

interface Fitted {
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly reducedChiSquare: number;
  readonly seconds: number;
}

async function fitted(name: string, args: readonly string[]): Promise<Fitted> {
  const { code, stdout, stderr } = await luminode(['fit', ...args]);
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  const result = JSON.parse(stdout) as Fitted;
  results[name] = result;
  return result;
}

afterAll(() => {
  if (process.env['LUMINODE_WRITE_RESULTS'] !== '1') return;
  mkdirSync('bench/results', { recursive: true });
  const report = { command: 'LUMINODE_WRITE_RESULTS=1 npm run test:data', results };
  writeFileSync('bench/results/measured-fits.json', `${JSON.stringify(report, null, 2)}\n`);
});

const image = (file: string) => {
  const path = resolve(folder, file);
  readFileSync(path); // A missing file fails here, with its name.
  return path;
};

/** A value of the fit in micrometres. */
const micrometres = (fit: Fitted, path: string) => (fit.parameters[path]?.value ?? Number.NaN) * 1e6;
const number = (fit: Fitted, path: string) => fit.parameters[path]?.value ?? Number.NaN;

describe('hologram-a (CATCH)', () => {
  const design = [
    '--example',
    'sphere-hologram',
    '--target',
    `target=${image('holograms/hologram-a.png')}`,
    '--set',
    'source.wavelength=447nm',
    '--set',
    'source.refractiveIndex=1.34',
    '--set',
    'camera.pixelPitch=48nm',
  ];
  /** Depth in pixels, radius in micrometres, index. */
  const start = (z: number, radius: number, index: number) => [
    '--set',
    `sphere.z=${z * 0.048}um`,
    '--set',
    `sphere.radius=${radius}um`,
    '--set',
    `sphere.refractiveIndex=${index}`,
  ];

  /** The windows of the data's README: the publishers' fits and their spread, not ours. */
  const expectFixed = (fit: Fitted) => {
    expect(Math.abs((fit.parameters['sphere.x']?.pixel ?? 0) - 153.03)).toBeLessThan(0.5);
    expect(Math.abs((fit.parameters['sphere.y']?.pixel ?? 0) - 152.29)).toBeLessThan(0.5);
    expect(Math.abs(micrometres(fit, 'sphere.z') / 0.048 - 159.2)).toBeLessThan(2);
    expect(Math.abs(micrometres(fit, 'sphere.radius') - 1.065)).toBeLessThan(0.015);
    expect(Math.abs(number(fit, 'sphere.refractiveIndex') - 1.542)).toBeLessThan(0.005);
  };

  it('from z and radius 30 % off, amplitude fixed', async () => {
    const args = [
      ...design,
      ...start(159.2 * 1.3, 1.065 * 0.7, 1.56),
      '--fix',
      'interference.scatteredAmplitude',
    ];
    expectFixed(await fitted('hologram-a, amplitude fixed', args));
  });

  it('from z and radius 30 % off, amplitude free', async () => {
    const fit = await fitted('hologram-a, amplitude free', [
      ...design,
      ...start(159.2 * 0.7, 1.085 * 1.3, 1.56),
    ]);
    expect(Math.abs(micrometres(fit, 'sphere.radius') - 1.085)).toBeLessThan(0.02);
    expect(Math.abs(number(fit, 'sphere.refractiveIndex') - 1.532)).toBeLessThan(0.006);
    expect(Math.abs(number(fit, 'interference.scatteredAmplitude') - 0.785)).toBeLessThan(0.05);
  });

  // Starts that the README demands: depth within 100 px, radius within 0.5 µm, index within 0.06.
  it.each([
    [64, 1.5, 1.59],
    [250, 0.6, 1.49],
    [250, 1.5, 1.49],
    [64, 0.6, 1.59],
  ])('from depth %d px, radius %d µm, index %d', async (z, radius, index) => {
    const args = [...design, ...start(z, radius, index), '--fix', 'interference.scatteredAmplitude'];
    expectFixed(await fitted(`hologram-a from ${z} px, ${radius} um, ${index}`, args));
  });
});

describe('hologram-b (HoloPy)', () => {
  it('from z and radius 30 % off', async () => {
    const fit = await fitted('hologram-b', [
      '--example',
      'sphere-hologram',
      '--target',
      `target=${image('holograms/hologram-b.npy')}`,
      '--set',
      'source.wavelength=658nm',
      '--set',
      'source.refractiveIndex=1.33',
      '--set',
      'camera.pixelPitch=0.1151um',
      '--set',
      'source.polarizationAngle=90deg',
      '--set',
      `sphere.z=${14.15 * 0.7}um`,
      '--set',
      `sphere.radius=${0.6484 * 1.3}um`,
      '--set',
      'sphere.refractiveIndex=1.56',
    ]);
    expect(Math.abs((fit.parameters['sphere.x']?.pixel ?? 0) * 0.1151 - 5.792)).toBeLessThan(0.02);
    expect(Math.abs((fit.parameters['sphere.y']?.pixel ?? 0) * 0.1151 - 5.534)).toBeLessThan(0.02);
    expect(Math.abs(micrometres(fit, 'sphere.z') - 14.15)).toBeLessThan(0.05);
    expect(Math.abs(micrometres(fit, 'sphere.radius') - 0.6484)).toBeLessThan(0.005);
    expect(Math.abs(number(fit, 'sphere.refractiveIndex') - 1.582)).toBeLessThan(0.003);
    expect(Math.abs(number(fit, 'interference.scatteredAmplitude') - 0.65)).toBeLessThan(0.01);
  });
});

/** Published phases in rad RMS; their Fourier sign is the opposite of ours, so odd orders m change sign. */
function expectPhases(
  fit: Fitted,
  wavelength: number,
  published: readonly (readonly [number, number])[],
): void {
  const ours = published.map(([noll]) => (2 * Math.PI * number(fit, `pupil.zernike.${noll}`)) / wavelength);
  const odd = new Set([7, 8, 9, 10, 16, 17, 18, 19, 20, 21]);
  // Reversing z negates every even term with the same image: both answers are right.
  const worst = [1, -1].map((direction) =>
    Math.max(
      ...published.map(([noll, phase], i) => {
        const expected = odd.has(noll) ? -phase : direction * phase;
        return Math.abs((ours[i] ?? Number.NaN) - expected);
      }),
    ),
  );
  expect(Math.min(...worst), `phases ${ours.map((p) => p.toFixed(3)).join(', ')} rad`).toBeLessThan(0.03);
}

describe('bead stacks', () => {
  it('air, NA 0.85 (pyotf)', async () => {
    const fit = await fitted('bead stack, air', [
      '--example',
      'bead-stack',
      '--target',
      `target=${image('psf/air_na0.85.tif')}`,
      '--crop',
      '83:174,86:177',
      ...['source.wavelength=520nm', 'source.refractiveIndex=1', 'pupil.numericalAperture=0.85'].flatMap(set),
      ...['camera.pixelPitch=130nm', 'stack.zStep=300nm'].flatMap(set),
      ...['camera.gain=2.17', 'camera.offset=100', 'camera.readNoise=3.5'].flatMap(set),
    ]);
    expect(fit.reducedChiSquare).toBeLessThanOrEqual(1.9);
    expectPhases(fit, 520e-9, [
      [6, -0.15],
      [8, 0.28],
      [11, 0.221],
      [16, 0.067],
      [22, 0.241],
    ]);
  });

  it('water, NA 1.0 (AOViFT)', async () => {
    const fit = await fitted('bead stack, water', [
      '--example',
      'bead-stack',
      '--target',
      `target=${image('psf/water_na1.0.tif')}`,
      '--crop',
      '13:124,10:121',
      '--planes',
      '1:101:4',
      ...['source.wavelength=510nm', 'source.refractiveIndex=1.33', 'pupil.numericalAperture=1.0'].flatMap(
        set,
      ),
      ...['camera.pixelPitch=97nm', 'stack.zStep=400nm'].flatMap(set),
      ...['camera.gain=4.17', 'camera.offset=100', 'camera.readNoise=4'].flatMap(set),
    ]);
    expect(fit.reducedChiSquare).toBeLessThanOrEqual(2.1);
    expectPhases(fit, 510e-9, [
      [6, -0.11],
      [9, 0.046],
      [10, -0.044],
      [18, -0.033],
      [22, 0.029],
    ]);
  });
});

function set(assignment: string): string[] {
  return ['--set', assignment];
}
