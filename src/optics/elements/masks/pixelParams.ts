/** What modulators with pixels of a fixed size share. */

import type { IntegerParam, QuantityParam, SamplingNote, SimulationGrid } from '../../element.ts';
import { finerSamples, followsGrid, moreSamples } from '../../fixes.ts';
import { planeShape } from '../../sampledGrid.ts';
import type { PortValue } from '../../values.ts';

export const pixelsParam: IntegerParam = {
  kind: 'integer',
  title: 'Pixels',
  doc: 'Pixels along a side of the square that is used, in the middle of the light; what falls beside it is lost.',
  default: 128,
  min: 1,
  max: 2048,
};

export const devicePitchParam: QuantityParam = {
  kind: 'quantity',
  quantity: 'length',
  title: 'Pixel pitch',
  doc: 'Distance between pixels. A whole number of samples is fastest.',
  default: 20e-6,
  min: 1e-7,
  max: 1e-2,
  soft: [3e-6, 4e-5],
  display: 'µm',
  scale: 'linear',
  learnable: false,
  step: 1e-7,
};

/** Pixels finer than the samples, and a device larger than the window. */
export function pixelsNotes(
  light: PortValue | undefined,
  pixels: number,
  pitch: number,
  grid: SimulationGrid,
): SamplingNote[] {
  if (light?.kind !== 'field') return [];
  const [n] = planeShape(light.samples);
  const side = pitch / light.pitch.value;
  const notes: SamplingNote[] = [];
  if (side < 0.999) {
    notes.push({
      severity: 'warning',
      message: `A pixel is ${side.toFixed(2)} samples wide: pixels are averaged before the light sees them.`,
      fix: `Use samples of at most ${(pitch * 1e6).toPrecision(3)} µm, or larger pixels.`,
      ...finerSamples(light.pitch.value, grid, pitch),
    });
  }
  if (pixels * side > n * 1.001) {
    notes.push({
      severity: 'warning',
      message: `The device is ${(pixels * pitch * 1e3).toPrecision(3)} mm wide, the window ${(n * light.pitch.value * 1e3).toPrecision(3)} mm: only ${Math.floor(n / side)} × ${Math.floor(n / side)} pixels are seen.`,
      fix: 'Use fewer pixels, or a wider window.',
      ...(followsGrid(light.pitch.value, grid) ? moreSamples(n, pixels * side) : {}),
    });
  }
  return notes;
}
