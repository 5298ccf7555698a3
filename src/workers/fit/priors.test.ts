import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design, Prior } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import { DEFAULT_FIT_OPTIONS, type FitOptions } from '../../graph/fitOptions.ts';
import { setPrior } from '../../graph/priors.ts';
import { node, wire } from '../../graph/testSupport.ts';
import { createSession, type Session } from '../session.ts';
import { smallHologram, smallStack } from '../testDesigns.ts';

let session: Session;
beforeAll(async () => {
  session = await createSession('wasm');
});
afterAll(() => session.dispose());

const fitted = (design: Design, options: Partial<FitOptions> = {}) =>
  session.fit(design, { ...DEFAULT_FIT_OPTIONS, coarseSearch: false, ...options });
const only = async (design: Design, options: Partial<FitOptions> = {}) => {
  const [found] = (await fitted(design, options)).parameters;
  if (found === undefined) throw new Error('One value is learned.');
  return found;
};

/** An image that is the offset plus what does not change: a linear model, whose estimates are means. */
const NOISE = 0.04;
const OFFSET = setAll(
  smallHologram({ learn: ['camera.offset'], truth: { 'camera.readNoise': 0.02 }, seed: 5 }),
  registry,
  // More than there is: χ² is then below 1, and errors are those of the noise that is given.
  { 'camera.readNoise': NOISE },
);
const PIXELS = 48 * 48;
const OF_DATA = NOISE / Math.sqrt(PIXELS);

describe('a prior on a number that the image depends on linearly', () => {
  const prior: Prior = { mean: 0.005, sigma: 0.0007 };
  const weight = 1 / OF_DATA ** 2;
  const known = 1 / prior.sigma ** 2;

  it.each(['levenbergMarquardt', 'gaussNewton', 'lbfgs'] as const)(
    'gives the mean weighted by precisions, and their sum: %s',
    async (method) => {
      const plain = await only(OFFSET);
      const found = await only(setPrior(OFFSET, 'camera.offset', prior), { method });
      const expected = (weight * plain.value + known * prior.mean) / (weight + known);
      const sigma = 1 / Math.sqrt(weight + known);
      expect(plain.sigma).toBeCloseTo(OF_DATA, 8);
      // Float32 pixels (6e-8 of 1) and where the methods stop: a tenth of a percent of the error.
      expect(Math.abs(found.value - expected)).toBeLessThan(2e-3 * sigma);
      expect((found.sigma ?? 0) / sigma).toBeCloseTo(1, 4);
      expect(found.prior?.share).toBeCloseTo(known / (weight + known), 4);
      expect(found.prior?.display).toEqual(prior);
    },
  );

  it('is told to be in the errors, as the brightness of a background is', async () => {
    const sourceOf = async (design: Design) => (await fitted(design)).errorSource;
    const ofNoise = setAll(OFFSET, registry, { 'target.normalization': 'none' });
    expect(await sourceOf(ofNoise)).toEqual({ noise: 'given', factor: 1 });
    expect(await sourceOf(setPrior(ofNoise, 'camera.offset', prior))).toMatchObject({ isMixed: true });
    const relative = setAll(OFFSET, registry, { 'target.normalization': 'background' });
    expect(await sourceOf(relative)).toMatchObject({ isMixed: true });
  });

  it('is part of the errors that are expected before an image is there', async () => {
    const { parameters } = await session.expectedErrors(setPrior(OFFSET, 'camera.offset', prior), null);
    expect((parameters[0]?.sigma ?? 0) * Math.sqrt(weight + known)).toBeCloseTo(1, 4);
  });

  it('is told of where image and prior contradict each other, and where the image tells nothing', async () => {
    const wrong = setPrior(OFFSET, 'camera.offset', { mean: 0.02, sigma: 0.0007 });
    expect((await fitted(wrong)).warnings.join()).toMatch(
      /standard deviations away from what was known before/,
    );
    const sure = setPrior(OFFSET, 'camera.offset', { mean: 0, sigma: 1e-4 });
    expect((await fitted(sure)).warnings.join()).toMatch(/99 % of what is known of it was put in/);
  });

  it('weighs by what the model leaves over where nobody gives the noise', async () => {
    const unknown = setAll(OFFSET, registry, { 'camera.readNoise': 0 });
    const plain = await only(unknown);
    const found = await only(setPrior(unknown, 'camera.offset', prior));
    const told = 1 / (plain.sigma ?? 1) ** 2;
    const expected = (told * plain.value + known * prior.mean) / (told + known);
    // The scatter between neighbours tells the noise of 2304 pixels to 2 %, the weight to 4 %.
    expect(Math.abs(found.value - expected)).toBeLessThan(0.05 * Math.abs(plain.value - prior.mean));
    expect(Math.abs(found.value - plain.value)).toBeGreaterThan(0.1 * Math.abs(plain.value - prior.mean));
  });
});

