/**
 * Reads and writes image files outside the page's thread. Every request gets a worker of its own, which is ended
 * with the request: a file that hangs or breaks a decoder costs nothing but itself.
 */
import type { CsvColumn } from './files/encode.ts';

export type { CsvColumn } from './files/encode.ts';

export type ImageFileKind = 'npy' | 'tiff' | 'png16' | 'csv';

export interface DecodedImage {
  /** [ny, nx] or [planes, ny, nx]. */
  readonly shape: readonly number[];
  /** Row-major, values as stored in the file. */
  readonly data: Float32Array;
  /** Value at which the sample type clips; null for floats. */
  readonly saturationLevel: number | null;
  /** Sentences about choices that were made while reading. */
  readonly notes: readonly string[];
  /** “TIFF, 16-bit whole numbers”. */
  readonly storedAs?: string;
  /** Distance from plane to plane that the file tells, metres. */
  readonly planeSpacing?: number;
  /** Size of a pixel that the file tells, metres: along x, where it says so for x alone. */
  readonly pixelSize?: number;
  /** The file calls its planes frames: they are times. */
  readonly framesOfTime?: true;
}

export interface ImageToEncode {
  readonly kind: ImageFileKind;
  /** PNG and CSV hold one plane: [ny, nx]. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** Metres between pixels; 0 when unknown. */
  readonly pitch: number;
  /** Metres between planes of a stack; absent where they are no depths. */
  readonly planeSpacing?: number;
  /** What the values are: written into TIFF and NPY. */
  readonly facts?: ImageFacts;
}

/** What a file of numbers should tell of itself, by name. */
export interface ImageFacts {
  readonly [name: string]: string | number;
}

/** What is known of a movie before its frames are read. */
export interface MovieFacts {
  readonly name: string;
  readonly count: number;
  /** [ny, nx] of each frame. */
  readonly shape: readonly [number, number];
  readonly saturationLevel: number | null;
  readonly notes: readonly string[];
}

/** A movie that lies with a worker of its own. */
export interface OpenedMovie extends MovieFacts {
  /** Values as stored, row-major. Rejects with a sentence where a frame cannot be read. */
  readonly read: (frame: number) => Promise<Float32Array>;
  /** Ends the worker. */
  readonly close: () => void;
}

export type FilesRequest =
  | { readonly type: 'decode'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly type: 'openMovie'; readonly files: readonly File[] }
  | { readonly type: 'readFrame'; readonly frame: number }
  | { readonly type: 'encode'; readonly image: ImageToEncode }
  | { readonly type: 'table'; readonly columns: readonly CsvColumn[] };

export type FilesAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'decoded'; readonly image: DecodedImage }
  | { readonly type: 'movie'; readonly movie: MovieFacts }
  | { readonly type: 'frame'; readonly data: Float32Array }
  | { readonly type: 'encoded'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'failed'; readonly sentence: string };

export type Outcome<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly sentence: string };
export type DecodeOutcome = Outcome<{ readonly image: DecodedImage }>;
export type EncodeOutcome = Outcome<{ readonly bytes: Uint8Array<ArrayBuffer> }>;

