import { Download, FileText, Play, Save, Square } from 'lucide-react';
import { useStore } from 'zustand';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { openReport } from '../report/reportRoute.ts';
import { documentStore } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { saveFile } from '../stores/files.ts';
import { download, exportName, exportTable } from '../views/exportView.ts';
import { formatValue } from '../views/format.ts';
import { resultColumns, resultJson } from '../views/results.ts';
import { runExport } from '../views/ViewToolbar.tsx';
import { batchColumns, batchJson, batchSummary } from './batch.ts';
import styles from './guide.module.css';
import { fitAll, stopBatch } from './guideActions.ts';
import { guideStore } from './guideStore.ts';

const cx = moduleClasses(styles);

/** Files of the result, and the same fit for all picked spots. */
export function KeepStep() {
  const result = useStore(engineStore, (state) => state.fit.result);
  const title = useStore(documentStore, ({ design }) => design.title);
  const parts = [title, 'fit'];
  return (
    <>
      {result !== null && (
        <div className={cx('buttons')}>
          <Button small look="primary" data-testid="guide-report" onClick={openReport}>
            <FileText size={14} /> Report for paper
          </Button>
          <Button
            small
            look="outlined"
            data-testid="guide-csv"
            onClick={() => runExport(exportTable(resultColumns(result), parts))}
          >
            <Download size={14} /> Values as CSV
          </Button>
          <Button
            small
            look="outlined"
            onClick={() => download(resultJson(result, title), exportName(parts, 'json'), 'application/json')}
          >
            <Download size={14} /> JSON
          </Button>
          <Button small look="outlined" onClick={saveFile}>
            <Save size={14} /> The design with its image
          </Button>
        </div>
      )}
      <Batch />
    </>
  );
}

function Batch() {
  const picked = useStore(guideStore, (state) => state.picked.length);
  const { status, rows } = useStore(guideStore, (state) => state.batch);
  const title = useStore(documentStore, ({ design }) => design.title);
  if (picked < 2) {
    return (
      <p className={cx('words', 'small')}>
        Pick more than one bead in step 4 to fit them all in turn and compare them here.
      </p>
    );
  }
  const parts = [title, 'beads'];
  return (
    <section aria-label="All picked beads">
      <h3 className={cx('heading')}>All {picked} picked beads</h3>
      <div className={cx('buttons')}>
        {status === 'running' ? (
          <Button small look="outlined" onClick={stopBatch}>
            <Square size={14} /> Stop
          </Button>
        ) : (
          <Button small look="primary" data-testid="guide-fit-all" onClick={() => void fitAll()}>
            <Play size={14} /> Fit each of them
          </Button>
        )}
        {status === 'done' && (
          <>
            <Button
              small
              look="outlined"
              data-testid="guide-batch-csv"
              onClick={() => runExport(exportTable(batchColumns(rows), parts))}
            >
              <Download size={14} /> CSV
            </Button>
            <Button
              small
              look="outlined"
              onClick={() => download(batchJson(rows, title), exportName(parts, 'json'), 'application/json')}
            >
              <Download size={14} /> JSON
            </Button>
          </>
        )}
      </div>
      {rows.length > 0 && <BatchTable />}
    </section>
  );
}

/** One line per bead, failures with their reason; then what they have in common. */
function BatchTable() {
  const rows = useStore(guideStore, (state) => state.batch.rows);
  return (
    <>
      <table className={cx('table')} data-testid="guide-batch">
        <tbody>
          {rows.map(({ title, state, reason, result }) => (
            <tr key={title} data-state={state}>
              <th scope="row">{title}</th>
              <td className={cx(reason !== null && 'sentence')}>
                {reason ??
                  (result === null
                    ? state === 'running'
                      ? 'is fitted …'
                      : 'waits'
                    : `χ² ${result.reducedChiSquare === null ? '–' : formatValue(result.reducedChiSquare, 3)}, ${formatValue(result.seconds, 2)} s`)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <table className={cx('table')} aria-label="Mean of all beads ± scatter between them">
        <tbody>
          {batchSummary(rows).map(({ path, title, unit, mean, deviation, count }) => (
            <tr key={path}>
              <th scope="row">{title}</th>
              <td title={`Mean of ${count} ± their standard deviation`}>
                {formatValue(mean, 3)}
                {deviation === null ? '' : ` ± ${formatValue(deviation, 2)}`} {unit}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
