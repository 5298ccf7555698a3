/** The angular spectrum evaluated on any window of the plane behind. */
import type { Complex, Ops } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';
import { divideScalars, multiplyScalars } from '../ops/scalar.ts';
import { zoomTransform } from '../pupil/zoomTransform.ts';
import { amplitudeMap, type MapArgument, phaseMap, softEdge } from '../sampledGrid.ts';
import { type Medium, transferFunction } from './angularSpectrum.ts';
import { isShifted, type OutputWindow, withinPeriod } from './window.ts';

/**
 * Samples [.., n, n] after `distance` on another window: the spectrum of the padded light, times the transfer function,
 * summed at each point of the window. Outside one period around the window's middle nothing
 * is returned.
 */
export function propagateToWindow(
  ops: Ops,
  samples: Complex,
  pitch: Scalar,
  medium: Medium,
  distance: Scalar,
  window: OutputWindow,
  padded: number,
  paraxial: boolean,
): Complex {
  const transfer = isShifted(window)
    ? shiftedTransfer(ops, padded, pitch, medium, distance, window, paraxial)
    : transferFunction(ops, padded, pitch, medium, distance, { paraxial });
  const spectrum = ops.multiply(transfer, ops.fourier2(ops.resize(samples, padded, padded), 'forward'));
  const { samples: size } = window;
  const step = divideScalars(window.pitch, pitch);
  const zoom = { step, spacing: 1 / padded, rows: size, columns: size, sign: 1 } as const;
  const moved = ops.scale(zoomTransform(ops, spectrum, zoom), 1 / padded);
  return withinPeriod(ops, moved, window, padded * pitch.value, 'middle');
}

/**
 * Transfer function towards a window around (x, y): exp{i [z (kz - k) + 2π f·(x, y)]}, without evanescent waves, and
 * without frequencies that go past the window by more than half the padded width, where the sampled phase would alias
 * (Matsushima, Opt. Express 18, 18453 (2010): shifted angular spectrum). The edge is one frequency step wide.
 */
function shiftedTransfer(
  ops: Ops,
  samples: number,
  pitch: Scalar,
  { wavelength, refractiveIndex }: Medium,
  distance: Scalar,
  { x, y }: OutputWindow,
  paraxial: boolean,
): Complex {
  const width = samples * pitch.value;
  const frequencyStep = divideScalars(1, multiplyScalars(pitch, samples));
  const args = (share: number): MapArgument[] => [
    { scalar: wavelength, scale: share * wavelength.value },
    { scalar: refractiveIndex, scale: share * refractiveIndex.value },
    { scalar: distance, scale: share * (Math.abs(distance.value) || width) },
    { scalar: x, scale: share * width },
    { scalar: y, scale: share * width },
  ];
  const name = `shifted:${paraxial}`;
  const phase = phaseMap(
    ops,
    `${name}:phase`,
    samples,
    frequencyStep,
    args(1),
    ([lambda = 1, index = 1, z = 0, x0 = 0, y0 = 0]) => {
      const k = (2 * Math.PI * index) / lambda;
      return (fx, fy) => {
        const m = (lambda / index) ** 2 * (fx * fx + fy * fy);
        const cosine = paraxial ? 1 : Math.sqrt(Math.max(0, 1 - m));
        return (-k * z * m) / (1 + cosine) + 2 * Math.PI * (fx * x0 + fy * y0);
      };
    },
  );
  const kept = amplitudeMap(
    ops,
    `${name}:band`,
    samples,
    frequencyStep,
    args(1 / samples),
    ([lambda = 1, index = 1, z = 0, x0 = 0, y0 = 0], df) => {
      const inMedium = lambda / index;
      return (fx, fy) => {
        const m = paraxial ? 0 : inMedium ** 2 * (fx * fx + fy * fy);
        if (m >= 1) return 0;
        const slope = (z * inMedium) / Math.sqrt(1 - m);
        const perStep = (Math.abs(slope) / (1 - m)) * df;
        const open = (off: number) => (perStep > 0 ? softEdge((0.5 / df - Math.abs(off)) / perStep) : 1);
        return open(slope * fx - x0) * open(slope * fy - y0);
      };
    },
  );
  return ops.multiply(kept, ops.phasor(phase));
}
