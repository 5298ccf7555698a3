import { Switch } from 'radix-ui';
import { useStore } from 'zustand';
import { canProject, hasResiduals, onlyAdam, suitable } from '../../graph/adamOnly.ts';
import { DEFAULT_FIT_OPTIONS, type FitMethod, type FitOptions } from '../../graph/fitOptions.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { Hint } from '../parts/Hint.tsx';
import { documentStore, registry, session } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { ExpectedErrorsSection } from './ExpectedErrorsSection.tsx';
import fieldStyles from './fields.module.css';
import styles from './inspector.module.css';
import { LearnedList } from './LearnedList.tsx';
import { NumberField } from './NumberField.tsx';
import type { SoftRange } from './scale.ts';

const cx = moduleClasses(styles);
const fx = moduleClasses(fieldStyles);

const ITERATIONS: SoftRange = { soft: [1, 1000], scale: 'linear', min: 1, max: 100_000 };
const RATE: SoftRange = { soft: [1e-3, 1], scale: 'log', min: 1e-6, max: 10 };

const COMPARE = [
  { value: 'whenQuick', title: 'After quick fits' },
  { value: 'always', title: 'After every fit' },
  { value: 'never', title: 'Never' },
] as const;
const COMPARE_HINT =
  'Fits again by other measures and on fewer pixels, from where the fit ended: how far the values move tells what the standard errors, made from noise, leave out.';

const STEPS_HINT =
  'Natural steps are changes that matter about equally (0.1 µm of a position, 0.02 of an index). One of each unit is what programs do that know no such steps: see the lesson “Why does my fit fail? 2”.';

function change(part: Partial<FitOptions>): void {
  const { fit, set } = settingsStore.getState();
  set({ fit: { ...fit, ...part } });
}

function readIn(range: SoftRange) {
  return (text: string) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= range.min && value <= range.max) return { ok: true, value } as const;
    return { ok: false, reason: `Give a number from ${range.min} to ${range.max}.` } as const;
  };
}

const STARTS: SoftRange = { soft: [1, 32], scale: 'linear', min: 1, max: 1000 };
const SPREAD: SoftRange = { soft: [0.1, 10], scale: 'log', min: 1e-3, max: 1000 };

/** What the methods are for, the likeliest first. */
const METHODS: readonly { readonly value: FitMethod; readonly title: string; readonly use: string }[] = [
  {
    value: 'levenbergMarquardt',
    title: 'Levenberg–Marquardt',
    use: 'For a few dozen numbers and an image: fewest steps, and error bars.',
  },
  {
    value: 'lbfgs',
    title: 'L-BFGS',
    use: 'For maps, many numbers and goals such as a Strehl ratio: learns the curvature as it goes, no rate to choose.',
  },
  {
    value: 'gaussNewton',
    title: 'Gauss–Newton (conjugate gradients)',
    use: 'For maps and hundreds of numbers with an image: the curvature of the residuals without its matrix.',
  },
  {
    value: 'adam',
    title: 'Adam',
    use: 'For rough goals and bad scales: steps of about one size whatever the slope, which must be let fall.',
  },
  {
    value: 'momentum',
    title: 'Gradient descent with momentum',
    use: 'To see plain descent at work; slow where values matter unequally.',
  },
  {
    value: 'projection',
    title: 'Projections (Gerchberg–Saxton)',
    use: 'For one phase map and a target picture: light goes to and fro, and keeps its phase only; few steps.',
  },
];

const SCHEDULES = [
  { value: 'cosine', title: 'Falls along a cosine' },
  { value: 'steps', title: 'Halved three times' },
  { value: 'constant', title: 'Stays' },
] as const;

/** Least gain over the last steps: what “when it hardly gains” means. */
const SETTLED = { share: 1e-4, steps: 30 } as const;

const STARTS_HINT =
  'The first fit begins where the values are, the others at random about them; the best is kept, and how many ended there is told.';

const nothing = (): void => {};

