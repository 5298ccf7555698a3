import { describe, expect, it } from 'vitest';
import { findObjective, isComparison, objectiveOf } from './objective.ts';
import { createRegistry } from './registry.ts';
import { createDesign, fakeElements, node } from './testSupport.ts';

const loss = fakeElements.find(({ type }) => type === 'loss');
if (loss === undefined) throw new Error('The fake elements have no loss.');
const scalar = { accepts: ['scalar'], title: 'Penalty', optional: true } as const;
const goal = {
  ...loss,
  type: 'goal',
  title: 'Goal',
  inputs: { image: { accepts: ['image'], title: 'Image' }, weight: scalar },
} as const;
const registry = createRegistry([...fakeElements, goal]);

const nodes = [node('camera', 'camera'), node('target', 'target'), node('loss', 'loss')];
const wires = ['camera.out>loss.model', 'target.out>loss.target'];

function objective(more: readonly string[], wired: readonly string[]) {
  const design = createDesign([...nodes, ...more.map((id) => node(id, 'goal'))], [...wires, ...wired]);
  const found = findObjective(design, registry);
  return found.ok ? found.node.id : found.reason;
}

describe('the objective of a design', () => {
  it('is the comparison, or the goal', () => {
    expect(objective([], [])).toBe('loss');
    const alone = createDesign([node('camera', 'camera'), node('a', 'goal')], ['camera.out>a.image']);
    expect(objectiveOf(alone, registry)?.node.id).toBe('a');
    expect([loss, goal].map(isComparison)).toEqual([true, false]);
  });

  it('is the last one of a chain, wherever it stands in the document', () => {
    expect(objective(['a'], ['camera.out>a.image', 'a.out>loss.weight'])).toBe('loss');
    expect(
      objective(
        ['a', 'b'],
        ['camera.out>b.image', 'camera.out>a.image', 'loss.out>b.weight', 'b.out>a.weight'],
      ),
    ).toBe('a');
  });

  it('is none that lacks an input while another has all', () => {
    expect(objective(['a'], [])).toBe('loss');
  });

  it('is asked for where there is none or only one without inputs', () => {
    expect(findObjective(createDesign([], []), registry)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('add a “Compare”'),
    });
    const bare = createDesign([node('loss', 'loss')], []);
    expect(findObjective(bare, registry)).toMatchObject({ ok: false });
  });

  it('is chosen by a person where several compete', () => {
    const reason = objective(['a'], ['camera.out>a.image']);
    expect(reason).toContain('“Loss” and “Goal”');
    expect(reason).toContain('penalty');
  });

  it('is not a bypassed one', () => {
    const design = createDesign(
      [...nodes, { ...node('a', 'goal'), bypassed: true }],
      [...wires, 'camera.out>a.image'],
    );
    expect(objectiveOf(design, registry)?.node.id).toBe('loss');
  });
});
