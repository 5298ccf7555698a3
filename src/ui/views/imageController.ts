/** Runs one picture on one canvas: frames in, pixels out, pointer and keys in between. React-free. */

import type { ValueRange } from '../../pictures/scaling.ts';
import { SCALING_TAGS } from '../../pictures/scaling.ts';
import type { ImageStyle } from '../../pictures/style.ts';
import { ImageInput } from './imageInput.ts';
import type { Picture } from './imageLayer.ts';
import { ImageLayer } from './imageLayer.ts';
import { lightPlaces } from './lightPlaces.ts';
import type { Mark } from './marks.ts';
import {
  COLOR_BAR_WIDTH,
  drawColorBar,
  drawCrosshair,
  drawEllipseLegend,
  drawEllipses,
  drawScaleBar,
  drawScalingTag,
  drawSelection,
  visibleRect,
} from './overlay.ts';
import { drawMarks } from './overlayMarks.ts';
import { type Palette, readPalette } from './palette.ts';
import type { PictureTool } from './pictureTool.ts';
import { describePicture } from './pictureWords.ts';
import type { Point, ProfileSelection } from './profile.ts';
import { marksOnPicture, type SphereMarks } from './sphereMarks.ts';
import type { Area, Placement, Shape, ViewLink } from './viewport.ts';
import { place } from './viewport.ts';
import type { ImageTool } from './viewStore.ts';

export interface ImageEvents {
  /** Position and value under the cursor; empty when there is none. */
  readonly onReadout: (text: string) => void;
  /** One sentence on the picture: shape, smallest and largest value. At most twice a second. */
  readonly onSummary: (text: string) => void;
  readonly onProfile: (selection: ProfileSelection | null) => void;
  /** Words for a screen reader after a key was used. */
  readonly onSpeak: (text: string) => void;
}

export interface ImageOptions {
  readonly colorBar: boolean;
  readonly link: ViewLink;
  /** What is said of a place of the picture. */
  readonly describe: (picture: Picture, cursor: Point) => string;
}

const SUMMARY_MILLISECONDS = 500;
const NARROWEST_WITH_BAR = 260;

