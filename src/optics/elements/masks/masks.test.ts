import { describe, expect, it } from 'vitest';
import type { ElementSpec, SimulationGrid } from '../../element.ts';
import { indexOf } from '../../materials.ts';
import { besselJ } from '../../maths/bessel.ts';
import { constantScalar } from '../../ops/scalar.ts';
import type { Setting } from '../../testChain.ts';
import { evaluate, stage } from '../../testSupport.ts';
import { planeWave } from '../sources/planeWave.ts';
import { attenuator } from './attenuator.ts';
import { axicon } from './axicon.ts';
import { coatedWindow } from './coatedWindow.ts';
import { diffuser } from './diffuser.ts';
import { fourierFilter } from './fourierFilter.ts';
import { grating } from './grating.ts';
import { microlensArray } from './microlensArray.ts';
import { prism, wedgeDeflection } from './prism.ts';
import { spiralPhase } from './spiralPhase.ts';
import { zonePlate } from './zonePlate.ts';

type Params = Readonly<Record<string, Setting>>;
type Complex = readonly [re: number, im: number];

const wavelength = 532e-9;
const small: SimulationGrid = { samples: 64, pitch: 10e-6 };

/** Transmission of a mask as a function of column and row from the centre. */
async function mask(spec: ElementSpec, params: Params, grid = small) {
  const source = stage(planeWave, { wavelength });
  const [{ data }, lit] = [
    await evaluate({ source, mask: stage(spec, params, 'source') }, grid),
    await evaluate({ source }, grid),
  ];
  const unit = lit.data[0] ?? 1;
  const n = grid.samples;
  const half = Math.floor(n / 2);
  return (column: number, row = 0): Complex => {
    const i = 2 * ((row + half) * n + column + half);
    return [(data[i] ?? Number.NaN) / unit, (data[i + 1] ?? Number.NaN) / unit];
  };
}

const magnitude = ([re, im]: Complex) => Math.hypot(re, im);
const phase = ([re, im]: Complex) => Math.atan2(im, re);

/** Phase from a to b, in one turn around zero. */
const step = (a: Complex, b: Complex) => phase([a[0] * b[0] + a[1] * b[1], a[0] * b[1] - a[1] * b[0]]);

/** Power in order m of a grating of `period` samples: |mean of t exp(-2πi m x/p)|² over a period. */
async function orderPower(params: Params, order: number, period: number): Promise<number> {
  const grid = { samples: 2 * period, pitch: 10e-6 };
  const t = await mask(grating, { ...params, period: period * 10e-6 }, grid);
  let [re, im] = [0, 0];
  for (let x = 0; x < period; x++) {
    const [tr, ti] = t(x - period / 2);
    const angle = (-2 * Math.PI * order * (x - period / 2)) / period;
    re += (tr * Math.cos(angle) - ti * Math.sin(angle)) / period;
    im += (tr * Math.sin(angle) + ti * Math.cos(angle)) / period;
  }
  return re * re + im * im;
}

