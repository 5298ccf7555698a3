import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { registry } from '../graph/catalogue.ts';
import type { Design } from '../graph/document.ts';
import { airy } from '../graph/examples/airy.ts';
import { examples } from '../graph/examples/index.ts';
import { parseDesign } from '../graph/parse.ts';
import { sameDesign, serializeDesign } from '../graph/serialize.ts';
import { decodeImage } from '../workers/files/decode.ts';
import { jsonOf, luminode, makeFolder } from './testSupport.ts';

describe('the catalogue', () => {
  it('lists every element as JSON, from its declaration', async () => {
    const { code, stdout, stderr } = await luminode(['nodes', '--json']);
    const nodes = JSON.parse(stdout) as { type: string; params: Record<string, Record<string, unknown>> }[];
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(nodes.map(({ type }) => type)).toEqual([...registry.keys()]);
    for (const { type, params } of nodes)
      expect(Object.keys(params)).toEqual(Object.keys(registry.get(type)?.params ?? {}));
    const camera = nodes.find(({ type }) => type === 'camera');
    expect(camera?.params['pixelPitch']).toMatchObject({ kind: 'quantity', unit: 'm', display: 'µm' });
  });

  it('lists them as text', async () => {
    const { stdout } = await luminode(['nodes']);
    for (const [type, { params }] of registry) {
      expect(stdout).toContain(`${type} – `);
      for (const name of Object.keys(params)) expect(stdout).toContain(`    ${name} `);
    }
  });

  it('prints the ids of the examples, one per line', async () => {
    const { stdout } = await luminode(['examples']);
    expect(stdout.trimEnd().split('\n')).toEqual(examples.map(({ id }) => id));
  });

  it.each(examples)('prints $id as a file that reads back the same', async ({ id, design }) => {
    const { code, stdout } = await luminode(['example', id]);
    const parsed = parseDesign(stdout, registry);
    expect(code).toBe(0);
    expect(parsed.ok && sameDesign(parsed.design, design)).toBe(true);
  });
});

