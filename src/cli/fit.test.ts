import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { turnBy } from './fit.ts';
import { jsonOf, luminode, makeFolder } from './testSupport.ts';

interface FitJson {
  readonly parameters: Record<
    string,
    {
      start: number;
      value: number;
      sigma: number | null;
      unit: string;
      atBound: boolean;
      display: { value: number; unit: string };
      pixel?: number;
    }
  >;
  readonly correlation: { paths: string[]; matrix: number[][] };
  readonly held: Record<string, { value: number; unit: string; display: { value: number; unit: string } }>;
  readonly loss: { start: number; end: number };
  readonly reducedChiSquare: number | null;
  readonly iterations: number;
  readonly seconds: number;
  readonly backend: string;
  readonly ending: string;
  readonly starts?: { readonly count: number; readonly losses: readonly number[] };
  readonly warnings: string[];
}

async function fitJson(words: readonly string[], cwd?: string): Promise<FitJson> {
  const outcome = await luminode(['fit', ...words], cwd);
  if (outcome.code !== 0) throw new Error(outcome.stderr);
  return JSON.parse(outcome.stdout) as FitJson;
}

/** True values of the simulated hologram. */
const TRUTH: Readonly<Record<string, number>> = {
  'sphere.x': 0.55e-6,
  'sphere.y': -0.42e-6,
  'sphere.z': 12.5e-6,
  'sphere.radius': 0.75e-6,
  'sphere.refractiveIndex': 1.59,
  'interference.scatteredAmplitude': 0.9,
};

describe('fit of the simulated hologram', () => {
  it('gives the documented JSON on stdout and in the file, with values within 5 sigma of the truth', async () => {
    const folder = await makeFolder();
    // Whether they are made by themselves depends on how busy the machine is.
    const words = ['fit', '--example', 'sphere-hologram', '--compare-losses', 'never'];
    const outcome = await luminode([...words, '--out', 'new/fit.json'], folder);
    expect(outcome.code).toBe(0);
    expect(await readFile(join(folder, 'new/fit.json'), 'utf8')).toBe(outcome.stdout);
    const result = JSON.parse(outcome.stdout) as FitJson;
    expect(Object.keys(result)).toEqual([
      'parameters',
      'correlation',
      'held',
      'loss',
      'reducedChiSquare',
      'freedom',
      'errorSource',
      'iterations',
      'seconds',
      'backend',
      'ending',
      'warnings',
    ]);
    expect(result.backend).toBe('wasm');
    expect(result.loss.end).toBeLessThan(result.loss.start);
    expect(Object.keys(result.parameters)).toEqual(Object.keys(TRUTH));
    for (const [path, truth] of Object.entries(TRUTH)) {
      const parameter = result.parameters[path];
      const isPosition = path === 'sphere.x' || path === 'sphere.y';
      expect(Object.keys(parameter ?? {})).toEqual([
        ...['start', 'value', 'sigma', 'unit', 'atBound', 'display'],
        ...(isPosition ? ['pixel'] : []),
      ]);
      // 5 standard errors: chance makes one of six miss once in 300 000 seeds.
      expect(Math.abs((parameter?.value ?? 0) - truth)).toBeLessThan(5 * (parameter?.sigma ?? 0));
    }
    const { paths, matrix } = result.correlation;
    expect(paths).toEqual(Object.keys(TRUTH));
    expect(matrix.map((row, i) => row[i])).toEqual(paths.map(() => 1));
    const others = matrix.flatMap((row, i) => row.filter((_, j) => j !== i)).map(Math.abs);
    expect(others).toHaveLength(30);
    expect(Math.max(...others)).toBeLessThan(1);
    // Radius and index of a small sphere both set how much it scatters: more of one is less of the other.
    const [radius, index] = [paths.indexOf('sphere.radius'), paths.indexOf('sphere.refractiveIndex')];
    expect(matrix[radius]?.[index]).toBeLessThan(-0.5);
    expect(outcome.stderr).toMatch(
      /Strongest correlations: .*sphere\.radius and sphere\.refractiveIndex −0\.\d/,
    );
    expect(Object.keys(result.held)).toEqual([
      'source.wavelength',
      'source.refractiveIndex',
      'pupil.numericalAperture',
      'camera.pixelPitch',
    ]);
    const x = result.parameters['sphere.x'];
    expect(x?.display).toEqual({ value: (x?.value ?? 0) / 1e-6, unit: 'µm' });
    expect(x?.pixel).toBeCloseTo(48 + (x?.value ?? 0) / 0.1e-6, 9);
  });

  it('fits what --learn names, without what --fix names, from what --set gives', async () => {
    const words = ['--learn', 'sphere.z,sphere.radius', '--fix', 'sphere.radius', '--set', 'sphere.z=12um'];
    const { parameters } = await fitJson(['--example', 'sphere-hologram', ...words]);
    expect(Object.keys(parameters)).toEqual(['sphere.z']);
    expect(parameters['sphere.z']?.start).toBeCloseTo(12e-6, 15);
  });

  it('warns when the iterations run out', async () => {
    const { warnings, ending } = await fitJson(['--example', 'sphere-hologram', '--max-iterations', '1']);
    expect(warnings.join(' ')).toContain('--max-iterations');
    expect(ending).toBe('steps');
  });

  it('goes by another method, from several starts, as it is told', async () => {
    const words = ['--learn', 'sphere.x', '--method', 'lbfgs', '--starts', '2', '--start-spread', '0.5'];
    const { starts, ending, loss } = await fitJson(['--example', 'sphere-hologram', ...words]);
    expect(ending).toBe('converged');
    expect(starts?.count).toBe(2);
    // Summed over float32 pixels on the backend, and on the host for the report.
    expect((starts?.losses[0] ?? 0) / loss.end).toBeCloseTo(1, 6);
  });

  it('gives other noise for another seed and the same for the same', async () => {
    const words = ['--example', 'sphere-hologram', '--learn', 'sphere.x', '--max-iterations', '5'];
    const values = [];
    for (const seed of ['3', '3', '4'])
      values.push((await fitJson([...words, '--seed', seed])).parameters['sphere.x']?.value);
    expect(values[0]).toBe(values[1]);
    expect(values[0]).not.toBe(values[2]);
  });
});

