import { describe, expect, it } from 'vitest';
import type { ElementSpec, Inputs, Outputs, ParamSpec, ParamValue } from '../../element.ts';
import { createFloat64Kernels } from '../../ops/kernels.f64.ts';
import { Ops } from '../../ops/ops.ts';
import { constantScalar, parameterScalar } from '../../ops/scalar.ts';
import { forwardSpectrum, samplingNotes } from '../../spectral.ts';
import { distance } from '../../testSupport.ts';
import type { Field, PortValue } from '../../values.ts';
import { camera } from '../detection/camera.ts';
import { aperture } from '../masks/aperture.ts';
import { linearPolariser } from '../polarisation/linearPolariser.ts';
import { polarisingBeamSplitter } from '../polarisation/polarisingBeamSplitter.ts';
import { mieSphere } from '../samples/mieSphere.ts';
import { gaussianBeam } from '../sources/gaussianBeam.ts';
import { planeWave } from '../sources/planeWave.ts';
import { schellBeam } from '../sources/schellBeam.ts';
import { beamCombiner } from './beamCombiner.ts';
import { beamSplitter } from './beamSplitter.ts';
import { demodulation } from './demodulation.ts';
import { interference } from './interference.ts';
import { mirror } from './mirror.ts';

const GRID = { samples: 32, pitch: 20e-6 };
/** Rounding of sums of 1024 float64 products. */
const ROUNDING = 1e-12;

/** Elements of a bench called one by one: all outputs can be reached. */
class Bench {
  readonly ops = new Ops(createFloat64Kernels());
  private readonly scope = this.ops.open();

  run(
    spec: ElementSpec,
    inputs: Inputs = {},
    settings: Readonly<Record<string, number | string>> = {},
    nodeId = spec.type,
  ): Outputs {
    const params: Record<string, ParamValue<ParamSpec>> = {};
    for (const [name, param] of Object.entries(spec.params)) {
      const setting = settings[name] ?? ('default' in param && param.kind !== 'table' ? param.default : 0);
      params[name] = param.kind === 'quantity' ? constantScalar(Number(setting)) : setting;
    }
    const perPlane = () => [];
    return forwardSpectrum(spec, inputs, params, {
      ops: this.ops,
      grid: GRID,
      nodeId,
      planes: null,
      share: null,
      every: 1,
      perPlane,
    });
  }

  async power(value: PortValue | undefined): Promise<number> {
    const { samples, pitch } = asField(value);
    const [data = []] = await this.ops.read([samples]);
    return Array.from(data).reduce((sum, each) => sum + each * each, 0) * pitch.value ** 2;
  }

  async irradiance(value: PortValue | undefined): Promise<Float64Array> {
    const [data = []] = await this.ops.read([this.ops.absSquared(asField(value).samples)]);
    return Float64Array.from(data);
  }

  /** Irradiance summed over the parts. */
  async brightness(value: PortValue | undefined): Promise<Float64Array> {
    const all = await this.irradiance(value);
    const size = GRID.samples ** 2;
    return Float64Array.from({ length: size }, (_, i) => {
      let sum = 0;
      for (let at = i; at < all.length; at += size) sum += all[at] ?? 0;
      return sum;
    });
  }

  close(): void {
    this.ops.close(this.scope);
  }
}

function asField(value: PortValue | undefined): Field {
  if (value?.kind !== 'field') throw new Error('Not a field.');
  return value;
}

async function onBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = new Bench();
  try {
    await work(bench);
  } finally {
    bench.close();
  }
}

function inputs(ports: Readonly<Record<string, PortValue | undefined>>): Inputs {
  return ports;
}

