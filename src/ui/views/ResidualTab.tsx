import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Design } from '../../graph/document.ts';
import type { ValueRange } from '../../pictures/scaling.ts';
import { automaticRange, statistics } from '../../pictures/scaling.ts';
import type { ImageStyle } from '../../pictures/style.ts';
import type { View, ViewMode } from '../../workers/protocol.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { frameBus } from '../stores/frameBus.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import type { DockNode, FitPair } from './dockNodes.ts';
import type { ImageHandle, ImageSource } from './ImageCanvas.tsx';
import { ImageCanvas } from './ImageCanvas.tsx';
import { useDockView } from './useDockView.ts';
import { useNoPicture } from './useNoPicture.ts';
import { useSphereMarks } from './useSphereMarks.ts';
import { ColorMenu, PlaneSlider, ToolButtons } from './ViewToolbar.tsx';
import { createViewLink } from './viewport.ts';
import { styleOf, viewStore } from './viewStore.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);
const PANEL_TITLES = ['Data', 'Model', 'Data − model'] as const;
const MODE = 'intensity';
/** The engine gives target minus model as signed values. */
const RESIDUAL_MODE = 'real';

/**
 * Range of the data, for data and model alike: it stands still while the model moves, so the eye compares like
 * with like and nothing flickers during a fit.
 */
function useDataRange(lossId: string, plane: number, clip: number): ValueRange | null {
  const [range, setRange] = useState<ValueRange | null>(null);
  useEffect(() => {
    setRange(null);
    const read = (view: View | undefined): void => {
      if (view === undefined || view.layer !== 'target') return;
      const next = automaticRange(statistics(view.data, clip), MODE, false);
      setRange((old) => (old?.low === next.low && old.high === next.high ? old : next));
    };
    read(frameBus.latest(lossId, 'target', MODE));
    return frameBus.subscribe(lossId, (view) => {
      if (view.plane === plane || view.planes === 1) read(view);
    });
  }, [lossId, plane, clip]);
  return range;
}

const LIKENESSES: readonly unknown[] = ['correlation', 'cosine', 'overlap'];

/** Whether the comparison brings the model to the scale of the data, so that their values are not to be compared. */
function scalesModel({ nodes, edges }: Pick<Design, 'nodes' | 'edges'>, lossId: string): boolean {
  const paramsOf = (id: string | undefined) => nodes.find((node) => node.id === id)?.params ?? {};
  const wire = edges.find(({ to }) => to.node === lossId && to.port === 'target');
  return (
    LIKENESSES.includes(paramsOf(lossId)['kind']) || paramsOf(wire?.from.node)['normalization'] === 'mean'
  );
}

export interface ResidualTabProps {
  readonly pair: FitPair;
  readonly model: DockNode | null;
}

export function ResidualTab({ pair, model }: ResidualTabProps) {
  if (model === null) {
    return (
      <p className={cx('message')}>
        Wire a camera to the model input of the compare node to see data, model and residual side by side.
      </p>
    );
  }
  return <Triptych lossId={pair.lossId} model={model} />;
}

function Triptych({ lossId, model }: { readonly lossId: string; readonly model: DockNode }) {
  const [link] = useState(createViewLink);
  const first = useRef<ImageHandle>(null);
  const view = useDockView(model);
  const tool = useStore(viewStore, (state) => state.tool);
  const hold = useStore(engineStore, (state) => state.fit.status !== 'idle');
  const preferred = useStore(settingsStore, (state) => state.colourMap);
  const { settings, plane } = view;
  const marks = useSphereMarks(model.id);
  const modelEmpty = useNoPicture(model.id);
  const lossEmpty = useNoPicture(lossId);
  const dataRange = useDataRange(lossId, plane, settings.clip);
  // As the picture of the model elsewhere: a faint image is logarithmic here, too.
  const { style } = view;
  const shared = useMemo<ImageStyle>(
    () => ({ ...style, locked: settings.locked ?? dataRange }),
    [style, settings.locked, dataRange],
  );
  const scales = useStore(documentStore, ({ design }) => scalesModel(design, lossId));
  const own = useMemo<ImageStyle>(() => ({ ...shared, locked: settings.locked }), [shared, settings.locked]);
  const signed = useMemo(
    () => styleOf({ ...settings, locked: null }, MODE, 'residual', preferred),
    [settings, preferred],
  );
  const panels = useMemo(() => {
    const source = (nodeId: string, layer: View['layer'], mode: ViewMode = MODE): ImageSource => ({
      frames: frameBus,
      nodeId,
      layer,
      mode,
      plane,
    });
    return [
      { title: PANEL_TITLES[0], source: source(lossId, 'target'), style: 'shared' },
      { title: PANEL_TITLES[1], source: source(model.id, 'output'), style: scales ? 'own' : 'shared' },
      { title: PANEL_TITLES[2], source: source(lossId, 'residual', RESIDUAL_MODE), style: 'signed' },
    ] as const;
  }, [lossId, model.id, plane, scales]);
  return (
    <div className={cx('tab')}>
      <div className={cx('toolbar')}>
        <PlaneSlider view={view} />
        <span className={cx('toolbarText', 'wideOnly')}>
          {scales
            ? 'Brightness is ignored: the model is scaled to the data, then subtracted.'
            : 'Data and model share one scale; zoom and cursor are shared by all three.'}
        </span>
        <span className={cx('spring')} />
        <ToolButtons image={first} />
        <ColorMenu view={view} nodes={[model]} />
      </div>
      <div className={cx('triptych')}>
        {panels.map(({ title, source, style }, i) => (
          <section key={title} className={cx('panel')} aria-label={title}>
            <h3 className={cx('panelTitle')}>{title}</h3>
            <ImageCanvas
              {...(i === 0 ? { ref: first } : {})}
              label={title}
              source={source}
              style={style === 'signed' ? signed : style === 'own' ? own : shared}
              hold={hold}
              tool={tool}
              selection={settings.profile}
              onSelection={(profile) => view.change({ profile })}
              link={link}
              // A ring around the object would hide what the residual is looked at for.
              marks={source.layer === 'residual' ? null : marks}
              empty={source.layer === 'output' ? modelEmpty : lossEmpty}
              testId={`residual-${source.layer}`}
            />
          </section>
        ))}
      </div>
    </div>
  );
}
