import { describe, expect, it } from 'vitest';
import type { ElementSpec, ParamSpec, ParamValue } from './element.ts';
import { camera } from './elements/detection/camera.ts';
import { interference } from './elements/interferometers/interference.ts';
import { fourierLens } from './elements/lenses/fourierLens.ts';
import { attenuator } from './elements/masks/attenuator.ts';
import { freeformAmplitude } from './elements/masks/freeformAmplitude.ts';
import { freeformPhase } from './elements/masks/freeformPhase.ts';
import { changeGrid } from './elements/propagation/changeGrid.ts';
import { pupil } from './elements/pupils/pupil.ts';
import { thinObject } from './elements/samples/thinObject.ts';
import { planeWave } from './elements/sources/planeWave.ts';
import { spectralLines } from './elements/sources/spectrumParams.ts';
import { lineShape, type ShapeName } from './maths/spectra.ts';
import { createFloat64Kernels } from './ops/kernels.f64.ts';
import { Ops } from './ops/ops.ts';
import { constantScalar, parameterScalar } from './ops/scalar.ts';
import { samplingNotes } from './spectral.ts';
import { type Chain, runChain, type Setting } from './testChain.ts';
import { evaluate, stage } from './testSupport.ts';

const SHAPES: readonly ShapeName[] = ['gaussian', 'lorentzian', 'led', 'flat'];

describe.each(SHAPES)('a %s line shape', (name) => {
  it.each([1, 2, 7, 32])('of %d lines has weights of sum 1 around its middle', (count) => {
    const { offsets, weights } = lineShape(name, count);
    expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 13);
    expect(offsets.reduce((sum, x, i) => sum + x * (weights[i] ?? 0), 0)).toBeCloseTo(0, 12);
  });
});

describe('widths', () => {
  /** Full width at half maximum of the density that the lines stand for: weight per distance between neighbours. */
  function fullWidth(name: ShapeName): number {
    const { offsets, weights } = lineShape(name, 2001);
    const density = offsets.map((x, i) => {
      const [before = x, after = x] = [offsets[i - 1], offsets[i + 1]];
      return (2 * (weights[i] ?? 0)) / (after - before);
    });
    const inner = density.slice(1, -1);
    const half = Math.max(...inner) / 2;
    const first = inner.findIndex((value) => value >= half);
    const last = inner.length - 1 - [...inner].reverse().findIndex((value) => value >= half);
    return (offsets[last + 1] ?? 0) - (offsets[first + 1] ?? 0);
  }

  it.each(['gaussian', 'lorentzian', 'led'] as const)('a %s has full width 1 at half maximum', (name) => {
    // Two steps of 2001 lines over 3.5 widths at most.
    expect(Math.abs(fullWidth(name) - 1)).toBeLessThan(4e-3);
  });

  it.each(['gaussian', 'led'] as const)(
    'a %s loses less than 1e-3 of its light beyond its last line',
    (name) => {
      const { offsets } = lineShape(name, 2);
      const reach = 2 * Math.abs(offsets[0] ?? 0);
      // Half maximum of (g + 2 g⁵)/3, g = exp(-x²), is at x = 0.459.
      const unit = name === 'led' ? 2 * 0.459 : 2 * Math.sqrt(Math.LN2);
      const density = (x: number) => {
        const g = Math.exp(-((unit * x) ** 2));
        return name === 'led' ? (g + 2 * g ** 5) / 3 : g;
      };
      const sum = (from: number) => {
        let area = 0;
        for (let x = from + 5e-4; x < 8; x += 1e-3) area += density(x);
        return area;
      };
      expect(sum(reach) / sum(0)).toBeLessThan(1e-3);
    },
  );

  it('a Gaussian has the variance 1/(8 ln 2), a band 1/12', () => {
    const variance = (name: ShapeName) => {
      const { offsets, weights } = lineShape(name, 64);
      return offsets.reduce((sum, x, i) => sum + x * x * (weights[i] ?? 0), 0);
    };
    // Cut where 1e-3 of the light is left, and 1.2 % of its variance; midpoints of 64 strips of a band.
    expect(Math.abs(variance('gaussian') * 8 * Math.LN2 - 1)).toBeLessThan(0.02);
    expect(Math.abs(variance('flat') * 12 - 1)).toBeLessThan(1e-3);
  });
});

