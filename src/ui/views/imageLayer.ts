/** The picture of one frame, coloured once and drawn at any zoom. Knows nothing of axes, cursors or React. */

import type { ColorScale, Statistics, ValueRange } from '../../pictures/scaling.ts';
import { applyColormap, statistics } from '../../pictures/scaling.ts';
import type { ImageStyle } from '../../pictures/style.ts';
import { shownRange } from '../../pictures/style.ts';
import type { View } from '../../workers/protocol.ts';

/** The part of a view that is drawn; exports and tests make their own. */
export type Picture = Pick<View, 'shape' | 'data' | 'mode' | 'pitch' | 'unit' | 'polarisation'>;

export class ImageLayer {
  private readonly canvas = document.createElement('canvas');
  private readonly context: CanvasRenderingContext2D | null;
  private image: ImageData | null = null;
  private pixels = new Uint32Array(0);
  /** Range of the last picture, kept while it is held. */
  private range: ValueRange | null = null;
  private stats: Statistics | null = null;
  private colorScale: ColorScale | null = null;

  constructor() {
    this.context = this.canvas.getContext('2d');
  }

  /** Null before the first picture. */
  get scale(): ColorScale | null {
    return this.colorScale;
  }

  get statistics(): Statistics | null {
    return this.stats;
  }

  /**
   * Colours a picture.
   * @param hold keeps the range of the previous picture, so that a running fit does not flicker.
   */
  paint(picture: Picture, style: ImageStyle, hold: boolean): void {
    const [ny, nx] = picture.shape;
    if (nx === 0 || ny === 0 || this.context === null) return;
    if (this.image === null || this.image.width !== nx || this.image.height !== ny) {
      this.canvas.width = nx;
      this.canvas.height = ny;
      this.image = this.context.createImageData(nx, ny);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    this.stats = statistics(picture.data, style.clip);
    const range = shownRange(this.stats, picture.mode, style, hold ? this.range : null);
    this.range = range;
    this.colorScale = { ...range, colormap: style.colormap, scaling: style.scaling };
    applyColormap(picture.data, nx, this.colorScale, this.pixels);
    this.context.putImageData(this.image, 0, 0);
  }

  /** Draws the whole picture into a rectangle of the target, in its own units. */
  draw(
    target: CanvasRenderingContext2D,
    x: number,
    y: number,
    width: number,
    height: number,
    smooth: boolean,
  ): void {
    if (this.image === null) return;
    target.imageSmoothingEnabled = smooth;
    target.imageSmoothingQuality = 'medium';
    target.drawImage(this.canvas, x, y, width, height);
  }
}
