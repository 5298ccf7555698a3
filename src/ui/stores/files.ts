/** Opening and saving: files, examples, dropped images, clipboard. React-free. */

import { notNumbersProblem } from '../../graph/clipped.ts';
import type { Design } from '../../graph/document.ts';
import { addImage as withImage } from '../../graph/edit.ts';
import { examples } from '../../graph/examples/index.ts';
import { PrepareProblem } from '../../graph/measuredPixels.ts';
import { parseDesign } from '../../graph/parse.ts';
import { setAt } from '../../graph/paths.ts';
import { serializeDesign } from '../../graph/serialize.ts';
import type { OpenedMovie } from '../../workers/filesClient.ts';
import { documentStore, emptyDesign, registry } from './app.ts';
import { cardAreas } from './cards.ts';
import { type ImportedImage, importImageFile } from './importImage.ts';
import { addElement } from './insertion.ts';
import { openDesign } from './opening.ts';
import { freePlaceAmong } from './places.ts';
import { selectionStore } from './selectionStore.ts';
import { changeImport, type ImportChange, type Placed, placeUpload } from './targetImports.ts';
import { askWhatItIs, openedMovie, takeMovie } from './tracking.ts';
import { announce, toast } from './uiStore.ts';

const MAX_FILE_BYTES = 64 * 1024 * 1024;

export function newDocument(): void {
  openDesign(emptyDesign());
}

export function openExample(id: string): void {
  const example = examples.find((each) => each.id === id);
  if (example === undefined) return;
  openDesign(example.design);
}

/** Opens a design from text; says what is wrong when it cannot, and what was changed when it had to. */
export function openText(text: string, name: string, id?: string): boolean {
  const parsed = parseDesign(text, registry);
  if (!parsed.ok) {
    const [first] = parsed.issues;
    toast(`“${name}” was not opened. ${first?.message ?? ''} ${first?.fix ?? ''}`, 'error');
    return false;
  }
  const { design, preserved, issues } = parsed;
  openDesign(design, { preserved, ...(id === undefined ? {} : { id }) });
  const dropped = issues.filter((issue) => issue.severity === 'error');
  if (dropped.length > 0) {
    toast(`“${name}” was opened with ${dropped.length} problem(s): ${dropped[0]?.message ?? ''}`, 'error');
  }
  return true;
}

/** Opens the designs among the files, and makes targets of the images: several are the frames of a movie. */
export async function openFiles(files: Iterable<File>): Promise<void> {
  const images: File[] = [];
  for (const file of files) {
    if (/\.json$/i.test(file.name) || file.type === 'application/json') {
      if (file.size > MAX_FILE_BYTES) {
        toast(
          `“${file.name}” is larger than 64 MB, which no design is. Choose a design saved by Luminode.`,
          'error',
        );
        continue;
      }
      openText(await file.text(), file.name);
    } else images.push(file);
  }
  if (images.length > 1) {
    const movie = await openedMovie(images);
    if (movie !== null) await followMovie(movie, null);
    return;
  }
  for (const file of images) await addTargetImage(file, null);
}

/** Files with many pages; PNG has one. */
const MAY_BE_MOVIE = /\.(tiff?|npy|lsm|stk|btf|tf8)$/i;

/**
 * Gives a file to a target node. Of one with many pages it is asked whether it is a movie, unless the design takes
 * focus stacks: its panel then offers to follow it.
 */
export async function addTargetImage(file: File, nodeId: string | null): Promise<void> {
  const isSpatial = documentStore.getState().design.nodes.some(({ type }) => type === 'stack');
  const movie = isSpatial || !MAY_BE_MOVIE.test(file.name) ? null : await openedMovie([file]);
  if (movie === null) {
    await addImage(file, nodeId);
    return;
  }
  askWhatItIs({ movie, nodeId, asStack: () => void addImage(file, nodeId) });
}

/** Makes the target show the first frame of a movie, and opens the view that follows it. */
export async function followMovie(movie: OpenedMovie, nodeId: string | null): Promise<void> {
  const first = await takeMovie(movie);
  if (first === null) return;
  placeImage({ ok: true, ...first, warnings: movie.notes }, nodeId);
}

/**
 * Reads an image file into the document and gives it to a target node: the given one, else the selected or only
 * one, else a new one.
 */
async function addImage(file: File, nodeId: string | null): Promise<void> {
  const imported = await importImageFile(file);
  if (imported.ok) placeImage(imported, nodeId);
  else toast(imported.reason, 'error');
}

/** Reads an image file into the document and gives it to a parameter of a node that is no target. */
export async function addParamImage(file: File, nodeId: string, param: string): Promise<void> {
  const { epoch } = documentStore.getState();
  const imported = await importImageFile(file);
  if (!imported.ok) {
    toast(imported.reason, 'error');
    return;
  }
  // Another document was opened while the file was read: its nodes may have the same names.
  if (documentStore.getState().epoch !== epoch) return;
  documentStore.getState().apply('Add image', (before) => {
    const { design, imageId } = withImage(before, imported.image);
    return setAt(design, registry, `${nodeId}.${param}`, imageId);
  });
  for (const warning of imported.warnings) toast(warning);
}

