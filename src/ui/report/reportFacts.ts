/** What stands behind the values of a report: the data, the instrument and how it was fitted. */
import type { Design } from '../../graph/document.ts';
import { linksOf } from '../../graph/expressions/links.ts';
import type { FitMethod } from '../../graph/fitOptions.ts';
import { formatParam } from '../../graph/format.ts';
import {
  calibrationFields,
  type GivenValues,
  SOURCE_WORDS,
  sourceNow,
} from '../../graph/guided/calibration.ts';
import { isComparison } from '../../graph/objective.ts';
import { describePath, getAt } from '../../graph/paths.ts';
import { isMovedTarget, registrationAt } from '../../graph/registration.ts';
import { nodeName, paramValue, type Registry } from '../../graph/registry.ts';
import type { FitResult } from '../../workers/protocol.ts';
import type { ImportSummary } from '../stores/targetImports.ts';
import { describeErrors } from '../views/errorWords.ts';

/** A name and what it is. */
export type Fact = readonly [name: string, text: string];

export interface ReportFacts {
  readonly data: readonly Fact[];
  readonly instrument: readonly Fact[];
  readonly method: readonly Fact[];
  /** Values that follow others by expressions. */
  readonly links: readonly Fact[];
}

export interface FactsOf {
  readonly design: Design;
  readonly registry: Registry;
  readonly result: FitResult;
  /** What the image was made of; null for a simulated one. */
  readonly source: ImportSummary | null;
  /** Where the guided path knows who gave the values; null elsewhere. */
  readonly given: GivenValues | null;
}

export function reportFacts(of: FactsOf): ReportFacts {
  return {
    data: dataFacts(of),
    instrument: instrumentFacts(of),
    method: methodFacts(of),
    links: linkFacts(of),
  };
}

/** “= 2*lens1.focalLength, 200 mm” */
function linkFacts({ design, registry }: FactsOf): readonly Fact[] {
  return linksOf(design, registry).links.map(({ path, title, text, spec }) => {
    const value = getAt(design, registry, path);
    const now = typeof value === 'number' && spec.kind === 'quantity' ? `, ${formatParam(spec, value)}` : '';
    return [title, `= ${text}${now}`];
  });
}

function dataFacts(of: FactsOf): readonly Fact[] {
  return [...imageFacts(of), ...registrationFacts(of)];
}

/** How an image that is compared was laid on the camera: flips, turns, scale and shift of its target. */
function registrationFacts({ design, registry }: FactsOf): readonly Fact[] {
  const moved = design.nodes.filter(({ id, type }) => type === 'target' && isMovedTarget(design, id));
  return moved.map((node) => {
    const params = registry.get('target')?.params ?? {};
    const words = Object.entries(registrationAt(design, node.id)).flatMap(([name, value]) => {
      const spec = params[name];
      if (spec === undefined || !('default' in spec) || spec.default === value) return [];
      return [`${spec.title.toLowerCase()} ${formatParam(spec, value)}`];
    });
    const name = moved.length > 1 ? `Laid on the camera, ${nodeName(design, registry, node.id)}` : null;
    return [name ?? 'Laid on the camera', words.join(', ')];
  });
}

function imageFacts({ design, source }: FactsOf): readonly Fact[] {
  if (source === null) {
    const simulated = Object.values(design.images).find(({ kind }) => kind === 'simulated');
    return simulated?.kind === 'simulated'
      ? [['Image', `simulated: ${simulated.name}, seed ${simulated.seed}`]]
      : [];
  }
  const { name, planes, rows, columns, crop, chosen, background } = source;
  const size = `${columns} × ${rows} pixels${planes > 1 ? `, ${planes} planes` : ''}`;
  const isWhole = crop.x0 === 0 && crop.y0 === 0 && crop.x1 === columns && crop.y1 === rows;
  const part = isWhole
    ? 'all of it'
    : `columns ${crop.x0} to ${crop.x1 - 1}, rows ${crop.y0} to ${crop.y1 - 1}, counted from 0`;
  return [
    ['File', name],
    ['Size', size],
    ['Part in use', part],
    ...(planes > 1 ? [['Planes in use', planesText(chosen)] as const] : []),
    ...(background === null ? [] : [['Divided by', background] as const]),
  ];
}

/** “1 to 101, every 4th: 26” */
export function planesText({ start, stop, step }: ImportSummary['chosen']): string {
  const count = Math.max(1, Math.ceil((stop - start) / step));
  const last = start + (count - 1) * step + 1;
  const every = step === 1 ? '' : `, every ${step}${ordinal(step)}`;
  return `${start + 1} to ${last}${every}: ${count}`;
}

function ordinal(n: number): string {
  const isTeen = Math.floor(n / 10) % 10 === 1;
  return isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
}

/** All numbers that the model was told, also those that no fit could learn. */
function instrumentFacts({ design, registry, given }: FactsOf): readonly Fact[] {
  return calibrationFields(design, registry, 'known').flatMap(({ path }): readonly Fact[] => {
    const target = describePath(design, registry, path);
    const value = getAt(design, registry, path);
    if (!target.ok || typeof value !== 'number' || design.learn.includes(path)) return [];
    const who = given === null ? '' : `, ${SOURCE_WORDS[sourceNow(design, registry, given, path)]}`;
    return [[target.spec.title, `${formatParam(target.spec, value)}${who}`]];
  });
}

const METHOD_TITLES: Readonly<Record<FitMethod, string>> = {
  levenbergMarquardt: 'Levenberg–Marquardt with exact derivatives',
  gaussNewton: 'Gauss–Newton by conjugate gradients',
  lbfgs: 'L-BFGS',
  adam: 'Adam',
  momentum: 'steepest descent with momentum',
  projection: 'projections (Gerchberg–Saxton)',
};

function methodFacts({ design, registry, result }: FactsOf): readonly Fact[] {
  const loss = design.nodes.find(({ type }) => {
    const element = registry.get(type);
    return element !== undefined && isComparison(element);
  });
  const spec = loss === undefined ? undefined : registry.get(loss.type)?.params['kind'];
  const kind = loss === undefined ? undefined : paramValue(loss, registry, 'kind');
  const measure =
    spec?.kind === 'choice' ? spec.options.find(({ value }) => value === kind)?.title : undefined;
  const { method, parameters, errorSource, starts, ending } = result;
  return [
    ...(method === undefined ? [] : [['Method', METHOD_TITLES[method]] as const]),
    ...(measure === undefined ? [] : [['Measure', measure] as const]),
    ['Unknowns', String(parameters.length)],
    ...(starts === undefined ? [] : [['Starts', 'several, the best is kept'] as const]),
    ...(ending === undefined ? [] : [['Ended', ENDINGS[ending] ?? ending] as const]),
    ...(errorSource === undefined ? [] : [['Errors', describeErrors(errorSource)] as const]),
    ['Seed', String(design.seed)],
  ];
}

const ENDINGS: Readonly<Partial<Record<NonNullable<FitResult['ending']>, string>>> = {
  converged: 'converged',
  settled: 'the loss hardly fell any more',
  steps: 'all steps were used up',
  stopped: 'stopped by hand',
  notFinite: 'at values that are no numbers; the best before are kept',
  diverged: 'diverged; the best values are kept',
};
