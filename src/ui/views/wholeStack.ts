/** All planes of what the engine shows one plane of at a time, one after the other. React-free. */
import { planeOfRequest, type View, type ViewRequest } from '../../workers/protocol.ts';
import { frameBus } from '../stores/frameBus.ts';

const OWNER = 'wholeStack';
/** A plane that has not come after so long does not come (ms). */
const PATIENCE_MILLISECONDS = 20_000;

export interface WholeStack {
  /** [planes, ny, nx], or [ny, nx] of one plane. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
  readonly pitch: number;
  /** The first plane, for what all have in common. */
  readonly view: View;
}

/** Null where a plane does not come. */
export async function wholeStack(
  request: Omit<ViewRequest, 'plane'>,
  bus = frameBus,
): Promise<WholeStack | null> {
  try {
    const first = await planeOf(bus, { ...request, plane: 0 });
    if (first === null) return null;
    const { shape, planes, pitch } = first;
    if (planes === 1) return { shape, data: first.data, pitch, view: first };
    const size = first.data.length;
    const data = new Float32Array(planes * size);
    data.set(first.data);
    for (let plane = 1; plane < planes; plane++) {
      const view = await planeOf(bus, { ...request, plane });
      // The design was changed meanwhile.
      if (view === null || view.data.length !== size) return null;
      data.set(view.data, plane * size);
    }
    return { shape: [planes, ...shape], data, pitch, view: first };
  } finally {
    bus.want(OWNER, null);
  }
}

function planeOf(bus: typeof frameBus, request: ViewRequest): Promise<View | null> {
  const { nodeId, layer, mode, plane } = request;
  const isSeen = (view: View): boolean => {
    const isComplex = view.portType !== 'image' && view.portType !== 'scalar';
    const isSame = view.layer === layer && (!isComplex || view.mode === mode);
    return isSame && view.plane === planeOfRequest(plane, view.planes);
  };
  // What is on screen already is not sent again.
  const known = bus.latest(nodeId, layer, mode);
  if (known !== undefined && isSeen(known)) return Promise.resolve(known);
  return new Promise((resolve) => {
    const end = (view: View | null): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve(view);
    };
    const timer = setTimeout(() => end(null), PATIENCE_MILLISECONDS);
    const unsubscribe = bus.subscribe(nodeId, (view) => {
      if (isSeen(view)) end(view);
    });
    bus.want(OWNER, request);
  });
}
