/** What a person does on the guided path. React-free; the document changes through its own store, step by step. */
import type { Design } from '../../graph/document.ts';
import { setLearn } from '../../graph/edit.ts';
import { beadAt, findBeads } from '../../graph/guided/beads.ts';
import { boxAround, boxHalf, planeStep } from '../../graph/guided/box.ts';
import {
  calibrationFields,
  calibrationKey,
  type GivenValues,
  type ValueSource,
} from '../../graph/guided/calibration.ts';
import { type CameraEstimate, estimateCamera } from '../../graph/guided/cameraEstimate.ts';
import { designFor, type GuidedKind, targetOf } from '../../graph/guided/kinds.ts';
import { defaultRung, type Rung, rungsOf } from '../../graph/guided/ladder.ts';
import { givenPixels, pixelFacts } from '../../graph/guided/pixels.ts';
import { expectedWidth } from '../../graph/guided/pointWidth.ts';
import { getAt, setAt } from '../../graph/paths.ts';
import { type PrepareOptions, PrepareProblem, prepareForImage } from '../../graph/prepare.ts';
import { foldPanel } from '../app/panels.ts';
import { documentStore, registry, session } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { chooseImagePart, followMovie, openExample, openFiles } from '../stores/files.ts';
import { describeEnding } from '../stores/fitWords.ts';
import { importImageFile } from '../stores/importImage.ts';
import { openDesign } from '../stores/opening.ts';
import { selectionStore } from '../stores/selectionStore.ts';
import { inOriginalPixels, movieOf, placeUpload } from '../stores/targetImports.ts';
import { announce, toast, uiStore } from '../stores/uiStore.ts';
import { viewStore } from '../views/viewStore.ts';
import { type BatchRow, isGood } from './batch.ts';
import { createBatchRun } from './batchRun.ts';
import {
  type GuidedFile,
  type GuideState,
  type GuideStep,
  guideStore,
  NO_BATCH,
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
    ...{ active: false, inSight: false, step: 'file', file: null, kind: null, documentId: null },
    ...{ beads: [], picked: [], confirmed: null, given: {}, problem: null },
  });
}

export function goToStep(step: GuideStep): void {
  if (!isReachable(step, state())) return;
  if (step !== 'calibrate' && state().step === 'calibrate') pickAgain();
  guideStore.setState({ step });
  announce(STEP_TITLES[step]);
}