/** How the fit runs, and which values it may change. */
export function FitPanel() {
  const fit = useStore(settingsStore, (state) => state.fit);
  const estimateStart = useStore(settingsStore, (state) => state.estimateStart);
  const why = useStore(documentStore, ({ design }) => onlyAdam(design, registry));
  const learns = useStore(documentStore, ({ design }) => design.learn.length > 0);
  const residuals = useStore(documentStore, ({ design }) => hasResiduals(design, registry));
  // What was found out of another document is not kept.
  const epoch = useStore(documentStore, (state) => state.epoch);
  const projects = useStore(documentStore, ({ design }) => canProject(design, registry));
  const method = suitable(fit, documentStore.getState().design, registry).method;
  const isDamped = method === 'levenbergMarquardt';
  const hasRate = method === 'adam' || method === 'momentum';
  if (!learns) {
    return (
      <section className={cx('section')} aria-label="Fit" data-testid="fit-panel">
        <h3 className={cx('sectionTitle')}>Fit</h3>
        <LearnedList />
      </section>
    );
  }
  return (
    <section className={cx('section')} aria-label="Fit" data-testid="fit-panel">
      <h3 className={cx('sectionTitle')}>Fit</h3>
      <div className={fx('row')}>
        <div className={fx('line')}>
          <span className={fx('label')}>Method</span>
          <select
            className={fx('select')}
            aria-label="Method"
            data-testid="field-fit.method"
            value={method}
            onChange={(event) => {
              const chosen = METHODS.find(({ value }) => value === event.currentTarget.value);
              if (chosen !== undefined) change({ method: chosen.value });
            }}
          >
            {METHODS.map(({ value, title }) => (
              <option
                key={value}
                value={value}
                disabled={
                  (value === 'levenbergMarquardt' && why !== null) ||
                  (value === 'gaussNewton' && !residuals) ||
                  (value === 'projection' && !projects)
                }
              >
                {title}
              </option>
            ))}
          </select>
        </div>
        <p className={fx('note')}>{METHODS.find(({ value }) => value === method)?.use}</p>
        {why !== null && (
          <p className={fx('note')}>
            {why}: Levenberg–Marquardt cannot fit that, and there are no error bars.
          </p>
        )}
      </div>
      <Interrupted />
      <div className={fx('row')}>
        <div className={fx('line')}>
          <span className={fx('label')}>Find the object first</span>
          <Switch.Root
            className={fx('switch')}
            aria-label="Find the object first"
            data-testid="field-fit.estimateStart"
            checked={estimateStart}
            onCheckedChange={(on) => settingsStore.getState().set({ estimateStart: on })}
          >
            <Switch.Thumb className={fx('thumb')} />
          </Switch.Root>
        </div>
      </div>
      <div className={fx('row')}>
        <div className={fx('line')}>
          <span className={fx('label')}>Coarse search first</span>
          <Switch.Root
            className={fx('switch')}
            aria-label="Coarse search first"
            data-testid="field-fit.coarseSearch"
            checked={fit.coarseSearch}
            onCheckedChange={(coarseSearch) => change({ coarseSearch })}
          >
            <Switch.Thumb className={fx('thumb')} />
          </Switch.Root>
        </div>
      </div>
      <div className={fx('row')}>
        <div className={fx('line')}>
          <span className={fx('label')}>Most iterations</span>
          <NumberField
            whole
            label="Most iterations"
            testId="field-fit.maxIterations"
            value={fit.maxIterations}
            factor={1}
            range={ITERATIONS}
            text={String(fit.maxIterations)}
            parse={readIn(ITERATIONS)}
            onChange={(value) => change({ maxIterations: Math.round(value) })}
            onSettle={nothing}
          />
        </div>
      </div>
      {isDamped && (
        <div className={fx('row')}>
          <div className={fx('line')}>
            <Hint text={COMPARE_HINT} side="left">
              <span className={fx('label')}>Compare losses</span>
            </Hint>
            <select
              className={fx('select')}
              aria-label="Compare losses"
              data-testid="field-fit.compareLosses"
              value={fit.compareLosses ?? 'never'}
              onChange={(event) => {
                const { compareLosses: _, ...others } = fit;
                const choice = COMPARE.find(({ value }) => value === event.currentTarget.value)?.value;
                const chosen = choice === undefined || choice === 'never' ? {} : { compareLosses: choice };
                settingsStore.getState().set({ fit: { ...others, ...chosen } });
              }}
            >
              {COMPARE.map(({ value, title }) => (
                <option key={value} value={value}>
                  {title}
                </option>
              ))}
            </select>
          </div>
        </div>
      )}
      {!isDamped && (
        <div className={fx('row')}>
          <div className={fx('line')}>
            <Hint text={STEPS_HINT} side="left">
              <span className={fx('label')}>Steps are in</span>
            </Hint>
            <select
              className={fx('select')}
              aria-label="Steps are in"
              data-testid="field-fit.variables"
              value={fit.variables ?? 'natural'}
              onChange={(event) => {
                const { variables: _, ...others } = fit;
                const chosen = event.currentTarget.value === 'raw' ? ({ variables: 'raw' } as const) : {};
                settingsStore.getState().set({ fit: { ...others, ...chosen } });
              }}
            >
              <option value="natural">Natural steps</option>
              <option value="raw">One of each unit</option>
            </select>
          </div>
        </div>
      )}
      {hasRate && (
        <div className={fx('row')}>
          <div className={fx('line')}>
            <span className={fx('label')}>Learning rate</span>
            <NumberField
              label="Learning rate"
              testId="field-fit.learningRate"
              value={fit.learningRate}
              factor={1}
              range={RATE}
              text={String(fit.learningRate)}
              parse={readIn(RATE)}
              onChange={(learningRate) => change({ learningRate })}
              onSettle={nothing}
            />
          </div>
          {fit.learningRate !== DEFAULT_FIT_OPTIONS.learningRate && (
            <p className={fx('note')}>The default is {DEFAULT_FIT_OPTIONS.learningRate}.</p>
          )}
        </div>
      )}
      {hasRate && (
        <div className={fx('row')}>
          <div className={fx('line')}>
            <span className={fx('label')}>The rate</span>
            <select
              className={fx('select')}
              aria-label="The rate"
              data-testid="field-fit.schedule"
              value={fit.schedule ?? 'cosine'}
              onChange={(event) => {
                const { schedule: _, ...others } = fit;
                const chosen = SCHEDULES.find(({ value }) => value === event.currentTarget.value)?.value;
                const kept = chosen === undefined || chosen === 'cosine' ? {} : { schedule: chosen };
                settingsStore.getState().set({ fit: { ...others, ...kept } });
              }}
            >
              {SCHEDULES.map(({ value, title }) => (
                <option key={value} value={value}>
                  {title}
                </option>
              ))}
            </select>
          </div>
        </div>
      )}
      {!isDamped && (
        <div className={fx('row')}>
          <div className={fx('line')}>
            <Hint text="Ends when the loss has fallen by less than 0.01 % over 30 steps." side="left">
              <span className={fx('label')}>Stop when it hardly gains</span>
            </Hint>
            <Switch.Root
              className={fx('switch')}
              aria-label="Stop when it hardly gains"
              data-testid="field-fit.stopWhen"
              checked={fit.stopWhen !== undefined}
              onCheckedChange={(on) => {
                const { stopWhen: _, ...others } = fit;
                settingsStore.getState().set({ fit: { ...others, ...(on ? { stopWhen: SETTLED } : {}) } });
              }}
            >
              <Switch.Thumb className={fx('thumb')} />
            </Switch.Root>
          </div>
        </div>
      )}
      <StartsFields fit={fit} />
      <LearnedList />
      <ExpectedErrorsSection key={epoch} />
    </section>
  );
}

