import { expect, it } from 'vitest';
import { registry } from './catalogue.ts';
import { copyNodes, pasteText } from './clipboard.ts';
import { duplicate, removeNodes } from './edit.ts';
import { beadStack } from './examples/beadStack.ts';
import { severalSpheres } from './examples/severalSpheres.ts';
import { sphereHologram as sphere } from './examples/sphereHologram.ts';
import { expandLearnables, priorProblem } from './learnables.ts';
import { parseDesign } from './parse.ts';
import { parsePrior, setPrior } from './priors.ts';
import { serializeDesign } from './serialize.ts';
import { removeRow } from './tableEdits.ts';
import { validate } from './validate.ts';

const PRIOR = { mean: 1.59, sigma: 0.01 };
const known = setPrior(sphere, 'sphere.refractiveIndex', PRIOR);

it('a prior is kept in the file, copied with its element, and goes with it', () => {
  const read = parseDesign(serializeDesign(known), registry);
  expect(read.ok && read.design.priors).toEqual({ 'sphere.refractiveIndex': PRIOR });
  const { design: twice, nodeIds } = duplicate(known, ['sphere']);
  expect(twice.priors?.[`${nodeIds[0]}.refractiveIndex`]).toEqual(PRIOR);
  const pasted = pasteText(known, registry, copyNodes(known, registry, ['sphere', 'camera']), { x: 0, y: 0 });
  expect(pasted.ok && Object.values(pasted.design.priors ?? {})).toEqual([PRIOR, PRIOR]);
  expect(removeNodes(known, registry, ['sphere']).priors).toBeUndefined();
  expect(setPrior(known, 'sphere.refractiveIndex', null)).toEqual(sphere);
});

it('what is no prior is left out of a file, and said', () => {
  const text = serializeDesign(known).replace('"sigma": 0.01', '"sigma": "small"');
  const read = parseDesign(text, registry);
  expect(read.ok && read.design.priors).toBeUndefined();
  expect(read.ok && read.issues.map(({ code }) => code)).toEqual(['badPrior']);
});

it('reaches the number that is learned, or each plane of it', () => {
  const priorsOf = (of: typeof known, planes = 1) =>
    new Map(expandLearnables(of, registry, planes).map(({ path, prior }) => [path, prior]));
  expect(priorsOf(known).get('sphere.refractiveIndex')).toEqual(PRIOR);
  expect(priorsOf(known).get('sphere.radius')).toBeNull();
  const stack = { ...beadStack, learn: ['bead.photons.*'] };
  const dim = { mean: 1000, sigma: 50 };
  const each = setPrior(setPrior(stack, 'bead.photons.*', { mean: 6000, sigma: 100 }), 'bead.photons.2', dim);
  const planes = priorsOf(each, 3);
  expect(planes.get('bead.photons.1')).toEqual({ mean: 6000, sigma: 100 });
  expect(planes.get('bead.photons.2')).toEqual(dim);
});

it('stays with its row of a table', () => {
  const path = 'spheres.particles';
  const third = setPrior(severalSpheres.design, `${path}.2.radius`, { mean: 1e-6, sigma: 1e-8 });
  expect(Object.keys(removeRow(third, registry, path, 0).priors ?? {})).toEqual([`${path}.1.radius`]);
  expect(removeRow(third, registry, path, 2).priors).toBeUndefined();
});

