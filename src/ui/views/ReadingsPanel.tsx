/** All numbers and charts of an analysis node, in the dock. */
import { Copy, Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Readout } from '../../optics/element.ts';
import type { Analysed } from '../../workers/protocol.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore } from '../stores/app.ts';
import { toast } from '../stores/uiStore.ts';
import { download, exportName } from './exportView.ts';
import { type KeptReadings, keptReadout } from './keptReadings.ts';
import { readoutsCsv, readoutText } from './readouts.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);

/** Charts are drawn anew when the values have rested for this long. */
const REST_MILLISECONDS = 250;

/** The charts of the moment when nothing has changed for a while. */
export function useRestingCharts(analysed: Analysed | null): Analysed['charts'] | null {
  const [charts, setCharts] = useState(analysed?.charts ?? null);
  useEffect(() => {
    const timer = setTimeout(() => setCharts(analysed?.charts ?? null), REST_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [analysed]);
  return charts;
}

function copy(readouts: readonly Readout[]): void {
  navigator.clipboard.writeText(readoutsCsv(readouts).replaceAll(',', '\t')).then(
    () => toast('The numbers were copied; paste them into a spreadsheet.', 'good'),
    () => toast('The browser did not allow copying. Export the table as CSV instead.', 'error'),
  );
}

export function ReadingsTable({
  title,
  analysed,
  kept = null,
}: {
  readonly title: string;
  readonly analysed: Analysed | null;
  /** Numbers to compare with, in a column of their own. */
  readonly kept?: KeptReadings | null;
}) {
  const document = useStore(documentStore, (state) => state.design.title);
  const readouts = analysed?.readouts ?? [];
  if (readouts.length === 0) return null;
  return (
    <div className={cx('readings')}>
      <div className={cx('buttons')}>
        <Button small onClick={() => copy(readouts)}>
          <Copy size={16} /> Copy
        </Button>
        <Button
          small
          onClick={() => download(readoutsCsv(readouts), exportName([document, title], 'csv'), 'text/csv')}
        >
          <Download size={16} /> CSV
        </Button>
      </div>
      <table className={cx('table')} data-testid="readings-table">
        <caption className={cx('srOnly')}>Numbers of {title}</caption>
        {kept !== null && (
          <thead>
            <tr>
              <th scope="col">Reading</th>
              <th scope="col" className={cx('number')}>
                Now
              </th>
              <th scope="col" className={cx('number')} title={kept.title}>
                Kept
              </th>
            </tr>
          </thead>
        )}
        <tbody>
          {readouts.map((readout) => {
            const before = keptReadout(kept, readout);
            return (
              <tr key={readout.title}>
                <th scope="row" className={cx('rowTitle')}>
                  {readout.title}
                </th>
                <td className={cx('number', 'strong')}>{readoutText(readout)}</td>
                {kept !== null && (
                  <td className={cx('number', 'soft')} data-column="kept">
                    {before === null ? '' : readoutText(before)}
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