/** Offers to go on with a fit that a reload has interrupted. */
function Interrupted() {
  const at = useStore(engineStore, (state) => state.fit.interruptedAt);
  if (at === null) return null;
  return (
    <div className={fx('row')}>
      <p className={fx('note')}>A fit of this design was interrupted.</p>
      <Button look="outlined" small data-testid="go-on" onClick={() => session.goOn()}>
        Go on with the fit (step {at})
      </Button>
    </div>
  );
}

function StartsFields({ fit }: { readonly fit: FitOptions }) {
  const count = fit.starts?.count ?? 1;
  const spread = typeof fit.starts?.spread === 'number' ? fit.starts.spread : 3;
  const set = (starts: { readonly count: number; readonly spread: number }): void => {
    const { starts: _, ...others } = fit;
    const several = starts.count > 1 ? { starts: { ...starts, seed: 1 } } : {};
    settingsStore.getState().set({ fit: { ...others, ...several } });
  };
  return (
    <>
      <div className={fx('row')}>
        <div className={fx('line')}>
          <Hint text={STARTS_HINT} side="left">
            <span className={fx('label')}>Starts</span>
          </Hint>
          <NumberField
            whole
            label="Starts"
            testId="field-fit.starts"
            value={count}
            factor={1}
            range={STARTS}
            text={String(count)}
            parse={readIn(STARTS)}
            onChange={(value) => set({ count: Math.round(value), spread })}
            onSettle={nothing}
          />
        </div>
      </div>
      {count > 1 && (
        <div className={fx('row')}>
          <div className={fx('line')}>
            <Hint text="Standard deviation of the starts, in natural steps of each value." side="left">
              <span className={fx('label')}>Scatter of the starts</span>
            </Hint>
            <NumberField
              label="Scatter of the starts"
              testId="field-fit.spread"
              value={spread}
              factor={1}
              range={SPREAD}
              text={String(spread)}
              parse={readIn(SPREAD)}
              onChange={(value) => set({ count, spread: value })}
              onSettle={nothing}
            />
          </div>
        </div>
      )}
    </>
  );
}
