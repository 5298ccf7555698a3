import { useConnection, useStore as useFlowStore } from '@xyflow/react';
import { CircleAlert } from 'lucide-react';
import { canConnect } from '../../graph/connect.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore, registry } from '../stores/app.ts';
import styles from './graph.module.css';

const cx = moduleClasses(styles);
const WIDTH = 320;

/** While a wire hovers over a port that does not fit: the reason beside the cursor, readable at every zoom. */
export function ConnectionReason() {
  const [left, top, zoom] = useFlowStore((state) => state.transform);
  const width = useFlowStore((state) => state.width);
  const height = useFlowStore((state) => state.height);
  const hovering = useConnection((connection) =>
    connection.inProgress && connection.toHandle !== null && connection.isValid !== true ? connection : null,
  );
  if (hovering === null || hovering.toHandle === null) return null;
  const { fromHandle, toHandle, to } = hovering;
  const [start, end] = fromHandle.type === 'source' ? [fromHandle, toHandle] : [toHandle, fromHandle];
  const result =
    fromHandle.type === toHandle.type
      ? {
          reason: `An ${fromHandle.type === 'source' ? 'output' : 'input'} connects to the other side of a node.`,
        }
      : canConnect(documentStore.getState().design, registry, {
          from: { node: start.nodeId, port: start.id ?? '' },
          to: { node: end.nodeId, port: end.id ?? '' },
        });
  if ('ok' in result && result.ok) return null;
  const x = Math.max(8, Math.min(left + to.x * zoom + 18, width - WIDTH - 8));
  const y = Math.max(8, Math.min(top + to.y * zoom + 18, height - 90));
  return (
    <div
      className={cx('reasonTip')}
      style={{ left: x, top: y, maxWidth: WIDTH }}
      data-testid="connection-reason"
    >
      <CircleAlert size={16} aria-hidden="true" />
      <span>
        {result.reason}
        {'fix' in result && result.fix !== undefined && <small>{result.fix}</small>}
      </span>
    </div>
  );
}
