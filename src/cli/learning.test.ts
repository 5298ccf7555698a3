import { describe, expect, it } from 'vitest';
import type { Design } from '../graph/document.ts';
import { beadStack } from '../graph/examples/beadStack.ts';
import { sphereHologram } from '../graph/examples/sphereHologram.ts';
import { Failure } from './io.ts';
import { applyLearning } from './learning.ts';
import { applySettings } from './settings.ts';

const zernikes = beadStack.learn.filter((path) => path.startsWith('pupil.zernike.'));

describe('--learn and --fix', () => {
  it('keeps the list of the design when neither is given', () => {
    expect(applyLearning(beadStack, [], []).learn).toEqual(beadStack.learn);
  });

  it('replaces the list', () => {
    const learn = ['sphere.z', 'sphere.radius'];
    expect(applyLearning(sphereHologram, learn, []).learn).toEqual(learn);
  });

  it('takes what the design learns term by term under one name', () => {
    const { learn } = applyLearning(beadStack, ['bead.z', 'pupil.zernike', 'bead.photons'], []);
    expect(learn).toEqual(['bead.z', ...zernikes, 'bead.photons.*']);
  });

  it('learns every plane of a parameter that has a value per plane', () => {
    const settings = [{ path: 'bead.photons', text: '1,2,3,4,5,6,7' }];
    const design: Design = { ...applySettings(beadStack, settings), learn: [] };
    expect(applyLearning(design, ['bead.photons'], []).learn).toEqual(['bead.photons.*']);
  });

  it.each([
    ['one path', ['bead.x'], beadStack.learn.filter((path) => path !== 'bead.x')],
    ['all Zernike terms', ['pupil.zernike'], beadStack.learn.filter((path) => !zernikes.includes(path))],
    ['all terms by a star', ['pupil.zernike.*'], beadStack.learn.filter((path) => !zernikes.includes(path))],
    ['all planes', ['bead.photons'], beadStack.learn.filter((path) => path !== 'bead.photons.*')],
    ['one term', ['pupil.zernike.8'], beadStack.learn.filter((path) => path !== 'pupil.zernike.8')],
    ['nothing that is learned', ['camera.gain'], beadStack.learn],
  ])('fixes %s', (_, fix, left) => {
    expect(applyLearning(beadStack, [], fix).learn).toEqual(left);
  });

  it('fixes one plane out of all', () => {
    const { learn } = applyLearning(beadStack, ['bead.photons.*'], ['bead.photons.2']);
    expect(learn).toEqual([0, 1, 3, 4, 5, 6].map((plane) => `bead.photons.${plane}`));
  });

  it.each([
    [['sphere.radus'], [], 'Did you mean sphere.radius?'],
    [['camera.rows'], [], 'is not a continuous number'],
    [['pupil.zernike'], [], 'Name the term'],
    [[], ['spere.x'], 'Did you mean sphere.x?'],
  ])('refuses %j and %j in a sentence', (learn, fix, reason) => {
    expect(() => applyLearning(sphereHologram, learn, fix)).toThrow(Failure);
    expect(() => applyLearning(sphereHologram, learn, fix)).toThrow(reason);
  });
});
