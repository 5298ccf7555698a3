import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { PortType } from '../../optics/values.ts';
import type { Scaling } from '../../pictures/scaling.ts';
import { SCALING_TAGS } from '../../pictures/scaling.ts';
import { decidedScaling } from '../../pictures/style.ts';
import type { Layer, Preview } from '../../workers/protocol.ts';
import { outputLayer } from '../../workers/protocol.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { previewBus } from '../stores/frameBus.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { contrastStore, sharedContrast } from './contrastStore.ts';
import { formatValue, formatWithUnit } from './format.ts';
import { PreviewPainter } from './previewPainter.ts';
import { useWaitsFor } from './useWaitsFor.ts';
import { effectiveMode, MODE_TITLES, modesOf, pictureStyleOf, settingsOf, viewStore } from './viewStore.ts';
import styles from './views.module.css';
import { isWanted, knownView } from './wantedView.ts';

const cx = moduleClasses(styles);
/** Pixels asked for: sharp at 128 CSS pixels on a double-density screen. */
const PREVIEW_SIZE = 256;

export interface NodePreviewProps {
  readonly nodeId: string;
  /** Null: the output that is chosen for the node. */
  readonly layer?: Layer | null;
}

/** What the card says beside the picture; it changes seldom, unlike the picture. */
interface Shown {
  readonly hasPicture: boolean;
  readonly portType: PortType | null;
  /** Set where the value is one number. */
  readonly number: string | null;
  readonly scaling: Scaling;
}

const NOTHING: Shown = { hasPicture: false, portType: null, number: null, scaling: 'linear' };

function shownOf({ portType, number, unit, scaling }: Preview): Shown {
  const text = number === null ? null : unit === '' ? formatValue(number) : formatWithUnit(number, unit);
  return { hasPicture: true, portType, number: text, scaling };
}

function isSame(a: Shown, b: Shown): boolean {
  return (
    a.hasPicture === b.hasPicture &&
    a.portType === b.portType &&
    a.number === b.number &&
    a.scaling === b.scaling
  );
}

/**
 * The small picture on a node card. A click selects the card as anywhere else on it, a double click (or Enter) opens
 * the picture in the dock, and its button shows the next mode (intensity, phase, ...). Frames are drawn without a
 * render.
 */
export function NodePreview({ nodeId, layer: wanted = null }: NodePreviewProps) {
  const owner = useId();
  const [painter, setPainter] = useState<PreviewPainter | null>(null);
  const [shown, setShown] = useState<Shown>(NOTHING);
  const current = useRef(shown);
  const settings = useStore(viewStore, (state) => settingsOf(state, nodeId));
  const layer = wanted ?? outputLayer(settings.output);
  const preferred = useStore(settingsStore, (state) => state.colourMap);
  const mode = effectiveMode(settings, shown.portType);
  const { plane } = settings;
  const contrast = useStore(contrastStore, ({ pictures }) => sharedContrast(pictures, { nodeId, layer }));
  const style = useMemo(() => {
    const own = pictureStyleOf(settings, mode, layer, preferred);
    return contrast === null ? own : { ...own, scaling: decidedScaling(own, contrast) };
  }, [settings, mode, layer, preferred, contrast]);

  const attach = useCallback((canvas: HTMLCanvasElement) => {
    const created = new PreviewPainter(canvas);
    setPainter(created);
    return () => created.dispose();
  }, []);

  useEffect(() => {
    previewBus.want(owner, { nodeId, layer, mode, plane, maxSize: PREVIEW_SIZE, style });
  }, [owner, nodeId, layer, mode, plane, style]);
  useEffect(() => () => previewBus.want(owner, null), [owner]);

  useEffect(() => {
    if (painter === null) return;
    const show = (preview: Preview | null): void => {
      painter.set(preview);
      if (preview !== null) contrastStore.getState().note(preview);
      const next = preview === null ? { ...current.current, hasPicture: false } : shownOf(preview);
      // Asking React whether anything changed would cost more than drawing.
      if (isSame(current.current, next)) return;
      current.current = next;
      setShown(next);
    };
    show(knownView(previewBus, nodeId, layer, mode, plane));
    return previewBus.subscribe(
      nodeId,
      (preview) => {
        if (isWanted(preview, layer, mode, plane)) show(preview);
      },
      (gone) => {
        if (gone === layer) show(null);
      },
    );
  }, [painter, nodeId, layer, mode, plane]);

  const cycle = (): void => {
    if (shown.portType !== null) viewStore.getState().cycleMode(nodeId, shown.portType);
  };
  const open = (): void => viewStore.getState().openInDock(nodeId);
  const waitsFor = useWaitsFor(nodeId);
  const modes = modesOf(shown.portType);
  const title = MODE_TITLES[mode];
  const { hasPicture, scaling } = shown;
  const canCycle = hasPicture && shown.portType !== null && modes.length > 1 && shown.number === null;
  return (
    <Picture
      label={`${title}. Open in the dock with a double click or Enter.`}
      mode={canCycle ? title : null}
      onCycle={cycle}
      onOpen={open}
    >
      <canvas
        ref={attach}
        className={cx('previewCanvas', shown.number !== null && 'hidden')}
        width={1}
        height={1}
      />
      {shown.number !== null && <output className={cx('previewNumber')}>{shown.number}</output>}
      {!hasPicture && (
        <span className={cx('previewEmpty')}>
          {waitsFor === null ? 'no picture yet' : `waits for “${waitsFor}”`}
        </span>
      )}
      {hasPicture && scaling !== 'linear' && shown.number === null && (
        <span className={cx('previewScaling')} title="How brightness stands for values">
          {SCALING_TAGS[scaling]}
        </span>
      )}
    </Picture>
  );
}

interface PictureProps {
  readonly label: string;
  /** What is shown, where there is something else to show. */
  readonly mode: string | null;
  readonly onCycle: () => void;
  readonly onOpen: () => void;
  readonly children: React.ReactNode;
}

function Picture({ label, mode, onCycle, onOpen, children }: PictureProps) {
  return (
    <div className={cx('preview')}>
      <button
        type="button"
        className={`${cx('previewPicture')} nopan`}
        aria-label={label}
        // Keys send clicks without a place; a click of the mouse goes on to the card and selects it.
        onClick={(event) => {
          if (event.detail === 0) onOpen();
        }}
        onDoubleClick={(event) => {
          event.stopPropagation();
          onOpen();
        }}
        data-testid="node-preview"
      >
        {children}
      </button>
      {mode !== null && (
        <button
          type="button"
          className={`${cx('previewMode')} nopan nodrag`}
          title={`Shows ${mode.toLowerCase()}; click for the next quantity (V)`}
          aria-label={`Shows ${mode.toLowerCase()}. Next quantity`}
          data-next-view=""
          data-testid="preview-mode"
          onClick={(event) => {
            event.stopPropagation();
            onCycle();
          }}
          onDoubleClick={(event) => event.stopPropagation()}
        >
          {mode}
        </button>
      )}
    </div>
  );
}
