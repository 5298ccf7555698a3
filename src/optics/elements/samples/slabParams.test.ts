import { expect, it } from 'vitest';
import { constantScalar } from '../../ops/scalar.ts';
import { samplingNotes } from '../../spectral.ts';
import { evaluate, stage } from '../../testSupport.ts';
import { planeWave } from '../sources/planeWave.ts';
import { multislice } from './multislice.ts';

it.each([0.9, -0.9])('says that an index difference of %d reflects light', async (indexDifference) => {
  const grid = { samples: 16, pitch: 1e-6 };
  const { value } = await evaluate({ source: stage(planeWave, {}) }, grid);
  const chosen: Readonly<Record<string, number>> = { indexDifference, thickness: 1e-9 };
  const params = Object.fromEntries(
    Object.entries(multislice.params).map(([name, param]) => {
      const given = chosen[name] ?? ('default' in param ? param.default : 0);
      return [name, param.kind === 'quantity' ? constantScalar(Number(given)) : given];
    }),
  );
  const notes = samplingNotes(multislice, { in: value }, params as never, grid);
  expect(notes.map(({ message }) => message).join(' ')).toContain('reflects light');
});
