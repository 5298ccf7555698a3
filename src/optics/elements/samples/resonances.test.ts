import { expect, it } from 'vitest';
import { constantScalar } from '../../ops/scalar.ts';
import { evaluate, stage } from '../../testSupport.ts';
import { planeWave } from '../sources/planeWave.ts';
import { mieSphere } from './mieSphere.ts';

/** Title and ends of the chart of resonances, metres; null where there is none. */
async function scanned(wavelength: number, params: Readonly<Record<string, number | string>>) {
  const { value } = await evaluate(
    { source: stage(planeWave, { wavelength }) },
    { samples: 4, pitch: 10e-6 },
  );
  const values = Object.fromEntries(
    Object.entries(mieSphere.params).map(([name, param]) => {
      const set = params[name] ?? ('default' in param ? param.default : 0);
      return [name, param.kind === 'quantity' ? constantScalar(Number(set)) : set];
    }),
  );
  const light = { value, samples: new Float64Array(32) };
  const charts = mieSphere.analyse?.([light] as never, values as never, [], '').charts ?? [];
  const chart = charts.find(({ title }) => title.startsWith('Resonances'));
  const x = chart?.lines[0]?.x;
  return chart === undefined || x === undefined ? null : { title: chart.title, from: x[0], to: x.at(-1) };
}

it('ends where Johnson and Christy’s table of a metal ends, 187.9 nm and 1937 nm, and says so', async () => {
  const gold = { material: 'gold', radius: 40e-9, scanShare: 0.9 };
  const { title, from, to } = (await scanned(532e-9, gold)) ?? {};
  expect(title).toBe('Resonances by wavelength, where the indices are known');
  // Rounding of float64.
  expect(from).toBeCloseTo(187.9e-9, 20);
  expect(to).toBeCloseTo(1.9 * 532e-9, 20);
  expect((await scanned(1500e-9, gold))?.to).toBeCloseTo(1937e-9, 20);
  // The light itself lies beyond the table by more than the range.
  expect(await scanned(3e-6, { ...gold, scanShare: 0.1 })).toBeNull();
});

it('is whole where the index is given, and over radii', async () => {
  expect(await scanned(532e-9, { scanShare: 0.5 })).toMatchObject({ title: 'Resonances by wavelength' });
  const { title, from } = (await scanned(532e-9, { material: 'gold', scan: 'radius', scanShare: 0.5 })) ?? {};
  expect(title).toBe('Resonances by radius');
  expect(from).toBeCloseTo(0.25e-6, 20);
});
