/** The tables of the Fourier transforms on one device, uploaded when first needed and kept. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { chirpTable, filterSpectrum, stageTable, twiddleTable } from './tables.ts';

/** Uploads an interleaved complex table that stays on the device. */
export type UploadTable = (interleaved: Float32Array) => Tensor;

export class FourierTables {
  private readonly upload: UploadTable;
  private readonly kept = new Map<string, Tensor>();

  constructor(upload: UploadTable) {
    this.upload = upload;
  }

  private table(key: string, make: () => Float64Array): Tensor {
    const known = this.kept.get(key);
    if (known) return known;
    const tensor = this.upload(Float32Array.from(make()));
    this.kept.set(key, tensor);
    return tensor;
  }

  /** exp(-2πi·j/N), j = 0 … N-1. */
  roots(length: number): Tensor {
    return this.table(`roots:${length}`, () => twiddleTable(length));
  }

  /** See `stageTable`, one table after the other; the lists need at least two radices. */
  stages(...lists: readonly (readonly number[])[]): Tensor {
    const key = lists.map((radices) => radices.join('.')).join(',');
    return this.table(`stages:${key}`, () =>
      Float64Array.from(lists.flatMap((radices) => [...stageTable(radices)])),
    );
  }

  /** exp(-πi·n²/N), n = 0 … N-1. */
  chirp(length: number): Tensor {
    return this.table(`chirp:${length}`, () => chirpTable(length));
  }

  /** Spectrum of the chirp-z filter of `length` over `padded` samples, divided by `padded`. */
  response(length: number, padded: number): Tensor {
    return this.table(`response:${length}:${padded}`, () => filterSpectrum(chirpTable(length), padded));
  }

  dispose(): void {
    for (const tensor of this.kept.values()) tensor.dispose();
    this.kept.clear();
  }
}
