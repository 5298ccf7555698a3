import type Plotly from 'plotly.js-cartesian-dist-min';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { automaticRange, statistics } from '../../pictures/scaling.ts';
import type { Analysed, FitResult, View } from '../../workers/protocol.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore, registry } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { announce } from '../stores/uiStore.ts';
import type { Chart, ChartColors } from './analysis.ts';
import { fitChart, heatmapChart, histogramChart, profileChart, readingsChart } from './analysis.ts';
import type { PictureTabProps } from './ImageTab.tsx';
import { keptStore } from './keptReadings.ts';
import { readPalette } from './palette.ts';
import { ReadingsTable, useRestingCharts } from './ReadingsPanel.tsx';
import { useAnalysis } from './useAnalysis.ts';
import type { DockView } from './useDockView.ts';
import { latestView, useDockView } from './useDockView.ts';
import { useNoPicture } from './useNoPicture.ts';
import { NodePicker, PlaneSlider } from './ViewToolbar.tsx';
import styles from './views.module.css';
import { isWanted } from './wantedView.ts';

const cx = moduleClasses(styles);

type PlotlyModule = typeof Plotly;

const KINDS = ['readings', 'heatmap', 'profile', 'histogram', 'fit'] as const;
type Kind = (typeof KINDS)[number];
const KIND_TITLES: Readonly<Record<Kind, string>> = {
  readings: 'Readings',
  heatmap: 'Heatmap',
  profile: 'Profile',
  histogram: 'Histogram',
  fit: 'Fit',
};

/** Nothing is sent anywhere: no cloud button, no server, no logo. */
const CONFIG = {
  showSendToCloud: false,
  plotlyServerURL: '',
  displaylogo: false,
  responsive: false,
  toImageButtonOptions: { format: 'png', scale: 2, filename: 'luminode-chart' },
} as const;

/** A chart is drawn anew when its picture has rested for this long, … */
const REST_MILLISECONDS = 250;
/** … and this often while pictures keep coming: a large chart takes a third of a second to draw. */
const LONGEST_WAIT_MILLISECONDS = 1000;

/** The picture in full size, following the design at the pace of charts; null at once when the node has none. */
function useRestingView({ source }: DockView): View | null {
  const [view, setView] = useState<View | null>(null);
  useEffect(() => {
    const { frames, nodeId, layer, mode, plane } = source;
    frames.want('analysis', { nodeId, layer, mode, plane });
    const matches = (candidate: View): boolean => isWanted(candidate, layer, mode, plane);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let waitingSince: number | null = null;
    let isEmpty = true;
    const show = (shown: View | null): void => {
      clearTimeout(timer);
      waitingSince = null;
      isEmpty = shown === null;
      setView(shown);
    };
    const showSoon = (candidate: View): void => {
      const now = performance.now();
      waitingSince ??= now;
      clearTimeout(timer);
      const left = waitingSince + LONGEST_WAIT_MILLISECONDS - now;
      timer = setTimeout(() => show(candidate), Math.max(0, Math.min(REST_MILLISECONDS, left)));
    };
    show(latestView(source));
    const end = frames.subscribe(
      nodeId,
      (candidate) => {
        if (!matches(candidate)) return;
        if (isEmpty) show(candidate);
        else showSoon(candidate);
      },
      (gone) => {
        if (gone === layer) show(null);
      },
    );
    return () => {
      end();
      clearTimeout(timer);
      frames.want('analysis', null);
    };
  }, [source]);
  return view;
}

function makeChart(
  kind: Kind,
  settings: DockView['settings'],
  style: DockView['style'],
  view: View | null,
  result: FitResult | null,
  colors: ChartColors,
): Chart | null {
  if (kind === 'fit') return result === null ? null : fitChart(result, colors);
  if (view === null) return null;
  if (kind === 'profile') return profileChart(view, settings.profile, colors);
  if (kind === 'histogram') return histogramChart(view, colors);
  const range = style.locked ?? automaticRange(statistics(view.data, style.clip), view.mode, style.signed);
  return heatmapChart(view, { ...range, colormap: style.colormap, scaling: 'linear' }, colors);
}

function themeName(): string {
  return document.documentElement.dataset['theme'] ?? '';
}

/** Changes with the theme, whose colours a chart carries inside. */
function useThemeName(): string {
  const [theme, setTheme] = useState(themeName);
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(themeName()));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => observer.disconnect();
  }, []);
  return theme;
}

/** Charts to explore and export; loaded on first use. They follow the design when it rests. */
export function AnalysisTab({ nodes, node }: PictureTabProps) {
  const [chosen, setKind] = useState<Kind | null>(null);
  const type = useStore(documentStore, ({ design }) => design.nodes.find(({ id }) => id === node.id)?.type);
  const tells = registry.get(type ?? '')?.analyse !== undefined;
  const kinds = KINDS.filter((kind) => kind !== 'readings' || tells);
  const kind = kinds.find((each) => each === chosen) ?? kinds[0] ?? 'heatmap';
  if (kind === 'readings') return <Readings nodes={nodes} node={node} kinds={kinds} setKind={setKind} />;
  return <Pictures nodes={nodes} node={node} kinds={kinds} kind={kind} setKind={setKind} />;
}

interface KindProps extends PictureTabProps {
  readonly kinds: readonly Kind[];
  readonly setKind: (kind: Kind) => void;
}

function KindChoice({
  kinds,
  kind,
  setKind,
}: Pick<KindProps, 'kinds' | 'setKind'> & { readonly kind: Kind }) {
  return (
    <div className={cx('segments')} role="toolbar" aria-label="Chart">
      {kinds.map((each) => (
        <Button key={each} small pressed={each === kind} onClick={() => setKind(each)}>
          {KIND_TITLES[each]}
        </Button>
      ))}
    </div>
  );
}

