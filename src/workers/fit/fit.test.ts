import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design, DesignImage } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import { beadGoal, beadStack } from '../../graph/examples/beadStack.ts';
import { coatedSphere } from '../../graph/examples/coatedSphere.ts';
import { seidelFit } from '../../graph/examples/seidelFit.ts';
import { sphereGoal, sphereHologram } from '../../graph/examples/sphereHologram.ts';
import type { FitOptions } from '../../graph/fitOptions.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import type { FitProgress, FitResult, ParameterResult } from '../protocol.ts';
import { createSession } from '../session.ts';
import { fitted, smallHologram, smallStack } from '../testDesigns.ts';

const session = await createSession('wasm');
/** From a start inside the basin. */
const NEAR: FitOptions = { ...DEFAULT_FIT_OPTIONS, coarseSearch: false };

function truthAt(design: Design, path: string): number {
  const image = Object.values(design.images)[0] as Extract<DesignImage, { kind: 'simulated' }>;
  const [node, param] = path.split('.');
  // A plane without a value of its own has the shared one; a term that is not named is zero.
  const value = image.truth[path] ?? image.truth[`${node}.${param}`] ?? 0;
  return typeof value === 'number' ? value : Number.NaN;
}

function parameterOf(result: FitResult, path: string): ParameterResult {
  const found = result.parameters.find((p) => p.path === path);
  if (found === undefined) throw new Error(`${path} was not fitted.`);
  return found;
}

/** Distances from the truth in standard errors; infinite where there is no error. */
const pulls = (design: Design, result: FitResult) =>
  result.parameters.map(({ path, value, sigma }) => ({
    path,
    pull: Math.abs(value - truthAt(design, path)) / (sigma ?? 0),
  }));

describe('examples', () => {
  it('fit the sphere hologram to within its errors', { timeout: 120_000 }, async () => {
    const result = await session.fit(sphereHologram, DEFAULT_FIT_OPTIONS);
    expect(result.converged).toBe(true);
    expect(result.parameters.map((p) => p.path)).toEqual(sphereHologram.learn);
    // Six normal errors: one beyond four sigma in 2600 seeds.
    expect(pulls(sphereHologram, result).filter(({ pull }) => !(pull < 4))).toEqual([]);
    // White noise of known size: 9210 degrees of freedom scatter χ² by 1.5 %, the noise estimate by another 2 %.
    expect(result.reducedChiSquare).toBeGreaterThan(0.9);
    expect(result.reducedChiSquare).toBeLessThan(1.1);
    const x = parameterOf(result, 'sphere.x');
    // Errors that are worth having: noise of 2 % over 9216 pixels places the sphere to nanometres.
    expect(x.sigma).toBeLessThan(10e-9);
    expect(x.pixel).toBeCloseTo(x.value / 0.1e-6 + 48, 9);
    expect(x.start).toBe(0.4e-6);
    expect(x.display).toEqual({ value: x.value / 1e-6, sigma: (x.sigma ?? 0) / 1e-6, unit: 'µm' });
    expect(result.parameters.every((p) => !p.atBound)).toBe(true);
    expect(sphereGoal.measure(fitted(sphereHologram, result))).toBeLessThan(sphereGoal.limit);
  });

  it('fit the bead stack to within its errors, terms that start at zero among them', {
    timeout: 120_000,
  }, async () => {
    const result = await session.fit(beadStack, DEFAULT_FIT_OPTIONS);
    expect(result.converged).toBe(true);
    expect(result.parameters).toHaveLength(3 + 7 + 7 + 1 + 18);
    // 36 normal errors: one beyond four sigma in 440 seeds.
    expect(pulls(beadStack, result).filter(({ pull }) => !(pull < 4))).toEqual([]);
    const astigmatism = parameterOf(result, 'pupil.zernike.6');
    expect(astigmatism.start).toBe(0);
    expect(Math.abs(astigmatism.value + 35e-9)).toBeLessThan(3e-9);
    expect(astigmatism.display.unit).toBe('waves');
    expect(astigmatism.display.value).toBeCloseTo(astigmatism.value / 580e-9, 12);
    // 16 128 pixels: χ² of photon counts scatters by about 2 %.
    expect(result.reducedChiSquare).toBeGreaterThan(0.93);
    expect(result.reducedChiSquare).toBeLessThan(1.07);
    expect(result.parameters.filter((p) => p.atBound)).toEqual([]);
    expect(beadGoal.measure(fitted(beadStack, result))).toBeLessThan(beadGoal.limit);
  });

  it('fit the coat of a particle to within its errors', { timeout: 60_000 }, async () => {
    const { design, goal } = coatedSphere;
    const result = await session.fit(design, DEFAULT_FIT_OPTIONS);
    expect(result.converged).toBe(true);
    expect(result.parameters.map(({ path }) => path)).toEqual(design.learn);
    // Five normal errors: one beyond four sigma in 3000 seeds.
    expect(pulls(design, result).filter(({ pull }) => !(pull < 4))).toEqual([]);
    expect(goal?.measure(fitted(design, result))).toBeLessThan(goal?.limit ?? 0);
  });

  it('fit all five Seidel coefficients, which start at zero', { timeout: 60_000 }, async () => {
    const { design, goal } = seidelFit;
    const result = await session.fit(design, DEFAULT_FIT_OPTIONS);
    expect(result.converged).toBe(true);
    expect(result.parameters.map(({ path }) => path)).toEqual(design.learn);
    // Five normal errors: one beyond four sigma in 3000 seeds; a lens good to λ/100 at 20 000 photons a plane.
    expect(pulls(design, result).filter(({ pull }) => !(pull < 4))).toEqual([]);
    for (const { sigma } of result.parameters) expect(sigma).toBeLessThan(5.5e-9);
    expect(goal?.measure(fitted(design, result))).toBeLessThan(goal?.limit ?? 0);
  });
});

