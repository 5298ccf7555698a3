import { describe, expect, it } from 'vitest';
import { indexOf } from '../../materials.ts';
import { constantScalar } from '../../ops/scalar.ts';
import { distanceIn, inOrder, refractionBy } from '../../propagation/rayMatrix.ts';
import type { Chain, Setting } from '../../testChain.ts';
import {
  brightest,
  distance,
  evaluate,
  intensity,
  letterF,
  moments,
  stage,
  total,
  withAmplitude,
} from '../../testSupport.ts';
import { aperture } from '../masks/aperture.ts';
import { propagator } from '../propagation/propagator.ts';
import { gaussianBeam } from '../sources/gaussianBeam.ts';
import { planeWave } from '../sources/planeWave.ts';
import { pointSource } from '../sources/pointSource.ts';
import { curvedMirror } from './curvedMirror.ts';
import { cylindricalLens } from './cylindricalLens.ts';
import { fourierLens } from './fourierLens.ts';
import { generalLens } from './generalLens.ts';
import { glassLens, glassMatrix } from './glassLens.ts';
import { lensSystem } from './lensSystem.ts';
import { thinLens } from './thinLens.ts';

const wavelength = 633e-9;
const grid = { samples: 128, pitch: 12e-6 };
const beam = stage(gaussianBeam, { wavelength, waist: 100e-6, x: 90e-6, y: -40e-6 });

const fieldOf = async (chain: Chain, size = grid) => {
  const sampled = await evaluate(chain, size);
  if (sampled.value.kind !== 'field') throw new Error('No field.');
  return { ...sampled, pitch: sampled.value.pitch.value };
};

const scalar = constantScalar;

describe('ray matrices', () => {
  it('give the focal lengths of known systems', () => {
    // Fact 42: two lenses of f = 2 in contact; the back focal length of two lenses t apart.
    const two = inOrder(refractionBy(scalar(0.5)), refractionBy(scalar(0.5)));
    expect(-1 / two.c.value).toBeCloseTo(1, 14);
    const apart = inOrder(refractionBy(scalar(0.5)), distanceIn(scalar(0.3), 1), refractionBy(scalar(0.25)));
    expect(-apart.a.value / apart.c.value).toBeCloseTo((-1 / apart.c.value) * (1 - 0.3 / 2), 14);
    // Fact 42: two surfaces of R = ±200 mm around an index of 1.55.
    const thin = inOrder(refractionBy(scalar(0.55 / 200)), refractionBy(scalar(-0.55 / -200)));
    expect(-1 / thin.c.value).toBeCloseTo(181.8181818181818, 12);
    // Fact 44: Hubble.
    const hubble = inOrder(
      refractionBy(scalar(1 / 5.52085)),
      distanceIn(scalar(4.907028205), 1),
      refractionBy(scalar(-1 / 0.6790325)),
    );
    expect(-1 / hubble.c.value).toBeCloseTo(57.48805, 5);
    expect(hubble.a.value * hubble.d.value - hubble.b.value * hubble.c.value).toBeCloseTo(1, 13);
  });

  it('follow the lensmaker’s equation, thickness and medium included', () => {
    const params = {
      kind: 'thick',
      radius1: scalar(0.2),
      radius2: scalar(-0.2),
      radius3: scalar(0),
      thickness1: scalar(0.01),
      thickness2: scalar(0),
      material1: 'nBk7',
      material2: 'f2',
      planes: 'vertices',
      defocus: scalar(0),
      designWavelength: scalar(587.6e-9),
    };
    const light = { wavelength: scalar(500e-9), refractiveIndex: scalar(1) };
    const n = indexOf('nBk7', light.wavelength).value;
    const power = (n - 1) * (2 / 0.2 - ((n - 1) * 0.01) / (n * 0.2 * 0.2));
    expect(glassMatrix(params, light).c.value).toBeCloseTo(-power, 12);
    const water = { ...light, refractiveIndex: scalar(1.33) };
    const inWater = (n - 1.33) * (2 / 0.2 - ((n - 1.33) * 0.01) / (n * 0.2 * 0.2));
    expect(glassMatrix(params, water).c.value).toBeCloseTo(-inWater, 12);
  });
});