describe('a beam splitter', () => {
  it.each([
    [0.5, 0.5, 0.5],
    [0.04, 0.96, 0.04],
    [0, 1, 0],
    [1, 0, 1],
  ])('of reflectance %s sends %s straight on and %s to the side', async (reflectance, straight, aside) => {
    await onBench(async (bench) => {
      const source = bench.run(gaussianBeam, {}, { waist: 100e-6 })['out'];
      const all = await bench.power(source);
      const split = bench.run(beamSplitter, inputs({ in: source }), { reflectance });
      const [a, b] = [await bench.power(split['transmitted']), await bench.power(split['reflected'])];
      expect(Math.abs(a / all - straight)).toBeLessThan(ROUNDING);
      expect(Math.abs(b / all - aside)).toBeLessThan(ROUNDING);
    });
  });

  it('for polarisations separates Ex from Ey and keeps their sum, leak or not', async () => {
    await onBench(async (bench) => {
      const source = bench.run(gaussianBeam, {}, { waist: 100e-6, polarizationAngle: 0.3 })['out'];
      const all = await bench.power(source);
      for (const leak of [0, 0.02]) {
        const split = bench.run(polarisingBeamSplitter, inputs({ in: source }), { leak });
        const [a, b] = [await bench.power(split['transmitted']), await bench.power(split['reflected'])];
        const expected = (1 - leak) * Math.cos(0.3) ** 2 + leak * Math.sin(0.3) ** 2;
        expect(Math.abs(a / all - expected)).toBeLessThan(ROUNDING);
        expect(Math.abs((a + b) / all - 1)).toBeLessThan(ROUNDING);
      }
    });
  });
});

describe('a Mach-Zehnder interferometer', () => {
  it.each([0, 1 / 8, 1 / 4, 1 / 2, 0.7])(
    'with %s waves of path difference shares the power as cos² and sin²',
    async (waves) => {
      await onBench(async (bench) => {
        const source = bench.run(gaussianBeam, {}, { waist: 100e-6, wavelength: 500e-9 })['out'];
        const all = await bench.power(source);
        const split = bench.run(beamSplitter, inputs({ in: source }));
        const delayed = bench.run(mirror, inputs({ in: split['transmitted'] }), {
          pathLength: waves * 500e-9,
        });
        const met = bench.run(beamCombiner, inputs({ a: delayed['out'], b: split['reflected'] }));
        const [one, two] = [await bench.power(met['out']), await bench.power(met['other'])];
        // Both arms equal: all light leaves by the output where each arm was reflected once.
        expect(Math.abs(one / all - Math.sin(Math.PI * waves) ** 2)).toBeLessThan(ROUNDING);
        expect(Math.abs(two / all - Math.cos(Math.PI * waves) ** 2)).toBeLessThan(ROUNDING);
      });
    },
  );

  it('keeps power when the arms are polarised differently, and shows no fringes when they are crossed', async () => {
    await onBench(async (bench) => {
      const light = (polarizationAngle: number) =>
        bench.run(planeWave, {}, { wavelength: 500e-9, polarizationAngle })['out'];
      const powers = async (a: PortValue | undefined, b: PortValue | undefined) => {
        const met = bench.run(beamCombiner, inputs({ a, b }));
        return [await bench.power(met['out']), await bench.power(met['other'])];
      };
      const one = await bench.power(light(0));
      for (const angle of [Math.PI / 2, 0.4]) {
        const [first = 0, second = 0] = await powers(light(0), light(angle));
        expect(Math.abs((first + second) / (2 * one) - 1)).toBeLessThan(ROUNDING);
      }
      const [crossed = 0] = await powers(light(0), light(Math.PI / 2));
      expect(Math.abs(crossed / one - 1)).toBeLessThan(ROUNDING);
      // Scalar light meets light that has Ex and Ey.
      const jones = bench.run(linearPolariser, inputs({ in: light(0) }), { angle: 0 })['out'];
      // A quarter wave on arm a makes up for the reflection of b.
      const [bright = 0, dark = 0] = await powers(
        bench.run(mirror, inputs({ in: light(0) }), { pathLength: 125e-9 })['out'],
        jones,
      );
      expect(Math.abs(dark / (2 * one))).toBeLessThan(ROUNDING);
      expect(Math.abs(bright / (2 * one) - 1)).toBeLessThan(ROUNDING);
    });
  });

  it('refuses arms of different wavelengths', async () => {
    await onBench(async (bench) => {
      const a = bench.run(planeWave, {}, { wavelength: 500e-9 })['out'];
      const b = bench.run(planeWave, {}, { wavelength: 501e-9 })['out'];
      expect(() => bench.run(beamCombiner, inputs({ a, b }))).toThrow(/different wavelengths/);
    });
  });

  it('refuses arms whose equal lines have unlike strengths', async () => {
    await onBench(async (bench) => {
      const lamp = { spectrum: 'blackBody', bandwidth: 200e-9, spectralLines: 3 };
      const a = bench.run(planeWave, {}, { ...lamp, temperature: 1500 })['out'];
      const b = bench.run(planeWave, {}, { ...lamp, temperature: 10000 })['out'];
      expect(() => bench.run(beamCombiner, inputs({ a, b }))).toThrow(/spectra of different shapes/);
      expect(() => bench.run(interference, inputs({ scattered: a, reference: b }))).toThrow(/shapes/);
      expect(() => bench.run(beamCombiner, inputs({ a, b: a }))).not.toThrow();
    });
  });
});

