/**
 * The numeric kernels of the WebAssembly backend. All addresses are bytes in the module's memory, which the
 * host manages; nothing here allocates. Compiled by scripts/build-wasm.mjs with SIMD and threads, with SIMD, and with neither.
 */
export { adam } from './adam';
export { fourierPlanes } from './fft';
export { filterPlanes, hasFilter } from './filter';
export { emitterSums, products } from './localise';
export { emitterShape } from './localiseShape';
export { matmul, matmulWorkBytes } from './matmul';
export { binary, resize, scale } from './elementwise';
export { phasor, poissonDeviance, poissonSlope } from './transcendental';
export { attach, serve, sharedBytes } from './parallel';
export { combine, project, projectWorkBytes, sumMiddle, sumWorkBytes } from './reduce';

/** First free byte of the memory, after the static data. */
export function heapBase(): usize {
  return __heap_base;
}
