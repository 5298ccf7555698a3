import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { dragTheRing } from '../../graph/examples/dragTheRing.ts';
import { setAt } from '../../graph/paths.ts';
import { goalStrehl } from './goalStrehl.ts';

/** One term at λ/2π waves, which is a radian: Maréchal's exp(−1). */
const RADIAN = 532e-9 / (2 * Math.PI);
const withTerms = (terms: Readonly<Record<string, number>>) =>
  setAt(dragTheRing.design, registry, 'pupil.zernike', terms);

describe('the Strehl ratio of light that followed a ring', () => {
  it('has the squares of all terms but the tilts together', () => {
    expect(goalStrehl(withTerms({ 2: 1e-6, 4: RADIAN }), registry, 'goal')?.strehl).toBeCloseTo(
      Math.exp(-1),
      9,
    );
    expect(goalStrehl(withTerms({ 3: 1e-6 }), registry, 'goal')).toEqual({ strehl: 1, held: null });
  });

  it('names the largest held term where the spot is not sharp, none that may change', () => {
    const held = goalStrehl(withTerms({ 4: RADIAN, 6: RADIAN / 2, 7: RADIAN / 4 }), registry, 'goal')?.held;
    expect(held).toContain('Z6');
    expect(goalStrehl(withTerms({ 4: RADIAN }), registry, 'goal')?.held).toBeNull();
    expect(goalStrehl(withTerms({ 6: RADIAN / 4 }), registry, 'goal')?.held).toBeNull();
  });

  it('is not told without terms, or of a goal that no light reaches', () => {
    expect(goalStrehl(withTerms({ 4: RADIAN }), registry, 'source')).toBeNull();
    const nodes = dragTheRing.design.nodes.filter(({ type }) => type !== 'pupil');
    expect(goalStrehl({ ...dragTheRing.design, nodes }, registry, 'goal')).toBeNull();
  });
});