describe('light in parts that do not interfere', () => {
  const beam = (bench: Bench, nodeId: string, highestOrder: number) =>
    bench.run(schellBeam, {}, { waist: 100e-6, highestOrder, wavelength: 500e-9 }, nodeId)['out'];
  const half = { pathLength: 250e-9 };

  it('interferes part by part with itself through two arms', async () => {
    await onBench(async (bench) => {
      const source = beam(bench, 'lamp', 2);
      const split = bench.run(beamSplitter, inputs({ in: source }));
      const delayed = bench.run(mirror, inputs({ in: split['transmitted'] }), half);
      const met = bench.run(beamCombiner, inputs({ a: delayed['out'], b: split['reflected'] }));
      expect(Math.abs((await bench.power(met['out'])) / (await bench.power(source)) - 1)).toBeLessThan(
        ROUNDING,
      );
    });
  });

  it.each([
    ['lamps with equally many parts', 2, 2],
    ['lamps with 6 and 3 parts', 2, 1],
    ['a lamp and a laser', 1, null],
  ] as const)('adds in brightness where it comes from two sources: %s', async (_, order, other) => {
    await onBench(async (bench) => {
      const a = beam(bench, 'first', order);
      const b =
        other === null
          ? bench.run(gaussianBeam, {}, { waist: 90e-6, wavelength: 500e-9 })['out']
          : beam(bench, 'second', other);
      // The splitter's own quarter and this one make what would interfere do so fully.
      const delayed = bench.run(mirror, inputs({ in: b }), { pathLength: 125e-9 });
      const shares = { reflectance: 0.3 };
      const met = bench.run(beamCombiner, inputs({ a, b: delayed['out'] }), shares);
      const [one, two] = [await bench.brightness(a), await bench.brightness(b)];
      const seen = await bench.brightness(met['out']);
      const expected = one.map((each, i) => 0.7 * each + 0.3 * (two[i] ?? 0));
      expect(distance(seen, expected) / Math.max(...expected)).toBeLessThan(ROUNDING);
      // The two outputs consist of the same parts: a second splitter sorts them again.
      const again = bench.run(beamCombiner, inputs({ a: met['out'], b: met['other'] }), { reflectance: 0.7 });
      expect(distance(await bench.brightness(again['out']), two) / Math.max(...two)).toBeLessThan(ROUNDING);
    });
  });

  it('interferes with itself wherever the sources meet first, and is refused where it cannot be sorted', async () => {
    await onBench(async (bench) => {
      const [a, b, c] = [beam(bench, 'first', 2), beam(bench, 'second', 1), beam(bench, 'third', 0)];
      const meet = (one: PortValue | undefined, other: PortValue | undefined) =>
        bench.run(beamCombiner, inputs({ a: one, b: other }));
      // Half of a against i² of the other half, and twice half of i b: all of b leaves here, all of a there.
      const both = meet(meet(a, b)['out'], meet(b, a)['out']);
      for (const [port, source] of [
        ['out', b],
        ['other', a],
      ] as const) {
        const expected = await bench.brightness(source);
        const seen = await bench.brightness(both[port]);
        expect(distance(seen, expected) / Math.max(...expected)).toBeLessThan(ROUNDING);
      }
      const [left, right] = [meet(meet(a, b)['out'], c)['out'], meet(a, meet(b, c)['out'])['out']];
      expect(() => meet(left, right)).toThrow(/same sources, but these met in another order/);
    });
  });

  it('is refused where lights share one of several sources', async () => {
    await onBench(async (bench) => {
      const [a, b] = [beam(bench, 'first', 1), beam(bench, 'second', 1)];
      const met = bench.run(interference, inputs({ scattered: a, reference: b }))['out'];
      expect(() => bench.run(interference, inputs({ scattered: met, reference: a }))).toThrow(
        /shares only some of them/,
      );
    });
  });

  it('is not what two lasers give: all coherent light interferes, as from one laser', async () => {
    await onBench(async (bench) => {
      const settings = { waist: 100e-6 };
      const [a, b] = ['first', 'second'].map((id) => bench.run(gaussianBeam, {}, settings, id)['out']);
      const met = bench.run(interference, inputs({ scattered: a, reference: b }))['out'];
      expect(Math.abs((await bench.power(met)) / (await bench.power(a)) - 4)).toBeLessThan(ROUNDING);
    });
  });
});

