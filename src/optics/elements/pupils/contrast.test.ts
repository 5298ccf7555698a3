import { describe, expect, it } from 'vitest';
import type { ElementSpec } from '../../element.ts';
import type { Chain, Setting } from '../../testChain.ts';
import { distance, evaluate, intensity, stage, total } from '../../testSupport.ts';
import { camera } from '../detection/camera.ts';
import { interference } from '../interferometers/interference.ts';
import { mieSphere } from '../samples/mieSphere.ts';
import { planeWave } from '../sources/planeWave.ts';
import { nomarski } from './nomarski.ts';
import { phasePlate } from './phasePlate.ts';
import { pupil } from './pupil.ts';
import { pupilStop } from './pupilStop.ts';

const WAVELENGTH = 532e-9;
const MEDIUM = 1.33;
const K0 = (2 * Math.PI) / WAVELENGTH;
type Settings = Record<string, Setting>;

const PIXELS = { rows: 41, columns: 41, pixelPitch: 0.1e-6 };
/** A bead of 1 µm of polystyrene. */
const BEAD = { z: 0, radius: 0.5e-6, refractiveIndex: 1.59 };
/** So soft and large that light goes straight through: it delays by 2 k0 Δn √(R² - r²) (van de Hulst). */
const SOFT = { z: 0, radius: 2e-6, refractiveIndex: MEDIUM + 0.004 };
const softPhase = (r: number) => 2 * K0 * 0.004 * Math.sqrt(Math.max(0, SOFT.radius ** 2 - r * r));

function microscope(element: ElementSpec, params: Settings, sphere: Settings, isLit = true): Chain {
  return {
    source: stage(planeWave, { wavelength: WAVELENGTH, refractiveIndex: MEDIUM }),
    sphere: stage(mieSphere, sphere, 'source'),
    interference: stage(interference, {}, { scattered: 'sphere', reference: 'source' }),
    pupil: stage(pupil, { numericalAperture: 1.2 }, isLit ? 'interference' : 'sphere'),
    element: stage(element, params, 'pupil'),
    camera: stage(camera, PIXELS, 'element'),
  };
}

const seen = async (element: ElementSpec, params: Settings, sphere: Settings, samples = 96, isLit = true) =>
  (await evaluate(microscope(element, params, sphere, isLit), { samples, pitch: 1e-6 })).data;
/** At (x, y) in pixels from the middle. */
const at = (image: Float64Array, x: number, y = 0) => image[(20 + y) * 41 + 20 + x] ?? Number.NaN;

