import { describe, expect, it } from 'vitest';
import type { Design, DesignNode, Issue } from './document.ts';
import type { Registry } from './registry.ts';
import { bench, createDesign, node, fakeRegistry as registry } from './testSupport.ts';
import { leastMemory, planeCount, type ValidateOptions, validate } from './validate.ts';

/** Most designs here are fragments without a camera; what is said of that has its own tests. */
function checked(design: Design, from: Registry, options?: ValidateOptions): Issue[] {
  return validate(design, from, options).filter(({ code }) => code !== 'nothingDetected');
}

function problems(design: Design, options?: ValidateOptions): string[] {
  return checked(design, registry, options).map(({ severity, code }) => `${severity} ${code}`);
}

function withParams(id: string, params: DesignNode['params']): Design {
  const design = bench();
  return { ...design, nodes: design.nodes.map((each) => (each.id === id ? { ...each, params } : each)) };
}

function messages(design: Design): string[] {
  return checked(design, registry).map((issue) => issue.message);
}

describe('a valid design', () => {
  it('has no issues', () => {
    expect(checked(bench(), registry)).toEqual([]);
  });
});

describe('nodes and wires', () => {
  it('finds repeated and illegal ids and unknown types', () => {
    const nodes = [
      node('a', 'source'),
      node('a', 'source'),
      node('1st', 'source'),
      node('constructor', 'source'),
    ];
    expect(problems(createDesign(nodes, []))).toEqual(['error duplicateId', 'error badId', 'error badId']);
    const unknown = checked(createDesign([node('x', 'sourse')], []), registry);
    expect(unknown).toMatchObject([{ code: 'unknownElement', nodeId: 'x', fix: 'Did you mean source?' }]);
    expect(problems(createDesign([node('x', 'toString')], []))).toEqual(['error unknownElement']);
  });

  it('says what is not connected', () => {
    expect(messages(createDesign([node('camera', 'camera')], []))).toEqual([
      'Camera has no light: connect light or a pupil to its input.',
    ]);
    expect(messages(createDesign([node('loss', 'loss')], []))).toEqual([
      'Loss has no image: connect an image to its input “Model”.',
      'Loss has no image: connect an image to its input “Target”.',
    ]);
  });

  it('finds wires to nowhere and names what may have been meant', () => {
    const nodes = [node('source', 'source'), node('lens', 'lens')];
    const issues = checked(
      createDesign(nodes, ['sourc.out>lens.in', 'source.light>lens.toString']),
      registry,
    );
    expect(issues.map((issue) => issue.code)).toEqual(['missingNode', 'missingPort', 'missingPort']);
    expect(issues[0]).toMatchObject({
      nodeId: 'lens',
      fix: 'Did you mean source? Otherwise remove the wire.',
    });
    expect(issues[1]?.message).toBe(
      'A wire starts at the output “light” of Plane wave, which does not exist: it has out.',
    );
  });

  it('compares types through elements that repeat their input, and through bypassed ones', () => {
    const nodes = [node('source', 'source'), node('filter', 'filter'), node('stack', 'stack')];
    const wires = ['source.out>filter.in', 'filter.out>stack.in'];
    expect(messages(createDesign(nodes, wires))).toEqual([
      'Focus stack takes a pupil, but Filter gives light.',
    ]);
    const pupil = [node('source', 'source'), node('pupil', 'pupil'), ...nodes.slice(1)];
    expect(
      messages(createDesign(pupil, ['source.out>pupil.in', 'pupil.out>filter.in', 'filter.out>stack.in'])),
    ).toEqual([]);
    const bypassed = bench().nodes.map((each) => (each.id === 'stack' ? { ...each, bypassed: true } : each));
    expect(problems({ ...bench(), nodes: bypassed })).toEqual([]);
    const noWay = bench().nodes.map((each) => (each.id === 'camera' ? { ...each, bypassed: true } : each));
    expect(problems({ ...bench(), nodes: noWay })).toContain('error cannotBypass');
  });

  it('finds two wires on an input', () => {
    const nodes = [node('a', 'source'), node('b', 'source'), node('lens', 'lens')];
    expect(messages(createDesign(nodes, ['a.out>lens.in', 'b.out>lens.in']))).toEqual([
      '2 wires end at the input “in” of Thin lens; an input takes one.',
    ]);
  });

  it('names every loop once', () => {
    const nodes = ['a', 'b', 'c', 'd', 'e', 'tail'].map((id) => node(id, 'lens'));
    const wires = ['a.out>b.in', 'b.out>c.in', 'c.out>a.in', 'd.out>e.in', 'e.out>d.in', 'c.out>tail.in'];
    const loops = checked(createDesign(nodes, wires), registry).filter((issue) => issue.code === 'loop');
    expect(loops.map((issue) => issue.message).sort()).toEqual([
      'The light runs in a loop: Thin lens 4 → Thin lens 5 → Thin lens 4.',
      'The light runs in a loop: Thin lens → Thin lens 2 → Thin lens 3 → Thin lens.',
    ]);
    const self = checked(createDesign([node('a', 'lens')], ['a.out>a.in']), registry);
    expect(self.map((issue) => issue.message)).toEqual(['The light runs in a loop: Thin lens → Thin lens.']);
  });
});