describe('usage', () => {
  it('prints help and version to stdout with exit code 0', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect((await luminode(['--version'])).stdout).toBe(`${version}\n`);
    for (const words of [['help'], ['--help'], ['help', 'fit'], ['fit', '--help'], ['run', '-h']]) {
      const { code, stdout, stderr } = await luminode(words);
      expect([code, stderr, stdout.includes('Usage: luminode')]).toEqual([0, '', true]);
    }
  });

  it.each([
    [[], 'Name a command'],
    [['rnu'], 'Did you mean run?'],
    [['constructor'], 'The commands are'],
    [['help', 'ftt'], 'Did you mean fit?'],
    [['example'], 'Name an example'],
    [['example', 'aiy'], 'Did you mean airy?'],
    [['check'], 'Name a design file'],
    [['check', 'a.json', '--example', 'airy'], 'not both'],
    [['check', '--example', 'nothing-like-it'], 'The examples are airy'],
    [['run', '--example', 'airy', '--backend', 'wsm'], 'Did you mean wasm?'],
    [['run', '--example', 'airy', '--seed', 'x'], '--seed takes a whole number'],
    [['run', '--example', 'airy', '--set', 'camera'], '--set takes node.param=VALUE'],
    [['fit', '--example', 'airy', '--crop', '1:2,3:4'], '--crop needs --target'],
    [['fit', '--example', 'airy', '--planes', '1:2'], '--planes needs --target'],
    [['fit', '--example', 'airy', '--background', 'b.png'], '--background needs --target'],
    [['fit', '--example', 'airy', '--target', 'b.png'], '--target takes NODE=IMAGE'],
    [['fit', '--example', 'airy', '--max-iterations', '0'], 'from 1 to'],
  ])('refuses %j with exit code 2 and one line on stderr', async (words, reason) => {
    const { code, stdout, stderr } = await luminode(words);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(reason);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

function edit(change: (design: { -readonly [K in keyof Design]: Design[K] }) => void): string {
  const design = structuredClone(airy);
  change(design);
  return serializeDesign(design);
}

/** The Airy design with another value of one parameter. */
function withValue(nodeId: string, param: string, value: number): string {
  return edit((design) => {
    design.nodes = design.nodes.map((node) =>
      node.id === nodeId ? { ...node, params: { ...node.params, [param]: value } } : node,
    );
  });
}

const BROKEN: readonly (readonly [what: string, text: string, code: string, node: string | null])[] = [
  [
    'a cycle',
    edit((design) => {
      const [pupil, stack] = ['pupil', 'stack'].map((id) => ({ node: id, port: 'out' }));
      const ends = { pupil: { node: 'pupil', port: 'in' }, stack: { node: 'stack', port: 'in' } };
      design.nodes = [...design.nodes, { id: 'stack', type: 'stack', position: { x: 0, y: 0 }, params: {} }];
      design.edges = [
        { id: 'a', from: pupil ?? ends.pupil, to: ends.stack },
        { id: 'b', from: stack ?? ends.stack, to: ends.pupil },
      ];
    }),
    'loop',
    'pupil',
  ],
  [
    'a missing wire',
    edit((design) => {
      design.edges = design.edges.slice(0, 1);
    }),
    'openInput',
    'camera',
  ],
  [
    'a wavelength in nanometres',
    edit((design) => {
      design.nodes = design.nodes.map((node) =>
        node.id === 'source' ? { ...node, params: { wavelength: 532 } } : node,
      );
    }),
    'unitMistake',
    'source',
  ],
  [
    'an unknown element',
    serializeDesign(airy).replace('"type": "pupil"', '"type": "puppil"'),
    'unknownElement',
    'pupil',
  ],
  ['a number that is not finite', serializeDesign(airy).replace('5e-8', '1e999'), 'badValue', 'camera'],
  [
    'a hostile key',
    serializeDesign(airy).replace('"seed"', '"__proto__": {"x": 1}, "seed"'),
    'forbiddenKey',
    null,
  ],
  ['a bottomless text', '['.repeat(100_000), 'tooDeep', null],
  ['another JSON file', '{"name": "luminode"}', 'notLuminode', null],
  ['no JSON', 'hello', 'notJson', null],
  ['an empty file', '', 'empty', null],
];

describe('check', () => {
  it.each(examples)('finds no error in $id', async ({ id }) => {
    const outcome = await luminode(['check', '--example', id]);
    expect(outcome.code).toBe(0);
    expect(jsonOf(outcome)).not.toHaveProperty('error');
  });

  it.each(BROKEN)('finds %s and says where', async (_, text, code, node) => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'design.json'), text);
    const outcome = await luminode(['check', 'design.json'], folder);
    const { error, issues } = jsonOf(outcome) as { error: string; issues: Record<string, unknown>[] };
    expect(outcome.code).toBe(1);
    expect(error).toMatch(/\.\)?$/);
    const found = issues.find((issue) => issue['code'] === code);
    expect(found).toMatchObject({ severity: 'error' });
    if (node !== null) expect(found?.['node']).toBe(node);
    expect(String(found?.['message'])).not.toBe('');
    expect(outcome.stderr).toContain(String(found?.['message']));
  });

  it.each(['run', 'fit'])('%s refuses all of these before it computes', async (command) => {
    const folder = await makeFolder();
    for (const [what, text] of BROKEN) {
      await writeFile(join(folder, 'design.json'), text);
      const outcome = await luminode([command, 'design.json'], folder);
      expect([what, outcome.code]).toEqual([what, 1]);
      expect(typeof jsonOf(outcome)['error']).toBe('string');
    }
  });

  it.each([
    ['nothing.json', 'there is no such file'],
    ['.', 'it is a folder'],
  ])('cannot read %s and says why', async (file, reason) => {
    const outcome = await luminode(['check', file], await makeFolder());
    expect(outcome.code).toBe(1);
    expect(jsonOf(outcome)['error']).toContain(reason);
  });

  it('says what the elements say', async () => {
    const folder = await makeFolder();
    const path = join(folder, 'design.json');
    await writeFile(path, withValue('camera', 'pixelPitch', 1e-6));
    const coarse = await luminode(['check', path]);
    expect(coarse.code).toBe(0);
    expect(jsonOf(coarse)['issues']).toMatchObject([
      { severity: 'warning', code: 'sampling', node: 'camera' },
      {},
    ]);
    expect(coarse.stderr).toContain('coarser than λ/(4 NA)');
  });

  it('says each problem once to a person at a terminal', async () => {
    const folder = await makeFolder();
    const path = join(folder, 'design.json');
    await writeFile(path, withValue('camera', 'pixelPitch', 1e-6));
    const outcome = await luminode(['check', path], folder, true);
    expect(outcome.stdout).toContain('coarser than λ/(4 NA)');
    expect(outcome.stderr).toBe('');
  });

  it('lets warnings pass', async () => {
    const folder = await makeFolder();
    const text = edit((design) => {
      design.grid = { samples: 128, pitch: 0.2 };
    });
    await writeFile(join(folder, 'design.json'), text);
    const outcome = await luminode(['check', join(folder, 'design.json')]);
    expect(outcome.code).toBe(0);
    expect(jsonOf(outcome)['issues']).toMatchObject([{ severity: 'warning', code: 'unitMistake' }]);
  });
});

