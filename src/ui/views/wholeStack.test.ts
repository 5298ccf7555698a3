import { expect, it } from 'vitest';
import type { View, ViewRequest } from '../../workers/protocol.ts';
import { createFrameBus } from '../stores/frameBus.ts';
import { wholeStack } from './wholeStack.ts';

/** A bus whose engine sends the plane that is asked for, and another one that nobody wants before it. */
function answering(planes: number) {
  const bus = createFrameBus();
  const asked: (ViewRequest | null)[] = [];
  const view = (request: ViewRequest, plane: number): View => ({
    ...{
      nodeId: request.nodeId,
      mode: request.mode,
      layer: request.layer,
      portType: 'image',
      unit: 'counts',
    },
    ...{ shape: [1, 2], planes, plane, pitch: 1e-7, data: Float32Array.of(plane, 10 + plane) },
  });
  const want: typeof bus.want = (_, request) => {
    asked.push(request);
    if (request === null) return;
    setTimeout(() => {
      bus.publish([view(request, planes - 1 - (request.plane ?? 0))]);
      bus.publish([view(request, request.plane ?? 0)]);
    });
  };
  return { bus: { ...bus, want }, asked };
}

it('has all planes in their order, and asks for nothing afterwards', async () => {
  const { bus, asked } = answering(3);
  const stack = await wholeStack({ nodeId: 'camera', layer: 'output', mode: 'intensity' }, bus);
  expect(stack).toMatchObject({ shape: [3, 1, 2], pitch: 1e-7 });
  expect([...(stack?.data ?? [])]).toEqual([0, 10, 1, 11, 2, 12]);
  expect(asked.at(-1)).toBeNull();
});

it('takes the plane that is on screen, which nobody sends again', async () => {
  const { bus, asked } = answering(1);
  await wholeStack({ nodeId: 'camera', layer: 'output', mode: 'intensity' }, bus);
  await wholeStack({ nodeId: 'camera', layer: 'output', mode: 'intensity' }, bus);
  expect(asked.filter((each) => each !== null)).toHaveLength(1);
});

it('is a picture where there is one plane', async () => {
  const stack = await wholeStack({ nodeId: 'camera', layer: 'output', mode: 'intensity' }, answering(1).bus);
  expect(stack?.shape).toEqual([1, 2]);
});
