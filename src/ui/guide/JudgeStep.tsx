import { useEffect } from 'react';
import { useStore } from 'zustand';
import { enlargeDock } from '../app/panels.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { engineStore } from '../stores/engineStore.ts';
import { formatValue } from '../views/format.ts';
import { groupedParameters, resultRow } from '../views/results.ts';
import { viewStore } from '../views/viewStore.ts';
import styles from './guide.module.css';
import { firstWarnings, judge, weakestDirection } from './judge.ts';

const cx = moduleClasses(styles);
const LIGHT_WORDS = { green: 'good', yellow: 'with care', red: 'not to be trusted' } as const;

function show(tab: 'residual' | 'results'): void {
  viewStore.getState().setTab(tab);
  enlargeDock();
}

/** One light with its reason, values with errors; the pictures stand below the graph. */
export function JudgeStep() {
  const result = useStore(engineStore, (state) => state.fit.result);
  useEffect(() => viewStore.getState().setTab('residual'), []);
  if (result === null) return <p className={cx('words')}>Run the fit first.</p>;
  const { light, reason } = judge(result);
  const weakest = weakestDirection(result);
  const { single, groups } = groupedParameters(result.parameters);
  const chi = result.reducedChiSquare;
  return (
    <>
      <p className={cx('light')} role="status" data-testid="guide-light" data-light={light}>
        <span className={cx('lamp', light)} role="img" aria-label={LIGHT_WORDS[light]} />
        <span>
          <strong>{chi === null ? '' : `χ² ${formatValue(chi, 3)}: `}</strong>
          {reason}
        </span>
      </p>
      <p className={cx('words', 'small')}>
        Data, model and residual stand below the graph. A residual that looks like noise is a good sign;
        rings, or a shape of the object, are not.
      </p>
      <table className={cx('table')} aria-label="Values">
        <tbody>
          {single.map((parameter) => {
            const row = resultRow(parameter, null);
            return (
              <tr key={row.path}>
                <th scope="row">{row.title}</th>
                <td>
                  {row.value} {row.unit}
                </td>
              </tr>
            );
          })}
          {groups.map((group) => (
            <tr key={group.path}>
              <th scope="row">{group.title}</th>
              <td>{group.parameters.length} planes</td>
            </tr>
          ))}
        </tbody>
      </table>
      {weakest !== null && <p className={cx('note', 'plain')}>{weakest}</p>}
      {firstWarnings(result, 3).map((warning) => (
        <p key={warning} className={cx('note', 'doubtful')}>
          {warning}
        </p>
      ))}
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