describe('grating', () => {
  it('of sine phase sends J_n(a)² into order n, at best 33.857 %', async () => {
    for (const order of [0, 1, -1, 2, 3]) {
      const expected = besselJ(order, 1.3) ** 2;
      // Orders 16 higher fold onto these: J_13(1.3)², 1e-24.
      expect(await orderPower({ profile: 'sinePhase', modulation: 1.3 }, order, 16)).toBeCloseTo(
        expected,
        12,
      );
    }
    const best = await orderPower({ profile: 'sinePhase', modulation: 1.841184 }, 1, 16);
    expect(best).toBeCloseTo(0.33857, 5);
  });

  it('of binary phase 0, π sends 40.528 % into each first order and nothing straight on', async () => {
    const steps = { profile: 'binaryPhase', height: Math.PI };
    expect(await orderPower(steps, 0, 64)).toBeCloseTo(0, 12);
    for (const order of [1, -1]) {
      // Fact 50. Samples blur by sinc(1/64), 8e-4 of the power, and fold orders 63 and 65 on it, 1e-3.
      expect(Math.abs((await orderPower(steps, order, 64)) - 4 / Math.PI ** 2)).toBeLessThan(8e-4);
    }
  });

  it('blazed in L levels sends sinc²(1/L) into order +1', async () => {
    expect(await orderPower({ profile: 'blazed' }, 1, 16)).toBeCloseTo(1, 12);
    for (const [levels, share] of [
      [2, 0.405285],
      [4, 0.810569],
      [8, 0.949641],
      [16, 0.987215],
    ] as const) {
      // As above; each of the L steps has its own edge sample.
      const found = await orderPower({ profile: 'blazed', levels }, 1, 128);
      expect(Math.abs(found - share)).toBeLessThan(1e-3);
    }
  });

  it('of steps has the known orders to 1e-6, given what samples make of its edges', async () => {
    // An edge on a sample shares it, cos(πm/p) of the amplitude of order m; cells one sample wide diffract by sinc(m/p).
    const period = 128;
    const cells = (Math.tan(Math.PI / period) / (Math.PI / period)) ** 2;
    const steps = { profile: 'binaryPhase', height: Math.PI };
    for (const order of [1, -1]) {
      expect(Math.abs((await orderPower(steps, order, period)) * cells - 0.405285)).toBeLessThan(1e-6);
    }
    for (const [levels, share] of [
      [2, 0.405285],
      [4, 0.810569],
      [8, 0.949641],
      [16, 0.987215],
    ] as const) {
      const found = await orderPower({ profile: 'blazed', levels }, 1, period);
      expect(Math.abs(found * cells - share)).toBeLessThan(1e-6);
    }
  });

  it('of bars and of sine amplitude has the orders of its Fourier series', async () => {
    // Orders 0 and ±1 of (1 + cos)/2; bars of duty D: D² and sin²(πmD)/(πm)².
    expect(await orderPower({ profile: 'sineAmplitude' }, 0, 16)).toBeCloseTo(1 / 4, 12);
    expect(await orderPower({ profile: 'sineAmplitude' }, -1, 16)).toBeCloseTo(1 / 16, 12);
    const bars = { profile: 'binaryAmplitude', duty: 0.3 };
    expect(await orderPower(bars, 0, 64)).toBeCloseTo(0.09, 12);
    const second = Math.sin(2 * Math.PI * 0.3) ** 2 / (2 * Math.PI) ** 2;
    // Samples blur by sinc²(2/64), 3e-3 of it, and fold orders 62 and 66 on it.
    expect(Math.abs((await orderPower(bars, 2, 64)) / second - 1)).toBeLessThan(8e-3);
  });

  it('crossed is the product of two at right angles', async () => {
    const params = { profile: 'sinePhase', modulation: 0.8, period: 170e-6, x: 21e-6, y: -34e-6 };
    const both = await mask(grating, { ...params, crossed: true });
    const along = await mask(grating, params);
    const across = await mask(grating, { ...params, rotation: Math.PI / 2 });
    for (const [column, row] of [
      [3, -7],
      [-11, 20],
    ] as const) {
      const sum = phase(along(column, row)) + phase(across(column, row));
      expect(phase(both(column, row))).toBeCloseTo(sum, 10);
    }
  });

  it('scales its phase with the design wavelength', async () => {
    const params = { profile: 'sinePhase', modulation: 0.8, period: 170e-6 };
    const designed = await mask(grating, { ...params, designWavelength: 2 * wavelength });
    expect(phase(designed(0))).toBeCloseTo(1.6, 12);
  });
});

