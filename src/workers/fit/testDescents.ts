/** Descents on a device whose way is known, with something planted on it. */
import type { Ops, Real } from '../../optics/ops/ops.ts';
import { DeviceDescent } from './deviceDescent.ts';

const BOUNDS = { lower: new Float64Array(3).fill(-10), upper: new Float64Array(3).fill(10) };
const RATES = { decaySteps: null, beta1: 0.9, beta2: 0.999, epsilon: 1e-12 };

function opened(ops: Ops, learningRate: number, loss: (change: Real) => Real): DeviceDescent {
  const descent = DeviceDescent.open({
    ...{ ops, start: new Float64Array(3), ...BOUNDS, steps: [1, 1, 1], resume: null },
    rates: { learningRate, ...RATES },
    loss: () => {
      const change = ops.deviceParameters?.change;
      if (change === undefined) throw new Error('The loop has no parameters.');
      ops.mode = 'reverse';
      try {
        return loss(change);
      } finally {
        ops.mode = 'value';
      }
    },
  });
  if (descent === null) throw new Error('This backend has no loops.');
  return descent;
}

/** Downhill by 0.1 in each step, to a wall at 0.75 behind which the loss is no number: a square too large, times 0. */
export function againstAWall(ops: Ops, largest: number): DeviceDescent {
  return opened(ops, 0.1, (change) => {
    const still: Real = { ...change, tracked: false };
    const large = ops.scale(still, Math.sqrt(largest) / 0.75);
    const nothing = ops.scale(ops.multiply(large, large), 0);
    return ops.sum(ops.add(ops.scale(change, -1), nothing), [0]);
  });
}

/** Downhill by 0.1 in each step, to a slope up, (x / 0.75)^256: next to nothing at 0.7, and 1.5 10^7 at 0.8. */
export function upASlope(ops: Ops): DeviceDescent {
  return opened(ops, 0.1, (change) => {
    let steep = ops.scale(change, 1 / 0.75);
    for (let i = 0; i < 8; i++) steep = ops.multiply(steep, steep);
    return ops.sum(ops.subtract(steep, change), [0]);
  });
}

/** A bowl whose bottom is 10^-7 away, and steps of one half: the loss grows from 3 10^-14 to 0.75 by the first of them. */
export function atTheBottom(ops: Ops): DeviceDescent {
  return opened(ops, 0.5, (change) => {
    const off = ops.subtract(change, ops.upload(new Float64Array(3).fill(1e-7), [3], 'real'));
    return ops.sum(ops.multiply(off, off), [0]);
  });
}
