/**
 * WGSL of one Stockham pass through global memory: a thread loads the samples of one butterfly, turns them, and
 * stores them in the self-sorting order, so that no pass needs a barrier or a bit reversal.
 */
import type { ProgramSpec } from '../program.ts';
import { butterfly } from './butterfly.ts';
import { type End, endTables, fetchCode, held, putCode, TURN } from './ends.ts';
import { lengthOf } from './plan.ts';
import { stageOffsets } from './tables.ts';
import { type Between, productCode, programInputs, type TransferKind, transferCode } from './transfer.ts';
import { turnCode } from './turns.ts';

export interface GlobalPass {
  readonly radices: readonly number[];
  /** Which of the radices this pass handles. */
  readonly stage: number;
  readonly inner: number;
  readonly load: End;
  readonly store: End;
  /**
   * Unless `nothing`, this is the last stage of a transform there and the first of one back, whose radices are
   * the same in reverse: the samples between never leave the registers.
   */
  readonly between: Between;
  /** Where the load or what lies between multiplies by a transfer function: its kind. */
  readonly transfer: TransferKind | null;
}

const ZERO = 'vec2<f32>(0.0)';

/** 1 for the trivial pass of a single sample, which still applies the ends. */
export function passRadix({ radices, stage }: GlobalPass): number {
  return radices[stage] ?? 1;
}

/** What a thread does with its samples, and where the results belong along the line. */
function transformCode(pass: GlobalPass): { readonly code: string; readonly stores: readonly string[] } {
  const { radices, stage, inner, between } = pass;
  const radix = passRadix(pass);
  const length = lengthOf(radices);
  const done = lengthOf(radices.slice(0, stage));
  const offset = stageOffsets(radices)[stage] ?? 0;
  const lanes = Array.from({ length: radix }, (_, lane) => lane);
  const inputs = lanes.map((lane) => `v${lane}`);
  const turned =
    stage === 0 ? { code: '', outputs: inputs } : turnCode(inputs, { offset, done, k: 'k', prefix: '' });
  const there = butterfly(turned.outputs);
  // Only the outputs of a last stage lie in blocks.
  const isDropped = (lane: number) =>
    stage === radices.length - 1 && held(pass.store, lane * done, (lane + 1) * done) === 'none';
  const store = (name: string, lane: number, index: string) =>
    isDropped(lane) ? '' : `put(at, ${index}, ${name});`;
  if (between === 'nothing') {
    const stores = there.outputs.map((name, lane) => store(name, lane, `start + ${lane * done}u`));
    return { code: `${turned.code}\n${there.code}`, stores };
  }
  const products = there.outputs.map((name, lane) => {
    return `let c${lane} = ${productCode(between, name, `(start + ${lane * done}u)`, { length, inner })};`;
  });
  const back = butterfly(
    lanes.map((lane) => `c${lane}`),
    'm',
  );
  return {
    code: [turned.code, there.code, ...products, back.code].join('\n'),
    stores: back.outputs.map((name, lane) => store(name, lane, `b * ${radix}u + ${lane}u`)),
  };
}

function passCode(pass: GlobalPass): string {
  const { radices, stage, inner, between, transfer } = pass;
  const radix = passRadix(pass);
  const done = lengthOf(radices.slice(0, stage));
  const butterflies = lengthOf(radices) / radix;
  const { code, stores } = transformCode(pass);
  const loads = Array.from({ length: radix }, (_, lane) => {
    const first = lane * butterflies;
    const value = held(pass.load, first, first + butterflies) === 'none' ? ZERO : `fetch(at, b + ${first}u)`;
    return `let v${lane} = ${value};`;
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
      ${between === 'transfer' ? 'let planes = planesOf(at.x);' : ''}
      let k = b % ${done}u;
      let start = (b - k) * ${radix}u + k;
      ${loads.join('\n')}
      ${code}
      ${stores.join('\n')}
    }`;
}

/** The program of a pass; its inputs are `a` and the tables that it reads. */
export function passSpec(pass: GlobalPass): ProgramSpec {
  const names = [
    'a',
    ...(pass.stage > 0 ? ['stages'] : []),
    ...(pass.between === 'response' ? ['response'] : []),
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