/** One step on, or back. */
export function moveStep(by: 1 | -1): void {
  const next = STEPS[STEPS.indexOf(state().step) + by];
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

/** Follows a stack of pages as a movie, with the hologram's design on screen or the ready one. */
export async function followAsMovie(): Promise<void> {
  const { file } = state();
  if (file === null) return;
  const { nodes } = design();
  const isHologram = ['interference', 'target'].every((type) => nodes.some((node) => node.type === type));
  const movie = movieOf(file.image, file.pixels.data);
  closeGuide();
  if (!isHologram) openExample('sphere-hologram');
  await followMovie(movie, null);
  viewStore.getState().setTab('track');
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
  const { image, pixels: data, warnings, storedAs = null, planeSpacing = null } = imported;
  const pixels = givenPixels(image.shape, data, image.saturationLevel);
  const facts = pixelFacts(pixels);
  const camera = facts.isWhole ? estimateCamera(pixels) : null;
  const read: GuidedFile = { image, pixels, facts, storedAs, planeSpacing, camera, notes: warnings };
  guideStore.setState({
    ...{ reading: false, file: read, kind: null, documentId: null, confirmed: null },
    ...{ beads: [], picked: [] },
  });
  announce(`“${image.name}” was read.`);
}

/** Opens the design for a kind of image, with all defaults that the file gives. */
export function chooseKind(kind: GuidedKind): void {
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
      step: 'calibrate',
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
function withKnownValues(base: Design, kind: GuidedKind, { planeSpacing, camera }: GuidedFile): Known {
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
  if (kind !== 'hologram' && kind !== 'known' && camera !== null) {
    for (const [name, value] of Object.entries(camera satisfies CameraEstimate))
      set('camera', name, Number(value.toPrecision(3)), 'estimate');
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

function numberAt(of: Design, type: string, name: string): number | null {
  const node = of.nodes.find((each) =>
    type === 'source' ? registry.get(each.type)?.params['wavelength'] !== undefined : each.type === type,
  );
  const value = node === undefined ? undefined : getAt(of, registry, `${node.id}.${name}`);
  return typeof value === 'number' ? value : null;
}

/** What a point's image depends on; null in a design without these elements. */
export function pointOptics(of: Design) {
  const numericalAperture = numberAt(of, 'pupil', 'numericalAperture');
  const wavelength = numberAt(of, 'source', 'wavelength');
  const refractiveIndex = numberAt(of, 'source', 'refractiveIndex') ?? 1;
  const pixelPitch = numberAt(of, 'camera', 'pixelPitch');
  const magnification = numberAt(of, 'camera', 'magnification') ?? 1;
  const blur = numberAt(of, 'camera', 'blur') ?? 0;
  if (numericalAperture === null || wavelength === null || pixelPitch === null) return null;
  return { numericalAperture, wavelength, refractiveIndex, pitch: pixelPitch / magnification, blur };
}

/** Whether single points are looked for in the image. */
export function hasBeads(of: Design, kind: GuidedKind | null): boolean {
  return kind !== 'hologram' && of.nodes.some(({ type }) => type === 'bead');
}

type Found = Pick<GuideState, 'beads' | 'picked' | 'half'>;

/** Spots of the image and the box that each needs. */
function findIn(of: Design, kind: GuidedKind, file: GuidedFile, step = stepOfFile(of, 1)): Found {
  const optics = hasBeads(of, kind) ? pointOptics(of) : null;
  if (optics === null) return { beads: [], picked: [], half: 0 };
  const half = boxHalf({ ...optics, step, planes: file.pixels.planes });
  const beads = findBeads(file.pixels, { width: expectedWidth(optics), half });
  const best = Math.max(
    0,
    beads.findIndex(({ fault }) => fault === null),
  );
  return { beads, picked: beads.length === 0 ? [] : [best], half };
}

/** Distance between the planes of the file, where every so many of them are in use. */
function stepOfFile(of: Design, every: number): number {
  return (numberAt(of, 'stack', 'zStep') ?? 0) / every;
}

/** The part of the file for the document: the box of the first picked spot, and not more planes than needed. */
function partOf(
  of: Design,
  kind: GuidedKind,
  { pixels }: GuidedFile,
  { beads, picked, half }: Found,
  which = picked[0],
): Required<Pick<PrepareOptions, 'crop' | 'planes'>> {
  const bead = which === undefined ? undefined : beads[which];
  const crop = bead === undefined ? null : boxAround(pixels, bead, half);
  if (pixels.planes === 1) return { crop, planes: null };
  const hasStack = kind !== 'hologram' && of.nodes.some(({ type }) => type === 'stack');
  const plane = bead?.plane ?? 0;
  return {
    crop,
    planes: hasStack
      ? { start: 0, stop: pixels.planes, step: planeStep(pixels.planes) }
      : { start: plane, stop: plane + 1, step: 1 },
  };
}

/** Planes of the file from one in use to the next. */
export function planesApart({ file }: Pick<GuideState, 'file'>): number {
  const hasStack = design().nodes.some(({ type }) => type === 'stack');
  return file === null || !hasStack ? 1 : planeStep(file.pixels.planes);
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

export function chooseRung({ title, learn }: Rung): void {
  documentStore.getState().apply('Choose unknowns', (before) => setLearn(before, learn));
  announce(`The fit may change: ${title}.`);
}

const batchRun = createBatchRun({
  tell: (status, rows) => guideStore.setState({ batch: { status, rows } }),
  stopFit: () => session.stop(),
});

/** Fits each picked spot in turn with the design on screen, which stays as it is. Failures stay as rows. */
export async function fitAll(): Promise<void> {
  const { file, kind, beads, picked, half } = state();
  const target = targetOf(design());
  const start = design();
  if (file === null || kind === null || target === null || state().batch.status === 'running') return;
  const chosen = picked.filter((index) => beads[index] !== undefined);
  const waiting = chosen.flatMap((index): BatchRow[] => {
    const bead = beads[index];
    const row = { state: 'waiting', reason: null, result: null } as const;
    return bead === undefined ? [] : [{ title: `Bead ${index + 1}`, x: bead.x, y: bead.y, ...row }];
  });
  const rows = await batchRun.run(waiting, (row) =>
    fitPart(start, target.id, file, partOf(start, kind, file, { beads, picked, half }, chosen[row])),
  );
  if (rows === null) return;
  const good = rows.filter(isGood).length;
  toast(`${good} of ${rows.length} beads were fitted.`, good === rows.length ? 'good' : 'info');
}

async function fitPart(
  start: Design,
  targetNode: string,
  { image, pixels }: GuidedFile,
  part: Required<Pick<PrepareOptions, 'crop' | 'planes'>>,
): Promise<Partial<BatchRow>> {
  try {
    const given = { ...image, data: pixels.data };
    const options = { targetNode, image: given, background: null, ...part, keep: new Set<string>() };
    const prepared = prepareForImage(start, registry, options);
    const outcome = await session.fitAside(prepared.design);
    if (outcome.kind !== 'done')
      return { state: 'failed', reason: outcome.kind === 'failed' ? outcome.message : 'It was stopped.' };
    const result = inOriginalPixels(outcome.result, prepared.design, registry, prepared.origin);
    return { state: 'done', reason: result.converged ? null : describeEnding(result), result };
  } catch (error) {
    return { state: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Ends the batch and the fit that runs; rows that are done stay. */
export function stopBatch(): void {
  batchRun.stop();
}

/** A batch whose beads are not picked any more has no place to be shown. */
function dropBatch(): void {
  batchRun.stop();
  guideStore.setState({ batch: NO_BATCH });
}
