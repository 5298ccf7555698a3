import { afterAll, beforeAll, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design, DesignImage } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import {
  freePupilDesign,
  hiddenTerms,
  largestShare,
  wavefrontError,
  withoutMap,
} from '../../graph/examples/freePupil.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { decodeFloat32 } from '../../graph/imageData.ts';
import { createSession, type Session } from '../session.ts';
import { fitted } from '../testDesigns.ts';

type SimulatedImage = Extract<DesignImage, { kind: 'simulated' }>;

let session: Session;
beforeAll(async () => {
  session = await createSession('wasm');
});
afterAll(() => session.dispose());

/** Mean deviance of photon counts: 1 where only their noise is left. */
async function deviance(design: Design): Promise<number> {
  const bare = setAll(design, registry, { 'map.penaltyWeight': 0 });
  return 2 * ((await session.show(bare)).loss ?? Number.NaN);
}

/** Squares of what is left over the variance of photon counts, in all. */
async function weightedSquares(design: Design): Promise<number> {
  const { images } = await session.evaluate(design, ['target']);
  const [model = [], data = []] = ['camera', 'target'].map((id) => images.get(id)?.data);
  return Array.from(model).reduce((sum, mean, i) => sum + ((data[i] ?? Number.NaN) - mean) ** 2 / mean, 0);
}

it('learns the phase beyond Noll 15 from seven noisy planes, which Zernike terms leave', async () => {
  const design = freePupilDesign(2);
  const hidden = hiddenTerms(2);
  const zernikes = fitted(design, await session.fit(withoutMap(design), DEFAULT_FIT_OPTIONS));
  const options = { ...DEFAULT_FIT_OPTIONS, method: 'lbfgs', maxIterations: 60 } as const;
  const result = await session.fit(zernikes, options);
  const free = fitted(design, result);
  // Of terms hidden beyond Noll 15 there are 0.24 rad RMS, λ/26; those below move to make up for some.
  expect(wavefrontError(zernikes, hidden)).toBeGreaterThan(1 / 40);
  expect(await deviance(zernikes)).toBeGreaterThan(1.3);
  // By the noise of 30 000 photons in each plane and by the penalty about half of this.
  expect(wavefrontError(free, hidden)).toBeLessThan(1 / 80);
  // Place, focus and terms are the hidden ones, for the map holds none of them: photon noise and the penalty are left.
  expect(largestShare(free, hidden)).toBeLessThan(1);
  // Counts of 20 make the deviance 1/120 more than 1, unknowns 300 of 7168 less; the mean scatters by 0.017.
  const left = await deviance(free);
  expect(left).toBeGreaterThan(0.93);
  expect(left).toBeLessThan(1.07);

  // χ² with the cells that the data have told as unknowns: its mean scatters by √(2/7168).
  expect(Math.abs((result.reducedChiSquare ?? 0) - 1)).toBeLessThan(5 * Math.sqrt(2 / 7168));
  // It is of the freedom that 17 numbers and the cells that were told leave. Of the hidden terms 21 lie beyond those
  // with numbers of their own; of 400 cells 4 - π of 4 are dark.
  const freedom = (await weightedSquares(free)) / (result.reducedChiSquare ?? Number.NaN);
  const toldCells = 7168 - 17 - freedom;
  expect(toldCells).toBeGreaterThan(21);
  expect(toldCells).toBeLessThan(400 * (Math.PI / 4));
  // The hidden values lie where ± says. Of 17 numbers with some correlation the RMS of errors over ± scatters by 0.2 to
  // 0.3, and by 0.2 more where several are held back together.
  const { truth } = design.images['simulated'] as SimulatedImage;
  const shares = result.parameters
    .filter(({ path }) => path !== 'camera.background')
    .map(({ path, value, sigma }) => (value - trueValue(path, truth, hidden)) / (sigma ?? Number.NaN));
  expect(shares).toHaveLength(16);
  expect(rms(shares)).toBeGreaterThan(0.4);
  expect(rms(shares)).toBeLessThan(1.8);
  const { wavefront, maps: [map] = [] } = result;
  const terms = (wavefront?.terms ?? []).filter(({ noll }) => noll > 4);
  const ofTerms = terms.map(
    ({ noll, value, sigma }) => (value - (hidden[noll] ?? 0)) / (sigma ?? Number.NaN),
  );
  expect(ofTerms).toHaveLength(32);
  expect(rms(ofTerms)).toBeGreaterThan(0.5);
  expect(rms(ofTerms)).toBeLessThan(1.7);
  // Cells in the corners of the square get no light: 4 - π of 4, but for those on the edge of the disc.
  const sigmas = decodeFloat32(map?.sigma ?? '', 400);
  const told = sigmas.filter((sigma) => Number.isFinite(sigma));
  expect(told.length / 400).toBeGreaterThan(0.75);
  expect(told.length / 400).toBeLessThan(0.9);
  // The wavefront that the fit tells is that of its values.
  expect(Math.abs((wavefront?.rms ?? 0) / Math.hypot(...Object.values(hidden)) - 1)).toBeLessThan(0.1);
});

it('ends the errors of a map when it is told to, and says so', async () => {
  const options = { ...DEFAULT_FIT_OPTIONS, method: 'lbfgs', maxIterations: 2 } as const;
  const result = await session.fit(freePupilDesign(2), options, async ({ phase, searched }) => {
    return phase !== 'errors' || (searched ?? 0) < 0.2;
  });
  expect(result.parameters.every(({ sigma }) => sigma === null)).toBe(true);
  expect(result.wavefront).toBeUndefined();
  expect(
    result.warnings.some((each) =>
      each.startsWith('The values have no error bars: telling them was stopped'),
    ),
  ).toBe(true);
});

it('has no errors of maps that are held by total variation', async () => {
  const design = setAll(freePupilDesign(2), registry, { 'map.penalty': 'variation' });
  const { warnings } = await session.fit(design, {
    ...DEFAULT_FIT_OPTIONS,
    method: 'lbfgs',
    maxIterations: 2,
  });
  expect(warnings.some((each) => each.includes('no normal distribution'))).toBe(true);
});

const rms = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, z) => sum + z * z, 0) / values.length);

function trueValue(
  path: string,
  truth: SimulatedImage['truth'],
  hidden: Readonly<Record<number, number>>,
): number {
  const term = /zernike\.(\d+)$/.exec(path)?.[1];
  return term === undefined ? Number(truth[path]) : (hidden[Number(term)] ?? 0);
}
