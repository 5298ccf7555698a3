import { moduleClasses } from '../parts/classNames.ts';
import { formatValue } from './format.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);

interface ColumnsTableProps {
  readonly label: string;
  readonly testId: string;
  readonly columns: readonly {
    readonly name: string;
    readonly values: readonly (string | number | null)[];
  }[];
  /** Rows that are shown at most. */
  readonly longest: number;
}

/** The first rows of columns that a file has whole; what the first three hold tells rows apart. */
export function ColumnsTable({ label, testId, columns, longest }: ColumnsTableProps) {
  const rows = Math.min(longest, columns[0]?.values.length ?? 0);
  const text = (value: string | number | null): string =>
    typeof value === 'number' ? formatValue(value) : (value ?? '');
  if (rows === 0) return null;
  return (
    <section className={cx('trackTable')} aria-label={label}>
      <table className={cx('table')} data-testid={testId}>
        <thead>
          <tr>
            {columns.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, row) => (
            <tr
              key={columns
                .slice(0, 3)
                .map(({ values }) => values[row])
                .join()}
            >
              {columns.map(({ name, values }) => (
                <td key={name} className={cx('number')}>
                  {text(values[row] ?? null)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
