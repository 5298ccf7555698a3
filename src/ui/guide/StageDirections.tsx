import { useState } from 'react';
import { useStore } from 'zustand';
import { formatParam } from '../../graph/format.ts';
import { mirroredDesign } from '../../graph/mirrored.ts';
import type { FitResult, ParameterResult } from '../../workers/protocol.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore, registry, session } from '../stores/app.ts';
import { formatValue } from '../views/format.ts';
import { hasErrors, resultRow } from '../views/results.ts';
import styles from './guide.module.css';
import { numberAt } from './guideParts.ts';
import { stagePreference } from './stagePreference.ts';

const cx = moduleClasses(styles);

/** As many values are shown, the largest against their errors. */
const SHOWN = 8;

/** What the stack means if the stage moved the other way, beside what was fitted, and which of both is to be taken. */
export function StageDirections({ result }: { readonly result: FitResult }) {
  const design = useStore(documentStore, (state) => state.design);
  const [compared, setCompared] = useState<Compared | null>(null);
  const [busy, setBusy] = useState(false);
  const mirrored = mirroredDesign(design, registry);
  const step = numberAt(design, 'stack', 'zStep');
  if (mirrored === null || step === null || !result.parameters.some(({ path }) => path.includes('.zernike.')))
    return null;
  const compare = async (): Promise<void> => {
    setBusy(true);
    const outcome = await session.fitAside(mirrored);
    setBusy(false);
    const message = outcome.kind === 'failed' ? outcome.message : 'The fit was stopped.';
    setCompared({
      of: result,
      ...(outcome.kind === 'done' ? { other: outcome.result } : { problem: message }),
    });
  };
  const turn = (): void => {
    documentStore.getState().apply('Turn the stage', () => mirrored);
    session.run();
  };
  const seen = compared?.of === result ? compared : null;
  const others = othersOf(result, seen?.other);
  return (
    <section aria-label="Direction of the stage" data-testid="guide-directions">
      <h3 className={cx('heading')}>If the stage moved the other way</h3>
      {others === null ? (
        <>
          <p className={cx('words', 'small')}>
            {seen?.problem ??
              'Something in this design tells the directions apart: a fit with the planes in reverse order shows which of them the images prefer.'}
          </p>
          <Button small look="outlined" disabled={busy} onClick={() => void compare()}>
            {busy ? 'Fitting …' : 'Fit the other direction'}
          </Button>
        </>
      ) : (
        <>
          {hasErrors(result) && (
            <p className={cx('words', 'small')}>
              The values that are largest against their errors, the most certain first.
            </p>
          )}
          <DirectionsTable result={result} others={others} step={step} />
          <p className={cx('note', 'plain')} data-testid="guide-preferred">
            {preferred(result, seen?.other ?? null, step)}
          </p>
          <Button small look="outlined" data-testid="guide-turn" onClick={turn}>
            Turn the stage and fit again
          </Button>
        </>
      )}
    </section>
  );
}

interface Compared {
  readonly of: FitResult;
  readonly other?: FitResult;
  readonly problem?: string;
}

type Others = ReadonlyMap<string, ParameterResult>;

/** Values of the other direction by path: turned signs where the images are the same, else those of its own fit. */
function othersOf(result: FitResult, other: FitResult | undefined): Others | null {
  if (other !== undefined) return new Map(other.parameters.map((each) => [each.path, each]));
  const { turning } = result;
  if (turning === undefined) return null;
  const turned = result.parameters
    .filter(({ path }) => turning.includes(path))
    .map((each) => ({
      ...each,
      value: -each.value,
      display: { ...each.display, value: -each.display.value },
    }));
  return new Map(turned.map((each) => [each.path, each]));
}

const stepText = (step: number): string => {
  const spec = registry.get('stack')?.params['zStep'];
  const size = spec?.kind === 'quantity' ? formatParam(spec, Math.abs(step)) : '';
  return `${step < 0 ? '−' : '+'}${size}`;
};

function DirectionsTable({
  result,
  others,
  step,
}: {
  readonly result: FitResult;
  readonly others: Others;
  readonly step: number;
}) {
  const certainty = ({ value, sigma }: ParameterResult) =>
    Math.abs(value) / (sigma ?? Number.POSITIVE_INFINITY);
  const rows = result.parameters
    .filter(({ path }) => others.has(path) && (path.includes('.zernike.') || path.endsWith('.z')))
    .toSorted((a, b) => certainty(b) - certainty(a))
    .slice(0, SHOWN);
  return (
    <table className={cx('table', 'two')} data-testid="guide-directions-table">
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col" className={cx('numbers')}>
            {stepText(step)}, fitted
          </th>
          <th scope="col" className={cx('numbers')}>
            {stepText(-step)}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((each) => {
          const row = (one: ParameterResult) => resultRow(one, null, hasErrors(result));
          const [here, there] = [row(each), row(others.get(each.path) ?? each)];
          return (
            <tr key={each.path} data-path={each.path}>
              <th scope="row" title={here.title}>
                {here.title.replace(/^.*: /, '').replace(/ .*$/, '')}
                {here.unit === '' ? '' : `, ${here.unit}`}
              </th>
              <td>{here.value}</td>
              <td>{there.value.replace(/ ±.*/, '')}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Which of both is to be taken, and why. */
function preferred(result: FitResult, other: FitResult | null, step: number): string {
  const direction =
    'A positive step means: from plane to plane the plane in focus moves with the light, from the sample towards the objective.';
  const told = other === null ? null : stagePreference(result, other);
  if (told !== null && told.better !== null) {
    const better = told.better === 'fitted' ? 'The fitted direction' : 'The other direction';
    return `${better} fits better: over all pixels its χ² is ${formatValue(Math.abs(told.difference), 3)} lower, where chance explains 9 (3 σ), so it is to be preferred. ${direction}`;
  }
  return `Both fit equally well: the images cannot tell. The fitted one is to be preferred as long as the step was entered with its true sign, ${stepText(step)}. ${direction}`;
}
