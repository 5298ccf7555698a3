import { describe, expect, it } from 'vitest';
import { besselJ1 } from '../../optics/maths/bessel.ts';
import { registry } from '../catalogue.ts';
import { setAt } from '../paths.ts';
import { validate } from '../validate.ts';
import { beadAt, findBeads } from './beads.ts';
import { boxAround, boxHalf, planeStep } from './box.ts';
import { calibrationFields, calibrationKey, sourceNow } from './calibration.ts';
import { estimateCamera } from './cameraEstimate.ts';
import { designFor, KINDS, likelyKind, targetOf } from './kinds.ts';
import { countUnknowns, currentRung, defaultRung, rungsOf, rungWarning } from './ladder.ts';
import { givenPixels, pixelFacts } from './pixels.ts';
import { checkWidth, expectedWidth, measuredWidth } from './pointWidth.ts';

/** Noise that is the same every time: a counter mixed by multiplications (as in MurmurHash's finish). */
function uniform(seed: number): () => number {
  let count = seed;
  return () => {
    count += 1;
    let mixed = Math.imul(count ^ (count >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (((mixed ^ (mixed >>> 16)) >>> 0) + 0.5) / 2 ** 32;
  };
}

function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}

function image(ny: number, nx: number, at: (x: number, y: number) => number, level: number | null = null) {
  const data = Float32Array.from({ length: ny * nx }, (_, i) => at(i % nx, Math.floor(i / nx)));
  return givenPixels([ny, nx], data, level);
}

describe('the camera from one image', () => {
  const noisy = (gain: number, offset: number, readNoise: number, dark: number, bright: number) => {
    const next = uniform(3);
    return image(256, 256, (x) => {
      const electrons = dark + ((bright - dark) * x) / 255;
      // Normal in place of Poisson: 20 electrons and more.
      const counts = gain * (electrons + Math.sqrt(electrons) * normal(next)) + readNoise * normal(next);
      return Math.round(offset + counts);
    });
  };

  it('is found where the brightness varies', () => {
    const estimate = estimateCamera(noisy(2.2, 100, 3.5, 20, 400));
    // 65 thousand pixels in a dozen bins: a slope to about 2 %; the offset is that far off times the mean of 460.
    expect(Math.abs((estimate?.gain ?? 0) / 2.2 - 1)).toBeLessThan(0.06);
    expect(Math.abs((estimate?.offset ?? 0) - 100)).toBeLessThan(12);
    expect(estimate?.readNoise).toBeCloseTo(1.6 * (estimate?.gain ?? 0), 9);
  });

  it('is left open where the image is even', () => {
    expect(estimateCamera(noisy(2.2, 100, 3.5, 100, 100))).toBeNull();
  });
});

describe('what a file holds', () => {
  it('counts saturated pixels and those that are no numbers', () => {
    const values = Float32Array.of(1, 2, 3, 255, 255, Number.NaN);
    const facts = pixelFacts({ data: values, level: 255 });
    expect(facts).toMatchObject({
      least: 1,
      most: 255,
      median: 3,
      saturated: 2,
      notNumbers: 1,
      isWhole: true,
    });
    expect(pixelFacts({ data: Float32Array.of(0.5, 1), level: null }).isWhole).toBe(false);
  });

  it('leads to a guess of what it is', () => {
    expect(likelyKind('depth', 100, 90)).toBe('beadStack');
    expect(likelyKind('none', 900, 100)).toBe('bead');
    expect(likelyKind('none', 150, 100)).toBe('hologram');
    expect(likelyKind('time', 900, 100)).toBe('emitterMovie');
    expect(likelyKind('time', 150, 100)).toBe('sphereMovie');
  });
});

describe('bright spots', () => {
  const spot = (x: number, y: number, cx: number, cy: number, height: number) =>
    height * Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * 1.3 ** 2));
  const next = uniform(5);
  const field = image(
    120,
    160,
    (x, y) =>
      100 +
      4 * normal(next) +
      spot(x, y, 40.3, 30.6, 800) +
      spot(x, y, 120, 40, 70) +
      spot(x, y, 150, 100, 600) +
      spot(x, y, 50, 92, 500) +
      spot(x, y, 62, 95, 400) +
      spot(x, y, 105, 85, 3000),
    2000,
  );
  const found = findBeads(field, { width: 3, half: 14 });
  const near = (x: number, y: number) => found.find((bead) => Math.hypot(bead.x - x, bead.y - y) < 2);

  it('are found with their centres, the brightest first', () => {
    expect(found[0]).toBe(near(105, 85));
    // Noise of 4 under a height of 800 moves the centroid of 49 pixels by some hundredths.
    expect(near(40.3, 30.6)?.x).toBeCloseTo(40.3, 0);
    expect(near(40.3, 30.6)?.fault).toBeNull();
    expect(found).toHaveLength(6);
  });

  it.each([
    ['edge', 150, 100],
    ['neighbour', 50, 92],
    ['neighbour', 62, 95],
    ['saturated', 105, 85],
  ] as const)('that cannot be fitted say why: %s', (fault, x, y) => {
    expect(near(x, y)?.fault).toBe(fault);
  });

  it('that are faint are named and not taken', () => {
    const weak = image(80, 80, (x, y) => 100 + 4 * normal(next) + spot(x, y, 40, 40, 18));
    expect(findBeads(weak, { width: 3, half: 14 }).map(({ fault }) => fault)).toContain('faint');
  });

  it('can be made where somebody points', () => {
    const made = beadAt(field, { width: 3, half: 14 }, 41, 31);
    expect(made.x).toBeCloseTo(40.3, 0);
    expect(made.fault).toBeNull();
  });
});

