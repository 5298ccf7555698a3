/**
 * WGSL of one Stockham pass through global memory: a thread loads the samples of one butterfly, turns them, and
 * stores them in the self-sorting order, so that no pass needs a barrier or a bit reversal.
 */
import type { ProgramSpec } from '../program.ts';
import { butterfly } from './butterfly.ts';
import { type End, endTables, fetchCode, putCode, TURN } from './ends.ts';
import { stageOffsets } from './tables.ts';
import { turnCode } from './turns.ts';

export interface GlobalPass {
  readonly radices: readonly number[];
  /** Which of the radices this pass handles. */
  readonly stage: number;
  readonly inner: number;
  readonly load: End;
  readonly store: End;
}

/** 1 for the trivial pass of a single sample, which still applies the ends. */
export function passRadix({ radices, stage }: GlobalPass): number {
  return radices[stage] ?? 1;
}

function passCode(pass: GlobalPass): string {
  const { radices, stage, inner } = pass;
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
  return `${TURN}
    ${fetchCode(pass.load)}
    ${putCode(pass.store)}
    fn compute(g : u32) {
      let line = g / ${inner}u;
      let outer = line / ${butterflies}u;
      let b = line - outer * ${butterflies}u;
      let at = vec2<u32>(outer, g - line * ${inner}u);
      let k = b % ${done}u;
      let start = (b - k) * ${radix}u + k;
      ${lanes.map((lane) => `let v${lane} = fetch(at, b + ${lane * butterflies}u);`).join('\n')}
      ${turned.code}
      ${code}
      ${outputs.map((name, lane) => `put(at, start + ${lane * done}u, ${name});`).join('\n')}
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
    inputs: Object.fromEntries([...new Set(names)].map((name) => [name, 'complex'] as const)),
    output: 'complex',
    code: () => passCode(pass),
  };
}
