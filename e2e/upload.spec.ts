/** Simulated twins of real measurements, from the file to the table. */
import { beadStack } from '../src/graph/examples/beadStack.ts';
import { sphereHologram } from '../src/graph/examples/sphereHologram.ts';
import { expect, test } from './fixtures.ts';
import { type ResultRow, type TestFile, UNITS, type Workbench } from './pages/workbench.ts';
import { npyFile, png16File, simulate, type Twin, tiffFile } from './twins.ts';

const SPHERE = {
  'sphere.x': 0.62e-6,
  'sphere.y': -0.81e-6,
  'sphere.z': 12e-6,
  'sphere.radius': 0.7e-6,
  'sphere.refractiveIndex': 1.58,
  'interference.scatteredAmplitude': 0.85,
} as const;

/** The camera of the twin is not the example's: its size must follow the image. */
const HOLOGRAM_CAMERA = {
  'camera.rows': 110,
  'camera.columns': 120,
  'camera.pixelPitch': 0.12e-6,
  'camera.readNoise': 0.02,
};

const paramOf = async (workbench: Workbench, path: string): Promise<unknown> => {
  const [nodeId = '', name = ''] = path.split('.');
  return (await workbench.design()).nodes.find(({ id }) => id === nodeId)?.params[name];
};

function si({ value, unit }: ResultRow): number {
  const factor = UNITS[unit];
  if (factor === undefined) throw new Error(`The table has the unknown unit “${unit}”.`);
  return value * factor;
}

/** Largest errors: those of the README of the measured holograms, which such a fit must keep to. */
const CAPS: Readonly<Record<keyof typeof SPHERE, number>> = {
  'sphere.x': 0.02e-6,
  'sphere.y': 0.02e-6,
  'sphere.z': 0.05e-6,
  'sphere.radius': 0.005e-6,
  'sphere.refractiveIndex': 0.003,
  'interference.scatteredAmplitude': 0.02,
};

let hologram: Twin;
test.beforeAll(async () => {
  hologram = await simulate(sphereHologram, { ...SPHERE, ...HOLOGRAM_CAMERA }, 3);
});

/**
 * One from a rough start (depth and radius off by 30 %), which needs the coarse search; the search takes most of
 * the time, so the other formats start near and go without.
 */
const HOLOGRAM_FILES: readonly { kind: string; file: () => TestFile; rough: boolean }[] = [
  { kind: 'NPY', file: () => npyFile('twin.npy', hologram), rough: true },
  // A camera counts from zero: 20 000 counts of background wave in 16 bits, not the exporter's full stretch.
  { kind: 'PNG, 16-bit', file: () => png16File('twin.png', counted(hologram)), rough: false },
  { kind: 'TIFF', file: () => tiffFile('twin.tif', hologram), rough: false },
];

/** Counts such that the stretch of the encoder keeps their ratios: smallest 0, largest 65535. */
function counted({ data, shape }: Twin): Twin {
  const counts = data.map((value) => Math.max(0, Math.min(65535, Math.round(20000 * value))));
  counts[0] = 0;
  counts[1] = 65535;
  return { data: counts, shape };
}

