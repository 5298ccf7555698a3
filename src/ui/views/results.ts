/** The result of a fit as rows, text and files. */

import type { Correlation } from '../../graph/correlation.ts';
import type { Design } from '../../graph/document.ts';
import type { HeldValue } from '../../graph/held.ts';
import type { Registry } from '../../graph/registry.ts';
import { cellValue, tableRows } from '../../graph/tables.ts';
import { targetImages } from '../../graph/targets.ts';
import { type TermEntry, termEntries, ZERNIKE_CONVENTION } from '../../graph/zernikeConvention.ts';
import type { CsvColumn } from '../../workers/filesClient.ts';
import type { BackendName, FitResult, ParameterResult } from '../../workers/protocol.ts';
import { formatValue, formatValueAndError, roundByError } from './format.ts';

export const BACKEND_TITLES: Readonly<Record<BackendName, string>> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  f64: '64-bit reference',
};

/** Display value per SI value, from whichever number of the result tells it. */
function displayFactor({ value, sigma, display }: ParameterResult): number | null {
  if (value !== 0) return display.value / value;
  if (sigma !== null && sigma !== 0 && display.sigma !== null) return display.sigma / sigma;
  return null;
}

/** The same parameter shown in another unit. @param factor SI value of one */
export function inUnit(
  parameter: ParameterResult,
  { symbol, factor }: { readonly symbol: string; readonly factor: number },
): ParameterResult {
  const { value, sigma, prior } = parameter;
  const { tolerance } = parameter;
  const display = {
    ...{ value: value / factor, sigma: sigma === null ? null : sigma / factor, unit: symbol },
    ...(tolerance === undefined ? {} : { tolerance: tolerance === null ? null : tolerance / factor }),
  };
  if (prior === undefined) return { ...parameter, display };
  const known = { mean: prior.mean / factor, sigma: prior.sigma / factor };
  return { ...parameter, display, prior: { ...prior, display: known } };
}

/** How far other comparisons move the value, in the display unit; null where none was made. */
function spreadInDisplayUnit(parameter: ParameterResult): number | null {
  if (parameter.spread === undefined) return null;
  const factor = displayFactor(parameter);
  return factor === null ? null : parameter.spread * factor;
}

/** Start value in the display unit; 0 is 0 in every unit. */
export function startInDisplayUnit(parameter: ParameterResult): number | null {
  if (parameter.start === 0) return 0;
  const factor = displayFactor(parameter);
  // Twelve figures: the factor is a quotient and carries rounding in its last digits.
  return factor === null ? null : Number((parameter.start * factor).toPrecision(12));
}

/**
 * The true value (SI) of a fitted parameter where the design is compared with its own simulated measurement; null where
 * the measurement is real, or several may differ.
 */
export function truthOf(
  design: Pick<Design, 'images' | 'nodes'>,
  elements: Registry,
  path: string,
): number | null {
  const [image, ...others] = targetImages(design);
  if (image?.kind !== 'simulated' || others.length > 0) return null;
  const whole = image.truth[path];
  if (typeof whole === 'number') return whole;
  const [nodeId = '', name = '', index, column] = path.split('.');
  const values = image.truth[`${nodeId}.${name}`];
  const spec = elements.get(design.nodes.find(({ id }) => id === nodeId)?.type ?? '')?.params[name];
  if (spec?.kind === 'table') {
    const rows = tableRows(spec, values);
    // More spheres than there really are have no true values.
    return column !== undefined && Number(index) < rows.length
      ? cellValue(spec, rows, Number(index), column)
      : null;
  }
  if (index !== undefined && Array.isArray(values))
    return (values as readonly number[])[Number(index)] ?? null;
  if (typeof values === 'number') return values;
  // What is not named is at its default.
  if (spec?.kind === 'zernike') return 0;
  return spec?.kind === 'quantity' ? spec.default : null;
}