describe('a hologram of scattered light', () => {
  it('takes a reference that a mirror delays, and refuses one that is no plane wave any more', async () => {
    await onBench(async (bench) => {
      const source = bench.run(planeWave, {}, { refractiveIndex: 1.33 })['out'];
      const scattered = bench.run(mieSphere, inputs({ in: source }))['out'];
      const delayed = bench.run(mirror, inputs({ in: source }), { pathLength: 200e-9 })['out'];
      const cut = bench.run(aperture, inputs({ in: source }))['out'];
      const hologramOf = (reference: typeof source) =>
        bench.run(interference, inputs({ scattered, reference }))['out'];
      expect(hologramOf(delayed)?.kind).toBe('farField');
      expect(() => hologramOf(cut)).toThrow(/phase or strength/);
    });
  });
});

describe('a turned mirror', () => {
  it('makes fringes λ/θ apart: 0.633 mm for 633 nm and 1 mrad', async () => {
    await onBench(async (bench) => {
      const source = bench.run(planeWave, {}, { wavelength: 633e-9 })['out'];
      const split = bench.run(beamSplitter, inputs({ in: source }));
      // The grid of 0.64 mm holds one period.
      const turned = bench.run(mirror, inputs({ in: split['transmitted'] }), { tiltX: 1e-3 });
      const seen = await bench.irradiance(
        bench.run(beamCombiner, inputs({ a: turned['out'], b: split['reflected'] }))['out'],
      );
      const peak = Math.max(...seen);
      for (let column = 0; column < GRID.samples; column++) {
        const x = (column - 16) * GRID.pitch;
        // The brightest sample lies 3.5 µm from the fringe's maximum: 3e-4 less.
        const expected = Math.sin((Math.PI * x) / (633e-9 / Math.sin(1e-3))) ** 2;
        expect(Math.abs((seen[5 * GRID.samples + column] ?? 0) / peak - expected)).toBeLessThan(4e-4);
      }
    });
  });
});

describe('a delay of light with a spectrum', () => {
  it('warns where the sampled spectrum would bring fringes back', async () => {
    await onBench(async (bench) => {
      // Five lines 6 nm apart at 550 nm: in step again after 550²/6 nm = 50 µm, or a little less at the blue end.
      const spectrum = { wavelength: 550e-9, spectrum: 'flat', bandwidth: 30e-9, spectralLines: 5 };
      const light = bench.run(planeWave, {}, spectrum)['out'];
      const notesAt = (length: number) => {
        const values = { pathLength: length, tiltX: 0, tiltY: 0 };
        const params = Object.fromEntries(
          Object.entries(values).map(([name, value]) => [name, constantScalar(value)]),
        );
        return samplingNotes(mirror, inputs({ in: light }), params, GRID);
      };
      expect(notesAt(23e-6)).toEqual([]);
      expect(notesAt(-26e-6)[0]?.message).toMatch(/5 lines, whose fringes come back every 4\d/);
    });
  });
});