describe('lens to focal plane', () => {
  it('is the 2f lens at d = f and maps the pitch to λf/(n N pitch)', async () => {
    const options = { focalLength: 0.1, distance: 0.1 };
    const general = await fieldOf({ beam, lens: stage(generalLens, options, 'beam') });
    const fourier = await fieldOf({ beam, lens: stage(fourierLens, { focalLength: 0.1 }, 'beam') });
    const peak = Math.sqrt(Math.max(...intensity(fourier.data)));
    expect(distance(general.data, fourier.data) / peak).toBeLessThan(1e-12);
    // Fact 40 with 32 samples of the same window.
    const source = stage(planeWave, { wavelength: 0.5e-6 });
    const far = await fieldOf(
      { source, lens: stage(generalLens, options, 'source') },
      { samples: 32, pitch: 320e-6 },
    );
    expect(far.pitch).toBeCloseTo(4.8828125e-6, 16);
  });

  it('equals free space, thin lens and free space', async () => {
    const [focalLength, d] = [0.08, 0.03];
    const whole = await fieldOf({ beam, lens: stage(generalLens, { focalLength, distance: d }, 'beam') });
    const chain: Chain = {
      beam,
      before: stage(propagator, { distance: d }, 'beam'),
      lens: stage(thinLens, { focalLength }, 'before'),
      behind: stage(
        propagator,
        { distance: focalLength, window: 'chosen', outputPitch: whole.pitch },
        'lens',
      ),
    };
    const steps = await fieldOf(chain);
    const peak = Math.sqrt(Math.max(...intensity(whole.data)));
    // The exact angular spectrum differs from the paraxial integral by k z θ⁴/8 with θ = λ/πw, 1e-6.
    expect(steps.pitch).toBeCloseTo(whole.pitch, 15);
    expect(distance(whole.data, steps.data) / peak).toBeLessThan(1e-4);
  });

  it('keeps the power, and two keep the light in the middle', async () => {
    // Checks 4 and 5 of the reference.
    const options = { focalLength: 10e-3, distance: 8e-3 };
    const once = await fieldOf({ beam, lens: stage(generalLens, options, 'beam') });
    expect(total(intensity(once.data)) * once.pitch ** 2).toBeCloseTo(1, 10);
    const centred = stage(gaussianBeam, { wavelength, waist: 100e-6 });
    const twice = await fieldOf({
      centred,
      first: stage(generalLens, options, 'centred'),
      second: stage(generalLens, options, 'first'),
    });
    expect(brightest({ data: intensity(twice.data), shape: twice.shape })).toEqual([0, 0]);
    expect(twice.pitch).toBeCloseTo(grid.pitch, 15);
  });
});

describe('lens system', () => {
  it('images s = 1.5 f to 3 f: twice as large, turned over, with all its power', async () => {
    const imaged = await evaluate(
      {
        source: stage(planeWave),
        lens: stage(lensSystem, { before: 0.15, focalLength: 0.1, behind: 0.3 }, 'source'),
      },
      { samples: 65, pitch: 10e-6 },
      'lens',
      (ops) => ({ source: withAmplitude(letterF(250e-6))(ops) }),
    );
    const object = letterF(250e-6);
    expect(imaged.value.kind === 'field' ? imaged.value.pitch.value : 0).toBeCloseTo(20e-6, 15);
    const picture = intensity(imaged.data);
    picture.forEach((value, i) => {
      const [row, column] = [Math.floor(i / 65) - 32, (i % 65) - 32];
      // Irradiance falls by M² = 4. Exact: B is 0, so there is no diffraction.
      expect(value).toBeCloseTo(object(-column * 10e-6, -row * 10e-6) ** 2 / 4, 12);
    });
  });

  it('equals its parts where it images and where it transforms', async () => {
    for (const behind of [0.02, 0.12]) {
      const whole = await fieldOf({
        beam,
        system: stage(lensSystem, { before: 0.05, focalLength: 0.2, behind }, 'beam'),
      });
      const steps = await fieldOf({
        beam,
        before: stage(propagator, { distance: 0.05 }, 'beam'),
        lens: stage(thinLens, { focalLength: 0.2 }, 'before'),
        behind: stage(propagator, { distance: behind, window: 'chosen', outputPitch: whole.pitch }, 'lens'),
      });
      const peak = Math.sqrt(Math.max(...intensity(whole.data)));
      // Paraxial against exact, and the Gaussian's tail at the window's edge.
      expect(distance(whole.data, steps.data) / peak).toBeLessThan(1e-4);
    }
  });

  it('by its matrix or as two lenses is the same', async () => {
    const lenses: Readonly<Record<string, Setting>> = {
      kind: 'two',
      before: 0.1,
      focalLength: 0.1,
      separation: 0.25,
      focalLength2: 0.15,
      behind: 0.1,
    };
    const two = await fieldOf({ beam, system: stage(lensSystem, lenses, 'beam') });
    // Telescope: A = -f2/f1, B = 0.1 A + separation ... by hand: [[1,.1],[0,1]] L2 [[1,.25],[0,1]] L1 [[1,.1],[0,1]].
    const a = -1.5;
    const b = -0.15 + 0.25 + 0.1 * (1 - 0.25 / 0.15);
    const matrix = await fieldOf({
      beam,
      system: stage(lensSystem, { kind: 'matrix', a, b, d: 1 / a }, 'beam'),
    });
    const peak = Math.sqrt(Math.max(...intensity(two.data)));
    expect(two.pitch).toBeCloseTo(1.5 * grid.pitch, 15);
    expect(distance(two.data, matrix.data) / peak).toBeLessThan(1e-9);
  });
});

