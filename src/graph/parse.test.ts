import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Design } from './document.ts';
import { LIMITS } from './limits.ts';
import { parseDesign } from './parse.ts';
import { sameDesign, serializeDesign } from './serialize.ts';
import { designArbitrary } from './testArbitraries.ts';
import { bench, createDesign, fakeRegistry as registry } from './testSupport.ts';
import { validate } from './validate.ts';

function code(source: unknown): string {
  const result = parseDesign(source, registry);
  return result.ok ? result.issues.map((issue) => issue.code).join() : (result.issues[0]?.code ?? 'none');
}

/** The bench as JSON with one thing changed. */
function changed(change: (document: Record<string, unknown>) => void): string {
  const document = JSON.parse(serializeDesign(bench())) as Record<string, unknown>;
  change(document);
  return JSON.stringify(document);
}

describe('round trip', () => {
  it('R1: 1000 random designs come back equal, from text and from objects', () => {
    fc.assert(
      fc.property(designArbitrary, (design) => {
        const text = serializeDesign(design);
        const result = parseDesign(text, registry);
        expect(result).toEqual({
          ok: true,
          design,
          issues: [],
          preserved: { design: {}, images: {}, nodes: new Map() },
        });
        expect(parseDesign(JSON.parse(text), registry)).toEqual(result);
        if (result.ok) expect(serializeDesign(result.design)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  }, 60_000);

  it('writes equal designs alike, whatever the order of keys', () => {
    const design = bench();
    const shuffled = Object.fromEntries(Object.entries(design).reverse()) as unknown as Design;
    expect(sameDesign(design, shuffled)).toBe(true);
    expect(sameDesign(design, { ...design, seed: 2 })).toBe(false);
    expect(serializeDesign(design).startsWith('{\n  "format": "luminode",\n  "formatVersion": 1,')).toBe(
      true,
    );
  });

  it('keeps what it does not know and writes it back', () => {
    const text = changed((document) => {
      document['author'] = { name: 'Ada' };
      document['images'] = { holo: { kind: 'hologram', name: 'h' } };
      const nodes = document['nodes'] as Record<string, unknown>[];
      Object.assign(nodes[0] ?? {}, {
        colour: 'red',
        params: { wavelenght: 5e-7, nested: { deep: [1, null] } },
      });
      nodes.push({
        id: 'warp',
        type: 'warpDrive',
        position: { x: 1, y: 2 },
        params: { speed: 9, odd: [[1]] },
      });
    });
    const result = parseDesign(text, registry);
    if (!result.ok) throw new Error('expected a design');
    expect(result.issues.map((issue) => [issue.severity, issue.code])).toEqual([
      ['warning', 'unknownParameter'],
      ['warning', 'unknownParameter'],
      ['error', 'unknownElement'],
      ['error', 'badImage'],
    ]);
    expect(result.issues[0]?.message).toContain("Plane wave 'source' has no parameter “wavelenght”");
    expect(result.issues[0]?.fix).toBe('Did you mean wavelength?');
    expect(result.design.nodes.at(-1)).toEqual({
      id: 'warp',
      type: 'warpDrive',
      position: { x: 1, y: 2 },
      params: { speed: 9 },
    });
    const saved = JSON.parse(serializeDesign(result.design, result.preserved)) as Record<string, unknown>;
    expect(saved).toEqual(JSON.parse(text));
    const without = { ...result.design, nodes: result.design.nodes.slice(1) };
    expect(serializeDesign(without, result.preserved)).not.toContain('wavelenght');
  });
});

describe('refusals', () => {
  it('says which of the things that can be wrong with a file is wrong', () => {
    expect(code('')).toBe('empty');
    expect(code('PNG')).toBe('notJson');
    expect(code('{"format": "luminode", "nodes": [')).toBe('cutOff');
    expect(code('{"format": "lumin')).toBe('cutOff');
    expect(code('[1, 2]')).toBe('notLuminode');
    expect(code({ format: 'other' })).toBe('notLuminode');
    expect(code(null)).toBe('notLuminode');
    expect(code(changed((document) => (document['formatVersion'] = 2)))).toBe('newerVersion');
    expect(code(changed((document) => (document['formatVersion'] = 0)))).toBe('badVersion');
    expect(code(changed((document) => (document['formatVersion'] = '1')))).toBe('badVersion');
    expect(code(changed((document) => delete document['nodes']))).toBe('broken');
    expect(code(changed((document) => (document['grid'] = { samples: 'many' })))).toBe('broken');
    expect(code(changed((document) => (document['title'] = 'x'.repeat(201))))).toBe('labelTooLong');
  });

  it('reads a file with a byte order mark', () => {
    expect(parseDesign(`\uFEFF${serializeDesign(bench())}`, registry).ok).toBe(true);
  });

  it('refuses keys that reach prototypes, anywhere', () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      const text = serializeDesign(bench());
      expect(code(text.replace('"params": {', `"params": {"${key}": {"polluted": 1},`))).toBe('forbiddenKey');
      expect(code(text.replace('"images": {', `"images": {"${key}": {"polluted": 1},`))).toBe('forbiddenKey');
      expect(code(`{"${key}": 1, ${text.slice(1)}`)).toBe('forbiddenKey');
    }
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect('polluted' in {}).toBe(false);
  });

  it('refuses objects that are not plain data, without throwing', () => {
    const endless: Record<string, unknown> = { format: 'luminode' };
    endless['self'] = endless;
    expect(code(endless)).toBe('tooDeep');
    let wide: unknown = 1;
    for (let level = 0; level < 60; level++) wide = [wide, wide];
    expect(code(wide)).toBe('tooManyValues');
    expect(code({ format: 'luminode', nodes: new Map() })).toBe('notJson');
    expect(code({ format: () => 1 })).toBe('notJson');
    expect(code(undefined)).toBe('notJson');
    expect(code(10n)).toBe('notJson');
    const trap = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('trap');
        },
      },
    );
    expect(code(trap)).toBe('notJson');
  });

  it('refuses too many nodes, wires, images and learned paths', () => {
    const many = (name: string, count: number): string =>
      code(changed((document) => (document[name] = Array.from({ length: count }, () => 0))));
    expect(many('nodes', LIMITS.nodes + 1)).toBe('tooMany');
    expect(many('edges', LIMITS.edges + 1)).toBe('tooMany');
    expect(many('learn', LIMITS.learn + 1)).toBe('tooMany');
    const nodes = Array.from({ length: LIMITS.nodes }, (_, index) => ({
      id: `n${index}`,
      type: 'lens',
      position: { x: 0, y: 0 },
      params: {},
    }));
    expect(parseDesign(serializeDesign(createDesign(nodes, [])), registry)).toMatchObject({
      ok: true,
      issues: [],
    });
  });
});

