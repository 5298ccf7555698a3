/** Complex tables of the Fourier transforms, interleaved and made in float64 on the host: no sine on the GPU. */

/** exp(-2πi·j/N) for j = 0 … N-1, interleaved; angles reduced to an octant in integers before sin and cos. */
export function twiddleTable(length: number): Float64Array {
  const table = new Float64Array(2 * length);
  for (let j = 0; j < length; j++) {
    // Nearest multiple of a quarter turn, and what is left of it, both exact.
    const quarter = Math.round((4 * j) / length);
    const angle = (2 * Math.PI * (j - (quarter * length) / 4)) / length;
    const c = Math.cos(angle);
    const s = Math.sin(angle);
    const [x, y] = [
      [c, -s],
      [-s, -c],
      [-c, s],
      [s, c],
    ][quarter % 4] as [number, number];
    table[2 * j] = x;
    table[2 * j + 1] = y;
  }
  return table;
}

/** exp(-πi·n²/N) for n = 0 … N-1, with n² reduced modulo 2N in integers. */
export function chirpTable(length: number): Float64Array {
  const turns = twiddleTable(2 * length);
  const table = new Float64Array(2 * length);
  for (let n = 0; n < length; n++) {
    const j = (n * n) % (2 * length);
    table[2 * n] = turns[2 * j] ?? 0;
    table[2 * n + 1] = turns[2 * j + 1] ?? 0;
  }
  return table;
}

/** Radix-2 transform on the host in float64, in place; the length is a power of two. */
export function hostTransform(data: Float64Array): void {
  const n = data.length / 2;
  const turns = twiddleTable(n);
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      for (const part of [0, 1]) {
        const swap = data[2 * i + part] ?? 0;
        data[2 * i + part] = data[2 * j + part] ?? 0;
        data[2 * j + part] = swap;
      }
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    for (let start = 0; start < n; start += size) {
      for (let k = 0; k < size / 2; k++) {
        const a = 2 * (start + k);
        const b = a + size;
        const t = 2 * k * (n / size);
        const [wr, wi] = [turns[t] ?? 0, turns[t + 1] ?? 0];
        const [br, bi] = [data[b] ?? 0, data[b + 1] ?? 0];
        const [x, y] = [br * wr - bi * wi, br * wi + bi * wr];
        data[b] = (data[a] ?? 0) - x;
        data[b + 1] = (data[a + 1] ?? 0) - y;
        data[a] = (data[a] ?? 0) + x;
        data[a + 1] = (data[a + 1] ?? 0) + y;
      }
    }
  }
}

/** Spectrum of the Bluestein filter exp(+πi·n²/N), periodic over `padded` samples, divided by `padded`. */
export function filterSpectrum(chirp: Float64Array, padded: number): Float64Array {
  const length = chirp.length / 2;
  const filter = new Float64Array(2 * padded);
  for (let n = 0; n < length; n++) {
    for (const at of n === 0 ? [0] : [n, padded - n]) {
      filter[2 * at] = (chirp[2 * n] ?? 0) / padded;
      filter[2 * at + 1] = -(chirp[2 * n + 1] ?? 0) / padded;
    }
  }
  hostTransform(filter);
  return filter;
}

/** Lanes of a butterfly whose turns are read from the table; the others are products of these. */
export function tabledLanes(radix: number): readonly number[] {
  const lanes: number[] = [];
  for (let lane = 1; lane < radix; lane *= 2) lanes.push(lane);
  return lanes;
}

/**
 * The turns of a list of Stockham stages, one block per stage after the first: for lane 1, 2, 4 … below r and
 * k = 0 … d-1 the number exp(-2πi·lane·k/(d·r)), where d is the product of the radices before. Neighbouring
 * threads handle neighbouring k, so that they read neighbouring entries.
 */
export function stageTable(radices: readonly number[]): Float64Array {
  const length = radices.reduce((product, radix) => product * radix, 1);
  const turns = twiddleTable(length);
  const table: number[] = [];
  let done = radices[0] ?? 1;
  for (const radix of radices.slice(1)) {
    const step = length / (done * radix);
    for (const lane of tabledLanes(radix)) {
      for (let k = 0; k < done; k++) {
        const j = lane * k * step;
        table.push(turns[2 * j] ?? 0, turns[2 * j + 1] ?? 0);
      }
    }
    done *= radix;
  }
  return Float64Array.from(table);
}

/** Where each stage's block starts in {@link stageTable}; the first stage has none. */
export function stageOffsets(radices: readonly number[]): readonly number[] {
  const offsets: number[] = [];
  let [next, done] = [0, 1];
  radices.forEach((radix, stage) => {
    offsets.push(next);
    if (stage > 0) next += tabledLanes(radix).length * done;
    done *= radix;
  });
  return offsets;
}
