import { expect, it, vi } from 'vitest';
import { examples } from '../../graph/examples/index.ts';
import type { Analysed, WireHealth } from '../../workers/protocol.ts';
import { createAnalysisBus } from './analysisBus.ts';
import { doubtfulWires, watchDoubtful } from './doubtfulWires.ts';

it('counts the wires whose lamp is not green, and tells when one changes', () => {
  const edges = examples.find(({ id }) => id === 'airy')?.design.edges ?? [];
  expect(edges.length).toBeGreaterThan(1);
  const bus = createAnalysisBus();
  const heard = vi.fn();
  const stop = watchDoubtful(edges, bus, heard);
  const lamp = (index: number, level: WireHealth['level']): void => {
    const from = edges[index]?.from ?? { node: '', port: '' };
    const analysed: Analysed = {
      nodeId: from.node,
      port: from.port,
      readouts: [],
      charts: [],
      facts: [],
      health: { level, reason: '' },
    };
    bus.publish([analysed]);
  };
  lamp(0, 'good');
  expect(doubtfulWires(edges, bus)).toEqual([]);
  lamp(1, 'doubtful');
  lamp(0, 'bad');
  expect(doubtfulWires(edges, bus)).toEqual(edges.slice(0, 2).map(({ id }) => id));
  bus.clear();
  expect(doubtfulWires(edges, bus)).toEqual([]);
  expect(heard).toHaveBeenCalledTimes(5);
  stop();
  lamp(0, 'bad');
  expect(heard).toHaveBeenCalledTimes(5);
});
