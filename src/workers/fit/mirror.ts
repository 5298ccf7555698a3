/**
 * The other answer of a focus stack: with the planes in reverse order, z and all terms that are even about the axis change
 * their signs and the images stay as they are, as long as nothing but phases shapes the light. Which of the two is true
 * only the direction of the stage tells.
 */
import { registry } from '../../graph/catalogue.ts';
import { compile } from '../../graph/compile.ts';
import type { Design } from '../../graph/document.ts';
import { type GraphRunner, NO_OVERRIDES } from '../../graph/execute.ts';
import { isEvenTerm, mirroredDesign } from '../../graph/mirrored.ts';
import { describePath, quantityAt } from '../../graph/paths.ts';
import { formatNumber } from '../../optics/units.ts';
import type { ParameterResult } from '../protocol.ts';

/** Share of the brightest pixel up to which two images are the same: float32 leaves 1e-6. */
const SAME = 1e-4;
/** As many terms are told, the largest. */
const TOLD = 4;

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

export interface OtherAnswer {
  /** As it is to be read. */
  readonly note: string;
  /** Of the parameters whose sign turns. */
  readonly paths: readonly string[];
}

/** What the other direction of the stage would mean; null where the images do not allow it. @param design as fitted */
export async function otherAnswer(
  runner: GraphRunner,
  design: Design,
  parameters: readonly ParameterResult[],
): Promise<OtherAnswer | null> {
  const turned = mirroredDesign(design, registry);
  const terms = parameters.filter(({ path }) => {
    const [, , term] = path.split('.');
    return path.includes('.zernike.') && isEvenTerm(Number(term));
  });
  const turning = parameters.filter((each) => terms.includes(each) || isAxial(design, each.path));
  if (turned === null || terms.length === 0 || turning.some(knowsItsSign)) return null;
  // A fit that is done is not lost for a note: without room for these images there is none.
  const isTwin = await looksTheSame(runner, [design, turned]).catch(() => false);
  if (!isTwin) return null;
  const largest = terms.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, TOLD);
  const told = largest.map(
    ({ path, display }) => `Z${path.split('.')[2]} ${formatNumber(-display.value, 2)} ${display.unit}`,
  );
  const rest = terms.length > TOLD ? ' and so on' : '';
  return {
    note: `If the stage moved the other way, so that the planes are in reverse order, the same images mean the opposite signs of z and of all terms that are even about the axis: ${told.join(', ')}${rest}. Both answers fit equally well; only the direction of the stage tells them apart.`,
    paths: turning.map(({ path }) => path),
  };
}

/** Of opposite values the one nearer to what was known before is likelier; 0 is as near to both. */
function knowsItsSign({ prior }: ParameterResult): boolean {
  return prior !== undefined && prior.mean !== 0;
}

function isAxial(design: Design, path: string): boolean {
  const target = describePath(design, registry, path);
  return target.ok && quantityAt(target)?.role === 'axial';
}
