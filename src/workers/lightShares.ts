/**
 * Runs in which light of many parts that do not interfere is computed a share at a time: what detectors see of the
 * shares is added up on the host, and what follows is computed from the sums.
 */
import { type Plan, upstream } from '../graph/compile.ts';
import { type GraphRunner, NO_OVERRIDES, type RunResult } from '../graph/execute.ts';
import { litDetectors } from '../graph/shares.ts';
import type { LightShare, PlaneRange } from '../optics/element.ts';
import type { Image, PortValue } from '../optics/values.ts';

export interface SharedRun {
  readonly runner: GraphRunner;
  readonly plan: Plan;
  readonly blocked: ReadonlySet<string>;
  /** Nodes whose values are wanted; all when absent. */
  readonly only?: ReadonlySet<string>;
  /** A single null where all light is computed at once. */
  readonly shares: readonly (LightShare | null)[];
}

/** What detectors see of all the light. */
type Sums = ReadonlyMap<string, { port: string; image: Image; data: Float64Array | Float32Array }>;

/** Adds up the shares, each in a scope of its own: no other may be open, or nothing would be let go between them. */
export async function sumOfShares(run: SharedRun, planes: PlaneRange | null): Promise<Sums> {
  const { runner, plan, blocked, only, shares } = run;
  const sums = new Map<string, { port: string; image: Image; data: Float64Array | Float32Array }>();
  if (shares.length === 1) return sums;
  const needed = only === undefined ? null : upstream(plan, only);
  const detectors = new Set(litDetectors(plan).filter((id) => needed?.has(id) !== false));
  for (const share of shares) {
    const scope = runner.ops.open();
    try {
      const results = runner.run(plan, { ...NO_OVERRIDES, planes, share }, 'value', detectors, blocked);
      const seen = [...detectors].flatMap((id) => {
        const [output] = Object.entries(results.get(id)?.outputs ?? {});
        return output?.[1].kind === 'image' ? [{ id, port: output[0], image: output[1] }] : [];
      });
      const read = await runner.ops.read(seen.map(({ image }) => image.samples));
      seen.forEach(({ id, port, image }, i) => {
        const part = read[i] ?? new Float32Array(0);
        const known = sums.get(id)?.data;
        if (known === undefined) sums.set(id, { port, image, data: part.slice() });
        else addTo(known, part);
      });
    } finally {
      runner.ops.close(scope);
    }
  }
  return sums;
}

/**
 * The values of a plan with what detectors see of all the light, in an open scope. Light itself, before the detectors,
 * is that of the first share.
 */
export function runSummed(run: SharedRun, planes: PlaneRange | null, sums: Sums): RunResult {
  const { runner, plan, blocked, only, shares } = run;
  const [share = null] = shares;
  const outputs = new Map(
    [...sums].map(([id, { port, image, data }]): [string, Readonly<Record<string, PortValue>>] => {
      const samples = runner.ops.upload(data, image.samples.shape, 'real');
      return [id, { [port]: { ...image, samples } }];
    }),
  );
  return runner.run(plan, { ...NO_OVERRIDES, planes, share, outputs }, 'value', only, blocked);
}

/** sum += part. */
export function addTo(sum: Float64Array | Float32Array, part: ArrayLike<number>): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (part[i] as number);
}
