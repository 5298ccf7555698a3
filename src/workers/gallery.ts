/** The proofs of the gallery on one backend, against their numbers and against another backend. */
import { registry } from '../graph/catalogue.ts';
import { compile } from '../graph/compile.ts';
import type { Design } from '../graph/document.ts';
import type { Example, Measured } from '../graph/examples/example.ts';
import { GraphRunner, NO_OVERRIDES } from '../graph/execute.ts';
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

/**
 * How far pictures may be from those of another backend, relative to their peak. WebGPU is compared with WASM, which
 * is much faster than float64 and compared with that: WebGPU is thus within the 5e-4 of float64 that are asked.
 */
export const PICTURE_LIMITS = { wasmFromFloat64: 1e-4, webgpuFromWasm: 4e-4 };

/** Checks of one system: its number within the tolerance, its pictures within the limit from those of the reference. */
export async function exampleChecks(
  kernels: Kernels,
  reference: Kernels,
  example: Example,
  limit: number,
): Promise<ContractCheck[]> {
  const exact = await proofOn(reference, example);
  const ours = await proofOn(kernels, example);
  const nodes = example.proof?.nodes ?? [pictureNode(example)];
  const pictures = ours.measured.map((measured, i) => ({
    check: `${example.id}: picture of ${nodes[i]}`,
    error: deviation(measured, exact.measured[i]),
    limit,
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
 * Milliseconds for the slowest prominent slider of a system. All sliders at once take no less than any of them alone:
 * only where that is too slow does each move by itself, a few times, the best of which counts.
 * @param enough nothing is repeated once a repaint took less
 * @param clock milliseconds
 */
export async function repaintMilliseconds(
  kernels: Kernels,
  example: Example,
  enough: number,
  clock: () => number,
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
  const sliders = slidersOf(example.design);
  const moving = async (some: readonly Slider[], steps: number): Promise<number> => {
    const design = some.reduce((each, slider) => moved(each, slider, steps), example.design);
    const began = clock();
    await show(design, { views: [], previews });
    return clock() - began;
  };
  try {
    await show(example.design, { views: [], previews });
    const together = await moving(sliders, 1e-3);
    if (together < enough) return together;
    let slowest = 0;
    for (const slider of sliders) {
      let best = Number.POSITIVE_INFINITY;
      for (let i = 2; i <= REPAINTS + 1 && best >= enough; i++)
        best = Math.min(best, await moving([slider], 1e-3 * i));
      slowest = Math.max(slowest, best);
    }
    return slowest;
  } finally {
    runner.forgetAll();
    ops.clearConstants();
  }
}

const REPAINTS = 3;

interface Slider {
  readonly nodeId: string;
  readonly name: string;
  readonly value: number;
  readonly step: number;
}

function slidersOf(design: Design): Slider[] {
  return design.nodes.flatMap((node) =>
    Object.entries(registry.get(node.type)?.params ?? {}).flatMap(([name, param]): Slider[] => {
      if (param.kind !== 'quantity' || param.prominent !== true) return [];
      const value = node.params[name];
      return [
        { nodeId: node.id, name, value: typeof value === 'number' ? value : param.default, step: param.step },
      ];
    }),
  );
}

/** A slider away from where it stands in the design, by so many of its steps. */
function moved(design: Design, { nodeId, name, value, step }: Slider, steps: number): Design {
  const nodes = design.nodes.map((node) =>
    node.id === nodeId ? { ...node, params: { ...node.params, [name]: value + steps * step } } : node,
  );
  return { ...design, nodes };
}
