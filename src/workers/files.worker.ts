/** The worker behind `filesClient`: answers one request with one message. */

import { decodeImage } from './files/decode.ts';
import { encodeCsv, encodeCsvMatrix, encodeNpy, encodePng16, encodeTiffFloat32 } from './files/encode.ts';
import type { ImageSource } from './files/image.ts';
import { type Movie, openMovie } from './files/movie.ts';
import type { FilesAnswer, FilesRequest, ImageToEncode } from './filesClient.ts';

function encodeImage(image: ImageToEncode): Uint8Array {
  const { kind, shape, data, pitch, planeSpacing, facts = {} } = image;
  const lengths = {
    ...(pitch > 0 ? { pitch } : {}),
    ...(planeSpacing === undefined || planeSpacing === 0 ? {} : { planeSpacing }),
  };
  if (kind === 'npy') return encodeNpy(data, shape, { ...facts, ...lengths });
  if (kind === 'tiff') return encodeTiffFloat32(data, shape, { ...lengths, facts });
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows === undefined || columns === undefined) {
    throw new RangeError('PNG and CSV hold one plane.');
  }
  if (kind === 'csv') return new TextEncoder().encode(encodeCsvMatrix(data, [rows, columns]));
  return encodePng16(data, columns, rows).bytes;
}

const NUMBERS = { uint: 'whole numbers', int: 'whole numbers with sign', float: 'floating point' } as const;

function storedAs({ format, bitDepth, sampleFormat }: ImageSource): string {
  return `${format.toUpperCase()}, ${bitDepth}-bit ${NUMBERS[sampleFormat]}`;
}

/** Bytes in a buffer of their own, which can be handed over. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  return whole ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice();
}

/** The movie that this worker was opened for. */
let movie: Movie | null = null;

async function answer(request: FilesRequest): Promise<FilesAnswer> {
  switch (request.type) {
    case 'decode': {
      const { shape, data, source } = await decodeImage(request.bytes, request.name);
      const { saturationLevel, notes, planeSpacing, pixelSize, framesOfTime } = source;
      const known = {
        ...(planeSpacing === undefined ? {} : { planeSpacing }),
        ...(pixelSize === undefined ? {} : { pixelSize }),
        ...(framesOfTime === undefined ? {} : { framesOfTime }),
      };
      return {
        type: 'decoded',
        image: { shape, data, saturationLevel, notes, storedAs: storedAs(source), ...known },
      };
    }
    case 'openMovie': {
      const files = request.files.map((file) => ({
        name: file.name,
        bytes: async () => new Uint8Array(await file.arrayBuffer()),
      }));
      movie = await openMovie(files);
      const { name, count, shape, saturationLevel, notes } = movie;
      return { type: 'movie', movie: { name, count, shape, saturationLevel, notes } };
    }
    case 'readFrame': {
      if (movie === null) throw new RangeError('No movie has been opened.');
      return { type: 'frame', data: await movie.read(request.frame) };
    }
    case 'encode':
      return { type: 'encoded', bytes: ownBytes(encodeImage(request.image)) };
    case 'table':
      return { type: 'encoded', bytes: ownBytes(new TextEncoder().encode(encodeCsv(request.columns))) };
  }
}

function transferOf(message: FilesAnswer): Transferable[] {
  if (message.type === 'decoded') return [message.image.data.buffer as ArrayBuffer];
  // A frame of one image file may be asked for again.
  return message.type === 'encoded' ? [message.bytes.buffer] : [];
}

async function respond(request: FilesRequest): Promise<void> {
  let message: FilesAnswer;
  try {
    message = await answer(request);
  } catch (error) {
    message = { type: 'failed', sentence: error instanceof Error ? error.message : String(error) };
  }
  postMessage(message, { transfer: transferOf(message) });
}

self.onmessage = (event: MessageEvent<FilesRequest>) => {
  void respond(event.data);
};
postMessage({ type: 'ready' } satisfies FilesAnswer);
