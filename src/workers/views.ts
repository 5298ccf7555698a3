/**
 * Pictures of what travels along the wires: numbers at full size for the viewers, painted previews for the cards.
 * Numbers and pixels from the host lie in one buffer, so that a frame is moved to the page at one stroke.
 */
import type { Ops, Real, Tensor } from '../optics/ops/ops.ts';
import { decidedScaling } from '../pictures/style.ts';
import { analysisJobs } from './analyses.ts';
import {
  type DevicePainter,
  type Painted,
  type PaintJob,
  type Picture,
  type PreviewMemory,
  paintOnHost,
} from './present/painter.ts';
import { type PolarisationJob, polarisationJob } from './present/polarisation.ts';
import { reducedShape, reduceInto, reductionFactor } from './present/reduce.ts';
import { type Evaluated, type Samples, type Source, sourceFinder } from './present/sources.ts';
import type { Pictures, Preview, PreviewPixels, View, ViewRequest, Wanted } from './protocol.ts';

export interface PictureMaker {
  readonly ops: Ops;
  /** Null where there is no graphics device, or it cannot draw. */
  readonly painter: DevicePainter | null;
  readonly memory: Pick<PreviewMemory, 'recall' | 'replace'>;
}

export interface MadePictures extends Pictures {
  /** Nodes with values that are not finite. */
  readonly notFinite: ReadonlySet<string>;
}

interface Sight {
  readonly request: ViewRequest;
  readonly source: Source;
  readonly polarisation: PolarisationJob | null;
}

/**
 * Makes every picture that exists of those wanted; all device reads happen in one transfer.
 * @param hold keeps the ranges of the previews' colours, so that a running fit does not flicker
 */
export async function makePictures(
  maker: PictureMaker,
  evaluated: Evaluated,
  wanted: Wanted,
  hold: boolean,
): Promise<MadePictures> {
  const { ops, memory } = maker;
  const scope = ops.open();
  try {
    const find = sourceFinder(ops, evaluated);
    const sights = wanted.views.flatMap((request) => {
      const source = find(request);
      if (source === null) return [];
      return [{ request, source, polarisation: polarisationJob(evaluated, request, source) }];
    });
    const jobs = wanted.previews.flatMap((request) => {
      const source = find(request);
      return source === null ? [] : [paintJob(request, source, memory, hold)];
    });
    const onDevice = await paintOnDevice(maker.painter, jobs);
    const onHost = jobs.filter((job) => !onDevice.has(job));
    const analyses = analysisJobs(evaluated, wanted.analyses ?? []);
    const polarisations = sights.flatMap(({ polarisation }) => (polarisation === null ? [] : [polarisation]));
    const samples = await readSources(ops, [...sights, ...onHost], [...analyses, ...polarisations]);
    const { views, pictures } = fillBuffer(sights, onHost, samples);
    const done = jobs.flatMap((job) => {
      const picture = onDevice.get(job) ?? pictures.get(job);
      return picture === undefined ? [] : [{ job, ...picture }];
    });
    memory.replace(done.map(({ job, painted }) => [job.request, painted]));
    return {
      views,
      previews: done.map(({ job, painted, pixels }) => previewOf(job, painted, pixels)),
      ...(analyses.length === 0
        ? {}
        : { analyses: analyses.map((job) => job.finish((t) => samples.raw(t))) }),
      notFinite: new Set([
        ...views.filter((view) => view.mode !== 'phase' && hasInvalid(view.data)).map(({ nodeId }) => nodeId),
        ...done.flatMap(({ job, painted }) =>
          job.source.mode !== 'phase' && painted.invalid > 0 ? [job.request.nodeId] : [],
        ),
      ]),
    };
  } finally {
    ops.close(scope);
  }
}

function paintJob(
  request: PaintJob['request'],
  source: Source,
  memory: Pick<PreviewMemory, 'recall'>,
  hold: boolean,
): PaintJob {
  const factor = reductionFactor(source.shape, request.maxSize);
  const before = memory.recall(request);
  return {
    request,
    source,
    factor,
    shape: reducedShape(source.shape, factor),
    held: hold ? (before?.range ?? null) : null,
    wasHighContrast: before?.highContrast ?? false,
  };
}

async function paintOnDevice(
  painter: DevicePainter | null,
  jobs: readonly PaintJob[],
): Promise<ReadonlyMap<PaintJob, Picture>> {
  const pictures = new Map<PaintJob, Picture>();
  const accepted = painter === null ? [] : jobs.filter((job) => painter.accepts(job));
  const painted = accepted.length === 0 ? null : ((await painter?.paint(accepted)) ?? null);
  painted?.forEach((picture, i) => {
    const job = accepted[i];
    if (job !== undefined) pictures.set(job, picture);
  });
  return pictures;
}

