/** Fourier sums along one line, from any number of samples to any other at any pitch, in float64 on the host. */

/** Real and imaginary parts of the same length. */
export interface ComplexLine {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * y_j = Σ_k x_k exp(2πi·turns·j'·k'), j' and k' counted from floor(outputs/2) and floor(samples/2), as a convolution
 * with a chirp: 2 j k = j² + k² - (j - k)² (Bluestein 1970; Rabiner, Schafer and Rader 1969). What is returned reads
 * `samples` numbers of its argument and overwrites its own answer at the next call.
 */
export function lineTransform(
  samples: number,
  outputs: number,
  turns: number,
): (line: ComplexLine) => ComplexLine {
  let length = 1;
  while (length < samples + outputs - 1) length *= 2;
  const fourier = powerOfTwoFourier(length);
  const [before, after] = [chirp(samples, turns), chirp(outputs, turns)];
  const shift = Math.floor(samples / 2) - Math.floor(outputs / 2);
  const response = { re: new Float64Array(length), im: new Float64Array(length) };
  for (let d = 1 - samples; d < outputs; d++) {
    const [re, im] = chirpAt(d + shift, turns);
    const at = (d + length) % length;
    response.re[at] = re / length;
    response.im[at] = -im / length;
  }
  fourier.forward(response);
  const [work, out] = [lineOf(length), lineOf(outputs)];
  return (line) => {
    work.re.fill(0);
    work.im.fill(0);
    multiply(line, before, work, samples);
    fourier.forward(work);
    multiply(work, response, work, length);
    fourier.backward(work);
    multiply(work, after, out, outputs);
    return out;
  };
}

export function lineOf(length: number): ComplexLine {
  return { re: new Float64Array(length), im: new Float64Array(length) };
}

/** Transforms a square plane, row by row and then column by column, in place. */
export function overPlane(
  { re, im }: ComplexLine,
  side: number,
  transform: (line: ComplexLine) => void,
): void {
  for (let row = 0; row < side; row++) {
    const [from, to] = [row * side, (row + 1) * side];
    transform({ re: re.subarray(from, to), im: im.subarray(from, to) });
  }
  const line = lineOf(side);
  for (let column = 0; column < side; column++) {
    for (let row = 0; row < side; row++) {
      line.re[row] = re[row * side + column] as number;
      line.im[row] = im[row * side + column] as number;
    }
    transform(line);
    for (let row = 0; row < side; row++) {
      re[row * side + column] = line.re[row] as number;
      im[row * side + column] = line.im[row] as number;
    }
  }
}

/** exp(iπ·turns·t²), its phase reduced before it is turned into an angle. */
function chirpAt(t: number, turns: number): readonly [number, number] {
  const half = 0.5 * turns * t * t;
  const phase = 2 * Math.PI * (half - Math.round(half));
  return [Math.cos(phase), Math.sin(phase)];
}

function chirp(length: number, turns: number): ComplexLine {
  const line = lineOf(length);
  for (let i = 0; i < length; i++) {
    [line.re[i], line.im[i]] = chirpAt(i - Math.floor(length / 2), turns) as [number, number];
  }
  return line;
}

/** out = a · b for the first samples; `out` may be one of them. No pairs are unpacked here and below: it costs time. */
function multiply(a: ComplexLine, b: ComplexLine, out: ComplexLine, length: number): void {
  for (let i = 0; i < length; i++) {
    const ar = a.re[i] as number;
    const ai = a.im[i] as number;
    const br = b.re[i] as number;
    const bi = b.im[i] as number;
    out.re[i] = ar * br - ai * bi;
    out.im[i] = ar * bi + ai * br;
  }
}

/**
 * Unnormalised transforms in place for a convolution: `forward` leaves the spectrum in bit-reversed order, `backward`
 * takes it in that order, so that nothing is sorted.
 */
export function powerOfTwoFourier(length: number) {
  const cosine = Float64Array.from({ length: length / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / length));
  const sine = Float64Array.from({ length: length / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / length));
  const forward = ({ re, im }: ComplexLine): void => {
    for (let half = length / 2; half >= 1; half /= 2) {
      const stride = length / (2 * half);
      for (let start = 0; start < length; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const a = start + k;
          const b = a + half;
          const c = cosine[k * stride] as number;
          const s = -(sine[k * stride] as number);
          const dr = (re[a] as number) - (re[b] as number);
          const di = (im[a] as number) - (im[b] as number);
          re[a] = (re[a] as number) + (re[b] as number);
          im[a] = (im[a] as number) + (im[b] as number);
          re[b] = dr * c - di * s;
          im[b] = dr * s + di * c;
        }
      }
    }
  };
  const backward = ({ re, im }: ComplexLine): void => {
    for (let half = 1; half < length; half *= 2) {
      const stride = length / (2 * half);
      for (let start = 0; start < length; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const a = start + k;
          const b = a + half;
          const c = cosine[k * stride] as number;
          const s = sine[k * stride] as number;
          const dr = (re[b] as number) * c - (im[b] as number) * s;
          const di = (re[b] as number) * s + (im[b] as number) * c;
          re[b] = (re[a] as number) - dr;
          im[b] = (im[a] as number) - di;
          re[a] = (re[a] as number) + dr;
          im[a] = (im[a] as number) + di;
        }
      }
    }
  };
  return { forward, backward };
}
