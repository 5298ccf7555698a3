/** What a person does on the guided path. React-free; the document changes through its own store, step by step. */
import type { Design } from '../../graph/document.ts';
import { setLearn } from '../../graph/edit.ts';
import { beadAt } from '../../graph/guided/beads.ts';
import {
  calibrationFields,
  calibrationKey,
  type GivenValues,
  type ValueSource,
} from '../../graph/guided/calibration.ts';
import { type CameraEstimate, estimateCamera } from '../../graph/guided/cameraEstimate.ts';
import {
  designFor,
  type GuidedKind,
  likelyKind,
  type MovieKind,
  targetOf,
} from '../../graph/guided/kinds.ts';
import { defaultRung, type Rung, rungsOf } from '../../graph/guided/ladder.ts';
import { givenPixels, pixelFacts } from '../../graph/guided/pixels.ts';
import { likelyAxis } from '../../graph/guided/planeAxis.ts';
import { expectedWidth } from '../../graph/guided/pointWidth.ts';
import { withRung } from '../../graph/guided/rungs.ts';
import { PrepareProblem } from '../../graph/measuredPixels.ts';
import { getAt, setAt } from '../../graph/paths.ts';
import { foldPanel } from '../app/panels.ts';
import { fitGraphSoon } from '../graph/flow.ts';
import { documentStore, registry } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { chooseImagePart, followMovie, openFiles } from '../stores/files.ts';
import { importImageFile } from '../stores/importImage.ts';
import { openDesign } from '../stores/opening.ts';
import { selectionStore } from '../stores/selectionStore.ts';
import { movieOf, placeUpload } from '../stores/targetImports.ts';
import { announce, toast, uiStore } from '../stores/uiStore.ts';
import { viewStore } from '../views/viewStore.ts';
import { dropBatch } from './guideBatch.ts';
import { findIn, hasBeads, numberAt, partOf, planesApart, pointOptics, stepOfFile } from './guideParts.ts';
import {
  type GuidedFile,
  type GuideState,
  type GuideStep,
  guideStore,
  laterStep,
  STEP_TITLES,
  STEPS,
} from './guideStore.ts';

const state = (): GuideState => guideStore.getState();
const design = (): Design => documentStore.getState().design;

/** Takes the path up where it was left, or begins it. */
export function openGuide(): void {
  unfold();
  guideStore.setState({ active: true, inSight: true });
  announce(`Fit my image: ${STEP_TITLES[state().step]}`);
}

function unfold(): void {
  if (uiStore.getState().folded.inspector) foldPanel('inspector');
}

export function showGuide(inSight: boolean): void {
  guideStore.setState({ inSight });
}

/** Ends the path; the document stays as it is. */
export function closeGuide(): void {
  dropBatch();
  guideStore.setState({
    ...{
      active: false,
      inSight: false,
      step: 'file',
      furthest: 'file',
      file: null,
      kind: null,
      documentId: null,
    },
    ...{ beads: [], picked: [], confirmed: null, given: {}, problem: null },
  });
}

export function goToStep(step: GuideStep): void {
  if (!isReachable(step, state())) return;
  if (step !== 'calibrate' && state().step === 'calibrate') pickAgain();
  guideStore.setState(({ furthest }) => ({ step, furthest: laterStep(step, furthest) }));
  announce(STEP_TITLES[step]);
}

/** One step on, or back. */
export function moveStep(by: 1 | -1): void {
  const { step, kind, file } = state();
  // Whoever goes on without a choice takes what comes marked.
  if (step === 'what' && by === 1 && kind === null && file !== null) {
    choose(likelyOf(file));
    return;
  }
  const next = STEPS[STEPS.indexOf(step) + by];
  if (next !== undefined) goToStep(next);
}

/** Whether what a step works on is there. */
export function isReachable(
  step: GuideStep,
  { file, kind, documentId, confirmed }: Pick<GuideState, 'file' | 'kind' | 'documentId' | 'confirmed'>,
): boolean {
  if (step === 'file') return true;
  if (file === null) return false;
  if (step === 'what') return true;
  if (kind === null || documentId !== documentStore.getState().id) return false;
  if (step === 'calibrate') return true;
  if (confirmed === null || confirmed !== confirmedKeyNow(kind)) return false;
  return step === 'judge' || step === 'keep' ? engineStore.getState().fit.result !== null : true;
}

function confirmedKeyNow(kind: GuidedKind): string {
  return calibrationKey(design(), registry, calibrationFields(design(), registry, kind));
}

/**
 * An image that is dropped while nothing is selected begins the path, unless somebody has worked on a design that
 * has a place for it.
 */