interface Summary {
  readonly backend: string;
  readonly seconds: number;
  readonly outputs: Record<
    string,
    {
      file: string | null;
      shape: number[];
      pitch: number;
      unit: string;
      sum: number;
      min: number;
      max: number;
    }
  >;
}

async function runJson(words: readonly string[], cwd?: string): Promise<Summary> {
  const outcome = await luminode(['run', ...words], cwd);
  if (outcome.code !== 0) throw new Error(outcome.stderr);
  return JSON.parse(outcome.stdout) as Summary;
}

async function readNpy(
  file: string,
): Promise<{ header: string; shape: readonly number[]; data: Float32Array }> {
  const bytes = await readFile(file);
  const { shape, data } = await decodeImage(new Uint8Array(bytes), 'x.npy');
  return { header: bytes.subarray(10, 128).toString('latin1'), shape, data };
}

describe('run', () => {
  // The others are run by the tests of the gallery.
  it.each(examples.slice(0, 3))('gives the same images of $id on wasm and float64', async ({ id }) => {
    const folder = await makeFolder();
    const [single, double] = [
      await runJson(['--example', id, '--backend', 'wasm', '--out', 'a/wasm'], folder),
      await runJson(['--example', id, '--backend', 'f64', '--out', 'a/f64'], folder),
    ];
    expect([single.backend, double.backend]).toEqual(['wasm', 'f64']);
    const file = join(folder, 'a/wasm/camera.npy');
    expect(single.outputs['camera']?.file).toBe(file);
    const a = await readNpy(file);
    const b = await readNpy(join(folder, 'a/f64/camera.npy'));
    expect(a.header).toContain("'<f4'");
    expect(b.header).toContain("'<f8'");
    expect(a.header).toContain("'fortran_order': False");
    expect(a.shape).toEqual(single.outputs['camera']?.shape);
    expect(b.shape).toEqual(a.shape);
    const peak = b.data.reduce((most, value) => Math.max(most, value));
    const worst = a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (b.data[i] ?? 0))), 0);
    // The promise of the project for float32 backends: 5e-4 of the peak.
    expect(worst / peak).toBeLessThan(5e-4);
    // A float32 sum printed in full and one of the same values read back differ by rounding only.
    const sum = a.data.reduce((total, value) => total + value, 0);
    expect(single.outputs['camera']?.sum).toBeCloseTo(sum, 12 - Math.ceil(Math.log10(Math.abs(sum) + 1)));
  });

  it('summarises without files', async () => {
    const { outputs, seconds } = await runJson(['--example', 'airy', '--set', 'camera.rows=32']);
    expect(Object.keys(outputs)).toEqual(['camera']);
    expect(outputs['camera']).toMatchObject({ file: null, shape: [32, 128], pitch: 50e-9, unit: 'W' });
    expect(seconds).toBeGreaterThan(0);
  });

  it('puts the peak on sample floor(N/2) and scales it with the square of NA over wavelength', async () => {
    const folder = await makeFolder();
    const size = ['--set', 'camera.rows=33', '--set', 'camera.columns=34', '--backend', 'f64'];
    const whole = await runJson(['--example', 'airy', ...size, '--out', folder]);
    const { data } = await readNpy(join(folder, 'camera.npy'));
    expect(data.indexOf(data.reduce((most, value) => Math.max(most, value)))).toBe(16 * 34 + 17);
    const half = await runJson(['--example', 'airy', ...size, '--set', 'source.wavelength=1064nm']);
    // The peak irradiance of a pupil of fixed power is π P (NA/λ)²; the edge of the sampled disc cancels.
    expect((whole.outputs['camera']?.max ?? 0) / (half.outputs['camera']?.max ?? 1)).toBeCloseTo(4, 9);
  });

  it('draws noise from the seed, only when the camera simulates it', async () => {
    const noisy = ['--example', 'bead-stack', '--set', 'camera.noise=on'];
    const sums = [];
    for (const seed of ['1', '1', '2'])
      sums.push((await runJson([...noisy, '--seed', seed])).outputs['camera']?.sum);
    expect(sums[0]).toBe(sums[1]);
    expect(sums[0]).not.toBe(sums[2]);
    const still = [];
    for (const seed of ['1', '2'])
      still.push((await runJson(['--example', 'bead-stack', '--seed', seed])).outputs['camera']?.sum);
    expect(still[0]).toBe(still[1]);
  });

  it('keeps <f8 on float64 with noise too', async () => {
    const folder = await makeFolder();
    const words = ['--set', 'camera.noise=on', '--set', 'camera.readNoise=1', '--backend', 'f64'];
    await runJson(['--example', 'airy', ...words, '--out', folder]);
    expect((await readNpy(join(folder, 'camera.npy'))).header).toContain("'<f8'");
  });

  it('reads a file relative to the folder of the caller', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'mine.json'), serializeDesign(airy));
    await runJson(['mine.json', '--out', 'images'], folder);
    expect((await stat(join(folder, 'images', 'camera.npy'))).size).toBe(128 + 4 * 128 * 128);
  });

  it('gives the light where it ends when no camera looks at it', async () => {
    const folder = await makeFolder();
    const text = edit((design) => {
      design.nodes = design.nodes.slice(0, 1);
      design.edges = [];
    });
    await writeFile(join(folder, 'design.json'), text);
    const { outputs } = await runJson(['design.json', '--set', 'grid.samples=16', '--out', '.'], folder);
    // A watt through a pupil that fills the grid: of 7 samples' radius.
    expect(outputs).toMatchObject({ source: { shape: [16, 16], unit: 'W/m²' } });
    expect((outputs['source']?.sum ?? 0) * (outputs['source']?.pitch ?? 0) ** 2).toBeCloseTo(
      (16 / 7) ** 2 / Math.PI,
      5,
    );
    expect((await readNpy(join(folder, 'source.npy'))).shape).toEqual([16, 16]);
  });

  it('gives the light at nodes that are named, beside the camera, plane by plane', async () => {
    const { outputs } = await runJson(['--example', 'airy', '--node', 'source']);
    expect(Object.keys(outputs).sort()).toEqual(['camera', 'source']);
    const unknown = await luminode(['run', '--example', 'airy', '--node', 'sorce']);
    expect([unknown.code, jsonOf(unknown)['error']]).toEqual([1, expect.stringContaining('mean source?')]);
  });

  it('says in JSON why a design gives nothing', async () => {
    const folder = await makeFolder();
    const text = edit((design) => {
      design.nodes = [];
      design.edges = [];
    });
    await writeFile(join(folder, 'design.json'), text);
    const outcome = await luminode(['run', 'design.json'], folder);
    expect(outcome.code).toBe(1);
    expect(jsonOf(outcome)['error']).toContain('nothing to write');
  });

  it('fails with exit code 1 and the near name for a path that does not exist', async () => {
    const outcome = await luminode(['run', '--example', 'airy', '--set', 'camera.pixlPitch=1um']);
    expect(outcome.code).toBe(1);
    expect(jsonOf(outcome)['error']).toContain('Did you mean camera.pixelPitch?');
  });

  it('says which aperture does not fit its medium', async () => {
    const outcome = await luminode(['run', '--example', 'airy', '--set', 'pupil.numericalAperture=1.2']);
    expect(outcome.code).toBe(1);
    expect(jsonOf(outcome)['error']).toContain('of Pupil is not below');
  });

  it('cannot make a folder where a file is', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'taken'), 'x');
    const outcome = await luminode(['run', '--example', 'airy', '--out', 'taken/images'], folder);
    expect(outcome.code).toBe(1);
    expect(jsonOf(outcome)['error']).toContain('cannot be made');
  });
});
