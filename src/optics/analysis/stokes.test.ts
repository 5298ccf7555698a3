import { describe, expect, it } from 'vitest';
import type { HostValue } from '../element.ts';
import { createFloat64Kernels } from '../ops/kernels.f64.ts';
import { Ops } from '../ops/ops.ts';
import { constantScalar } from '../ops/scalar.ts';
import type { Axis } from '../values.ts';
import { polarisationState, type Stokes, stokesPlane, stokesSum } from './stokes.ts';

/** Rounding of float64. */
const ROUNDING = 1e-12;

/** Light of 1 × 1 samples: its amplitudes in the order of its axes. */
function light(
  axes: readonly Axis[],
  lengths: readonly number[],
  data: readonly number[],
  angle = 0,
): HostValue {
  const ops = new Ops(createFloat64Kernels());
  ops.open();
  const samples = ops.upload(Float64Array.from(data), [...lengths, 1, 1], 'complex');
  const one = constantScalar(1);
  return {
    data: Float64Array.from(data),
    value: {
      ...{ kind: 'field', samples, axes, pitch: one, planeWaves: null },
      ...{
        wavelength: one,
        refractiveIndex: one,
        polarizationAngle: constantScalar(angle),
        parts: null,
        weight: one,
      },
    },
  };
}

function expectStokes(actual: Stokes, expected: Stokes): void {
  for (const [i, value] of expected.entries()) {
    expect(Math.abs((actual[i] ?? Number.NaN) - value)).toBeLessThan(ROUNDING);
  }
}

const H = Math.SQRT1_2;
const jones = (xr: number, xi: number, yr: number, yi: number) => light(['component'], [2], [xr, xi, yr, yi]);
const of = (...values: [HostValue, ...HostValue[]]) => stokesSum(stokesPlane(values, 0));

describe('Stokes parameters', () => {
  it.each<[string, HostValue, Stokes]>([
    ['light along x', jones(1, 0, 0, 0), [1, 1, 0, 0]],
    ['light along y', jones(0, 0, 0, 1), [1, -1, 0, 0]],
    ['light along +45°', jones(H, 0, H, 0), [1, 0, 1, 0]],
    ['right circular light (1, -i)/√2', jones(H, 0, 0, -H), [1, 0, 0, 1]],
    ['left circular light (1, i)/√2', jones(H, 0, 0, H), [1, 0, 0, -1]],
    ['scalar light at 30°', light([], [], [1, 0], Math.PI / 6), [1, 0.5, Math.sqrt(0.75), 0]],
  ])('of %s', (_name, value, expected) => {
    expectStokes(of(value), expected);
  });

  it('of parts that do not interfere add up: crossed parts are unpolarised', () => {
    const both = light(['mode', 'component'], [2, 2], [1, 0, 0, 0, 0, 0, 1, 0]);
    expectStokes(of(both), [2, 0, 0, 0]);
    expectStokes(of(jones(1, 0, 0, 0), jones(0, 0, 1, 0)), [2, 0, 0, 0]);
    expect(polarisationState(of(both))).toMatchObject({ degree: 0, angle: null, ellipticity: null });
  });

  it('are taken from the plane that is asked for, from the brightest when none is', () => {
    const stack = light(['plane', 'component'], [2, 2], [1, 0, 0, 0, 0, 0, 2, 0]);
    expectStokes(stokesSum(stokesPlane([stack], 1)), [1, 1, 0, 0]);
    expectStokes(stokesSum(stokesPlane([stack], 0)), [4, -4, 0, 0]);
  });
});

describe('the state of polarisation', () => {
  it('of (2, √2, 0, √2) is wholly polarised, half in each kind', () => {
    const state = polarisationState([2, Math.SQRT2, 0, Math.SQRT2]);
    expect(Math.abs((state.degree ?? 0) - 1)).toBeLessThan(ROUNDING);
    expect(Math.abs((state.linearDegree ?? 0) - Math.SQRT1_2)).toBeLessThan(ROUNDING);
    expect(Math.abs((state.circularDegree ?? 0) - Math.SQRT1_2)).toBeLessThan(ROUNDING);
    expect(state.angle).toBe(0);
    expect(Math.abs((state.ellipticity ?? 0) - Math.PI / 8)).toBeLessThan(ROUNDING);
  });

  it('finds the axes of an ellipse that was turned', () => {
    // An ellipse with axes cos χ along ψ and sin χ across it, right-handed: (cos χ e - i sin χ e⊥).
    const [psi, chi] = [0.7, 0.2];
    const [c, s] = [Math.cos(psi), Math.sin(psi)];
    const value = jones(Math.cos(chi) * c, Math.sin(chi) * s, Math.cos(chi) * s, -Math.sin(chi) * c);
    const state = polarisationState(of(value));
    expect(Math.abs((state.angle ?? 0) - psi)).toBeLessThan(ROUNDING);
    expect(Math.abs((state.ellipticity ?? 0) - chi)).toBeLessThan(ROUNDING);
  });

  it('is unknown in the dark', () => {
    expect(polarisationState([0, 0, 0, 0]).degree).toBeNull();
  });
});
