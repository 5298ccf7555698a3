/** Puts painted previews on the canvas of a card; CSS scales it. Knows nothing of colours or React. */
import type { Preview } from '../../workers/protocol.ts';

/** Below this many pixels each is shown as a square. */
const FEW_PIXELS = 128;

/** At most one drawing per screen frame. */
export class PreviewPainter {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D | null;
  private preview: Preview | null = null;
  private frame = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
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
    if (canvas.width !== nx) canvas.width = nx;
    if (canvas.height !== ny) canvas.height = ny;
    const rendering = Math.max(nx, ny) < FEW_PIXELS ? 'pixelated' : 'auto';
    if (canvas.style.imageRendering !== rendering) canvas.style.imageRendering = rendering;
    const { pixels } = preview;
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
