/** Files of what is on screen. Encoding happens in the files worker; here are names and the download. */

import { paramValue } from '../../graph/registry.ts';
import type { CsvColumn, EncodeOutcome, ImageFacts, ImageFileKind } from '../../workers/filesClient.ts';
import { filesClient } from '../../workers/filesClient.ts';
import type { View, ViewRequest } from '../../workers/protocol.ts';
import { documentStore, registry } from '../stores/app.ts';
import { toast } from '../stores/uiStore.ts';
import { wholeStack } from './wholeStack.ts';

const EXTENSIONS: Readonly<Record<ImageFileKind, { readonly ending: string; readonly type: string }>> = {
  png16: { ending: '16-bit.png', type: 'image/png' },
  tiff: { ending: 'tif', type: 'image/tiff' },
  npy: { ending: 'npy', type: 'application/octet-stream' },
  csv: { ending: 'csv', type: 'text/csv' },
};

/** "Airy disc - Camera - phase.tif", without what file systems refuse. */
export function exportName(parts: readonly string[], ending: string): string {
  const stem = parts
    .map((part) =>
      part
        .replace(/[\\/:*?"<>|\p{Cc}]/gu, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((part) => part !== '')
    .join(' - ')
    .slice(0, 120);
  return `${stem === '' ? 'luminode' : stem}.${ending}`;
}

/** Offers bytes or text as a file. */
export function download(content: BlobPart, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Browsers read the blob after the click; one minute is ample and frees the memory.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Null when it worked, else a sentence. */
type Problem = string | null;

function save(outcome: EncodeOutcome, name: string, type: string): Problem {
  if (!outcome.ok) return outcome.sentence;
  download(outcome.bytes, name, type);
  return null;
}

/** Writes the values of the plane that is shown. */
export async function exportValues(
  kind: ImageFileKind,
  view: Pick<View, 'shape' | 'data' | 'pitch' | 'unit' | 'portType'>,
  parts: readonly string[],
): Promise<Problem> {
  const { shape, data, pitch } = view;
  const { ending, type } = EXTENSIONS[kind];
  const facts = imageFacts(view, parts);
  return save(await filesClient.encode({ kind, shape, data, pitch, facts }), exportName(parts, ending), type);
}

/** What a file tells of its values: what they are, their unit, and of a pupil how large its disc is. */
export function imageFacts(
  { unit, portType, shape }: Pick<View, 'unit' | 'portType' | 'shape'>,
  parts: readonly string[],
): ImageFacts {
  const isPupil = portType === 'pupil' || portType === 'farField';
  return {
    title: parts.filter((part) => part !== '').join(' - '),
    'unit of values': unit === '' ? 'none' : unit,
    ...(isPupil ? { 'radius of the pupil in samples': (shape[1] - 2) / 2 } : {}),
    software: `Luminode ${String(import.meta.env['VITE_LUMINODE_VERSION'] ?? 'development')}`,
  };
}

/** Writes a picture or a whole stack. */
export async function exportStack(
  kind: 'tiff' | 'npy',
  request: Omit<ViewRequest, 'plane'>,
  parts: readonly string[],
): Promise<Problem> {
  const stack = await wholeStack(request);
  if (stack === null)
    return 'The engine did not send all planes. Wait until the picture is there and try again.';
  const { shape, data, pitch, view } = stack;
  const { ending, type } = EXTENSIONS[kind];
  const planeSpacing = shape.length === 3 ? stepOfStack() : undefined;
  const image = { kind, shape, data, pitch, facts: imageFacts(view, parts) };
  return save(
    await filesClient.encode({ ...image, ...(planeSpacing === undefined ? {} : { planeSpacing }) }),
    exportName(parts, ending),
    type,
  );
}

/** Metres between the planes of the design's focus stack. */
function stepOfStack(): number | undefined {
  const stack = documentStore.getState().design.nodes.find(({ type }) => type === 'stack');
  const step = stack === undefined ? undefined : paramValue(stack, registry, 'zStep');
  return typeof step === 'number' ? step : undefined;
}

export async function exportTable(columns: readonly CsvColumn[], parts: readonly string[]): Promise<Problem> {
  return save(await filesClient.encodeTable(columns), exportName(parts, 'csv'), 'text/csv');
}

/** Writes a canvas as 8-bit PNG. */
export async function exportCanvas(canvas: HTMLCanvasElement, parts: readonly string[]): Promise<Problem> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) return 'The picture is too large for a PNG. Zoom out or export the values instead.';
  download(blob, exportName(parts, 'png'), 'image/png');
  return null;
}

/** Runs an export and says in words when it failed. */
export function runExport(work: Promise<string | null>): void {
  work.then(
    (problem) => {
      if (problem !== null) toast(problem, 'error');
    },
    (error: unknown) => toast(`The file was not written: ${String(error)}`, 'error'),
  );
}
