import { describe, expect, it } from 'vitest';
import type { FitResult } from '../../workers/protocol.ts';
import { createPace, describeEnding, shortProgress } from './fitWords.ts';

const RESULT: FitResult = {
  parameters: [],
  loss: { start: 10, end: 0.98765 },
  reducedChiSquare: 1.0199,
  iterations: 12,
  seconds: 0.84,
  backend: 'wasm',
  converged: true,
  warnings: [],
};

describe('the end of a fit', () => {
  it('names iterations and outcome', () => {
    expect(describeEnding(RESULT)).toBe('The fit ended after 12 iterations, reduced χ² 1.02 (0.8 s).');
    expect(describeEnding({ ...RESULT, iterations: 1, converged: false, reducedChiSquare: null })).toBe(
      'The fit stopped before it settled, after 1 iteration, loss 0.988 (0.8 s).',
    );
    expect(describeEnding({ ...RESULT, converged: false, ending: 'steps' })).toBe(
      'The fit used up its steps after 12 iterations, reduced χ² 1.02 (0.8 s).',
    );
  });
});

it('a design run ends with what its goal has become', () => {
  const goal = { node: 'strehl', title: 'Strehl ratio', before: 0.41234, after: 0.93, unit: '' };
  const run = { ...RESULT, reducedChiSquare: null, goals: [goal, { ...goal, title: 'Width', unit: 'µm' }] };
  expect(describeEnding(run)).toBe(
    'The fit ended after 12 iterations, Strehl ratio 0.4123 → 0.93, Width 0.4123 → 0.93 µm (0.8 s).',
  );
});

describe('pace of a fit', () => {
  it('counts the steps of the last seconds', () => {
    const pace = createPace();
    expect(pace.stepsPerSecond()).toBeNull();
    for (let step = 0; step <= 40; step++) pace.note(step, 1000 + 250 * step);
    expect(pace.stepsPerSecond()).toBe(4);
    // Twice as fast: after the window only the new pace counts.
    for (let step = 1; step <= 40; step++) pace.note(40 + step, 11_000 + 125 * step);
    expect(pace.stepsPerSecond()).toBe(8);
  });

  it('begins anew when the count does, and after a pause', () => {
    const pace = createPace();
    pace.note(30, 0);
    pace.note(50, 1000);
    pace.note(1, 1500);
    expect(pace.stepsPerSecond()).toBeNull();
    pace.note(3, 2500);
    expect(pace.stepsPerSecond()).toBe(2);
    pace.reset();
    expect(pace.stepsPerSecond()).toBeNull();
  });
});

it('says in few words how far a fit is', () => {
  expect(shortProgress({ phase: null, searched: null, iteration: 0 })).toBe('Starting…');
  expect(shortProgress({ phase: 'search', searched: 0.344, iteration: 4 })).toBe('Search 34 %');
  expect(shortProgress({ phase: 'errors', searched: 0.344, iteration: 4 })).toBe('Errors 34 %');
  expect(shortProgress({ phase: 'errors', searched: null, iteration: 4 })).toBe('Trials at the end');
  expect(shortProgress({ phase: 'search', searched: null, iteration: 4 })).toBe('Search, iteration 4');
  expect(shortProgress({ phase: 'fit', searched: null, iteration: 12 })).toBe('Iteration 12');
});
