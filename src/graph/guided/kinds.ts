/** What an uploaded image can be, and the design that it is fitted with: ready systems without their simulated data. */
import type { Design, DesignNode } from '../document.ts';
import { beadStack } from '../examples/beadStack.ts';
import { sphereHologram } from '../examples/sphereHologram.ts';
import type { PlaneAxis } from './planeAxis.ts';

/** `beadField`: several beads of a stack together, which the end of the path with a stack offers. */
export type GuidedKind = 'beadStack' | 'bead' | 'hologram' | 'star' | 'known' | 'beadField';

export interface KindWords {
  readonly kind: GuidedKind;
  readonly title: string;
  readonly summary: string;
}

export const KINDS: readonly KindWords[] = [
  {
    kind: 'beadStack',
    title: 'Focus stack of a bead',
    summary: 'One small fluorescent bead at many depths: aberrations of the microscope with errors.',
  },
  {
    kind: 'bead',
    title: 'Image of beads or molecules',
    summary: 'One plane: position and brightness; aberrations only in part.',
  },
  {
    kind: 'hologram',
    title: 'Hologram of a sphere',
    summary: 'Rings around a particle in laser light: position, radius, index.',
  },
  {
    kind: 'star',
    title: 'Star or far point',
    summary: 'A point through a telescope or lens, in one plane: aberrations of the optics.',
  },
  {
    kind: 'known',
    title: 'The design on screen',
    summary: 'Your own graph: the image becomes its target.',
  },
];

/** Movies are followed frame by frame, on a page of their own. */
export type MovieKind = 'emitterMovie' | 'sphereMovie';

export const MOVIE_KINDS: readonly (Omit<KindWords, 'kind'> & { readonly kind: MovieKind })[] = [
  {
    kind: 'emitterMovie',
    title: 'Movie of single molecules',
    summary: 'The same place at many times: every spot of every page is localised with errors.',
  },
  {
    kind: 'sphereMovie',
    title: 'Movie of a sphere',
    summary: 'The same place at many times: each page is a hologram and fitted by itself.',
  },
];

/** What a file most likely is; rings around a middle are for the eye to tell. */
export function likelyKind(axis: PlaneAxis | 'none', bright: number, median: number): GuidedKind | MovieKind {
  const hasSpots = bright > 2 * median;
  if (axis === 'time') return hasSpots ? 'emitterMovie' : 'sphereMovie';
  if (axis === 'depth') return 'beadStack';
  return hasSpots ? 'bead' : 'hologram';
}

const targetId = 'target';

/** The design for a kind; null where it is the one on screen. Its target has no image yet. */
export function designFor(kind: GuidedKind, title: string): Design | null {
  const design =
    kind === 'beadStack'
      ? beadStack
      : kind === 'hologram'
        ? sphereHologram
        : kind === 'known' || kind === 'beadField'
          ? null
          : onePlane(kind);
  if (design === null) return null;
  const { description: _, ...kept } = design;
  const nodes = kept.nodes.map((node) => (node.id === targetId ? { ...node, params: {} } : node));
  return { ...kept, title, nodes, images: {} };
}

/** The bead stack's graph without its stack; a star is a bead far away, in air. */
function onePlane(kind: 'bead' | 'star'): Design {
  const changed = (node: DesignNode): DesignNode => {
    if (kind === 'bead') return node;
    if (node.id === 'source') return { ...node, params: { wavelength: 550e-9 } };
    if (node.id === 'pupil') return { ...node, params: { numericalAperture: 0.05 } };
    if (node.id === 'camera') return { ...node, params: { ...node.params, pixelPitch: 2e-6 } };
    return node.id === 'bead' ? { ...node, title: 'Star' } : node;
  };
  const nodes = beadStack.nodes.filter(({ id }) => id !== 'stack').map(changed);
  const edges = [
    ...beadStack.edges.filter(({ from, to }) => from.node !== 'stack' && to.node !== 'stack'),
    { id: 'pupil-camera', from: { node: 'pupil', port: 'out' }, to: { node: 'camera', port: 'in' } },
  ];
  return { ...beadStack, nodes, edges };
}

/** The node that takes the image, of a design that can be fitted at all. */
export function targetOf(design: Pick<Design, 'nodes' | 'edges'>): DesignNode | null {
  const target = design.nodes.find(({ type }) => type === 'target');
  const isCompared = design.edges.some(({ from }) => from.node === target?.id);
  return target !== undefined && isCompared ? target : null;
}
