import { describe, expect, it } from 'vitest';
import { createFloat64Kernels } from './ops/kernels.f64.ts';
import { Ops } from './ops/ops.ts';
import { ROBUST_KINDS, residualMeasure, robustTerms } from './robust.ts';

const RESIDUALS = [-30, -2.5, -0.3, -1e-6, 0, 1e-4, 0.7, 4, 80];

describe.each(ROBUST_KINDS)('%s', (kind) => {
  const measure = residualMeasure(kind, 1);

  it('has the derivatives that it says', () => {
    for (const r of RESIDUALS) {
      // Central differences: h² times third derivatives below 1, rounding 1e-16 · 30 / h.
      const h = 1e-5;
      const difference = (f: (r: number) => number) => (f(r + h) - f(r - h)) / (2 * h);
      expect(Math.abs(measure.influence(r) - difference(measure.merit))).toBeLessThan(1e-9);
      expect(Math.abs(measure.slope(r) - difference(measure.influence))).toBeLessThan(1e-9);
      expect(measure.weight(r) * r).toBeCloseTo(measure.influence(r), 14);
    }
  });

  it('is the square near zero, and costs normal noise 5 % of its information', () => {
    expect(measure.merit(1e-6) / 0.5e-12).toBeCloseTo(1, 9);
    // ∫ ψ² φ / (∫ ψ' φ)², trapezoids over a function that is zero at ±12: exact to rounding.
    let [squares, slope] = [0, 0];
    for (let r = -12; r <= 12; r += 0.01) {
      const weight = (0.01 * Math.exp(-0.5 * r * r)) / Math.sqrt(2 * Math.PI);
      squares += weight * measure.influence(r) ** 2;
      slope += weight * measure.slope(r);
    }
    // The tuning constants are printed with four figures.
    expect(slope ** 2 / squares).toBeCloseTo(0.95, 2);
  });

  it('pulls less than a square where a residual is large', () => {
    expect(measure.influence(50)).toBeLessThan(kind === 'absolute' ? 1.5 : 0.15);
    expect(measure.influence(1)).toBeGreaterThan(0.6);
  });

  it('is the same on arrays', async () => {
    const ops = new Ops(createFloat64Kernels());
    const noise = 0.2;
    const scope = ops.open();
    const terms = robustTerms(ops, kind, ops.upload(Float64Array.from(RESIDUALS), [9], 'real'), noise);
    const [values = []] = await ops.read([terms]);
    ops.close(scope);
    const host = residualMeasure(kind, noise);
    // The difference u² - (u² - ln(1 + u²)) leaves 1e-16 of the largest u².
    RESIDUALS.forEach((r, i) => {
      expect(Math.abs((values[i] ?? Number.NaN) - 2 * host.merit(r))).toBeLessThan(1e-12);
    });
  });
});
