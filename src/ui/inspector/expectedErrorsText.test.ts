import { describe, expect, it } from 'vitest';
import type { ParameterResult } from '../../workers/protocol.ts';
import { expectedSentence, shortTitles } from './expectedErrorsText.ts';

const value = (path: string, title: string, sigma: number | null, unit = 'nm'): ParameterResult => ({
  ...{ path, title, start: 0, value: 0, unit: 'm', atBound: false, pixel: null },
  sigma: sigma === null ? null : sigma * 1e-9,
  display: { value: 0, sigma, unit },
});
const bead = [
  value('pupil.zernike.6', 'Pupil: Z6 astigmatism', 0.002, 'waves'),
  value('bead.photons.0', 'Bead: Photons, plane 1', 160, 'photons'),
  value('camera.blur', 'Camera: Blur', 0.031, 'px'),
  value('bead.x', 'Bead: Position x', 1.34),
  value('bead.y', 'Bead: Position y', 1.36),
  value('bead.z', 'Bead: Distance before focus', 4.12),
];

describe('expected errors in words', () => {
  it('begin with the place, with two figures', () => {
    expect(expectedSentence({ parameters: bead, weakest: [] }).replaceAll('\u202f', ' ')).toBe(
      'A measurement tells Position x to 1.3 nm, Position y to 1.4 nm, Distance before focus to 4.1 nm, Blur to 0.031 px and 2 more.',
    );
  });

  it('name what is not told, and what is weakest', () => {
    const lost = [value('bead.z', 'Bead: Distance before focus', null), ...bead.slice(3, 5)];
    expect(expectedSentence({ parameters: lost, weakest: [] })).toContain(
      'It does not tell Distance before focus.',
    );
    const mix = [
      { path: 'bead.z', share: 0.8 },
      { path: 'pupil.zernike.6', share: 0.6 },
    ];
    expect(expectedSentence({ parameters: bead, weakest: [{ information: 0.03, mix }] })).toContain(
      'Weakest: Distance before focus and Z6 astigmatism look alike; 3 % of what each alone would tell is left.',
    );
    expect(expectedSentence({ parameters: bead, weakest: [{ information: 0.5, mix }] })).not.toContain(
      'Weakest',
    );
  });

  it('keep the element’s name where two values have one title', () => {
    const two = [value('a.x', 'One: Position x', 1), value('b.x', 'Two: Position x', 1)];
    expect([...shortTitles(two).values()]).toEqual(['One: Position x', 'Two: Position x']);
  });
});