function placeImage(imported: Extract<ImportedImage, { ok: true }>, nodeId: string | null): void {
  const receiver =
    nodeId ?? findImageNode() ?? addElement('target', freePlaceAmong({ x: 300, y: 420 }, cardAreas(), null));
  const { design } = documentStore.getState();
  const type = design.nodes.find((node) => node.id === receiver)?.type ?? '';
  const params = registry.get(type)?.params ?? {};
  const param = Object.keys(params).find((name) => params[name]?.kind === 'image');
  if (param === undefined) return;
  const problem = type === 'target' ? null : notNumbersProblem(imported.image.name, imported.pixels);
  if (problem !== null) {
    toast(problem, 'error');
    return;
  }
  const prepared = type === 'target' ? preparedFor(design, receiver, imported) : null;
  documentStore.getState().apply('Add image', (before) => {
    if (prepared !== null && before === design) return prepared.design;
    const { design: next, imageId } = withImage(before, imported.image);
    return setAt(next, registry, `${receiver}.${param}`, imageId);
  });
  selectionStore.getState().select([receiver]);
  for (const note of [...imported.warnings, ...(prepared?.notes ?? [])]) toast(note);
}

/** The design with camera, planes and first estimates made to follow the image; null where it has no place. */
function preparedFor(
  design: Design,
  targetNode: string,
  { image, pixels }: Extract<ImportedImage, { ok: true }>,
): Placed | null {
  try {
    return placeUpload(design, registry, targetNode, image, pixels);
  } catch (error) {
    if (!(error instanceof PrepareProblem)) throw error;
    toast(error.message, 'error');
    return null;
  }
}

/** Uses another part of a target's original. Null, or why that is not possible. */
export function chooseImagePart(
  nodeId: string,
  part: Required<Pick<ImportChange, 'crop' | 'planes'>>,
): string | null {
  return changeTarget(nodeId, part);
}

/** Reads an image file and divides a target's image by it. Null, or why that is not possible. */
export async function divideByBackground(file: File, nodeId: string): Promise<string | null> {
  const { epoch } = documentStore.getState();
  const imported = await importImageFile(file);
  if (!imported.ok) return imported.reason;
  // Another document was opened while the file was read: its nodes may have the same names.
  if (documentStore.getState().epoch !== epoch) return null;
  const { name, shape } = imported.image;
  const refused = notNumbersProblem(name, imported.pixels);
  if (refused !== null) return refused;
  const problem = changeTarget(nodeId, { background: { name, shape, data: imported.pixels } });
  if (problem === null) for (const warning of imported.warnings) toast(warning);
  return problem;
}

export function removeBackground(nodeId: string): string | null {
  return changeTarget(nodeId, { background: null });
}

function changeTarget(nodeId: string, change: ImportChange): string | null {
  const before = documentStore.getState().design;
  const changed = changeImport(documentStore, registry, nodeId, change);
  if (!changed.ok) return changed.reason;
  const { design } = documentStore.getState();
  if (design !== before) announce('The target has changed; positions and brightness were estimated again.');
  for (const note of changed.notes) toast(note);
  return null;
}

/** The selected node that holds an image, or the only one of the document. */
function findImageNode(): string | null {
  const { design } = documentStore.getState();
  // The images of a camera are maps of its pixels: nobody means those by dropping a picture on the page.
  const holders = design.nodes.filter(
    ({ type }) =>
      type !== 'camera' &&
      Object.values(registry.get(type)?.params ?? {}).some((spec) => spec.kind === 'image'),
  );
  const selected = selectionStore.getState().nodeIds;
  const chosen =
    holders.find((node) => selected.includes(node.id)) ?? (holders.length === 1 ? holders[0] : undefined);
  return chosen?.id ?? null;
}

/** "Airy disc.luminode.json", without what file systems refuse. */
export function fileNameOf(title: string, ending = 'luminode.json'): string {
  const safe = title
    .replace(/[\\/:*?"<>|\p{Cc}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return `${safe === '' ? 'design' : safe.slice(0, 100)}.${ending}`;
}

/** Hands a text to the browser as a download. */
export function downloadText(text: string, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download starts after this task; the address must live until then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The document as a file. */
export function saveFile(): void {
  const { design, preserved } = documentStore.getState();
  const name = fileNameOf(design.title);
  downloadText(serializeDesign(design, preserved), name, 'application/json');
  toast(`Saved as “${name}”.`, 'good');
}

/** Opens the browser's file dialog. */
export function chooseFiles(): void {
  document.querySelector<HTMLInputElement>('[data-testid="open-file-input"]')?.click();
}