describe('zone plate', () => {
  const focalLength = 0.125;
  const zones = 10;
  const diameter = 2 * Math.sqrt(zones * wavelength * focalLength);
  const grid = { samples: 256, pitch: 8e-6 };

  /** Irradiance on the axis at z against none: the Fresnel integral as a sum. */
  async function onAxis(params: Params, distances: readonly number[]): Promise<number[]> {
    const t = await mask(zonePlate, { designWavelength: wavelength, diameter, ...params }, grid);
    return distances.map((z) => {
      let [re, im] = [0, 0];
      for (let row = -128; row < 128; row++) {
        for (let column = -128; column < 128; column++) {
          const [tr, ti] = t(column, row);
          if (tr === 0 && ti === 0) continue;
          const angle = (Math.PI * (row * row + column * column) * grid.pitch ** 2) / (wavelength * z);
          re += tr * Math.cos(angle) - ti * Math.sin(angle);
          im += tr * Math.sin(angle) + ti * Math.cos(angle);
        }
      }
      return (re * re + im * im) * (grid.pitch ** 2 / (wavelength * z)) ** 2;
    });
  }

  it('has foci at f and f/3 of N² for N zones, none at f/2', async () => {
    const [first = 0, second = 0, third = 0] = await onAxis({ focalLength }, [
      focalLength,
      focalLength / 2,
      focalLength / 3,
    ]);
    // Every open zone adds 2. The outermost zone is 5 samples wide, and 1.7 for f/3: samples blur it.
    expect(Math.abs(first / zones ** 2 - 1)).toBeLessThan(0.02);
    expect(second).toBeLessThan(0.5);
    expect(Math.abs(third / zones ** 2 - 1)).toBeLessThan(0.15);
  });

  it('of phase rings is four times as bright, a smooth one has one focus', async () => {
    const [bright = 0] = await onAxis({ focalLength, kind: 'phase' }, [focalLength]);
    expect(Math.abs(bright / (2 * zones) ** 2 - 1)).toBeLessThan(0.02);
    const [first = 0, third = 0] = await onAxis({ focalLength, kind: 'sine' }, [
      focalLength,
      focalLength / 3,
    ]);
    // (1 + cos)/2 sends a quarter of the amplitude to f: π N / 4 · ... = (πN/4)²; at f/3 only the rim's diffraction.
    expect(Math.abs(first / ((Math.PI * zones) / 4) ** 2 - 1)).toBeLessThan(0.02);
    expect(third).toBeLessThan(2);
  });

  it('given by its first radius has f = r₁²/λ', async () => {
    const firstRadius = Math.sqrt(wavelength * focalLength);
    const [byRadius = 0] = await onAxis({ given: 'firstRadius', firstRadius }, [focalLength]);
    const [byFocus = 0] = await onAxis({ focalLength }, [focalLength]);
    // Radii differ by λ/4f, 1e-6.
    expect(byRadius / byFocus).toBeCloseTo(1, 4);
  });
});

describe('phase masks', () => {
  it('leave the brightness as it is', async () => {
    // Check 22 of the reference.
    const masks: readonly (readonly [ElementSpec, Params])[] = [
      [grating, { profile: 'sinePhase' }],
      [prism, {}],
      [prism, { given: 'glass' }],
      [axicon, { x: 13e-6 }],
      [microlensArray, { layout: 'hexagonal' }],
      [diffuser, {}],
      [spiralPhase, { charge: 3, twist: 0.5 }],
    ];
    for (const [spec, params] of masks) {
      const t = await mask(spec, params);
      for (const [column, row] of [
        [5, 9],
        [-20, 3],
        [31, -32],
      ] as const) {
        expect(magnitude(t(column, row))).toBeCloseTo(1, 12);
      }
    }
  });

  it('turn about the axis by the charge, with a dark middle', async () => {
    const t = await mask(spiralPhase, { charge: 2 });
    expect(magnitude(t(0, 0))).toBeLessThan(1e-20);
    expect(phase(t(7, 7))).toBeCloseTo(Math.PI / 2, 12);
    expect(Math.cos(phase(t(0, 9)))).toBeCloseTo(-1, 12);
    // A half charge steps by π along -x: the sample on the step sees both sides, +i and -i.
    const half = await mask(spiralPhase, { charge: 0.5 });
    expect(magnitude(half(-9, 0))).toBeCloseTo(0, 12);
    expect(phase(half(-9, 3))).toBeGreaterThan(1.3);
    expect(phase(half(-9, -3))).toBeLessThan(-1.3);
    // With a twist the charge at the twist radius is larger by it.
    const twisted = await mask(spiralPhase, { charge: 1, twist: 3, twistRadius: 80e-6 });
    expect(Math.cos(phase(twisted(0, 8)))).toBeCloseTo(1, 10);
  });

  it('turn light as their angles say, towards +x and +y', async () => {
    const k = (2 * Math.PI) / wavelength;
    const t = await mask(prism, { tiltX: 4e-3, tiltY: -2e-3 });
    expect(step(t(0, 0), t(1, 0))).toBeCloseTo(k * 10e-6 * Math.sin(4e-3), 10);
    expect(step(t(0, 0), t(0, 1))).toBeCloseTo(-k * 10e-6 * Math.sin(2e-3), 10);
    const cone = await mask(axicon, { angle: 3e-3 });
    expect(step(cone(8), cone(9))).toBeCloseTo(-k * 10e-6 * Math.sin(3e-3), 10);
    expect(step(cone(0, 5), cone(0, -5))).toBeCloseTo(0, 10);
  });

  it('of a wedge of N-BK7 bend by the known angles', () => {
    // Fact 46: 3° 53', normal entry.
    const apex = constantScalar(((3 + 53 / 60) * Math.PI) / 180);
    for (const [colour, degrees] of [
      [650e-9, 2.003906],
      [700e-9, 1.998225],
      [750e-9, 1.993436],
    ] as const) {
      const bent = wedgeDeflection(apex, indexOf('nBk7', constantScalar(colour)), constantScalar(1));
      expect(Math.abs((bent.value * 180) / Math.PI - degrees)).toBeLessThan(1e-5);
    }
  });
});

