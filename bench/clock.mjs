/** Kernels with a clock on each of their functions: where the time of a step goes. */
export function clockedKernels(kernels) {
  const spent = new Map();
  let running = true;
  const clocked = new Proxy(kernels, {
    get(target, name) {
      const value = target[name];
      if (typeof value !== 'function') return value;
      return (...args) => {
        const start = performance.now();
        const result = value.apply(target, args);
        if (!running) return result;
        const known = spent.get(name) ?? { milliseconds: 0, calls: 0 };
        known.milliseconds += performance.now() - start;
        known.calls++;
        spent.set(name, known);
        return result;
      };
    },
  });
  return {
    kernels: clocked,
    reset: () => spent.clear(),
    stop: () => {
      running = false;
    },
    /** Most expensive first; times and calls are sums between `reset` and `stop`. */
    rows: () =>
      [...spent]
        .map(([name, { milliseconds, calls }]) => ({ name: String(name), milliseconds, calls }))
        .sort((p, q) => q.milliseconds - p.milliseconds),
  };
}