it('is read as people write it', () => {
  const read = (path: string, text: string, bareUnit?: string) => {
    const found = parsePrior(known, registry, path, text, bareUnit === undefined ? {} : { bareUnit });
    return found.ok ? found.prior : found.reason;
  };
  expect(read('sphere.refractiveIndex', '1.59 ± 0.01')).toEqual(PRIOR);
  expect(read('sphere.refractiveIndex', '1.59+-0.01')).toEqual(PRIOR);
  expect(read('sphere.radius', '0.5±0.02um')).toEqual({ mean: 5e-7, sigma: 2e-8 });
  expect(read('sphere.radius', '500nm ± 0.02 µm')).toEqual({ mean: 5e-7, sigma: 2e-8 });
  expect(read('sphere.radius', '0.5 ± 0.02', 'µm')).toEqual({ mean: 5e-7, sigma: 2e-8 });
  // Alone, the error is that of the present value.
  expect(read('sphere.radius', '20 nm')).toMatchObject({ sigma: 2e-8 });
  expect(read('sphere.refractiveIndex', '1.59 ± 0')).toMatch(/above 0/);
  expect(read('sphere.refractiveIndex', '99 ± 0.1')).toMatch(/outside/);
  expect(read('sphere.refractiveIndex', 'glass ± 0.1')).toMatch(/number/);
});

it('is doubted where it cannot hold', () => {
  expect(priorProblem(sphere, registry, 'sphere.refractiveIndex', PRIOR)).toBeNull();
  expect(priorProblem(sphere, registry, 'sphere.refractiveIndex', { mean: 1.59, sigma: 0 })).toMatch(
    /above 0/,
  );
  expect(priorProblem(sphere, registry, 'sphere.radius', { mean: -1, sigma: 1 })).toMatch(/outside/);
  expect(priorProblem(sphere, registry, 'sphere.nothing', PRIOR)).toMatch(/no parameter/);
  const issues = validate(setPrior(sphere, 'lens.focalLength', PRIOR), registry);
  expect(issues.find(({ code }) => code === 'badPrior')?.message).toMatch(/lens/);
});

it('is used exactly where nothing is said against it', () => {
  const used = (design: typeof beadStack, path: string) =>
    expandLearnables(design, registry, 3).find((each) => each.path === path)?.prior ?? null;
  const doubts = (design: typeof beadStack) =>
    validate(design, registry).filter(({ code }) => code === 'badPrior').length;
  const wide = { mean: 0, sigma: 20e-9 };
  const terms = { ...beadStack, learn: ['pupil.zernike.5', 'pupil.zernike.6'] };
  const star = setPrior(terms, 'pupil.zernike.*', wide);
  expect([used(star, 'pupil.zernike.5'), doubts(star)]).toEqual([null, 1]);
  const own = setPrior(terms, 'pupil.zernike.5', wide);
  expect([used(own, 'pupil.zernike.5'), doubts(own)]).toEqual([wide, 0]);
  const photons = { ...beadStack, learn: ['bead.photons.*'] };
  const negative = setPrior(photons, 'bead.photons.*', { mean: -5, sigma: 1 });
  expect([used(negative, 'bead.photons.1'), doubts(negative)]).toEqual([null, 1]);
});

it('is refused where it leaves nothing to learn', () => {
  const about = (sigma: number) =>
    priorProblem(sphere, registry, 'sphere.refractiveIndex', { mean: 1.59, sigma });
  expect(about(1e-200)).toMatch(/below .*set the value and do not learn it/);
  expect(about(1e-5)).toBeNull();
  const sharp = setPrior(sphere, 'sphere.refractiveIndex', { mean: 1.59, sigma: 1e-200 });
  expect(expandLearnables(sharp, registry, 1).every(({ prior }) => prior === null)).toBe(true);
  expect(validate(sharp, registry).map(({ code }) => code)).toContain('badPrior');
});

it.each([
  ['links', ['a'], 'links'],
  ['links', 'x', 'links'],
  ['priors', [], 'badPrior'],
  ['priors', 7, 'badPrior'],
  ['learn', 'sphere.radius', 'learn'],
  ['learn', { a: 1 }, 'learn'],
])('“%s” that is %j is left out of a file, and said', (name, value, code) => {
  const text = JSON.stringify({ ...JSON.parse(serializeDesign(sphere)), [name]: value });
  const read = parseDesign(text, registry);
  expect(read.ok && read.issues.map((issue) => issue.code)).toEqual([code]);
});
