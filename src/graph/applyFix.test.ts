import { expect, it } from 'vitest';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { Ops } from '../optics/ops/ops.ts';
import { registry } from './catalogue.ts';
import { compile } from './compile.ts';
import type { Design, DesignNode, Issue, ParamData } from './document.ts';
import { applyFix } from './edit.ts';
import { GraphRunner, NO_OVERRIDES } from './execute.ts';
import { createDesign, node } from './testSupport.ts';

/** Problems of a design, without their numbers. */
function problemsOf(design: Design): readonly (Issue & { readonly words: string })[] {
  const runner = new GraphRunner(new Ops(createFloat64Kernels()), () => null);
  const results = runner.run(compile(design, registry), NO_OVERRIDES, 'value');
  return [...results.values()]
    .flatMap(({ issues }) => issues)
    .filter(({ severity }) => severity !== 'info')
    .map((issue) => ({ ...issue, words: issue.message.replaceAll(/[\d.]+/g, '') }));
}

type Params = Readonly<Record<string, ParamData>>;
type Step = readonly [type: string, params?: Params];

/** Elements one behind the other. */
function chain(samples: number, pitch: number, ...steps: readonly Step[]): Design {
  const nodes: DesignNode[] = steps.map(([type, params = {}], i) => node(`${type}${i}`, type, params));
  const wires = nodes.slice(1).map(({ id }, i) => `${nodes[i]?.id}.out>${id}.in`);
  return createDesign(nodes, wires, { grid: { samples, pitch } });
}

const wave: Step = ['planeWave'];
const fineWave = (samples: number, ...steps: readonly Step[]) => chain(samples, 0.2e-6, wave, ...steps);
const onWave = (...steps: readonly Step[]) => chain(16, 20e-6, wave, ...steps);
const throughPupil = (...steps: readonly Step[]) => onWave(['pupil', { numericalAperture: 0.5 }], ...steps);

