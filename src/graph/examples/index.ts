import type { Design } from '../document.ts';
import { airy } from './airy.ts';
import { beadStack } from './beadStack.ts';
import { sphereHologram } from './sphereHologram.ts';

export interface Example {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly design: Design;
}

export const examples: readonly Example[] = [
  {
    id: 'airy',
    title: airy.title,
    summary: 'See how aperture, wavelength and aberrations shape a spot.',
    design: airy,
  },
  {
    id: 'sphere-hologram',
    title: sphereHologram.title,
    summary: 'Measure a particle from its hologram: position, radius, index.',
    design: sphereHologram,
  },
  {
    id: 'bead-stack',
    title: beadStack.title,
    summary: 'Measure a microscope’s aberrations from one bead.',
    design: beadStack,
  },
];
