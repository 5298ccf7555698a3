import { Switch } from 'radix-ui';
import { useStore } from 'zustand';
import { onlyAdam } from '../../graph/adamOnly.ts';
import { DEFAULT_FIT_OPTIONS, type FitOptions } from '../../graph/fitOptions.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { Hint } from '../parts/Hint.tsx';
import { toggleLearnPath } from '../stores/actions.ts';
import { documentStore, registry } from '../stores/app.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import fieldStyles from './fields.module.css';
import styles from './inspector.module.css';
import { type LearnedValue, learnedGroups } from './learned.ts';
import { NumberField } from './NumberField.tsx';
import type { SoftRange } from './scale.ts';

const cx = moduleClasses(styles);
const fx = moduleClasses(fieldStyles);

/** More terms of one wavefront than this are folded into one line. */
const MOST_TERMS = 6;

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

const nothing = (): void => {};

/** How the fit runs, and which values it may change. */
export function FitPanel() {
  const fit = useStore(settingsStore, (state) => state.fit);
  const estimateStart = useStore(settingsStore, (state) => state.estimateStart);
  const why = useStore(documentStore, ({ design }) => onlyAdam(design, registry));
  const learns = useStore(documentStore, ({ design }) => design.learn.length > 0);
  const isAdam = fit.method === 'adam' || why !== null;
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
            value={isAdam ? 'adam' : fit.method}
            onChange={(event) =>
              change({ method: event.currentTarget.value === 'adam' ? 'adam' : 'levenbergMarquardt' })
            }
          >
            <option value="levenbergMarquardt">Levenberg–Marquardt</option>
            <option value="adam">Adam</option>
          </select>
        </div>
        {why !== null && <p className={fx('note')}>{why}: only Adam fits that, without error bars.</p>}
      </div>
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
      {!isAdam && (
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
      {isAdam && (
        <div className={fx('row')}>
          <div className={fx('line')}>
            <Hint text={STEPS_HINT} side="left">
              <span className={fx('label')}>Adam steps in</span>
            </Hint>
            <select
              className={fx('select')}
              aria-label="Adam steps in"
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
      {isAdam && (
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
      <LearnedList />
    </section>
  );
}

function LearnedList() {
  const design = useStore(documentStore, (state) => state.design);
  if (design.learn.length === 0) {
    return (
      <p className={cx('summary', 'padded')}>
        Nothing is learned yet. Click the ◇ beside a value to let the fit change it.
      </p>
    );
  }
  return (
    <ul className={cx('learned')} aria-label="Values the fit may change">
      {learnedGroups(design, registry).map(({ key, title, values }) =>
        values.length > MOST_TERMS ? (
          <li key={key}>
            <details>
              <summary>
                <i aria-hidden="true">◆</i> {title}: {values.length} terms
              </summary>
              <ul>
                {values.map((value) => (
                  <LearnedRow key={value.path} {...value} />
                ))}
              </ul>
            </details>
          </li>
        ) : (
          values.map((value) => <LearnedRow key={value.path} {...value} />)
        ),
      )}
    </ul>
  );
}

function LearnedRow({ path, node, name }: LearnedValue) {
  return (
    <li>
      <span>
        <i aria-hidden="true">◆</i> {name === '' ? node : `${node}: ${name}`}
      </span>
      <button
        type="button"
        onClick={() => toggleLearnPath(path)}
        aria-label={`Hold ${name === '' ? node : `${name} of ${node}`}`}
      >
        Hold
      </button>
    </li>
  );
}