/** Samples of all planes on the host by tensor and kind; light comes as irradiance unless its phase is shown. */
class ReadSamples {
  private readonly read = new Map<Tensor, Samples>();
  private readonly irradiance: ReadonlyMap<Tensor, Real>;
  private readonly exposed = new Map<Tensor, Samples>();

  constructor(
    irradiance: ReadonlyMap<Tensor, Real>,
    tensors: readonly Tensor[],
    samples: readonly Samples[],
  ) {
    this.irradiance = irradiance;
    tensors.forEach((tensor, i) => {
      this.read.set(tensor, samples[i] ?? new Float32Array(0));
    });
  }

  /** As they travel, complex where light has a phase. */
  raw(tensor: Tensor): Samples {
    return this.read.get(tensor) ?? new Float32Array(0);
  }

  of({ tensor, mode, expose }: Source): Samples {
    const shown = mode === 'phase' ? tensor : (this.irradiance.get(tensor) ?? tensor);
    const samples = this.read.get(shown) ?? new Float32Array(0);
    if (expose === null) return samples;
    const counts = this.exposed.get(tensor) ?? expose(samples);
    this.exposed.set(tensor, counts);
    return counts;
  }
}

async function readSources(
  ops: Ops,
  shown: readonly { readonly source: Source }[],
  others: readonly { readonly tensors: readonly Tensor[] }[],
): Promise<ReadSamples> {
  const irradiance = new Map<Tensor, Real>();
  const tensors = new Set<Tensor>(others.flatMap((job) => job.tensors));
  for (const { source } of shown) {
    const { tensor, mode } = source;
    if (tensor.dtype === 'real' || mode === 'phase') {
      tensors.add(tensor);
      continue;
    }
    const squared = irradiance.get(tensor) ?? ops.absSquared(tensor as Tensor<'complex'>);
    irradiance.set(tensor, squared);
    tensors.add(squared);
  }
  const list = [...tensors];
  return new ReadSamples(irradiance, list, await ops.read(list));
}

/** Numbers of the views, then pixels of the previews, four bytes each. */
function fillBuffer(sights: readonly Sight[], jobs: readonly PaintJob[], samples: ReadSamples) {
  const lengthOf = ({ shape }: { readonly shape: readonly [number, number] }): number => shape[0] * shape[1];
  const total =
    sights.reduce((sum, { source }) => sum + lengthOf(source), 0) +
    jobs.reduce((sum, job) => sum + lengthOf(job), 0);
  const buffer = new ArrayBuffer(4 * total);
  let offset = 0;
  const take = (length: number): number => {
    offset += 4 * length;
    return offset - 4 * length;
  };
  const views = sights.map(({ request, source, polarisation }) => {
    const data = new Float32Array(buffer, take(lengthOf(source)), lengthOf(source));
    reduceInto(data, source, samples.of(source), 1);
    const lattice = polarisation?.finish((tensor) => samples.raw(tensor)) ?? null;
    return viewOf(request, source, data, lattice);
  });
  const pictures = new Map<PaintJob, Picture>();
  const scratch = new Float32Array(jobs.reduce((most, job) => Math.max(most, lengthOf(job)), 0));
  for (const job of jobs) {
    const length = lengthOf(job);
    const start = take(length);
    const values = scratch.subarray(0, length);
    reduceInto(values, job.source, samples.of(job.source), job.factor);
    const painted = paintOnHost(job, values, new Uint32Array(buffer, start, length));
    const bytes = new Uint8ClampedArray(buffer, start, 4 * length);
    pictures.set(job, { painted, pixels: { kind: 'bytes', bytes } });
  }
  return { views, pictures };
}

function viewOf(
  { nodeId, layer }: ViewRequest,
  source: Source,
  data: Float32Array,
  polarisation: View['polarisation'] | null,
): View {
  const { mode, portType, shape, planes, plane, pitch, unit } = source;
  const view = { nodeId, mode, layer, portType, shape, data, planes, plane, pitch, unit };
  return polarisation == null ? view : { ...view, polarisation };
}

function previewOf({ request, source, shape }: PaintJob, painted: Painted, pixels: PreviewPixels): Preview {
  const { nodeId, layer, style } = request;
  const { mode, portType, planes, plane, unit, pitch } = source;
  const { highContrast } = painted;
  const scaling = decidedScaling(style, highContrast);
  const number = shape[0] * shape[1] === 1 ? painted.first : null;
  const place = { nodeId, mode, layer, planes, plane, pitch };
  return { ...place, portType, shape, pixels, scaling, highContrast, number, unit };
}

function hasInvalid(data: Float32Array): boolean {
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value - value !== 0) return true;
  }
  return false;
}
