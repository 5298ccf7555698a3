import type { KeyboardEvent, ReactNode } from 'react';
import { useEffect, useId } from 'react';
import { useStore } from 'zustand';
import type { Design } from '../../graph/document.ts';
import { examples } from '../../graph/examples/index.ts';
import { lendHeight } from '../app/panels.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { AnalysisTab } from './AnalysisTab.tsx';
import { contrastStore } from './contrastStore.ts';
import type { DockContents } from './dockNodes.ts';
import { useDockContents } from './dockNodes.ts';
import { ImageTab } from './ImageTab.tsx';
import { LossTab } from './LossTab.tsx';
import { ProfileTab } from './ProfileTab.tsx';
import { ResidualTab } from './ResidualTab.tsx';
import { ResultsTab } from './ResultsTab.tsx';
import { TrackTab } from './TrackTab.tsx';
import { chooseNode } from './useDockView.ts';
import type { DockTab, ImageTool } from './viewStore.ts';
import { DOCK_TABS, viewStore } from './viewStore.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);

const TAB_TITLES: Readonly<Record<DockTab, string>> = {
  image: 'Image',
  profile: 'Profile',
  loss: 'Loss',
  results: 'Results',
  residual: 'Residual',
  analysis: 'Analysis',
  track: 'Movie',
};

/** Views that show nothing when they are low: a table, three pictures, a chart beside numbers. */
const ROOMY: readonly DockTab[] = ['results', 'residual', 'analysis'];
/** Tools that work on a picture need room, too. */
const HANDLING: readonly ImageTool[] = ['brush', 'register', 'section'];

/** Pictures, profiles, the loss curve, results and analysis, below the graph. */
export function Dock() {
  const contents = useDockContents();
  const tab = useStore(viewStore, (state) => state.tab);
  const id = useId();
  useForgetting(contents);
  useEffect(followFits, []);
  const isHandled = useStore(viewStore, (state) => state.tab === 'image' && HANDLING.includes(state.tool));
  useEffect(() => lendHeight(isHandled || ROOMY.includes(tab)), [tab, isHandled]);
  return (
    <section className={cx('dock')} aria-label="Views" data-testid="dock">
      <TabBar id={id} tab={tab} />
      <div className={cx('body')} role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${tab}`}>
        <TabBody tab={tab} contents={contents} />
      </div>
    </section>
  );
}

/** One stop for the Tab key; arrow keys, Home and End move between the tabs. */
function TabBar({ id, tab }: { readonly id: string; readonly tab: DockTab }) {
  const move = (event: KeyboardEvent): void => {
    const last = DOCK_TABS.length - 1;
    const index = DOCK_TABS.indexOf(tab);
    const targets: Readonly<Record<string, number>> = {
      ArrowRight: index === last ? 0 : index + 1,
      ArrowLeft: index === 0 ? last : index - 1,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    const next = target === undefined ? undefined : DOCK_TABS[target];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    viewStore.getState().setTab(next);
    document.getElementById(`${id}-${next}`)?.focus();
  };
  return (
    <div className={cx('tabs')} role="tablist" aria-label="Views">
      {DOCK_TABS.map((each) => (
        <button
          key={each}
          type="button"
          role="tab"
          id={`${id}-${each}`}
          aria-selected={each === tab}
          aria-controls={`${id}-panel`}
          tabIndex={each === tab ? 0 : -1}
          className={cx('tabButton')}
          onClick={() => viewStore.getState().setTab(each)}
          onKeyDown={move}
          data-testid={`dock-tab-${each}`}
        >
          {TAB_TITLES[each]}
          {each === 'results' && <NewResultMark />}
        </button>
      ))}
    </div>
  );
}

/** A dot until somebody has looked at the result of the last fit. */
function NewResultMark() {
  const unseen = useStore(engineStore, (state) => state.fit.unseen);
  if (!unseen) return null;
  return <span className={cx('newMark')} role="img" aria-label="new result" title="New result of a fit" />;
}

function TabBody({ tab, contents }: { readonly tab: DockTab; readonly contents: DockContents }): ReactNode {
  const chosen = useStore(viewStore, (state) => state.imageNode);
  const node = chooseNode(contents, chosen);
  if (tab === 'loss') return <LossTab />;
  if (tab === 'results') return <ResultsTab />;
  if (tab === 'track') return <TrackTab contents={contents} />;
  if (tab === 'residual') {
    const { pair } = contents;
    if (pair === null) {
      return (
        <p className={cx('message')}>
          Nothing is compared yet. Add a target image and a compare node: data, model and residual then stand
          here side by side.
        </p>
      );
    }
    return <ResidualTab pair={pair} model={contents.nodes.find(({ id }) => id === pair.modelId) ?? null} />;
  }
  if (node === null) {
    return (
      <p className={cx('message')}>
        The design has nothing to show yet. Add a light source from the palette, or open an example.
      </p>
    );
  }
  if (tab === 'profile') return <ProfileTab nodes={contents.nodes} node={node} />;
  if (tab === 'analysis') return <AnalysisTab nodes={contents.nodes} node={node} />;
  return <ImageTab nodes={contents.nodes} node={node} />;
}

const FIT_TABS: readonly DockTab[] = ['loss', 'results', 'residual'];

/**
 * Opens the loss when a fit starts, unless another view of the fit is open, and in its place the results when it ends.
 * Listens until the result is called.
 */
export function followFits(): () => void {
  let isOpened = false;
  return engineStore.subscribe(({ fit }, before) => {
    const { tab, setTab } = viewStore.getState();
    if (before.fit.status === 'idle' && fit.status !== 'idle') {
      isOpened = !FIT_TABS.includes(tab);
      if (isOpened) setTab('loss');
    }
    const hasEnded = before.fit.status !== 'idle' && fit.status === 'idle' && fit.result !== null;
    if (hasEnded && fit.unseen && isOpened && tab === 'loss') setTab('results');
  });
}

/** The charts that are open are an example's: the next document begins with its picture again. */
let hasOpenedCharts = false;

/** Another design has no fit yet: its picture is what one wants to see, or the charts that an example is about. */
function showFirst({ example, nodes }: Design): void {
  const { tab, setTab, openAnalysis } = viewStore.getState();
  const charts = examples.find(({ id }) => id === example)?.charts;
  const isThere = nodes.some(({ id }) => id === charts);
  if (charts !== undefined && isThere) openAnalysis(charts);
  else if (FIT_TABS.includes(tab) || (hasOpenedCharts && tab === 'analysis')) setTab('image');
  hasOpenedCharts = isThere;
}

/** Settings of deleted nodes go; ids repeat between documents, so a new document starts afresh. */
function useForgetting(contents: DockContents): void {
  useEffect(
    () =>
      documentStore.subscribe((state, before) => {
        if (state.epoch === before.epoch) return;
        viewStore.getState().prune(() => false);
        contrastStore.getState().prune(() => false);
        const { tool, setTool } = viewStore.getState();
        if (HANDLING.includes(tool)) setTool('pan');
        showFirst(state.design);
      }),
    [],
  );
  useEffect(() => {
    const known = new Set(contents.nodes.map(({ id }) => id));
    viewStore.getState().prune((id) => known.has(id));
    contrastStore.getState().prune((id) => known.has(id));
  }, [contents]);
}
