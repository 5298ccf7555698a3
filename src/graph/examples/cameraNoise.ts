import { bench } from './bench.ts';
import type { Example, Measured } from './example.ts';

const SAMPLES = 96;
const PITCH = 10e-6;
const WATTS = 1e-9;
const SECONDS = 2e-3;
const EFFICIENCY = 0.7;
/** Electrons per second. */
const DARK = 5000;
const READ_NOISE = 6;

/** Electrons of light in a pixel: a plane wave's power falls on the circle inscribed in the grid, less its margin. */
function lightElectrons(): number {
  const circle = Math.PI * (((SAMPLES - 2) / 2) * PITCH) ** 2;
  const perJoule = 532e-9 / (6.62607015e-34 * 299792458);
  return (EFFICIENCY * WATTS * SECONDS * perJoule * PITCH ** 2) / circle;
}

function deviation({ data }: Measured): number {
  const values = Array.from(data);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

export const cameraNoise: Example = {
  id: 'camera-noise',
  title: 'What makes a picture noisy',
  summary: 'Change light, exposure, dark current and read noise: their variances add.',
  topic: 'imaging',
  level: 'start',
  design: bench(
    {
      title: 'What makes a picture noisy',
      description:
        'Even light on a camera that counts electrons. Photons and dark electrons scatter by the square root of their number, and reading adds its own noise: the standard deviation is √(light + dark + read²). Multiply electrons, fill the wells, or take bits away.',
    },
    { samples: SAMPLES, pitch: PITCH },
    [
      ['source', 'planeWave', { power: WATTS }, 0, 0],
      [
        'camera',
        'camera',
        {
          pixelPitch: PITCH,
          sensor: 'detailed',
          quantumEfficiency: EFFICIENCY,
          exposureTime: SECONDS,
          darkCurrent: DARK,
          readNoise: READ_NOISE,
          offset: 100,
          bits: 0,
          rows: SAMPLES,
          columns: SAMPLES,
          noise: true,
        },
        1,
        0,
      ],
    ],
    ['source.out>camera.in'],
  ),
  proof: {
    statement: 'Standard deviation √(light + dark + read noise²)',
    nodes: ['camera'],
    expected: Math.sqrt(lightElectrons() + DARK * SECONDS + READ_NOISE ** 2),
    // 9216 pixels: a statistical error of 0.74 % of some 26 counts, two and a half times that.
    tolerance: 0.45,
    quantity: 'counts',
    display: 'counts',
    measure: deviation,
  },
};
