/** What the painters of previews share: their jobs, and what they tell of the pictures. */
import { isHighContrast } from '../../pictures/contrast.ts';
import type { ValueRange } from '../../pictures/scaling.ts';
import { applyColormap, statistics } from '../../pictures/scaling.ts';
import { decidedScaling, shownRange } from '../../pictures/style.ts';
import type { PreviewPixels, PreviewRequest } from '../protocol.ts';
import type { Source } from './sources.ts';

export interface PaintJob {
  readonly request: PreviewRequest;
  readonly source: Source;
  /** Samples along each axis that become one pixel. */
  readonly factor: number;
  /** [ny, nx] in pixels. */
  readonly shape: readonly [number, number];
  /** Range of the picture before, where it is to stay. */
  readonly held: ValueRange | null;
  /** What was said of the picture before. */
  readonly wasHighContrast: boolean;
}

export interface Painted {
  readonly range: ValueRange;
  readonly highContrast: boolean;
  /** Values that are not finite. */
  readonly invalid: number;
  /** The first value. */
  readonly first: number;
}

export interface Picture {
  readonly painted: Painted;
  readonly pixels: PreviewPixels;
}

/** Paints from arrays where they lie. */
export interface DevicePainter {
  /** Whether `paint` does this job as the host would. */
  readonly accepts: (job: PaintJob) => boolean;
  /** One picture per job; null where it failed, and the host is to paint. Never rejects. */
  readonly paint: (jobs: readonly PaintJob[]) => Promise<readonly Picture[] | null>;
}

/** Colours reduced values into the RGBA words `pixels`. */
export function paintOnHost(job: PaintJob, values: Float32Array, pixels: Uint32Array): Painted {
  const { style } = job.request;
  const { mode, portType } = job.source;
  const stats = statistics(values, style.clip);
  const highContrast = isHighContrast({ portType, mode, data: values }, job.wasHighContrast);
  const range = shownRange(stats, mode, style, job.held);
  const scaling = decidedScaling(style, highContrast);
  applyColormap(values, job.shape[1], { ...range, colormap: style.colormap, scaling }, pixels);
  return { range, highContrast, invalid: stats.invalid, first: values[0] ?? Number.NaN };
}

/** Ranges and contrasts of the pictures before, so that neither flickers. */
export class PreviewMemory {
  private known = new Map<string, Painted>();

  recall(request: PreviewRequest): Painted | undefined {
    return this.known.get(keyOf(request));
  }

  /** Forgets all others: a preview that nobody looks at any more starts anew. */
  replace(entries: Iterable<readonly [PreviewRequest, Painted]>): void {
    this.known = new Map([...entries].map(([request, painted]) => [keyOf(request), painted]));
  }
}

function keyOf({ nodeId, layer, mode }: PreviewRequest): string {
  return [nodeId, layer, mode].join('\u0000');
}
