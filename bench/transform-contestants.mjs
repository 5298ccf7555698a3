/**
 * The JavaScript peers of transform-peers.mjs. Each entry makes, for a side n, a task { run, release } that does one
 * 2-D complex forward transform, or null where it cannot. Libraries that have one-dimensional transforms only get
 * rows, a blocked transposition, rows: the spectrum stays transposed, which costs them nothing.
 */

const BLOCK = 16;

/** Transposes n × n complex numbers, block by block so that both sides stay in the cache. */
function transpose(source, target, n) {
  for (let y0 = 0; y0 < n; y0 += BLOCK) {
    for (let x0 = 0; x0 < n; x0 += BLOCK) {
      const [y1, x1] = [Math.min(n, y0 + BLOCK), Math.min(n, x0 + BLOCK)];
      for (let y = y0; y < y1; y++) {
        for (let x = x0; x < x1; x++) {
          const [from, to] = [2 * (y * n + x), 2 * (x * n + y)];
          target[to] = source[from];
          target[to + 1] = source[from + 1];
        }
      }
    }
  }
}

export function samples(n) {
  let state = 12345;
  return Float32Array.from({ length: 2 * n * n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** @param {any} kernels the WebAssembly backend */
export function luminode(kernels) {
  return (n) => {
    const field = kernels.upload(samples(n), [n, n], 'complex');
    return {
      run: () => kernels.release(kernels.fourier2(field, 'forward')),
      release: () => kernels.release(field),
    };
  };
}

/** Lengths of 2, 3 and 5 that are multiples of 16: what its four-wide build takes. */
const isPffftLength = (n) => {
  if (n % 16 !== 0) return false;
  let rest = n;
  for (const p of [2, 3, 5]) while (rest % p === 0) rest /= p;
  return rest === 1;
};

export async function pffft(load) {
  const { default: create } = await load('@echogarden/pffft-wasm/simd');
  const module = await create();
  const [COMPLEX, FORWARD] = [1, 0];
  return (n) => {
    if (!isPffftLength(n)) return null;
    const bytes = 8 * n * n;
    const setup = module._pffft_new_setup(n, COMPLEX);
    const [a, b, c] = [bytes, bytes, bytes].map((size) => module._pffft_aligned_malloc(size));
    const work = module._pffft_aligned_malloc(8 * n);
    // The memory may have grown: views are made now.
    const view = (address) => module.HEAPF32.subarray(address / 4, address / 4 + 2 * n * n);
    view(a).set(samples(n));
    const rows = (from, to) => {
      for (let y = 0; y < n; y++) {
        module._pffft_transform_ordered(setup, from + 8 * n * y, to + 8 * n * y, work, FORWARD);
      }
    };
    const [first, turned] = [view(b), view(c)];
    return {
      run: () => {
        rows(a, b);
        transpose(first, turned, n);
        rows(c, b);
      },
      release: () => {
        for (const address of [a, b, c, work]) module._pffft_aligned_free(address);
        module._pffft_destroy_setup(setup);
      },
    };
  };
}

export async function fftJs(load) {
  const { default: Fft } = await load('fft.js');
  return (n) => {
    if ((n & (n - 1)) !== 0) return null;
    const line = new Fft(n);
    const source = Float64Array.from(samples(n));
    const [first, turned, result] = [source, source, source].map((x) => new Float64Array(x.length));
    const rows = (from, to) => {
      for (let y = 0; y < n; y++) {
        line.transform(to.subarray(2 * n * y, 2 * n * (y + 1)), from.subarray(2 * n * y, 2 * n * (y + 1)));
      }
    };
    return {
      run: () => {
        rows(source, first);
        transpose(first, turned, n);
        rows(turned, result);
      },
      release: () => undefined,
    };
  };
}

export async function jaxJs(load) {
  const jax = await load('@jax-js/jax');
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  const np = jax.numpy;
  return async (n) => {
    // Other lengths it does as a matrix product of n² operations per line: minutes at a thousand.
    if ((n & (n - 1)) !== 0) return null;
    const data = samples(n);
    const part = (offset) =>
      np.array(Float32Array.from({ length: n * n }, (_, i) => data[2 * i + offset])).reshape([n, n]);
    const [real, imag] = [part(0), part(1)];
    await jax.blockUntilReady([real.ref, imag.ref]);
    const transform = jax.jit((x) => np.fft.fft2(x));
    return {
      run: async () => {
        const result = transform({ real: real.ref, imag: imag.ref });
        await jax.blockUntilReady([result.real.ref, result.imag.ref]);
        result.real.dispose();
        result.imag.dispose();
      },
      release: () => {
        real.dispose();
        imag.dispose();
      },
    };
  };
}

export async function tfjsCpu(load) {
  const tf = await load('@tensorflow/tfjs-core');
  await load('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  return (n) => {
    const data = samples(n);
    const part = (offset) =>
      tf.tensor2d(
        Float32Array.from({ length: n * n }, (_, i) => data[2 * i + offset]),
        [n, n],
      );
    const field = tf.complex(part(0), part(1));
    return {
      run: () => {
        const spectrum = tf.tidy(() => tf.fft(tf.transpose(tf.fft(field))));
        spectrum.dataSync();
        spectrum.dispose();
      },
      release: () => field.dispose(),
    };
  };
}
