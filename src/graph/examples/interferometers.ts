import type { BenchNode } from './bench.ts';
import { bench } from './bench.ts';
import type { Example, Measured } from './example.ts';
import { firstMinimum, middleRow } from './measures.ts';

/** Both arms of an interferometer between a splitter and a combiner. */
function arms(
  moved: BenchNode[2],
  fixed: BenchNode[2] = {},
): { nodes: readonly BenchNode[]; wires: readonly string[] } {
  return {
    nodes: [
      ['splitter', 'beamSplitter', {}, 1, 0],
      ['moved', 'mirror', moved, 2, 0, 'Moved mirror'],
      ['fixed', 'mirror', fixed, 2, 1, 'Fixed mirror'],
      ['combiner', 'beamCombiner', {}, 3, 0],
    ],
    wires: [
      'source.out>splitter.in',
      'splitter.transmitted>moved.in',
      'splitter.reflected>fixed.in',
      'moved.out>combiner.a',
      'fixed.out>combiner.b',
    ],
  };
}

const camera = (samples: number, pixelPitch: number) => ({ rows: samples, columns: samples, pixelPitch });
const sum = ({ data }: Measured): number => Array.from(data).reduce((total, value) => total + value, 0);

const tilted = arms({ tiltX: 1e-3 });

export const michelson: Example = {
  id: 'michelson',
  title: 'Michelson interferometer',
  summary: 'Turn a mirror and count fringes: they are λ/θ apart; move it and they walk.',
  topic: 'waves',
  level: 'start',
  design: bench(
    {
      title: 'Michelson interferometer',
      description:
        'Light of 633 nm goes into two arms and meets again. One mirror turns its light by 1 mrad: straight fringes appear, λ/θ = 0.633 mm apart. Make the path longer by half a wave and bright becomes dark.',
    },
    { samples: 128, pitch: 40e-6 },
    [
      ['source', 'planeWave', { wavelength: 633e-9 }, 0, 0],
      ...tilted.nodes,
      ['camera', 'camera', camera(128, 40e-6), 4, 0],
    ],
    [...tilted.wires, 'combiner.out>camera.in'],
  ),
  proof: {
    statement: 'Fringes λ/θ = 0.633 mm apart',
    nodes: ['camera'],
    expected: 0.633e-3,
    // 16 pixels per fringe: the polynomial through five of them finds a minimum to a hundredth of a pixel.
    tolerance: 0.4e-6,
    quantity: 'length',
    display: 'mm',
    measure: (seen) => firstMinimum(middleRow(seen), seen.pitch),
  },
};

const both = arms({ pathLength: 90e-9, tiltX: 0.5e-3, tiltY: 0.3e-3 });

export const machZehnder: Example = {
  id: 'mach-zehnder',
  title: 'Mach-Zehnder interferometer',
  summary: 'Where one output is bright the other is dark: together they hold all the light.',
  topic: 'waves',
  level: 'course',
  design: bench(
    {
      title: 'Mach-Zehnder interferometer',
      description:
        'A beam is split, one arm is delayed and turned, and both meet at a second beam splitter. Its two outputs show complementary fringes: no light is lost in dark fringes, it leaves by the other side.',
    },
    { samples: 128, pitch: 40e-6 },
    [
      ['source', 'gaussianBeam', { wavelength: 633e-9, waist: 1e-3 }, 0, 0],
      ...both.nodes,
      ['cameraOne', 'camera', camera(128, 40e-6), 4, 0, 'First port'],
      ['cameraTwo', 'camera', camera(128, 40e-6), 4, 1, 'Second port'],
    ],
    [...both.wires, 'combiner.out>cameraOne.in', 'combiner.other>cameraTwo.in'],
  ),
  proof: {
    statement: 'Both outputs together hold all of the source’s power',
    nodes: ['cameraOne', 'cameraTwo', 'source'],
    expected: 1,
    // Sums of float32 numbers of one sign.
    tolerance: 1e-5,
    quantity: 'dimensionless',
    display: '%',
    measure: (one, two, source) => (sum(one) + sum(two)) / (sum(source) * source.pitch ** 2),
  },
};

const TILT = 4.4e-3;
const LED = { wavelength: 550e-9, bandwidth: 30e-9 };
const white = arms({ tiltX: TILT });

/**
 * Path difference at which the fringes of a Gaussian spectrum have half their visibility: the envelope is
 * exp[-(π Δλ L/λ²)² / (4 ln 2)].
 */
const HALF_VISIBILITY = ((2 * Math.LN2) / Math.PI) * (LED.wavelength ** 2 / LED.bandwidth);

/** Where the crests of the fringes along the middle row fall to half their contrast, as a path difference. */
function halfVisibility(seen: Measured, source: Measured): number {
  // Both arms are equally bright: without interference each output has half of the source's light.
  const half = ((source.data[0] ?? 0) * seen.pitch ** 2) / 2;
  const contrast = middleRow(seen).map((value) => Math.abs(value / half - 1));
  let before = { at: 0, height: contrast[0] ?? 0 };
  for (let i = 1; i < contrast.length - 1; i++) {
    const [left, here, right] = [contrast[i - 1] ?? 0, contrast[i] ?? 0, contrast[i + 1] ?? 0];
    if (here < left || here <= right) continue;
    const bend = left - 2 * here + right;
    const offset = (0.5 * (left - right)) / bend;
    const crest = { at: i + offset, height: here - 0.25 * (left - right) * offset };
    if (crest.height < 0.5) {
      const share = Math.log(before.height / 0.5) / Math.log(before.height / crest.height);
      return (before.at + share * (crest.at - before.at)) * seen.pitch * Math.sin(TILT);
    }
    before = crest;
  }
  return Number.NaN;
}

export const whiteLight: Example = {
  id: 'white-light',
  title: 'White-light interferogram',
  summary: 'Move the mirror: fringes of an LED exist only where both arms are equally long.',
  topic: 'coherence',
  level: 'course',
  design: bench(
    {
      title: 'White-light interferogram',
      description:
        'An LED of 550 nm, 30 nm wide, in a Michelson interferometer with a turned mirror, so that the path difference grows across the picture. Fringes fade with distance from equal paths: their visibility is a half at 0.44 λ²/Δλ = 4.4 µm. Widen the spectrum and fewer remain; move the mirror and the bundle walks. The spectrum is sampled by five lines, whose fringes come back 20 µm away: raise the number of lines for longer paths.',
    },
    { samples: 128, pitch: 20e-6 },
    [
      ['source', 'planeWave', { ...LED, spectrum: 'gaussian', spectralLines: 5 }, 0, 0],
      ...white.nodes,
      ['camera', 'camera', camera(128, 20e-6), 4, 0],
    ],
    [...white.wires, 'combiner.out>camera.in'],
  ),
  proof: {
    statement: 'Visibility one half at a path difference of 0.441 λ²/Δλ',
    nodes: ['camera', 'source'],
    expected: HALF_VISIBILITY,
    // Parabolas through three samples find crests that are three samples wide, and the spectrum is symmetric in
    // wavelength, not in frequency: each about a hundredth.
    tolerance: 0.05e-6,
    quantity: 'length',
    display: 'µm',
    measure: halfVisibility,
  },
};
