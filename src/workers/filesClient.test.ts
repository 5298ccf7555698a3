import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FilesAnswer, FilesRequest, FilesWorker } from './filesClient.ts';
import { createFilesClient } from './filesClient.ts';

const LIMITS = { startMilliseconds: 1000, decodeMilliseconds: 50, encodeMilliseconds: 80 };

/** A worker whose answers the test decides. */
class FakeWorker implements FilesWorker {
  onmessage: FilesWorker['onmessage'] = null;
  onerror: FilesWorker['onerror'] = null;
  ended = false;
  readonly requests: FilesRequest[] = [];
  readonly reply: (request: FilesRequest) => FilesAnswer | null;

  constructor(reply: (request: FilesRequest) => FilesAnswer | null, ready = true) {
    this.reply = reply;
    if (ready) queueMicrotask(() => this.send({ type: 'ready' }));
  }
  send(data: FilesAnswer): void {
    this.onmessage?.({ data } as MessageEvent<FilesAnswer>);
  }
  postMessage(request: FilesRequest): void {
    this.requests.push(request);
    const message = this.reply(request);
    if (message !== null) queueMicrotask(() => this.send(message));
  }
  terminate(): void {
    this.ended = true;
  }
}

describe('files client', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('hands the image over and ends its worker', async () => {
    const image = { shape: [1, 2], data: new Float32Array([1, 2]), saturationLevel: 255, notes: ['n'] };
    const worker = new FakeWorker(() => ({ type: 'decoded', image }));
    const outcome = await createFilesClient(() => worker, LIMITS).decode('a.png', new Uint8Array([1]));
    expect(outcome).toEqual({ ok: true, image });
    expect(worker.requests[0]).toMatchObject({ type: 'decode', name: 'a.png' });
    expect(worker.ended).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends a decoder that hangs and names the file', async () => {
    const worker = new FakeWorker(() => null);
    const pending = createFilesClient(() => worker, LIMITS).decode('slow.tif', new Uint8Array(1));
    await vi.advanceTimersByTimeAsync(49);
    expect(worker.ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await pending).toMatchObject({ ok: false, sentence: expect.stringContaining('“slow.tif”') });
    expect(worker.ended).toBe(true);
  });

  it('says so when the worker never starts, stops, or cannot be made', async () => {
    const silent = new FakeWorker(() => null, false);
    const late = createFilesClient(() => silent, LIMITS).decode('a', new Uint8Array(1));
    await vi.advanceTimersByTimeAsync(1000);
    expect(await late).toMatchObject({ ok: false, sentence: expect.stringContaining('did not start') });

    const broken = new FakeWorker(() => null);
    const stopped = createFilesClient(() => broken, LIMITS).decode('a', new Uint8Array(1));
    await vi.advanceTimersByTimeAsync(1);
    broken.onerror?.({} as ErrorEvent);
    expect(await stopped).toMatchObject({ ok: false, sentence: expect.stringContaining('memory') });

    const impossible = createFilesClient(() => {
      throw new Error('no');
    }, LIMITS);
    expect(await impossible.encodeTable([])).toMatchObject({ ok: false });
  });

  it('copies pixels that are encoded, so that the picture on screen keeps its own', async () => {
    const worker = new FakeWorker(() => ({ type: 'encoded', bytes: new Uint8Array([9]) }));
    const data = new Float32Array([1]);
    const outcome = await createFilesClient(() => worker, LIMITS).encode({
      kind: 'npy',
      shape: [1, 1],
      data,
      pitch: 0,
    });
    expect(outcome).toEqual({ ok: true, bytes: new Uint8Array([9]) });
    const sent = worker.requests[0];
    expect(sent?.type === 'encode' && sent.image.data !== data && sent.image.data[0]).toBe(1);
  });
});

describe('files worker', () => {
  const posted: FilesAnswer[] = [];
  const scope = globalThis as unknown as { onmessage: (event: { data: FilesRequest }) => void };
  const ask = async (data: FilesRequest): Promise<FilesAnswer | undefined> => {
    posted.length = 0;
    scope.onmessage({ data });
    await vi.waitFor(() => expect(posted.length).toBe(1));
    return posted[0];
  };

  beforeEach(async () => {
    vi.stubGlobal('self', globalThis);
    vi.stubGlobal('postMessage', (message: FilesAnswer) => posted.push(message));
    await import('./files.worker.ts');
  });
  afterEach(() => void vi.unstubAllGlobals());

  it('reads back what it wrote, in every format that can be read', async () => {
    const data = new Float32Array([0, 1.5, 3, 4.5, 6, 7.5]);
    for (const kind of ['npy', 'tiff'] as const) {
      const written = await ask({ type: 'encode', image: { kind, shape: [2, 3], data, pitch: 1e-7 } });
      if (written?.type !== 'encoded') throw new Error('not encoded');
      const read = await ask({ type: 'decode', name: `a.${kind}`, bytes: written.bytes });
      expect(read).toMatchObject({ type: 'decoded', image: { shape: [2, 3], data, saturationLevel: null } });
    }
    const png = await ask({ type: 'encode', image: { kind: 'png16', shape: [2, 3], data, pitch: 0 } });
    if (png?.type !== 'encoded') throw new Error('not encoded');
    const read = await ask({ type: 'decode', name: 'a.png', bytes: png.bytes });
    // 0..7.5 is stretched over 16 bits.
    expect(read).toMatchObject({ type: 'decoded', image: { shape: [2, 3], saturationLevel: 65_535 } });
    expect(read?.type === 'decoded' && [...read.image.data]).toEqual([
      0, 13_107, 26_214, 39_321, 52_428, 65_535,
    ]);
  });

  it('writes an image as CSV, and a table', async () => {
    const data = new Float32Array([1, 2, 3, 4]);
    const matrix = await ask({ type: 'encode', image: { kind: 'csv', shape: [2, 2], data, pitch: 0 } });
    const text = (message: FilesAnswer | undefined): string =>
      message?.type === 'encoded' ? new TextDecoder().decode(message.bytes) : '';
    expect(text(matrix)).toBe('1,2\r\n3,4\r\n');
    const table = await ask({ type: 'table', columns: [{ name: 'a', values: [1, null] }] });
    expect(text(table)).toBe('a\r\n1\r\n\r\n');
  });

  it('answers a bad file with its sentence', async () => {
    const message = await ask({ type: 'decode', name: 'note.png', bytes: new TextEncoder().encode('hello') });
    expect(message).toMatchObject({ type: 'failed', sentence: expect.stringContaining('“note.png”') });
  });
});
