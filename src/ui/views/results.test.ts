import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { node } from '../../graph/testSupport.ts';
import type { FitResult, ParameterResult } from '../../workers/protocol.ts';
import {
  correlationRows,
  correlationTsv,
  groupedParameters,
  groupRange,
  heldText,
  inUnit,
  resultColumns,
  resultJson,
  resultRow,
  resultTsv,
  startInDisplayUnit,
  termColumns,
  truthOf,
} from './results.ts';
import { describeVerdict, sortedWarnings } from './verdict.ts';

const radius: ParameterResult = {
  path: 'sphere.radius',
  title: 'Sphere: radius',
  start: 7e-7,
  value: 7.5e-7,
  sigma: 1.2e-9,
  unit: 'm',
  atBound: false,
  display: { value: 0.75, sigma: 0.0012, unit: 'µm' },
  pixel: null,
};
const x: ParameterResult = {
  path: 'sphere.x',
  title: 'Sphere: x\tposition',
  start: -1e-6,
  value: 0,
  sigma: 2e-9,
  unit: 'm',
  atBound: true,
  display: { value: 0, sigma: 2, unit: 'nm' },
  pixel: 64.3333,
};
const result: FitResult = {
  parameters: [radius, x],
  loss: { start: 12, end: 1 },
  reducedChiSquare: 1.02,
  iterations: 17,
  seconds: 0.42,
  backend: 'wasm',
  converged: true,
  warnings: [],
};

describe('units of the results table', () => {
  it('are those that the fields show, for value, error, start and spread', () => {
    const shown = resultRow(inUnit({ ...radius, spread: 4.5e-9 }, { symbol: 'nm', factor: 1e-9 }), 7.4e-7);
    expect(shown).toMatchObject({
      start: '700.0',
      truth: '740.0',
      value: '750.0 ± 1.2',
      spread: '4.5',
      unit: 'nm',
    });
    expect(resultRow({ ...radius, spread: 4.5e-9 }).spread).toBe('0.0045');
    expect(resultRow(radius).spread).toBe('');
  });
});

