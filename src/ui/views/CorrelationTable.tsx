/** Which fitted values share their errors: a triangle of coefficients, coloured by size and sign. */
import { Copy } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { coefficientText } from '../../graph/correlation.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import correlation from './correlation.module.css';
import type { CorrelationRows } from './results.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);
const own = moduleClasses(correlation);

/** With more values the coefficients stand only below the table, for the chosen pair. */
const MOST_NUMBERS = 16;
/** Share of the colour in a cell of ±1: more would make its number hard to read. */
const FULL_COLOUR = 45;

const HINT =
  'How much the errors of two values go together, from −1 to 1: near ±1 the data hold their sum or difference far better than each of them. Times both σ it is the covariance.';

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

interface Cell {
  readonly row: number;
  readonly column: number;
}

/** A cell below the diagonal of so many rows. */
function within({ row, column }: Cell, count: number): Cell {
  const inside = Math.min(Math.max(row, 1), count - 1);
  return { row: inside, column: Math.min(Math.max(column, 0), inside - 1) };
}

export function CorrelationTable({
  rows,
  onCopy,
}: {
  readonly rows: CorrelationRows;
  readonly onCopy: () => void;
}) {
  const { paths, titles, matrix, more } = rows;
  const heading = useId();
  const [chosen, setChosen] = useState<Cell | null>(null);
  const reached = within(chosen ?? { row: 1, column: 0 }, titles.length);
  const move = (event: KeyboardEvent<HTMLTableElement>) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const { row, column } = within(
      { row: reached.row + step[0], column: reached.column + step[1] },
      titles.length,
    );
    event.currentTarget.querySelector<HTMLElement>(`[data-cell="${row}-${column}"]`)?.focus();
  };
  return (
    <section className={own('section')} aria-labelledby={heading} data-testid="results-correlation">
      <div className={own('head')}>
        <h3 id={heading} title={HINT}>
          Correlation
        </h3>
        <Button small onClick={onCopy}>
          <Copy size={16} /> Copy matrix
        </Button>
        <p className={cx('soft')} data-testid="results-correlation-pair">
          {chosen === null ? 'Point at a pair, or reach it with the arrow keys.' : pairText(rows, reached)}
        </p>
      </div>
      <div className={cx('tableScroll')}>
        <table className={own('matrix')} onKeyDown={move}>
          <caption className={cx('srOnly')}>{HINT}</caption>
          <thead>
            <tr>
              <td />
              <th scope="col">
                <span className={cx('srOnly')}>Value</span>
              </th>
              {titles.slice(0, -1).map((title, column) => (
                <th key={paths[column]} scope="col" title={title}>
                  {column + 1}
                  <span className={cx('srOnly')}> {title}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {titles.map((title, row) => (
              <tr key={paths[row]}>
                <td className={cx('soft')}>{row + 1}</td>
                <th scope="row">{title}</th>
                {(matrix[row] ?? []).slice(0, row).map((coefficient, column) => (
                  <MatrixCell
                    key={paths[column]}
                    cell={{ row, column }}
                    coefficient={coefficient}
                    label={pairText(rows, { row, column })}
                    withNumber={titles.length <= MOST_NUMBERS}
                    inTabOrder={reached.row === row && reached.column === column}
                    onChoose={setChosen}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 && (
        <p className={cx('soft')}>{more} more values are in the copied matrix, the CSV and the JSON.</p>
      )}
    </section>
  );
}

function MatrixCell({
  cell,
  coefficient,
  label,
  withNumber,
  inTabOrder,
  onChoose,
}: {
  readonly cell: Cell;
  readonly coefficient: number | null;
  readonly label: string;
  readonly withNumber: boolean;
  readonly inTabOrder: boolean;
  readonly onChoose: (cell: Cell) => void;
}) {
  const choose = () => onChoose(cell);
  const share = FULL_COLOUR * Math.abs(coefficient ?? 0);
  const hue = (coefficient ?? 0) < 0 ? 'var(--port-field)' : 'var(--port-far-field)';
  return (
    <td>
      <button
        type="button"
        aria-label={label}
        title={label}
        tabIndex={inTabOrder ? 0 : -1}
        data-cell={`${cell.row}-${cell.column}`}
        className={own('cell', !withNumber && 'bare')}
        style={{ background: `color-mix(in srgb, ${hue} ${share.toFixed(1)}%, var(--hover))` }}
        onFocus={choose}
        onClick={choose}
        onPointerEnter={choose}
      >
        {withNumber && (coefficient === null ? '–' : coefficientText(coefficient))}
      </button>
    </td>
  );
}

/** “Sphere: Index and Sphere: Radius: −0.98” */
function pairText({ titles, matrix }: CorrelationRows, { row, column }: Cell): string {
  const coefficient = matrix[row]?.[column] ?? null;
  const value = coefficient === null ? 'not determined' : coefficientText(coefficient);
  return `${titles[column] ?? ''} and ${titles[row] ?? ''}: ${value}`;
}
