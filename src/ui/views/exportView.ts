/** Files of what is on screen. Encoding happens in the files worker; here are names and the download. */

import type { CsvColumn, EncodeOutcome, ImageFileKind, ImageToEncode } from '../../workers/filesClient.ts';
import { filesClient } from '../../workers/filesClient.ts';
import type { View } from '../../workers/protocol.ts';

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
  view: View,
  parts: readonly string[],
): Promise<Problem> {
  const { shape, data, pitch } = view;
  const { ending, type } = EXTENSIONS[kind];
  return save(await filesClient.encode({ kind, shape, data, pitch }), exportName(parts, ending), type);
}

/** Writes a picture or a whole stack. */
export async function exportStack(
  kind: 'tiff' | 'npy',
  stack: Omit<ImageToEncode, 'kind'>,
  parts: readonly string[],
): Promise<Problem> {
  const { ending, type } = EXTENSIONS[kind];
  return save(await filesClient.encode({ kind, ...stack }), exportName(parts, ending), type);
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
