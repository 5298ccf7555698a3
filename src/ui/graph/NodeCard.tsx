import { type NodeProps, useStore as useFlowStore } from '@xyflow/react';
import { CircleAlert, CircleSlash, TriangleAlert, Wand } from 'lucide-react';
import { memo } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { Design, Issue } from '../../graph/document.ts';
import { isComparison, objectiveOf } from '../../graph/objective.ts';
import { nodeName } from '../../graph/registry.ts';
import { canBypass } from '../../graph/topology.ts';
import type { ElementSpec, OutputSpec } from '../../optics/element.ts';
import { formatNumber } from '../../optics/units.ts';
import { CompactField } from '../inspector/ParamField.tsx';
import { useShownParams } from '../inspector/useParam.ts';
import { Button, IconButton } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { ElementGlyph } from '../parts/glyphs.tsx';
import { fixIssue, toggleBypass } from '../stores/actions.ts';
import { documentStore, registry } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { uiStore } from '../stores/uiStore.ts';
import { AnalysisPreview, GoalReadouts } from '../views/AnalysisPreview.tsx';
import { NodePreview } from '../views/NodePreview.tsx';
import { useWaitsFor } from '../views/useWaitsFor.ts';
import { settingsOf, viewStore } from '../views/viewStore.ts';
import styles from './card.module.css';
import { FAR_ZOOM } from './flow.ts';
import { PortHandle } from './PortHandle.tsx';

const cx = moduleClasses(styles);
const MAX_CARD_FIELDS = 4;
const NO_ISSUES: readonly Issue[] = [];

type CardState = 'error' | 'warning' | 'good' | 'idle' | 'waiting';

const STATE_WORDS: Readonly<Record<CardState, string>> = {
  error: 'has an error',
  warning: 'has a warning',
  good: 'is up to date',
  idle: 'is not computed yet',
  waiting: 'waits for another',
};

/** Size of a title that is 11 pixels on screen, in steps so that a zoom renders seldom; null where cards are large. */
function titleSizeAt(zoom: number): number | null {
  return zoom < FAR_ZOOM ? Math.min(36, 2 * Math.round(5.5 / zoom)) : null;
}

/** The card of one element: what it shows comes from its declaration. */
export const NodeCard = memo(function NodeCard({ id, selected }: NodeProps) {
  // Only what the card's frame shows: its fields follow their values by themselves.
  const node = useStore(
    documentStore,
    useShallow((state: { readonly design: Design }) => {
      const found = state.design.nodes.find((each) => each.id === id);
      return found === undefined
        ? undefined
        : { type: found.type, title: nodeName(state.design, registry, id), bypassed: found.bypassed };
    }),
  );
  const issues = useStore(engineStore, (state) => state.issuesByNode.get(id) ?? NO_ISSUES);
  const farTitle = useFlowStore(({ transform }) => titleSizeAt(transform[2]));
  const far = farTitle !== null;
  if (node === undefined) return null;
  const element = registry.get(node.type);
  const { title } = node;
  const worst = issues.find((issue) => issue.severity !== 'info');
  const fixable = [worst, ...issues].find((issue) => issue?.apply !== undefined);
  return (
    <article
      className={cx(
        'card',
        selected && 'selected',
        far && 'far',
        node.bypassed === true && 'bypassed',
        worst?.severity === 'error' && 'hasError',
      )}
      data-far={far || undefined}
      data-testid={`node-${id}`}
    >
      <header className={cx('cardHead')} data-category={element?.category}>
        {element !== undefined && (
          <span className={cx('cardGlyph')}>
            <ElementGlyph type={element.type} category={element.category} />
          </span>
        )}
        <span
          className={cx('cardTitle')}
          title={title}
          style={farTitle === null ? undefined : { fontSize: farTitle }}
        >
          {title}
        </span>
        {element !== undefined && canBypass(element) && (
          <IconButton
            small
            className={`${cx('bypass')} nodrag`}
            label={node.bypassed === true ? 'Use this element again' : 'Bypass this element'}
            keys="M"
            pressed={node.bypassed === true}
            icon={<CircleSlash size={14} />}
            onClick={() => toggleBypass([id])}
          />
        )}
        <CardStatus id={id} severity={worst?.severity} />
      </header>
      {element === undefined ? (
        <p className={cx('cardNote')}>
          This version does not know the element “{node.type}”. It is kept as it is.
        </p>
      ) : (
        <CardBody id={id} element={element} worst={worst} fixable={fixable} />
      )}
    </article>
  );
});

function timeText(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '';
  return milliseconds < 0.95 ? '<1 ms' : `${Math.round(milliseconds)} ms`;
}

