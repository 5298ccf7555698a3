import { expect, it } from 'vitest';
import type { FitSnapshot } from '../../workers/protocol.ts';
import { type BegunFit, createFitCheckpoints, type StoredFits } from './fitCheckpoints.ts';

const begun = (key: string): BegunFit => ({ id: 'document', key }) as unknown as BegunFit;
const VERSION: FitSnapshot['version'] = 2;
const at = (iteration: number): FitSnapshot => ({ version: VERSION, iteration }) as unknown as FitSnapshot;

/** A slow browser: every write takes a turn of the event loop, the first one as long as the test holds it. */
function slowShelf() {
  let fit: BegunFit | null = null;
  let snapshot: FitSnapshot | null = null;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const turn = () => new Promise((resolve) => setTimeout(resolve));
  const fits: StoredFits = {
    async beginFit(next) {
      await held;
      await turn();
      [fit, snapshot] = [next, null];
    },
    async keepSnapshot(_, next) {
      await turn();
      snapshot = next;
    },
    async dropFit() {
      await turn();
      [fit, snapshot] = [null, null];
    },
    storedFit: async () => (fit === null || snapshot === null ? null : { fit, snapshot }),
  };
  return { checkpoints: createFitCheckpoints(fits), release: () => release() };
}

it('keeps a fit that begins while the one before is still written and dropped', async () => {
  const { checkpoints, release } = slowShelf();
  const first = checkpoints.begin(begun('first'));
  first.keep(at(1));
  await Promise.resolve();
  first.end();
  const second = checkpoints.begin(begun('second'));
  second.keep(at(2));
  release();
  expect((await checkpoints.interrupted('document', 'second'))?.snapshot).toEqual(at(2));
  // What is said late about a fit touches no other.
  first.end();
  first.keep(at(3));
  expect((await checkpoints.interrupted('document', 'second'))?.snapshot).toEqual(at(2));
  second.end();
  expect(await checkpoints.interrupted('document', 'second')).toBeNull();
});

it('writes the newest of the snapshots that came meanwhile', async () => {
  const { checkpoints, release } = slowShelf();
  const fit = checkpoints.begin(begun('key'));
  for (const iteration of [1, 2]) fit.keep(at(iteration));
  await Promise.resolve();
  fit.keep(at(3));
  release();
  expect((await checkpoints.interrupted('document', 'key'))?.snapshot).toEqual(at(3));
  fit.keep(at(4));
  expect((await checkpoints.interrupted('document', 'key'))?.snapshot).toEqual(at(4));
});

it('leaves a fit that was cut off with the key of the document as it is by then', async () => {
  const { checkpoints, release } = slowShelf();
  release();
  const fit = checkpoints.begin(begun('start'));
  fit.keep(at(5));
  fit.leave('later');
  expect((await checkpoints.interrupted('document', 'later'))?.snapshot).toEqual(at(5));
});