export interface ResultRow {
  readonly path: string;
  readonly title: string;
  /** Empty where it is not known. */
  readonly truth: string;
  readonly start: string;
  /** "1.5906 ± 0.0012". */
  readonly value: string;
  /** How far other comparisons move the value; empty where none was made. */
  readonly spread: string;
  /** How far it alone may be off; empty where nothing in its range matters, or none was asked. */
  readonly tolerance: string;
  readonly unit: string;
  readonly pixel: string;
  readonly atBound: boolean;
  readonly unknown: boolean;
  /** What was known before, short and as a sentence; null where nothing was. */
  readonly prior: { readonly short: string; readonly text: string } | null;
}

function forTheEye(text: string): string {
  return text.replaceAll('-', '−');
}

/** Whether the values have standard errors: goals and fits of maps have none, whatever their data. */
export function hasErrors({
  correlation,
  parameters,
}: Pick<FitResult, 'correlation' | 'parameters'>): boolean {
  return correlation !== undefined || parameters.some(({ sigma }) => sigma !== null);
}

/**
 * @param truth what `truthOf` says
 * @param errors whether the values of the fit have standard errors
 */
export function resultRow(parameter: ParameterResult, truth: number | null = null, errors = true): ResultRow {
  const { display, pixel, prior } = parameter;
  const rounded = roundByError(display.value, display.sigma);
  const place = placeOf(display);
  const spread = spreadInDisplayUnit(parameter);
  const start = startInDisplayUnit(parameter);
  const startText = start === null ? '' : roundByError(start, place).value;
  const factor = displayFactor(parameter);
  const shownTruth = truth === 0 ? 0 : truth === null || factor === null ? null : truth * factor;
  return {
    path: parameter.path,
    title: parameter.title,
    truth: shownTruth === null ? '' : forTheEye(roundByError(shownTruth, place).value),
    start: forTheEye(startText),
    value: errors
      ? formatValueAndError(display.value, display.sigma)
      : forTheEye(roundByError(display.value, place).value),
    spread: spread === null ? '' : formatValue(spread, 2),
    tolerance: display.tolerance == null ? '' : formatValue(display.tolerance, 2),
    unit: display.unit,
    pixel: pixel === null ? '' : forTheEye(pixel.toFixed(2)),
    atBound: parameter.atBound,
    unknown: errors && rounded.sigma === null,
    prior: prior === undefined ? null : priorText(prior, display.unit),
  };
}

/** What digits go by: the standard error, or a tenth of what a design allows, of which values are told a little finer. */
function placeOf({ sigma, tolerance }: ParameterResult['display']): number | null {
  return sigma ?? (tolerance == null ? null : tolerance / 10);
}

function priorText({ share, display }: NonNullable<ParameterResult['prior']>, unit: string) {
  const known = `${formatValueAndError(display.mean, display.sigma)} ${unit}`.trimEnd();
  const percent = share === null ? '' : ` ${Math.round(100 * share)} %`;
  const part = share === null ? '' : `: it makes up${percent} of what is known of the value`;
  return { short: `prior${percent}`, text: `Known before the fit as ${known}${part}.` };
}

/** Columns for a file: full precision, SI and display units side by side. */
export function resultColumns(result: FitResult): readonly CsvColumn[] {
  const { parameters } = result;
  const column = (name: string, read: (parameter: ParameterResult) => string | number | null): CsvColumn => ({
    name,
    values: parameters.map(read),
  });
  return [
    column('parameter', ({ path }) => path),
    column('title', ({ title }) => title),
    column('start', startInDisplayUnit),
    column('value', ({ display }) => display.value),
    column('standard error', ({ display }) => display.sigma),
    column('spread between losses', spreadInDisplayUnit),
    ...(result.toleranceOf === undefined
      ? []
      : [
          column(
            `tolerance: ${toleranceWords(result.toleranceOf)}`,
            ({ display }) => display.tolerance ?? null,
          ),
        ]),
    ...(parameters.some(({ prior }) => prior !== undefined)
      ? [
          column('known before', ({ prior }) => prior?.display.mean ?? null),
          column('standard error before', ({ prior }) => prior?.display.sigma ?? null),
        ]
      : []),
    column('unit', ({ display }) => display.unit),
    column('start (SI)', ({ start }) => start),
    column('value (SI)', ({ value }) => value),
    column('standard error (SI)', ({ sigma }) => sigma),
    column('SI unit', ({ unit }) => unit),
    column('pixel', ({ pixel }) => pixel),
    column('at limit', ({ atBound }) => (atBound ? 'yes' : 'no')),
    ...correlationColumns(result),
  ];
}