export async function droppedFiles(files: readonly File[]): Promise<void> {
  const [only, ...others] = files;
  const isImage = only !== undefined && others.length === 0 && /\.(tiff?|png|npy)$/i.test(only.name);
  const isMeant =
    targetOf(design()) !== null && documentStore.getState().undoLabel !== null && !state().inSight;
  if (isImage && !isMeant && selectionStore.getState().nodeIds.length === 0) await takeFile(only);
  else await openFiles(files);
}

/** What comes marked as most likely. */
export function likelyOf({ pixels, axis, facts }: GuidedFile): GuidedKind | MovieKind {
  return likelyKind(pixels.planes === 1 ? 'none' : (axis ?? 'depth'), facts.bright, facts.median);
}

/** Goes on with what the image shows. */
export function choose(kind: GuidedKind | MovieKind): void {
  if (kind === 'emitterMovie' || kind === 'sphereMovie') void followAsMovie(kind);
  else chooseKind(kind);
}

/** Follows the pages as a movie, with a fitting design on screen or the ready one. */
async function followAsMovie(kind: MovieKind): Promise<void> {
  const { file } = state();
  if (file === null) return;
  const { nodes } = design();
  const isOfSpheres = kind === 'sphereMovie';
  const needed = isOfSpheres ? ['interference', 'target'] : ['bead', 'pupil', 'camera', 'target'];
  const hasAll = needed.every((type) => nodes.some((node) => node.type === type));
  const isSuited = hasAll && nodes.every(({ type }) => type !== 'stack');
  const movie = movieOf(file.image, file.pixels.data);
  const title = file.image.name.replace(/\.\w+$/, '');
  closeGuide();
  const ready = isSuited ? null : designFor(isOfSpheres ? 'hologram' : 'bead', title);
  if (ready !== null) openDesign(ready);
  await followMovie(movie, null);
  viewStore.setState({ tab: 'track', movieView: isOfSpheres ? 'frames' : 'emitters' });
}

/** Reads a file and shows what it holds. */
export async function takeFile(file: File): Promise<void> {
  unfold();
  dropBatch();
  guideStore.setState({ active: true, inSight: true, step: 'file', reading: true, problem: null });
  const imported = await importImageFile(file);
  if (!imported.ok) {
    guideStore.setState({ reading: false, problem: imported.reason });
    announce(imported.reason);
    return;
  }
  const { image, pixels: data, warnings, storedAs = null, planeSpacing = null, pixelSize = null } = imported;
  const pixels = givenPixels(image.shape, data, image.saturationLevel);
  const facts = pixelFacts(pixels);
  const camera = facts.isWhole ? estimateCamera(pixels) : null;
  const told = imported.framesOfTime === true ? 'time' : planeSpacing === null ? null : 'depth';
  const axis = likelyAxis(pixels, told);
  const read: GuidedFile = {
    ...{ image, pixels, facts, storedAs, planeSpacing, pixelSize, axis, camera },
    notes: warnings,
  };
  guideStore.setState({
    ...{ reading: false, file: read, furthest: 'file', kind: null, documentId: null, confirmed: null },
    ...{ beads: [], picked: [] },
  });
  announce(`“${image.name}” was read.`);
}

/** Opens the design for a kind of image, with all defaults that the file gives. */
function chooseKind(kind: GuidedKind): void {
  const { file } = state();
  if (file === null) return;
  dropBatch();
  const own = designFor(kind, file.image.name.replace(/\.\w+$/, ''));
  const base = own ?? design();
  const target = targetOf(base);
  if (target === null) {
    guideStore.setState({
      problem: 'The design on screen has no target image that is compared with its camera. Choose another.',
    });
    return;
  }
  const { design: known, sources } = withKnownValues(base, kind, file);
  const found = findIn(known, kind, file);
  try {
    const { image, pixels } = file;
    const placed = placeUpload(
      known,
      registry,
      target.id,
      image,
      pixels.data,
      partOf(known, kind, file, found),
    );
    if (own === null) documentStore.getState().apply('Fit my image', () => placed.design);
    else openDesign(placed.design);
    guideStore.setState({
      ...{ kind, ...found, problem: null, confirmed: null },
      given: givenValues(placed.design, kind, sources),
      documentId: documentStore.getState().id,
      ...{ step: 'calibrate', furthest: 'calibrate' },
    });
    viewStore.getState().setTab('residual');
    announce(STEP_TITLES.calibrate);
  } catch (error) {
    if (!(error instanceof PrepareProblem)) throw error;
    guideStore.setState({ problem: error.message });
  }
}