describe('values', () => {
  it('names node and parameter of every number that is not finite', () => {
    const text = serializeDesign(bench())
      .replace('"refractiveIndex": 1.33', '"refractiveIndex": 1e999, "wavelength": null')
      .replace('"4": 2e-8', '"4": -1e999');
    const result = parseDesign(text, registry);
    expect(result.issues.map(({ severity, nodeId, paramId }) => [severity, nodeId, paramId])).toEqual([
      ['error', 'source', 'refractiveIndex'],
      ['error', 'source', 'wavelength'],
      ['error', 'pupil', 'zernike'],
    ]);
    if (!result.ok) throw new Error('expected a design');
    expect(result.design.nodes[0]?.params).toEqual({});
    expect(result.design.nodes[2]?.params).toEqual({ numericalAperture: 1.2, zernike: { 11: -1e-8 } });
  });

  it('a value that became NaN is saved as null and reported on reading', () => {
    const design = createDesign(
      [{ id: 'lens', type: 'lens', position: { x: 0, y: 0 }, params: { focalLength: Number.NaN } }],
      [],
    );
    expect(parseDesign(serializeDesign(design), registry).issues).toMatchObject([
      { severity: 'error', code: 'badValue', nodeId: 'lens', paramId: 'focalLength' },
    ]);
  });

  it('leaves out nodes and wires without a name, keeping the rest', () => {
    const result = parseDesign(
      changed((document) => {
        (document['nodes'] as unknown[]).push(7, { type: 'lens' });
        (document['edges'] as unknown[]).push({ from: { node: 'source' } });
        document['learn'] = ['sphere.x', 5];
      }),
      registry,
    );
    expect(result.issues.map((issue) => issue.code)).toEqual([
      'brokenNode',
      'brokenNode',
      'brokenWire',
      'learn',
    ]);
    expect(result.ok && result.design.nodes.length).toBe(7);
  });

  it('sets aside measured images whose data do not match their shape', () => {
    const image = (entry: object): string =>
      code(changed((document) => (document['images'] = { bead: { kind: 'measured', name: 'b', ...entry } })));
    expect(image({ shape: [1, 1], data: 'AADAPw==', saturationLevel: null })).toBe('');
    expect(image({ shape: [1, 2], data: 'AADAPw==', saturationLevel: null })).toBe('badImage');
    expect(image({ shape: [1, 1], data: 'AAD?Pw==', saturationLevel: null })).toBe('badImage');
    expect(image({ shape: [1e9, 1e9], data: 'AADAPw==' })).toBe('badImage');
    expect(image({ shape: [1], data: 'AADAPw==' })).toBe('badImage');
  });
});

