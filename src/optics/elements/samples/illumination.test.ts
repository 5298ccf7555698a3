import { describe, expect, it } from 'vitest';
import { mieAmplitudes } from '../../maths/mie/amplitudes.ts';
import { mieCoefficients, mieOrder } from '../../maths/mie/coefficients.ts';
import { mieEfficiencies } from '../../maths/mie/efficiencies.ts';
import { createFloat64Kernels } from '../../ops/kernels.f64.ts';
import { Ops } from '../../ops/ops.ts';
import { constantScalar } from '../../ops/scalar.ts';
import { AXIAL } from '../../planeWaves.ts';
import { pupilGrid } from '../../pupil/pupilGrid.ts';
import { type Side, scatteredPupil } from '../../scattering/scatteredPupil.ts';
import { distance } from '../../testSupport.ts';
import type { PlaneWave } from '../../values.ts';

const WAVELENGTH = 532e-9;
const MEDIUM = 1.33;
const K = (2 * Math.PI * MEDIUM) / WAVELENGTH;

const wave = (x: number, y: number, amplitude = 1): PlaneWave => ({
  x: constantScalar(MEDIUM * x),
  y: constantScalar(MEDIUM * y),
  amplitude,
});

interface Ball {
  readonly radius: number;
  readonly re: number;
  readonly im: number;
}

async function amplitude(
  waves: readonly PlaneWave[],
  side: Side,
  { radius, re, im }: Ball,
  aperture: number,
  n: number,
  angle = 0.3,
  at = { x: 0, y: 0, z: 0 },
) {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  const sphere = {
    wavelength: constantScalar(WAVELENGTH),
    mediumIndex: constantScalar(MEDIUM),
    polarizationAngle: constantScalar(angle),
    layers: [
      {
        radius: constantScalar(radius),
        refractiveIndex: constantScalar(re),
        extinctionCoefficient: constantScalar(im),
      },
    ],
  };
  const place = { x: constantScalar(at.x), y: constantScalar(at.y), z: constantScalar(at.z) };
  const made = scatteredPupil(ops, pupilGrid(n), constantScalar(aperture), {
    sphere,
    places: [place],
    waves,
    side,
  });
  const [read = []] = await ops.read([made]);
  ops.close(scope);
  return Float64Array.from(read);
}

const BALL = { radius: 0.4e-6, re: 1.59, im: 0.03 };

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, each, i) => sum + each * (b[i] ?? 0), 0);
const cross = ([a = 0, b = 0, c = 0]: readonly number[], [x = 0, y = 0, z = 0]: readonly number[]) => [
  b * z - c * y,
  c * x - a * z,
  a * y - b * x,
];
const scaled = (a: readonly number[], factor: number) => a.map((each) => each * factor);
const plus = (a: readonly number[], b: readonly number[]) => a.map((each, i) => each + (b[i] ?? 0));
/** Turns `a` as the rotation about their common normal that takes `from` to `to` (unit vectors; Rodrigues). */
function turned(a: readonly number[], from: readonly number[], to: readonly number[]): number[] {
  const axis = cross(from, to);
  const c = dot(from, to);
  return plus(plus(scaled(a, c), cross(axis, a)), scaled(axis, dot(axis, a) / (1 + c)));
}

function seriesOf({ radius, re, im }: Ball) {
  const x = K * radius;
  return mieCoefficients([{ sizeParameter: x, mRe: re / MEDIUM, mIm: im / MEDIUM }], mieOrder(x) + 3);
}

describe('a sphere in tilted light', () => {
  it('is the axial sphere where the tilt is none', async () => {
    const alone = await amplitude(AXIAL, 'forward', BALL, 1.2, 33);
    // One of two waves is axial: the other route.
    const both = await amplitude([...AXIAL, wave(0.2, 0)], 'forward', BALL, 1.2, 33);
    // Two interpolation tables of 1e-8.
    expect(distance(both.slice(0, alone.length), alone)).toBeLessThan(
      3e-8 * Math.max(...alone.map(Math.abs)),
    );
  });

  it.each([
    ['forward', [0.3, -0.5]],
    ['forward', [-0.75, 0.1]],
    ['backward', [0.3, -0.5]],
    ['backward', [0, 0]],
  ] as const)(
    'is S1 and S2 in the plane of both rays, turned by the lenses: %s, sines %j',
    async (side, tilt) => {
      const [n, aperture, angle] = [17, 1.1, 0.3];
      const read = await amplitude([wave(tilt[0], tilt[1]), wave(0, 0)], side, BALL, aperture, n, angle);
      const axis = [0, 0, 1];
      const incident = [...tilt, Math.sqrt(1 - tilt[0] ** 2 - tilt[1] ** 2)];
      const polarised = turned([Math.cos(angle), Math.sin(angle), 0], axis, incident);
      const sign = side === 'forward' ? 1 : -1;
      const largest = Math.max(...read.map(Math.abs));
      for (const [row, column] of [
        [3, 11],
        [8, 8],
        [12, 6],
        [9, 2],
      ] as const) {
        const { radius } = pupilGrid(n);
        const sines = [(8 - column) / radius, (8 - row) / radius].map((rho) => (rho * aperture) / MEDIUM);
        const cosine = Math.sqrt(1 - dot(sines, sines));
        const ray = [...sines, sign * cosine];
        const normal = cross(incident, ray);
        // Straight on and straight back every plane will do.
        const length = Math.hypot(...normal);
        const phi = length > 1e-9 ? scaled(normal, 1 / length) : [0, 1, 0];
        const { s1, s2 } = mieAmplitudes(seriesOf(BALL), Float64Array.of(dot(incident, ray)));
        const i = 2 * (row * n + column);
        const scale =
          (-aperture * WAVELENGTH) / (2 * Math.PI * MEDIUM ** 2 * Math.sqrt(cosine * (incident[2] ?? 1)));
        for (const part of [0, 1]) {
          const parallel = scaled(cross(phi, ray), (s2[part] ?? 0) * dot(polarised, cross(phi, incident)));
          const field = plus(parallel, scaled(phi, (s1[part] ?? 0) * dot(polarised, phi)));
          const [ex = 0, ey = 0] = turned(field, ray, scaled(axis, sign));
          // Interpolation table of 1e-8.
          expect(Math.abs((read[i + part] ?? 9) - scale * ex)).toBeLessThan(3e-8 * largest);
          expect(Math.abs((read[2 * n * n + i + part] ?? 9) - scale * ey)).toBeLessThan(3e-8 * largest);
        }
      }
    },
  );

  it('takes its extinction from the wave that passes, over the cosine by which the wave is spread', async () => {
    const [n, aperture, angle] = [33, 1.2, 0.7];
    const { radius } = pupilGrid(n);
    // The wave passes the pupil at a sample.
    const [column, row] = [5, -9];
    const tilt = [column, row].map((at) => (-at / radius) * (aperture / MEDIUM)) as [number, number];
    const read = await amplitude([wave(tilt[0], tilt[1])], 'forward', BALL, aperture, n, angle);
    const i = 2 * ((16 + row) * n + 16 + column);
    const along = Math.cos(angle) * (read[i] ?? 0) + Math.sin(angle) * (read[i + 2 * n * n] ?? 0);
    const extinction = mieEfficiencies(seriesOf(BALL)).qExt * Math.PI * BALL.radius ** 2;
    const spread = Math.sqrt(1 - tilt[0] ** 2 - tilt[1] ** 2);
    // Interpolation table of 1e-8.
    expect((-2 * along * WAVELENGTH * spread) / aperture / extinction).toBeCloseTo(1, 6);
  });
});
