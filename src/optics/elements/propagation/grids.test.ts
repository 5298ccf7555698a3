import { describe, expect, it } from 'vitest';
import type { ElementSpec } from '../../element.ts';
import { ElementProblem } from '../../problem.ts';
import { brightest, distance, evaluate, intensity, moments, stage, total } from '../../testSupport.ts';
import type { Field } from '../../values.ts';
import { gaussianBeam } from '../sources/gaussianBeam.ts';
import { planeWave } from '../sources/planeWave.ts';
import { changeGrid } from './changeGrid.ts';
import { propagator } from './propagator.ts';
import { tiltedPlane } from './tiltedPlane.ts';

const micro = 1e-6;
const wavelength = 0.5 * micro;
const power = ({ data, value }: Awaited<ReturnType<typeof evaluate>>) =>
  total(intensity(data)) * (value as Field).pitch.value ** 2;

describe('a changed grid', () => {
  const beam = stage(gaussianBeam, { wavelength, waist: 20 * micro, x: 6 * micro });

  it.each([
    [40, 3, 48, 2.5],
    [41, 3, 33, 4],
  ])('shows the same light: %d × %d µm as %d × %d µm', async (samples, pitch, target, newPitch) => {
    const params = { target: 'chosen', samples: target, pitch: newPitch * micro };
    const moved = await evaluate(
      { beam, grid: stage(changeGrid, params, 'beam') },
      { samples, pitch: pitch * micro },
    );
    const own = await evaluate({ beam }, { samples: target, pitch: newPitch * micro });
    // The beam is cut at exp(-9) of its amplitude by the window.
    expect(distance(moved.data, own.data) / Math.max(...own.data)).toBeLessThan(2e-3);
    expect(power(moved)).toBeCloseTo(1, 5);
  });

  it('there and back is the light itself where nothing is lost', async () => {
    const chain = {
      beam,
      finer: stage(changeGrid, { target: 'chosen', samples: 64, pitch: 1.5 * micro }, 'beam'),
      back: stage(changeGrid, {}, 'finer'),
    };
    const back = await evaluate(chain, { samples: 32, pitch: 3 * micro });
    const start = await evaluate({ beam }, { samples: 32, pitch: 3 * micro });
    // The same frequencies both ways, but those of the beam's step of 1e-3 at the border.
    expect(distance(back.data, start.data) / Math.max(...start.data)).toBeLessThan(2e-3);
  });

  it('pads with darkness and crops', async () => {
    const pad = (samples: number) => stage(changeGrid, { target: 'pad', samples }, 'beam');
    const wide = await evaluate({ beam, grid: pad(50) }, { samples: 32, pitch: 3 * micro });
    const start = await evaluate({ beam }, { samples: 32, pitch: 3 * micro });
    expect(power(wide)).toBeCloseTo(power(start), 12);
    expect(brightest({ data: intensity(wide.data), shape: wide.shape })).toEqual([0, 2]);
    const cut = await evaluate({ beam, grid: pad(10) }, { samples: 32, pitch: 3 * micro });
    expect(power(cut)).toBeLessThan(power(start));
  });

  it('never gains power, whatever the pitch', async () => {
    const wave = stage(planeWave, { wavelength });
    const before = power(await evaluate({ wave }, { samples: 16, pitch: 3 * micro }));
    for (const pitch of [1.1, 2.3, 2.9, 3.1, 5, 11]) {
      const params = { target: 'chosen', samples: 60, pitch: pitch * micro };
      const moved = await evaluate(
        { wave, grid: stage(changeGrid, params, 'wave') },
        { samples: 16, pitch: 3 * micro },
      );
      expect(power(moved) / before).toBeLessThan(1 + 1e-12);
      expect(power(moved) / before).toBeGreaterThan(0.5);
    }
  });
});