describe('the demodulation of an off-axis hologram', () => {
  it('finds the object wave, amplitude and phase', async () => {
    await onBench(async (bench) => {
      const flat = bench.run(planeWave, {}, { wavelength: 633e-9 })['out'];
      // A wave of half the amplitude, tilted a little and delayed by 1 rad: two cycles across the grid.
      const [lambda, width] = [633e-9, GRID.samples * GRID.pitch];
      const tiltX = Math.asin((2 * lambda) / width);
      const object = bench.run(mirror, inputs({ in: flat }), { tiltX, pathLength: lambda / (2 * Math.PI) });
      // The carrier: 10 cycles across the grid along y.
      const reference = bench.run(mirror, inputs({ in: flat }), { tiltY: Math.asin((10 * lambda) / width) });
      const scattered = object['out'];
      const hologram = bench.run(interference, inputs({ scattered, reference: reference['out'] }), {
        scatteredAmplitude: 0.5,
      });
      const found = bench.run(demodulation, inputs({ in: hologram['out'], reference: reference['out'] }), {
        bandRadius: 5 / width,
      });
      const pixels = { rows: GRID.samples, columns: GRID.samples, pixelPitch: GRID.pitch };
      const image = bench.run(camera, inputs({ in: hologram['out'] }), pixels)['out'];
      const filmed = bench.run(demodulation, inputs({ in: image, reference: reference['out'] }), {
        bandRadius: 5 / width,
      });
      const [seen = [], wanted = [], through = []] = await bench.ops.read([
        asField(found['out']).samples,
        asField(scattered).samples,
        asField(filmed['out']).samples,
      ]);
      const amplitude = Math.hypot(wanted[0] ?? 0, wanted[1] ?? 0);
      expect(distance(seen, through)).toBeLessThan(ROUNDING * amplitude);
      // The reference's darkest share, 1e-4 of its mean, is added to its brightness.
      wanted.forEach((value, i) => {
        expect(Math.abs((seen[i] ?? Number.NaN) - 0.5 * value)).toBeLessThan(1.01e-4 * amplitude);
      });
    });
  });

  it('hands on the derivative by the pixel pitch of its camera', async () => {
    await onBench(async (bench) => {
      const { ops } = bench;
      const run = bench.run.bind(bench);
      ops.mode = 'forward';
      const reference = run(planeWave)['out'];
      const image = run(camera, inputs({ in: reference }), { rows: 32, columns: 32, pixelPitch: 20e-6 })[
        'out'
      ];
      if (image?.kind !== 'image') throw new Error('Not an image.');
      const pitch = parameterScalar(GRID.pitch, 0);
      const known = run(demodulation, inputs({ in: image, reference }))['out'];
      const learnt = run(demodulation, inputs({ in: { ...image, pitch }, reference }))['out'];
      const slope = asField(learnt).samples.tangents.get(0);
      if (slope === undefined) throw new Error('There is no derivative.');
      const tangent = await ops.kernels.readMany([slope]);
      const [value = []] = await ops.read([asField(known).samples]);
      // Irradiance is power over the pixel's area, so that the wave goes with 1/p².
      const expected = Array.from(value, (each) => (-2 / GRID.pitch) * each);
      const largest = Math.max(...expected.map(Math.abs));
      expect(distance(tangent[0] ?? [], expected)).toBeLessThan(ROUNDING * largest);
    });
  });

  it('refuses a hologram that is sampled otherwise', async () => {
    await onBench(async (bench) => {
      const reference = bench.run(planeWave)['out'];
      const pixels = { rows: GRID.samples, columns: GRID.samples - 1, pixelPitch: GRID.pitch };
      const image = bench.run(camera, inputs({ in: reference }), pixels)['out'];
      expect(() => bench.run(demodulation, inputs({ in: image, reference }))).toThrow(/not sampled alike/);
    });
  });
});
