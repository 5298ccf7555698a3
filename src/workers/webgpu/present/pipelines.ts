/** The programs of the previews, compiled once per device. */
import { COLOUR, MEASURE, REDUCE } from './shaders.ts';

export interface Pipelines {
  /** Previews, what is known of them, their values, the colour tables, and the pixels. */
  readonly sharedLayout: GPUBindGroupLayout;
  /** Samples of one array, and which preview shows them. */
  readonly sourceLayout: GPUBindGroupLayout;
  readonly largest: GPUComputePipeline;
  readonly reduce: GPUComputePipeline;
  readonly measure: GPUComputePipeline;
  readonly colour: GPUComputePipeline;
}

export async function createPipelines(device: GPUDevice): Promise<Pipelines> {
  const visibility = GPUShaderStage.COMPUTE;
  const types = ['read-only-storage', 'storage', 'storage', 'read-only-storage', 'storage'] as const;
  const sharedLayout = device.createBindGroupLayout({
    entries: types.map((type, binding) => ({ binding, visibility, buffer: { type } })),
  });
  const sourceLayout = device.createBindGroupLayout({
    entries: [
      { binding: 0, visibility, buffer: { type: 'read-only-storage' } },
      { binding: 1, visibility, buffer: { type: 'uniform', hasDynamicOffset: true } },
    ],
  });
  const shared = device.createPipelineLayout({ bindGroupLayouts: [sharedLayout] });
  const withSource = device.createPipelineLayout({ bindGroupLayouts: [sharedLayout, sourceLayout] });
  const compile = (layout: GPUPipelineLayout, code: string, entryPoint: string) =>
    device.createComputePipelineAsync({
      layout,
      compute: { module: device.createShaderModule({ code }), entryPoint },
    });
  const [largest, reduce, measure, colour] = await Promise.all([
    compile(withSource, REDUCE, 'largest'),
    compile(withSource, REDUCE, 'reduce'),
    compile(shared, MEASURE, 'measure'),
    compile(shared, COLOUR, 'colour'),
  ]);
  return { sharedLayout, sourceLayout, largest, reduce, measure, colour };
}