describe('rows of the results table', () => {
  it('show value and start to the place that the error allows', () => {
    expect(resultRow(radius)).toMatchObject({
      start: '0.7000',
      value: '0.7500 ± 0.0012',
      unit: 'µm',
      pixel: '',
    });
    expect(resultRow(x)).toMatchObject({
      start: '−1000.0',
      value: '0.0 ± 2.0',
      pixel: '64.33',
      atBound: true,
    });
  });

  it('are plain where a run has no errors at all', () => {
    const plain: ParameterResult = {
      ...x,
      sigma: null,
      display: { value: 1.234567, sigma: null, unit: 'µm' },
    };
    expect(resultRow(plain, null, false)).toMatchObject({ value: '1.2346', unknown: false });
    const goal = { node: 'strehl', title: 'Strehl ratio', before: 0.4, after: 0.9, unit: '' };
    const run = { converged: true, reducedChiSquare: null, goals: [goal] };
    expect(describeVerdict(run)).toEqual({
      text: 'No step leads further: Strehl ratio 0.4 → 0.9.',
      tone: 'good',
    });
    expect(describeVerdict({ ...run, converged: false, ending: 'steps' })).toMatchObject({
      text: expect.stringMatching(/^The run used up/),
      tone: 'warning',
    });
    // What was wanted is there, so that it does not matter how the run ended.
    const met = { ...goal, wanted: { text: 'at least 0.8', isMet: true } };
    expect(describeVerdict({ ...run, goals: [met], converged: false, ending: 'steps' })).toEqual({
      text: 'What was wanted is met: Strehl ratio 0.4 → 0.9 (at least 0.8: met).',
      tone: 'good',
    });
    const missed = { ...goal, wanted: { text: 'at least 0.95', isMet: false } };
    expect(describeVerdict({ ...run, goals: [met, missed] }).tone).toBe('warning');
    expect(describeVerdict({ ...run, goals: [met], ending: 'diverged' }).tone).toBe('warning');
    expect(sortedWarnings(['3 of 3 starts reached the best minimum.', 'Look out.'])).toEqual(['Look out.']);
  });

  it('tell how far each may be off, in the unit that is shown', () => {
    const loose = { ...radius, tolerance: 3.21e-8, display: { ...radius.display, tolerance: 0.0321 } };
    expect(resultRow(loose).tolerance).toBe('0.032');
    expect(resultRow(inUnit(loose, { symbol: 'nm', factor: 1e-9 })).tolerance).toBe('32');
    expect(resultRow({ ...loose, display: { ...loose.display, tolerance: null } }).tolerance).toBe('');
    // Digits far below what a design allows would look like knowledge.
    const small = { ...loose, sigma: null, display: { ...loose.display, sigma: null, value: 1.99e-6 } };
    expect(resultRow(small, null, false).value).toBe('0.0000');
    const run = { ...result, parameters: [loose], toleranceOf: { change: '0.01', of: 'Strehl ratio' } };
    const column = resultColumns(run).find(({ name }) => name === 'tolerance: Strehl ratio changes by 0.01');
    expect(column?.values).toEqual([0.0321]);
    expect(
      resultTsv(run)
        .split('\n')
        .map((line) => line.split('\t').at(-1)),
    ).toEqual(['Tolerance', '0.032']);
    expect(resultColumns(result).some(({ name }) => name.startsWith('tolerance'))).toBe(false);
  });

  it('and a value that contradicts what was known before are no good result', () => {
    const prior = { mean: 7.4e-7, sigma: 2e-9, share: 0.5, display: { mean: 0.74, sigma: 0.002 } };
    const against = { ...radius, value: 7.5e-7, prior };
    const verdict = describeVerdict({ ...result, parameters: [against] });
    expect(verdict.tone).toBe('warning');
    expect(verdict.text).toContain('contradicts what was known before');
    // Three standard deviations of the scatter that is left, √(1 - ½) of 2 nm, are 4.2 nm.
    expect(describeVerdict({ ...result, parameters: [{ ...against, value: 7.44e-7 }] }).tone).toBe('good');
  });

  it('tell what was known before, in the unit that is shown', () => {
    const known = { mean: 7.4e-7, sigma: 2e-8, share: 0.24, display: { mean: 0.74, sigma: 0.02 } };
    const shown = resultRow(inUnit({ ...radius, prior: known }, { symbol: 'nm', factor: 1e-9 }));
    expect(shown.prior).toEqual({
      short: 'prior 24 %',
      text: 'Known before the fit as 740 ± 20 nm: it makes up 24 % of what is known of the value.',
    });
    expect(resultRow(radius).prior).toBeNull();
  });

  it('say when an error or a start value is unknown', () => {
    const lost: ParameterResult = { ...x, sigma: null, display: { value: 0, sigma: null, unit: 'nm' } };
    expect(resultRow(lost)).toMatchObject({ start: '', value: '0 ± unknown', unknown: true });
    expect(startInDisplayUnit({ ...lost, start: 0 })).toBe(0);
  });
});

describe('files of a result', () => {
  it('paste into a spreadsheet with one cell per column', () => {
    const lines = resultTsv(result).split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line.split('\t')).toHaveLength(7);
    expect(lines[1]).toBe('Sphere: radius\t0.7000\t0.7500\t0.0012\tµm\t\tno');
  });

  it('keep full precision and both units in CSV', () => {
    const columns = resultColumns(result);
    const values = (name: string): unknown => columns.find((column) => column.name === name)?.values;
    expect(values('value (SI)')).toEqual([7.5e-7, 0]);
    expect(values('standard error')).toEqual([0.0012, 2]);
    expect(values('pixel')).toEqual([null, 64.3333]);
    expect(values('at limit')).toEqual(['no', 'yes']);
  });

  it('are complete in JSON', () => {
    expect(JSON.parse(resultJson(result, 'My design'))).toEqual({
      format: 'luminode-fit',
      formatVersion: 1,
      design: 'My design',
      ...result,
    });
  });
});

