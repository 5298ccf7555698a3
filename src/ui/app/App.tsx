import { ReactFlowProvider } from '@xyflow/react';
import { PanelRightOpen } from 'lucide-react';
import { Tooltip } from 'radix-ui';
import { type DragEvent, useEffect, useState } from 'react';
import { Group, type Layout, Panel, Separator } from 'react-resizable-panels';
import { useStore } from 'zustand';
import { DiagnosticsDialog } from '../diagnostics/DiagnosticsDialog.tsx';
import { GalleryDialog } from '../gallery/GalleryDialog.tsx';
import { focusGraph } from '../graph/focus.ts';
import { GraphCanvas } from '../graph/GraphCanvas.tsx';
import { InsertPalette } from '../graph/InsertPalette.tsx';
import { RightColumn } from '../guide/Guide.tsx';
import { droppedFiles } from '../guide/guideActions.ts';
import { MovieDialog } from '../inspector/MovieDialog.tsx';
import { Palette } from '../palette/Palette.tsx';
import { IconButton } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { ReportPage } from '../report/ReportPage.tsx';
import { analysisBus } from '../stores/analysisBus.ts';
import { documentStore } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { openFiles } from '../stores/files.ts';
import { uiStore } from '../stores/uiStore.ts';
import { watchWires } from '../stores/wireLamps.ts';
import { Dock } from '../views/Dock.tsx';
import styles from './app.module.css';
import { CommandPalette } from './CommandPalette.tsx';
import { listenToKeys } from './keys.ts';
import { Announcer, Banners, Offer, Toasts } from './Messages.tsx';
import {
  firstSizes,
  foldPanel,
  followWindow,
  INSPECTOR_RAIL,
  noteChosenHeight,
  noteFolded,
  PALETTE_RAIL,
  panelRef,
} from './panels.ts';
import { ShortcutSheet } from './ShortcutSheet.tsx';
import { StatusBar } from './StatusBar.tsx';
import { TopBar } from './TopBar.tsx';
import { useThemeAttribute } from './theme.ts';

const cx = moduleClasses(styles);

/** Sizes of the panels last time, if this browser kept them. */
function storedLayout(key: string): Layout | undefined {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(`luminode.panels.${key}`) ?? 'null');
    if (typeof stored !== 'object' || stored === null) return undefined;
    const entries = Object.entries(stored).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    );
    return Object.fromEntries(entries);
  } catch {
    return undefined;
  }
}

function keepLayout(key: string) {
  return (layout: Layout): void => {
    try {
      localStorage.setItem(`luminode.panels.${key}`, JSON.stringify(layout));
    } catch {
      // Sizes then last as long as the page.
    }
  };
}

const paletteRef = panelRef('palette');
const inspectorRef = panelRef('inspector');
const dockRef = panelRef('dock');
const keepColumns = keepLayout('columns');
const keepRows = keepLayout('rows');

/** Whether files are being dragged over the page. */
function useFileDrop() {
  const [over, setOver] = useState(false);
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
  return {
    over,
    handlers: {
      onDragOver: (event: DragEvent) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: (event: DragEvent) => {
        if (event.relatedTarget === null) setOver(false);
      },
      onDrop: (event: DragEvent) => {
        setOver(false);
        if (!hasFiles(event)) return;
        event.preventDefault();
        void droppedFiles([...event.dataTransfer.files]);
      },
    },
  };
}

/** Inspector and guided path, or the rail that is left of it when it is folded. */
function InspectorPanel() {
  const folded = useStore(uiStore, (state) => state.folded.inspector);
  if (!folded) return <RightColumn />;
  return (
    <div className={cx('rail')}>
      <IconButton
        side="left"
        label="Unfold the inspector"
        keys="]"
        icon={<PanelRightOpen size={16} />}
        data-testid="unfold-inspector"
        onClick={() => foldPanel('inspector')}
      />
    </div>
  );
}

export function App() {
  useThemeAttribute();
  useEffect(listenToKeys, []);
  useEffect(followWindow, []);
  useEffect(() => watchWires({ documents: documentStore, engine: engineStore, analyses: analysisBus }), []);
  const { over, handlers } = useFileDrop();
  const [first] = useState(firstSizes);
  return (
    <Tooltip.Provider delayDuration={450} skipDelayDuration={200}>
      <ReactFlowProvider>
        <div className={cx('app')} data-workbench {...handlers}>
          <button type="button" className={cx('skip')} data-testid="skip-to-graph" onClick={focusGraph}>
            Skip to the graph
          </button>
          <TopBar />
          <Banners />
          <Group
            orientation="horizontal"
            className={cx('workspace')}
            defaultLayout={storedLayout('columns')}
            onLayoutChanged={keepColumns}
          >
            <Panel
              id="palettePanel"
              panelRef={paletteRef}
              collapsible
              collapsedSize={PALETTE_RAIL}
              defaultSize={first.palette}
              minSize={160}
              maxSize={360}
              groupResizeBehavior="preserve-pixel-size"
              onResize={noteFolded}
            >
              <Palette />
            </Panel>
            <Separator className={cx('split', 'vertical')} aria-label="Width of the elements" />
            <Panel id="centrePanel" minSize={320}>
              <Group orientation="vertical" defaultLayout={storedLayout('rows')} onLayoutChanged={keepRows}>
                <Panel id="graphPanel" minSize={100}>
                  <GraphCanvas />
                </Panel>
                <Separator
                  className={cx('split', 'horizontal')}
                  aria-label="Height of the views"
                  onPointerDown={noteChosenHeight}
                  onKeyDown={noteChosenHeight}
                />
                <Panel
                  id="dockPanel"
                  panelRef={dockRef}
                  defaultSize={first.dock}
                  minSize={120}
                  groupResizeBehavior="preserve-pixel-size"
                >
                  <div className={cx('dockHost')}>
                    <Dock />
                    <Offer />
                    <Toasts />
                  </div>
                </Panel>
              </Group>
            </Panel>
            <Separator className={cx('split', 'vertical')} aria-label="Width of the inspector" />
            <Panel
              id="inspectorPanel"
              panelRef={inspectorRef}
              collapsible
              collapsedSize={INSPECTOR_RAIL}
              defaultSize={first.inspector}
              minSize={260}
              maxSize={480}
              groupResizeBehavior="preserve-pixel-size"
              onResize={noteFolded}
            >
              <InspectorPanel />
            </Panel>
          </Group>
          <StatusBar />
          {over && <div className={cx('dropHint')}>Drop a design to open it, or an image to fit it</div>}
        </div>
        <InsertPalette />
        <CommandPalette />
        <ShortcutSheet />
        <DiagnosticsDialog />
        <GalleryDialog />
        <MovieDialog />
        <ReportPage />
        <Announcer />
        <input
          hidden
          type="file"
          multiple
          accept=".json,.png,.tif,.tiff,.npy,application/json"
          data-testid="open-file-input"
          onChange={(event) => {
            const files = [...(event.currentTarget.files ?? [])];
            event.currentTarget.value = '';
            void openFiles(files);
          }}
        />
      </ReactFlowProvider>
    </Tooltip.Provider>
  );
}
