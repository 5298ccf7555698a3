import { describe, expect, it } from 'vitest';
import { registry } from '../catalogue.ts';
import { linkedRelay } from '../examples/lensImages.ts';
import { getAt } from '../paths.ts';
import { relinked } from './links.ts';
import { completed, suggestions } from './suggestions.ts';

const { design } = linkedRelay;
const names = (path: string, text: string) =>
  suggestions(design, registry, path, text).map((each) => each.text);

describe('suggestions', () => {
  it('offer the same parameter and the same unit first, and never the value itself', () => {
    const found = names('relay.focalLength', '');
    expect(found[0]).toBe('relay.focalLength2');
    expect(found).not.toContain('relay.focalLength');
    expect(names('camera.pixelPitch', '2*sourc')[0]).toBe('source.wavelength');
    expect(names('camera.pixelPitch', '2*wavelen')[0]).toBe('source.wavelength');
    expect(names('camera.pixelPitch', 'sq')).toEqual(['sqrt(']);
  });

  it('offer nothing where an operation comes next, or the name is complete', () => {
    for (const text of ['2', '2 ', '(1)', '5 °'])
      expect(names('camera.pixelPitch', text)).not.toContain('sqrt(');
    expect(names('camera.pixelPitch', '2*source.wavelength')).toEqual([]);
  });

  it('complete the name at the end', () => {
    expect(completed('=2*(foc', { text: 'relay.focalLength', title: '' })).toBe('=2*(relay.focalLength');
    expect(completed('=', { text: 'lambda', title: '' })).toBe('=lambda');
  });
});

describe('the relay of the gallery', () => {
  it('holds the values that its links give', () => {
    const settled = relinked(design, registry);
    for (const path of Object.keys(design.links ?? {})) {
      // Decimal numbers against products of them: rounding of float64.
      expect(Number(getAt(settled, registry, path)) / Number(getAt(design, registry, path))).toBeCloseTo(
        1,
        14,
      );
    }
  });
});