describe('Zernike terms in files', () => {
  const term = (path: string, value: number): ParameterResult => ({ ...radius, path, value, sigma: 2e-10 });
  const wavefront = {
    ...{ wavelength: 5e-7, side: 1, radius: 1, rms: 0, rmsSigma: 0, strehl: 1, strehlSigma: 0, path: '' },
    terms: [{ noll: 9, value: 4e-9, sigma: null }],
  };
  const fit: FitResult = { ...result, parameters: [radius, term('pupil.zernike.11', 5e-9)], wavefront };

  it('have an index in each order, both normalisations, units, sign and axes in every row', () => {
    const columns = termColumns(fit, 5e-7) ?? [];
    const values = (name: string) => columns.find((column) => column.name === name)?.values;
    expect(values('of')).toEqual(['pupil.zernike.11', 'wavefront']);
    // Noll 11 is primary spherical aberration: n = 4, m = 0, OSA 12, Fringe 9. Noll 9 is n = 3, m = -3: OSA 6, Fringe 11.
    expect(values('n')).toEqual([4, 3]);
    expect(values('m')).toEqual([0, -3]);
    expect(values('ANSI/OSA')).toEqual([12, 6]);
    expect(values('Fringe')).toEqual([9, 11]);
    expect(values('waves RMS')).toEqual([0.01, 0.008]);
    expect(values('m at the edge')?.[0]).toBeCloseTo(5e-9 * Math.sqrt(5), 15);
    expect(values('standard error (m RMS)')).toEqual([2e-10, null]);
    for (const name of ['sign', 'axes', 'normalisation'])
      expect(values(name)?.every((text) => typeof text === 'string' && text.length > 20)).toBe(true);
    expect(termColumns(result, 5e-7)).toBeNull();
  });

  it('stand in JSON with their convention', () => {
    const { zernike } = JSON.parse(resultJson(fit, 'My design')) as {
      zernike: { convention: { sign: string }; terms: { noll: number; fringe: number }[] };
    };
    expect(zernike.convention.sign).toContain('longer optical path');
    expect(zernike.terms.map(({ noll, fringe }) => [noll, fringe])).toEqual([
      [11, 9],
      [9, 11],
    ]);
  });
});

describe('many values', () => {
  it('puts values of the whole design first and folds those of the planes', () => {
    const plane = (n: number, value: number): ParameterResult => ({
      ...radius,
      path: `bead.photons.${n}`,
      title: `Bead: photons, plane ${n}`,
      display: { value, sigma: 1, unit: 'e-' },
    });
    const zernike: ParameterResult = { ...radius, path: 'pupil.zernike.5', title: 'Pupil: Z5 astigmatism' };
    const { single, groups } = groupedParameters([plane(0, 300), radius, plane(1, 120.44), zernike]);
    expect(single.map(({ path }) => path)).toEqual(['sphere.radius', 'pupil.zernike.5']);
    expect(groups.map(({ path, title }) => [path, title])).toEqual([['bead.photons', 'Bead: photons']]);
    const [group] = groups;
    if (group === undefined) throw new Error('The planes are missing.');
    expect(group.parameters.map(({ path }) => path)).toEqual(['bead.photons.0', 'bead.photons.1']);
    expect(groupRange(group)).toBe('120 to 300');
  });
});

