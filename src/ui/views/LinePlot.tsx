import { useCallback, useEffect, useRef, useState } from 'react';
import { moduleClasses } from '../parts/classNames.ts';
import { formatValue, formatWithUnit } from './format.ts';
import type { PlotData, PlotLayout } from './linePlotDraw.ts';
import { drawPlot, drawPlotCursor, layoutPlot, nearestSample } from './linePlotDraw.ts';
import type { Palette } from './palette.ts';
import { readPalette } from './palette.ts';
import { drawHandles, HANDLE_KEYS, PlotHand, type PlotHandles } from './plotHandles.ts';
import styles from './views.module.css';

const cx = moduleClasses(styles);

/** Hands data over now and whenever it changes; returns the way to stop. */
export type PlotFeed = (show: (data: PlotData | null) => void) => () => void;

export interface LinePlotProps {
  /** Accessible name. */
  readonly label: string;
  /** Must keep its identity while the source is the same. */
  readonly feed: PlotFeed;
  /** Sentence while there is nothing to draw. */
  readonly empty: string;
  /** Points that are dragged on the plot; must keep its identity. */
  readonly handles?: PlotHandles | null;
  readonly testId?: string;
}

class PlotController {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D | null;
  private readonly onReadout: (text: string) => void;
  private readonly ends: (() => void)[] = [];
  private palette: Palette;
  private size = { width: 0, height: 0, ratio: 1 };
  private data: PlotData | null = null;
  private layout: PlotLayout | null = null;
  /** Sample of the first series under the cursor. */
  private cursor: number | null = null;
  private frame = 0;
  private hand: PlotHand | null = null;
  private endHandles: (() => void) | null = null;

