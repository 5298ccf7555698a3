import { useConnection, ViewportPortal } from '@xyflow/react';
import { canConnect } from '../../graph/connect.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore, registry } from '../stores/app.ts';
import styles from './graph.module.css';

const cx = moduleClasses(styles);

/** While a wire hovers over a port that does not fit: the reason, beside the cursor. */
export function ConnectionReason() {
  const hovering = useConnection((connection) =>
    connection.inProgress && connection.toHandle !== null && connection.isValid !== true ? connection : null,
  );
  if (hovering === null || hovering.toHandle === null) return null;
  const { fromHandle, toHandle, to } = hovering;
  const [start, end] = fromHandle.type === 'source' ? [fromHandle, toHandle] : [toHandle, fromHandle];
  const result =
    fromHandle.type === toHandle.type
      ? ({
          ok: false,
          reason: `An ${fromHandle.type === 'source' ? 'output' : 'input'} connects to the other side of a node.`,
        } as const)
      : canConnect(documentStore.getState().design, registry, {
          from: { node: start.nodeId, port: start.id ?? '' },
          to: { node: end.nodeId, port: end.id ?? '' },
        });
  if (result.ok) return null;
  return (
    <ViewportPortal>
      <div className={cx('reasonTip')} style={{ transform: `translate(${to.x + 18}px, ${to.y + 14}px)` }}>
        {result.reason}
        {'fix' in result && result.fix !== undefined && <small>{result.fix}</small>}
      </div>
    </ViewportPortal>
  );
}
