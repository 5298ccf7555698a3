/** Whether `stack.zStep` means the planes of the file or the planes used, when `--planes` skips some. */
import { registry } from '../graph/catalogue.ts';
import type { Design } from '../graph/document.ts';
import { DEFAULT_FIT_OPTIONS } from '../graph/fitOptions.ts';
import { getAt, setAt } from '../graph/paths.ts';
import { withSampling } from '../graph/startEstimates.ts';
import type { Engine } from './engineTypes.ts';
import type { Io } from './io.ts';

/** Enough for position and brightness to settle: the two readings differ by far more than aberrations do. */
const TRIAL_ITERATIONS = 8;

/**
 * `stack.zStep` is the distance between the planes of the file, so every `every`-th plane lies `every` times as far
 * apart. Scripts also give the distance between the planes used; which of the two was meant is asked of the image,
 * by a short fit without aberrations each, and said on stderr.
 */
export async function withPlaneStep(
  design: Design,
  every: number,
  engine: Engine,
  io: Io,
): Promise<{ design: Design; note: string | null }> {
  const stack = design.nodes.find((node) => node.type === 'stack');
  const step = stack === undefined ? undefined : getAt(design, registry, `${stack.id}.zStep`);
  if (stack === undefined || typeof step !== 'number' || every === 1) return { design, note: null };
  const spread = withSampling(setAt(design, registry, `${stack.id}.zStep`, step * every), registry);
  const options = { ...DEFAULT_FIT_OPTIONS, maxIterations: TRIAL_ITERATIONS };
  const lossOf = async (candidate: Design) => {
    const learn = candidate.learn.filter((path) => !path.includes('.zernike.'));
    return (await engine.fit({ ...candidate, learn }, options, () => undefined)).loss.end;
  };
  const [ofFile, ofUsed] = [await lossOf(spread), await lossOf(design)];
  const used = ofUsed < ofFile ? step : step * every;
  const note =
    used === step
      ? `${stack.id}.zStep was read as the distance between the planes used, every ${every} of the file: the image fits that far better.`
      : `${stack.id}.zStep was read as the distance between the planes of the file: the planes used lie ${every} times as far apart.`;
  io.stderr(`${note}\n`);
  return { design: used === step ? design : spread, note };
}
