import { Handle, Position } from '@xyflow/react';
import { memo } from 'react';
import { useStore } from 'zustand';
import { possibleOutputTypes } from '../../graph/topology.ts';
import type { PortType } from '../../optics/values.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { PORT_TITLES, PortGlyph } from '../parts/glyphs.tsx';
import { Hint } from '../parts/Hint.tsx';
import { documentStore, registry } from '../stores/app.ts';
import type { PortSide } from '../stores/graphTypes.ts';
import { portKey, uiStore } from '../stores/uiStore.ts';
import styles from './card.module.css';

const cx = moduleClasses(styles);

export interface PortHandleProps {
  readonly nodeId: string;
  readonly port: string;
  readonly side: PortSide;
  readonly title: string;
}

/** Types that a port of the open document takes or gives, joined by spaces to compare cheaply. */
function portTypes(nodeId: string, port: string, side: PortSide): string {
  const { design } = documentStore.getState();
  if (side === 'output') return possibleOutputTypes(design, registry, { node: nodeId, port }).join(' ');
  const node = design.nodes.find((each) => each.id === nodeId);
  return node === undefined ? '' : (registry.get(node.type)?.inputs[port]?.accepts ?? []).join(' ');
}

function useWireRole(key: string): 'source' | 'target' | 'pointed' | 'dimmed' | null {
  return useStore(uiStore, ({ wire }) => {
    if (wire === null) return null;
    if (portKey(wire.from) === key) return 'source';
    const index = wire.candidates.findIndex((candidate) => portKey(candidate) === key);
    if (index < 0) return 'dimmed';
    return wire.by === 'keyboard' && index === wire.index ? 'pointed' : 'target';
  });
}

/** One port: its shape and colour say the type, its label the meaning. */
export const PortHandle = memo(function PortHandle({ nodeId, port, side, title }: PortHandleProps) {
  const types = useStore(documentStore, () => portTypes(nodeId, port, side)).split(' ') as PortType[];
  const connected = useStore(documentStore, ({ design }) =>
    design.edges.some((edge) =>
      side === 'input'
        ? edge.to.node === nodeId && edge.to.port === port
        : edge.from.node === nodeId && edge.from.port === port,
    ),
  );
  const role = useWireRole(portKey({ node: nodeId, port, side }));
  const type = types[0] ?? 'field';
  const names = types.map((each) => PORT_TITLES[each] ?? each).join(' or ');
  const meaning = side === 'input' ? `${title}: takes ${names}` : `${title}: gives ${names}`;
  return (
    <div className={cx('port', side, role)}>
      <Hint text={meaning} side={side === 'input' ? 'left' : 'right'}>
        <Handle
          id={port}
          type={side === 'input' ? 'target' : 'source'}
          position={side === 'input' ? Position.Left : Position.Right}
          className={cx('handle')}
          role="img"
          aria-label={meaning}
        >
          <PortGlyph type={type} hollow={!connected} />
        </Handle>
      </Hint>
      <span className={cx('portTitle')}>{title}</span>
    </div>
  );
});
