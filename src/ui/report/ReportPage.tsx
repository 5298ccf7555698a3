import { ArrowLeft, Download, Printer } from 'lucide-react';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { Design } from '../../graph/document.ts';
import { examples } from '../../graph/examples/index.ts';
import { takenFromExample } from '../../graph/guided/assumptions.ts';
import { LONGEST_LINK } from '../../graph/shareLink.ts';
import { planeCount } from '../../graph/validate.ts';
import { designWavelength } from '../../graph/wavelength.ts';
import type { FitResult, View } from '../../workers/protocol.ts';
import { pageFacts } from '../diagnostics/report.ts';
import { wavefrontLine } from '../guide/wavefront.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore, registry } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { fileNameOf } from '../stores/files.ts';
import { contentKey } from '../stores/fitRecord.ts';
import { linkOf } from '../stores/sharing.ts';
import { type DockContents, useDockContents } from '../views/dockNodes.ts';
import { download, exportName } from '../views/exportView.ts';
import { mapFigures } from '../views/mapFigures.ts';
import { hasErrors } from '../views/results.ts';

import { factsOfPage } from './factsOfPage.ts';
import { graphDrawing } from './graphDrawing.ts';
import styles from './report.module.css';
import { REPORT_STYLE, type ReportContent, reportBody, reportPage } from './reportHtml.ts';
import { followPictures, mapPictures, reportPictures } from './reportPictures.ts';
import { isReportOpen, leaveReport, onReportChange } from './reportRoute.ts';

const cx = moduleClasses(styles);

/** The report over the workbench, which stays as it is below; nothing where its address is not open. */
export function ReportPage() {
  const open = useSyncExternalStore(onReportChange, isReportOpen);
  const result = useStore(engineStore, (state) => state.fit.result);
  const shown = open && result !== null;
  useEffect(() => {
    document.documentElement.toggleAttribute('data-report', shown);
    // What lies below must not take the focus.
    document.querySelector('[data-workbench]')?.toggleAttribute('inert', shown);
  }, [shown]);
  return shown ? <Report result={result} /> : null;
}

/** Pictures of the middle plane, as soon as the engine has sent them. */
function usePictures({ pair, nodes }: DockContents, plane: number, pupil: string | null): readonly View[] {
  const [views, setViews] = useState<readonly View[]>([]);
  const camera = nodes.find(({ group }) => group === 'Cameras')?.id ?? null;
  useEffect(() => followPictures({ pair, camera, pupil }, plane, setViews), [pair, camera, plane, pupil]);
  return views;
}

/** The address that holds the design without its measured images; null until it is made, or where it is too long. */
function useLink(design: Design): ReportContent['link'] {
  const [link, setLink] = useState<ReportContent['link']>(null);
  useEffect(() => {
    let isWanted = true;
    void linkOf(design).then((made) => {
      if (isWanted) setLink(made.address.length > LONGEST_LINK ? null : made);
    });
    return () => {
      isWanted = false;
    };
  }, [design]);
  return link;
}

function useContent(result: FitResult): ReportContent {
  const design = useStore(documentStore, (state) => state.design);
  const fit = useStore(documentStore, (state) => state.fit);
  const adapter = useStore(engineStore, (state) => state.adapter);
  const planes = planeCount(design, registry);
  const plane = Math.floor(planes / 2);
  const pupil = design.nodes.find(({ type }) => type === 'pupil')?.id ?? null;
  const views = usePictures(useDockContents(), plane, pupil);
  const [date] = useState(() =>
    new Date().toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short' }),
  );
  const example = examples.find(({ id }) => id === design.example)?.design;
  const taken = takenFromExample(design, registry, example);
  return {
    title: design.title,
    description: design.description ?? '',
    result,
    stale: fit !== null && contentKey(design) !== fit.key,
    graph: graphDrawing(design, registry),
    pictures: [...reportPictures(views), ...mapPictures(mapFigures(result, design, registry))],
    facts: factsOfPage(design, result),
    // What a design run makes of a wavefront has no errors: its values tell it.
    wavefront: wavefrontLine(result, hasErrors(result) ? (designWavelength(design, registry) ?? null) : null),
    plane: planes > 1 ? `Plane ${plane + 1} of ${planes}.` : '',
    assumptions: taken.map((value) => `${value}: from the example, not confirmed for this image.`),
    version: pageFacts().version,
    adapter,
    date,
    fileName: fileNameOf(design.title),
    link: useLink(design),
  };
}

function Report({ result }: { readonly result: FitResult }) {
  const content = useContent(result);
  const paper = useRef<HTMLDivElement>(null);
  const back = useRef<HTMLButtonElement>(null);
  useEffect(() => back.current?.focus(), []);
  useEffect(() => {
    const host = paper.current;
    if (host === null) return;
    // The page's own styles stay out of it: what is printed is what is saved.
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    // The file's own text, whose words are escaped; parsed apart, where nothing in it could run.
    const file = new DOMParser().parseFromString(
      `<style>${REPORT_STYLE}</style>${reportBody(content)}`,
      'text/html',
    );
    root.replaceChildren(...file.head.childNodes, ...file.body.childNodes);
  }, [content]);
  return (
    <section
      className={cx('screen')}
      role="dialog"
      aria-modal="true"
      aria-label="Report"
      data-testid="report"
      onKeyDown={(event) => {
        if (event.key === 'Escape') leaveReport();
      }}
    >
      <div className={cx('bar')}>
        <Button ref={back} look="outlined" data-testid="report-back" onClick={leaveReport}>
          <ArrowLeft size={14} aria-hidden="true" /> Back to the design
        </Button>
        <span className={cx('spring')} />
        <Button look="outlined" data-testid="report-print" onClick={() => window.print()}>
          <Printer size={14} aria-hidden="true" /> Print
        </Button>
        <Button
          look="primary"
          data-testid="report-download"
          onClick={() =>
            download(reportPage(content), exportName([content.title, 'report'], 'html'), 'text/html')
          }
        >
          <Download size={14} aria-hidden="true" /> Save as HTML
        </Button>
      </div>
      <div ref={paper} className={cx('paper')} />
    </section>
  );
}