/** “Strehl ratio changes by 0.01” */
export function toleranceWords({ change, of }: NonNullable<FitResult['toleranceOf']>): string {
  return `${of} changes by ${change}`;
}

/** One column for each value: the matrix beside the table. */
function correlationColumns({ parameters, correlation }: FitResult): readonly CsvColumn[] {
  return (correlation?.paths ?? []).map((path, column) => ({
    name: `correlation with ${path}`,
    values: parameters.map((parameter) => {
      const row = correlation?.paths.indexOf(parameter.path) ?? -1;
      return correlation?.matrix[row]?.[column] ?? null;
    }),
  }));
}

export interface CorrelationRows {
  readonly paths: readonly string[];
  readonly titles: readonly string[];
  readonly matrix: Correlation['matrix'];
  /** Values of the fit that there is no room for. */
  readonly more: number;
}

/** Values whose correlations can be looked through by eye. */
const MOST_CORRELATED = 40;

/** The matrix as the page shows it: values in the order of the table, as many as one can look through. */
export function correlationRows({
  parameters,
  correlation,
}: Pick<FitResult, 'parameters' | 'correlation'>): CorrelationRows | null {
  if (correlation === undefined || correlation.paths.length < 2) return null;
  const { single, groups } = groupedParameters(parameters);
  const ordered = [...single, ...groups.flatMap((group) => group.parameters)];
  const shown = ordered.slice(0, MOST_CORRELATED);
  const places = shown.map(({ path }) => correlation.paths.indexOf(path));
  return {
    paths: shown.map(({ path }) => path),
    titles: shown.map(({ title }) => title),
    matrix: places.map((row) => places.map((column) => correlation.matrix[row]?.[column] ?? null)),
    more: ordered.length - shown.length,
  };
}

/** The whole matrix for a spreadsheet, tab-separated, with titles on both sides. */
export function correlationTsv({
  parameters,
  correlation,
}: Pick<FitResult, 'parameters' | 'correlation'>): string {
  const { paths, matrix } = correlation ?? { paths: [], matrix: [] };
  const titles = paths.map((path) => parameters.find((each) => each.path === path)?.title ?? path);
  const rows = matrix.map((row, i) => [titles[i] ?? '', ...row.map((r) => (r === null ? '' : String(r)))]);
  return tsv([['Correlation', ...titles], ...rows]);
}

/** “Wavelength 532 nm, medium index 1.33”; with the element's name where two values are called the same. */
export function heldText(held: readonly HeldValue[]): string {
  const shortOf = ({ title }: HeldValue) => title.split(': ').slice(1).join(': ') || title;
  const shorts = held.map(shortOf);
  const words = held.map((each, i) => {
    const short = shorts[i] ?? '';
    const isUnique = shorts.indexOf(short) === shorts.lastIndexOf(short);
    const value = `${formatValue(each.display.value)} ${each.display.unit}`.trimEnd();
    return `${isUnique ? lowerFirst(short) : each.title} ${value.replace(/ °$/, '°')}`;
  });
  return words.join(', ');
}

/** Names of terms (Z6 …) and abbreviations keep their capitals. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
}

/** Tab-separated, as spreadsheets paste it; rounded by the error like the table. */
export function resultTsv(result: FitResult): string {
  const hasTolerance = result.toleranceOf !== undefined;
  const head = [
    ...['Parameter', 'Start', 'Value', 'Standard error', 'Unit', 'Pixel', 'At limit'],
    ...(hasTolerance ? ['Tolerance'] : []),
  ];
  const rows = result.parameters.map((parameter) => {
    const rounded = roundByError(parameter.display.value, parameter.display.sigma);
    const start = startInDisplayUnit(parameter);
    return [
      parameter.title,
      start === null ? '' : roundByError(start, parameter.display.sigma).value,
      rounded.value,
      rounded.sigma ?? '',
      parameter.display.unit,
      parameter.pixel === null ? '' : parameter.pixel.toFixed(2),
      parameter.atBound ? 'yes' : 'no',
      ...(hasTolerance ? [resultRow(parameter).tolerance] : []),
    ];
  });
  return tsv([head, ...rows]);
}

