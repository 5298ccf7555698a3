import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { addNode, connect, setParam } from '../../graph/edit.ts';
import type { Goal, Proof } from '../../graph/examples/example.ts';
import { examples } from '../../graph/examples/index.ts';
import type { View } from '../../workers/protocol.ts';
import { createDocumentStore } from './documentStore.ts';
import { createFrameBus } from './frameBus.ts';
import { isAsOpened, type Reading, watchKnownNumber, whyMissing } from './knownNumber.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const words = { statement: '', quantity: 'dimensionless', display: '' } as const;
/** Sum over all planes. */
const proof: Proof = {
  ...words,
  nodes: ['camera'],
  expected: 6,
  tolerance: 0.5,
  measure: ({ data }) => Array.from(data).reduce((sum, value) => sum + value, 0),
};
const goal: Goal = {
  ...words,
  nodes: [],
  limit: 2,
  bound: 'atMost',
  measure: ({ seed }) => seed,
};

const view = (plane: number, planes: number, value: number): View => ({
  nodeId: 'camera',
  mode: 'intensity',
  layer: 'output',
  portType: 'image',
  shape: [1, 1],
  data: Float32Array.of(value),
  planes,
  plane,
  pitch: 1e-6,
  unit: 'counts',
});

function watched(system: { proof: Proof | null; goal?: Goal }) {
  const [first] = examples;
  if (first === undefined) throw new Error('No system.');
  const [frames, documents] = [createFrameBus(), createDocumentStore({ ...first.design, seed: 5 })];
  const readings: (Reading | null)[] = [];
  const end = watchKnownNumber(system, { frames, documents }, (reading) => readings.push(reading));
  const latest = () => {
    vi.advanceTimersByTime(100);
    return readings.at(-1);
  };
  return { frames, documents, latest, end };
}

describe('the known number of a ready system', () => {
  it('is measured on all planes of what is shown, once all are there', () => {
    const { frames, latest } = watched({ proof });
    expect(latest()).toBeNull();
    frames.publish([view(0, 3, 1)]);
    expect(latest()).toBeNull();
    expect(frames.wants().map(({ plane }) => plane)).toEqual([0, 1, 2]);
    frames.publish([view(2, 3, 3), view(1, 3, 2.2)]);
    expect(latest()?.value).toBeCloseTo(6.2, 6);
    expect(latest()?.holds).toBe(true);
    frames.publish([view(1, 3, 5)]);
    expect(latest()).toEqual({ value: 9, holds: false });
  });

  it('goes with its picture, and asks for nothing when nobody looks', () => {
    const { frames, latest, end } = watched({ proof });
    frames.publish([view(0, 1, 6)]);
    expect(latest()).toEqual({ value: 6, holds: true });
    frames.withdraw([{ nodeId: 'camera', layer: 'output' }]);
    expect(latest()).toBeNull();
    end();
    expect(frames.wants()).toEqual([]);
  });

  it('of a fit follows the values of the document', () => {
    const { documents, latest } = watched({ proof: null, goal });
    expect(latest()).toEqual({ value: 5, holds: false });
    documents.getState().apply('', (design) => ({ ...design, seed: 1 }));
    expect(latest()).toEqual({ value: 1, holds: true });
  });
});

describe('what is said beside the known number', () => {
  const airy = examples.find(({ id }) => id === 'airy')?.design;
  if (airy === undefined) throw new Error('The gallery has an Airy disc.');
  const asOpened = (design: Design): boolean => isAsOpened(design, airy, registry);

  it('tells the design as opened from one with another value, grid or wire', () => {
    expect(asOpened(JSON.parse(JSON.stringify(airy)) as Design)).toBe(true);
    const other = setParam(airy, registry, 'pupil', 'numericalAperture', 0.4);
    expect(asOpened(other)).toBe(false);
    // The default aperture, which the example leaves unsaid.
    expect(asOpened(setParam(other, registry, 'pupil', 'numericalAperture', 0.5))).toBe(true);
    expect(asOpened({ ...airy, grid: { ...airy.grid, samples: 2 * airy.grid.samples } })).toBe(false);
    expect(asOpened({ ...airy, edges: airy.edges.slice(1) })).toBe(false);
    expect(asOpened({ ...airy, nodes: airy.nodes.slice(1) })).toBe(false);
  });

  it('takes no notice of places, of values that are spelled out, and of one more camera', () => {
    const spelled = airy.nodes.map((node) => ({
      ...node,
      position: { x: 1, y: 2 },
      params: node.type === 'camera' ? { magnification: 1, ...node.params } : node.params,
    }));
    expect(asOpened({ ...airy, nodes: spelled })).toBe(true);
    const { design, nodeId } = addNode(airy, registry, 'camera', { x: 0, y: 0 });
    const wire = { from: { node: 'pupil', port: 'out' }, to: { node: nodeId, port: 'in' } };
    expect(asOpened(connect(design, registry, wire))).toBe(true);
  });

  it('says why there is none', () => {
    const why = (reading: Reading | null, failing: readonly string[], design = airy): string => {
      const issues = new Map(failing.map((id) => [id, [{ severity: 'error' }] as const]));
      return whyMissing(reading, ['camera'], design, issues, registry);
    };
    expect(why(null, [])).toBe('being computed');
    expect(why(null, ['camera'])).toBe('“Camera” has an error');
    expect(why(null, ['pupil'])).toMatch(/^“.*upil.*” has an error$/);
    const unreadable = { value: Number.NaN, holds: false };
    expect(why(unreadable, [])).toBe('cannot be read from this picture');
    expect(why(null, [], { ...airy, nodes: [] })).toBe('cannot be read from this picture');
  });

  it('is that a measure which finds nothing cannot be read', () => {
    const measure = (): number => {
      throw new Error('No ring.');
    };
    const { frames, latest } = watched({ proof: { ...proof, measure } });
    frames.publish([view(0, 1, 6)]);
    expect(latest()).toEqual({ value: Number.NaN, holds: false });
  });
});
