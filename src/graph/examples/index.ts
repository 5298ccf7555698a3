import { aberrationZoo, depthOfFocus, fieldAberrations, starTest } from './aberrations.ts';
import { airy, airyProof } from './airy.ts';
import { beadField } from './beadField.ts';
import { beadGoal, beadStack } from './beadStack.ts';
import { besselCore, gaussianHyperbola, vortexBeam } from './beams.ts';
import { cameraNoise } from './cameraNoise.ts';
import { coatedSphere } from './coatedSphere.ts';
import { condenser, spectralAiry, wideLamp } from './coherenceSystems.ts';
import { colourSorter } from './colourSorter.ts';
import { lostPosition, unequalSteps } from './convergence.ts';
import {
  abbePorter,
  aragoSpot,
  besselBeam,
  gratingOrders,
  phaseContrast,
  vortexDoughnut,
  youngSlits,
  zonePlateFoci,
} from './diffraction.ts';
import { dipoleOrientation } from './dipoleOrientation.ts';
import { dragTheRing } from './dragTheRing.ts';
import type { Example } from './example.ts';
import { freePupil } from './freePupil.ts';
import { hologramRoutes } from './hologramRoutes.ts';
import { holograms, paintTheLight } from './holograms.ts';
import { insideSphere } from './insideSphere.ts';
import { machZehnder, michelson, whiteLight } from './interferometers.ts';
import { achromat, lensImage, linkedRelay } from './lensImages.ts';
import { freeMaskByDesign, maskComparison, tetrapodByDesign } from './maskDesign.ts';
import { coherentMicroscope, incoherentMicroscope, thickSample } from './microscopes.ts';
import { offAxisHologram } from './offAxisHologram.ts';
import { overlappingSpheres } from './overlappingSpheres.ts';
import { encircledEnergyBench, mtfBench } from './pointImage.ts';
import { quarterWave, threePolarisers } from './polarisers.ts';
import {
  breakTheSampling,
  fresnelZones,
  gaborHologram,
  steepLight,
  talbotCarpet,
  whichPropagator,
} from './propagation.ts';
import { depthAberration, doubleHelix, extendedDepth, tetrapod, vectorialSpot } from './psfEngineering.ts';
import { radialFocus } from './radialFocus.ts';
import { seidelFit } from './seidelFit.ts';
import { severalSpheres } from './severalSpheres.ts';
import { snapshotDepth } from './snapshot.ts';
import { sphereGoal, sphereHologram } from './sphereHologram.ts';
import { sphereMicroscopes } from './sphereMicroscopes.ts';
import { tiltSeries } from './tiltSeries.ts';
import { tiltVolume } from './tiltVolume.ts';
import { coherentTwins, twoStars } from './twoPointSystems.ts';
import { wrappedWavefront } from './wrappedWavefront.ts';
import { zFinder } from './zFinder.ts';

const systems: readonly Example[] = [
  {
    id: 'airy',
    title: airy.title,
    summary: 'See how aperture, wavelength and aberrations shape a spot.',
    topic: 'imaging',
    level: 'start',
    design: airy,
    proof: airyProof,
  },
  {
    id: 'sphere-hologram',
    title: sphereHologram.title,
    summary: 'Measure a particle from its hologram: position, radius, index.',
    topic: 'microscopes',
    level: 'course',
    design: sphereHologram,
    proof: null,
    goal: sphereGoal,
  },
  {
    id: 'bead-stack',
    title: beadStack.title,
    summary: 'Measure a microscope’s aberrations from one bead.',
    topic: 'fit',
    level: 'course',
    design: beadStack,
    proof: null,
    goal: beadGoal,
  },
  threePolarisers,
  quarterWave,
  michelson,
  machZehnder,
  whiteLight,
  mtfBench,
  encircledEnergyBench,
  aberrationZoo,
  depthOfFocus,
  fieldAberrations,
  starTest,
  vectorialSpot,
  depthAberration,
  doubleHelix,
  tetrapod,
  extendedDepth,
  offAxisHologram,
  breakTheSampling,
  whichPropagator,
  steepLight,
  fresnelZones,
  talbotCarpet,
  gaborHologram,
  radialFocus,
  twoStars,
  coherentTwins,
  gaussianHyperbola,
  besselCore,
  vortexBeam,
  spectralAiry,
  wideLamp,
  condenser,
  coherentMicroscope,
  incoherentMicroscope,
  thickSample,
  cameraNoise,
  ...holograms,
  youngSlits,
  aragoSpot,
  zonePlateFoci,
  abbePorter,
  phaseContrast,
  vortexDoughnut,
  besselBeam,
  gratingOrders,
  lensImage,
  achromat,
  tiltSeries,
  snapshotDepth,
  seidelFit,
  wrappedWavefront,
  colourSorter,
  tiltVolume,
  hologramRoutes,
  insideSphere,
  coatedSphere,
  ...sphereMicroscopes,
  severalSpheres,
  overlappingSpheres,
  lostPosition,
  unequalSteps,
  dragTheRing,
  maskComparison,
  tetrapodByDesign,
  freeMaskByDesign,
  zFinder,
  paintTheLight,
  freePupil,
  beadField,
  dipoleOrientation,
  linkedRelay,
];

/** Every ready system; its design names it, so that a copy of it is still known. */
export const examples: readonly Example[] = systems.map((system) => ({
  ...system,
  design: { ...system.design, example: system.id },
}));
