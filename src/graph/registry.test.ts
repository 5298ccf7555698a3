import { describe, expect, it } from 'vitest';
import { registry } from './catalogue.ts';
import type { DesignNode } from './document.ts';
import { nodeName } from './registry.ts';

const node = (id: string, type: string, title?: string): DesignNode => ({
  id,
  type,
  position: { x: 0, y: 0 },
  params: {},
  ...(title === undefined ? {} : { title }),
});

describe('the names of nodes', () => {
  it('are their titles or those of their elements; the second of a title gets a number that is free', () => {
    const nodes = [
      node('a', 'camera'),
      node('b', 'camera'),
      node('c', 'camera'),
      node('d', 'pupil', 'Camera 2'),
      node('e', 'pupil', 'Coma'),
      node('f', 'unknownThing'),
    ];
    const names = nodes.map(({ id }) => nodeName({ nodes }, registry, id));
    expect(names).toEqual(['Camera', 'Camera 3', 'Camera 4', 'Camera 2', 'Coma', 'unknownThing']);
    expect(nodeName({ nodes }, registry, 'gone')).toBe('gone');
  });
});
