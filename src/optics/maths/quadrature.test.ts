import { describe, expect, it } from 'vitest';
import { gaussLegendre, integrate } from './quadrature.ts';

describe('gaussLegendre', () => {
  it('has the classical nodes and weights for 3 points', () => {
    const { nodes, weights } = gaussLegendre(3);
    [-Math.sqrt(0.6), 0, Math.sqrt(0.6)].forEach((node, i) => {
      expect(nodes[i]).toBeCloseTo(node, 15);
    });
    [5 / 9, 8 / 9, 5 / 9].forEach((weight, i) => {
      expect(weights[i]).toBeCloseTo(weight, 15);
    });
  });

  it.each([1, 2, 5, 16, 41])('with %d nodes is exact up to degree 2n - 1 and not beyond', (count) => {
    const rule = gaussLegendre(count);
    for (let degree = 0; degree < 2 * count; degree++) {
      // Rounding of sums of numbers below 1.
      expect(integrate(rule, (x) => x ** degree)).toBeCloseTo(degree % 2 === 0 ? 2 / (degree + 1) : 0, 13);
    }
    // At degree 2n the rule is wrong by n!^4 2^(2n+1) / ((2n+1) (2n)!^2): visible for few nodes.
    if (count <= 5)
      expect(Math.abs(integrate(rule, (x) => x ** (2 * count)) - 2 / (2 * count + 1))).toBeGreaterThan(1e-4);
  });

  it('maps to an interval, ascending, and resolves an oscillation with 400 nodes', () => {
    const rule = gaussLegendre(400, 1, 4);
    expect(rule.nodes.every((x, i) => x > (rule.nodes[i - 1] ?? 1) && x < 4)).toBe(true);
    const exact = (Math.sin(400) - Math.sin(100)) / 100;
    expect(integrate(rule, (x) => Math.cos(100 * x))).toBeCloseTo(exact, 13);
  });

  it('refuses an empty rule', () => {
    expect(() => gaussLegendre(0)).toThrow(/at least 1/);
  });
});
