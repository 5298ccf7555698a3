import { useStore } from 'zustand';
import { canProject, hasResiduals, onlyAdam, suitable } from '../../graph/adamOnly.ts';
import { DEFAULT_FIT_OPTIONS, type FitMethod, type FitOptions } from '../../graph/fitOptions.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore, registry, session } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { ExpectedErrorsSection } from './ExpectedErrorsSection.tsx';
import fieldStyles from './fields.module.css';
import styles from './inspector.module.css';
import { LearnedList } from './LearnedList.tsx';
import { NumberRow, SelectRow, SwitchRow } from './optionRows.tsx';
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

/** An option that is absent at its default. */
function setOption<K extends keyof FitOptions>(name: K, value: FitOptions[K] | undefined): void {
  const { [name]: _, ...others } = settingsStore.getState().fit;
  const next = value === undefined ? others : { ...others, [name]: value };
  settingsStore.getState().set({ fit: { ...DEFAULT_FIT_OPTIONS, ...next } });
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

const VARIABLES = [
  { value: 'natural', title: 'Natural steps' },
  { value: 'raw', title: 'One of each unit' },
] as const;

/** Least gain over the last steps: what “when it hardly gains” means. */
const SETTLED = { share: 1e-4, steps: 30 } as const;

const STARTS_HINT =
  'The first fit begins where the values are, the others at random about them; the best is kept, and how many ended there is told.';

/** How the fit runs, and which values it may change. */
export function FitPanel() {
  const learns = useStore(documentStore, ({ design }) => design.learn.length > 0);
  // What was found out of another document is not kept.
  const epoch = useStore(documentStore, (state) => state.epoch);
  return (
    <section className={cx('section')} aria-label="Fit" data-testid="fit-panel">
      <h3 className={cx('sectionTitle')}>Fit</h3>
      {learns && <FitFields />}
      <LearnedList />
      {learns && <ExpectedErrorsSection key={epoch} />}
    </section>
  );
}

function FitFields() {
  const fit = useStore(settingsStore, (state) => state.fit);
  const estimateStart = useStore(settingsStore, (state) => state.estimateStart);
  const design = useStore(documentStore, (state) => state.design);
  const { method, learningRate } = suitable(fit, design, registry);
  const isDamped = method === 'levenbergMarquardt';
  return (
    <>
      <MethodField method={method} />
      <Interrupted />
      <SwitchRow
        name="estimateStart"
        label="Find the object first"
        checked={estimateStart}
        onChange={(on) => settingsStore.getState().set({ estimateStart: on })}
      />
      <SwitchRow
        name="coarseSearch"
        label="Coarse search first"
        checked={fit.coarseSearch}
        onChange={(coarseSearch) => change({ coarseSearch })}
      />
      <NumberRow
        whole
        name="maxIterations"
        label="Most iterations"
        value={fit.maxIterations}
        range={ITERATIONS}
        onChange={(value) => change({ maxIterations: Math.round(value) })}
      />
      {isDamped ? (
        <SelectRow
          name="compareLosses"
          label="Compare losses"
          hint={COMPARE_HINT}
          value={fit.compareLosses ?? 'never'}
          options={COMPARE}
          onChange={(value) => setOption('compareLosses', value === 'never' ? undefined : value)}
        />
      ) : (
        <DescentFields fit={{ ...fit, method, learningRate }} />
      )}
      <StartsFields fit={fit} />
    </>
  );
}

/** The method, what it is for, and why others cannot be chosen. */
function MethodField({ method }: { readonly method: FitMethod }) {
  const design = useStore(documentStore, (state) => state.design);
  const why = onlyAdam(design, registry);
  const reasons: Readonly<Partial<Record<FitMethod, string | null>>> = {
    levenbergMarquardt: why,
    gaussNewton: hasResiduals(design, registry) ? null : 'Nothing is compared by squares or a likelihood',
    projection: canProject(design, registry)
      ? null
      : 'Projections turn one map alone towards a target picture',
  };
  const refused = METHODS.flatMap(({ value, title }) => {
    const reason = reasons[value] ?? null;
    return reason === null ? [] : [`${title}: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`];
  });
  return (
    <SelectRow
      name="method"
      label="Method"
      value={method}
      options={METHODS.map((each) => ({ ...each, disabled: (reasons[each.value] ?? null) !== null }))}
      onChange={(chosen) => change({ method: chosen })}
    >
      <p className={fx('note')}>{METHODS.find(({ value }) => value === method)?.use}</p>
      {why !== null && <p className={fx('note')}>{why}: Levenberg–Marquardt cannot fit that.</p>}
      {refused.length > 0 && (
        <details className={fx('note')}>
          <summary>
            Why {refused.length === 1 ? 'one method' : `${refused.length} methods`} cannot be chosen
          </summary>
          <ul>
            {refused.map((each) => (
              <li key={each}>{each}.</li>
            ))}
          </ul>
        </details>
      )}
    </SelectRow>
  );
}

/** Of methods that follow the gradient. @param fit with the method and rate that the design gets */
function DescentFields({ fit }: { readonly fit: FitOptions }) {
  const { method, learningRate } = fit;
  const isAsked = useStore(settingsStore, (state) => state.fit.method === method);
  const hasRate = method === 'adam' || method === 'momentum';
  return (
    <>
      <SelectRow
        name="variables"
        label="Steps are in"
        hint={STEPS_HINT}
        value={fit.variables ?? 'natural'}
        options={VARIABLES}
        onChange={(value) => setOption('variables', value === 'natural' ? undefined : value)}
      />
      {hasRate && (
        <NumberRow
          name="learningRate"
          label="Learning rate"
          value={learningRate}
          range={RATE}
          // With the method that was chosen by itself, so that it stays while its rate is tried.
          onChange={(rate) => change({ method, learningRate: rate })}
        >
          {isAsked && learningRate !== DEFAULT_FIT_OPTIONS.learningRate && (
            <p className={fx('note')}>The default is {DEFAULT_FIT_OPTIONS.learningRate}.</p>
          )}
        </NumberRow>
      )}
      {hasRate && (
        <SelectRow
          name="schedule"
          label="The rate"
          value={fit.schedule ?? 'cosine'}
          options={SCHEDULES}
          onChange={(value) => setOption('schedule', value === 'cosine' ? undefined : value)}
        />
      )}
      <SwitchRow
        name="stopWhen"
        label="Stop when it hardly gains"
        hint="Ends when the loss has fallen by less than 0.01 % over 30 steps."
        checked={fit.stopWhen !== undefined}
        onChange={(on) => setOption('stopWhen', on ? SETTLED : undefined)}
      />
    </>
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
  const set = (starts: { readonly count: number; readonly spread: number }): void =>
    setOption('starts', starts.count > 1 ? { ...starts, seed: 1 } : undefined);
  return (
    <>
      <NumberRow
        whole
        name="starts"
        label="Starts"
        hint={STARTS_HINT}
        value={count}
        range={STARTS}
        onChange={(value) => set({ count: Math.round(value), spread })}
      />
      {count > 1 && (
        <NumberRow
          name="spread"
          label="Scatter of the starts"
          hint="Standard deviation of the starts, in natural steps of each value."
          value={spread}
          range={SPREAD}
          onChange={(value) => set({ count, spread: value })}
        />
      )}
    </>
  );
}
