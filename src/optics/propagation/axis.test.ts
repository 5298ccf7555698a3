import { describe, expect, it } from 'vitest';
import { propagator } from '../elements/propagation/propagator.ts';
import { planeWave } from '../elements/sources/planeWave.ts';
import { discCoverage } from '../maths/disc.ts';
import { distance, evaluate, intensity, moments, stage, withAmplitude } from '../testSupport.ts';

const micro = 1e-6;
type Complex = readonly [re: number, im: number];

interface Space {
  readonly samples: number;
  readonly pitch: number;
  readonly wavelength: number;
}

/** Light of a given amplitude after free space. */
async function propagated(
  { samples, pitch, wavelength }: Space,
  amplitude: (x: number, y: number) => number | Complex,
  params: Readonly<Record<string, number | string>>,
): Promise<Float64Array> {
  const chain = {
    source: stage(planeWave, { wavelength }),
    space: stage(propagator, params, 'source'),
  };
  const made = await evaluate(chain, { samples, pitch }, undefined, (ops) => ({
    source: withAmplitude(amplitude)(ops),
  }));
  return made.data;
}

/** Share of each cell within a radius, as an amplitude. */
function disc({ samples, pitch }: Space, radius: number): (x: number, y: number) => number {
  const centre = Math.floor(samples / 2);
  const covered = discCoverage([samples, samples], [centre, centre], radius / pitch);
  return (x, y) => covered[(Math.round(y / pitch) + centre) * samples + Math.round(x / pitch) + centre] ?? 0;
}

/** The one sample on the axis, by a single transform. */
async function onAxis(space: Space, radius: number, z: number): Promise<Complex> {
  const window = { window: 'chosen', outputSamples: 1, outputPitch: space.pitch };
  const data = await propagated(space, disc(space, radius), {
    distance: z,
    method: 'fresnelSingle',
    ...window,
  });
  return [data[0] ?? 0, data[1] ?? 0];
}

describe('the axis behind a round hole', () => {
  const space: Space = { samples: 256, pitch: 3.25 * micro, wavelength: 633e-9 };

  // u = 1 - exp(iπ N_F), paraxially: irradiance 4 sin²(π N_F / 2), and behind a disc in place of the hole 1 (Arago).
  it.each([5, 6, 7, 8])('with %d of Fresnel’s zones is right in amplitude and phase', async (zones) => {
    const [re, im] = await onAxis(space, 400 * micro, 400e-6 ** 2 / (zones * space.wavelength));
    const expected = 1 - Math.cos(Math.PI * zones);
    // The rim: 123 samples per radius, 8 to 13 of them in the outermost zone.
    expect(Math.abs(re ** 2 + im ** 2 - expected ** 2)).toBeLessThan(0.05);
    expect(Math.hypot(re - expected, im)).toBeLessThan(0.03);
    expect(Math.abs((1 - re) ** 2 + im ** 2 - 1)).toBeLessThan(0.03);
  });
});

describe('the axis far behind a large hole', () => {
  it('sees 3.309721 times the light with 22.7 zones: 1 m wide, 2.2 µm, 5 km', async () => {
    const space: Space = { samples: 864, pitch: 0.5 / 430, wavelength: 2.2e-6 };
    const [re, im] = await onAxis(space, 0.5, 5e3);
    // 4 sin²(π N_F/2); the rim on 430 samples per radius, 9 or 10 of them in the outermost zone.
    expect(Math.abs(re ** 2 + im ** 2 - 3.309721)).toBeLessThan(0.02);
  });
});

describe('light that converges', () => {
  const space: Space = { samples: 176, pitch: 0.5 * micro, wavelength: 0.532 * micro };
  const [radius, focus] = [40 * micro, 500 * micro];
  const open = disc(space, radius);
  const sphere =
    (sign: number) =>
    (x: number, y: number): Complex => {
      const phase = ((-sign * 2 * Math.PI) / space.wavelength) * (Math.hypot(x, y, focus) - focus);
      return [open(x, y) * Math.cos(phase), open(x, y) * Math.sin(phase)];
    };

  it('meets at its focus, and diverging light does not', async () => {
    const window = { window: 'chosen', outputSamples: 1, outputPitch: space.pitch };
    const brightness = async (sign: number) =>
      intensity(await propagated(space, sphere(sign), { distance: focus, ...window }))[0] ?? 0;
    const paraxial = ((Math.PI * radius ** 2) / (space.wavelength * focus)) ** 2;
    const peak = await brightness(1);
    // The exact sphere is weaker by half of (a/R)² in amplitude at the rim: 0.990.
    expect(peak / paraxial).toBeGreaterThan(0.98);
    expect(peak / paraxial).toBeLessThan(1);
    expect((await brightness(-1)) / peak).toBeLessThan(1e-3);
  });
});

describe('a Gaussian beam', () => {
  it('has the second moment of its closed form', async () => {
    const space: Space = { samples: 128, pitch: 1 * micro, wavelength: 0.532 * micro };
    const waist = 10 * micro;
    const data = await propagated(space, (x, y) => Math.exp(-(x * x + y * y) / waist ** 2), {
      distance: 1e-3,
    });
    const { varianceX } = moments({ data: intensity(data), shape: [128, 128] });
    // The mean of tan² over the directions of the light is σ² (1 + 4σ²) with σ = λ/2πw₀; the closed form of a paraxial
    // beam leaves out the second term, 1e-4 of the radius here.
    const divergence = space.wavelength / (2 * Math.PI * waist);
    const exact = Math.hypot(waist / 2, 1e-3 * divergence * Math.sqrt(1 + 4 * divergence ** 2));
    const found = Math.sqrt(varianceX) * space.pitch;
    expect(Math.abs(found / exact - 1)).toBeLessThan(2e-6);
    expect(Math.abs((2 * found) / 19.666e-6 - 1)).toBeLessThan(2e-4);
  });
});

describe('the scalable angular spectrum', () => {
  it('goes there and back, over a window that grows and shrinks', async () => {
    const space: Space = { samples: 64, pitch: 1 * micro, wavelength: 0.5 * micro };
    const beam = (x: number, y: number): Complex => [
      Math.exp(-((x - 4e-6) ** 2 + y * y) / 8e-6 ** 2),
      0.5 * Math.exp(-(x * x + (y + 6e-6) ** 2) / 5e-6 ** 2),
    ];
    const params = { method: 'scalableAngularSpectrum', window: 'natural' };
    const chain = {
      source: stage(planeWave, { wavelength: space.wavelength }),
      there: stage(propagator, { ...params, distance: 1.5e-3 }, 'source'),
      back: stage(propagator, { ...params, distance: -1.5e-3 }, 'there'),
    };
    const { data, value } = await evaluate(chain, space, undefined, (ops) => ({
      source: withAmplitude(beam)(ops),
    }));
    const start = await propagated(space, beam, { distance: 0 });
    expect(value.kind === 'field' ? value.pitch.value / space.pitch : 0).toBeCloseTo(1, 12);
    // Lost is what lies outside the kept half of the grown window.
    expect(distance(data, start)).toBeLessThan(1e-3);
  });
});
