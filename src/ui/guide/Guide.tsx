import { Check, ChevronLeft, ChevronRight, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { Inspector } from '../inspector/Inspector.tsx';
import { Button, IconButton } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { CalibrateStep } from './CalibrateStep.tsx';
import { FileStep } from './FileStep.tsx';
import styles from './guide.module.css';
import { closeGuide, goToStep, isReachable, moveStep, showGuide } from './guideActions.ts';
import { type GuideStep, guideStore, laterStep, STEP_NAMES, STEP_TITLES, STEPS } from './guideStore.ts';
import { JudgeStep } from './JudgeStep.tsx';
import { KeepStep } from './KeepStep.tsx';
import { PickStep } from './PickStep.tsx';
import { RunStep } from './RunStep.tsx';
import { UnknownsStep } from './UnknownsStep.tsx';
import { WhatStep } from './WhatStep.tsx';

const cx = moduleClasses(styles);

/** The column at the right: the inspector, and the guided path beside it while somebody is on it. */
export function RightColumn() {
  const { active, inSight } = useStore(
    guideStore,
    useShallow(({ active: on, inSight: seen }) => ({ active: on, inSight: seen })),
  );
  if (!active) return <Inspector />;
  return (
    <div className={cx('column')}>
      <fieldset className={cx('switch')} aria-label="Right column">
        <button type="button" aria-pressed={inSight} data-testid="show-guide" onClick={() => showGuide(true)}>
          Fit my image
        </button>
        <button
          type="button"
          aria-pressed={!inSight}
          data-testid="show-inspector"
          onClick={() => showGuide(false)}
        >
          Inspector
        </button>
      </fieldset>
      {inSight ? <Guide /> : <Inspector />}
    </div>
  );
}

/** The guided path: one step at a time, never in the way of the graph. */
function Guide() {
  const step = useStore(guideStore, (state) => state.step);
  const problem = useStore(guideStore, (state) => state.problem);
  const reachable = useReachable();
  const heading = useRef<HTMLHeadingElement>(null);
  const last = useRef(step);
  useEffect(() => {
    // Whoever went to another step by keyboard goes on from its beginning.
    if (last.current !== step) heading.current?.focus();
    last.current = step;
  }, [step]);
  return (
    <aside className={cx('guide')} aria-label="Fit my image" data-testid="guide">
      <header className={cx('head')}>
        <div className={cx('headLine')}>
          <h2 className={cx('title')} ref={heading} tabIndex={-1} data-testid="guide-title">
            {STEP_TITLES[step]}
          </h2>
          <IconButton
            small
            label="End the guided path; the design stays"
            icon={<X size={14} />}
            data-testid="guide-close"
            onClick={closeGuide}
          />
        </div>
        <StepDots step={step} />
      </header>
      <div className={cx('body')}>
        {problem !== null && (
          <p role="alert" className={cx('problem')} data-testid="guide-problem">
            {problem}
          </p>
        )}
        {reachable.has(step) ? <StepBody step={step} /> : <Lost />}
      </div>
      <StepFoot step={step} />
    </aside>
  );
}

/** Steps that can be gone to; follows everything that this depends on. */
function useReachable(): ReadonlySet<GuideStep> {
  const parts = useStore(
    guideStore,
    useShallow(({ file, kind, documentId, confirmed }) => ({ file, kind, documentId, confirmed })),
  );
  useStore(documentStore, ({ design }) => design.nodes);
  useStore(documentStore, ({ id }) => id);
  useStore(engineStore, ({ fit }) => fit.result !== null);
  return new Set(STEPS.filter((step) => isReachable(step, parts)));
}

function StepDots({ step }: { readonly step: GuideStep }) {
  const reachable = useReachable();
  const furthest = useStore(guideStore, (state) => state.furthest);
  // Behind somebody, and still whole: what comes after it can be gone to.
  const isDone = (each: GuideStep, index: number): boolean => {
    const next = STEPS[index + 1];
    return (
      each !== furthest && laterStep(each, furthest) === furthest && next !== undefined && reachable.has(next)
    );
  };
  return (
    <ol className={cx('dots')}>
      {STEPS.map((each, index) => {
        const done = isDone(each, index);
        return (
          <li key={each}>
            <button
              type="button"
              className={cx('dot')}
              aria-current={each === step ? 'step' : undefined}
              aria-label={`Step ${index + 1}: ${STEP_TITLES[each]}${done ? ', done' : ''}`}
              title={STEP_TITLES[each]}
              disabled={!reachable.has(each)}
              data-testid={`guide-step-${each}`}
              data-done={done}
              onClick={() => goToStep(each)}
            >
              {done ? <Check size={11} aria-hidden="true" /> : <b>{index + 1}</b>} {STEP_NAMES[each]}
            </button>
          </li>
        );
      })}
    </ol>
  );
}

/** Of the line that says why there is no next step yet. */
const WHY = 'guide-why';

function StepFoot({ step }: { readonly step: GuideStep }) {
  const reachable = useReachable();
  const next = STEPS[STEPS.indexOf(step) + 1];
  const isUnconfirmed = step === 'calibrate' && reachable.has(step) && !reachable.has('pick');
  return (
    <footer className={cx('foot')}>
      <Button
        look="outlined"
        disabled={step === 'file'}
        data-testid="guide-back"
        onClick={() => moveStep(-1)}
      >
        <ChevronLeft size={14} aria-hidden="true" /> Back
      </Button>
      {isUnconfirmed && (
        <p className={cx('why')} id={WHY} data-testid="guide-why">
          Confirm the instrument’s numbers first
        </p>
      )}
      {next !== undefined && (
        <Button
          look="primary"
          aria-describedby={isUnconfirmed ? WHY : undefined}
          disabled={!reachable.has(next) && step !== 'what'}
          data-testid="guide-next"
          onClick={() => moveStep(1)}
        >
          Next <ChevronRight size={14} aria-hidden="true" />
        </Button>
      )}
    </footer>
  );
}

/** What a step works on is gone: another document was opened, or a confirmed number was changed. */
function Lost() {
  const reachable = useReachable();
  const back = STEPS.findLast((each) => reachable.has(each)) ?? 'file';
  return (
    <>
      <p className={cx('note', 'doubtful')}>
        {back === 'run'
          ? 'There is no result yet: run the fit.'
          : back === 'calibrate'
            ? 'A number of the instrument was changed: confirm them again.'
            : 'Another design is open than the one of this path: go back to it (U), or choose again what the image is.'}
      </p>
      <Button look="outlined" data-testid="guide-again" onClick={() => goToStep(back)}>
        {STEP_TITLES[back]}
      </Button>
    </>
  );
}

const BODIES: Readonly<Record<GuideStep, () => ReactNode>> = {
  file: FileStep,
  what: WhatStep,
  calibrate: CalibrateStep,
  pick: PickStep,
  unknowns: UnknownsStep,
  run: RunStep,
  judge: JudgeStep,
  keep: KeepStep,
};

function StepBody({ step }: { readonly step: GuideStep }) {
  const Body = BODIES[step];
  return <Body />;
}
