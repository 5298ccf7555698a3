/** A canvas that no page holds: pixels of the device become an image that can be handed over. */

/** Four bytes in the order of the colour tables, so that colours arrive as they are. */
const FORMAT = 'rgba8unorm';

export class Surface {
  private readonly canvas = new OffscreenCanvas(1, 1);
  private readonly context: GPUCanvasContext;

  /** @throws Error where the browser gives workers no canvas for WebGPU */
  constructor(device: GPUDevice) {
    const context = this.canvas.getContext('webgpu') as GPUCanvasContext | null;
    if (context === null) throw new Error('This browser draws no WebGPU outside a page.');
    this.context = context;
    const usage = GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT;
    context.configure({ device, format: FORMAT, usage, alphaMode: 'premultiplied' });
  }

  /** Copies RGBA words, rows without gaps; the width is a multiple of 64. */
  copy(
    encoder: GPUCommandEncoder,
    buffer: GPUBuffer,
    { width, height }: { readonly width: number; readonly height: number },
  ): void {
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    const texture = this.context.getCurrentTexture();
    encoder.copyBufferToTexture({ buffer, bytesPerRow: 4 * width }, { texture }, [width, height]);
  }

  /** What was copied, once submitted. To be called in the same task. */
  image(): ImageBitmap {
    return this.canvas.transferToImageBitmap();
  }
}
