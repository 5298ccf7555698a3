import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { examples } from '../../graph/examples/index.ts';
import { learnedGroups, termsText } from './learned.ts';
import { missingValue } from './NumberField.tsx';

const airy = examples.find(({ id }) => id === 'airy')?.design;

describe('learned values', () => {
  it('are named as in the results; the terms of a wavefront stand together', () => {
    if (airy === undefined) throw new Error('There is no airy example.');
    const learn = ['pupil.zernike.5', 'pupil.numericalAperture', 'pupil.zernike.8', 'gone.radius'];
    const groups = learnedGroups({ ...airy, learn }, registry);
    // Noll (1976): 5 is astigmatism at 45 degrees, 8 is coma along x.
    expect(groups.map(({ values }) => values.map(({ name }) => name))).toEqual([
      ['Z5 astigmatism 45°', 'Z8 coma x'],
      ['Numerical aperture'],
      [''],
    ]);
    expect(groups.map(({ title }) => title)).toEqual(['Pupil', 'Pupil', 'gone.radius']);
  });

  it.each([
    [[], [], 'none'],
    [['4'], [], '1 term'],
    [['4', '5'], [], '2 terms'],
    [[], ['4'], '1 learned term'],
    [['4'], ['4', '5'], '2 learned terms'],
    [['4', '5', '6'], ['6', '7'], '4 terms, 2 learned'],
  ])('on the card: set %j, learned %j', (set, learned, text) => {
    expect(termsText(set, learned)).toBe(text);
  });
});

it('an emptied field is named as on screen', () => {
  expect(missingValue('Numerical aperture', '0.5')).toBe(
    'Numerical aperture needs a value; Esc restores 0.5.',
  );
});
