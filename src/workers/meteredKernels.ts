/** Kernels that remember the most that was held at once, for tests. */
import type { Kernels } from '../optics/ops/kernels.ts';

export function metered(kernels: Kernels) {
  let most = 0;
  const watch = <F extends (...args: never[]) => unknown>(method: F) =>
    ((...args: Parameters<F>) => {
      const result = method.apply(kernels, args);
      most = Math.max(most, kernels.memory().bytes);
      return result;
    }) as F;
  const watched = new Proxy(kernels, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name);
      return typeof found === 'function' ? watch(found as (...args: never[]) => unknown) : found;
    },
  });
  return {
    kernels: watched,
    peak: () => most,
    reset: () => {
      most = 0;
    },
  };
}