describe('values', () => {
  it('accepts bounds and refuses what lies beyond, of the wrong kind or not finite', () => {
    expect(problems(withParams('camera', { bits: 8, shutter: 'rolling', noise: true, gain: 1e6 }))).toEqual(
      [],
    );
    expect(problems(withParams('camera', { bits: 7 }))).toEqual(['error outOfRange']);
    expect(problems(withParams('camera', { bits: 8.5 }))).toEqual(['error wrongKind']);
    expect(problems(withParams('camera', { shutter: 'globl' }))).toEqual(['error wrongKind']);
    expect(problems(withParams('camera', { noise: 1 }))).toEqual(['error wrongKind']);
    expect(problems(withParams('camera', { gain: Number.NaN }))).toEqual(['error notFinite']);
    expect(problems(withParams('camera', { gain: [1, 2] }))).toEqual(['error wrongKind']);
    expect(problems(withParams('camera', { gian: 2 }))).toEqual(['warning unknownParameter']);
    expect(problems(withParams('target', { image: 'missing' }))).toEqual(['error missingImage']);
    expect(problems(withParams('pupil', { zernike: { 121: 0 } }))).toEqual(['error wrongKind']);
    expect(problems(withParams('pupil', { zernike: { '04': 0 } }))).toEqual(['error wrongKind']);
    expect(problems(withParams('pupil', { zernike: 3 }))).toContain('error wrongKind');
  });

  it('guesses the unit that was meant', () => {
    const [issue] = checked(withParams('source', { wavelength: 532 }), registry);
    expect(issue).toMatchObject({ code: 'unitMistake', nodeId: 'source', paramId: 'wavelength' });
    expect(issue?.message).toBe(
      'Wavelength of Plane wave: 532 m is no wavelength of light: did you mean 532 nm? Values in files are metres.',
    );
    expect(messages(withParams('source', { wavelength: 0.532 }))[0]).toContain('did you mean 0.532 µm?');
    expect(messages(withParams('source', { wavelength: 1e9 }))[0]).toContain('is outside 100 pm to 1 mm');
    // 0.05 m cannot be an aberration; 0.05 waves of 532 nm can.
    expect(messages(withParams('pupil', { numericalAperture: 1.2, zernike: { 4: 0.05 } }))[0]).toContain(
      'did you mean 0.05 waves?',
    );
  });

  it('warns of unusual indices and refuses an aperture that the medium cannot have', () => {
    expect(problems(withParams('source', { refractiveIndex: 6 }))).toEqual(['warning unusualValue']);
    expect(problems(withParams('source', { refractiveIndex: 0.9 }))).toEqual([
      'error apertureTooLarge',
      'warning unusualValue',
    ]);
    const [issue] = checked(withParams('pupil', { numericalAperture: 1.33 }), registry);
    expect(issue).toMatchObject({ code: 'apertureTooLarge', nodeId: 'pupil', paramId: 'numericalAperture' });
    expect(issue?.message).toContain('1.33 of Pupil is not below the refractive index 1.33 of Plane wave');
    expect(issue?.message).toMatch(/^Lower the numerical aperture below 1.33 or immerse in oil/);
    // The sphere's own index (1.5) is not that of the medium: it neither excuses nor accuses the aperture.
    expect(problems(withParams('pupil', { numericalAperture: 1.4 }))).toEqual(['error apertureTooLarge']);
    expect(problems(withParams('sphere', { refractiveIndex: 1.1 }))).toEqual([]);
  });

  it('wants lists as long as there are planes', () => {
    expect(planeCount(bench(), registry)).toBe(3);
    expect(problems(withParams('sphere', { photons: [1, 2] }))).toEqual(['error wrongKind']);
    expect(messages(withParams('sphere', { photons: [7] }))[0]).toContain('it has 1 value for 3 planes.');
    expect(problems(withParams('sphere', { photons: [] }))).toEqual(['error wrongKind']);
    expect(problems(withParams('sphere', { photons: [1, 2, 3], background: [1, 2, 3] }))).toEqual([]);
    const single = createDesign(
      [node('a', 'source'), node('s', 'sphere', { photons: [1, 2], background: [1, 2, 3] })],
      ['a.out>s.in'],
    );
    expect(problems(single)).toEqual(['error listLengths']);
    expect(planeCount(single, registry)).toBe(3);
    expect(problems(single, { planes: 3 })).toEqual(['error wrongKind', 'error listLengths']);
  });
});