describe('thin lenses', () => {
  it.each([
    ['f', 1],
    ['2f', 2],
    ['0.75 f', 0.75],
  ] as const)('focus collimated light at f: set for %s', async (_, share) => {
    // Fact 41: the peak on the axis lies at the focal plane; a Fresnel number of 6 moves it by 3 % towards the lens.
    const focalLength = 0.06 * share;
    const peakAt = async (at: number) => {
      const chain: Chain = {
        source: stage(planeWave, { wavelength }),
        lens: stage(thinLens, { focalLength, diameter: 1.4e-3 }, 'source'),
        space: stage(propagator, { distance: at }, 'lens'),
      };
      return Math.max(...intensity((await fieldOf(chain)).data));
    };
    const [near, at, far] = [
      await peakAt(0.85 * focalLength),
      await peakAt(focalLength),
      await peakAt(1.15 * focalLength),
    ];
    expect(at).toBeGreaterThan(near);
    expect(at).toBeGreaterThan(far);
  });

  it.each([0.06, 0.12, 0.045])('of f = %d m are brightest at f: within 1 %', async (focalLength) => {
    const size = { samples: 256, pitch: 10e-6 };
    const onAxis = async (distance: number) => {
      const window = { window: 'chosen', outputSamples: 1, outputPitch: 1e-6, method: 'fresnelSingle' };
      const chain: Chain = {
        source: stage(planeWave, { wavelength }),
        lens: stage(thinLens, { focalLength, diameter: 2.4e-3 }, 'source'),
        space: stage(propagator, { distance, ...window }, 'lens'),
      };
      return intensity((await fieldOf(chain, size)).data)[0] ?? 0;
    };
    const share = 0.01;
    const [a, b, c] = [
      await onAxis((1 - share) * focalLength),
      await onAxis(focalLength),
      await onAxis((1 + share) * focalLength),
    ];
    // A Fresnel number of 19 or more: the peak lies (√12/πN_F)² before f, 0.4 % at most.
    const peak = 1 + (share * (0.5 * (a - c))) / (a - 2 * b + c);
    expect(Math.abs(peak - 1)).toBeLessThan(0.01);
  });

  it('of glass bend like one of the lensmaker’s focal length, colour by colour', async () => {
    const surfaces = { kind: 'thin', radius1: 0.05, radius2: -0.05, material1: 'nBk7' };
    for (const colour of [450e-9, 650e-9]) {
      const source = stage(gaussianBeam, { wavelength: colour, waist: 200e-6 });
      const index = indexOf('nBk7', constantScalar(colour)).value;
      const focalLength = 0.05 / (2 * (index - 1));
      const glass = await fieldOf({ source, lens: stage(glassLens, surfaces, 'source') });
      const ideal = await fieldOf({ source, lens: stage(thinLens, { focalLength }, 'source') });
      expect(distance(glass.data, ideal.data) / Math.max(...ideal.data)).toBeLessThan(1e-10);
    }
  });

  it('open more light when their diameter grows, by the rim', async () => {
    const through = async (diameter: number) => {
      const chain = {
        source: stage(planeWave),
        lens: stage(thinLens, { diameter, focalLength: 1 }, 'source'),
      };
      return total(intensity((await fieldOf(chain)).data));
    };
    const [a, b] = [await through(0.8e-3), await through(0.808e-3)];
    // d/dD of πD²/4; the rim's squares add up to the area to 1e-3 of it over a cell.
    expect((b - a) / a).toBeCloseTo(2 * 0.01, 2);
  });

  it('of a cylinder focus along one axis only', async () => {
    const centred = stage(gaussianBeam, { wavelength, waist: 300e-6 });
    const chain: Chain = {
      centred,
      lens: stage(cylindricalLens, { focalLength: 0.1, rotation: Math.PI / 2 }, 'centred'),
      space: stage(propagator, { distance: 0.1 }, 'lens'),
    };
    const { data, shape } = await fieldOf(chain);
    const { varianceX, varianceY } = moments({ data: intensity(data), shape });
    const range = (Math.PI * 300e-6 ** 2) / wavelength;
    // Widths of the Gaussian beam: λf/πw across, w √(1 + (f/z_R)²) along.
    expect((2 * Math.sqrt(varianceY) * grid.pitch) / ((wavelength * 0.1) / (Math.PI * 300e-6))).toBeCloseTo(
      1,
      3,
    );
    expect((2 * Math.sqrt(varianceX) * grid.pitch) / (300e-6 * Math.hypot(1, 0.1 / range))).toBeCloseTo(1, 3);
  });

  it('made of a mirror have f = R/2 and lose what is not reflected', async () => {
    const lens = await fieldOf({ beam, lens: stage(thinLens, { focalLength: 0.2 }, 'beam') });
    const mirror = await fieldOf({
      beam,
      lens: stage(curvedMirror, { radius: 0.4, reflectivity: 0.81 }, 'beam'),
    });
    const dimmed = lens.data.map((value) => 0.9 * value);
    expect(distance(mirror.data, dimmed) / Math.max(...lens.data)).toBeLessThan(1e-12);
  });
});