  constructor(canvas: HTMLCanvasElement, stage: HTMLElement, onReadout: (text: string) => void) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d', { alpha: false });
    this.onReadout = onReadout;
    this.palette = readPalette(canvas);
    this.watch(stage);
  }

  set(data: PlotData | null): void {
    this.data = data;
    this.schedule();
  }

  setHandles(handles: PlotHandles | null): void {
    this.hand?.end();
    this.endHandles?.();
    this.hand = handles === null ? null : new PlotHand(handles, () => this.layout);
    this.endHandles = handles?.subscribe(() => this.schedule()) ?? null;
    this.schedule();
  }

  dispose(): void {
    this.hand?.end();
    this.endHandles?.();
    cancelAnimationFrame(this.frame);
    for (const end of this.ends) end();
  }

  private watch(stage: HTMLElement): void {
    const resize = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      this.size = { width, height, ratio: devicePixelRatio };
      this.canvas.width = Math.max(1, Math.round(width * devicePixelRatio));
      this.canvas.height = Math.max(1, Math.round(height * devicePixelRatio));
      this.draw();
    });
    resize.observe(this.canvas);
    stage.tabIndex = 0;
    const theme = new MutationObserver(() => {
      this.palette = readPalette(this.canvas);
      this.schedule();
    });
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class'] });
    const listening = new AbortController();
    const { signal } = listening;
    const at = (event: MouseEvent) => {
      const { left, top } = this.canvas.getBoundingClientRect();
      return { x: event.clientX - left, y: event.clientY - top };
    };
    this.canvas.addEventListener(
      'pointerdown',
      (event) => {
        if (event.button !== 0 || this.hand?.down(at(event), event.pointerType) !== true) return;
        this.canvas.setPointerCapture(event.pointerId);
        this.schedule();
      },
      { signal },
    );
    const up = () => this.hand?.end();
    this.canvas.addEventListener('pointerup', up, { signal });
    this.canvas.addEventListener('pointercancel', up, { signal });
    this.canvas.addEventListener('dblclick', (event) => this.hand?.add(at(event)), { signal });
    this.canvas.addEventListener(
      'pointermove',
      (event) => {
        if (this.hand?.isHeld === true) this.hand.move(at(event));
        else this.point(event);
      },
      { signal },
    );
    this.canvas.addEventListener('pointerleave', () => this.moveCursor(null), { signal });
    stage.addEventListener('blur', () => this.moveCursor(null), { signal });
    stage.addEventListener('keydown', (event) => this.key(event), { signal });
    this.ends.push(
      () => resize.disconnect(),
      () => theme.disconnect(),
      () => listening.abort(),
    );
  }

  private point(event: PointerEvent): void {
    const series = this.data?.series[0];
    if (this.layout === null || series === undefined || this.data === null) return;
    const { area, x } = this.layout;
    const share = (event.clientX - this.canvas.getBoundingClientRect().left - area.x) / area.width;
    const outside = share < -0.02 || share > 1.02;
    this.moveCursor(outside ? null : nearestSample(series, x.low + share * (x.high - x.low)));
  }

  private key(event: KeyboardEvent): void {
    const done = event.ctrlKey || event.metaKey ? null : (this.hand?.key(event) ?? null);
    if (done !== null) {
      event.preventDefault();
      event.stopPropagation();
      this.onReadout(done);
      this.schedule();
      return;
    }
    const direction = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const count = this.data?.series[0]?.x.length ?? 0;
    if (direction === 0 || count === 0 || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const from = this.cursor ?? Math.floor(count / 2);
    this.moveCursor(Math.min(count - 1, Math.max(0, from + direction * (event.shiftKey ? 10 : 1))));
  }

  private moveCursor(cursor: number | null): void {
    if (cursor === this.cursor) return;
    this.cursor = cursor;
    this.schedule();
  }

  private schedule(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { context, data, palette, size } = this;
    if (context === null || size.width === 0) return;
    context.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
    context.fillStyle = palette.surround;
    context.fillRect(0, 0, size.width, size.height);
    // Under a hand that moves a point the axes stand still.
    if (this.hand?.isHeld !== true || this.layout === null)
      this.layout = data === null ? null : layoutPlot(data, size.width, size.height);
    if (data === null || this.layout === null) {
      this.onReadout('');
      return;
    }
    drawPlot(context, data, this.layout, palette);
    if (this.hand !== null) drawHandles(context, this.layout, this.hand, palette);
    this.drawCursor(context, data, this.layout);
  }

  private drawCursor(context: CanvasRenderingContext2D, data: PlotData, layout: PlotLayout): void {
    const series = data.series[0];
    const x = this.cursor === null ? undefined : series?.x[this.cursor];
    const y = this.cursor === null ? undefined : series?.y[this.cursor];
    if (x === undefined || y === undefined) {
      this.onReadout('');
      return;
    }
    drawPlotCursor(context, data, layout, this.palette, { x, y });
    const value = data.y.unit === '' ? formatValue(y, 5) : formatWithUnit(y, data.y.unit, 5);
    const place = data.x.unit === '' ? formatValue(x) : formatWithUnit(x, data.x.unit);
    this.onReadout(`${data.x.title} ${place} · ${data.y.title} ${value}`);
  }
}

/** A line plot with axes and a cursor that reads values; drawn without renders. Arrow keys move the cursor. */
export function LinePlot({ label, feed, empty, handles = null, testId }: LinePlotProps) {
  const readout = useRef<HTMLOutputElement>(null);
  const [controller, setController] = useState<PlotController | null>(null);
  const [hasData, setHasData] = useState(false);
  const attach = useCallback((stage: HTMLDivElement) => {
    const canvas = stage.querySelector('canvas');
    if (canvas === null) return;
    const created = new PlotController(canvas, stage, (text) => {
      if (readout.current !== null && readout.current.textContent !== text)
        readout.current.textContent = text;
    });
    setController(created);
    return () => created.dispose();
  }, []);
  useEffect(() => {
    if (controller === null) return;
    return feed((data) => {
      controller.set(data);
      setHasData(data !== null);
    });
  }, [controller, feed]);
  useEffect(() => controller?.setHandles(handles), [controller, handles]);
  return (
    <figure className={cx('plot')} data-testid={testId}>
      <div
        ref={attach}
        className={cx('imageStage')}
        role="application"
        aria-roledescription="line plot"
        aria-label={`${label}. The left and right arrow keys read values.${handles === null ? '' : ` ${HANDLE_KEYS}`}`}
      >
        <canvas className={cx('imageCanvas', 'plotCanvas')} />
        {!hasData && <p className={cx('imageEmpty')}>{empty}</p>}
      </div>
      <figcaption className={cx('imageFoot')}>
        <output ref={readout} className={cx('readout')} />
      </figcaption>
    </figure>
  );
}
