/** The long version, with the JavaScript heap, is bench/soak.mjs. */
import { expect, it } from 'vitest';
import { registry } from '../graph/catalogue.ts';
import type { Design } from '../graph/document.ts';
import { setAll } from '../graph/edit.ts';
import { DEFAULT_FIT_OPTIONS } from '../graph/fitOptions.ts';
import type { ViewRequest } from './protocol.ts';
import { Session } from './session.ts';
import { smallHologram, smallStack } from './testDesigns.ts';
import { openWasmBackend } from './wasm/wasmKernels.ts';

const views = ['source', 'pupil', 'camera'].map(
  (nodeId): ViewRequest => ({ nodeId, plane: 0, layer: 'output', mode: 'intensity' }),
);

function sized(design: Design, samples: number): Design {
  return { ...design, grid: { ...design.grid, samples } };
}

it('pictures and fits of changing sizes leave nothing behind', async () => {
  const { kernels, threads, dispose } = await openWasmBackend();
  const session = new Session({
    ...{ name: 'wasm', kernels, threads, dispose },
    ...{ painter: null, reason: '', adapter: null },
    lost: new Promise(() => undefined),
  });
  const at = (round: number) => 0.3e-6 + 1e-9 * round;
  const cycle = async (round: number) => {
    const hologram = smallHologram({ learn: ['sphere.x'], start: { 'sphere.x': at(round) } });
    const stack = smallStack({ learn: ['bead.photons.*'], start: { 'bead.x': at(round) } });
    const designs = [sized(hologram, 32), sized(stack, 24), sized(hologram, 45)];
    for (const design of designs) {
      await session.show(design, { views });
      const method = round % 2 === 0 ? 'adam' : 'levenbergMarquardt';
      const options = { ...DEFAULT_FIT_OPTIONS, method, coarseSearch: false, maxIterations: 2 } as const;
      await session.fit(design, options, async (_progress, look) => {
        await look({ views });
        return true;
      });
    }
    // A design that is refused or fails half-way leaves nothing either.
    await session.show(setAll(sized(stack, 4096), registry, { 'stack.planes': 500 }), { views });
    await session.show(smallHologram(), { views });
    return kernels.memory();
  };
  await cycle(0);
  const full = await cycle(1);
  for (let round = 2; round < 5; round++) expect(await cycle(round)).toEqual(full);
  dispose();
});