describe('a tilted plane', () => {
  const grid = { samples: 48, pitch: 0.5 * micro };

  it.each([
    ['x', { tiltX: 0.3 }],
    ['y', { tiltY: -0.3 }],
  ])('makes a wave axial that is tilted as it is, towards %s', async (towards, tilts) => {
    const angle = towards === 'x' ? 0.3 : -0.3;
    const chain = {
      wave: stage(planeWave, { wavelength, ...tilts }),
      plane: stage(tiltedPlane, { angle, towards, around: 'normal' }, 'wave'),
    };
    const { data } = await evaluate(chain, grid);
    const start = await evaluate({ wave: chain.wave }, grid);
    // In the middle, away from the fringes of the window's edges: no phase is left of 0.3 · 2π per sample.
    const phases = Array.from({ length: 9 }, (_, i) => {
      const at = 2 * ((20 + i) * 48 + 28 - i);
      return Math.atan2(data[at + 1] ?? 0, data[at] ?? 0);
    });
    const spread = Math.max(...phases) - Math.min(...phases);
    expect(spread).toBeLessThan(0.15);
    expect(total(intensity(data))).toBeLessThan(total(intensity(start.data)));
  });

  it.each(['x', 'y'])(
    'sees a beam stretched by 1/cos α towards %s, with all of its power',
    async (towards) => {
      const chain = {
        beam: stage(gaussianBeam, { wavelength, waist: 12 * micro }),
        plane: stage(tiltedPlane, { angle: 0.8, towards }, 'beam'),
      };
      const made = await evaluate(chain, { samples: 64, pitch: 1.5 * micro });
      const seen = moments({ data: intensity(made.data), shape: made.shape });
      const [long, short] =
        towards === 'x' ? [seen.varianceX, seen.varianceY] : [seen.varianceY, seen.varianceX];
      // The beam grows by (z/zR)² over the plane's depth, z up to ±12 µm of 900 µm.
      expect(Math.sqrt(short) * 1.5).toBeCloseTo(6, 2);
      expect(Math.sqrt(long) * 1.5).toBeCloseTo(6 / Math.cos(0.8), 2);
      expect(power(made)).toBeCloseTo(1, 3);
    },
  );

  it('lies where free space comes to: a focus moves over a tilted screen', async () => {
    // Light 30 µm off the axis meets the plane 30 µm · tan α before or behind it.
    const angle = 0.5;
    const beam = stage(gaussianBeam, { wavelength, waist: 4 * micro, x: 20 * micro });
    const params = { angle, towards: 'x' };
    const made = await evaluate(
      { beam, plane: stage(tiltedPlane, params, 'beam') },
      { samples: 64, pitch: 1.5 * micro },
    );
    const z = -20 * micro * Math.tan(angle);
    const space = stage(propagator, { distance: z }, 'beam');
    const there = await evaluate({ beam, space }, { samples: 64, pitch: 1.5 * micro });
    const [a, b] = [made, there].map(({ data, shape }) => moments({ data: intensity(data), shape }));
    expect((a?.x ?? 0) * 1.5).toBeCloseTo(20 / Math.cos(angle), 1);
    expect(a?.varianceY ?? 0).toBeCloseTo(b?.varianceY ?? 1, 1);
  });

  it('cuts a beam before or behind its waist: across the tilt it is as wide as there', async () => {
    const [angle, waist, pitch, samples] = [0.8, 1.5 * micro, 0.5 * micro, 64];
    // The column 12 µm along the plane lies at 12 µm · cos α beside the axis and 12 µm · sin α before it.
    const beam = stage(gaussianBeam, { wavelength, waist, x: 12 * micro * Math.cos(angle) });
    const plane = stage(tiltedPlane, { angle, towards: 'x' }, 'beam');
    const { data } = await evaluate({ beam, plane }, { samples, pitch });
    const seen = intensity(data);
    const column = Float64Array.from({ length: samples }, (_, row) => seen[row * samples + 32 + 24] ?? 0);
    const { varianceY } = moments({ data: column, shape: [samples, 1] });
    const range = (Math.PI * waist ** 2) / wavelength;
    const radius = waist * Math.hypot(1, (12 * micro * Math.sin(angle)) / range);
    // Paraxial to θ² of 0.1 rad.
    expect((2 * Math.sqrt(varianceY) * pitch) / radius).toBeGreaterThan(0.98);
    expect((2 * Math.sqrt(varianceY) * pitch) / radius).toBeLessThan(1.02);
  });
});

describe('fields that meet', () => {
  // An element with two inputs: what it does with them does not matter.
  const meeting: ElementSpec = {
    ...changeGrid,
    type: 'meeting',
    inputs: { a: { accepts: ['field'], title: 'A' }, b: { accepts: ['field'], title: 'B' } },
    params: {},
    forward: (inputs) => ({ out: inputs['a'] as Field }),
  };
  const source = stage(planeWave, { wavelength });
  const shorter = stage(changeGrid, { target: 'pad', samples: 12 }, 'source');
  const coarser = stage(changeGrid, { target: 'chosen', pitch: 5 * micro }, 'source');

  it.each([
    ['another number of samples', shorter, '12 samples of 3 µm'],
    ['another pitch', coarser, '16 samples of 5 µm'],
  ])('with %s are refused, with what to do', async (_, other, words) => {
    const chain = { source, other, meet: stage(meeting, {}, { a: 'source', b: 'other' }) };
    const refusal = await evaluate(chain, { samples: 16, pitch: 3 * micro }).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(ElementProblem);
    if (refusal instanceof ElementProblem) {
      expect(refusal.message).toContain(words);
      expect(refusal.fix).toContain(changeGrid.title);
    }
    const back = stage(changeGrid, {}, 'other');
    const repaired = { ...chain, back, meet: stage(meeting, {}, { a: 'source', b: 'back' }) };
    expect((await evaluate(repaired, { samples: 16, pitch: 3 * micro })).shape).toEqual([16, 16]);
  });
});