describe('glass lens', () => {
  const doublet = {
    kind: 'doublet',
    radius1: 0.0613,
    radius2: -0.0446,
    radius3: -0.1299,
    thickness1: 6e-3,
    thickness2: 2.5e-3,
    material1: 'nBk7',
    material2: 'sf11',
  };

  it('takes parallel light to the point in its focal plane: Airy’s first dark ring', async () => {
    const lensed = {
      kind: 'thick',
      radius1: 51.68e-3,
      radius2: 0,
      thickness1: 4e-3,
      planes: 'focus',
      designWavelength: wavelength,
    };
    const chain: Chain = {
      source: stage(planeWave, { wavelength }),
      lens: stage(glassLens, { ...lensed, diameter: 1e-3 }, 'source'),
    };
    const { data, pitch, shape } = await fieldOf(chain, { samples: 256, pitch: 20e-6 });
    const picture = intensity(data);
    expect(brightest({ data: picture, shape })).toEqual([0, 0]);
    const f = 51.68e-3 / (indexOf('nBk7', constantScalar(wavelength)).value - 1);
    expect(pitch).toBeCloseTo((wavelength * f) / (256 * 20e-6), 12);
    const line = Array.from({ length: 20 }, (_, i) => picture[128 * 256 + 128 + i] ?? 0);
    let dark = 1;
    while ((line[dark + 1] ?? 1) < (line[dark] ?? 0)) dark++;
    // To half a sample of 6.2.
    expect(Math.abs(dark - (1.21967 * wavelength * f) / 1e-3 / pitch)).toBeLessThan(0.5);
  });

  it('images a star in its front focal plane to parallel light', async () => {
    const chain: Chain = {
      beam,
      lens: stage(glassLens, { ...doublet, planes: 'focal', designWavelength: wavelength }, 'beam'),
    };
    const once = await fieldOf(chain);
    // Front to back focal plane is a pure Fourier transform: a displaced beam becomes a tilted one, centred.
    const { x, y } = moments({ data: intensity(once.data), shape: once.shape });
    expect(Math.hypot(x, y)).toBeLessThan(1e-6);
  });

  it('between vertices keeps the power of light inside its window', async () => {
    const chain: Chain = { beam, lens: stage(glassLens, { radius1: 0.05, radius2: -0.05 }, 'beam') };
    const { data, pitch } = await fieldOf(chain);
    expect(total(intensity(data)) * pitch ** 2).toBeCloseTo(1, 9);
  });
});

describe('a star through a stop', () => {
  it('is imaged where its lens says', async () => {
    const chain: Chain = {
      star: stage(pointSource, { x: 120e-6, y: -70e-6, z: 0.1 }),
      stop: stage(aperture, { diameter: 1e-3 }, 'star'),
      lens: stage(lensSystem, { before: 0, focalLength: 0.05, behind: 0.1 }, 'stop'),
    };
    const { data, shape, pitch } = await fieldOf(chain, { samples: 128, pitch: 10e-6 });
    const [row, column] = brightest({ data: intensity(data), shape });
    expect(column * pitch).toBeCloseTo(-120e-6, 4);
    expect(Math.abs(column * pitch + 120e-6)).toBeLessThan(pitch);
    expect(Math.abs(row * pitch - 70e-6)).toBeLessThan(pitch);
  });
});