/** Draws on the canvas; keys arrive at the stage, the focusable element around it. */
export class ImageController {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D | null;
  private readonly events: ImageEvents;
  private readonly options: ImageOptions;
  private readonly layer = new ImageLayer();
  private readonly input: ImageInput;
  private readonly ends: (() => void)[] = [];
  private palette: Palette;
  private size = { width: 0, height: 0, ratio: 1 };
  private picture: Picture | null = null;
  private style: ImageStyle | null = null;
  private hold = false;
  private selection: ProfileSelection | null = null;
  private marks: SphereMarks | null = null;
  private endMarks: (() => void) | null = null;
  private lights: {
    readonly picture: Picture;
    readonly list: readonly Mark[];
    readonly places: ReadonlyMap<string, Point>;
  } | null = null;
  private hand: PictureTool | null = null;
  private endHand: (() => void) | null = null;
  private stale = false;
  private frame = 0;
  private lastSummary = 0;
  private summaryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(canvas: HTMLCanvasElement, stage: HTMLElement, events: ImageEvents, options: ImageOptions) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d', { alpha: false });
    this.events = events;
    this.options = options;
    this.palette = readPalette(canvas);
    this.input = new ImageInput(canvas, stage, {
      hand: () => this.hand,
      marks: () => marksOnPicture(this.marks, this.picture),
      placement: () => this.placement(),
      shape: () => this.picture?.shape ?? null,
      link: options.link,
      selection: () => this.selection,
      onSelection: (selection) => {
        this.setSelection(selection);
        events.onProfile(selection);
      },
      onKey: (what) => {
        const cursor = options.link.cursor();
        const where =
          cursor === null || this.picture === null ? '' : this.options.describe(this.picture, cursor);
        events.onSpeak([what, where].filter((part) => part !== '').join('. '));
      },
    });
    this.watch();
  }

  setPicture(picture: Picture | null): void {
    this.picture = picture;
    this.stale = true;
    if (picture === null) this.events.onSummary('');
    this.invalidate();
  }

  setStyle(style: ImageStyle, hold: boolean): void {
    this.style = style;
    this.hold = hold;
    this.stale = true;
    this.invalidate();
  }

  setSelection(selection: ProfileSelection | null): void {
    this.selection = selection;
    this.invalidate();
  }

  /** Objects that are drawn over the picture and dragged on it. */
  setMarks(marks: SphereMarks | null): void {
    this.endMarks?.();
    this.marks = marks;
    this.endMarks = marks?.subscribe(() => this.invalidate()) ?? null;
    this.invalidate();
  }

  /** What works on the picture while its tool is chosen. */
  setHand(hand: PictureTool | null): void {
    this.hand?.end();
    this.endHand?.();
    this.hand = hand;
    this.endHand = hand?.subscribe(() => this.invalidate()) ?? null;
    this.invalidate();
  }

  setTool(tool: ImageTool): void {
    this.input.tool = tool;
    this.invalidate();
    this.canvas.style.cursor = tool === 'pan' ? 'default' : 'crosshair';
  }

  /** Range of colours on screen, for the lock. */
  range(): ValueRange | null {
    const { scale } = this.layer;
    return scale === null ? null : { low: scale.low, high: scale.high };
  }

  zoom(step: 'in' | 'out' | 'fit' | 'actual'): void {
    this.input.zoom(step);
  }

  /** The picture as it is on screen, without cursor, twice as fine. Null before the first picture. */
  snapshot(withScaleBar: boolean): HTMLCanvasElement | null {
    const placement = this.placement();
    if (placement === null || this.picture === null) return null;
    const rect = visibleRect(placement, this.picture.shape);
    const bar = withScaleBar && this.barWidth() > 0 ? COLOR_BAR_WIDTH : 0;
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round((rect.width + bar) * 2));
    canvas.height = Math.max(1, Math.round(rect.height * 2));
    const context = canvas.getContext('2d');
    if (context === null) return null;
    context.scale(2, 2);
    context.translate(-rect.x, -rect.y);
    context.fillStyle = this.palette.surround;
    context.fillRect(rect.x, rect.y, rect.width + bar, rect.height);
    this.drawPicture(context, placement);
    if (withScaleBar) {
      this.drawPolarisation(context, placement, rect);
      this.drawTag(context, rect);
      drawScaleBar(context, placement, this.picture.shape, this.picture.pitch, this.palette.font);
      if (bar > 0) this.drawLegend(context, rect);
    }
    return canvas;
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.summaryTimer);
    this.input.dispose();
    this.hand?.end();
    this.endHand?.();
    this.endMarks?.();
    for (const end of this.ends) end();
  }

  private watch(): void {
    const resize = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      const ratio = devicePixelRatio;
      if (width === this.size.width && height === this.size.height && ratio === this.size.ratio) return;
      this.size = { width, height, ratio };
      this.canvas.width = Math.max(1, Math.round(width * ratio));
      this.canvas.height = Math.max(1, Math.round(height * ratio));
      // At once, because a resized canvas is blank until it is drawn.
      this.draw();
    });
    resize.observe(this.canvas);
    const theme = new MutationObserver(() => {
      this.palette = readPalette(this.canvas);
      this.invalidate();
    });
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class'] });
    this.ends.push(
      () => resize.disconnect(),
      () => theme.disconnect(),
      this.options.link.subscribe(() => this.invalidate()),
    );
  }

  private barWidth(): number {
    return this.options.colorBar && this.size.width >= NARROWEST_WITH_BAR ? COLOR_BAR_WIDTH : 0;
  }

  private imageArea(): Area {
    const margin = 8;
    const width = Math.max(1, this.size.width - this.barWidth() - 2 * margin);
    return { x: margin, y: margin, width, height: Math.max(1, this.size.height - 2 * margin) };
  }

  private placement(): Placement | null {
    if (this.picture === null || this.size.width === 0) return null;
    return place(this.options.link.viewport(), this.picture.shape, this.imageArea());
  }

  private invalidate(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { context, picture, style } = this;
    if (context === null || this.size.width === 0) return;
    if (this.stale && picture !== null && style !== null) {
      this.layer.paint(picture, style, this.hold);
      this.stale = false;
      this.summarise();
    }
    const { ratio, width, height } = this.size;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = this.palette.surround;
    context.fillRect(0, 0, width, height);
    const placement = this.placement();
    if (picture === null || placement === null) return;
    this.drawPicture(context, placement);
    if (this.selection !== null)
      drawSelection(context, placement, picture.shape, this.selection, this.palette.accent);
    this.drawObjects(context, placement);
    const cursor = this.options.link.cursor();
    const hand = this.hand?.kind === this.input.tool ? this.hand : null;
    if (hand !== null) hand.draw(context, placement, picture.shape, cursor, this.palette);
    else if (cursor !== null && this.marks?.isDragging !== true)
      drawCrosshair(context, placement, picture.shape, cursor);
    const rect = visibleRect(placement, picture.shape);
    this.drawPolarisation(context, placement, rect);
    this.drawTag(context, rect);
    drawScaleBar(context, placement, picture.shape, picture.pitch, this.palette.font);
    if (this.barWidth() > 0) this.drawLegend(context, rect);
    this.events.onReadout(cursor === null ? '' : this.options.describe(picture, cursor));
  }

  private drawPicture(context: CanvasRenderingContext2D, placement: Placement): void {
    const shape: Shape | undefined = this.picture?.shape;
    if (shape === undefined) return;
    const { area, zoom, center } = placement;
    context.save();
    context.beginPath();
    context.rect(area.x, area.y, area.width, area.height);
    context.clip();
    const x = area.x + area.width / 2 + (-0.5 - center.x) * zoom;
    const y = area.y + area.height / 2 + (-0.5 - center.y) * zoom;
    // Whole device pixels keep magnified pixels sharp; only a reduced picture is smoothed.
    const snap = (value: number): number => Math.round(value * this.size.ratio) / this.size.ratio;
    const [left, top] = [snap(x), snap(y)];
    const right = snap(x + shape[1] * zoom);
    const bottom = snap(y + shape[0] * zoom);
    this.layer.draw(context, left, top, right - left, bottom - top, zoom * this.size.ratio < 1);
    context.restore();
  }

  private drawObjects(context: CanvasRenderingContext2D, placement: Placement): void {
    const { marks, picture, palette } = this;
    if (marks === null || picture === null || !(picture.pitch > 0)) return;
    const { shape, pitch } = picture;
    const list = marks.list();
    drawMarks(context, placement, shape, pitch, list, marks.selected, palette, this.lightOf(picture, list));
  }

  /** Where the light of the goals is, found once for a picture and its goals. */
  private lightOf(picture: Picture, list: readonly Mark[]): ReadonlyMap<string, Point> {
    if (this.lights?.picture !== picture || this.lights.list !== list)
      this.lights = { picture, list, places: lightPlaces(picture, list) };
    return this.lights.places;
  }

  private drawPolarisation(context: CanvasRenderingContext2D, placement: Placement, rect: Area): void {
    const { polarisation, shape } = this.picture ?? {};
    if (polarisation === undefined || shape === undefined) return;
    drawEllipses(context, placement, shape, polarisation);
    drawEllipseLegend(context, rect, polarisation, this.palette.font);
  }

  private drawTag(context: CanvasRenderingContext2D, rect: Area): void {
    const { scale } = this.layer;
    if (scale !== null) drawScalingTag(context, rect, SCALING_TAGS[scale.scaling], this.palette.font);
  }

  /** Beside the visible part of the picture, as high as the picture. */
  private drawLegend(context: CanvasRenderingContext2D, beside: Area): void {
    const { scale } = this.layer;
    if (scale === null || this.picture === null) return;
    const area = { x: beside.x + beside.width, y: beside.y, width: COLOR_BAR_WIDTH, height: beside.height };
    drawColorBar(context, area, scale, this.picture.mode, this.picture.unit, this.palette);
  }

  private summarise(): void {
    const wait = this.lastSummary + SUMMARY_MILLISECONDS - performance.now();
    if (this.summaryTimer !== undefined) return;
    this.summaryTimer = setTimeout(
      () => {
        this.summaryTimer = undefined;
        this.lastSummary = performance.now();
        const stats = this.layer.statistics;
        if (this.picture !== null && stats !== null)
          this.events.onSummary(describePicture(this.picture, stats));
      },
      Math.max(0, wait),
    );
  }
}
