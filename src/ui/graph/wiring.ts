/** Drawing a wire by pointer or by keyboard: which ports fit, and which one is pointed at. */
import { compatibleSources, compatibleTargets } from '../../graph/connect.ts';
import type { PortRef } from '../../graph/topology.ts';
import { connectPorts, titleOf } from '../stores/actions.ts';
import { documentStore, registry } from '../stores/app.ts';
import type { PortSide } from '../stores/graphTypes.ts';
import { announce, type PortAddress, toast, uiStore } from '../stores/uiStore.ts';

/** Ports that fit: first those without a wire, which a new one would take the place of. */
function candidatesOf(from: PortAddress): PortAddress[] {
  const { design } = documentStore.getState();
  const side: PortSide = from.side === 'output' ? 'input' : 'output';
  const find = from.side === 'output' ? compatibleTargets : compatibleSources;
  const isTaken = ({ node, port }: PortRef): boolean =>
    side === 'input' && design.edges.some(({ to }) => to.node === node && to.port === port);
  return find(design, registry, from)
    .sort((a, b) => Number(isTaken(a)) - Number(isTaken(b)))
    .map(({ node, port }) => ({ node, port, side }));
}

/** "Camera, input light". */
export function portName({ node, port, side }: PortAddress): string {
  const { design } = documentStore.getState();
  const found = design.nodes.find((each) => each.id === node);
  const element = registry.get(found?.type ?? '');
  const title = side === 'input' ? element?.inputs[port]?.title : element?.outputs[port]?.title;
  return `${titleOf(node)}, ${side} “${title ?? port}”`;
}

export function startPointerWire(from: PortAddress): void {
  uiStore.setState({ wire: { by: 'pointer', from, candidates: candidatesOf(from), index: 0 } });
}

export function endWire(): void {
  if (uiStore.getState().wire !== null) uiStore.setState({ wire: null });
}

/** Ports a wire can start from at this node: outputs first, then inputs. */
function startsOf(nodeId: string): PortAddress[] {
  const { design } = documentStore.getState();
  const element = registry.get(design.nodes.find((node) => node.id === nodeId)?.type ?? '');
  if (element === undefined) return [];
  return [
    ...Object.keys(element.outputs).map((port): PortAddress => ({ node: nodeId, port, side: 'output' })),
    ...Object.keys(element.inputs).map((port): PortAddress => ({ node: nodeId, port, side: 'input' })),
  ];
}

/** Starts a wire from the keyboard; pressed again, it starts from the next port of the node that has partners. */
export function startKeyboardWire(nodeId: string): void {
  const { wire } = uiStore.getState();
  const starts = startsOf(nodeId)
    .map((from) => ({ from, candidates: candidatesOf(from) }))
    .filter(({ candidates }) => candidates.length > 0);
  if (starts.length === 0) {
    toast('No port of this element has a partner to wire to. Add an element that fits with A.');
    return;
  }
  const current = starts.findIndex(
    ({ from }) =>
      from.node === wire?.from.node && from.port === wire.from.port && from.side === wire.from.side,
  );
  const next = starts[(current + 1) % starts.length];
  if (next === undefined) return;
  uiStore.setState({ wire: { by: 'keyboard', ...next, index: 0 } });
  const [first] = next.candidates;
  announce(
    `Wire from ${portName(next.from)}. ${next.candidates.length} ports fit. ` +
      `${first === undefined ? '' : portName(first)}. Arrows choose, Enter connects, Escape cancels.`,
  );
}

/** Points at the next or previous fitting port. */
export function cycleWire(step: 1 | -1): void {
  const { wire } = uiStore.getState();
  if (wire === null || wire.by !== 'keyboard') return;
  const count = wire.candidates.length;
  const index = (wire.index + step + count) % count;
  uiStore.setState({ wire: { ...wire, index } });
  const pointed = wire.candidates[index];
  if (pointed !== undefined) announce(`${portName(pointed)}, ${index + 1} of ${count}.`);
}

export function finishKeyboardWire(): void {
  const { wire } = uiStore.getState();
  if (wire === null) return;
  const pointed = wire.candidates[wire.index];
  endWire();
  if (pointed === undefined) return;
  const [from, to] = wire.from.side === 'output' ? [wire.from, pointed] : [pointed, wire.from];
  if (connectPorts(from, to)) announce(`Connected ${portName(from)} to ${portName(to)}.`);
}

export function cancelWire(): void {
  endWire();
  announce('No wire was drawn.');
}
