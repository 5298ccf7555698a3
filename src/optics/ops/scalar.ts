/**
 * A float64 number on the host together with its partial derivatives with respect to the learnable
 * parameters of the running program (forward-mode differentiation; there are few scalars, so this is cheap).
 * Parameters stay in float64 whatever the backend: resonances and long distances need it.
 */
export interface Scalar {
  readonly value: number;
  /** d value / d parameter, keyed by the parameter's slot. Empty for constants. */
  readonly partials: ReadonlyMap<number, number>;
  /** Known to depend on the parameters linearly: the derivatives hold at any distance. True of constants. */
  readonly isAffine: boolean;
}

const NO_PARTIALS: ReadonlyMap<number, number> = new Map();

export function constantScalar(value: number): Scalar {
  return { value, partials: NO_PARTIALS, isAffine: true };
}

export function parameterScalar(value: number, slot: number): Scalar {
  return { value, partials: new Map([[slot, 1]]), isAffine: true };
}

/**
 * A smooth function of scalars: its value and the derivative with respect to each argument.
 * @param isLinear whether it is linear in the arguments that are not constant.
 */
function scalarFunction(
  args: readonly Scalar[],
  value: number,
  derivatives: readonly number[],
  isLinear: boolean,
): Scalar {
  let partials: Map<number, number> | null = null;
  args.forEach((arg, index) => {
    for (const [slot, partial] of arg.partials) {
      partials ??= new Map();
      partials.set(slot, (partials.get(slot) ?? 0) + (derivatives[index] ?? 0) * partial);
    }
  });
  const isAffine = partials === null || (isLinear && args.every((arg) => arg.isAffine));
  return { value, partials: partials ?? NO_PARTIALS, isAffine };
}

export type ScalarLike = Scalar | number;

export function asScalar(x: ScalarLike): Scalar {
  return typeof x === 'number' ? constantScalar(x) : x;
}

export function addScalars(a: ScalarLike, b: ScalarLike): Scalar {
  const [p, q] = [asScalar(a), asScalar(b)];
  return scalarFunction([p, q], p.value + q.value, [1, 1], true);
}

export function subtractScalars(a: ScalarLike, b: ScalarLike): Scalar {
  const [p, q] = [asScalar(a), asScalar(b)];
  return scalarFunction([p, q], p.value - q.value, [1, -1], true);
}

export function multiplyScalars(a: ScalarLike, b: ScalarLike): Scalar {
  const [p, q] = [asScalar(a), asScalar(b)];
  const isLinear = isConstant(p) || isConstant(q);
  return scalarFunction([p, q], p.value * q.value, [q.value, p.value], isLinear);
}

export function divideScalars(a: ScalarLike, b: ScalarLike): Scalar {
  const [p, q] = [asScalar(a), asScalar(b)];
  const derivatives = [1 / q.value, -p.value / (q.value * q.value)];
  return scalarFunction([p, q], p.value / q.value, derivatives, isConstant(q));
}

/** f(a) with derivative df(a). */
export function mapScalar(a: ScalarLike, f: (x: number) => number, df: (x: number) => number): Scalar {
  const p = asScalar(a);
  return scalarFunction([p], f(p.value), [df(p.value)], false);
}

export function isConstant(a: Scalar): boolean {
  return a.partials.size === 0;
}
