import { describe, expect, it, vi } from 'vitest';
import { decodeFloat32 } from '../../graph/imageData.ts';
import type { DecodeOutcome } from '../../workers/filesClient.ts';
import { importImageFile, LARGEST_DOCUMENT_PIXELS } from './importImage.ts';

const decoded = (data: Float32Array, shape: readonly number[]) => async (): Promise<DecodeOutcome> => ({
  ok: true,
  image: { shape, data, saturationLevel: 255, notes: ['The alpha channel was left out.'] },
});

describe('importing an image', () => {
  it('puts the values into the document and passes notes on', async () => {
    const data = new Float32Array([1, 2.5, -3, 4]);
    const imported = await importImageFile(new File(['x'], 'bead.tif'), decoded(data, [2, 2]));
    if (!imported.ok) throw new Error(imported.reason);
    expect(imported.image).toMatchObject({
      kind: 'measured',
      name: 'bead.tif',
      shape: [2, 2],
      saturationLevel: 255,
    });
    expect(decodeFloat32(imported.image.data, 4)).toEqual(data);
    expect(imported.warnings).toEqual(['The alpha channel was left out.']);
  });

  it('refuses empty and huge files before reading them', async () => {
    const decode = vi.fn();
    const empty = await importImageFile(new File([], 'a.png'), decode);
    expect(empty).toMatchObject({ ok: false, reason: expect.stringContaining('“a.png” is empty') });
    const huge = new File(['x'], 'b.tif');
    Object.defineProperty(huge, 'size', { value: 2e9 });
    const read = vi.spyOn(huge, 'arrayBuffer');
    expect(await importImageFile(huge, decode)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('2000 MB'),
    });
    expect(read).not.toHaveBeenCalled();
    expect(decode).not.toHaveBeenCalled();
  });

  it('refuses an image that no design can hold', async () => {
    const data = { length: LARGEST_DOCUMENT_PIXELS + 1 } as Float32Array;
    const imported = await importImageFile(new File(['x'], 'c.tif'), decoded(data, [10_000_001]));
    expect(imported).toMatchObject({ ok: false, reason: expect.stringContaining('“c.tif”') });
  });

  it('passes the sentence of the decoder on, and its own when the file is gone', async () => {
    const bad = async (): Promise<DecodeOutcome> => ({ ok: false, sentence: '“d.gif” is a GIF image.' });
    expect(await importImageFile(new File(['x'], 'd.gif'), bad)).toEqual({
      ok: false,
      reason: '“d.gif” is a GIF image.',
    });
    const gone = new File(['x'], 'e.npy');
    vi.spyOn(gone, 'arrayBuffer').mockRejectedValue(new DOMException('gone', 'NotFoundError'));
    expect(await importImageFile(gone, bad)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('“e.npy” could not be read'),
    });
  });
});
