import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { suitable } from './adamOnly.ts';
import { registry } from './catalogue.ts';
import { setParam } from './edit.ts';
import { examples } from './examples/index.ts';
import { DEFAULT_FIT_OPTIONS } from './fitOptions.ts';

const designOf = (id: string) => {
  const found = examples.find((example) => example.id === id)?.design;
  if (found === undefined) throw new Error(id);
  return found;
};
const chosen = (design: ReturnType<typeof designOf>, options = DEFAULT_FIT_OPTIONS) => {
  const { method, learningRate } = suitable(options, design, registry);
  return { method, learningRate };
};

const LONG = { method: 'adam', learningRate: 1 } as const;
const LBFGS = { method: 'lbfgs', learningRate: 0.3 } as const;

it.each([
  ['a goal of numbers', 'drag-the-ring', LBFGS],
  ['a goal of a map', 'three-way-splitter', LBFGS],
  ['a goal of numbers with many shallow minima', 'tetrapod-by-design', LONG],
  ['the same of a map', 'free-mask-by-design', LBFGS],
  ['a map that data tell', 'tilt-volume', LBFGS],
  ['a map of a device', 'mirror-hologram', LONG],
])('takes for %s what goes deepest: %s', (_, id, expected) => {
  expect(chosen(designOf(id))).toEqual(expected);
});

it('takes long steps for light that is to be like a picture, on free cells, too', () => {
  const sorter = designOf('colour-sorter');
  expect(chosen(sorter)).toEqual(LBFGS);
  const loss = sorter.nodes.find(({ type }) => type === 'loss')?.id ?? '';
  expect(chosen(setParam(sorter, registry, loss, 'kind', 'correlation'))).toEqual(LONG);
});

it('keeps a method that was chosen, and takes Adam for a rate that was set', () => {
  const ring = designOf('drag-the-ring');
  expect(chosen(ring, { ...DEFAULT_FIT_OPTIONS, method: 'momentum' }).method).toBe('momentum');
  expect(chosen(ring, { ...DEFAULT_FIT_OPTIONS, learningRate: 0.1 })).toEqual({
    method: 'adam',
    learningRate: 0.1,
  });
  expect(chosen(designOf('sphere-hologram')).method).toBe('levenbergMarquardt');
});

interface Recorded {
  readonly id: string;
  readonly bound: 'atLeast' | 'atMost';
  readonly standard: number;
  readonly runs: readonly { readonly name: string; readonly reached: number }[];
}

it('reaches in no ready system less than Adam at a rate of 0.3 does, as far as was recorded', () => {
  const { designs } = JSON.parse(readFileSync('bench/results/optimisers.json', 'utf8')) as {
    readonly designs: readonly Recorded[];
  };
  expect(designs.length).toBeGreaterThan(10);
  for (const { id, bound, standard, runs } of designs) {
    const [{ reached: before } = { reached: Number.NaN }] = runs;
    const now = runs[standard]?.reached ?? Number.NaN;
    // Both ends of one minimum differ in the last digits that a step of single precision still gains.
    const slack = 1e-3 * Math.abs(before);
    expect(bound === 'atLeast' ? now - before : before - now, id).toBeGreaterThan(-slack);
  }
});
