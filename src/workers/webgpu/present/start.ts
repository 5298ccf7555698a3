/** Starts the painter of previews beside the engine: pictures must not wait for it. */
import type { Tensor } from '../../../optics/ops/ops.ts';
import { type DevicePainter, type PaintJob, paintOnHost } from '../../present/painter.ts';
import type { WebgpuDevice } from '../device.ts';
import type { WebgpuKernels } from '../webgpuKernels.ts';
import { createPipelines, type Pipelines } from './pipelines.ts';
import { PreviewPainter } from './previewPainter.ts';
import { Surface } from './surface.ts';

/**
 * A painter that takes no jobs until its programs are compiled.
 * @param wantsSurface false where surfaces are known to fail
 */
export function startPainter(
  source: WebgpuDevice,
  kernels: Pick<WebgpuKernels, 'flush'>,
  wantsSurface: boolean,
): DevicePainter {
  let painter: PreviewPainter | null = null;
  const arrays = {
    bufferOf: ({ tensor }: { readonly tensor: { readonly dataId: object } }) =>
      source.backend.tensorMap.get(tensor.dataId).resource as GPUBuffer,
    flush: () => kernels.flush(),
  };
  const open = async (): Promise<void> => {
    const pipelines = await createPipelines(source.device);
    const surface = wantsSurface ? await testedSurface(source.device, pipelines) : null;
    painter = new PreviewPainter(source.device, pipelines, arrays, surface);
  };
  // Without it the host paints, as it does until then.
  open().catch(() => undefined);
  return {
    accepts: (job) => painter?.accepts(job) ?? false,
    paint: async (jobs) => painter?.paint(jobs) ?? null,
  };
}

/** A surface whose image shows what was painted, null where it does not: browsers differ most in this. */
async function testedSurface(device: GPUDevice, pipelines: Pipelines): Promise<Surface | null> {
  const surface = openSurface(device);
  if (surface === null) return null;
  const job = testJob();
  const values = Float32Array.from({ length: 64 * 4 }, (_, i) => i);
  const buffer = device.createBuffer({
    size: values.byteLength,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(buffer, 0, values);
  const painter = new PreviewPainter(
    device,
    pipelines,
    { bufferOf: () => buffer, flush: () => undefined },
    surface,
  );
  try {
    const [picture] = (await painter.paint([job])) ?? [];
    if (picture?.pixels.kind !== 'tile') return null;
    const context = new OffscreenCanvas(64, 4).getContext('2d');
    context?.drawImage(picture.pixels.surface, 0, 0);
    picture.pixels.surface.close();
    const shown = context?.getImageData(0, 0, 64, 4).data;
    const expected = new Uint8ClampedArray(values.byteLength);
    paintOnHost(job, values, new Uint32Array(expected.buffer));
    // Browsers that keep canvases in another format may round a colour.
    return shown?.every((byte, i) => Math.abs(byte - (expected[i] ?? 0)) <= 1) === true ? surface : null;
  } finally {
    painter.dispose();
    buffer.destroy();
  }
}

function openSurface(device: GPUDevice): Surface | null {
  try {
    return new Surface(device);
  } catch {
    return null;
  }
}

/** Every grey once. */
function testJob(): PaintJob {
  const shape = [4, 64] as const;
  const tensor = { array: {}, dtype: 'real', shape } as unknown as Tensor;
  const style = { colormap: 'gray', scaling: 'linear', clip: 0, locked: null, signed: false } as const;
  const request = { nodeId: '', layer: 'output', mode: 'intensity', plane: 0, maxSize: 0, style } as const;
  const kind = { portType: 'image', mode: 'intensity', pitch: 0, unit: '', expose: null } as const;
  const source = { ...kind, tensor, shape, components: 1, planes: 1, plane: 0 };
  return { request, source, factor: 1, shape, held: null, wasHighContrast: false };
}
