/**
 * What the engine has to show, read from the results of the parts. A figure that nobody has measured yet, or that
 * has no driver or peer on this machine, is "not found" with the part that would give it.
 */

/**
 * @typedef {{ figure: string, target: string, value: string, state: 'met' | 'not met' | 'not found', part: string }} Row
 */

/** @param {number} x */
const short = (x) =>
  x >= 100 ? x.toFixed(0) : x >= 0.01 || x === 0 ? String(Number(x.toPrecision(3))) : x.toExponential(1);

/**
 * @param {string} figure
 * @param {string} part
 * @param {{ least?: number, most?: number, unit?: string }} target
 * @param {Record<string, number | null | undefined>} values by case, as "256"; missing ones are left out
 * @param {string} [words] what the target asks for, where the bound alone does not say it
 * @returns {Row}
 */
function row(figure, part, target, values, words) {
  const { least, most, unit = '' } = target;
  const known = Object.entries(values).flatMap(([name, x]) =>
    typeof x === 'number' && Number.isFinite(x) ? [/** @type {const} */ ([name, x])] : [],
  );
  const bound = least === undefined ? `at most ${short(most ?? 0)}` : `at least ${short(least)}`;
  const asked = words ?? `${bound}${unit === '' ? '' : ` ${unit}`}`;
  if (known.length === 0) return { figure, target: asked, value: '–', state: 'not found', part };
  const isMet = known.every(
    ([, x]) => (least === undefined || x >= least) && (most === undefined || x <= most),
  );
  const value = known.map(([name, x]) => (name === '' ? short(x) : `${name}: ${short(x)}`)).join(', ');
  return {
    figure,
    target: asked,
    value: unit === '' ? value : `${value} ${unit}`,
    state: isMet ? 'met' : 'not met',
    part,
  };
}

/**
 * @param {readonly (string | number)[]} names
 * @param {(name: any) => number | null | undefined} pick
 */
const each = (names, pick) => Object.fromEntries(names.map((name) => [String(name), pick(name)]));

/** @param {any} found results by file name without ".json" */
function cpuRows(found) {
  const times = found['transforms']?.sizes;
  const sizes = [256, 512, 1024];
  return [
    row(
      'WASM 2-D transform against SciPy, 1 thread each (times faster)',
      'transforms',
      { least: 1 },
      each(sizes, (n) => times?.[n]?.scipy1?.cpuOverOurs),
    ),
    row(
      'WASM 2-D transform against FFTW float32 measured, 1 thread (times slower)',
      'transforms',
      { most: 1.5 },
      each(sizes, (n) => inverse(times?.[n]?.fftw1?.cpuOverOurs)),
    ),
    ...stepRows(found['step-peers']?.sizes),
  ];
}

/** @param {number | null | undefined} x */
const inverse = (x) => (typeof x === 'number' && x > 0 ? 1 / x : null);

/** @param {any} sizes by "256 x 256, 1 plane": ratios of our time to theirs */
function stepRows(sizes) {
  /** @param {string} peer @param {string} planes */
  const against = (peer, planes) =>
    each([128, 256, 512], (n) =>
      inverse(sizes?.[`${n} x ${n}, ${planes}`]?.ratios?.[`wasm2/${peer}2`]?.wall),
    );
  return [
    ['JAX jit', 'jax'],
    ['PyTorch', 'torch'],
  ].flatMap(([name = '', peer = '']) =>
    ['1 plane', '5 planes'].map((planes) =>
      row(
        `WASM full step against ${name}, 2 threads, ${planes} (times faster)`,
        'steps',
        { least: 1 },
        against(peer, planes),
      ),
    ),
  );
}

/** @param {any} found */
function gpuRows(found) {
  const lavapipe = found['webgpu-fft']?.adapters?.lavapipe;
  const sizes = [256, 512, 1024];
  const against = (/** @type {string} */ peer) => each(sizes, (n) => lavapipe?.[n]?.[peer]?.wallOverLuminode);
  const propagation = found['webgpu-propagation']?.adapters?.lavapipe;
  const copy = found['copy-rate']?.adapters ?? {};
  const real = Object.entries(copy).filter(([, { isSoftware }]) => isSoftware === false);
  return [
    row(
      'WebGPU transform on lavapipe against webgpufft (times faster)',
      'webgpu',
      { least: 4 },
      against('webgpufft'),
    ),
    row('the same against jax-js', 'webgpu', { least: 8 }, against('jax-js')),
    row('the same against tfjs-fast-fft', 'webgpu', { least: 8 }, against('tfjs-fast-fft')),
    row(
      'the same against stock TensorFlow.js, 512',
      'webgpu',
      { least: 100 },
      { 512: lavapipe?.[512]?.tfjs?.wallOverLuminode },
    ),
    ...[2, 1].map((padding) =>
      row(
        `fused propagation against the same kernels unfused, padding ${padding}, lavapipe (times faster)`,
        'propagation',
        { least: 1.4 },
        each([512, 1024], (n) => propagation?.[n]?.[`padding ${padding}`]?.unfusedOverFused),
      ),
    ),
    row(
      'processor time of one compiled step, 256² (times less than eager TensorFlow.js)',
      'compiled',
      { least: 10 },
      {
        '': found['compiled-step']?.eagerOverLoop,
      },
    ),
    row(
      'processor time of one compiled step, 256²',
      'compiled',
      { most: 1, unit: 'ms' },
      {
        '': found['compiled-step']?.milliseconds?.phaseLoop,
      },
    ),
    row(
      'real GPU: bytes of the two-pass transform over time, as a share of a copy’s rate',
      'copy',
      { least: 0.6 },
      Object.fromEntries(
        real.flatMap(([name, { sizes: all }]) =>
          [1024, 2048].map((n) => [`${name} ${n}`, all?.[n]?.shareOfCopy]),
        ),
      ),
    ),
  ];
}

