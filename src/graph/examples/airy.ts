import type { Design } from '../document.ts';
import type { Proof } from './example.ts';
import { firstMinimum, middleRow } from './measures.ts';

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

/** First zero of 2 J1(x)/x. */
const FIRST_ZERO = 3.8317059702 / Math.PI / 2;

export const airyProof: Proof = {
  statement: 'First dark ring at 0.610 λ/NA',
  nodes: ['camera'],
  expected: (FIRST_ZERO * 532e-9) / 0.5,
  // Pixels of 50 nm: a polynomial through five of them finds the minimum to a fiftieth.
  tolerance: 1e-9,
  quantity: 'length',
  display: 'nm',
  measure: (camera) => firstMinimum(middleRow(camera), camera.pitch),
};
