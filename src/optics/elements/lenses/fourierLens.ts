import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { divideScalars, multiplyScalars } from '../../ops/scalar.ts';
import { planeShape } from '../../sampledGrid.ts';

export const fourierLens: ElementSpec = defineElement({
  type: 'fourierLens',
  version: 1,
  category: 'lenses',
  title: 'Fourier lens (2f)',
  summary: 'From the front to the back focal plane of a lens: a Fourier transform with real distances.',
  keywords: ['2f', '4f', 'fourier', 'transform', 'lens', 'focus'],
  inputs: { in: { accepts: ['field'], title: 'Front focus' } },
  outputs: { out: { type: 'field', title: 'Back focus' } },
  params: {
    focalLength: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Focal length',
      doc: 'Focal length f. The pitch behind the lens becomes λ f / (n N pitch).',
      default: 0.1,
      min: 1e-6,
      max: 1e3,
      soft: [0.01, 1],
      display: 'mm',
      scale: 'log',
      learnable: true,
      step: 1e-3,
      prominent: true,
    },
  },
  power: 'keeps',
  linearIn: 'in',
  equation: 'u_out(x) = -i n / (λ f) ∬ u_in(ξ) exp[-2πi n x·ξ / (λ f)] dξ',
  references: ['Goodman, Introduction to Fourier Optics: Fourier-transforming properties of lenses'],
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const [n] = planeShape(light.samples);
    const outPitch = divideScalars(
      multiplyScalars(light.wavelength, params.focalLength),
      multiplyScalars(multiplyScalars(light.refractiveIndex, light.pitch), n),
    );
    // The transform keeps Σ|u|²; irradiance times cell area must be kept, so amplitudes scale with the pitches.
    const minusI = ops.constant('fourierLens:-i', [1], 'complex', () => Float64Array.of(0, -1));
    const transformed = ops.multiply(ops.fourier2(light.samples, 'forward'), minusI);
    return {
      out: {
        ...light,
        samples: ops.scaleBy(transformed, divideScalars(light.pitch, outPitch)),
        pitch: outPitch,
        planeWaves: null,
      },
    };
  },
});