/** @param {any} found */
function loopRows(found) {
  const loop = found['live-loop']?.sizes?.[256] ?? {};
  const names = ['zernikes', 'lens', 'distance'];
  return [
    row(
      'live loop at 256², 1 plane, WASM, no GPU',
      'live',
      { least: 150, unit: 'steps/s' },
      each(names, (id) => loop[id]?.stepsPerSecond),
    ),
    row(
      'the same, one thread, per second of the processor',
      'live',
      { least: 150, unit: 'steps' },
      each(names, (id) => inverse(loop[id]?.oneThread?.cpuMilliseconds / 1e3)),
    ),
    row(
      'the same with pictures at display rate',
      'live',
      { least: 150, unit: 'steps/s' },
      each(names, (id) => loop[id]?.withPictures?.stepsPerSecond),
    ),
  ];
}

/** @param {any} found */
function previewRows(found) {
  const cases = found['previews']?.page?.cases ?? {};
  const of = (/** @type {string} */ what) => each(Object.keys(cases), (name) => cases[name]?.[what]);
  return [
    row(
      'main thread for a frame of 30 previews, by pixels per side',
      'previews',
      { most: 16, unit: 'ms' },
      of('milliseconds'),
    ),
    row('renders of React in all of these frames', 'previews', { most: 0 }, of('commits')),
  ];
}

/** @param {any} found */
function precisionRows(found) {
  const { transforms = {}, adjoint = {}, gradients = {} } = found['precision'] ?? {};
  const isPrime = (/** @type {string} */ n) => n === '1009';
  const sizes = Object.keys(transforms);
  const lavapipe = found['webgpu-fft']?.adapters?.lavapipe ?? {};
  return [
    row(
      'WASM transform, relative L2 error to 2048²',
      'precision',
      { most: 5e-7 },
      each(
        sizes.filter((n) => !isPrime(n)),
        (n) => transforms[n]?.transform,
      ),
    ),
    row(
      'WASM transform by Bluestein',
      'precision',
      { most: 1e-6 },
      each(sizes.filter(isPrime), (n) => transforms[n]?.transform),
    ),
    row(
      'WASM round trip',
      'precision',
      { most: 5e-7 },
      each(
        sizes.filter((n) => !isPrime(n)),
        (n) => transforms[n]?.roundTrip,
      ),
    ),
    row(
      'WASM adjoint dot test',
      'precision',
      { most: 1e-5 },
      each(Object.keys(adjoint), (n) => adjoint[n]),
    ),
    row(
      'WASM gradients of designs against float64',
      'precision',
      { most: 1e-3 },
      each(Object.keys(gradients), (id) => gradients[id]),
    ),
    row(
      'WebGPU transform on lavapipe, relative L2 error',
      'webgpu',
      { most: 5e-7 },
      each(Object.keys(lavapipe), (n) => lavapipe[n]?.luminode?.relativeError),
    ),
  ];
}

/**
 * @param {any} found results by file name without ".json"; missing files may be absent
 * @returns {readonly Row[]}
 */
export function targetRows(found) {
  return [
    ...cpuRows(found),
    ...gpuRows(found),
    ...loopRows(found),
    ...previewRows(found),
    ...precisionRows(found),
  ];
}

/**
 * Rows as aligned text for a terminal.
 * @param {readonly Row[]} rows
 */
export function asText(rows) {
  const width = (/** @type {keyof Row} */ key) => Math.max(...rows.map((each) => each[key].length));
  const [w1, w2] = [width('figure'), width('target')];
  return rows
    .map(
      ({ figure, target, value, state, part }) =>
        `${state.padEnd(9)}  ${figure.padEnd(w1)}  ${target.padEnd(w2)}  ${state === 'not found' ? `part “${part}”` : value}`,
    )
    .join('\n');
}
