import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  type Connection,
  type Edge,
  type EdgeChange,
  type EdgeTypes,
  type FinalConnectionState,
  MiniMap,
  type Node,
  type NodeChange,
  type NodeTypes,
  type OnConnectStartParams,
  Panel,
  ReactFlow,
  useReactFlow,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import './flow.css';
import {
  type DragEvent,
  type MouseEvent,
  type PointerEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useStore } from 'zustand';
import { canConnect } from '../../graph/connect.ts';
import type { Design } from '../../graph/document.ts';
import { nodeName } from '../../graph/registry.ts';
import { possibleOutputTypes } from '../../graph/topology.ts';
import { useResolvedTheme } from '../app/theme.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { PORT_COLOURS } from '../parts/glyphs.tsx';
import { connectPorts, disconnectEdges, moveNodesTo } from '../stores/actions.ts';
import { documentStore, registry } from '../stores/app.ts';
import { selectionStore } from '../stores/selectionStore.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { uiStore } from '../stores/uiStore.ts';
import { ConnectionReason } from './ConnectionReason.tsx';
import { EmptyState } from './EmptyState.tsx';
import { dropElement, FIT, fitAll, refitResized, rememberPointer, setViewport } from './flow.ts';
import { GraphMenu } from './GraphMenu.tsx';
import { GraphToolbar } from './GraphToolbar.tsx';
import styles from './graph.module.css';
import { ELEMENT_MIME } from './mime.ts';
import { NodeCard } from './NodeCard.tsx';
import { WireEdge } from './WireEdge.tsx';
import { WireHelp } from './WireHelp.tsx';
import { endWire, startPointerWire } from './wiring.ts';

const cx = moduleClasses(styles);

const NODE_TYPES: NodeTypes = { element: NodeCard };
const EDGE_TYPES: EdgeTypes = { wire: WireEdge };
const SNAP: [number, number] = [12, 12];
const ARIA_LABELS = {
  'node.a11yDescription.default':
    'Press Enter or Space to select, the arrow keys to move, C to draw a wire, Delete to remove.',
};

/**
 * React Flow's nodes for a design; what it measured of nodes that stay is kept. The same list comes back when only
 * values changed: a new one would make React Flow lay out every card on every step of a slider.
 */
