/** What is drawn over and beside a picture: scale bar, colour bar, crosshair and profile line. CSS pixels. */

import { ellipsesOf, type Handedness, type PolarisationLattice } from '../../optics/analysis/ellipses.ts';
import { colorHex } from '../../pictures/colormaps.ts';
import type { ColorScale } from '../../pictures/scaling.ts';
import { logFloor, positionOf } from '../../pictures/scaling.ts';
import type { ViewMode } from '../../workers/protocol.ts';
import { formatValue, formatWithUnit, linearTicks, logTicks, scaledUnit, tickTexts } from './format.ts';
import type { Palette } from './palette.ts';
import type { Point, ProfileSelection } from './profile.ts';
import type { Area, Placement, Shape } from './viewport.ts';
import { scaleBar, toCanvas } from './viewport.ts';

/** Width that the colour bar takes on the right of a picture. */
export const COLOR_BAR_WIDTH = 84;
const BAR = 12;
const LABEL_GAP = 7;

type Context = CanvasRenderingContext2D;

/** The part of the area that the image covers. */
export function visibleRect(placement: Placement, [ny, nx]: Shape): Area {
  const { area } = placement;
  const from = toCanvas(placement, { x: -0.5, y: -0.5 });
  const to = toCanvas(placement, { x: nx - 0.5, y: ny - 0.5 });
  const x = Math.max(area.x, from.x);
  const y = Math.max(area.y, from.y);
  return {
    x,
    y,
    width: Math.max(0, Math.min(area.x + area.width, to.x) - x),
    height: Math.max(0, Math.min(area.y + area.height, to.y) - y),
  };
}

/** White with a dark casing is legible on every colour map. */
export function drawScaleBar(
  context: Context,
  placement: Placement,
  shape: Shape,
  pitch: number,
  font: string,
): void {
  const rect = visibleRect(placement, shape);
  if (rect.width < 96 || rect.height < 64) return;
  const bar = scaleBar(placement, pitch, rect.width);
  if (bar === null) return;
  const label = formatWithUnit(bar.length, 'm');
  const left = Math.round(rect.x + 14);
  const bottom = Math.round(rect.y + rect.height - 14);
  context.save();
  context.font = `600 12px ${font}`;
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  const width = Math.max(bar.pixels, context.measureText(label).width);
  context.fillStyle = 'rgb(0 0 0 / 52%)';
  context.beginPath();
  context.roundRect(left - 8, bottom - 24, width + 16, 32, 5);
  context.fill();
  context.fillStyle = '#ffffff';
  context.fillRect(left, bottom - 3, bar.pixels, 4);
  context.fillText(label, left, bottom - 9);
  context.restore();
}

