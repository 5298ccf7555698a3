import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { encodeFloat32 } from '../../graph/imageData.ts';
import { node } from '../../graph/testSupport.ts';
import { mapFigures, rangeText } from './mapFigures.ts';

describe('maps and their errors', () => {
  const design = { nodes: [node('map', 'freeformPhase')] };
  const cells = (values: readonly number[]) => encodeFloat32(Float32Array.from(values));
  const map = { path: 'map.phase', title: 'Map: Phase', cells: 2, data: cells([1, 2, 3, 9]) };

  it('are pictures with one scale each, clear where no light is', () => {
    const sigma = cells([0.1, 0.2, 0.4, Number.NaN]);
    const [values, errors] = mapFigures({ maps: [{ ...map, sigma }] }, design, registry);
    expect(values).toMatchObject({ title: 'Map: Phase', side: 2, unit: 'rad', low: 1, high: 3 });
    expect([...(values?.values ?? [])]).toEqual([1, 2, 3, Number.NaN]);
    expect(errors).toMatchObject({ title: '± of map: Phase', low: 0 });
    expect(errors?.high).toBeCloseTo(0.4, 6);
    expect(errors === undefined ? '' : rangeText(errors)).toBe('0 to 0.4 rad');
  });

  it('are not shown where no errors are told', () => {
    expect(mapFigures({ maps: [map] }, design, registry)).toEqual([]);
  });
});
