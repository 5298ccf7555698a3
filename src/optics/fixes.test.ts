import { expect, it } from 'vitest';
import { finerPitch, moreSamples } from './fixes.ts';

const grid = { samples: 100, pitch: 8e-6 };

it('offers a power of two of samples, and never fewer than there are', () => {
  expect(moreSamples(grid.samples, 200).apply?.grid).toEqual({ samples: 256 });
  expect(moreSamples(grid.samples, 60)).toEqual({});
  expect(moreSamples(grid.samples, 5000)).toEqual({});
});

it('offers a finer pitch in the same window', () => {
  expect(finerPitch(grid, 3e-6).apply?.grid).toEqual({ samples: 400, pitch: 2e-6 });
  expect(finerPitch(grid, 4e-6).apply?.grid).toEqual({ samples: 400, pitch: 2e-6 });
  expect(finerPitch(grid, 9e-6)).toEqual({});
  expect(finerPitch(grid, 1e-9)).toEqual({});
});