describe('errors', () => {
  it.each([
    {
      name: 'a hologram with least squares',
      learn: ['sphere.x', 'sphere.z', 'sphere.radius'],
      design: smallHologram,
      truth: { 'camera.readNoise': 0.03 },
    },
    {
      name: 'a bead with the photon likelihood',
      learn: ['bead.x', 'bead.z', 'pupil.zernike.6'],
      design: smallStack,
      truth: { 'camera.gain': 2, 'camera.offset': 100, 'camera.readNoise': 4, 'pupil.zernike.6': 20e-9 },
    },
  ])(
    'are the scatter of repeated measurements: $name',
    { timeout: 60_000 },
    async ({ learn, design, truth }) => {
      const sums = learn.map(() => 0);
      const seeds = 12;
      for (let seed = 1; seed <= seeds; seed++) {
        const current = design({ learn, truth, seed });
        const result = await session.fit(current, NEAR);
        expect(result.converged).toBe(true);
        learn.forEach((path, i) => {
          const { value, sigma } = parameterOf(result, path);
          sums[i] = (sums[i] ?? 0) + ((value - truthAt(current, path)) / (sigma ?? Number.NaN)) ** 2;
        });
      }
      // The root mean square of twelve normal pulls scatters by 1/sqrt(24) = 20 %.
      for (const total of sums) {
        expect(Math.sqrt(total / seeds)).toBeGreaterThan(0.6);
        expect(Math.sqrt(total / seeds)).toBeLessThan(1.6);
      }
    },
  );
});

describe('one parameter, one per cent off', () => {
  const off = (value: number) => ({ start: 1.01 * value, truth: value });
  it.each([
    ['source.wavelength', off(532e-9)],
    ['source.refractiveIndex', off(1.33)],
    ['pupil.numericalAperture', off(0.9)],
    ['camera.magnification', off(1.25)],
    ['camera.pixelPitch', off(0.1e-6)],
    // A term that starts at zero; its true value is the offset.
    ['pupil.zernike.6', { start: 0, truth: 15e-9 }],
    ['pupil.zernike.11', { start: 0, truth: -10e-9 }],
  ] as const)('%s is found', async (path, { start, truth }) => {
    const design = smallHologram({ learn: [path], start: { [path]: start }, truth: { [path]: truth } });
    const result = await session.fit(design, NEAR);
    const { value, sigma } = parameterOf(result, path);
    // Float32 images without noise: an offset of one per cent changes them by 1e-3 or more, rounding by 1e-6.
    expect(Math.abs(value - truth)).toBeLessThan(1e-3 * Math.abs(start - truth));
    expect(sigma).not.toBeNull();
    expect(result.loss.end).toBeLessThan(1e-4 * result.loss.start);
  });
});

