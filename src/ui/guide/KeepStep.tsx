import { Download, FileCode, FileText, Link2, Play, Save, Square } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { ViewRequest } from '../../workers/protocol.ts';
import { pageFacts } from '../diagnostics/report.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { batchReportPage } from '../report/batchReport.ts';
import { factsOfPage } from '../report/factsOfPage.ts';
import { conditions } from '../report/reportHtml.ts';
import { openReport } from '../report/reportRoute.ts';
import { documentStore } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { saveFile } from '../stores/files.ts';
import { savePython } from '../stores/python.ts';
import { copyLink } from '../stores/sharing.ts';
import { toast } from '../stores/uiStore.ts';
import { useDockContents } from '../views/dockNodes.ts';
import { download, exportName, exportStack, exportTable, runExport } from '../views/exportView.ts';
import { formatValue } from '../views/format.ts';
import { resultColumns, resultJson } from '../views/results.ts';
import { BatchChart } from './BatchChart.tsx';
import { batchColumns, batchJson, batchSummary } from './batch.ts';
import styles from './guide.module.css';
import { fitAll, stopBatch } from './guideBatch.ts';
import { guideStore } from './guideStore.ts';
import { Together } from './Together.tsx';
import { WidthsOfAll } from './Widths.tsx';

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
          <Button small look="outlined" data-testid="guide-python" onClick={() => void savePython()}>
            <FileCode size={14} /> Python script
          </Button>
          <Button small look="outlined" data-testid="guide-link" onClick={() => void copyLink()}>
            <Link2 size={14} /> Copy link
          </Button>
        </div>
      )}
      {result !== null && <Stacks />}
      <WidthsOfAll />
      <Batch />
      <Together />
    </>
  );
}

const STACKS = {
  model: 'Model',
  residual: 'Data − model',
  pupil: 'Phase of the pupil',
} as const;
type StackName = keyof typeof STACKS;

/** Whole stacks for other programs. */
function Stacks() {
  const [busy, setBusy] = useState(false);
  const [kind, setKind] = useState<'tiff' | 'npy'>('tiff');
  const { pair } = useDockContents();
  const pupil = useStore(
    documentStore,
    ({ design }) => design.nodes.find(({ type }) => type === 'pupil')?.id,
  );
  const title = useStore(documentStore, ({ design }) => design.title);
  const requests: Readonly<Record<StackName, Omit<ViewRequest, 'plane'> | null>> = {
    model: pair?.modelId == null ? null : { nodeId: pair.modelId, layer: 'output', mode: 'intensity' },
    residual: pair === null ? null : { nodeId: pair.lossId, layer: 'residual', mode: 'real' },
    pupil: pupil === undefined ? null : { nodeId: pupil, layer: 'output', mode: 'phase' },
  };
  const save = async (name: StackName, request: Omit<ViewRequest, 'plane'>): Promise<void> => {
    setBusy(true);
    const problem = await exportStack(kind, request, [title, name]);
    setBusy(false);
    if (problem !== null) toast(problem, 'error');
  };
  return (
    <section aria-label="Pictures for other programs">
      <h3 className={cx('heading')}>Pictures with all planes, 32-bit</h3>
      <div className={cx('buttons')}>
        {(['model', 'residual', 'pupil'] as const).map((name) => {
          const request = requests[name];
          return request === null ? null : (
            <Button
              key={name}
              small
              look="outlined"
              disabled={busy}
              data-testid={`guide-save-${name}`}
              onClick={() => void save(name, request)}
            >
              <Download size={14} /> {STACKS[name]}
            </Button>
          );
        })}
        <label className={cx('words', 'small')}>
          as{' '}
          <select value={kind} onChange={(event) => setKind(event.target.value === 'npy' ? 'npy' : 'tiff')}>
            <option value="tiff">TIFF</option>
            <option value="npy">NPY</option>
          </select>
        </label>
      </div>
    </section>
  );
}

function Batch() {
  const picked = useStore(guideStore, (state) => state.picked.length);
  const { status, rows } = useStore(guideStore, (state) => state.batch);
  const title = useStore(documentStore, ({ design }) => design.title);
  const kind = useStore(guideStore, (state) => state.kind);
  // These are fitted together already.
  if (kind === 'beadField') return null;
  if (picked < 2) {
    if (kind === 'hologram' || kind === 'known') return null;
    return (
      <p className={cx('words', 'small')}>
        Pick more than one bead in step 4 to fit them all in turn and compare them here.
      </p>
    );
  }
  const parts = [title, 'beads'];
  const saveReport = (): void => {
    const [first] = rows.flatMap(({ result }) => result ?? []);
    const { design } = documentStore.getState();
    const date = new Date().toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short' });
    const told = first === undefined ? '' : conditions(factsOfPage(design, first));
    const page = batchReportPage({ title, rows, conditions: told, version: pageFacts().version, date });
    download(page, exportName([title, 'beads', 'report'], 'html'), 'text/html');
  };
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
            <Button small look="outlined" data-testid="guide-batch-report" onClick={saveReport}>
              <FileText size={14} /> Report
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
      {status === 'running' && (
        <p className={cx('words', 'small')}>
          The design is fitted as it was when this began: what you change meanwhile stays yours.
        </p>
      )}
      {rows.length > 0 && <BatchTable />}
      <BatchChart />
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
