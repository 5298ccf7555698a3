import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { PortType } from '../../optics/values.ts';
import type { View, ViewRequest } from '../../workers/protocol.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { engineStore } from '../stores/engineStore.ts';
import { frameBus } from '../stores/frameBus.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { isHighContrast } from './contrast.ts';
import { isWanted, knownView, singleValue } from './imageController.ts';
import { ImageLayer } from './imageLayer.ts';
import { SCALING_TAGS } from './scaling.ts';
import { useWaitsFor } from './useWaitsFor.ts';
import type { ImageStyle } from './viewStore.ts';
import { effectiveMode, MODE_TITLES, modesOf, settingsOf, styleOf, viewStore } from './viewStore.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);
/** Pixels asked for: sharp at 128 CSS pixels on a double-density screen. */
const PREVIEW_SIZE = 256;

export interface NodePreviewProps {
  readonly nodeId: string;
  readonly layer?: ViewRequest['layer'];
}

/** Draws into a canvas of the picture's own size; CSS scales it. At most one drawing per screen frame. */
class PreviewPainter {
  private readonly layer = new ImageLayer();
  private readonly canvas: HTMLCanvasElement;
  private view: View | null = null;
  private style: ImageStyle | null = null;
  private hold = false;
  private frame = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
  }

  set(view: View | null): void {
    this.view = view;
    this.schedule();
  }

  setStyle(style: ImageStyle, hold: boolean): void {
    this.style = style;
    this.hold = hold;
    this.schedule();
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
  }

  private schedule(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { canvas, view, style } = this;
    const context = canvas.getContext('2d');
    if (context === null) return;
    if (view === null || style === null) {
      context.clearRect(0, 0, canvas.width, canvas.height);
      return;
    }
    const [ny, nx] = view.shape;
    const scale = Math.min(1, PREVIEW_SIZE / Math.max(nx, ny));
    const width = Math.max(1, Math.round(nx * scale));
    const height = Math.max(1, Math.round(ny * scale));
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    canvas.style.imageRendering = Math.max(nx, ny) < 128 ? 'pixelated' : 'auto';
    this.layer.paint(view, style, this.hold);
    // Pixels without a phase are transparent and would show the picture before.
    context.clearRect(0, 0, width, height);
    this.layer.draw(context, 0, 0, width, height, scale < 1);
  }
}

interface Shown {
  readonly portType: PortType | null;
  /** Set where the value is one number. */
  readonly number: string | null;
  readonly highContrast: boolean;
}

const NOTHING: Shown = { portType: null, number: null, highContrast: false };

/**
 * The small picture on a node card. A click shows the next mode (intensity, phase, ...), a double click opens the
 * picture in the dock; both by keyboard too (Enter, Shift+Enter). Frames are drawn without a render.
 */
export function NodePreview({ nodeId, layer = 'output' }: NodePreviewProps) {
  const owner = useId();
  const [painter, setPainter] = useState<PreviewPainter | null>(null);
  const [shown, setShown] = useState<Shown>(NOTHING);
  const [hasPicture, setHasPicture] = useState(false);
  const settings = useStore(viewStore, (state) => settingsOf(state, nodeId));
  const preferred = useStore(settingsStore, (state) => state.colourMap);
  const fitting = useStore(engineStore, (state) => state.fit.status !== 'idle');
  const mode = effectiveMode(settings, shown.portType);
  const { plane } = settings;
  const style = useMemo(
    () => styleOf(settings, mode, layer, preferred, shown.highContrast),
    [settings, mode, layer, preferred, shown.highContrast],
  );

  const attach = useCallback((canvas: HTMLCanvasElement) => {
    const created = new PreviewPainter(canvas);
    setPainter(created);
    return () => created.dispose();
  }, []);

  useEffect(() => {
    painter?.setStyle(style, fitting);
  }, [painter, style, fitting]);

  useEffect(() => {
    if (painter === null) return;
    const show = (view: View | null): void => {
      painter.set(view);
      setHasPicture(view !== null);
      if (view === null) return;
      const { portType } = view;
      const number = singleValue(view);
      setShown((old) => {
        const highContrast = isHighContrast(view, old.highContrast);
        const same = old.portType === portType && old.number === number && old.highContrast === highContrast;
        return same ? old : { portType, number, highContrast };
      });
    };
    frameBus.want(owner, { nodeId, layer, mode, plane, maxSize: PREVIEW_SIZE });
    show(knownView(frameBus, nodeId, layer, mode, plane));
    const end = frameBus.subscribe(
      nodeId,
      (view) => {
        if (isWanted(view, layer, mode, plane)) show(view);
      },
      (gone) => {
        if (gone === layer) show(null);
      },
    );
    return () => {
      end();
      frameBus.want(owner, null);
    };
  }, [painter, owner, nodeId, layer, mode, plane]);

  const cycle = (): void => {
    if (shown.portType !== null) viewStore.getState().cycleMode(nodeId, shown.portType);
  };
  const open = (): void => viewStore.getState().openInDock(nodeId);
  const waitsFor = useWaitsFor(nodeId);
  const modes = modesOf(shown.portType);
  const title = MODE_TITLES[mode];
  const canCycle = hasPicture && shown.portType !== null && modes.length > 1 && shown.number === null;
  return (
    <PreviewButton label={`${title}. Open in the dock with a double click.`} onCycle={cycle} onOpen={open}>
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
      {hasPicture && style.scaling !== 'linear' && shown.number === null && (
        <span className={cx('previewScaling')} title="How brightness stands for values">
          {SCALING_TAGS[style.scaling]}
        </span>
      )}
      {canCycle && <span className={cx('previewMode')}>{title}</span>}
    </PreviewButton>
  );
}

interface PreviewButtonProps {
  readonly label: string;
  readonly onCycle: () => void;
  readonly onOpen: () => void;
  readonly children: React.ReactNode;
}

/** How long a click waits for a second one. */
const DOUBLE_CLICK_MILLISECONDS = 220;

function PreviewButton({ label, onCycle, onOpen, children }: PreviewButtonProps) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const click = (event: React.MouseEvent): void => {
    event.stopPropagation();
    clearTimeout(timer.current);
    if (event.shiftKey || event.detail >= 2) onOpen();
    // A mouse click waits, so that a double click does not change the mode on its way; keys (detail 0) need not.
    else if (event.detail === 0) onCycle();
    else timer.current = setTimeout(onCycle, DOUBLE_CLICK_MILLISECONDS);
  };
  return (
    <button
      type="button"
      className={`${cx('preview')} nopan`}
      aria-label={label}
      onClick={click}
      onDoubleClick={(event) => event.stopPropagation()}
      data-testid="node-preview"
    >
      {children}
    </button>
  );
}
