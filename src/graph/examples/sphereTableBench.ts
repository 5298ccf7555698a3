import type { TableRow } from '../../optics/element.ts';
import type { Design } from '../document.ts';
import { bench } from './bench.ts';

const WAVELENGTH = 532e-9;
const INDEX = 1.33;
const APERTURE = 1.1;
const PIXEL = 0.1e-6;

/** What differs between holograms of several spheres; `pixels` along x and y, `samples` of the light. */
interface SphereTable {
  readonly words: Pick<Design, 'title' | 'description'>;
  readonly samples: number;
  readonly pixels: number;
  readonly start: readonly TableRow[];
  readonly truth: readonly TableRow[];
  readonly measured: { readonly name: string; readonly seed: number };
}

/** A table of spheres in water before an objective, and its simulated hologram with 1 % of noise: all columns learned. */
export function sphereTableBench({ words, samples, pixels, start, truth, measured }: SphereTable): Design {
  const sensor = { pixelPitch: PIXEL, rows: pixels, columns: pixels };
  const design = bench(
    words,
    { samples, pitch: PIXEL },
    [
      ['source', 'planeWave', { wavelength: WAVELENGTH, refractiveIndex: INDEX }, 0, 0],
      ['spheres', 'mieSpheres', { particles: start }, 1, 0],
      ['interference', 'interference', {}, 2, 0],
      ['pupil', 'pupil', { numericalAperture: APERTURE }, 3, 0],
      ['camera', 'camera', sensor, 2, 1],
      ['target', 'target', { image: 'measured' }, 1, 1],
      ['loss', 'loss', {}, 3, 1],
    ],
    [
      'source.out>spheres.in',
      'spheres.out>interference.scattered',
      'source.out>interference.reference',
      'interference.out>pupil.in',
      'pupil.out>camera.in',
      'camera.out>loss.model',
      'target.out>loss.target',
    ],
  );
  return {
    ...design,
    learn: ['x', 'y', 'z', 'radius', 'refractiveIndex'].map((column) => `spheres.particles.*.${column}`),
    images: {
      measured: {
        kind: 'simulated',
        ...measured,
        camera: 'camera',
        truth: {
          'source.wavelength': WAVELENGTH,
          'source.refractiveIndex': INDEX,
          'spheres.particles': truth,
          'pupil.numericalAperture': APERTURE,
          'camera.pixelPitch': PIXEL,
          'camera.rows': pixels,
          'camera.columns': pixels,
          'camera.readNoise': 0.01,
        },
        noise: true,
      },
    },
  };
}
