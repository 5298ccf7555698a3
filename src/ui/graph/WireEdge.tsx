import {
  BaseEdge,
  EdgeLabelRenderer,
  type EdgeProps,
  getBezierPath,
  type ReactFlowState,
  useStore as useFlowStore,
} from '@xyflow/react';
import { memo, useEffect, useState } from 'react';
import type { WireHealth } from '../../workers/protocol.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { analysisBus } from '../stores/analysisBus.ts';
import type { Area } from '../stores/places.ts';
import { selectionStore } from '../stores/selectionStore.ts';
import { FAR_ZOOM } from './flow.ts';
import styles from './graph.module.css';
import { type Route, routeAround } from './route.ts';

const cx = moduleClasses(styles);

const LEVEL_WORDS = { good: 'is well sampled', doubtful: 'is doubtful', bad: 'is wrong' } as const;

const areasOf = new WeakMap<ReactFlowState['nodes'], readonly Area[]>();

/** The areas of all cards that are measured; found once per change of the nodes, for all wires. */
function cardsOf({ nodes }: ReactFlowState): readonly Area[] {
  const known = areasOf.get(nodes);
  if (known !== undefined) return known;
  const areas = nodes.flatMap(({ position, measured }) => {
    const { width, height } = measured ?? {};
    return width === undefined || height === undefined ? [] : [{ ...position, width, height }];
  });
  areasOf.set(nodes, areas);
  return areas;
}

const isSameRoute = (a: Route | null, b: Route | null): boolean => a?.path === b?.path;

/** A wire with a lamp in its middle that says, at rest, whether what travels on it can be trusted. */
export const WireEdge = memo(function WireEdge(props: EdgeProps) {
  const [curve, curveX, curveY] = getBezierPath(props);
  const from = { x: props.sourceX, y: props.sourceY };
  const to = { x: props.targetX, y: props.targetY };
  // The same path is no reason to render again, whatever else moves.
  const around = useFlowStore((state) => routeAround(from, to, cardsOf(state)), isSameRoute);
  const { path, middle } = around ?? { path: curve, middle: { x: curveX, y: curveY } };
  const { x, y } = middle;
  const far = useFlowStore((state) => state.transform[2] < FAR_ZOOM);
  const health = useWireHealth(props.source, props.sourceHandleId ?? null);
  return (
    <>
      <BaseEdge
        path={path}
        {...(props.style === undefined ? {} : { style: props.style })}
        {...(props.interactionWidth === undefined ? {} : { interactionWidth: props.interactionWidth })}
      />
      {health !== null && (!far || health.level !== 'good') && (
        <EdgeLabelRenderer>
          <button
            type="button"
            className={`${cx('lamp', health.level)} nopan`}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
            title={health.reason}
            aria-label={`The light on this wire ${LEVEL_WORDS[health.level]}. ${health.reason}`}
            data-testid={`lamp-${props.id}`}
            data-wire={props.id}
            data-level={health.level}
            onClick={() => selectionStore.getState().select([], [props.id])}
          >
            <span />
          </button>
        </EdgeLabelRenderer>
      )}
    </>
  );
});

function useWireHealth(nodeId: string, port: string | null): WireHealth | null {
  const [health, setHealth] = useState<WireHealth | null>(null);
  useEffect(() => {
    if (port === null) return;
    const request = { nodeId, port };
    setHealth(analysisBus.latest(request)?.health ?? null);
    return analysisBus.subscribe(request, (analysed) => setHealth(analysed?.health ?? null));
  }, [nodeId, port]);
  return health;
}
