/** Puts painted previews on the canvas of a card; CSS scales it. Knows nothing of colours or React. */
import type { Preview } from '../../workers/protocol.ts';

/** Below this many pixels each is shown as a square. */
const FEW_PIXELS = 128;

/** A part of a picture, pixels. */
interface Part {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** A square part below this share of the picture is worth an enlargement. */
const CROPPED_SHARE = 0.6;
/** Least size of a part, pixels: fewer show squares instead of light. */
const LEAST_PART = 24;
/** Channel value above which a pixel counts as lit; the dark ends of all maps lie below. */
const LIT = 48;
const MARGIN = 1.3;

/** The square around what is lit in a picture, where much around it is black; null where all of it matters. */
export function litPart(pixels: Uint8ClampedArray, nx: number, ny: number): Part | null {
  let [left, right, top, bottom] = [nx, -1, ny, -1];
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      const i = 4 * (y * nx + x);
      if (Math.max(pixels[i] ?? 0, pixels[i + 1] ?? 0, pixels[i + 2] ?? 0) < LIT) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  const whole = Math.min(nx, ny);
  const lit = Math.max(right - left, bottom - top) + 1;
  const size = Math.max(LEAST_PART, Math.ceil(lit * MARGIN));
  if (right < 0 || size > CROPPED_SHARE * whole) return null;
  const start = (low: number, high: number, length: number): number =>
    Math.max(0, Math.min(length - size, Math.round((low + high + 1 - size) / 2)));
  return { x: start(left, right, nx), y: start(top, bottom, ny), size };
}

type FindPart = (pixels: Uint8ClampedArray, nx: number, ny: number) => Part | null;

/** At most one drawing per screen frame. */
export class PreviewPainter {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D | null;
  private preview: Preview | null = null;
  private frame = 0;
  private readonly part: FindPart | null;

  /** @param part finds the part that is shown; without it, all of the picture */
  constructor(canvas: HTMLCanvasElement, part: FindPart | null = null) {
    this.canvas = canvas;
    this.part = part;
    this.context = canvas.getContext('2d');
  }

  set(preview: Preview | null): void {
    this.preview = preview;
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
  }

  private draw(): void {
    const { canvas, context, preview } = this;
    if (context === null) return;
    if (preview === null) {
      context.clearRect(0, 0, canvas.width, canvas.height);
      return;
    }
    const [ny, nx] = preview.shape;
    const { pixels } = preview;
    const part = pixels.kind === 'bytes' ? (this.part?.(pixels.bytes, nx, ny) ?? null) : null;
    if (part !== null && pixels.kind === 'bytes') {
      canvas.width = part.size;
      canvas.height = part.size;
      canvas.style.imageRendering = 'auto';
      context.putImageData(new ImageData(pixels.bytes, nx, ny), -part.x, -part.y);
      return;
    }
    if (canvas.width !== nx) canvas.width = nx;
    if (canvas.height !== ny) canvas.height = ny;
    const rendering = Math.max(nx, ny) < FEW_PIXELS ? 'pixelated' : 'auto';
    if (canvas.style.imageRendering !== rendering) canvas.style.imageRendering = rendering;
    if (pixels.kind === 'bytes') {
      context.putImageData(new ImageData(pixels.bytes, nx, ny), 0, 0);
      return;
    }
    // A surface that was closed meanwhile has no size; a newer picture is on its way.
    if (pixels.surface.width === 0) return;
    // Pixels without a phase are transparent and would show the picture before.
    context.clearRect(0, 0, nx, ny);
    context.drawImage(pixels.surface, pixels.x, pixels.y, nx, ny, 0, 0, nx, ny);
  }
}
