/** Numbers and charts of what travels: which samples they need, and what is made of them on the host. */
import { registry } from '../graph/catalogue.ts';
import type { Plan } from '../graph/compile.ts';
import type { GraphRunner } from '../graph/execute.ts';
import { nodeName } from '../graph/registry.ts';
import { expose } from '../optics/detection/expose.ts';
import type { Analysis, HostValue, Readout } from '../optics/element.ts';
import { sizeOf } from '../optics/ops/kernels.ts';
import type { Ops, Tensor } from '../optics/ops/ops.ts';
import { channelsOf } from '../optics/spectral.ts';
import type { Field, Image, PortValue, Pupil, Reading } from '../optics/values.ts';
import type { Analyser, Evaluated, Samples } from './present/sources.ts';
import type { Analysed, AnalysisRequest } from './protocol.ts';
import { wireReport } from './wireReport.ts';

/** One analysis: the samples that it needs, to be read with those of the pictures, and what becomes of them. */
export interface AnalysisJob {
  readonly tensors: readonly Tensor[];
  readonly finish: (samplesOf: (tensor: Tensor) => Samples) => Analysed;
}

type Sampled = Field | Pupil | Image;

/** The analyses that exist of those wanted. */
export function analysisJobs(evaluated: Evaluated, requests: readonly AnalysisRequest[]): AnalysisJob[] {
  return requests.flatMap((request) => {
    const { port } = request;
    const job = port === null ? nodeJob(evaluated, request) : wireJob(evaluated, request, port);
    return job === null ? [] : [job];
  });
}

function nodeJob(evaluated: Evaluated, request: AnalysisRequest): AnalysisJob | null {
  const { analyserOf, inputOf, results, seed } = evaluated;
  const analyser = analyserOf?.(request.nodeId) ?? null;
  const readings = readingsAt(results, request.nodeId);
  const inputs = analyser?.inputs ?? [];
  const [first = [], second = []] = inputs.map((port) => sampledParts(inputOf(request.nodeId, port)));
  if (first.length + readings.length === 0) return null;
  return {
    tensors: [...first, ...second, ...readings].map(({ samples }) => samples),
    finish: (samplesOf) => {
      const host = (value: Sampled): HostValue => ({ value, data: seenSamples(value, samplesOf, seed) });
      const [main, ...others] = first.map(host);
      const analysis =
        main === undefined ? NOTHING : (analyser?.analyse([main, ...others], second.map(host)) ?? NOTHING);
      const readouts = [...analysis.readouts, ...readings.map((reading) => told(reading, samplesOf))];
      return { ...request, ...analysis, readouts, facts: [], health: null };
    },
  };
}

/** A number that the backend has made. */
function told({ samples, isShare: _, ...reading }: Reading, samplesOf: (tensor: Tensor) => Samples): Readout {
  const [value = Number.NaN] = samplesOf(samples);
  return { ...reading, value: Number.isFinite(value) ? value : null };
}

/** What a node tells besides its number. */
export function readingsAt(results: Evaluated['results'], nodeId: string): readonly Reading[] {
  const [first] = Object.values(results.get(nodeId)?.outputs ?? {});
  return first?.kind === 'scalar' ? (first.readings ?? []) : [];
}

/** Samples of a wire that are looked at without being asked for by name. */
const BRIEF_SAMPLES = 2 ** 18;

/** What was said of a value: it stays the same object while nothing before it changes. */
const reports = new WeakMap<PortValue, Analysed>();

function wireJob({ results, seed }: Evaluated, request: AnalysisRequest, port: string): AnalysisJob | null {
  const value = results.get(request.nodeId)?.outputs[port];
  const known = value === undefined ? undefined : reports.get(value);
  if (known !== undefined) return { tensors: [], finish: () => ({ ...known, ...request }) };
  const parts = sampledParts(value);
  const tensors = parts.map(({ samples }) => samples);
  const size = tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (parts.length === 0 || (request.brief === true && size > BRIEF_SAMPLES)) return null;
  return {
    tensors,
    finish: (samplesOf) => {
      const [main, ...others] = parts.map((part) => ({
        value: part,
        data: seenSamples(part, samplesOf, seed),
      }));
      if (main === undefined) return { ...request, ...NOTHING, facts: [], health: null };
      const report = wireReport(request, [main, ...others]);
      // Noise changes with the seed, which leaves the value itself alone.
      const isNoisy = main.value.kind === 'image' && main.value.noise?.enabled === true;
      if (value !== undefined && !isNoisy) reports.set(value, report);
      return report;
    },
  };
}

const NOTHING: Analysis = { readouts: [], charts: [] };

/** A camera's image is analysed as it is shown: with its noise. */
function seenSamples(value: Sampled, samplesOf: (tensor: Tensor) => Samples, seed: number): Samples {
  const data = samplesOf(value.samples);
  if (value.kind !== 'image' || value.noise?.enabled !== true) return data;
  return expose(data, value.noise, seed, value.unit === 'counts');
}

/** Wavelength by wavelength what has samples; nothing of light that is known as a function of direction only. */
export function sampledParts(value: PortValue | undefined): Sampled[] {
  if (value === undefined || value.kind === 'scalar') return [];
  if (value.kind === 'image') return [value];
  return channelsOf(value).flatMap((channel) => (channel.kind === 'farField' ? [] : [channel]));
}

/** How the nodes of a plan are analysed: null for elements that tell no numbers. */
export function analysersOf(runner: GraphRunner, plan: Plan): (nodeId: string) => Analyser | null {
  return (nodeId) => {
    const planNode = plan.order.find(({ node }) => node.id === nodeId);
    if (planNode?.spec.analyse === undefined || planNode.node.bypassed === true) return null;
    const { spec } = planNode;
    const params = runner.paramsOfNode(planNode);
    const inputs = Object.keys(spec.inputs).slice(0, 2);
    const other = planNode.inputs.get(inputs[1] ?? '')?.node;
    const otherName = other === undefined ? '' : nodeName(plan.design, registry, other);
    return {
      inputs,
      analyse: (input, second) => spec.analyse?.(input, params, second, otherName) ?? NOTHING,
    };
  };
}

/** The same where no pictures are wanted, in one transfer. */
export async function analyse(
  ops: Ops,
  evaluated: Evaluated,
  requests: readonly AnalysisRequest[],
): Promise<readonly Analysed[]> {
  const jobs = analysisJobs(evaluated, requests);
  const tensors = [...new Set(jobs.flatMap((job) => job.tensors))];
  const samples = await ops.read(tensors);
  const read = new Map(tensors.map((tensor, i) => [tensor, samples[i] ?? new Float32Array(0)]));
  return jobs.map((job) => job.finish((tensor) => read.get(tensor) ?? new Float32Array(0)));
}
