import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { setParam } from '../../graph/edit.ts';
import { examples } from '../../graph/examples/index.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { decodeFloat32 } from '../../graph/imageData.ts';
import { withFittedMaps } from '../../graph/maps.ts';
import { createSession } from '../session.ts';

const session = await createSession('wasm');

function designOf(id: string): Design {
  const found = examples.find((example) => example.id === id);
  if (found === undefined) throw new Error(id);
  return found.design;
}

async function learned(design: Design, maxIterations: number, learningRate: number) {
  const options = { ...DEFAULT_FIT_OPTIONS, method: 'adam', maxIterations, learningRate } as const;
  const result = await session.fit(design, options);
  return { result, design: withFittedMaps(design, registry, result.maps ?? []) };
}

describe('designs of masks', { timeout: 60_000 }, () => {
  it('split a beam in three, from a random start: at least 90 % of what 92.56 % allows', async () => {
    const start = setParam(designOf('three-way-splitter'), registry, 'mask', 'phase', {
      low: -1,
      high: 1,
      seed: 3,
    });
    const { design } = await learned(start, 60, 0.3);
    const proof = examples.find(({ id }) => id === 'three-way-splitter')?.proof;
    const camera = (await session.evaluate(design)).images.get('camera');
    if (camera === undefined || proof === undefined || proof === null) throw new Error('No picture.');
    const share = proof.measure(camera);
    expect(share).toBeGreaterThan(0.9);
    // No phase mask does better with equal beams (Gori et al. 1998); 1e-3 for the sampling of a period.
    expect(share).toBeLessThan(0.9256 + 1e-3);
  });

  it('write three letters into three planes', async () => {
    const { result } = await learned(designOf('letter-hologram'), 50, 0.3);
    // Facts on Chromatix, 2.2: 0.70 after 200 iterations on 51 planes; three planes ask less of the mask.
    expect(1 - result.loss.end).toBeGreaterThan(0.74);
  });

  it('write a letter with mirrors that are on or off', async () => {
    const { result } = await learned(designOf('mirror-hologram'), 40, 1);
    // Facts on Chromatix, 2.2: a cosine distance of 0.098 after 20 iterations and 0.0849 at last.
    expect(result.loss.end).toBeLessThan(0.0849);
  });

  it('find a phase object from a tilt series, sharper than the objective alone shows it', async () => {
    const design = designOf('tilt-series');
    const { result } = await learned(design, 80, 0.1);
    const object = design.images['object'];
    if (object?.kind !== 'measured') throw new Error('No object.');
    const [seen, truth] = [result.maps?.[0]?.data ?? '', object.data].map((data) =>
      decodeFloat32(data, 64 * 64),
    );
    if (seen === undefined || truth === undefined) throw new Error('No map.');
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [a, b] = [mean(seen), mean(truth)];
    let [cross, own, wanted] = [0, 0, 0];
    seen.forEach((value, i) => {
      const other = (truth[i] ?? 0) - b;
      cross += (value - a) * other;
      own += (value - a) ** 2;
      wanted += other ** 2;
    });
    // The letter low-passed at 0.08, the objective alone, correlates with itself by 0.937, at 0.18 by 0.980.
    expect(cross / Math.sqrt(own * wanted)).toBeGreaterThan(0.97);
    expect(result.loss.end).toBeLessThan(1e-2 * result.loss.start);
  });
});