function CardStatus({
  id,
  severity,
}: {
  readonly id: string;
  readonly severity: Issue['severity'] | undefined;
}) {
  const text = useStore(engineStore, (state) => timeText(state.nodeMilliseconds[id]));
  const waitsFor = useWaitsFor(id);
  const computed = useStore(engineStore, (state) => state.computed.has(id));
  const isBad = severity === 'error' || severity === 'warning';
  const state: CardState = waitsFor !== null ? 'waiting' : isBad ? severity : computed ? 'good' : 'idle';
  const words = waitsFor === null ? STATE_WORDS[state] : `waits for “${waitsFor}”`;
  return (
    <span className={cx('cardStatus')}>
      <span className={cx('cardTime')}>{text}</span>
      <span
        className={cx('dot', state)}
        role="img"
        aria-label={`This element ${words}`}
        title={`This element ${words}.`}
      />
    </span>
  );
}

/** The number that a fit makes small; its node's picture is what remains between model and target. */
function LossLine({ nodeId }: { readonly nodeId: string }) {
  const isObjective = useStore(
    documentStore,
    ({ design }) => objectiveOf(design, registry)?.node.id === nodeId,
  );
  const beforeShown = useStore(uiStore, (state) => state.beforeShown);
  const text = useStore(engineStore, ({ loss, lossBefore }) => {
    // Without remembered pictures the engine shows the state before, and says its loss itself.
    const shown = beforeShown ? (lossBefore ?? loss) : loss;
    return shown === null ? '–' : formatNumber(shown, 4);
  });
  // What another goal adds up is told there.
  if (!isObjective) return null;
  return (
    <div className={cx('lossLine')}>
      Loss <strong>{text}</strong>
    </div>
  );
}

/** Which of several outputs the picture shows, on the card and in the dock. */
function OutputChoice({
  nodeId,
  outputs,
}: {
  readonly nodeId: string;
  readonly outputs: readonly (readonly [port: string, spec: OutputSpec])[];
}) {
  const chosen = useStore(viewStore, (state) => settingsOf(state, nodeId).output);
  return (
    <fieldset className={cx('outputChoice')} aria-label="Output shown">
      {outputs.map(([port, { title }], index) => {
        const output = index === 0 ? null : port;
        return (
          <button
            key={port}
            type="button"
            className="nodrag"
            aria-pressed={chosen === output}
            onClick={() => viewStore.getState().change(nodeId, { output, locked: null })}
          >
            {title}
          </button>
        );
      })}
    </fieldset>
  );
}

const CardBody = memo(function CardBody({
  id,
  element,
  worst,
  fixable,
}: {
  readonly id: string;
  readonly element: ElementSpec;
  readonly worst: Issue | undefined;
  readonly fixable: Issue | undefined;
}) {
  const inputs = Object.entries(element.inputs);
  const outputs = Object.entries(element.outputs);
  const givesNumber = outputs.length > 0 && outputs.every(([, output]) => output.type === 'scalar');
  // A goal compares with no picture.
  const isGoal = givesNumber && !isComparison(element);
  // What makes light shows it, also where it has readings.
  const isAnalysis = element.category === 'analysis' || (isGoal && element.analyse !== undefined);
  const shown = useShownParams(id, element);
  const prominent = Object.entries(element.params)
    .filter(([name, spec]) => spec.prominent === true && shown.includes(name))
    .slice(0, MAX_CARD_FIELDS);
  return (
    <>
      <div className={cx('ports')}>
        <div>
          {inputs.map(([port, spec]) => (
            <PortHandle key={port} nodeId={id} port={port} side="input" title={spec.title} />
          ))}
        </div>
        <div className={cx('outputs')}>
          {outputs.map(([port, spec]) => (
            <PortHandle key={port} nodeId={id} port={port} side="output" title={spec.title} />
          ))}
        </div>
      </div>
      {isAnalysis && <AnalysisPreview nodeId={id} />}
      {!isAnalysis && !isGoal && outputs.length > 0 && (
        <div className={cx('preview')}>
          <NodePreview nodeId={id} layer={givesNumber ? 'residual' : null} />
        </div>
      )}
      {outputs.length > 1 && <OutputChoice nodeId={id} outputs={outputs} />}
      {givesNumber && !isAnalysis && <GoalReadouts nodeId={id} />}
      {givesNumber && <LossLine nodeId={id} />}
      {prominent.length > 0 && (
        <div className={cx('cardFields')}>
          {prominent.map(([param, spec]) => (
            <CompactField key={param} nodeId={id} param={param} spec={spec} />
          ))}
        </div>
      )}
      {worst !== undefined && (
        <p className={cx('cardIssue', worst.severity === 'error' ? 'issueError' : 'issueWarning')}>
          {worst.severity === 'error' ? <CircleAlert size={14} /> : <TriangleAlert size={14} />}
          <span title={`${worst.message} ${worst.fix}`}>{worst.message}</span>
        </p>
      )}
      {fixable?.apply !== undefined && (
        <Button
          small
          look="outlined"
          className={`${cx('cardFix')} nodrag`}
          title={`${fixable.message} ${fixable.fix}`}
          data-testid="card-fix"
          onClick={(event) => {
            event.stopPropagation();
            fixIssue(fixable);
          }}
        >
          <Wand size={14} aria-hidden="true" />
          <span>{fixable.apply.title}</span>
        </Button>
      )}
    </>
  );
});