describe('microlens array', () => {
  it('has the phase of each lens about its own centre, in both layouts', async () => {
    const curve = -Math.PI / (wavelength * 0.04);
    const square = await mask(microlensArray, { spacing: 200e-6, focalLength: 0.04 });
    expect(phase(square(20, -20))).toBeCloseTo(0, 10);
    expect(phase(square(23, -20))).toBeCloseTo(curve * 30e-6 ** 2, 10);
    const hexagonal = await mask(microlensArray, { layout: 'hexagonal', spacing: 200e-6, focalLength: 0.04 });
    // The next row lies 173.2 µm below and is shifted by half a lens.
    const off = 3.2050807568877e-6;
    expect(phase(hexagonal(10, 17))).toBeCloseTo(curve * off * off, 8);
    expect(phase(hexagonal(-20, 0))).toBeCloseTo(0, 10);
  });

  it('stops the light between round lenses', async () => {
    const t = await mask(microlensArray, { spacing: 200e-6, focalLength: 0.04, diameter: 180e-6 });
    expect(magnitude(t(10, 10))).toBe(0);
    expect(magnitude(t(20, 4))).toBeCloseTo(1, 12);
  });
});

describe('filters', () => {
  it('of neutral density pass 10^-OD of the power', async () => {
    const t = await mask(attenuator, { opticalDensity: 1 });
    expect(magnitude(t(3, 3)) ** 2).toBeCloseTo(0.1, 14);
  });

  it('of the Fourier plane pass, stop and turn what they should', async () => {
    const at = { radius: 60e-6, outerRadius: 150e-6 };
    const [low, high, band] = [
      await mask(fourierFilter, { ...at, kind: 'lowPass' }),
      await mask(fourierFilter, { ...at, kind: 'highPass' }),
      await mask(fourierFilter, { ...at, kind: 'band' }),
    ];
    for (const column of [0, 3, 6, 9, 20]) {
      expect(magnitude(low(column)) + magnitude(high(column))).toBeCloseTo(1, 12);
    }
    expect([magnitude(band(0)), magnitude(band(10)), magnitude(band(20))]).toEqual([0, 1, 0]);
    const slit = await mask(fourierFilter, { ...at, kind: 'slit' });
    expect([magnitude(slit(0, 30)), magnitude(slit(10, 0))]).toEqual([1, 0]);
    const knife = await mask(fourierFilter, { kind: 'halfPlane', rotation: Math.PI });
    expect([magnitude(knife(-9, 5)), magnitude(knife(9, 5))]).toEqual([1, 0]);
    const dot = await mask(fourierFilter, { ...at, kind: 'phaseDot', dotTransmission: 0.25 });
    expect(dot(0)[1]).toBeCloseTo(0.5, 12);
    expect(dot(20)).toEqual([1, 0]);
    const spiral = await mask(fourierFilter, { kind: 'spiral' });
    expect(phase(spiral(0, 12))).toBeCloseTo(Math.PI / 2, 12);
  });
});

