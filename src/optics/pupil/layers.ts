/**
 * Flat layers between an objective and what it looks at: immersion, cover glass, sample. A pupil sample ρ stands for
 * the transverse wavenumber k0 NA ρ, which all layers share; q = (NA ρ)² throughout. Everything holds for light from
 * an emitter in the sample as well as for light focused into it, by reciprocity.
 */
import { gaussLegendre } from '../maths/quadrature.ts';

/** Thicknesses in metres. Values of the design are those for which the objective is free of aberration. */
export interface Layers {
  readonly immersionIndex: number;
  readonly designImmersionIndex: number;
  readonly immersionThickness: number;
  readonly coverIndex: number;
  readonly designCoverIndex: number;
  readonly coverThickness: number;
  readonly designCoverThickness: number;
  readonly sampleIndex: number;
  /** Distance of the emitter, or of the plane that is looked at, from the cover glass. */
  readonly depth: number;
  /** Thickness of immersion above its design value: positive moves the objective away from the sample. */
  readonly focusMove: number;
}

/** √(n² - q) - n without cancellation; -n where the wave is evanescent. */
function axialIndexBeyond(n: number, q: number): number {
  return q < n * n ? -q / (Math.sqrt(n * n - q) + n) : -n;
}

/**
 * Optical path in metres beyond that of the axial ray (Gibson and Lanni, J. Opt. Soc. Am. A 8, 1601 (1991)):
 * d √(ns² - q) + t √(n² - q) - t0 √(n0² - q) of immersion + the same of the cover glass.
 */
export function layersPath(layers: Layers, q: number): number {
  const { immersionThickness: t0, focusMove } = layers;
  return (
    layers.depth * axialIndexBeyond(layers.sampleIndex, q) +
    (t0 + focusMove) * axialIndexBeyond(layers.immersionIndex, q) -
    t0 * axialIndexBeyond(layers.designImmersionIndex, q) +
    layers.coverThickness * axialIndexBeyond(layers.coverIndex, q) -
    layers.designCoverThickness * axialIndexBeyond(layers.designCoverIndex, q)
  );
}

/** ln of the amplitude that evanescent waves keep over the depth, per k0: -d √(q - ns²), 0 below the critical angle. */
export function evanescentDecay({ depth, sampleIndex }: Layers, q: number): number {
  const beyond = q - sampleIndex * sampleIndex;
  return beyond > 0 ? -depth * Math.sqrt(beyond) : 0;
}

/** A complex number [re, im]. */
type Pair = readonly [number, number];

function times([a, b]: Pair, [c, d]: Pair): Pair {
  return [a * c - b * d, a * d + b * c];
}

function over([a, b]: Pair, [c, d]: Pair): Pair {
  const square = c * c + d * d;
  return [(a * c + b * d) / square, (b * c - a * d) / square];
}

/** √(n² - q): real, or positive imaginary beyond the critical angle. */
function axialIndex(n: number, q: number): Pair {
  const square = n * n - q;
  return square >= 0 ? [Math.sqrt(square), 0] : [0, Math.sqrt(-square)];
}

interface Transmission {
  readonly s: Pair;
  readonly p: Pair;
}

/** Fresnel's coefficients for the electric field from index a into b at q (Born and Wolf, section 1.5). */
export function fresnelTransmission(a: number, b: number, q: number): Transmission {
  const [from, into] = [axialIndex(a, q), axialIndex(b, q)];
  const plain: Pair = [2 * from[0], 2 * from[1]];
  const p: Pair = [b * b * from[0] + a * a * into[0], b * b * from[1] + a * a * into[1]];
  return {
    s: over(plain, [from[0] + into[0], from[1] + into[1]]),
    p: over([a * b * plain[0], a * b * plain[1]], p),
  };
}

/**
 * Both surfaces of the cover glass, from immersion into the sample. The other way, an emitter's wave divided by its
 * axial wavenumber (Weyl) and the objective's projection make up the same factors. The glass is thick: what is
 * reflected to and fro in it does not interfere.
 */
export function layersTransmission(layers: Layers, q: number): Transmission {
  const first = fresnelTransmission(layers.immersionIndex, layers.coverIndex, q);
  const second = fresnelTransmission(layers.coverIndex, layers.sampleIndex, q);
  return { s: times(first.s, second.s), p: times(first.p, second.p) };
}

const RULE = gaussLegendre(32, 0, 1);

/**
 * Root mean square of the transmission of unpolarised light over an even pupil: what amplitudes are divided by, so
 * that such a pupil keeps its power at depth 0. Panels end at the critical angle, where the slope is infinite.
 */
export function transmissionScale(layers: Layers, aperture: number): number {
  const edge = aperture * aperture;
  const critical = Math.min(edge, layers.sampleIndex ** 2);
  let sum = 0;
  for (const [from, to] of [
    [critical, 0],
    [critical, edge],
  ] as const) {
    RULE.nodes.forEach((node, i) => {
      // q - critical ∝ node² takes the square root out of the integrand.
      const { s, p } = layersTransmission(layers, from + (to - from) * node * node);
      const square = s[0] ** 2 + s[1] ** 2 + p[0] ** 2 + p[1] ** 2;
      sum += (RULE.weights[i] ?? 0) * node * Math.abs(to - from) * square;
    });
  }
  return Math.sqrt(sum / edge);
}

/** cos θ and sin θ of the wave in a layer, the cosine imaginary where it is evanescent. */
export function layerDirection(n: number, q: number): { cosine: Pair; sine: number } {
  const [re, im] = axialIndex(n, q);
  return { cosine: [re / n, im / n], sine: Math.sqrt(q) / n };
}