describe('a prior where the noise is not given', () => {
  // From a rough start the model leaves over more than noise, so that priors weigh too much at first.
  const path = 'sphere.radius';
  const roughOf = (noise: number) =>
    smallHologram({
      learn: [path],
      truth: { 'camera.readNoise': noise },
      start: { [path]: 0.53e-6, 'camera.readNoise': 0 },
      seed: 9,
    });
  const rough = roughOf(0.05);

  it('leads another method where it leads the default', async () => {
    const sigma = (await only(rough)).sigma ?? Number.NaN;
    const known = setPrior(rough, path, { mean: 0.5e-6 + 6 * sigma, sigma });
    const expected = await only(known);
    const found = await only(known, { method: 'gaussNewton' });
    // Where the methods stop: a hundredth of the error.
    expect(Math.abs(found.value - expected.value)).toBeLessThan(0.01 * (expected.sigma ?? 0));
  });

  it('leads a fit with a penalty where it leads one without, once the penalty is nothing', async () => {
    // Of so little noise the scatter between neighbours is at first mostly that of the fringes.
    const quiet = roughOf(0.005);
    const sigma = (await only(quiet)).sigma ?? Number.NaN;
    const known = setPrior(quiet, path, { mean: 0.5e-6 + 6 * sigma, sigma });
    const expected = await only(known);
    const extra = node('extra', 'freeformPhase');
    const wires = [wire('source.out>extra.in'), wire('extra.penalty>loss.penalty')];
    const penalised = { ...known, nodes: [...known.nodes, extra], edges: [...known.edges, ...wires] };
    const found = await only(penalised, { method: 'lbfgs', maxIterations: 100 });
    // Where the methods stop, each by its own rule: some hundredths of the error. Not weighed anew it is two errors away.
    expect(Math.abs(found.value - expected.value)).toBeLessThan(0.05 * (expected.sigma ?? 0));
  });
});

describe('a prior beside a photon likelihood', () => {
  const plain = smallStack({ learn: ['bead.x', 'bead.photons', 'camera.background'], seed: 4 });

  it('takes its share of the curvature, and scatter agrees with the errors', async () => {
    const spot = setAll(plain, registry, { 'stack.planes': 1 });
    const one = {
      ...spot,
      images: Object.fromEntries(
        Object.entries(spot.images).map(([id, image]) => [
          id,
          image.kind === 'simulated' ? { ...image, truth: { ...image.truth, 'stack.planes': 1 } } : image,
        ]),
      ),
    };
    const before = await session.expectedErrors(one, null);
    const sigmaOf = (of: typeof before, path: string) =>
      of.parameters.find((each) => each.path === path)?.sigma ?? Number.NaN;
    const sigma = sigmaOf(before, 'bead.photons') / 2;
    const known = setPrior(one, 'bead.photons', { mean: 6000, sigma });
    const after = await session.expectedErrors(known, null);
    expect(sigmaOf(after, 'bead.photons')).toBeLessThan(sigma);
    const report = await session.simulateRefit(known, { images: 10, seed: 3, noise: null });
    // Priors are drawn about the truth with their own errors: a standard deviation from 10 numbers is known to 24 %.
    for (const { ratio, bias, biasError } of report.parameters) {
      expect(Math.abs((ratio ?? 0) - 1)).toBeLessThan(3 * 0.236);
      expect(Math.abs(bias ?? 1)).toBeLessThan(4 * (biasError ?? 0));
    }
  });
});

describe('radius and index of a small sphere', () => {
  const twins = smallHologram({
    learn: ['sphere.radius', 'sphere.refractiveIndex', 'sphere.z'],
    truth: { 'sphere.radius': 0.12e-6, 'sphere.z': 3e-6, 'camera.readNoise': 0.01 },
    start: { 'sphere.radius': 0.125e-6, 'sphere.refractiveIndex': 1.58 },
    seed: 7,
  });

  it('are told apart by what is known of the index', async () => {
    const path = 'sphere.refractiveIndex';
    const plain = await fitted(twins);
    const known = await fitted(setPrior(twins, path, { mean: 1.59, sigma: 0.005 }));
    const radius = (result: typeof plain) => {
      const found = result.parameters.find((each) => each.path === 'sphere.radius');
      return {
        error: Math.abs((found?.value ?? 0) - 0.12e-6),
        sigma: found?.sigma ?? Number.POSITIVE_INFINITY,
      };
    };
    expect(plain.warnings.join()).toMatch(/strongly correlated|cannot tell/);
    expect(radius(known).sigma).toBeLessThan(radius(plain).sigma / 3);
    expect(radius(known).error).toBeLessThan(3 * radius(known).sigma);
  });
});
