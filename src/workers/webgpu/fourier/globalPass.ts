/**
 * WGSL of one Stockham pass through global memory: a thread loads the samples of one butterfly, turns them, and
 * stores them in the self-sorting order, so that no pass needs a barrier or a bit reversal.
 */
import type { ProgramSpec } from '../program.ts';
import { butterfly } from './butterfly.ts';
import { type End, endTables, fetchCode, held, putCode, TURN } from './ends.ts';
import { stageOffsets } from './tables.ts';
import { programInputs, type TransferKind, transferCode } from './transfer.ts';
import { turnCode } from './turns.ts';

export interface GlobalPass {
  readonly radices: readonly number[];
  /** Which of the radices this pass handles. */
  readonly stage: number;
  readonly inner: number;
  readonly load: End;
  readonly store: End;
  /** Where the load multiplies by a transfer function: its kind. */
  readonly transfer: TransferKind | null;
}

const ZERO = 'vec2<f32>(0.0)';

/** 1 for the trivial pass of a single sample, which still applies the ends. */
export function passRadix({ radices, stage }: GlobalPass): number {
  return radices[stage] ?? 1;
}

function passCode(pass: GlobalPass): string {
  const { radices, stage, inner, transfer } = pass;
  const radix = passRadix(pass);
  const length = radices.reduce((product, factor) => product * factor, 1);
  const done = radices.slice(0, stage).reduce((product, factor) => product * factor, 1);
  const butterflies = length / radix;
  const offset = stageOffsets(radices)[stage] ?? 0;
  const lanes = Array.from({ length: radix }, (_, lane) => lane);
  const inputs = lanes.map((lane) => `v${lane}`);
  const turned =
    stage === 0 ? { code: '', outputs: inputs } : turnCode(inputs, { offset, done, k: 'k', prefix: '' });
  const { code, outputs } = butterfly(turned.outputs);
  const loads = lanes.map((lane) => {
    const first = lane * butterflies;
    const value = held(pass.load, first, first + butterflies) === 'none' ? ZERO : `fetch(at, b + ${first}u)`;
    return `let v${lane} = ${value};`;
  });
  const stores = outputs.map((name, lane) => {
    // Only the outputs of a last stage lie in blocks.
    const isDropped =
      stage === radices.length - 1 && held(pass.store, lane * done, (lane + 1) * done) === 'none';
    return isDropped ? '' : `put(at, start + ${lane * done}u, ${name});`;
  });
  return `${TURN}
    ${transfer ? transferCode(transfer) : ''}
    ${fetchCode(pass.load, transfer !== null)}
    ${putCode(pass.store)}
    fn compute(g : u32) {
      let line = g / ${inner}u;
      let outer = line / ${butterflies}u;
      let b = line - outer * ${butterflies}u;
      let at = vec2<u32>(outer, g - line * ${inner}u);
      let k = b % ${done}u;
      let start = (b - k) * ${radix}u + k;
      ${loads.join('\n')}
      ${turned.code}
      ${code}
      ${stores.join('\n')}
    }`;
}

/** The program of a pass; its inputs are `a` and the tables that it reads. */
export function passSpec(pass: GlobalPass): ProgramSpec {
  const names = [
    'a',
    ...(pass.stage > 0 ? ['stages'] : []),
    ...endTables(pass.load),
    ...endTables(pass.store),
  ];
  return {
    kernel: 'LuminodeFourierPass',
    key: JSON.stringify(pass),
    inputs: programInputs(names, pass.transfer),
    output: 'complex',
    code: () => passCode(pass),
  };
}