type Values = Record<string, ParamValue<ParamSpec>>;

/** Lines of a spectrum; with slots for centre (0), bandwidth (1) and temperature (2). */
function lines(spectrum: string, change: readonly [number, number, number] = [0, 0, 0]) {
  const params: Values = {
    wavelength: parameterScalar(550e-9 + change[0], 0),
    bandwidth: parameterScalar(200e-9 + change[1], 1),
    temperature: parameterScalar(3000 + change[2], 2),
    spectrum,
    spectralLines: 6,
  };
  return spectralLines(params);
}

describe('lines of a source', () => {
  it.each(['gaussian', 'lorentzian', 'led', 'flat', 'blackBody'])(
    'of a %s spectrum keep the derivatives of wavelengths and weights',
    (spectrum) => {
      const found = lines(spectrum);
      expect(found.reduce((sum, { weight }) => sum + weight.value, 0)).toBeCloseTo(1, 13);
      [0.1e-9, 0.1e-9, 1].forEach((h, slot) => {
        const step = [0, 0, 0] as [number, number, number];
        step[slot] = h;
        const back = step.map((value) => -value) as [number, number, number];
        const [ahead, behind] = [lines(spectrum, step), lines(spectrum, back)];
        found.forEach((line, i) => {
          for (const quantity of ['wavelength', 'weight'] as const) {
            const [up, down] = [ahead[i]?.[quantity].value ?? 0, behind[i]?.[quantity].value ?? 0];
            const slope = line[quantity].partials.get(slot) ?? 0;
            const scale = quantity === 'wavelength' ? 1 : 1 / (slot === 2 ? 3000 : 550e-9);
            // Second-order difference over 2e-4 of the centre or 3e-4 of the temperature: 1e-6.
            expect(Math.abs((up - down) / (2 * h) - slope)).toBeLessThan(
              1e-6 * Math.max(scale, Math.abs(slope)),
            );
          }
        });
      });
    },
  );

  it('of a black body follow Planck’s law', () => {
    const found = lines('blackBody');
    // h c / k = 1.438776877e-2 m K (CODATA 2018).
    const radiance = (l: number) => l ** -5 / (Math.exp(1.438776877e-2 / (l * 3000)) - 1);
    const [first, last] = [found[0], found[5]];
    const [a, b] = [first?.wavelength.value ?? 1, last?.wavelength.value ?? 1];
    expect(b - a).toBeCloseTo((200e-9 * 5) / 6, 15);
    const ratio = (last?.weight.value ?? 0) / (first?.weight.value ?? 1);
    expect(ratio / (radiance(b) / radiance(a))).toBeCloseTo(1, 12);
  });

  it('of a line or of no width is one', () => {
    expect(lines('line')).toHaveLength(1);
    const still: Values = {
      wavelength: constantScalar(5e-7),
      bandwidth: constantScalar(0),
      temperature: constantScalar(300),
      spectrum: 'led',
      spectralLines: 9,
    };
    expect(spectralLines(still)).toHaveLength(1);
  });
});

