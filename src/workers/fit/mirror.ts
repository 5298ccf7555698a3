/**
 * The other answer of a focus stack: with the planes in reverse order, z and all terms that are even about the axis change
 * their signs and the images stay as they are, as long as nothing but phases shapes the light. Which of the two is true
 * only the direction of the stage tells.
 */
import { registry } from '../../graph/catalogue.ts';
import { compile } from '../../graph/compile.ts';
import type { Design, DesignNode } from '../../graph/document.ts';
import { type GraphRunner, NO_OVERRIDES } from '../../graph/execute.ts';
import { nollToDegree } from '../../optics/maths/zernike.ts';
import { formatNumber } from '../../optics/units.ts';
import type { ParameterResult } from '../protocol.ts';

/** Share of the brightest pixel up to which two images are the same: float32 leaves 1e-6. */
const SAME = 1e-4;
/** As many terms are told, the largest. */
const TOLD = 4;

const isEven = (nollIndex: number) => nollToDegree(nollIndex).m % 2 === 0;

/** The design with z, the planes and even terms turned about; null without a stack or a measured image. */
function mirrored(design: Design): Design | null {
  const isMeasured = Object.values(design.images).some(({ kind }) => kind === 'measured');
  if (!isMeasured || !design.nodes.some(({ type }) => type === 'stack')) return null;
  return { ...design, nodes: design.nodes.map(mirroredNode) };
}

const stackParams = registry.get('stack')?.params ?? {};
/** Of the planes of a stack, as they are where nothing is said. */
const DISTANCES: Readonly<Record<string, number>> = Object.fromEntries(
  ['zStep', 'zOffset'].map((name) => {
    const spec = stackParams[name];
    return [name, spec?.kind === 'quantity' ? spec.default : 0];
  }),
);

function mirroredNode(node: DesignNode): DesignNode {
  const specs = registry.get(node.type)?.params ?? {};
  const given = node.type === 'stack' ? { ...DISTANCES, ...node.params } : node.params;
  const params = Object.entries(given).map(([name, value]) => {
    const spec = specs[name];
    if (spec?.kind === 'zernike' && typeof value === 'object' && !Array.isArray(value)) {
      const terms = Object.entries(value).map(([j, term]) => [j, isEven(Number(j)) ? -Number(term) : term]);
      return [name, Object.fromEntries(terms)];
    }
    const isAxial = spec?.kind === 'quantity' && spec.role === 'axial';
    const isPlane = node.type === 'stack' && name in DISTANCES;
    return [name, (isAxial || isPlane) && typeof value === 'number' ? -value : value];
  });
  return { ...node, params: Object.fromEntries(params) };
}

/** Both designs show the same to the camera that is compared. */
async function looksTheSame(runner: GraphRunner, designs: readonly Design[]): Promise<boolean> {
  const images: (Float64Array | Float32Array)[] = [];
  for (const design of designs) {
    const plan = compile(design, registry);
    const from = plan.order.find(({ spec }) => spec.type === 'loss')?.inputs.get('model');
    if (from === undefined) return false;
    const image = runner.run(plan, NO_OVERRIDES, 'value', new Set([from.node])).get(from.node)?.outputs[
      from.port
    ];
    if (image?.kind !== 'image') return false;
    const [read] = await runner.ops.read([image.samples]);
    if (read !== undefined) images.push(read);
  }
  const [one, other] = images;
  if (one === undefined || other === undefined) return false;
  let largest = 0;
  for (const x of one) largest = Math.max(largest, Math.abs(x));
  for (let k = 0; k < one.length; k++)
    if (Math.abs((one[k] as number) - (other[k] as number)) > SAME * largest) return false;
  return true;
}

/** What the other direction of the stage would mean, where the images allow it. @param design as fitted */
export async function mirrorNotes(
  runner: GraphRunner,
  design: Design,
  parameters: readonly ParameterResult[],
): Promise<string[]> {
  const turned = mirrored(design);
  const terms = parameters.filter(({ path }) => {
    const [, , term] = path.split('.');
    return path.includes('.zernike.') && isEven(Number(term));
  });
  if (turned === null || terms.length === 0) return [];
  // A fit that is done is not lost for a note: without room for these images there is none.
  const isTwin = await looksTheSame(runner, [design, turned]).catch(() => false);
  if (!isTwin) return [];
  const largest = terms.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, TOLD);
  const told = largest.map(
    ({ path, display }) => `Z${path.split('.')[2]} ${formatNumber(-display.value, 2)} ${display.unit}`,
  );
  const rest = terms.length > TOLD ? ' and so on' : '';
  return [
    `If the stage moved the other way, so that the planes are in reverse order, the same images mean the opposite signs of z and of all terms that are even about the axis: ${told.join(', ')}${rest}. Both answers fit equally well; only the direction of the stage tells them apart.`,
  ];
}
