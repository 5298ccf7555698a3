import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryPlan, planMemory, type Use } from './memoryPlan.ts';

/** Runs the list on buffers that hold names, and says what each program read. */
function carriedOut(uses: readonly Use[], plan: MemoryPlan) {
  const buffers = new Map<number, object>();
  const content = (array: object) => {
    const buffer = plan.bufferOf.get(array);
    return buffer === undefined ? array : buffers.get(buffer);
  };
  const read = uses.map(({ inputs, output, isInPlace }) => {
    const seen = inputs.map(content);
    const target = plan.bufferOf.get(output);
    if (!isInPlace && target !== undefined) buffers.set(target, output);
    return { seen, clash: inputs.some((i) => target !== undefined && plan.bufferOf.get(i) === target) };
  });
  return { read, content };
}

/** A list in which each program reads any of the arrays made before it, or one from outside. */
const lists = fc
  .array(fc.record({ picks: fc.array(fc.nat(), { maxLength: 3 }), size: fc.integer({ min: 1, max: 64 }) }), {
    minLength: 1,
    maxLength: 40,
  })
  .map((steps) => {
    const outside = {};
    const made: object[] = [outside];
    return steps.map(({ picks, size }): Use => {
      const inputs = picks.map((pick) => made[pick % made.length] ?? outside);
      const output = {};
      made.push(output);
      return { inputs, output, outputBytes: 4 * size, isInPlace: false };
    });
  });

describe('planMemory', () => {
  it('keeps every array until it has been read for the last time, whatever the list', () => {
    fc.assert(
      fc.property(lists, fc.nat(), (uses, pick) => {
        const readAt = 1 + (pick % uses.length);
        const kept = uses[pick % readAt]?.output ?? {};
        const plan = planMemory(uses, new Map([[kept, readAt]]));
        const { read } = carriedOut(uses, plan);
        uses.forEach(({ inputs, outputBytes, output }, index) => {
          expect(read[index]?.seen).toEqual(inputs);
          inputs.forEach((input, i) => {
            expect(read[index]?.seen[i]).toBe(input);
          });
          expect(read[index]?.clash).toBe(false);
          expect(plan.sizes[plan.bufferOf.get(output) ?? -1]).toBeGreaterThanOrEqual(outputBytes);
        });
        expect(carriedOut(uses.slice(0, readAt), plan).content(kept)).toBe(kept);
      }),
    );
  });

  it('needs two buffers for a chain, whatever its length, and none for what exists already', () => {
    const arrays = Array.from({ length: 20 }, () => ({}));
    const uses = arrays
      .slice(1)
      .map((output, i): Use => ({ inputs: [arrays[i] ?? {}], output, outputBytes: 64, isInPlace: false }));
    expect(planMemory(uses, new Map()).sizes).toEqual([64, 64]);
    const [first = {}] = arrays;
    expect(planMemory(uses, new Map()).bufferOf.has(first)).toBe(false);
    const inPlace: Use = { inputs: [arrays[1] ?? {}], output: first, outputBytes: 64, isInPlace: true };
    expect(planMemory([inPlace], new Map()).sizes).toEqual([]);
  });

  it('does not spend a large buffer on a small array', () => {
    const [a, b, c] = [{}, {}, {}];
    const uses: Use[] = [
      { inputs: [], output: a, outputBytes: 1024, isInPlace: false },
      { inputs: [], output: b, outputBytes: 4, isInPlace: false },
      { inputs: [], output: c, outputBytes: 600, isInPlace: false },
    ];
    const { sizes, bufferOf } = planMemory(uses, new Map());
    expect(sizes).toEqual([1024, 4]);
    expect(bufferOf.get(c)).toBe(bufferOf.get(a));
  });
});