describe('coated window', () => {
  const passed = async (params: Params) => {
    const { value, data } = await evaluate(
      {
        source: stage(planeWave, { wavelength: 587.6e-9 }),
        window: stage(coatedWindow, params, 'source'),
      },
      small,
    );
    const lit = await evaluate({ source: stage(planeWave, { wavelength: 587.6e-9 }) }, small);
    expect(value.kind).toBe('field');
    return ((data[0] ?? 0) ** 2 + (data[1] ?? 0) ** 2) / (lit.data[0] ?? 1) ** 2;
  };

  it('loses by Fresnel at each face, and less behind a quarter wave', async () => {
    const n = indexOf('nBk7', constantScalar(587.6e-9)).value;
    const loss = ((n - 1) / (n + 1)) ** 2;
    expect(await passed({ coating: 'none' })).toBeCloseTo((1 - loss) / (1 + loss), 12);
    expect(await passed({ coating: 'none', bothFaces: false })).toBeCloseTo(1 - loss, 12);
    const quarter = 587.6e-9 / 4 / 1.38;
    const coated = ((n - 1.38 ** 2) / (n + 1.38 ** 2)) ** 2;
    expect(await passed({ coating: 'single', thickness: quarter })).toBeCloseTo(
      (1 - coated) / (1 + coated),
      12,
    );
  });

  it('mirrors with pairs of quarter waves', async () => {
    const n = indexOf('nBk7', constantScalar(587.6e-9)).value;
    const films = { thickness: 587.6e-9 / 4 / 1.38, highThickness: 587.6e-9 / 4 / 2.3 };
    const admittance = (2.3 / 1.38) ** 6 * n;
    const reflected = ((1 - admittance) / (1 + admittance)) ** 2;
    // Two equal faces pass Σ T² R^2m = T / (2 - T) of the power.
    expect(await passed({ coating: 'pairs', pairs: 3, ...films })).toBeCloseTo(
      (1 - reflected) / (1 + reflected),
      12,
    );
  });
});

describe('diffuser', () => {
  const grid = { samples: 128, pitch: 10e-6 };
  const heights = async (params: Params) => {
    const t = await mask(diffuser, { strength: 0.3, grain: 60e-6, ...params }, grid);
    return (column: number, row: number) => phase(t(column, row)) / 0.3;
  };

  it('has the RMS and the correlation it is asked for', async () => {
    let [square, beside] = [0, 0];
    let count = 0;
    for (const seed of [1, 2, 3, 4]) {
      const h = await heights({ seed });
      for (let row = -60; row < 60; row += 3) {
        for (let column = -60; column < 54; column += 3) {
          square += h(column, row) ** 2;
          beside += h(column, row) * h(column + 6, row);
          count++;
        }
      }
    }
    // 4 surfaces of some 20 x 20 grains and 96 waves: 5 % of the variance.
    expect(Math.abs(square / count - 1)).toBeLessThan(0.1);
    expect(Math.abs(beside / square - Math.exp(-1))).toBeLessThan(0.06);
  });

  it('is the same surface for the same seed on any grid, another for another seed', async () => {
    const one = await heights({});
    const finer = await mask(diffuser, { strength: 0.3, grain: 60e-6 }, { samples: 65, pitch: 20e-6 });
    expect(phase(finer(5, -8)) / 0.3).toBeCloseTo(one(10, -16), 10);
    const other = await heights({ seed: 2 });
    expect(Math.abs(other(10, -16) - one(10, -16))).toBeGreaterThan(0.01);
  });
});
