import { describe, expect, it } from 'vitest';
import type { HostValue } from '../element.ts';
import { constantScalar } from '../ops/scalar.ts';
import type { Field } from '../values.ts';
import { sampleTruth, verdictOf } from './wire.ts';

const N = 64;

function light(f: (x: number, y: number) => readonly [number, number]): HostValue {
  const data = new Float64Array(2 * N * N);
  for (let i = 0; i < N * N; i++) data.set(f((i % N) - N / 2, Math.floor(i / N) - N / 2), 2 * i);
  const one = constantScalar(1);
  const value = {
    kind: 'field',
    samples: { shape: [N, N], dtype: 'complex' },
    axes: [],
    pitch: one,
    planeWaves: null,
    wavelength: one,
    refractiveIndex: one,
    polarizationAngle: one,
    weight: one,
  } as unknown as Field;
  return { value, data };
}

const tilted = (cycles: number, width: number) =>
  light((x, y) => {
    const amplitude = Math.exp(-(x * x + y * y) / width ** 2);
    const phase = (2 * Math.PI * cycles * x) / N;
    return [amplitude * Math.cos(phase), amplitude * Math.sin(phase)];
  });

describe('the truth of samples', () => {
  it('finds the phase step of tilted light, and where it lies in the spectrum', () => {
    const truth = sampleTruth(tilted(12, 10));
    // Bins of π/256.
    expect(Math.abs((truth.phaseStep ?? 0) - (2 * Math.PI * 12) / N)).toBeLessThan(Math.PI / 256);
    // A Gaussian of 10 samples has 99 % of its power within 2.58 / (2π · 10) cycles per sample of its middle.
    expect(Math.abs(truth.band - 2 * (12 / N + 2.58 / (20 * Math.PI)))).toBeLessThan(0.04);
    expect(truth.nearNyquist).toBeLessThan(1e-6);
    expect(verdictOf(truth, 'field').level).toBe('good');
  });

  it('calls light near the highest frequency bad, and light at the edge doubtful', () => {
    expect(verdictOf(sampleTruth(tilted(30, 10)), 'field').level).toBe('bad');
    const wide = verdictOf(sampleTruth(tilted(0, 30)), 'field');
    expect(wide.level).toBe('doubtful');
    expect(wide.reason).toContain('edge');
    // Light that fills the window evenly is a plane wave, not a mistake.
    expect(verdictOf(sampleTruth(light(() => [1, 0])), 'field').level).toBe('good');
  });

  it('judges light by its worst mode, not by its brightest or first', () => {
    const modes = [0, 3, 1, 30, 2, 1].map((cycles) => tilted(cycles, 10));
    const data = new Float64Array(modes.flatMap((mode) => [...mode.data]));
    const [first] = modes;
    if (first?.value.kind !== 'field') throw new Error('Light is a field.');
    const samples = { shape: [modes.length, N, N], dtype: 'complex' };
    const value = { ...first.value, samples, axes: ['mode'] } as unknown as Field;
    expect(verdictOf(sampleTruth({ value, data }), 'field').level).toBe('bad');
  });

  it('says so where there is nothing, or nothing sensible', () => {
    expect(verdictOf(sampleTruth(light(() => [0, 0])), 'field').level).toBe('doubtful');
    expect(verdictOf(sampleTruth(light(() => [Number.NaN, 0])), 'field').level).toBe('bad');
  });
});
