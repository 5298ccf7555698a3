/** The upper rungs of the guided path, on stacks whose pupil has what they look for. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { suitable } from '../../graph/adamOnly.ts';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import { hiddenTerms } from '../../graph/examples/freePupil.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { designFor } from '../../graph/guided/kinds.ts';
import { rungsOf } from '../../graph/guided/ladder.ts';
import { withRung } from '../../graph/guided/rungs.ts';
import { prepareForImage } from '../../graph/prepare.ts';
import { createSession, type Session } from '../session.ts';
import { fitted } from '../testDesigns.ts';

let session: Session;
beforeAll(async () => {
  session = await createSession('wasm');
});
afterAll(() => session.dispose());

const SIDE = 40;
const base = (() => {
  const design = designFor('beadStack', 'Mine');
  if (design === null) throw new Error('There is a design for this kind.');
  return setAll(design, registry, {
    'camera.rows': SIDE,
    'camera.columns': SIDE,
    'camera.pixelPitch': 0.12e-6,
  });
})();

function onRung(design: Design, id: string): Design {
  const rung = rungsOf('beadStack', design).find((each) => each.id === id);
  if (rung === undefined) throw new Error(`There is no rung “${id}”.`);
  return withRung(design, registry, rung);
}

/** The stack that a design with these values gives, with noise, as the target of the plain design. */
async function measured(truth: Design): Promise<Design> {
  const noisy = setAll(truth, registry, {
    'camera.noise': true,
    'camera.background': 20,
    'camera.blur': 0.7,
  });
  const seen = (await session.evaluate({ ...noisy, learn: [] })).images.get('camera');
  if (seen === undefined) throw new Error('The camera has no image.');
  const image = { name: 'a', shape: seen.shape, data: Float32Array.from(seen.data), saturationLevel: null };
  const options = { targetNode: 'target', image, background: null, crop: null, planes: null };
  return prepareForImage(base, registry, { ...options, keep: new Set() }).design;
}

describe('the rung of the pupil’s amplitude', () => {
  it('finds how light falls off towards the edge, which aberrations cannot explain', async () => {
    const truth = { 'amplitude.second': -0.25, 'amplitude.fourth': 0.1 };
    const start = await measured(
      setAll(onRung(base, 'amplitude'), registry, {
        ...truth,
        ...{ 'bead.photons': 30000, 'pupil.zernike.6': 25e-9, 'pupil.zernike.11': -20e-9 },
      }),
    );
    const result = await session.fit(onRung(start, 'amplitude'), DEFAULT_FIT_OPTIONS);
    expect(result.converged).toBe(true);
    for (const [path, value] of Object.entries(truth)) {
      const found = result.parameters.find((each) => each.path === path);
      // Four standard errors: once in sixteen thousand by chance.
      expect(Math.abs((found?.value ?? 0) - value), path).toBeLessThan(4 * (found?.sigma ?? 0));
      expect(found?.sigma, path).toBeLessThan(0.03);
    }
    const without = await session.fit(onRung(start, 'high'), DEFAULT_FIT_OPTIONS);
    // 7 × 1600 pixels scatter χ² by 0.013.
    expect(result.reducedChiSquare).toBeLessThan(1.06);
    expect((without.reducedChiSquare ?? 0) - (result.reducedChiSquare ?? 0)).toBeGreaterThan(0.06);
  });
});

describe('the rung of a free phase', () => {
  it('takes what Zernike terms to Noll 15 leave, from where these ended, by the default method', async () => {
    const terms = Object.entries(hiddenTerms(2)).map(([j, value]) => [`pupil.zernike.${j}`, value] as const);
    const start = await measured(
      setAll(base, registry, { ...Object.fromEntries(terms), 'bead.photons': 30000 }),
    );
    const named = await session.fit(onRung(start, 'middle'), DEFAULT_FIT_OPTIONS);
    const above = onRung(fitted(start, named), 'phase');
    const free = await session.fit(above, suitable(DEFAULT_FIT_OPTIONS, above, registry));
    expect(named.reducedChiSquare).toBeGreaterThan(1.3);
    const bare = setAll(fitted(above, free), registry, { 'restOfPhase.penaltyWeight': 0 });
    const deviance = 2 * ((await session.show(bare)).loss ?? Number.NaN);
    // 7 × 1600 pixels, of which some 300 cells take their share: 1 ± 0.013 less 0.03; the penalty leaves a little.
    expect(deviance).toBeGreaterThan(0.93);
    expect(deviance).toBeLessThan(1.08);
  });

  it('leaves with its element when another rung is chosen, and the wire is whole again', () => {
    const there = onRung(base, 'phase');
    expect(there.learn).toContain('restOfPhase.phase');
    expect(there.edges.some(({ to }) => to.port === 'penalty')).toBe(true);
    const back = onRung(onRung(there, 'amplitude'), 'high');
    expect(back.nodes.map(({ id }) => id)).toEqual(base.nodes.map(({ id }) => id));
    const wires = (design: Design) => design.edges.map(({ from, to }) => `${from.node}>${to.node}`).sort();
    expect(wires(back)).toEqual(wires(base));
    const places = (design: Design) => design.nodes.map(({ id, position }) => [id, position]);
    expect(places(back)).toEqual(places(base));
    expect(new Set(there.nodes.map(({ position }) => `${position.x},${position.y}`)).size).toBe(
      there.nodes.length,
    );
  });
});