describe('light of many wavelengths', () => {
  const grid = { samples: 24, pitch: 20e-6 };
  const seen = (source: Record<string, Setting>): Chain => ({
    source: stage(planeWave, source),
    pupil: stage(pupil, { numericalAperture: 0.5, zernike: { 4: 40e-9 } }, 'source'),
    camera: stage(camera, { rows: 9, columns: 9, pixelPitch: 0.2e-6 }, 'pupil'),
  });

  it('makes the weighted sum of the images of each', async () => {
    const source = {
      wavelength: 550e-9,
      spectrum: 'blackBody',
      bandwidth: 300e-9,
      temperature: 4000,
      spectralLines: 5,
    };
    const white = await evaluate(seen(source), grid);
    const found = spectralLines({
      ...source,
      wavelength: constantScalar(550e-9),
      bandwidth: constantScalar(300e-9),
      temperature: constantScalar(4000),
    });
    const sum = new Float64Array(81);
    for (const { wavelength, weight } of found) {
      const { data } = await evaluate(seen({ wavelength: wavelength.value }), grid);
      data.forEach((value, i) => {
        sum[i] = (sum[i] ?? 0) + weight.value * value;
      });
    }
    const peak = Math.max(...sum);
    white.data.forEach((value, i) => {
      // Float64 rounding of five sums.
      expect(Math.abs(value - (sum[i] ?? 0)) / peak).toBeLessThan(1e-13);
    });
  });

  it.each([
    [{ wavelength: 532e-9 }, { wavelength: 633e-9 }],
    [{ spectrum: 'led' }, { spectrum: 'gaussian' }],
    [{ spectrum: 'led' }, { wavelength: 633e-9 }],
  ])('of two sources does not interfere where their wavelengths differ (%o, %o)', async (first, second) => {
    const chain: Chain = {
      first: stage(planeWave, first as Record<string, Setting>),
      second: stage(planeWave, { tiltX: 1e-3, ...second }),
      sum: stage(interference, {}, { scattered: 'second', reference: 'first' }),
    };
    await expect(evaluate(chain, grid)).rejects.toThrow(/different wavelengths/);
  });
});

describe('notes on the sampling of light with a spectrum', () => {
  it('are those of all wavelengths, each kind once', () => {
    const source = stage(planeWave, {
      wavelength: 500e-9,
      spectrum: 'flat',
      bandwidth: 200e-9,
      spectralLines: 2,
    });
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const light = runChain(ops, { source }, { samples: 8, pitch: 1e-5 })['source'];
    const note = { severity: 'info', fix: 'Nothing.' } as const;
    const talker: ElementSpec = {
      ...attenuator,
      sampling: ({ in: value }) => {
        const length = value?.kind === 'field' ? value.wavelength.value : 0;
        const common = { ...note, message: `One sample is ${(length * 1e9).toFixed(0)} nm wide.` };
        const rest = { ...note, message: 'Short waves only.' };
        return length > 500e-9
          ? [{ ...note, severity: 'error', message: 'Long waves only.' }, common]
          : [common, rest, { ...rest, message: 'Much is wrong.' }];
      },
    };
    const found = samplingNotes(talker, { in: light }, {}, { samples: 8, pitch: 1e-5 });
    expect(found.map(({ message }) => message)).toHaveLength(4);
    expect(found.filter(({ message }) => message.startsWith('One'))).toHaveLength(1);
    expect(found.map(({ severity }) => severity)).toContain('error');
    ops.close(scope);
  });
});

describe('a map behind a Fourier lens, whose windows differ between wavelengths', () => {
  it('warns that it grows with the colour, unless all wavelengths are brought to one grid', () => {
    const grid = { samples: 16, pitch: 1e-5 };
    const lamp = { wavelength: 550e-9, spectrum: 'flat', bandwidth: 200e-9, spectralLines: 2 };
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const made = runChain(
      ops,
      {
        source: stage(planeWave, lamp),
        lens: stage(fourierLens, { focalLength: 0.1 }, 'source'),
        same: stage(changeGrid, { target: 'chosen', samples: 16, pitch: 300e-6 }, 'lens'),
      },
      grid,
    );
    const notesAt = (name: string) => {
      const params = { cells: 16, size: constantScalar(0), x: constantScalar(0), y: constantScalar(0) };
      const more = { thickness: constantScalar(0), givenBy: 'path' };
      return [freeformAmplitude, freeformPhase, thinObject].map((mask) =>
        samplingNotes(mask, { in: made[name] }, { ...params, ...more }, grid)
          .map(({ message }) => message)
          .filter((message) => message.includes('grows')),
      );
    };
    // Lines at 500 and 600 nm: windows λ f / pitch.
    const told = expect.stringMatching(/5000 to 6000 µm/);
    expect(notesAt('lens')).toEqual([[told], [told], [told]]);
    expect(notesAt('same')).toEqual([[], [], []]);
    expect(notesAt('source')).toEqual([[], [], []]);
    ops.close(scope);
  });
});