describe('R2: damaged files', () => {
  it('10,000 mutations never throw, never hang, never pollute; what is wrong is said', () => {
    const base = serializeDesign(bench());
    const fragments = [
      '1e999',
      '-1e999',
      'null',
      '[]',
      '{}',
      '""',
      '-0',
      '1e308',
      '"__proto__"',
      'NaN',
      ']',
      '"',
      '\\',
      '[[[',
    ];
    const mutation = fc.tuple(
      fc.nat({ max: base.length - 1 }),
      fc.nat({ max: 40 }),
      fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 8 })),
    );
    let refused = 0;
    let opened = 0;
    let slowest = 0;
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        let text = base;
        for (const [at, length, insert] of mutations)
          text = text.slice(0, at) + insert + text.slice(at + length);
        const start = performance.now();
        const result = parseDesign(text, registry);
        slowest = Math.max(slowest, performance.now() - start);
        if (result.ok) {
          opened++;
          const issues = validate(result.design, registry);
          for (const issue of issues) expect(issue.message.length).toBeGreaterThan(10);
          const again = parseDesign(serializeDesign(result.design, result.preserved), registry);
          expect(again.ok && again.design).toEqual(normalised(result.design));
        } else {
          refused++;
          expect(result.issues[0]?.message.length).toBeGreaterThan(10);
        }
      }),
      { numRuns: 10_000 },
    );
    // The mutations must reach both outcomes, or this test shows nothing: about 9800 and 200, by chance.
    expect(refused).toBeGreaterThan(1000);
    expect(opened).toBeGreaterThan(50);
    // Nothing may hang; a garbage collection on a busy machine may take a while.
    expect(slowest).toBeLessThan(1000);
    expect('polluted' in {}).toBe(false);
  }, 60_000);

  it('arbitrary JSON and arbitrary text never throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.anything()), (source) => {
        expect(parseDesign(source, registry).ok).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });
});

/** -0 is saved as 0. */
function normalised(design: Design): unknown {
  return JSON.parse(JSON.stringify(design));
}

describe('R3: bombs', () => {
  /** Processor time, best of three: other processes share the machine. */
  function fastest(run: () => string): { ms: number; result: string } {
    let ms = Number.POSITIVE_INFINITY;
    let result = '';
    for (let round = 0; round < 6; round++) {
      const start = performance.now();
      const cpu = process.cpuUsage();
      result = run();
      const { user, system } = process.cpuUsage(cpu);
      ms = Math.min(ms, performance.now() - start, (user + system) / 1000);
    }
    return { ms, result };
  }

  it('finds the end of strings with any number of backslashes', () => {
    for (const padding of [0, 1, 30, 61, 62, 63, 64, 65, 200]) {
      for (let slashes = 0; slashes < 6; slashes++) {
        for (const rest of ['', 'b"', `${'b'.repeat(100)}\\"c`]) {
          const content = `${'a'.repeat(padding)}${'\\'.repeat(slashes)}"${rest}`;
          // A well-formed document is never called cut off, and what comes after the string still counts.
          expect(code(JSON.stringify([content]))).toBe('notLuminode');
          expect(code(`${JSON.stringify([content])}[`)).toBe('cutOff');
        }
      }
    }
  });

  it.each([
    ['nesting of 100,000 levels', () => '['.repeat(100_000), 'tooDeep'],
    [
      'a million nodes',
      () => `{"format":"luminode","nodes":[${'{"id":"a"},'.repeat(1_000_001)}0]}`,
      'tooManyValues',
    ],
    ['50 MB of numbers', () => `[${'1,'.repeat(25_000_000)}1]`, 'tooManyValues'],
    ['50 MB of spaces', () => `${' '.repeat(50_000_000)}[`, 'cutOff'],
    ['50 MB of one string', () => `["${'a'.repeat(50_000_000)}`, 'cutOff'],
    ['50 MB of escapes', () => `["${'\\"'.repeat(25_000_000)}`, 'cutOff'],
    ['70 MB', () => ' '.repeat(70_000_000), 'tooLarge'],
    [
      'a title of a million characters',
      () => changed((d) => (d['title'] = 'x'.repeat(1_000_000))),
      'labelTooLong',
    ],
    [
      'an id of a million characters',
      () => changed((d) => (d['nodes'] = [{ id: 'x'.repeat(1e6), type: 'lens' }])),
      'labelTooLong',
    ],
  ])(
    'refuses %s within 200 ms',
    (_name, make, expected) => {
      const text = make();
      // Joins the pieces of the text, which costs the same for every reader.
      expect(text.charCodeAt(text.length >> 1)).toBeGreaterThan(0);
      const { ms, result } = fastest(() => code(text));
      expect(result).toBe(expected);
      // 200 ms on an idle core; tests on the other core share its cache and clock.
      expect(ms).toBeLessThan(400);
    },
    60_000,
  );
});