describe('fit of an image file', () => {
  it('finds the sphere in a crop and gives pixels of the whole image', async () => {
    const folder = await makeFolder();
    const size = ['--set', 'camera.rows=120', '--set', 'camera.columns=130'];
    const truth = ['--set', 'sphere.x=0.9um', '--set', 'sphere.y=-0.7um', '--set', 'sphere.z=12um'];
    const made = await luminode(
      ['run', '--example', 'sphere-hologram', ...size, ...truth, '--out', '.'],
      folder,
    );
    expect(made.code).toBe(0);
    const relative = ['--set', 'target.normalization=mean'];
    const words = ['--target', 'target=camera.npy', '--crop', '4:104,-118:-8', ...relative];
    const { parameters } = await fitJson(['--example', 'sphere-hologram', ...words], folder);
    // Noise-free and with the right model: what is left is the rounding of the file's float32 pixels.
    expect(parameters['sphere.x']?.pixel).toBeCloseTo(65 + 9, 3);
    expect(parameters['sphere.y']?.pixel).toBeCloseTo(60 - 7, 3);
    expect(Math.abs((parameters['sphere.z']?.value ?? 0) - 12e-6)).toBeLessThan(1e-9);
  });

  /** A hologram in camera counts whose background is not known, as most are: mean 0.99 of the reference wave. */
  it('measures a noisy hologram without a background within its error bars', {
    timeout: 60_000,
  }, async () => {
    const folder = await makeFolder();
    const truth: Readonly<Record<string, number>> = {
      'sphere.x': 0.62e-6,
      'sphere.y': -0.81e-6,
      'sphere.z': 14e-6,
      'sphere.radius': 0.7e-6,
      'sphere.refractiveIndex': 1.58,
      'interference.scatteredAmplitude': 0.85,
    };
    const words = Object.entries(truth).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
    // 73 counts of background, with noise of 2 % of it.
    const camera = ['rows=101', 'columns=120', 'gain=73', 'readNoise=1.46', 'noise=true'];
    const seen = camera.flatMap((setting) => ['--set', `camera.${setting}`]);
    const example = ['--example', 'sphere-hologram'];
    const made = await luminode(['run', ...example, ...words, ...seen, '--seed', '7', '--out', '.'], folder);
    expect(made.code).toBe(0);
    const start = ['--set', 'sphere.z=13.5um', '--set', 'sphere.radius=0.66um'];
    const target = [...example, ...start, '--target', 'target=camera.npy'];
    const free = await fitJson([...target, '--set', 'target.normalization=mean'], folder);
    const assumed = await fitJson(target, folder);
    for (const fit of [free, assumed]) {
      const off = Object.entries(truth).flatMap(([path, value]) => {
        const { value: found = Number.NaN, sigma } = fit.parameters[path] ?? {};
        const error = Math.abs(found - value) / (sigma ?? 0);
        // Six Gaussian errors: one in 2600 fits has one beyond 4 sigma.
        return error < 4 ? [] : [`${path}: ${found} ± ${sigma}, ${error.toFixed(1)} sigma`];
      });
      expect(off).toEqual([]);
    }
    // χ²/ν of 12 114 pixels scatters by 0.013, the noise estimated from neighbours by 0.02.
    expect(Math.abs((free.reducedChiSquare ?? 0) - 1)).toBeLessThan(0.1);
    const sigma = (fit: FitJson, path: string) => fit.parameters[path]?.sigma ?? Number.NaN;
    // The mean is 1 % off the background, fifty times its own noise: it shows in the values ...
    expect(assumed.warnings.join(' ')).toContain('The mean of the image stands for its background');
    expect(free.warnings.join(' ')).not.toContain('stands for its background');
    // ... and in the errors, which are larger than those of a fit that is free of the brightness.
    const amplitude = 'interference.scatteredAmplitude';
    expect(sigma(assumed, amplitude)).toBeGreaterThan(3 * sigma(free, amplitude));
    // Those are small: the cap keeps a fit with huge error bars from passing.
    expect(sigma(free, 'sphere.z')).toBeLessThan(0.05e-6);
    expect(sigma(free, 'sphere.radius')).toBeLessThan(5e-9);
  });

  it('takes planes of a stack', async () => {
    const folder = await makeFolder();
    await luminode(['run', '--example', 'bead-stack', '--set', 'bead.x=0.1um', '--out', '.'], folder);
    const words = ['--target', 'target=camera.npy', '--planes', '::3', '--fix', 'pupil.zernike,camera.blur'];
    const { parameters } = await fitJson(['--example', 'bead-stack', ...words], folder);
    expect(Object.keys(parameters).filter((path) => path.startsWith('bead.photons.'))).toEqual([
      'bead.photons.0',
      'bead.photons.1',
      'bead.photons.2',
    ]);
    // Noise-free and with the right model: what is left is the tolerance of the optimiser.
    expect(parameters['bead.x']?.pixel).toBeCloseTo(24 + 1, 2);
  });

  it.each([
    ['a target that does not exist', ['--target', 'taget=x.npy'], 'Did you mean target?'],
    ['a node that is no target', ['--target', 'camera=x.npy'], 'is not a target image'],
    ['a missing image', ['--target', 'target=none.npy'], 'there is no such file'],
    ['a text named .tif', ['--target', 'target=text.tif'], 'is not a TIFF file'],
    ['planes of a single image', ['--target', 'target=x.npy', '--planes', '1:2'], 'not a stack'],
    ['an empty crop', ['--target', 'target=x.npy', '--crop', '90:,:'], '90: leaves none of the 16 rows'],
    ['another background', ['--target', 'target=x.npy', '--background', 'b.npy'], 'The background has 8 × 8'],
    ['an unknown parameter', ['--learn', 'sphere.radus'], 'Did you mean sphere.radius?'],
    ['nothing to learn', ['--learn', 'sphere.x', '--fix', 'sphere.x'], 'nothing to fit'],
  ])('refuses %s with exit code 1, on stdout and in the file', async (_, words, reason) => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'text.tif'), 'This is no image.');
    for (const [name, side] of [
      ['x', 16],
      ['b', 8],
    ] as const) {
      const size = ['--set', `camera.rows=${side}`, '--set', `camera.columns=${side}`];
      await luminode(['run', '--example', 'airy', ...size, '--out', name], folder);
      await writeFile(join(folder, `${name}.npy`), await readFile(join(folder, name, 'camera.npy')));
    }
    const words2 = ['fit', '--example', 'sphere-hologram', ...words, '--out', 'fit.json'];
    const outcome = await luminode(words2, folder);
    expect(outcome.code).toBe(1);
    expect(jsonOf(outcome)['error']).toContain(reason);
    expect(await readFile(join(folder, 'fit.json'), 'utf8')).toBe(outcome.stdout);
  });

  it('refuses a folder as its file before it computes', async () => {
    const folder = await makeFolder();
    const outcome = await luminode(['fit', '--example', 'sphere-hologram', '--out', '.'], folder);
    expect(outcome.code).toBe(1);
    expect(jsonOf(outcome)['error']).toContain('it is a folder');
    expect(outcome.stderr).not.toContain('iteration');
  });

  it('refuses to divide a stack that counts photons', async () => {
    const words = ['--target', 'target=x.npy', '--background', 'b.npy'];
    const outcome = await luminode(['fit', '--example', 'bead-stack', ...words]);
    expect(outcome.code).toBe(1);
    expect(jsonOf(outcome)['error']).toContain('--background divides holograms');
  });

  it('says that a design without a target cannot be fitted', async () => {
    const outcome = await luminode(['fit', '--example', 'airy', '--learn', 'pupil.zernike.4']);
    expect(outcome.code).toBe(1);
    expect(jsonOf(outcome)['error']).toContain('nothing to fit to');
  });
});

it('turns a target to where --rotate says, whatever angle and quarter it had', () => {
  const stored = { turn: '270', angle: 0.3 };
  expect({ ...stored, ...turnBy(90) }).toEqual({ turn: '90', angle: 0 });
  expect({ ...stored, ...turnBy(-360) }).toEqual({ turn: '0', angle: 0 });
  const { turn, angle } = { ...stored, ...turnBy(350) };
  expect(turn).toBe('0');
  expect(angle).toBeCloseTo(-Math.PI / 18, 12);
});
