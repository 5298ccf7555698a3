import { useEffect } from 'react';
import { useStore } from 'zustand';
import { currentRung, rungsOf } from '../../graph/guided/ladder.ts';
import type { FitResult, ParameterResult } from '../../workers/protocol.ts';
import { enlargeDock } from '../app/panels.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { formatValue } from '../views/format.ts';
import { groupedParameters, hasErrors, resultRow } from '../views/results.ts';
import { viewStore } from '../views/viewStore.ts';
import styles from './guide.module.css';
import { chooseRung, goToStep } from './guideActions.ts';
import { numberAt } from './guideParts.ts';
import { guideStore } from './guideStore.ts';
import { firstWarnings, judge, weakestDirection } from './judge.ts';
import { StageDirections } from './StageDirections.tsx';
import { PrecisionTable } from './Widths.tsx';
import { wavefrontLine } from './wavefront.ts';

const cx = moduleClasses(styles);
const LIGHT_WORDS = { green: 'Good', yellow: 'Usable with care', red: 'Not to be trusted' } as const;

/** Without the element's name, which stands in the hint. */
const shortTitle = (title: string): string => title.replace(/^[^:]*: /, '');

function show(tab: 'residual' | 'results'): void {
  viewStore.getState().setTab(tab);
  enlargeDock();
}

/** One light with its reason, values with errors; the pictures stand below the graph. */
export function JudgeStep() {
  const result = useStore(engineStore, (state) => state.fit.result);
  useEffect(() => viewStore.getState().setTab('residual'), []);
  const isOfCounts = useStore(documentStore, ({ design }) =>
    design.nodes.some(({ type, params }) => type === 'loss' && params['kind'] === 'poisson'),
  );
  if (result === null) return <p className={cx('words')}>Run the fit first.</p>;
  const { light, reason } = judge(result, isOfCounts);
  const weakest = weakestDirection(result);
  const { single, groups } = groupedParameters(result.parameters);
  const chi = result.reducedChiSquare;
  return (
    <>
      <p className={cx('light')} role="status" data-testid="guide-light" data-light={light}>
        <span className={cx('lamp', light)} aria-hidden="true" />
        <span>
          <strong className={cx('word', light)}>{LIGHT_WORDS[light]}</strong>
          <strong>{chi === null ? '' : `χ² ${formatValue(chi, 3)}: `}</strong>
          {reason}
        </span>
      </p>
      <p className={cx('words', 'small')}>
        Data, model and residual stand below the graph. A residual that looks like noise is a good sign;
        rings, or a shape of the object, are not.
      </p>
      {light === 'yellow' && <HigherRung />}
      <WavefrontLine result={result} />
      {weakest !== null && <p className={cx('note', 'plain')}>{weakest}</p>}
      {firstWarnings(result, 3, result.turning !== undefined).map((warning) => (
        <p key={warning} className={cx('note', 'doubtful')}>
          {warning}
        </p>
      ))}
      <h3 className={cx('heading')}>{hasErrors(result) ? 'Values ± standard error' : 'Values'}</h3>
      <table className={cx('table')} aria-label="Values">
        <tbody>
          {placesLast(single).map((parameter) => {
            const row = resultRow(parameter, null, hasErrors(result));
            return (
              <tr key={row.path}>
                <th scope="row" title={row.title}>
                  {shortTitle(row.title)}
                </th>
                <td>
                  {row.value} {row.unit}
                </td>
              </tr>
            );
          })}
          {groups.map((group) => (
            <tr key={group.path}>
              <th scope="row" title={group.title}>
                {shortTitle(group.title)}
              </th>
              <td>{group.parameters.length} planes</td>
            </tr>
          ))}
        </tbody>
      </table>
      <PrecisionTable result={result} />
      <StageDirections result={result} />
      <div className={cx('buttons')}>
        <Button small look="outlined" onClick={() => show('residual')}>
          Show the residual
        </Button>
        <Button small look="outlined" onClick={() => show('results')}>
          Show all results
        </Button>
      </div>
    </>
  );
}

/** Where the model misses something: the next rung may have it. */
function HigherRung() {
  const kind = useStore(guideStore, (state) => state.kind);
  const design = useStore(documentStore, (state) => state.design);
  const rungs = kind === null ? [] : rungsOf(kind, design);
  const next = rungs[rungs.findIndex(({ id }) => id === currentRung(rungs, design)) + 1];
  if (next === undefined || currentRung(rungs, design) === null) return null;
  const climb = (): void => {
    chooseRung(next);
    goToStep('run');
  };
  return (
    <p className={cx('words', 'small')}>
      More unknowns may explain what the model misses.{' '}
      <Button small look="outlined" data-testid="guide-higher" onClick={climb}>
        Next rung: {next.title.replace(/^\+ /, '')}
      </Button>
    </p>
  );
}

/** Where each bead of a field is says least, and is longest. */
function placesLast(parameters: readonly ParameterResult[]): readonly ParameterResult[] {
  const isPlace = ({ path }: ParameterResult) => Number(path.includes('.beads.'));
  return parameters.toSorted((a, b) => isPlace(a) - isPlace(b));
}

/** What all terms are together. */
function WavefrontLine({ result }: { readonly result: FitResult }) {
  const wavelength = useStore(documentStore, ({ design }) => numberAt(design, 'source', 'wavelength'));
  const text = wavefrontLine(result, wavelength);
  if (text === null) return null;
  return (
    <p className={cx('note', 'plain')} data-testid="guide-wavefront">
      {hasErrors(result) ? text : text.replaceAll(' ± unknown', '')}
      {result.parameters.some(({ path }) => path.includes('.beads.')) &&
        ' So it is in the middle of the field.'}
      {result.maps !== undefined &&
        result.wavefront === undefined &&
        ' The free phase beside them is not counted.'}
    </p>
  );
}
