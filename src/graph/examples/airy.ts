import type { Design } from '../document.ts';

/** A star through a lens: the hero of every optics course. Its first dark ring lies at 0.610 λ/NA. */
export const airy: Design = {
  format: 'luminode',
  formatVersion: 1,
  title: 'Airy disc',
  description:
    'A plane wave fills a pupil and makes a spot. Change NA or wavelength and watch the rings scale; add aberrations and watch them break.',
  grid: { samples: 128, pitch: 20e-6 },
  seed: 1,
  nodes: [
    { id: 'source', type: 'planeWave', position: { x: 0, y: 80 }, params: {} },
    { id: 'pupil', type: 'pupil', position: { x: 300, y: 80 }, params: {} },
    { id: 'camera', type: 'camera', position: { x: 600, y: 80 }, params: { pixelPitch: 50e-9 } },
  ],
  edges: [
    { id: 'source-pupil', from: { node: 'source', port: 'out' }, to: { node: 'pupil', port: 'in' } },
    { id: 'pupil-camera', from: { node: 'pupil', port: 'out' }, to: { node: 'camera', port: 'in' } },
  ],
  learn: [],
  images: {},
};
