import type { TableRow } from './element.ts';

/**
 * Parameters for the contract tests of elements whose defaults do not fit the tests' small grid (16 samples of
 * 20 µm, a Gaussian beam of 90 µm): a lens that would alias, a mask wider than the window. By element type.
 */
export type Setting =
  | number
  | string
  | boolean
  | readonly number[]
  | Readonly<Record<string, number>>
  | readonly TableRow[];

export const contractSettings: Readonly<Record<string, Readonly<Record<string, Setting>>>> = {
  // One plane for each bead.
  beadField: {
    beads: [{ fieldX: 0.5, fieldY: -0.3 }, { fieldX: -1, fieldY: 0.7 }, { fieldX: 0.2 }],
    planes: 3,
  },
  changeGrid: { samples: 0, pitch: 13e-6 },
  propagator: { outputSamples: 0, outputPitch: 13e-6 },
  besselBeam: { coneAngle: 6e-3, envelope: 90e-6, charge: 1 },
  gaussianBeam: { highestOrder: 2 },
  schellBeam: { waist: 90e-6, coherenceLength: 80e-6, highestOrder: 2 },
  imageSource: { width: 300e-6, pixelPitch: 30e-6 },
  kohler: { rings: 1 },
  extendedSource: { rings: 1 },
  structuredLight: { contrast: 0.7 },
  aperture: {
    diameter: 200e-6,
    innerDiameter: 70e-6,
    width: 150e-6,
    height: 180e-6,
    slitWidth: 40e-6,
    spacing: 110e-6,
    armWidth: 50e-6,
  },
  slm: { pixels: 15, pixelPitch: 20e-6, crosstalk: 0.3 },
  dmd: { pixels: 15, pixelPitch: 20e-6 },
  freeformPhase: { leaveOut: 6 },
  // As many photons as counts, so that offsets stand above the rounding of the light.
  camera: {
    exposureTime: 1e-15,
    referencePhotons: 3,
    multiplication: 4,
    gainSpread: 0.1,
    offsetSpread: 0.3,
    fillFactor: 0.7,
    // Measured maps stand for gain and offset, which are to be tested.
    offsetMap: '',
    gainMap: '',
    varianceMap: '',
  },
  wavefront: { terms: 6 },
  grating: { period: 150e-6, levels: 2 },
  zonePlate: { focalLength: 0.05, firstRadius: 150e-6, diameter: 250e-6, order: 1 },
  spiralPhase: { twistRadius: 200e-6 },
  microlensArray: { spacing: 140e-6, focalLength: 0.05, diameter: 120e-6 },
  fourierFilter: { radius: 60e-6, outerRadius: 120e-6 },
  multislice: { shape: 'ball', slices: 2 },
  volumeMap: { tiles: 2, cells: 15, thickness: 5e-3 },
  lensSystem: { focalLength: 0.3, focalLength2: 0.3 },
  // Stops within the window.
  thinLens: { diameter: 200e-6 },
  curvedMirror: { diameter: 200e-6 },
  // Glasses well above the index of the tests' medium, which would leave the lens without power.
  glassLens: { radius1: 0.08, radius2: -0.12, material1: 'nSf11', material2: 'sapphire', diameter: 200e-6 },
  incoherentVolume: { shape: 'ball', slices: 2 },
  // Near enough that the coarse grid sees the first rings.
  sphereField: { z: 60e-6, x: 3e-6, y: -2e-6, extinctionCoefficient: 0.02 },
  sphereInside: { radius: 0.2e-6, extinctionCoefficient: 0.02, width: 0.7e-6, offset: 0.05e-6 },
  localisationPrecision: { region: 5, subPixels: 1, planes: 2, depthRange: 0.6e-6 },
  // Of a picture of less than a micrometre.
  energyGoal: { radius: 0.2e-6, x: 0.1e-6, bound: 0.9 },
  spotsGoal: { spots: [{ x: -0.2e-6 }, { x: 0.15e-6, y: 0.1e-6, weight: 2 }], radius: 0.15e-6 },
  positionGoal: { x: 0.2e-6 },
  pictureStrehlGoal: { numericalAperture: 0.6 },
  curveGoal: {
    profile: [{ place: -0.3e-6, value: 0.2 }, { place: 0.05e-6, value: 1 }, { place: 0.4e-6 }],
  },
  scatteringGlow: { shape: 'ball', slices: 2, draws: 2 },
};
