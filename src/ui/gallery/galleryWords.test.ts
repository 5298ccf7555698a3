import { describe, expect, it } from 'vitest';
import { examples } from '../../graph/examples/index.ts';
import { foundExamples, proofText } from './galleryWords.ts';

describe('the gallery', () => {
  it('finds systems by words, elements and topic', () => {
    expect(foundExamples(examples, 'airy', null).map(({ id }) => id)).toContain('airy');
    expect(foundExamples(examples, 'miesphere', null).map(({ id }) => id)).toContain('sphere-hologram');
    expect(foundExamples(examples, 'airy', 'fit')).toEqual([]);
    expect(foundExamples(examples, 'nothing like this', null)).toEqual([]);
  });

  it('says what was measured beside what is known, in the unit of the proof', () => {
    const { proof } = examples.find(({ id }) => id === 'airy') ?? { proof: null };
    if (proof === null) throw new Error('The Airy disc has a proof.');
    expect(proofText(proof, 648.94e-9)).toBe('648.9 nm, known 648.9 nm');
  });
});