describe('the width of a point', () => {
  const optics = { numericalAperture: 0.85, wavelength: 520e-9, pitch: 130e-9, blur: 0 };
  const airy = (x: number, y: number) => {
    const v =
      (2 * Math.PI * optics.numericalAperture * Math.hypot(x - 32.3, y - 31.8) * optics.pitch) /
      optics.wavelength;
    return 100 + 5000 * (v === 0 ? 1 : (2 * besselJ1(v)) / v) ** 2;
  };

  it('is that of the Airy disc', () => {
    const measured = measuredWidth(image(64, 64, airy), { x: 32, y: 32 }, 20) ?? Number.NaN;
    // 0.514497 λ/NA = 2.42 px; the highest pixel is not the top, and lines between pixels cut the corners: 8 %.
    expect(Math.abs(measured / 2.421 - 1)).toBeLessThan(0.08);
    expect(checkWidth(measured, optics)).toMatchObject({ verdict: 'good' });
  });

  it('adds blur and pixel as squares', () => {
    const alone = expectedWidth(optics);
    expect(expectedWidth({ ...optics, blur: 0.6 })).toBeCloseTo(Math.hypot(alone, 2.3548 * 0.6), 3);
  });

  it('tells a wrong pixel size by its factor', () => {
    const blurred = { ...optics, blur: 0.6 };
    const wide = checkWidth(expectedWidth(blurred), { ...blurred, pitch: 4 * optics.pitch });
    expect(wide).toMatchObject({ verdict: 'wrong' });
    expect(wide.sentence).toContain('4 times too wide');
    expect(checkWidth(0.4 * expectedWidth(optics), optics).sentence).toContain('2.5 times narrower');
    expect(checkWidth(1.9 * expectedWidth(optics), optics).verdict).toBe('doubtful');
  });
});

describe('the part that is fitted', () => {
  it('keeps to the image and to what a fit needs', () => {
    expect(boxAround({ ny: 100, nx: 100 }, { x: 50, y: 3 }, 10)).toEqual({ x0: 40, x1: 61, y0: 0, y1: 21 });
    expect(boxAround({ ny: 15, nx: 100 }, { x: 98, y: 7 }, 10)).toEqual({ x0: 79, x1: 100, y0: 0, y1: 15 });
    expect([planeStep(25), planeStep(26), planeStep(101)]).toEqual([1, 1, 4]);
  });

  it('grows with the depth of the stack', () => {
    const air = {
      numericalAperture: 0.85,
      wavelength: 520e-9,
      refractiveIndex: 1,
      pitch: 130e-9,
      step: 0.3e-6,
    };
    // The cone of three quarters of 3.6 µm at 58.2°: 4.36 µm; four times λ/NA: 2.45 µm; together 52 pixels.
    expect(boxHalf({ ...air, planes: 25 })).toBe(52);
    expect(boxHalf({ ...air, planes: 1 })).toBe(19);
  });
});

describe.each(KINDS.filter(({ kind }) => kind !== 'known'))('the design for: $title', ({ kind }) => {
  const design = designFor(kind, 'Mine');
  if (design === null) throw new Error('There is a design for every kind but the own one.');

  it('is whole but for its image', () => {
    expect(design.title).toBe('Mine');
    expect(targetOf(design)?.params).toEqual({});
    expect(
      validate(design, registry).filter(
        ({ severity, paramId }) => severity === 'error' && paramId !== 'image',
      ),
    ).toEqual([]);
  });

  it('has rungs of ever more unknowns, the first try among them', () => {
    const rungs = rungsOf(kind, design);
    const counts = rungs.map(({ learn }) => countUnknowns(learn, 1));
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(rungs.map(({ id }) => id)).toContain(defaultRung(kind));
    const [first] = rungs;
    expect(currentRung(rungs, { learn: (first?.learn ?? []).toReversed() })).toBe(first?.id);
    expect(currentRung(rungs, { learn: ['bead.x'] })).toBeNull();
  });

  it('knows who gave its numbers', () => {
    const fields = calibrationFields(design, registry, kind);
    expect(fields.map(({ param }) => param)).toEqual(expect.arrayContaining(['wavelength', 'pixelPitch']));
    const given = { 'pupil.numericalAperture': { value: 0.5, source: 'example' } } as const;
    const entered = setAt(design, registry, 'pupil.numericalAperture', 0.7);
    expect(sourceNow(entered, registry, given, 'pupil.numericalAperture')).toBe('entered');
    const kept = setAt(design, registry, 'pupil.numericalAperture', 0.5);
    expect(sourceNow(kept, registry, given, 'pupil.numericalAperture')).toBe('example');
    expect(calibrationKey(entered, registry, fields)).not.toBe(calibrationKey(kept, registry, fields));
  });
});

it('says what one plane cannot tell', () => {
  expect(rungWarning('bead', 'low', 1)).toContain('One plane cannot tell the sign');
  expect(rungWarning('beadStack', 'high', 7)).toContain('direction of the stage');
  expect(rungWarning('bead', 'focus', 1)).toBeNull();
});