/** The part of `Worker` that is used; tests hand in their own. */
export interface FilesWorker {
  postMessage(message: FilesRequest, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FilesAnswer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export interface FilesLimits {
  /** Time for the worker to load, over a slow network too. */
  readonly startMilliseconds: number;
  readonly decodeMilliseconds: number;
  readonly encodeMilliseconds: number;
}

export const FILES_LIMITS: FilesLimits = {
  startMilliseconds: 30_000,
  decodeMilliseconds: 5000,
  encodeMilliseconds: 60_000,
};

function spawnFilesWorker(): FilesWorker {
  return new Worker(new URL('./files.worker.ts', import.meta.url), {
    type: 'module',
    name: 'luminode-files',
  });
}

export interface FilesClient {
  /** `bytes` is handed over and cannot be used afterwards. Never rejects. */
  readonly decode: (name: string, bytes: Uint8Array) => Promise<DecodeOutcome>;
  /** One file with many pages, or several with one frame each. Never rejects. */
  readonly openMovie: (files: readonly File[]) => Promise<Outcome<{ readonly movie: OpenedMovie }>>;
  /** `data` is copied, because views on screen go on using it. Never rejects. */
  readonly encode: (image: ImageToEncode) => Promise<EncodeOutcome>;
  /** A table with one header line as CSV. Never rejects. */
  readonly encodeTable: (columns: readonly CsvColumn[]) => Promise<EncodeOutcome>;
}

export function createFilesClient(
  spawn: () => FilesWorker = spawnFilesWorker,
  limits: FilesLimits = FILES_LIMITS,
): FilesClient {
  const ask = (request: FilesRequest, transfer: Transferable[], milliseconds: number, late: string) =>
    askOnce(spawn, limits.startMilliseconds, { request, transfer, milliseconds, late });

  const encoded = async (request: FilesRequest, transfer: Transferable[]): Promise<EncodeOutcome> => {
    const late = 'Writing the file took too long and was ended. Export one plane or a smaller image.';
    const answer = await ask(request, transfer, limits.encodeMilliseconds, late);
    if (answer.type === 'encoded') return { ok: true, bytes: answer.bytes };
    return failure(answer);
  };

  return {
    async decode(name, bytes) {
      const late =
        `“${name}” could not be read within ${limits.decodeMilliseconds / 1000} seconds, so reading was ended. ` +
        'It may be damaged or very large: save it as uncompressed TIFF, or crop it, and try again.';
      const answer = await ask(
        { type: 'decode', name, bytes },
        [bytes.buffer as ArrayBuffer],
        limits.decodeMilliseconds,
        late,
      );
      return answer.type === 'decoded' ? { ok: true, image: answer.image } : failure(answer);
    },
    openMovie: (files) => openOnce(spawn, limits, files),
    encode(image) {
      const data = image.data.slice();
      return encoded({ type: 'encode', image: { ...image, data } }, [data.buffer]);
    },
    encodeTable: (columns) => encoded({ type: 'table', columns }, []),
  };
}

function failure(answer: FilesAnswer): { readonly ok: false; readonly sentence: string } {
  const sentence =
    answer.type === 'failed'
      ? answer.sentence
      : 'The file reader gave an unexpected answer. Reload the page.';
  return { ok: false, sentence };
}

interface Question {
  readonly request: FilesRequest;
  readonly transfer: Transferable[];
  readonly milliseconds: number;
  /** The sentence when time is up. */
  readonly late: string;
}

/** Starts a worker, asks one question, ends the worker. */
function askOnce(
  spawn: () => FilesWorker,
  startMilliseconds: number,
  question: Question,
): Promise<FilesAnswer> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let worker: FilesWorker | null = null;
    const settle = (answer: FilesAnswer): void => {
      clearTimeout(timer);
      if (worker !== null) {
        worker.onmessage = null;
        worker.onerror = null;
        worker.terminate();
      }
      resolve(answer);
    };
    const fail = (sentence: string): void => settle({ type: 'failed', sentence });
    const begin = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => fail(question.late), question.milliseconds);
      try {
        worker?.postMessage(question.request, question.transfer);
      } catch {
        fail(
          'The image could not be handed to the file reader: there is not enough memory. Close other tabs.',
        );
      }
    };
    try {
      worker = spawn();
    } catch {
      fail('The file reader could not be started. Reload the page and try again.');
      return;
    }
    timer = setTimeout(
      () => fail('The file reader did not start. Check the connection, reload the page and try again.'),
      startMilliseconds,
    );
    worker.onmessage = (event) => (event.data.type === 'ready' ? begin() : settle(event.data));
    worker.onerror = () =>
      fail('The file reader stopped, probably for lack of memory. Use a smaller image or fewer planes.');
  });
}

/** Starts a worker that stays, and opens the movie in it; questions are asked one after the other. */
async function openOnce(
  spawn: () => FilesWorker,
  limits: FilesLimits,
  files: readonly File[],
): Promise<Outcome<{ readonly movie: OpenedMovie }>> {
  let worker: FilesWorker;
  try {
    worker = spawn();
  } catch {
    return { ok: false, sentence: 'The file reader could not be started. Reload the page and try again.' };
  }
  /** Null for the worker's first word. */
  const ask = (request: FilesRequest | null, milliseconds: number): Promise<FilesAnswer> =>
    new Promise((resolve) => {
      const settle = (answer: FilesAnswer): void => {
        clearTimeout(timer);
        resolve(answer);
      };
      const timer = setTimeout(
        () => settle({ type: 'failed', sentence: 'Reading took too long and was given up.' }),
        milliseconds,
      );
      worker.onmessage = (event) => settle(event.data);
      worker.onerror = () => settle({ type: 'failed', sentence: 'The file reader stopped.' });
      if (request !== null) worker.postMessage(request, []);
    });
  await ask(null, limits.startMilliseconds);
  const opened = await ask({ type: 'openMovie', files }, limits.encodeMilliseconds);
  if (opened.type !== 'movie') {
    worker.terminate();
    return failure(opened);
  }
  let last: Promise<unknown> = Promise.resolve();
  const read = (frame: number): Promise<Float32Array> => {
    const next = last.then(async () => {
      const answer = await ask({ type: 'readFrame', frame }, limits.decodeMilliseconds);
      if (answer.type === 'frame') return answer.data;
      throw new Error(failure(answer).sentence);
    });
    last = next.catch(() => undefined);
    return next;
  };
  return { ok: true, movie: { ...opened.movie, read, close: () => worker.terminate() } };
}

/** The client of this page. */
export const filesClient: FilesClient = createFilesClient();
