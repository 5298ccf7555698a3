/** The fit of the document for each picked spot, aside: what is on screen stays as it is. React-free. */
import type { Design } from '../../graph/document.ts';
import { targetOf } from '../../graph/guided/kinds.ts';
import { type PrepareOptions, prepareForImage } from '../../graph/prepare.ts';
import { documentStore, registry, session } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { describeEnding } from '../stores/fitWords.ts';
import { inOriginalPixels } from '../stores/targetImports.ts';
import { toast } from '../stores/uiStore.ts';
import { type BatchRow, isGood } from './batch.ts';
import { createBatchRun } from './batchRun.ts';
import { begun } from './batchStart.ts';
import { partOf, planesApart } from './guideParts.ts';
import { type GuidedFile, guideStore, NO_BATCH } from './guideStore.ts';
import { widthsOf } from './measuredWidths.ts';

const batchRun = createBatchRun({
  tell: (status, rows) => guideStore.setState({ batch: { status, rows } }),
  stopFit: () => session.stop(),
});

/** Fits each picked spot in turn with the design as it is now: what is changed meanwhile is not part of it. */
export async function fitAll(): Promise<void> {
  const { file, kind, beads, picked, half, batch } = guideStore.getState();
  const { design: now, id, fit } = documentStore.getState();
  const start = begun(now, registry, fit);
  const target = targetOf(start);
  if (file === null || kind === null || target === null || batch.status === 'running') return;
  const chosen = picked.filter((index) => beads[index] !== undefined);
  const waiting = chosen.flatMap((index): BatchRow[] => {
    const bead = beads[index];
    if (bead === undefined) return [];
    const widths = widthsOf(start, file, bead, planesApart({ file }));
    const row = { state: 'waiting', reason: null, result: null, widths } as const;
    return [{ title: `Bead ${index + 1}`, x: bead.x, y: bead.y, ...row }];
  });
  const rows = await batchRun.run(waiting, async (row) => {
    // Its rows are of the design that is not on screen any more.
    if (documentStore.getState().id !== id) batchRun.stop();
    return fitPart(start, target.id, file, partOf(start, kind, file, { beads, picked, half }, chosen[row]));
  });
  if (rows === null) return;
  const good = rows.filter(isGood).length;
  toast(`${good} of ${rows.length} beads were fitted.`, good === rows.length ? 'good' : 'info');
}

/** One row; whatever goes wrong with it is its reason, and the next has its turn. */
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
    const first = await session.fitAside(prepared.design);
    // An engine that died begins anew: the row gets a second chance in it.
    const wasCutOff = first.kind === 'failed' && first.canGoOn === true;
    if (wasCutOff) await engineBack();
    const outcome = wasCutOff ? await session.fitAside(prepared.design) : first;
    if (outcome.kind !== 'done')
      return { state: 'failed', reason: outcome.kind === 'failed' ? outcome.message : 'It was stopped.' };
    const result = inOriginalPixels(outcome.result, prepared.design, registry, prepared.origin);
    return { state: 'done', reason: result.converged ? null : describeEnding(result), result };
  } catch (error) {
    return { state: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Settles when the engine is there again, or will not come. */
function engineBack(): Promise<void> {
  const isOnItsWay = () => ['starting', 'restarting'].includes(engineStore.getState().connection);
  return new Promise((resolve) => {
    if (!isOnItsWay()) return resolve();
    const end = engineStore.subscribe(() => {
      if (isOnItsWay()) return;
      end();
      resolve();
    });
  });
}

/** Ends the batch and the fit that runs; rows that are done stay. */
export function stopBatch(): void {
  batchRun.stop();
}

/** A batch whose beads are not picked any more has no place to be shown. */
export function dropBatch(): void {
  batchRun.stop();
  guideStore.setState({ batch: NO_BATCH });
}