describe('the truth', () => {
  const design = {
    nodes: [
      node('sphere', 'mieSphere'),
      node('pupil', 'pupil'),
      node('target', 'target', { image: 'target' }),
    ],
    images: {
      target: {
        kind: 'simulated',
        name: 'Simulated',
        camera: 'camera',
        truth: { 'sphere.radius': 7.4e-7, 'bead.photons': [5, 6] },
        noise: true,
        seed: 1,
      },
    },
  } as const;

  it('is that of the simulated measurement, the default where it names none', () => {
    expect(truthOf(design, registry, 'sphere.radius')).toBe(7.4e-7);
    expect(truthOf(design, registry, 'bead.photons.1')).toBe(6);
    expect(truthOf(design, registry, 'pupil.zernike.8')).toBe(0);
    const na = registry.get('pupil')?.params['numericalAperture'];
    expect(truthOf(design, registry, 'pupil.numericalAperture')).toBe(
      na?.kind === 'quantity' ? na.default : '',
    );
    expect(truthOf({ ...design, images: {} }, registry, 'sphere.radius')).toBeNull();
  });

  it('is nobody’s where a measured image took the place of the simulated one', () => {
    const measured = {
      kind: 'measured',
      name: 'mine',
      shape: [1, 1],
      data: '',
      saturationLevel: null,
    } as const;
    const nodes = [...design.nodes.slice(0, 2), node('target', 'target', { image: 'mine' })];
    const own = { nodes, images: { ...design.images, mine: measured } };
    expect(truthOf(own, registry, 'sphere.radius')).toBeNull();
  });

  it('stands in the unit of the value, to the place of its error', () => {
    expect(resultRow(radius, 7.4e-7).truth).toBe('0.7400');
    expect(resultRow(radius).truth).toBe('');
  });
});

describe('correlations', () => {
  const planes = [1, 2].map((n) => ({
    ...radius,
    path: `bead.photons.${n - 1}`,
    title: `Bead: photons, plane ${n}`,
  }));
  // A plane before a value of the whole design, which the table shows first.
  const correlated: FitResult = {
    ...result,
    parameters: [...planes, radius, x],
    correlation: {
      paths: ['bead.photons.0', 'bead.photons.1', 'sphere.radius', 'sphere.x'],
      matrix: [
        [1, 0.1, 0.2, null],
        [0.1, 1, -0.3, null],
        [0.2, -0.3, 1, null],
        [null, null, null, null],
      ],
    },
  };

  it('stand in the order of the table', () => {
    const rows = correlationRows(correlated);
    expect(rows?.titles).toEqual([
      'Sphere: radius',
      'Sphere: x\tposition',
      'Bead: photons, plane 1',
      'Bead: photons, plane 2',
    ]);
    expect(rows?.matrix[0]).toEqual([1, null, 0.2, -0.3]);
    expect(rows?.more).toBe(0);
    expect(correlationRows(result)).toBeNull();
  });

  it('are in the table of values and in a matrix of their own', () => {
    const last = resultColumns(correlated).at(-2);
    expect(last).toEqual({ name: 'correlation with sphere.radius', values: [0.2, -0.3, 1, null] });
    const lines = correlationTsv(correlated)
      .split('\n')
      .map((line) => line.split('\t'));
    expect(lines[0]).toEqual([
      'Correlation',
      'Bead: photons, plane 1',
      'Bead: photons, plane 2',
      'Sphere: radius',
      'Sphere: x position',
    ]);
    expect(lines[2]).toEqual(['Bead: photons, plane 2', '0.1', '1', '-0.3', '']);
  });

  it('are shown of as many values as one can look through, and the rest counted', () => {
    const parameters = Array.from({ length: 45 }, (_, i) => ({ ...radius, path: `pupil.zernike.${i}` }));
    const paths = parameters.map(({ path }) => path);
    const matrix = paths.map(() => paths.map(() => 0));
    const rows = correlationRows({ ...result, parameters, correlation: { paths, matrix } });
    expect([rows?.titles.length, rows?.matrix.length, rows?.more]).toEqual([40, 40, 5]);
  });
});

describe('what was held', () => {
  const held = (title: string, value: number, unit: string) => ({
    path: title,
    title,
    value,
    unit,
    display: { value, unit },
  });

  it('is told by its name, with the element where two are called the same', () => {
    expect(
      heldText([held('Plane wave: Wavelength', 532, 'nm'), held('Pupil: Z4 defocus', -0.1, 'waves')]),
    ).toBe('wavelength 532 nm, Z4 defocus −0.1 waves');
    expect(heldText([held('Lens: Focal length', 20, 'mm'), held('Tube lens: Focal length', 180, 'mm')])).toBe(
      'Lens: Focal length 20 mm, Tube lens: Focal length 180 mm',
    );
  });
});