describe('warnings', () => {
  it('name a tilt and a position that cannot be told apart', async () => {
    const learn = ['bead.x', 'bead.y', 'pupil.zernike.2'];
    const result = await session.fit(smallStack({ learn, seed: 2 }), NEAR);
    const text = result.warnings.find((warning) => warning.includes('apart'));
    expect(text).toContain('“Bead: Position x”');
    expect(text).toContain('“Pupil: Z2 tilt x”');
    expect(text).not.toContain('Position y');
    expect(parameterOf(result, 'bead.x').sigma).toBeNull();
    expect(parameterOf(result, 'pupil.zernike.2').sigma).toBeNull();
    expect(parameterOf(result, 'bead.y').sigma).toBeGreaterThan(0);
  });

  it('name both of two tilts and their positions', async () => {
    const learn = ['bead.x', 'bead.y', 'pupil.zernike.2', 'pupil.zernike.3'];
    const result = await session.fit(smallStack({ learn, seed: 2 }), NEAR);
    expect(result.parameters.map((p) => p.sigma)).toEqual([null, null, null, null]);
    const text = result.warnings.filter((warning) => warning.includes('apart')).join(' ');
    for (const title of ['Position x', 'Position y', 'Z2 tilt x', 'Z3 tilt y']) expect(text).toContain(title);
  });

  it('name a parameter on which nothing depends', async () => {
    // Without scattered light it does not matter where the sphere is.
    const learn = ['sphere.x', 'camera.background'];
    const nothing = { 'interference.scatteredAmplitude': 0, 'camera.readNoise': 0.01 };
    const result = await session.fit(smallHologram({ learn, truth: nothing, seed: 5 }), NEAR);
    expect(result.warnings).toContain('The data do not depend on “Sphere: Position x”: fix it.');
    expect(parameterOf(result, 'sphere.x').sigma).toBeNull();
    expect(parameterOf(result, 'sphere.x').value).toBe(0.3e-6);
  });

  it('name a strongly correlated pair', async () => {
    const learn = ['bead.z', 'pupil.zernike.4'];
    const result = await session.fit(smallStack({ learn, seed: 2 }), NEAR);
    expect(result.warnings.join(' ')).toMatch(
      /“Bead: Distance before focus” and “Pupil: Z4 defocus” are strongly correlated \(-?0\.9/,
    );
    expect(parameterOf(result, 'bead.z').sigma).toBeGreaterThan(0);
  });

  it('name a limit that was reached, and only then', async () => {
    const learn = ['sphere.extinctionCoefficient', 'sphere.x'];
    const start = { 'sphere.extinctionCoefficient': 0.02 };
    // An amplitude above that of the truth asks for an extinction below zero.
    const design = smallHologram({ learn, start, truth: { 'interference.scatteredAmplitude': 1.2 } });
    const weaker = {
      ...design,
      nodes: design.nodes.map((n) => (n.id === 'interference' ? { ...n, params: {} } : n)),
    };
    const result = await session.fit(weaker, NEAR);
    expect(parameterOf(result, 'sphere.extinctionCoefficient')).toMatchObject({ value: 0, atBound: true });
    expect(result.warnings).toContain(
      '“Sphere: Extinction coefficient” ended on its limit: widen it or fix the value.',
    );
    expect(parameterOf(result, 'sphere.x').atBound).toBe(false);
  });

  it('do not take small photon numbers and a gain of one for limits', async () => {
    // Their legal ranges reach to 1e12 and 1e9.
    const learn = ['bead.photons', 'camera.background', 'camera.gain'];
    const truth = { 'bead.photons': 700, 'camera.background': 0.5 };
    // The photon likelihood would need to know the gain.
    const design = setAll(smallStack({ learn, truth, seed: 2 }), registry, { 'loss.kind': 'leastSquares' });
    const result = await session.fit(design, NEAR);
    expect(result.parameters.map(({ path, atBound }) => [path, atBound])).toEqual([
      ['bead.photons', false],
      ['camera.background', false],
      ['camera.gain', false],
    ]);
  });

  it('say where the errors of least squares come from', async () => {
    const learn = ['sphere.x', 'sphere.z'];
    const given = smallHologram({ learn, truth: { 'camera.readNoise': 0.02 }, seed: 1 });
    const unknown = setAll(given, registry, { 'camera.readNoise': 0 });
    const [known, guessed] = [await session.fit(given, NEAR), await session.fit(unknown, NEAR)];
    expect(known.warnings).toEqual([]);
    expect(guessed.warnings.join(' ')).toContain('The noise is not given');
    // Scatter of χ²/ν over 2302 pixels: √(2/2302) = 0.03; of the noise from neighbours twice that.
    expect(Math.abs((known.reducedChiSquare ?? 0) - 1)).toBeLessThan(0.12);
    expect(parameterOf(known, 'sphere.x').sigma).toBeCloseTo(parameterOf(guessed, 'sphere.x').sigma ?? 0, 10);
    const half = await session.fit(setAll(given, registry, { 'camera.readNoise': 0.01 }), NEAR);
    expect((half.reducedChiSquare ?? 0) / (known.reducedChiSquare ?? 1)).toBeCloseTo(4, 3);
    expect(half.warnings.join(' ')).toMatch(/χ² is \d\.\d+ per degree of freedom/);
    const loud = await session.fit(setAll(given, registry, { 'camera.readNoise': 0.04 }), NEAR);
    expect(loud.warnings.join(' ')).toContain('less noise than the camera');
    expect(
      (parameterOf(loud, 'sphere.x').sigma ?? 0) / (parameterOf(known, 'sphere.x').sigma ?? 1),
    ).toBeGreaterThan(1.8);
    const photons = await session.fit(smallStack({ learn: ['bead.x'], seed: 1 }), NEAR);
    expect(photons.warnings).toEqual([]);
  });
});

describe('control', () => {
  const far = smallHologram({
    learn: ['sphere.x', 'sphere.y', 'sphere.z'],
    start: { 'sphere.x': -0.3e-6, 'sphere.z': 7e-6 },
  });

  it('stops when asked to, and returns what it has', async () => {
    const seen: FitProgress[] = [];
    const result = await session.fit(far, NEAR, async (progress) => {
      seen.push(progress);
      return seen.length < 3;
    });
    expect(seen).toHaveLength(3);
    expect(result.converged).toBe(false);
    expect(result.iterations).toBe(2);
    for (const { path, value } of result.parameters) expect(value).toBe(seen[2]?.values[path]);
    expect(result.loss.end).toBeLessThan(result.loss.start);
  });

  it.each(['levenbergMarquardt', 'adam'] as const)(
    'stops during the search or the descent of %s',
    async (method) => {
      let calls = 0;
      const result = await session.fit(far, { ...DEFAULT_FIT_OPTIONS, method }, async () => {
        calls++;
        return false;
      });
      expect(calls).toBe(1);
      expect(result.converged).toBe(false);
      expect(result.parameters).toHaveLength(3);
    },
  );

  it('waits while the callback does, and shows the current values meanwhile', async () => {
    const events: string[] = [];
    let go: () => void = () => undefined;
    const paused = new Promise<void>((resolve) => {
      go = resolve;
    });
    const fit = session.fit(far, NEAR, async ({ iteration, values }, look) => {
      events.push(`step ${iteration}`);
      if (iteration !== 1) return true;
      const request = { nodeId: 'loss', mode: 'real', plane: 0, layer: 'residual' } as const;
      const [view] = (await look({ views: [request] })).views;
      events.push(`view ${view?.shape.join(' × ')}`);
      expect(values['sphere.z']).not.toBe(7e-6);
      await paused;
      return true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(events).toEqual(['step 0', 'step 1', 'view 48 × 48']);
    go();
    const result = await fit;
    expect(result.converged).toBe(true);
    expect(events.length).toBeGreaterThan(4);
  });

  it('speaks of the loss as the graph shows it', async () => {
    const shown = await session.show(far);
    const result = await session.fit(far, NEAR);
    // The same float32 image, summed on the backend and on the host.
    expect(result.loss.start / (shown.loss ?? 0)).toBeCloseTo(1, 5);
    const adam: number[] = [];
    await session.fit(far, { ...NEAR, method: 'adam', maxIterations: 1 }, async ({ loss }) => {
      adam.push(loss);
      return true;
    });
    expect((adam[0] ?? 0) / (shown.loss ?? 0)).toBeCloseTo(1, 5);
  });

  it('reports the phases in order, with values in SI', async () => {
    const phases: string[] = [];
    await session.fit(far, { ...DEFAULT_FIT_OPTIONS, maxIterations: 20 }, async ({ phase, values }) => {
      if (phases.at(-1) !== phase) phases.push(phase);
      expect(Object.keys(values)).toEqual(['sphere.x', 'sphere.y', 'sphere.z']);
      return true;
    });
    expect(phases).toEqual(['search', 'fit']);
  });

  it('keeps its own target when another document is shown in between', { timeout: 60_000 }, async () => {
    const other = smallHologram({ truth: { 'sphere.radius': 0.9e-6 } });
    const adam: FitOptions = { ...NEAR, method: 'adam', maxIterations: 40 };
    const plain = await session.fit(far, adam);
    let count = 0;
    const disturbed = await session.fit(far, adam, async () => {
      count++;
      if (count === 5) await session.show(other);
      if (count === 6) await session.show({ ...other, images: {} });
      return true;
    });
    expect(disturbed.parameters.map((p) => p.value)).toEqual(plain.parameters.map((p) => p.value));
  });
});

describe('what cannot be fitted', () => {
  const design = smallHologram({ learn: ['sphere.x'] });
  const fitted = (changed: Design) => session.fit(changed, NEAR);

  it('is refused in a sentence that says what to do', async () => {
    await expect(fitted({ ...design, learn: [] })).rejects.toThrow(
      'Nothing is marked as learnable: mark at least one parameter with the diamond ◇.',
    );
    const noLoss = {
      ...design,
      nodes: design.nodes.filter((node) => node.id !== 'loss'),
      edges: design.edges.filter((edge) => edge.to.node !== 'loss'),
    };
    await expect(fitted(noLoss)).rejects.toThrow(/nothing to fit to: add a “Compare” element/);
    const noTarget = {
      ...design,
      nodes: design.nodes.filter((node) => node.id !== 'target'),
      edges: design.edges.filter((edge) => edge.from.node !== 'target'),
    };
    await expect(fitted(noTarget)).rejects.toThrow(/Compare.*Target/s);
    const noImage = {
      ...design,
      nodes: design.nodes.map((node) => (node.id === 'target' ? { ...node, params: {} } : node)),
    };
    await expect(fitted(noImage)).rejects.toThrow(/[Ii]mage/);
    // By the name that people see, not by the id “loss”.
    const other = { ...setAll(design, registry, { 'camera.rows': 40 }), images: design.images };
    await expect(fitted(other)).rejects.toThrow(/^Compare: The camera gives 40 × 48 pixels/);
    await expect(fitted({ ...design, learn: ['sphere.x', 'sphere.colour'] })).rejects.toThrow(
      /sphere\.colour/,
    );
  });

  it('has an error that says whose it is', async () => {
    await expect(fitted({ ...design, learn: [] })).rejects.toMatchObject({ name: 'FitProblemError' });
  });
});