describe('a phase plate', () => {
  it.each([90, -90])(
    'of %d° makes brightness of the delay in a soft sphere, after Zernike',
    async (degrees) => {
      const [phase, transmission, outerRadius] = [(degrees * Math.PI) / 180, 0.5, 0.03];
      const image = await seen(phasePlate, { phase, transmission, outerRadius }, SOFT, 160);
      // The plate also takes the middle of the scattered light: its share in the picture, from the volume of the sphere.
      const halo = (softPhase(0) * (SOFT.radius * outerRadius * 1.2 * K0) ** 2) / 6;
      for (const r of [0, 5, 10]) {
        const delay = softPhase(r * PIXELS.pixelPitch);
        // |a exp(iδ)(1 + ih) + exp(iφ) - 1 - ih|²: without the halo 1 ± 2 φ/a + φ²/a² for a quarter wave.
        const [c, s] = [transmission * Math.cos(phase), transmission * Math.sin(phase)];
        const re = c - s * halo + Math.cos(delay) - 1;
        const im = s + c * halo + Math.sin(delay) - halo;
        const expected = (re * re + im * im) / transmission ** 2;
        // The aperture rounds the sphere, and the samples the plate: 3 % of the delay.
        const error = (2 * 0.03 * delay) / transmission;
        expect(Math.abs(at(image, 0, r) / transmission ** 2 - expected)).toBeLessThan(error);
      }
    },
  );

  it('that is clear changes nothing', async () => {
    const plain = await seen(pupilStop, { obstruction: 0 }, BEAD);
    const clear = await seen(phasePlate, { phase: 0, transmission: 1 }, BEAD);
    expect(distance(clear, plain)).toBeLessThan(1e-12);
  });

  it('that is opaque, or a stop, leaves the scattered light alone on black', async () => {
    for (const [element, params] of [
      [phasePlate, { transmission: 0, outerRadius: 0.1 }],
      [pupilStop, { obstruction: 0.1 }],
    ] as const) {
      const dark = await seen(element, params, BEAD);
      expect(distance(dark, await seen(element, params, BEAD, 96, false))).toBeLessThan(1e-12);
      expect(at(dark, 0)).toBeGreaterThan(0.1);
    }
  });

  it('in a dark field passes what a small sphere scatters between two cones, growing with its radius as r⁶', async () => {
    const [inner, samples] = [0.3, 130];
    for (const radius of [5e-9, 10e-9]) {
      const chain = microscope(pupilStop, { obstruction: inner }, { z: 0, radius, refractiveIndex: 1.59 });
      const { data } = await evaluate(chain, { samples, pitch: 1e-6 }, 'element');
      const area = total(intensity(data)) / (samples / 2 - 1) ** 2;
      const square = (1.59 / MEDIUM) ** 2;
      const crossSection =
        ((8 * Math.PI) / 3) * (K0 * MEDIUM) ** 4 * radius ** 6 * ((square - 1) / (square + 2)) ** 2;
      // A dipole sends (3/8π)(1 - sin²θ cos²φ) per solid angle; around the axis that is 3/8 (1 + c²) dc.
      const within = (sine: number) => {
        const c = Math.sqrt(1 - sine * sine);
        return (3 / 8) * (1 - c + (1 - c ** 3) / 3);
      };
      const share = within(1.2 / MEDIUM) - within((inner * 1.2) / MEDIUM);
      // Terms in (k r)², 0.6 % for 10 nm; 64 samples round the edges by 0.6 %.
      expect(Math.abs(area / (crossSection * share) - 1)).toBeLessThan(0.012);
    }
  });
});

describe('a DIC prism', () => {
  it('shows the slope of the delay along the shear: sin²((φ(r + s/2) - φ(r - s/2) + β)/2)', async () => {
    for (const bias of [Math.PI / 2, 0.6]) {
      const image = await seen(nomarski, { shear: 0.4e-6, direction: 0, bias }, SOFT, 160);
      for (const [x, y] of [
        [0, 0],
        [6, 0],
        [-12, 0],
        [8, 8],
      ] as const) {
        const place = (shift: number) => Math.hypot(x * 0.1e-6 + shift, y * 0.1e-6);
        const slope = softPhase(place(0.2e-6)) - softPhase(place(-0.2e-6));
        // The aperture rounds the sphere's edge: 3 mrad of ripples inside.
        expect(Math.abs(at(image, x, y) - Math.sin((slope + bias) / 2) ** 2)).toBeLessThan(4e-3);
      }
    }
  });

  it('turned round, or with the opposite bias, shows the relief from the other side', async () => {
    const params = { shear: 0.25e-6, direction: 0.7, bias: 1.1 };
    const image = await seen(nomarski, params, BEAD);
    const opposite = await seen(nomarski, { ...params, bias: -1.1 }, BEAD);
    const turned = await seen(nomarski, { ...params, direction: 0.7 + Math.PI }, BEAD);
    expect(distance(opposite, [...image].reverse())).toBeLessThan(1e-12);
    expect(distance(turned, opposite)).toBeLessThan(1e-12);
    expect(distance(image, opposite)).toBeGreaterThan(0.1);
  });

  it('without shear is a bright field, weaker by sin²(β/2)', async () => {
    const image = await seen(nomarski, { shear: 0, bias: 1.1 }, BEAD);
    const plain = await seen(pupilStop, { obstruction: 0 }, BEAD);
    expect(
      distance(
        image,
        plain.map((value) => value * Math.sin(0.55) ** 2),
      ),
    ).toBeLessThan(1e-12);
  });
});
