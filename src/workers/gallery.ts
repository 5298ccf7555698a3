/** The proofs of the gallery on one backend, against their numbers and against float64. */
import { registry } from '../graph/catalogue.ts';
import { compile } from '../graph/compile.ts';
import type { Design } from '../graph/document.ts';
import type { Example, Measured } from '../graph/examples/example.ts';
import { GraphRunner, NO_OVERRIDES } from '../graph/execute.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import type { Kernels } from '../optics/ops/kernels.ts';
import { Ops } from '../optics/ops/ops.ts';
import type { ContractCheck } from './contract.ts';
import { type ExampleResult, pictureNode, proveExample, type ShowDesign } from './galleryProof.ts';
import { HostImages } from './hostImages.ts';
import { inputsOf } from './portionedShow.ts';
import { PreviewMemory } from './present/painter.ts';
import { makePictures } from './views.ts';

/** Shows designs on given kernels, with the images that they hold; simulated targets are not part of a proof. */
export function showOn(ops: Ops, runner: GraphRunner, images: HostImages | null = null): ShowDesign {
  return async (design, wanted) => {
    const held = Object.entries(design.images).filter(([, { kind }]) => kind === 'measured');
    await images?.resolve({ ...design, images: Object.fromEntries(held) });
    const plan = compile(design, registry);
    const only = new Set([...wanted.views, ...wanted.previews].map(({ nodeId }) => nodeId));
    const results = runner.run(plan, NO_OVERRIDES, 'value', only);
    const problem = [...results.values()].flatMap(({ issues }) => issues).find((i) => i.severity === 'error');
    if (problem !== undefined) throw new Error(problem.message);
    const evaluated = { results, inputOf: inputsOf(plan, results), seed: design.seed };
    return makePictures({ ops, painter: null, memory: new PreviewMemory() }, evaluated, wanted, false);
  };
}

/** What float64 shows of a system: the reference of the other backends. */
export function exactResult(example: Example): Promise<ExampleResult> {
  return proofOn(createFloat64Kernels(), example);
}

/** Checks of one system: its number within the tolerance, its pictures within 5e-4 of their peak from float64. */
export async function exampleChecks(
  kernels: Kernels,
  example: Example,
  exact: ExampleResult,
): Promise<ContractCheck[]> {
  const ours = await proofOn(kernels, example);
  const nodes = example.proof?.nodes ?? [pictureNode(example)];
  const pictures = ours.measured.map((measured, i) => ({
    check: `${example.id}: picture of ${nodes[i]}`,
    error: deviation(measured, exact.measured[i]),
    limit: 5e-4,
  }));
  return [...pictures, ...numberChecks(example, ours), ...numberChecks(example, exact)];
}

function numberChecks({ id, proof }: Example, { value }: ExampleResult): ContractCheck[] {
  if (proof === null) return [];
  const error = Math.abs((value ?? Number.NaN) - proof.expected);
  return [{ check: `${id}: ${proof.statement}`, error, limit: proof.tolerance }];
}

async function proofOn(kernels: Kernels, example: Example) {
  const ops = new Ops(kernels);
  const images = new HostImages(ops, registry);
  const runner = new GraphRunner(ops, images.get);
  try {
    return await proveExample(example, showOn(ops, runner, images));
  } finally {
    runner.forgetAll();
    ops.clearConstants();
  }
}

function deviation({ data }: Measured, exact: Measured | undefined): number {
  const expected = exact?.data ?? [];
  let [peak, worst] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    const value = expected[i] ?? Number.NaN;
    peak = Math.max(peak, Math.abs(value));
    const off = Math.abs((data[i] ?? Number.NaN) - value);
    if (!(off <= worst)) worst = off;
  }
  return worst / peak;
}

/**
 * Milliseconds for the slowest prominent slider of a system: the best of some repaints of all that it changes.
 * @param enough a slider is moved no more once a repaint took less
 */
export async function repaintMilliseconds(
  kernels: Kernels,
  example: Example,
  enough: number,
): Promise<number> {
  const ops = new Ops(kernels);
  const images = new HostImages(ops, registry);
  const runner = new GraphRunner(ops, images.get);
  const show = showOn(ops, runner, images);
  const previews = example.design.nodes
    .filter(({ type }) => registry.get(type)?.category !== 'fit')
    .map(({ id }) => ({
      ...{ nodeId: id, plane: 0, mode: 'intensity', layer: 'output', maxSize: 256 },
      style: { colormap: 'inferno', scaling: 'auto', clip: 0, locked: null, signed: false },
    })) as Parameters<ShowDesign>[1]['previews'];
  let slowest = 0;
  try {
    await show(example.design, { views: [], previews });
    for (const [nodeId, name, value, step] of slidersOf(example.design)) {
      let best = Number.POSITIVE_INFINITY;
      for (let i = 1; i <= REPAINTS && best >= enough; i++) {
        const design = moved(example.design, nodeId, name, value + 1e-3 * i * step);
        const began = performance.now();
        await show(design, { views: [], previews });
        best = Math.min(best, performance.now() - began);
      }
      slowest = Math.max(slowest, best);
    }
    return slowest;
  } finally {
    runner.forgetAll();
    ops.clearConstants();
  }
}

const REPAINTS = 3;

function slidersOf(design: Design): [string, string, number, number][] {
  return design.nodes.flatMap((node) =>
    Object.entries(registry.get(node.type)?.params ?? {}).flatMap(
      ([name, param]): [string, string, number, number][] => {
        if (param.kind !== 'quantity' || param.prominent !== true) return [];
        const value = node.params[name];
        return [[node.id, name, typeof value === 'number' ? value : param.default, param.step]];
      },
    ),
  );
}

function moved(design: Design, nodeId: string, name: string, value: number): Design {
  const nodes = design.nodes.map((node) =>
    node.id === nodeId ? { ...node, params: { ...node.params, [name]: value } } : node,
  );
  return { ...design, nodes };
}