/** Each has one problem that a click can put right; the words tell which. */
const designs: Readonly<Record<string, readonly [design: Design, problem: RegExp]>> = {
  'a lens that is too strong for the pitch': [
    chain(32, 20e-6, wave, ['thinLens', { focalLength: 5e-3 }]),
    /phase turns/,
  ],
  'a tilt beyond Nyquist': [chain(16, 20e-6, ['planeWave', { tiltX: 0.02 }]), /tilt turns/],
  'a tilt that no grid can sample': [
    chain(16, 200e-6, ['planeWave', { tiltX: -1.2, tiltY: 0.001, polarizationAngle: 1.5 }]),
    /tilt turns/,
  ],
  'a steep tilt along the polarisation': [
    chain(16, 0.1e-6, ['planeWave', { tiltX: 0.5 }]),
    /scalar field leaves out/,
  ],
  'a point source that is too near': [chain(32, 20e-6, ['pointSource', { z: 5e-3 }]), /edge of the grid/],
  'a point source much too near': [chain(32, 20e-6, ['pointSource', { z: 1e-4 }]), /edge of the grid/],
  'a waist of one sample': [
    chain(32, 20e-6, ['gaussianBeam', { waist: 20e-6, distance: 0 }]),
    /samples wide/,
  ],
  'a beam wider than the window': [chain(16, 20e-6, ['gaussianBeam', { waist: 120e-6 }]), /cuts it off/],
  'a Bessel beam of less than a ring': [
    chain(64, 20e-6, ['besselBeam', { coneAngle: 2e-3, envelope: 200e-6 }]),
    /spreads like/,
  ],
  'a Schell beam of too few modes': [
    chain(32, 40e-6, ['schellBeam', { highestOrder: 1, beamQuality: 1.5 }]),
    /hold only/,
  ],
  'draws that leave grain': [
    chain(32, 20e-6, ['imageSource', { use: 'emitters', draws: 2, width: 300e-6 }]),
    /leave a grain/,
  ],
  'a camera that sees copies': [
    throughPupil(['camera', { pixelPitch: 0.2e-6, rows: 64, columns: 64 }]),
    /repeats the image/,
  ],
  'a camera much too wide for a pupil': [
    throughPupil(['camera', { pixelPitch: 4e-6, rows: 2, columns: 400 }]),
    /repeats the image/,
  ],
  'pixels too coarse for a pupil': [
    throughPupil(['camera', { pixelPitch: 40e-6, magnification: 100, rows: 8, columns: 8 }]),
    /undersampled/,
  ],
  'a camera wider than the light': [
    onWave(['camera', { pixelPitch: 20e-6, rows: 8, columns: 64 }]),
    /rest is black/,
  ],
  'pixels that see their centres only': [
    onWave(['camera', { pixelPitch: 40e-6, rows: 8, columns: 8, pixelResponse: 'centre' }]),
    /centres only/,
  ],
  'a colour filter before an image': [
    throughPupil(
      ['camera', { pixelPitch: 0.2e-6, rows: 8, columns: 8 }],
      ['camera', { pixelPitch: 0.2e-6, rows: 8, columns: 8, colourFilter: 'rggb' }],
    ),
    /no wavelengths/,
  ],
  'an aperture wider than light in air can have': [
    onWave(['pupil', { numericalAperture: 1.2 }]),
    /not below the medium/,
  ],
  'an object with coarse pixels': [
    throughPupil(['incoherentObject', { pixelPitch: 1e-6, rows: 8, columns: 8 }]),
    /image of a point is undersampled/,
  ],
  'an object wider than the pupil knows': [
    throughPupil(['incoherentObject', { pixelPitch: 0.2e-6, rows: 64, columns: 64 }]),
    /left out/,
  ],
  'narrow arms of a stop': [throughPupil(['pupilStop', { arms: 4, armWidth: 0.1 }]), /arm is/],
  'strong aberrations': [throughPupil(['seidel', { w040: 5e-6 }]), /from sample to sample/],
  'a strong phase mask': [
    throughPupil(['psfMask', { kind: 'cubic', strength: 3e-6 }]),
    /from sample to sample/,
  ],
  'edge rays near grazing': [
    onWave(['pupil', { numericalAperture: 0.95 }], ['vectorialFocus']),
    /from grazing/,
  ],
  'a deep emitter behind glass': [
    chain(
      16,
      20e-6,
      ['planeWave', { refractiveIndex: 1.515 }],
      ['pupil', { numericalAperture: 1.3 }],
      ['coverslip', { depth: 4e-6 }],
    ),
    /layers turn/,
  ],
  'a prism beyond Nyquist': [onWave(['prism', { tiltX: 0.02 }]), /phase turns/],
  'a mirror beyond Nyquist': [onWave(['mirror', { tiltX: 0.02 }]), /tilt turns/],
  'a mirror that no grid can sample': [
    chain(16, 200e-6, wave, ['mirror', { tiltX: 0.5, tiltY: 0.3 }]),
    /tilt turns/,
  ],
  'an axicon beyond Nyquist': [onWave(['axicon', { angle: 0.02 }]), /phase turns/],
  'lenses of an array that are too strong': [
    onWave(['microlensArray', { spacing: 160e-6, focalLength: 1e-3 }]),
    /edge of a lens/,
  ],
  'fine rings of a zone plate': [
    onWave(['zonePlate', { focalLength: 3e-3, diameter: 300e-6 }]),
    /outermost ring/,
  ],
  'a fine grating': [onWave(['grating', { period: 30e-6 }]), /another, coarser/],
  'steps of a grating finer than samples': [
    onWave(['grating', { profile: 'blazed', period: 120e-6, levels: 4 }]),
    /finest part/,
  ],
  'a blaze beyond Nyquist': [
    onWave(['grating', { profile: 'blazed', period: 90e-6, levels: 0, blaze: 20 }]),
    /phase turns/,
  ],
  'a grain finer than samples': [onWave(['diffuser', { grain: 30e-6, strength: 1 }]), /steepest places/],
  'a charge too high for its rim': [
    chain(16, 20e-6, wave, ['spiralPhase', { charge: 40 }]),
    /rim of the window/,
  ],
  'a slit finer than samples': [
    onWave(['aperture', { shape: 'slits', slitWidth: 25e-6, slits: 1, height: 200e-6 }]),
    /not resolved/,
  ],
  'an opening wider than the window': [onWave(['aperture', { diameter: 0.5e-3 }]), /beyond the window/],
  'pixels of a modulator finer than samples': [
    onWave(['slm', { pixels: 8, pixelPitch: 15e-6 }]),
    /averaged before/,
  ],
  'a modulator wider than the window': [onWave(['slm', { pixels: 20, pixelPitch: 20e-6 }]), /device is/],
  'cells finer than samples': [onWave(['freeformPhase', { cells: 64 }]), /averaged before/],
  'a filter wider than the window': [onWave(['fourierFilter', { radius: 1e-3 }]), /acts on all/],
  'a filter finer than a sample': [onWave(['fourierFilter', { radius: 1e-6 }]), /part of one sample/],
  'a matrix that makes power': [onWave(['jonesMatrix', { xxRe: 2 }]), /makes power/],
  'an object of a few samples': [fineWave(64, ['thinObject', { size: 2e-6 }]), /details are lost/],
  'an object beyond the edge': [fineWave(64, ['thinObject', { size: 20e-6 }]), /beyond the edge/],
  'a shifted object that fills the window': [fineWave(64, ['thinObject', { x: 1e-6 }]), /beyond the edge/],
  'slices that are too thick': [
    fineWave(32, ['multislice', { slices: 1, thickness: 10e-6, indexDifference: 0.05 }]),
    /bends inside/,
  ],
  'planes that are too far': [onWave(['zScan', { planes: 2, zStep: 0.1 }]), /farthest plane/],
  'a line longer than its plane': [
    onWave(['carpet', { columns: 64, pixelPitch: 20e-6, padding: '1', rows: 4, depth: 1e-3 }]),
    /repeats beyond/,
  ],
  'light along a tilted normal': [
    chain(16, 2e-6, wave, ['tiltedPlane', { around: 'normal', angle: 0.2 }]),
    /cannot be sampled/,
  ],
  'a fibre finer than samples': [
    onWave(['fibreCoupling', { coreRadius: 20e-6, numericalAperture: 0.02 }]),
    /cannot be told/,
  ],
  'a Fresnel transform below its critical distance': [
    onWave(['propagator', { method: 'fresnelSingle', window: 'natural', distance: 1e-3 }]),
    /undersamples its phase/,
  ],
  'a window with a coarse pitch': [
    onWave(['propagator', { window: 'chosen', outputPitch: 40e-6, outputSamples: 8, distance: 1e-3 }]),
    /pitch is coarser/,
  ],
  'a distance too far for the samples': [
    onWave(['propagator', { method: 'angularSpectrum', distance: 0.5 }]),
    /without ghosts/,
  ],
  'a band that is too wide': [
    createDesign(
      [node('light', 'planeWave'), node('out', 'demodulation', { bandRadius: 20e3 })],
      ['light.out>out.in', 'light.out>out.reference'],
      { grid: { samples: 16, pitch: 20e-6 } },
    ),
    /band is wider/,
  ],
};

it.each(Object.entries(designs))('puts right %s at one click', (_name, [design, problem]) => {
  const before = problemsOf(design);
  const issue = before.find(({ message }) => problem.test(message));
  if (issue?.apply === undefined) throw new Error(`There is no fix among ${JSON.stringify(before)}`);
  const after = problemsOf(applyFix(design, registry, issue.apply, issue.nodeId));
  const known = new Set(before.map(({ words }) => words));
  expect(after.map(({ words }) => words)).not.toContain(issue.words);
  expect(after.filter(({ words }) => !known.has(words))).toEqual([]);
});