/** Says in the upper left corner of the picture that brightness does not stand for the values themselves. */
export function drawScalingTag(context: Context, rect: Area, tag: string, font: string): void {
  if (tag === '' || rect.width < 96 || rect.height < 48) return;
  context.save();
  context.font = `600 12px ${font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const width = context.measureText(tag).width + 12;
  context.fillStyle = 'rgb(0 0 0 / 62%)';
  context.beginPath();
  context.roundRect(rect.x + 8, rect.y + 8, width, 20, 4);
  context.fill();
  context.fillStyle = '#ffffff';
  context.fillText(tag, rect.x + 14, rect.y + 18.5);
  context.restore();
}

interface BarTick {
  readonly value: number;
  readonly label: string;
}

function phaseTicks(): BarTicks {
  const labels = ['−π', '−π/2', '0', 'π/2', 'π'];
  return { ticks: labels.map((label, i) => ({ value: ((i - 2) * Math.PI) / 2, label })), offset: null };
}

interface BarTicks {
  readonly ticks: readonly BarTick[];
  /** To be added to every label; null where they are whole values. */
  readonly offset: string | null;
}

function valueTicks(scale: ColorScale, factor: number, count: number): BarTicks {
  const low = scale.low / factor;
  const high = scale.high / factor;
  const floor = scale.scaling === 'log' ? logFloor(scale) : null;
  const isLog = floor !== null;
  const ticks = isLog ? logTicks(floor / factor, high, count) : linearTicks(low, high, count);
  const { labels, offset } = isLog
    ? { labels: ticks.map((tick) => formatValue(tick)), offset: null }
    : tickTexts(ticks);
  return { ticks: ticks.map((value, i) => ({ value: value * factor, label: labels[i] ?? '' })), offset };
}

/** The strip of the last bar: maps and heights change seldom, while pictures are drawn many times in a second. */
let lastStrip: { readonly key: string; readonly canvas: HTMLCanvasElement } | null = null;

/** All colours of a map, one pixel wide, the highest value at the top. */
function colorStrip(colormap: ColorScale['colormap'], height: number): HTMLCanvasElement {
  const key = `${colormap} ${height}`;
  if (lastStrip?.key === key) return lastStrip.canvas;
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = height;
  const context = canvas.getContext('2d');
  for (let row = 0; context !== null && row < height; row++) {
    context.fillStyle = colorHex(colormap, Math.round((1 - row / (height - 1)) * 255));
    context.fillRect(0, row, 1, 1);
  }
  lastStrip = { key, canvas };
  return canvas;
}

/** The legend: the map with its ticks, the unit above. */
export function drawColorBar(
  context: Context,
  area: Area,
  scale: ColorScale,
  mode: ViewMode,
  unit: string,
  palette: Palette,
): void {
  const left = Math.round(area.x + 10);
  const top = Math.round(area.y + 24);
  const height = Math.round(area.height - 25);
  if (height < 60) return;
  context.imageSmoothingEnabled = false;
  context.drawImage(colorStrip(scale.colormap, height), left, top, BAR, height);
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.strokeRect(left - 0.5, top - 0.5, BAR + 1, height + 1);
  const isPhase = mode === 'phase';
  const { factor, label } = isPhase
    ? { factor: 1, label: 'rad' }
    : scaledUnit(Math.max(Math.abs(scale.low), Math.abs(scale.high)), unit);
  const { ticks, offset } = isPhase ? phaseTicks() : valueTicks(scale, factor, Math.max(2, height / 36));
  context.fillStyle = palette.text;
  context.font = `12px ${palette.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const title = offset === null ? label : `${offset} ${label} +`.replace('  ', ' ');
  context.fillText(title, left, area.y + 8, area.width - 14);
  for (const tick of ticks) {
    const position = positionOf(tick.value, scale);
    if (!(position >= -0.001 && position <= 1.001)) continue;
    const y = top + (1 - position) * (height - 1);
    context.fillRect(left + BAR + 1, Math.round(y), 3, 1);
    context.fillText(tick.label, left + BAR + LABEL_GAP, y, area.width - BAR - LABEL_GAP - 12);
  }
}

/** A line that shows on light and dark grounds alike. */
function cased(context: Context, color: string, width: number): void {
  context.lineWidth = width + 2;
  context.strokeStyle = 'rgb(0 0 0 / 55%)';
  context.stroke();
  context.lineWidth = width;
  context.strokeStyle = color;
  context.stroke();
}

/** Cross at an image pixel, with a gap so that the pixel itself stays visible. */
export function drawCrosshair(context: Context, placement: Placement, shape: Shape, cursor: Point): void {
  const rect = visibleRect(placement, shape);
  const at = toCanvas(placement, { x: Math.round(cursor.x), y: Math.round(cursor.y) });
  const gap = Math.max(5, placement.zoom / 2 + 1);
  context.save();
  context.beginPath();
  context.rect(rect.x, rect.y, rect.width, rect.height);
  context.clip();
  context.beginPath();
  context.moveTo(rect.x, at.y);
  context.lineTo(at.x - gap, at.y);
  context.moveTo(at.x + gap, at.y);
  context.lineTo(rect.x + rect.width, at.y);
  context.moveTo(at.x, rect.y);
  context.lineTo(at.x, at.y - gap);
  context.moveTo(at.x, at.y + gap);
  context.lineTo(at.x, rect.y + rect.height);
  context.globalAlpha = 0.6;
  cased(context, '#ffffff', 1);
  if (placement.zoom >= 6) {
    context.globalAlpha = 1;
    context.beginPath();
    context.rect(at.x - placement.zoom / 2, at.y - placement.zoom / 2, placement.zoom, placement.zoom);
    cased(context, '#ffffff', 1);
  }
  context.restore();
}

/** Ends of a selection in image pixels. */
function selectionEnds(selection: ProfileSelection, [ny, nx]: Shape): readonly [Point, Point] {
  switch (selection.kind) {
    case 'row':
      return [
        { x: -0.5, y: selection.y },
        { x: nx - 0.5, y: selection.y },
      ];
    case 'column':
      return [
        { x: selection.x, y: -0.5 },
        { x: selection.x, y: ny - 0.5 },
      ];
    case 'line':
      return [selection.from, selection.to];
  }
}

export function drawSelection(
  context: Context,
  placement: Placement,
  shape: Shape,
  selection: ProfileSelection,
  color: string,
): void {
  const rect = visibleRect(placement, shape);
  const ends = selectionEnds(selection, shape).map((point) => toCanvas(placement, point));
  const [from, to] = ends;
  if (from === undefined || to === undefined) return;
  context.save();
  context.beginPath();
  context.rect(rect.x, rect.y, rect.width, rect.height);
  context.clip();
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  cased(context, color, 1.5);
  if (selection.kind === 'line') {
    for (const end of ends) {
      context.beginPath();
      context.arc(end.x, end.y, 4, 0, 2 * Math.PI);
      cased(context, color, 1.5);
    }
  }
  context.restore();
}

/** Colours that no part of a colour map hides, told apart by colour-blind eyes too. */
const HAND_COLOURS: Readonly<Record<Handedness, string>> = {
  left: '#5bd1ff',
  right: '#ffa63d',
  linear: '#ffffff',
};

/** The ellipse that the tip of the field draws in every cell of the lattice; its colour says which way round. */
export function drawEllipses(
  context: Context,
  placement: Placement,
  shape: Shape,
  lattice: PolarisationLattice,
): void {
  const rect = visibleRect(placement, shape);
  const { step } = lattice;
  const size = 0.45 * step * placement.zoom;
  context.save();
  context.beginPath();
  context.rect(rect.x, rect.y, rect.width, rect.height);
  context.clip();
  for (const { row, column, long, short, angle, handedness } of ellipsesOf(lattice)) {
    const centre = { x: (column + 0.5) * step - 0.5, y: (row + 0.5) * step - 0.5 };
    const at = toCanvas(placement, centre);
    context.beginPath();
    context.ellipse(at.x, at.y, size * long, size * short, angle, 0, 2 * Math.PI);
    cased(context, HAND_COLOURS[handedness], 1.25);
  }
  context.restore();
}

const HAND_TITLES: readonly (readonly [Handedness, string])[] = [
  ['left', 'left'],
  ['right', 'right'],
  ['linear', 'linear'],
];

/** Which colour is which hand, of those that are there, in the upper right corner of the picture. */
export function drawEllipseLegend(
  context: Context,
  rect: Area,
  lattice: PolarisationLattice,
  font: string,
): void {
  const hands = new Set(ellipsesOf(lattice).map(({ handedness }) => handedness));
  const shown = HAND_TITLES.filter(([hand]) => hands.has(hand));
  if (shown.length === 0) return;
  context.save();
  context.font = `600 12px ${font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const widths = shown.map(([, title]) => context.measureText(title).width + 24);
  const width = widths.reduce((sum, each) => sum + each, 0) + 6;
  const [left, middle] = [rect.x + rect.width - width - 8, rect.y + 20];
  context.fillStyle = 'rgb(0 0 0 / 62%)';
  context.beginPath();
  context.roundRect(left, middle - 12, width, 24, 4);
  context.fill();
  let x = left + 12;
  shown.forEach(([hand, title], i) => {
    context.strokeStyle = HAND_COLOURS[hand];
    context.fillStyle = HAND_COLOURS[hand];
    context.lineWidth = 1.5;
    context.beginPath();
    context.ellipse(x, middle, 5, hand === 'linear' ? 0.1 : 4, 0, 0, 2 * Math.PI);
    context.stroke();
    context.fillText(title, x + 9, middle + 0.5);
    x += widths[i] ?? 0;
  });
  context.restore();
}
