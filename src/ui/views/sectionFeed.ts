/**
 * All planes of a picture, cut along z through one place: asks the engine for the planes, and gives two pictures that
 * are drawn as any other. React-free.
 */
import type { Depths } from '../../graph/depths.ts';
import type { ValueRange } from '../../pictures/scaling.ts';
import { automaticRange, statistics } from '../../pictures/scaling.ts';
import type { View } from '../../workers/protocol.ts';
import { createFrameBus, previewBus } from '../stores/frameBus.ts';
import {
  axialSection,
  brightestPlace,
  type Cut,
  planeOfRow,
  type StackOfPlanes,
  sectionRows,
} from './axialSection.ts';
import { formatWithUnit } from './format.ts';
import type { ImageSource } from './ImageCanvas.tsx';
import type { Picture } from './imageLayer.ts';
import { type Point, physicalCoordinate } from './profile.ts';
import { isWanted } from './wantedView.ts';

export type Across = 'x' | 'y';

/** Samples of a stack that can come to the page with every change of a value. */
export const MOST_SAMPLES = 4e6;

export interface SectionState {
  /** Where the sections go through, pixels; null before there is a stack. */
  readonly cut: Cut | null;
  /** Of all planes, so that they and the sections can be compared; null before there is a stack, and of phases. */
  readonly range: ValueRange | null;
  /** Metres between pixels, 0 where they have no length. */
  readonly pitch: number;
  /** [ny, nx] of a plane. */
  readonly plane: readonly [number, number];
  /** How many times larger depth is drawn than width. */
  readonly stretch: number;
  readonly isTooLarge: boolean;
}

const NOTHING: SectionState = {
  cut: null,
  range: null,
  pitch: 0,
  plane: [1, 1],
  stretch: 1,
  isTooLarge: false,
};

let feeds = 0;

export class SectionFeed {
  /** The pictures of the sections are of the nodes “x” and “y”. */
  readonly frames = createFrameBus();
  readonly depths: Depths;
  private readonly source: ImageSource;
  private readonly planes: number;
  private readonly clip: number;
  private readonly owner = `sections ${++feeds}`;
  private readonly listeners = new Set<() => void>();
  private readonly views: (View | undefined)[] = [];
  private chosen: Cut | null = null;
  private stack: StackOfPlanes | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private now = NOTHING;

  /** @param clip share of the values that is cut off the range at each end */
  constructor(source: ImageSource, planes: number, depths: Depths, clip: number) {
    this.source = source;
    this.planes = planes;
    this.depths = depths;
    this.clip = clip;
  }

  get state(): SectionState {
    return this.now;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Asks for all planes until the result is called. */
  start(): () => void {
    const { frames, nodeId, layer, mode } = this.source;
    const ask = (isWantedNow: boolean): void => {
      for (let plane = 0; plane < this.planes; plane++)
        frames.want(`${this.owner} ${plane}`, isWantedNow ? { nodeId, layer, mode, plane } : null);
    };
    const end = frames.subscribe(nodeId, (view) => {
      if (!isWanted(view, layer, mode, view.plane) || view.planes !== this.planes) return;
      if (view.data.length * view.planes > MOST_SAMPLES) {
        ask(false);
        this.tell({ ...NOTHING, isTooLarge: true });
        return;
      }
      this.views[view.plane] = view;
      this.timer ??= setTimeout(() => this.join(), 0);
    });
    ask(true);
    return () => {
      end();
      ask(false);
      if (this.timer !== null) clearTimeout(this.timer);
      this.timer = null;
    };
  }

  /** Through another place; null: through the brightest sample. */
  moveTo(place: Cut | null): void {
    const [ny, nx] = this.now.plane;
    const within = (value: number, count: number) => Math.min(count - 1, Math.max(0, Math.round(value)));
    this.chosen = place === null ? null : { x: within(place.x, nx), y: within(place.y, ny) };
    this.cutAnew();
  }

  /** “x 0.1 µm, z −0.35 µm · plane 3 · 120 counts” */
  describe(along: Across, { shape, data, pitch, unit }: Picture, at: Point): string {
    const [rows, count] = shape;
    const [column, row] = [Math.round(at.x), Math.round(at.y)];
    if (column < 0 || row < 0 || column >= count || row >= rows) return '';
    const plane = planeOfRow(row, rows, this.planes);
    const { step, middle } = this.depths;
    const z = formatWithUnit(middle + (plane - Math.floor(this.planes / 2)) * step, 'm');
    const place = physicalCoordinate(column, count, pitch);
    const across = formatWithUnit(place, pitch > 0 ? 'm' : 'px');
    const value = formatWithUnit(data[row * count + column] ?? Number.NaN, unit);
    return `${along} ${across}, z ${z} · plane ${plane + 1} · ${value}`;
  }

  /** The planes as one stack, when they have all come. */
  private join(): void {
    this.timer = null;
    const [first] = this.views;
    if (first === undefined) return;
    const size = first.data.length;
    const data = this.stack?.data.length === size * this.planes ? this.stack.data : null;
    const joined = data ?? new Float32Array(size * this.planes);
    for (let plane = 0; plane < this.planes; plane++) {
      const view = this.views[plane];
      if (view?.data.length !== size) return;
      joined.set(view.data, plane * size);
    }
    this.stack = { shape: [this.planes, ...first.shape], data: joined };
    this.cutAnew();
  }

  /** A target has pixels of no size of their own. */
  private pitchOfModel(): number | null {
    const { model } = this.depths;
    return model === null ? null : (previewBus.latest(model)?.pitch ?? null);
  }

  private cutAnew(): void {
    const { stack } = this;
    const [first] = this.views;
    if (stack === null || first === undefined) return;
    const { mode, portType, unit } = first;
    const pitch = first.pitch > 0 ? first.pitch : (this.pitchOfModel() ?? 0);
    const [, ny, nx] = stack.shape;
    const middle = { x: Math.floor(nx / 2), y: Math.floor(ny / 2) };
    const cut = this.chosen ?? (mode === 'phase' ? middle : brightestPlace(stack));
    // Without a pitch there is no scale to keep: one row for each plane.
    const spacing = pitch > 0 ? Math.abs(this.depths.step) / pitch : 1;
    const rows = sectionRows(stack.shape, spacing);
    this.frames.publish(
      (['x', 'y'] as const).map((along) => {
        const section = axialSection(stack, along, cut, rows);
        const shared = { mode, portType, pitch, unit, layer: 'output', planes: 1, plane: 0 } as const;
        return { ...shared, ...section, nodeId: along };
      }),
    );
    const range =
      mode === 'phase' ? null : automaticRange(statistics(stack.data, this.clip), mode, mode === 'real');
    const stretch = rows / (this.planes * spacing);
    this.tell({ cut, range, pitch, plane: first.shape, stretch, isTooLarge: false });
  }

  private tell(state: SectionState): void {
    const before = this.now;
    const isSame =
      before.cut?.x === state.cut?.x &&
      before.cut?.y === state.cut?.y &&
      before.range?.low === state.range?.low &&
      before.range?.high === state.range?.high &&
      before.pitch === state.pitch &&
      before.plane.join() === state.plane.join() &&
      before.stretch === state.stretch &&
      before.isTooLarge === state.isTooLarge;
    if (isSame) return;
    this.now = state;
    for (const listener of this.listeners) listener();
  }
}