function toFlowNodes(design: Design, selected: ReadonlySet<string>, known: Node[]): Node[] {
  const before = new Map(known.map((node) => [node.id, node]));
  const next = design.nodes.map((node) => {
    const old = before.get(node.id);
    const title = nodeName(design, registry, node.id);
    const isSelected = selected.has(node.id);
    const samePlace =
      old !== undefined && old.position.x === node.position.x && old.position.y === node.position.y;
    if (old !== undefined && samePlace && old.selected === isSelected && old.ariaLabel === title) return old;
    const position = old?.dragging === true ? old.position : { x: node.position.x, y: node.position.y };
    return {
      ...(old ?? { id: node.id, type: 'element', data: {} }),
      ariaLabel: title,
      position,
      selected: isSelected,
    };
  });
  return sameItems(known, next) ? known : next;
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** Above selected cards, which React Flow lifts by 1000. */
const LIFTED = 1001;

/** @param lifted nodes whose wires are drawn above all cards, so that they can be followed */
function toFlowEdges(design: Design, selected: ReadonlySet<string>, lifted: ReadonlySet<string>): Edge[] {
  return design.edges.map((edge) => {
    const [type] = possibleOutputTypes(design, registry, edge.from);
    return {
      id: edge.id,
      type: 'wire',
      source: edge.from.node,
      sourceHandle: edge.from.port,
      target: edge.to.node,
      targetHandle: edge.to.port,
      selected: selected.has(edge.id),
      zIndex: lifted.has(edge.from.node) || lifted.has(edge.to.node) || selected.has(edge.id) ? LIFTED : 0,
      style: { stroke: type === undefined ? 'var(--text-faint)' : PORT_COLOURS[type] },
    };
  });
}

interface HoldsDesign {
  readonly design: Design;
}

/** Everything about the nodes that their place and name on the canvas depend on. */
function nodesShape({ design }: HoldsDesign): string {
  return design.nodes
    .map(({ id, type, title, position }) => [id, type, title, position.x, position.y].join())
    .join(' ');
}

/** Everything about the nodes that the colour of a wire depends on. */
function nodesKinds({ design }: HoldsDesign): string {
  return design.nodes.map(({ id, type, bypassed }) => `${id}:${type}:${bypassed === true}`).join(' ');
}

/** Nodes that React Flow can drag and measure, kept in step with the document and the selection. */
function useFlowNodes() {
  // A text of what the canvas shows of the nodes: values change far more often and must not render the graph.
  const shape = useStore(documentStore, nodesShape);
  const selectedIds = useStore(selectionStore, (state) => state.nodeIds);
  const [nodes, setNodes] = useState<Node[]>([]);
  const current = useRef(nodes);
  current.current = nodes;
  useEffect(() => {
    const { design } = documentStore.getState();
    if (nodesShape({ design }) !== shape) return;
    setNodes((known) => toFlowNodes(design, new Set(selectedIds), known));
  }, [shape, selectedIds]);

  const onNodesChange = useCallback((changes: NodeChange[]) => {
    const next = applyNodeChanges(changes, current.current);
    current.current = next;
    setNodes(next);
    if (changes.some((change) => change.type === 'select')) {
      const { edgeIds } = selectionStore.getState();
      const ids = next.filter((node) => node.selected === true).map((node) => node.id);
      selectionStore.getState().select(ids, edgeIds);
    }
    const moved = changes.flatMap((change) =>
      change.type === 'position' && change.dragging !== true && change.position !== undefined
        ? [{ id: change.id, position: change.position }]
        : [],
    );
    if (moved.length > 0) moveNodesTo(moved);
  }, []);
  return { nodes, onNodesChange };
}

/** @param hovered the card under the pointer */
function useFlowEdges(hovered: string | null) {
  const wires = useStore(documentStore, (state) => state.design.edges);
  const kinds = useStore(documentStore, nodesKinds);
  const selectedIds = useStore(selectionStore, (state) => state.edgeIds);
  const selectedNodes = useStore(selectionStore, (state) => state.nodeIds);
  const edges = useMemo(() => {
    const { design } = documentStore.getState();
    const lifted = new Set(hovered === null ? selectedNodes : [...selectedNodes, hovered]);
    return kinds === '' ? [] : toFlowEdges({ ...design, edges: wires }, new Set(selectedIds), lifted);
  }, [wires, kinds, selectedIds, selectedNodes, hovered]);
  const onEdgesChange = useCallback((changes: EdgeChange[]) => {
    const picked = changes.filter((change) => change.type === 'select');
    if (picked.length === 0) return;
    const { nodeIds, edgeIds } = selectionStore.getState();
    const ids = new Set(edgeIds);
    for (const change of picked) {
      if (change.selected) ids.add(change.id);
      else ids.delete(change.id);
    }
    selectionStore.getState().select(nodeIds, [...ids]);
  }, []);
  return { edges, onEdgesChange };
}

function asConnection(connection: Connection | Edge) {
  return {
    from: { node: connection.source, port: connection.sourceHandle ?? '' },
    to: { node: connection.target, port: connection.targetHandle ?? '' },
  };
}

const isValidConnection = (connection: Connection | Edge): boolean =>
  canConnect(documentStore.getState().design, registry, asConnection(connection)).ok;

const onConnect = (connection: Connection): void => {
  const { from, to } = asConnection(connection);
  connectPorts(from, to);
};

const onReconnect = (old: Edge, connection: Connection): void => {
  const { from, to } = asConnection(connection);
  connectPorts(from, to, old.id);
};

const onConnectStart = (_: unknown, { nodeId, handleId, handleType }: OnConnectStartParams): void => {
  if (nodeId === null || handleId === null) return;
  startPointerWire({ node: nodeId, port: handleId, side: handleType === 'source' ? 'output' : 'input' });
};

/** The reason stays for a while after the wire was let go. */
function sayRefusal({ fromHandle, toHandle }: FinalConnectionState): void {
  if (fromHandle === null || toHandle === null || fromHandle.type === toHandle.type) return;
  const [start, end] = fromHandle.type === 'source' ? [fromHandle, toHandle] : [toHandle, fromHandle];
  connectPorts({ node: start.nodeId, port: start.id ?? '' }, { node: end.nodeId, port: end.id ?? '' });
}

function minimapColour(node: Node): string {
  const type = documentStore.getState().design.nodes.find((each) => each.id === node.id)?.type ?? '';
  const [output] = Object.values(registry.get(type)?.outputs ?? {});
  return typeof output?.type === 'string' ? PORT_COLOURS[output.type] : 'var(--text-faint)';
}

export function GraphCanvas() {
  const { nodes, onNodesChange } = useFlowNodes();
  const [hovered, setHovered] = useState<string | null>(null);
  const { edges, onEdgesChange } = useFlowEdges(hovered);
  const flow = useReactFlow();
  const theme = useResolvedTheme();
  const snapToGrid = useStore(settingsStore, (state) => state.snapToGrid);
  const minimap = useStore(settingsStore, (state) => state.minimap);
  const epoch = useStore(documentStore, (state) => state.epoch);
  const empty = nodes.length === 0;

  useEffect(() => {
    setViewport(flow);
    return () => setViewport(null);
  }, [flow]);
  // The new document's nodes are measured one frame after they are mounted.
  useEffect(() => {
    const timer = setTimeout(
      () => {
        const isEmpty = documentStore.getState().design.nodes.length === 0;
        void (isEmpty ? flow.setViewport({ x: 0, y: 0, zoom: 1 }) : fitAll(0));
      },
      epoch === 0 ? 0 : 60,
    );
    return () => clearTimeout(timer);
  }, [flow, epoch]);

  const canvas = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (canvas.current === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // While a border is dragged the sizes come in quick succession: the last one counts.
    const observer = new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(refitResized, 120);
    });
    observer.observe(canvas.current);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, []);

  const onConnectEnd = useCallback(
    (event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState) => {
      const { wire } = uiStore.getState();
      endWire();
      if (wire === null || state.isValid === true) return;
      if (state.toHandle !== null) {
        sayRefusal(state);
        return;
      }
      const point = 'changedTouches' in event ? event.changedTouches[0] : event;
      if (point === undefined) return;
      const screen = { x: point.clientX, y: point.clientY };
      uiStore.setState({ insert: { screen, flow: flow.screenToFlowPosition(screen), from: wire.from } });
    },
    [flow],
  );
  const onDoubleClick = useCallback(
    (event: MouseEvent) => {
      if (!(event.target instanceof Element) || !event.target.classList.contains('react-flow__pane')) return;
      const screen = { x: event.clientX, y: event.clientY };
      uiStore.setState({ insert: { screen, flow: flow.screenToFlowPosition(screen), from: null } });
    },
    [flow],
  );

  return (
    <GraphMenu>
      <div ref={canvas} className={cx('canvas')} data-graph="" tabIndex={-1}>
        <ReactFlow
          onDoubleClick={onDoubleClick}
          onPointerMove={followPointer}
          onPointerLeave={forgetPointer}
          onNodeMouseEnter={(_, node) => setHovered(node.id)}
          onNodeMouseLeave={() => setHovered(null)}
          onNodeContextMenu={selectForMenu}
          onEdgeContextMenu={selectEdgeForMenu}
          onPaneContextMenu={clearSelection}
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          onConnect={onConnect}
          onReconnect={onReconnect}
          onConnectStart={onConnectStart}
          onConnectEnd={onConnectEnd}
          onNodeDragStart={settle}
          onEdgeDoubleClick={(_, edge) => disconnectEdges([edge.id])}
          isValidConnection={isValidConnection}
          onDrop={dropDragged}
          onDragOver={allowElements}
          colorMode={theme}
          snapToGrid={snapToGrid}
          snapGrid={SNAP}
          minZoom={0.15}
          maxZoom={2.5}
          zoomOnDoubleClick={false}
          deleteKeyCode={null}
          multiSelectionKeyCode={['Shift', 'Control', 'Meta']}
          connectionRadius={28}
          attributionPosition="bottom-right"
          ariaLabelConfig={ARIA_LABELS}
          fitView
          fitViewOptions={FIT}
        >
          <Background variant={BackgroundVariant.Dots} gap={24} size={1.5} color="var(--canvas-dot)" />
          {minimap && !empty && (
            <MiniMap
              pannable
              zoomable
              nodeColor={minimapColour}
              nodeStrokeWidth={0}
              ariaLabel="Map of the graph"
            />
          )}
          <Panel position="bottom-left">
            <GraphToolbar />
          </Panel>
          <ConnectionReason />
        </ReactFlow>
        <WireHelp />
        {empty && <EmptyState />}
      </div>
    </GraphMenu>
  );
}

const followPointer = (event: PointerEvent): void => rememberPointer({ x: event.clientX, y: event.clientY });
const forgetPointer = (): void => rememberPointer(null);
const clearSelection = (): void => selectionStore.getState().clear();

/** The right button acts on what is under it, or on the selection that holds it. */
const selectForMenu = (_: MouseEvent, node: Node): void => {
  const { nodeIds, select } = selectionStore.getState();
  if (!nodeIds.includes(node.id)) select([node.id]);
};
const selectEdgeForMenu = (_: MouseEvent, edge: Edge): void =>
  selectionStore.getState().select([], [edge.id]);

const settle = (): void => documentStore.getState().settle();

const dropDragged = (event: DragEvent): void => {
  const type = event.dataTransfer.getData(ELEMENT_MIME);
  if (type === '') return;
  event.preventDefault();
  event.stopPropagation();
  dropElement(type, { x: event.clientX, y: event.clientY });
};

const allowElements = (event: DragEvent): void => {
  if (!event.dataTransfer.types.includes(ELEMENT_MIME)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'copy';
};