/** Numbers and charts of an analysis node. */
function Readings({ nodes, node, kinds, setKind }: KindProps) {
  const analysed = useAnalysis(node.id);
  const charts = useRestingCharts(analysed);
  const empty = useNoPicture(node.id, NO_CHARTS);
  const type = useStore(documentStore, ({ design }) => design.nodes.find(({ id }) => id === node.id)?.type);
  const kept = useStore(keptStore, (state) => state.kept);
  const seen = kept?.type === type ? kept : null;
  const make = useCallback(
    (colors: ChartColors) =>
      charts === null || charts.length === 0 ? null : readingsChart(charts, colors, seen),
    [charts, seen],
  );
  return (
    <div className={cx('tab')}>
      <div className={cx('toolbar')}>
        <KindChoice kinds={kinds} kind="readings" setKind={setKind} />
        <NodePicker nodes={nodes} value={node.id} />
        <span className={cx('spring')} />
        {analysed !== null && type !== undefined && <KeepButtons analysed={analysed} type={type} />}
      </div>
      <div className={cx('readingsBody')}>
        <PlotlyChart make={make} empty={empty} />
        <ReadingsTable title={node.title} analysed={analysed} kept={seen} />
      </div>
    </div>
  );
}

/** Keeps what is on screen, to lie dashed over what comes after it: another mask, other values, another design. */
function KeepButtons({ analysed, type }: { readonly analysed: Analysed; readonly type: string }) {
  const kept = useStore(keptStore, (state) => state.kept);
  const keep = (): void => {
    const { readouts, charts } = analysed;
    const time = new Date().toLocaleTimeString('en-GB', { timeStyle: 'short' });
    const title = `${documentStore.getState().design.title}, ${time}`;
    keptStore.setState({ kept: { type, title, readouts, charts } });
    announce('Kept: numbers and curves of now stay for comparison.');
  };
  return (
    <>
      {kept?.type === type && (
        <Button small data-testid="readings-forget" onClick={() => keptStore.setState({ kept: null })}>
          Forget “{kept.title}”
        </Button>
      )}
      <Button
        small
        look="outlined"
        data-testid="readings-keep"
        title="Curves and numbers of now stay, dashed, while you change the design or open another"
        onClick={keep}
      >
        Keep as reference
      </Button>
    </>
  );
}

function Pictures({ nodes, node, kinds, kind, setKind }: KindProps & { readonly kind: Kind }) {
  const dock = useDockView(node);
  const view = useRestingView(dock);
  const noPicture = useNoPicture(node.id);
  const result = useStore(engineStore, (state) => state.fit.result);
  const { settings, style } = dock;
  const make = useCallback(
    (colors: ChartColors) => makeChart(kind, settings, style, view, result, colors),
    [kind, settings, style, view, result],
  );
  return (
    <div className={cx('tab')}>
      <div className={cx('toolbar')}>
        <KindChoice kinds={kinds} kind={kind} setKind={setKind} />
        {kind !== 'fit' && (
          <>
            <NodePicker nodes={nodes} value={node.id} />
            <PlaneSlider view={dock} />
          </>
        )}
      </div>
      <PlotlyChart make={make} empty={kind === 'fit' ? NO_FIT : noPicture} />
    </div>
  );
}

const NO_CHARTS = 'There are no charts of this yet. Connect light or an image to it.';
const NO_FIT = 'No fit with standard errors yet. After one, this shows how far each parameter moved.';

interface PlotlyChartProps {
  /** Must keep its identity while the chart is the same. */
  readonly make: (colors: ChartColors) => Chart | null;
  /** Sentence where there is no chart. */
  readonly empty: string;
}

export function PlotlyChart({ make, empty }: PlotlyChartProps) {
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const [plotly, setPlotly] = useState<PlotlyModule | null>(null);
  const [failed, setFailed] = useState(false);
  const theme = useThemeName();
  useEffect(() => {
    let stale = false;
    import('plotly.js-cartesian-dist-min').then(
      (module) => {
        if (!stale) setPlotly(module.default);
      },
      () => {
        if (!stale) setFailed(true);
      },
    );
    return () => {
      stale = true;
    };
  }, []);
  const colors = useMemo(
    () => (element === null || theme === undefined ? null : chartColors(element)),
    [element, theme],
  );
  const chart = useMemo(() => (colors === null ? null : make(colors)), [make, colors]);
  useEffect(() => {
    if (plotly === null || element === null) return;
    if (chart === null) {
      plotly.purge(element);
      return;
    }
    plotly.react(element, chart.traces, chart.layout, CONFIG).catch(() => setFailed(true));
  }, [plotly, element, chart]);
  useEffect(() => {
    if (plotly === null || element === null) return;
    const observer = new ResizeObserver(() => {
      // An element without a chart has nothing to resize.
      if (element.classList.contains('js-plotly-plot')) plotly.Plots.resize(element);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plotly.purge(element);
    };
  }, [plotly, element]);
  return (
    <div className={cx('chart')}>
      <div ref={setElement} className={cx('plotly')} data-testid="analysis-chart" />
      <p className={cx('imageEmpty')} hidden={chart !== null && plotly !== null && !failed}>
        {emptySentence(empty, chart !== null, failed)}
      </p>
    </div>
  );
}

function emptySentence(empty: string, hasChart: boolean, failed: boolean): string {
  if (failed)
    return 'The charts could not be loaded. Check the connection and reload the page; all other views work without them.';
  return hasChart ? 'The charts are being loaded …' : empty;
}

function chartColors(element: Element): ChartColors {
  const { text, line, accent, second, surround } = readPalette(element);
  return { text, line, accent, second, ground: surround };
}
