/** Data, model and residual of the page's fit as pictures for paper. Knows no React. */
import { colorHex } from '../../pictures/colormaps.ts';
import { automaticRange, statistics } from '../../pictures/scaling.ts';
import type { ImageStyle } from '../../pictures/style.ts';
import type { View, ViewRequest } from '../../workers/protocol.ts';
import { frameBus } from '../stores/frameBus.ts';
import type { FitPair } from '../views/dockNodes.ts';
import { formatValue, formatWithUnit, niceBelow } from '../views/format.ts';
import { ImageLayer } from '../views/imageLayer.ts';
import { drawFigure, type MapFigure } from '../views/mapFigures.ts';
import type { ReportPicture } from './reportHtml.ts';

/** On paper a pixel is a square of this many dots at most, so that small images stay sharp. */
const SHARE_OF_BAR = 0.3;
/** Colours that a bar is drawn with. */
const STOPS = 17;

/** What a report shows: a fit's pair, or without one what a camera sees; and the phase of a pupil. */
export interface ReportSubject {
  readonly pair: FitPair | null;
  readonly camera: string | null;
  readonly pupil: string | null;
}

function requests({ pair, camera, pupil }: ReportSubject, plane: number): readonly ViewRequest[] {
  const phase = pupil === null ? [] : [{ nodeId: pupil, layer: 'output', mode: 'phase', plane: 0 } as const];
  if (pair === null) {
    return camera === null ? [] : [{ nodeId: camera, layer: 'output', mode: 'intensity', plane }, ...phase];
  }
  const { lossId, modelId } = pair;
  if (modelId === null) return [];
  return [
    { nodeId: lossId, layer: 'target', mode: 'intensity', plane },
    { nodeId: modelId, layer: 'output', mode: 'intensity', plane },
    { nodeId: lossId, layer: 'residual', mode: 'real', plane },
    ...phase,
  ];
}

/** Asks the engine for the pictures; calls back with them whenever all are there. Returns the way to stop. */
export function followPictures(
  subject: ReportSubject,
  plane: number,
  listener: (views: readonly View[]) => void,
): () => void {
  const wanted = requests(subject, plane);
  const owner = (index: number) => `report:${index}`;
  const look = (): void => {
    const views = wanted.flatMap(({ nodeId, layer, mode }) => frameBus.latest(nodeId, layer, mode) ?? []);
    const isOfPlane = views.every(
      (view) => view.plane === plane || view.planes === 1 || view.nodeId === subject.pupil,
    );
    if (views.length === wanted.length && isOfPlane) listener(views);
  };
  wanted.forEach((request, index) => {
    frameBus.want(owner(index), request);
  });
  const ends = [...new Set(wanted.map(({ nodeId }) => nodeId))].map((id) => frameBus.subscribe(id, look));
  look();
  return () => {
    for (const end of ends) end();
    wanted.forEach((_, index) => {
      frameBus.want(owner(index), null);
    });
  };
}

function titleOf({ layer, mode }: View, isFit: boolean): string {
  if (mode === 'phase') return 'Phase of the pupil';
  if (layer === 'target') return 'Data';
  if (layer === 'residual') return 'Data − model';
  return isFit ? 'Model' : 'Camera';
}

/** Data and model share one scale; the residual has its own, around zero. */
export function reportPictures(views: readonly View[]): readonly ReportPicture[] {
  const [data] = views;
  const shared = data === undefined ? null : automaticRange(statistics(data.data, 0), 'intensity', false);
  const isFit = views.some(({ layer }) => layer === 'target');
  return views.flatMap((view) => {
    const isSigned = view.layer === 'residual';
    const isPhase = view.mode === 'phase';
    const style: ImageStyle = {
      colormap: isPhase ? 'phase' : isSigned ? 'diverging' : 'inferno',
      scaling: 'linear',
      clip: 0,
      signed: isSigned,
      locked: isSigned || isPhase ? null : shared,
    };
    const picture = painted(view, style);
    return picture === null ? [] : [{ title: titleOf(view, isFit), ...picture }];
  });
}

/** Maps that were learned, with their errors. */
export function mapPictures(figures: readonly MapFigure[]): readonly ReportPicture[] {
  return figures.map((figure) => {
    const canvas = document.createElement('canvas');
    drawFigure(canvas, figure);
    const { title, unit, low, high, colormap } = figure;
    const scale = { colors: stops(colormap), low: formatValue(low, 2), high: formatValue(high, 2), unit };
    return { title, source: canvas.toDataURL('image/png'), scale, bar: null };
  });
}

/** Along a colour bar, from the lowest value on. */
function stops(colormap: ImageStyle['colormap']): readonly string[] {
  return Array.from({ length: STOPS }, (_, i) => colorHex(colormap, Math.round((255 * i) / (STOPS - 1))));
}

function painted(view: View, style: ImageStyle): Omit<ReportPicture, 'title'> | null {
  const layer = new ImageLayer();
  layer.paint(view, style, false);
  const { scale } = layer;
  const canvas = document.createElement('canvas');
  const [ny, nx] = view.shape;
  canvas.width = nx;
  canvas.height = ny;
  const context = canvas.getContext('2d');
  if (scale === null || context === null) return null;
  layer.draw(context, 0, 0, nx, ny, false);
  const length = view.pitch > 0 ? niceBelow(SHARE_OF_BAR * nx * view.pitch) : 0;
  return {
    source: canvas.toDataURL('image/png'),
    scale: {
      colors: stops(style.colormap),
      low: formatValue(scale.low, 3),
      high: formatValue(scale.high, 3),
      unit: view.unit,
    },
    bar: length > 0 ? { share: length / (nx * view.pitch), text: formatWithUnit(length, 'm', 3) } : null,
  };
}