describe('grid, learning, images', () => {
  it.each([
    [{ samples: 1, pitch: 1e-7 }, ['error badGrid']],
    [{ samples: 2, pitch: 1e-7 }, []],
    [{ samples: 64.5, pitch: 1e-7 }, ['error badGrid']],
    [{ samples: 4097, pitch: 1e-7 }, ['error badGrid']],
    [{ samples: 64, pitch: 0 }, ['error badGrid']],
    [{ samples: 64, pitch: Number.NaN }, ['error badGrid']],
    [{ samples: 64, pitch: 0.1 }, ['warning unitMistake']],
  ])('checks the grid %o', (grid, expected) => {
    const design = { ...bench(), grid, learn: [] };
    expect(problems(design).filter((problem) => !problem.includes('memory'))).toEqual(expected);
  });

  it('refuses seeds that the random generator does not take', () => {
    expect(problems({ ...bench(), seed: -1 })).toEqual(['error badSeed']);
    expect(problems({ ...bench(), seed: 1.5 })).toEqual(['error badSeed']);
  });

  it('checks what is learned', () => {
    const learn = (path: string): string | undefined =>
      checked({ ...bench(), learn: [path] }, registry).find(({ code }) => code === 'badLearn')?.message;
    expect(learn('pupil.zernike.4')).toBeUndefined();
    expect(learn('pupl.zernike.4')).toContain('Did you mean pupil.zernike.4?');
    expect(learn('pupil.zernike')).toContain('for example pupil.zernike.4');
    expect(learn('pupil.zernike.121')).toContain('terms 1 to 120');
    expect(learn('camera.gain')).toContain('cannot be learned');
    expect(learn('camera.noise')).toContain('not a continuous number');
    expect(learn('sphere.photons')).toContain('learn sphere.photons.* instead');
    expect(learn('sphere.x.*')).toContain('a single value');
    expect(learn('nonsense')).toContain('node.parameter');
    expect(problems({ ...bench(), learn: ['sphere.x', 'sphere.x'] })).toEqual(['warning badLearn']);
    const nodes = bench().nodes.map((each) =>
      each.id === 'stack' ? { ...each, params: { planes: 500 } } : each,
    );
    const many = {
      ...bench(),
      nodes: nodes.map((each) => (each.id === 'sphere' ? { ...each, params: {} } : each)),
    };
    const spheres = Array.from({ length: 5 }, (_, index) => node(`s${index}`, 'sphere'));
    const learnAll = spheres.map(({ id }) => `${id}.photons.*`);
    expect(problems({ ...many, nodes: [...many.nodes, ...spheres], learn: learnAll })).toContain(
      'error tooManyLearnables',
    );
  });

  it('says that bypassed nodes are not learned', () => {
    const nodes = [node('a', 'source'), { ...node('lens', 'lens'), bypassed: true }];
    expect(problems(createDesign(nodes, ['a.out>lens.in'], { learn: ['lens.focalLength'] }))).toEqual([
      'warning learnBypassed',
    ]);
  });

  it('checks the true values of simulated images', () => {
    const image = {
      kind: 'simulated' as const,
      name: 'b',
      camera: 'gone',
      truth: { 'sphere.q': 1 },
      noise: false,
      seed: 1,
    };
    expect(problems({ ...bench(), images: { bead: image } })).toEqual(['error badImage', 'error badTruth']);
  });
});

describe('memory', () => {
  it('counts the values of one plane, and refuses with the numbers', () => {
    const design = { ...bench(), grid: { samples: 4096, pitch: 1e-7 } };
    // A source, a pupil and a stack: what scatters and what is seen has another size.
    expect(leastMemory(design, registry)).toEqual({ values: 3, bytes: 4096 ** 2 * 8 * 3 });
    expect(problems(design)).toEqual([]);
    const [issue] = checked(design, registry, { memoryBudget: 0.3e9 });
    expect(issue).toMatchObject({ severity: 'error', code: 'memory', nodeId: null });
    expect(issue?.message).toBe(
      'This design needs at least 403 MB of memory (4096 × 4096 samples × 8 bytes × 3 values); only 300 MB may be used.',
    );
  });
});