/** A tab or line break inside a title would shift the columns. */
function tsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map((cell) => cell.replace(/\s+/g, ' ')).join('\t')).join('\n');
}

/**
 * The whole result, readable by scripts. Values in SI; `display` repeats them in the unit of the table; Zernike terms once
 * more with their indices and what they mean.
 */
export function resultJson(result: FitResult, design: string): string {
  const entries = termEntries(result);
  const zernike = entries.length === 0 ? {} : { zernike: { convention: ZERNIKE_CONVENTION, terms: entries } };
  return `${JSON.stringify({ format: 'luminode-fit', formatVersion: 1, design, ...result, ...zernike }, null, 2)}\n`;
}

/**
 * Zernike terms for a file, with their indices in all orders and the convention in every row; null without terms.
 * @param wavelength vacuum, metres; null where the design has none
 */
export function termColumns(result: FitResult, wavelength: number | null): readonly CsvColumn[] | null {
  const entries = termEntries(result);
  if (entries.length === 0) return null;
  const column = (name: string, read: (entry: TermEntry) => string | number | null): CsvColumn => ({
    name,
    values: entries.map(read),
  });
  const waves = (length: number | null) =>
    wavelength === null || length === null ? null : length / wavelength;
  const { sign, axes, normalisation } = ZERNIKE_CONVENTION;
  return [
    column('of', ({ of }) => of),
    column('Noll', ({ noll }) => noll),
    column('ANSI/OSA', ({ osa }) => osa),
    column('Fringe', ({ fringe }) => fringe),
    column('n', ({ n }) => n),
    column('m', ({ m }) => m),
    column('name', ({ name }) => name),
    column('m RMS', ({ value }) => value),
    column('standard error (m RMS)', ({ sigma }) => sigma),
    column('waves RMS', ({ value }) => waves(value)),
    column('standard error (waves RMS)', ({ sigma }) => waves(sigma)),
    column('m at the edge', ({ value, edge }) => value * edge),
    column('wavelength (m)', () => wavelength),
    column('sign', () => sign),
    column('axes', () => axes),
    column('normalisation', () => normalisation),
  ];
}

export interface ResultGroup {
  /** Path of the parameter that has one value per plane: "bead.photons". */
  readonly path: string;
  readonly title: string;
  readonly parameters: readonly ParameterResult[];
}

const PLANE_TITLE = /^(.*), plane \d+$/;

/** Parameters of the whole design first, in their order; then those with one value per plane, one group each. */
export function groupedParameters(parameters: readonly ParameterResult[]): {
  readonly single: readonly ParameterResult[];
  readonly groups: readonly ResultGroup[];
} {
  const single: ParameterResult[] = [];
  const groups = new Map<string, { path: string; title: string; parameters: ParameterResult[] }>();
  for (const parameter of parameters) {
    const title = PLANE_TITLE.exec(parameter.title)?.[1];
    const path = parameter.path.replace(/\.\d+$/, '');
    if (title === undefined || path === parameter.path) {
      single.push(parameter);
      continue;
    }
    const group = groups.get(path) ?? { path, title, parameters: [] };
    group.parameters.push(parameter);
    groups.set(path, group);
  }
  return { single, groups: [...groups.values()] };
}

/** "0.98 to 1.31", the range of a group in its unit. */
export function groupRange({ parameters }: ResultGroup): string {
  const values = parameters.map(({ display }) => display.value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${forTheEye(String(Number(low.toPrecision(3))))} to ${forTheEye(String(Number(high.toPrecision(3))))}`;
}
