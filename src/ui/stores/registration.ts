/** Finds how a target's image lies on the picture that it is compared with. React-free. */
import { markedNumbers, withoutMarks } from '../../graph/clipped.ts';
import { decodeFloat32 } from '../../graph/imageData.ts';
import { bestRegistration, withRegistration } from '../../graph/registration.ts';
import { findNode, own } from '../../graph/registry.ts';
import { modelOf } from '../../graph/targets.ts';
import type { Alignment } from '../../optics/analysis/alignment.ts';
import type { MaskedImage } from '../../optics/maths/registration.ts';
import type { View } from '../../workers/protocol.ts';
import { documentStore, registry } from './app.ts';
import { frameBus } from './frameBus.ts';
import { announce, toast } from './uiStore.ts';

/** A picture that takes longer does not come (ms). */
const PATIENCE = 15_000;
const OWNER = 'registration';
/** Correlation below which two pictures have so little in common that their best place means nothing. */
const LEAST_LIKENESS = 0.5;

/**
 * Tries all flips, quarter turns and shifts; the best is one undo step. Says how sure it is.
 * @returns what was found but fits too poorly to be taken without being asked for; else null
 */
export async function findRegistration(targetId: string): Promise<Alignment | null> {
  const { design } = documentStore.getState();
  const modelId = modelOf(design, registry, targetId);
  const image = measuredPlane(targetId);
  if (modelId === null || image === null) {
    toast('Compare the target with a camera first: its picture is what the target is laid on.', 'info');
    return null;
  }
  const view = await pictureOf(modelId, image.plane);
  if (view === null) {
    toast('The picture of the model did not come, so there is nothing to lay the target on.', 'error');
    return null;
  }
  const model: MaskedImage = { shape: view.shape, data: view.data, mask: null };
  const breathe = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
  const found = await bestRegistration(design, targetId, model, image, breathe);
  if (documentStore.getState().design !== design) {
    toast('The design was changed meanwhile, so the target was left where it is: look for it again.', 'info');
    return null;
  }
  if (found === null) {
    toast(
      'The target cannot be laid on this picture: they have other numbers of pixels, or one of them is flat.',
      'info',
    );
    return null;
  }
  if (found.likeness < LEAST_LIKENESS) {
    announce(weakSentence(found));
    return found;
  }
  layTarget(targetId, found);
  return null;
}

/** Lays the target where it was found to fit best, in one undo step, and says so. */
export function layTarget(targetId: string, found: Alignment): void {
  documentStore
    .getState()
    .apply('Lay the target on the picture', (now) =>
      withRegistration(now, registry, targetId, found.registration),
    );
  documentStore.getState().settle();
  toast(sentenceOf(found), found.alike.length === 0 ? 'good' : 'info');
}

/** “flipped left to right, turned by 90°, shifted by 1.2 and −0.5 pixels (correlation 0.980)” */
function placeWords({ registration, likeness }: Alignment): string {
  const { flip, turn, shiftX, shiftY } = registration;
  const flips = { none: '', x: 'flipped left to right', y: 'flipped top to bottom', xy: 'flipped both ways' };
  const words = [
    flips[flip],
    turn === '0' ? '' : `turned by ${turn}°`,
    `shifted by ${shiftX} and ${shiftY} pixels`.replaceAll('-', '−'),
  ].filter((word) => word !== '');
  return `${words.join(', ')} (correlation ${likeness.toFixed(3)})`;
}

/** What is said of a place that was not taken. */
export function weakSentence(found: Alignment): string {
  return `The target was left where it is: even its best place, ${placeWords(found)}, fits poorly. Bring the model nearer to the image first, or move the target by hand on the camera’s picture.`;
}

/** “The target fits best turned by 90°, shifted by 1.2 and −0.5 pixels (correlation 0.980).” */
function sentenceOf(found: Alignment): string {
  const { alike } = found;
  const best = `The target fits best ${placeWords(found)}.`;
  if (alike.length === 0) return best;
  const others =
    alike.length === 1 ? 'One other flip or turn fits' : `${alike.length} other flips and turns fit`;
  return `${best} ${others} as well: the picture is too symmetric to tell them apart.`;
}

/** The middle plane of a target's measured image, as it came. */
function measuredPlane(targetId: string): (MaskedImage & { readonly plane: number }) | null {
  const { design } = documentStore.getState();
  const id = findNode(design, targetId)?.params['image'];
  const image = typeof id === 'string' ? own(design.images, id) : undefined;
  if (image?.kind !== 'measured') return null;
  const [ny = 1, nx = 1] = image.shape.slice(-2);
  const planes = image.shape.length === 3 ? (image.shape[0] ?? 1) : 1;
  const plane = Math.floor(planes / 2);
  const all = decodeFloat32(image.data, planes * ny * nx);
  const { data, level } = markedNumbers(
    all.slice(plane * ny * nx, (plane + 1) * ny * nx),
    image.saturationLevel,
  );
  const mask = level === null ? null : Float32Array.from(data, (value) => (value < level ? 1 : 0));
  return { shape: [ny, nx], data: withoutMarks(data), mask, plane };
}

/** The picture of a node as the engine shows it, of one plane of a stack. */
async function pictureOf(nodeId: string, plane: number): Promise<View | null> {
  const isIt = (view: View | undefined): view is View =>
    view !== undefined && view.layer === 'output' && view.plane === Math.min(plane, view.planes - 1);
  const known = frameBus.latest(nodeId, 'output');
  if (isIt(known)) return known;
  return new Promise((resolve) => {
    const end = (view: View | null): void => {
      clearTimeout(timer);
      stop();
      frameBus.want(OWNER, null);
      resolve(view);
    };
    const timer = setTimeout(() => end(null), PATIENCE);
    const stop = frameBus.subscribe(nodeId, (view) => {
      if (isIt(view)) end(view);
    });
    frameBus.want(OWNER, { nodeId, layer: 'output', mode: 'intensity', plane });
  });
}
