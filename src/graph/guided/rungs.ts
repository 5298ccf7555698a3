/** Makes a design that of a rung: what it learns, and the element behind the pupil that it needs. */
import type { Design, DesignNode } from '../document.ts';
import { connect, moveNodes, removeNodes, setLearn, setParam } from '../edit.ts';
import { spliceNode } from '../insertion.ts';
import type { Registry } from '../registry.ts';
import { planeCount } from '../validate.ts';
import { EXTRA_IDS, type Extra, NAMED_BESIDE_PHASE, PHASE_CELLS, type Rung } from './ladder.ts';

/** From card to card of a row, and how far rows are apart at least. */
const COLUMN = 290;
const ROW = 150;
/** RMS step of the phase from cell to cell that is expected beside the Zernike terms, radians. */
const EXPECTED_STEP = 0.2;
const TITLES: Readonly<Record<Extra, string>> = {
  pupilAmplitude: 'Amplitude of the pupil',
  freeformPhase: 'Rest of the phase',
};

/** Elements of other rungs go, with what they had learned; the values of the rest stay where they are. */
export function withRung(design: Design, registry: Registry, { extra, learn }: Rung): Design {
  const own = extra === undefined ? null : EXTRA_IDS[extra];
  const others = Object.values(EXTRA_IDS).filter(
    (id) => id !== own && design.nodes.some((node) => node.id === id),
  );
  const closed = others.reduce((next, id) => moved(next, id, -COLUMN), design);
  const without = removeNodes(closed, registry, others, { heal: true });
  const hasIt = without.nodes.some(({ id }) => id === own);
  return setLearn(extra === undefined || hasIt ? without : withExtra(without, registry, extra), learn);
}

/** Cards of a node's row that stand to its right, moved along. */
function moved(design: Design, nodeId: string, by: number): Design {
  const at = design.nodes.find(({ id }) => id === nodeId)?.position;
  if (at === undefined) return design;
  const positions = design.nodes
    .filter(({ position }) => position.x > at.x && Math.abs(position.y - at.y) < ROW)
    .map(({ id, position }) => [id, { x: position.x + by, y: position.y }] as const);
  return moveNodes(design, new Map(positions));
}

function withExtra(design: Design, registry: Registry, extra: Extra): Design {
  const id = EXTRA_IDS[extra];
  const pupil = design.nodes.find(({ type }) => type === 'pupil');
  const wire = design.edges.find(({ from }) => from.node === pupil?.id);
  if (pupil === undefined || wire === undefined) return design;
  // In the pupil's row, whose later cards make room.
  const position = { x: pupil.position.x + COLUMN, y: pupil.position.y };
  const node: DesignNode = { id, type: extra, title: TITLES[extra], position, params: {} };
  const roomy = moved(design, pupil.id, COLUMN);
  const wired = spliceNode({ ...roomy, nodes: [...roomy.nodes, node] }, registry, wire.id, id);
  if (wired === null) return design;
  return extra === 'freeformPhase' ? smoothed(wired, registry) : wired;
}

/**
 * A map without what the named terms hold, whose steps cost what normal steps of the expected size would: loss and penalty
 * are then the negative logarithm of the likelihood (docs/retrieval.md, “A free pupil”).
 */
function smoothed(design: Design, registry: Registry): Design {
  const id = EXTRA_IDS.freeformPhase;
  const camera = design.nodes.find(({ type }) => type === 'camera');
  const sides = [camera?.params['rows'], camera?.params['columns']];
  const pixels = sides.reduce<number>(
    (product, n) => product * (typeof n === 'number' ? n : 1),
    planeCount(design, registry),
  );
  const params = {
    ...{ cells: PHASE_CELLS, interpolation: 'linear', leaveOut: NAMED_BESIDE_PHASE, penalty: 'smooth' },
    penaltyWeight: (2 * Math.PI ** 2 * PHASE_CELLS ** 2) / (EXPECTED_STEP ** 2 * pixels),
  };
  const set = Object.entries(params).reduce(
    (next, [name, value]) => setParam(next, registry, id, name, value),
    design,
  );
  const loss = set.nodes.find(({ type }) => type === 'loss');
  return loss === undefined
    ? set
    : connect(set, registry, {
        from: { node: id, port: 'penalty' },
        to: { node: loss.id, port: 'penalty' },
      });
}
