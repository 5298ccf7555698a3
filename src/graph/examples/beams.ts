import { bench } from './bench.ts';
import type { Example, Measured } from './example.ts';
import { firstMinimum, middleRow } from './measures.ts';

const WAVELENGTH = 633e-9;

/** 1/e² radius along x from the second moment, metres: 2 sqrt(variance). */
function momentRadius({ data, shape, pitch }: Measured): number {
  const [, nx = 1] = shape.slice(-2);
  let [sum, first, second] = [0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const x = (i % nx) - Math.floor(nx / 2);
    const value = data[i] ?? 0;
    sum += value;
    first += value * x;
    second += value * x * x;
  }
  return 2 * pitch * Math.sqrt(second / sum - (first / sum) ** 2);
}

/** Distance of the largest sample, by the parabola through its neighbours. */
function ringRadius(seen: Measured): number {
  const row = middleRow(seen);
  const top = row.indexOf(Math.max(...row));
  const [a = 0, b = 0, c = 0] = row.slice(top - 1, top + 2);
  return (top + (0.5 * (a - c)) / (a - 2 * b + c)) * seen.pitch;
}

const WAIST = 100e-6;
const RANGE = (Math.PI * WAIST ** 2) / WAVELENGTH;

export const gaussianHyperbola: Example = {
  id: 'gaussian-beam',
  title: 'Gaussian beam',
  summary: 'Scrub the distance: a laser beam spreads along a hyperbola.',
  topic: 'beams',
  level: 'start',
  design: bench(
    {
      title: 'Gaussian beam',
      description:
        'A waist of 100 µm at 633 nm. One Rayleigh range behind it (49.6 mm) the beam is √2 wider and half as bright on the axis; far away it opens by λ/πw.',
    },
    { samples: 128, pitch: 8e-6 },
    [
      ['source', 'gaussianBeam', { wavelength: WAVELENGTH, waist: WAIST }, 0, 0],
      ['space', 'propagator', { distance: RANGE }, 1, 0],
      ['camera', 'camera', { pixelPitch: 8e-6, rows: 128, columns: 128 }, 2, 0],
    ],
    ['source.out>space.in', 'space.out>camera.in'],
  ),
  proof: {
    statement: 'One Rayleigh range on the radius is √2 w0 = 141.4 µm',
    nodes: ['camera'],
    expected: Math.SQRT2 * WAIST,
    // The window ends at 3.6 radii: 1e-6; float32 images: 1e-5 of a tail that counts with its distance squared.
    tolerance: 0.1e-6,
    quantity: 'length',
    display: 'µm',
    measure: momentRadius,
  },
};

const CONE = 6e-3;

export const besselCore: Example = {
  id: 'bessel-core',
  title: 'Bessel beam',
  summary: 'Scrub the distance: the core of a Bessel beam does not spread.',
  topic: 'beams',
  level: 'course',
  design: bench(
    {
      title: 'Bessel beam',
      description:
        'Plane waves on a cone of 6 mrad make a core with its first dark ring at 0.383 λ/sin α = 40 µm. It keeps that width over centimetres, where a Gaussian beam as narrow would have spread eight times.',
    },
    { samples: 192, pitch: 6e-6 },
    [
      ['source', 'besselBeam', { wavelength: WAVELENGTH, coneAngle: CONE, envelope: 350e-6 }, 0, 0],
      ['space', 'propagator', { distance: 20e-3 }, 1, 0],
      ['camera', 'camera', { pixelPitch: 6e-6, rows: 192, columns: 192 }, 2, 0],
    ],
    ['source.out>space.in', 'space.out>camera.in'],
  ),
  proof: {
    statement: 'After 20 mm the first dark ring is still at 0.383 λ/sin α',
    nodes: ['camera'],
    expected: ((2.404825557695773 / (2 * Math.PI)) * WAVELENGTH) / Math.sin(CONE),
    // The envelope's slope moves the minimum by β⁻² w⁻² (2 %² of the ring) and by z² terms: half a per cent.
    tolerance: 0.3e-6,
    quantity: 'length',
    display: 'µm',
    measure: (seen) => firstMinimum(middleRow(seen), seen.pitch),
  },
};

const CHARGE = 3;

export const vortexBeam: Example = {
  id: 'vortex-beam',
  title: 'Vortex beam',
  summary: 'Give a beam a charge: a ring with a dark core that grows with the turns of its phase.',
  topic: 'beams',
  level: 'course',
  design: bench(
    {
      title: 'Vortex beam',
      description:
        'A Laguerre-Gauss mode of charge 3: its phase turns three times around the axis, where no light can be. The ring lies at w sqrt(charge/2) at any distance.',
    },
    { samples: 128, pitch: 10e-6 },
    [
      ['source', 'laguerreGauss', { wavelength: WAVELENGTH, charge: CHARGE, waist: WAIST }, 0, 0],
      ['space', 'propagator', { distance: RANGE }, 1, 0],
      ['camera', 'camera', { pixelPitch: 10e-6, rows: 128, columns: 128 }, 2, 0],
    ],
    ['source.out>space.in', 'space.out>camera.in'],
  ),
  proof: {
    statement: 'One Rayleigh range on the ring has the radius √2 w0 √(3/2) = 173 µm',
    nodes: ['camera'],
    expected: Math.SQRT2 * WAIST * Math.sqrt(CHARGE / 2),
    // A parabola through three samples of 10 µm on a ring 140 µm wide: (10/140)² of half a sample.
    tolerance: 0.5e-6,
    quantity: 'length',
    display: 'µm',
    measure: ringRadius,
  },
};