for (const { kind, file, rough } of HOLOGRAM_FILES) {
  test(`a hologram uploaded as ${kind} is measured`, async ({ page, workbench }) => {
    await workbench.openSettled();
    await workbench.openExample('sphere-hologram');
    await workbench.settled();
    await workbench.setField('camera.pixelPitch', '0.12 µm');
    await workbench.uploadTarget('target', file());
    expect(await paramOf(workbench, 'camera.rows')).toBe(110);
    expect(await paramOf(workbench, 'camera.columns')).toBe(120);
    const { shape } = await workbench.frame('camera');
    expect(shape).toEqual([110, 120]);
    // The detector is good to a pixel or two; the fit does the rest.
    expect(Math.abs(Number(await paramOf(workbench, 'sphere.x')) - SPHERE['sphere.x'])).toBeLessThan(0.24e-6);
    expect(Math.abs(Number(await paramOf(workbench, 'sphere.y')) - SPHERE['sphere.y'])).toBeLessThan(0.24e-6);
    await workbench.setField('sphere.z', rough ? '15.6 µm' : '12.3 µm');
    await workbench.setField('sphere.radius', rough ? '0.49 µm' : '0.68 µm');
    if (!rough) {
      await workbench.clearSelection();
      await page.getByTestId('field-fit.coarseSearch').click();
    }
    await workbench.runFit();
    const rows = await workbench.readResults();
    for (const [path, wanted] of Object.entries(SPHERE)) {
      const row = rows.get(path);
      if (row === undefined) throw new Error(`${path} is not in the table.`);
      const error = Math.abs(si(row) - wanted);
      expect(error, `${path}: ${row.value} ± ${row.sigma} ${row.unit}`).toBeLessThan(
        CAPS[path as keyof typeof SPHERE],
      );
    }
    // Pixels count from 0 at the corner; the middle of 120 columns is 60 and of 110 rows 55.
    expect(rows.get('sphere.x')?.pixel).toBeCloseTo(60 + SPHERE['sphere.x'] / 0.12e-6, 0);
    expect(rows.get('sphere.y')?.pixel).toBeCloseTo(55 + SPHERE['sphere.y'] / 0.12e-6, 0);
  });
}

test('a bead stack uploaded as TIFF is measured within 4 sigma', async ({ workbench }) => {
  const truth = {
    'bead.x': 0.11e-6,
    'bead.y': -0.08e-6,
    'bead.z': 0.1e-6,
    'bead.photons': 12000,
    'camera.background': 15,
    'camera.blur': 0.7,
    'camera.gain': 2.2,
    'camera.offset': 100,
    'camera.readNoise': 3,
    'camera.rows': 42,
    'camera.columns': 44,
    'stack.planes': 6,
    'pupil.zernike.6': 30e-9,
    'pupil.zernike.7': -25e-9,
    'pupil.zernike.11': 28e-9,
  };
  const twin = await simulate(beadStack, truth, 5);
  await workbench.openSettled();
  await workbench.openExample('bead-stack');
  await workbench.settled();
  await workbench.setField('camera.gain', '2.2');
  await workbench.setField('camera.offset', '100');
  await workbench.setField('camera.readNoise', '3');
  await workbench.uploadTarget('target', tiffFile('beads.tif', twin));
  expect(await paramOf(workbench, 'camera.rows')).toBe(42);
  expect(await paramOf(workbench, 'camera.columns')).toBe(44);
  expect(await paramOf(workbench, 'stack.planes')).toBe(6);
  await workbench.runFit();
  const rows = await workbench.readResults();
  const wrong: string[] = [];
  for (let index = 5; index <= 22; index++) {
    const path = `pupil.zernike.${index}`;
    const row = rows.get(path);
    if (row === undefined) throw new Error(`${path} is not in the table.`);
    const factor = row.unit === 'waves' ? 580e-9 : (UNITS[row.unit] ?? Number.NaN);
    const wanted = (truth as Readonly<Record<string, number>>)[path] ?? 0;
    const error = Math.abs(row.value * factor - wanted);
    // The cap (a hundredth of a wave) keeps a fit with huge error bars from passing.
    if (!(error < 4.1 * row.sigma * factor && error < 5.8e-9))
      wrong.push(`${path}: ${row.value} ± ${row.sigma}`);
  }
  expect(wrong).toEqual([]);
  const chi = (await workbench.fitState()).result?.reducedChiSquare ?? Number.NaN;
  // 6 × 42 × 44 pixels scatter the reduced chi-square by 0.013; gain and offset are known.
  expect(chi).toBeGreaterThan(0.93);
  expect(chi).toBeLessThan(1.07);
});
