import { describe, expect, it } from 'vitest';
import { examples } from '../../graph/examples/index.ts';
import { foundExamples, numberText, proofText } from './galleryWords.ts';

describe('the gallery', () => {
  it('finds systems by words, elements, topic and level', () => {
    expect(foundExamples(examples, 'airy', null, null).map(({ id }) => id)).toContain('airy');
    expect(foundExamples(examples, 'miesphere', null, null).map(({ id }) => id)).toContain('sphere-hologram');
    expect(foundExamples(examples, 'airy', 'fit', null)).toEqual([]);
    for (const topic of ['microscopes', 'fit'] as const) {
      expect(foundExamples(examples, 'sphere hologram', topic, null).map(({ id }) => id)).toContain(
        'sphere-hologram',
      );
    }
    expect(foundExamples(examples, 'nothing like this', null, null)).toEqual([]);
    const first = foundExamples(examples, '', null, 'start');
    expect(first.map(({ id }) => id)).toContain('airy');
    expect(first.every(({ level }) => level === 'start')).toBe(true);
  });

  it('puts systems with the words in their titles first', () => {
    const inside = foundExamples(examples, 'inside', null, null);
    const titled = inside.map(({ title }) => title.toLowerCase().includes('inside'));
    expect(titled).toContain(true);
    expect(titled).toContain(false);
    expect(titled.lastIndexOf(true)).toBeLessThan(titled.indexOf(false));
  });

  it('says what was measured beside what is known, in the unit of the proof', () => {
    const { proof } = examples.find(({ id }) => id === 'airy') ?? { proof: null };
    if (proof === null) throw new Error('The Airy disc has a proof.');
    expect(proofText(proof, 648.94e-9)).toBe('648.9 nm, known 648.9 nm');
  });

  it('writes angles with their sign, and a true minus', () => {
    expect(numberText(-Math.PI / 6, { quantity: 'angle', display: 'deg' })).toBe('−30°');
    expect(numberText(-2e-7, { quantity: 'dimensionless', display: '' })).toBe('−2e−7');
    expect(numberText(Number.NaN, { quantity: 'angle', display: 'deg' })).toBe('–');
  });
});