interface Known {
  readonly design: Design;
  /** Who gave a value, by path; all others are the example's. */
  readonly sources: Readonly<Record<string, ValueSource>>;
}

/** What file and image tell of the microscope. */
function withKnownValues(
  base: Design,
  kind: GuidedKind,
  { planeSpacing, pixelSize, camera }: GuidedFile,
): Known {
  const idOf = (type: string) => base.nodes.find((node) => node.type === type)?.id;
  const sources: Record<string, ValueSource> = {};
  let next = base;
  const set = (type: string, name: string, value: number, source: ValueSource): void => {
    const id = idOf(type);
    if (id === undefined) return;
    next = setAt(next, registry, `${id}.${name}`, value);
    sources[`${id}.${name}`] = source;
  };
  if (planeSpacing !== null) set('stack', 'zStep', planeSpacing, 'file');
  // Files tell pixels in the object; the camera's own are larger by the magnification.
  const magnification = numberAt(base, 'camera', 'magnification') ?? 1;
  if (pixelSize !== null) set('camera', 'pixelPitch', pixelSize * magnification, 'file');
  if (kind !== 'hologram' && kind !== 'known' && camera !== null) {
    for (const [name, value] of Object.entries(camera satisfies CameraEstimate))
      set('camera', name, Number(value.toPrecision(3)), name === 'readNoise' ? 'assumed' : 'estimate');
  }
  const rungs = rungsOf(kind, next);
  const rung = rungs.find(({ id }) => id === defaultRung(kind));
  return { design: rung === undefined ? next : setLearn(next, rung.learn), sources };
}

function givenValues(placed: Design, kind: GuidedKind, sources: Known['sources']): GivenValues {
  const fields = calibrationFields(placed, registry, kind);
  return Object.fromEntries(
    fields.flatMap(({ path }) => {
      const value = getAt(placed, registry, path);
      return typeof value === 'number' ? [[path, { value, source: sources[path] ?? 'example' }]] : [];
    }),
  );
}

/** Looks for spots with the values that were entered, and keeps those at the places of before. */
function pickAgain(): void {
  const { file, kind, beads: before, picked } = state();
  if (file === null || kind === null || !hasBeads(design(), kind)) return;
  const found = findIn(design(), kind, file, stepOfFile(design(), planesApart(state())));
  const near = (index: number): number => {
    const old = before[index];
    return old === undefined
      ? -1
      : found.beads.findIndex((bead) => Math.hypot(bead.x - old.x, bead.y - old.y) < 3);
  };
  const kept = picked.map(near).filter((index) => index >= 0);
  guideStore.setState({ ...found, picked: kept.length === 0 ? found.picked : kept });
  placePicked();
}

/** Makes the document show the box of the first picked spot. */
function placePicked(): void {
  const { file, kind } = state();
  const target = targetOf(design());
  if (file === null || kind === null || target === null) return;
  const problem = chooseImagePart(target.id, partOf(design(), kind, file, state()));
  guideStore.setState({ problem });
}

/** The values of the calibration are this microscope's. */
export function confirmCalibration(confirmed: boolean): void {
  const { kind } = state();
  if (kind === null) return;
  guideStore.setState({ confirmed: confirmed ? confirmedKeyNow(kind) : null });
}

export function toggleBead(index: number): void {
  const { picked } = state();
  const next = picked.includes(index) ? picked.filter((each) => each !== index) : [...picked, index];
  if (next.length === 0) {
    toast('One has to stay picked: pick another first.');
    return;
  }
  dropBatch();
  guideStore.setState({ picked: next });
  if (next[0] !== picked[0]) placePicked();
}

/** Picks the spot under a pointer, or makes one there. */
export function pickAt(x: number, y: number): void {
  const { file, beads, half } = state();
  const optics = pointOptics(design());
  if (file === null || optics === null) return;
  const question = { width: expectedWidth(optics), half };
  const reach = Math.max(4, question.width);
  const known = beads.findIndex((bead) => Math.hypot(bead.x - x, bead.y - y) < reach);
  if (known >= 0) {
    toggleBead(known);
    return;
  }
  guideStore.setState({ beads: [...beads, beadAt(file.pixels, question, Math.round(x), Math.round(y))] });
  toggleBead(beads.length);
}

export function chooseRung(rung: Rung): void {
  const before = design().nodes.length;
  documentStore.getState().apply('Choose unknowns', (given) => withRung(given, registry, rung));
  if (design().nodes.length !== before) fitGraphSoon();
  announce(`The fit may change: ${rung.title}.`);
}
