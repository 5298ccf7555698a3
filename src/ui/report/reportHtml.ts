/** The report of a fit as a page of its own: text of HTML and style, with nothing that is fetched. Pure. */
import type { FitResult } from '../../workers/protocol.ts';
import { firstWarnings, judge, weakestDirection } from '../guide/judge.ts';
import { formatValue } from '../views/format.ts';
import {
  BACKEND_TITLES,
  groupedParameters,
  groupRange,
  hasErrors,
  heldText,
  resultRow,
} from '../views/results.ts';
import { escapeHtml } from './escapeHtml.ts';
import type { Fact, ReportFacts } from './reportFacts.ts';

export interface ReportPicture {
  readonly title: string;
  /** A data address. */
  readonly source: string;
  readonly scale: {
    /** Hexadecimal colours, evenly spread from the lowest value to the highest. */
    readonly colors: readonly string[];
    readonly low: string;
    readonly high: string;
    readonly unit: string;
  };
  /** Of the picture's width, and the length that it stands for; null where pixels have no size. */
  readonly bar: { readonly share: number; readonly text: string } | null;
}

export interface ReportContent {
  readonly title: string;
  readonly description: string;
  readonly result: FitResult;
  /** The values of the design are not those of the fit any more. */
  readonly stale: boolean;
  /** An SVG element. */
  readonly graph: string;
  readonly pictures: readonly ReportPicture[];
  /** “Plane 13 of 25”; empty for one plane. */
  readonly plane: string;
  readonly facts: ReportFacts;
  /** Sentence on the wavefront; null where there are no terms. */
  readonly wavefront: string | null;
  /** What the design assumes that nobody has confirmed, as sentences. */
  readonly assumptions: readonly string[];
  readonly version: string;
  readonly adapter: string | null;
  /** As it is to be read. */
  readonly date: string;
  /** Name of the design's file. */
  readonly fileName: string;
  /** An address that holds the design, and the images that are not in it; null where it would be too long. */
  readonly link: { readonly address: string; readonly leftOut: readonly string[] } | null;
}

export const REPORT_STYLE = `
.report { max-width: 180mm; margin: 0 auto; padding: 10mm 4mm; background: #fff; color: #111;
  font: 9pt/1.32 "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; }
.report header { display: flex; flex-wrap: wrap; gap: 0 6mm; align-items: baseline; justify-content: space-between; margin-bottom: 1mm; }
.report h1 { margin: 0; font-size: 16pt; }
.report header p { margin: 0; }
.report h2 { margin: 2.8mm 0 0.8mm; font-size: 10pt; break-after: avoid; }
.report p { margin: 0 0 1.5mm; }
.report a { color: #1d5f9e; }
.report .soft { color: #555; }
.report .graph { display: block; width: 100%; max-height: 34mm; margin-top: 2mm; break-inside: avoid; }
.report .graph rect { fill: #f6f7f9; stroke: #9aa3b0; stroke-width: 1.5; }
.report .graph path { fill: none; stroke: #3d7ab8; stroke-width: 2.5; }
.report .graph .name { font: 600 15px Arial, sans-serif; }
.report .graph .value { font: 13px Arial, sans-serif; fill: #444; }
.report .verdict { padding: 1.5mm 3mm; border-left: 1.5mm solid #888; background: #f6f7f9; }
.report .verdict.green { border-color: #177245; }
.report .verdict.yellow { border-color: #b98900; }
.report .verdict.red { border-color: #b3261e; }
.report .pictures { display: flex; flex-wrap: wrap; gap: 4mm; break-inside: avoid; }
.report .pictures figure { flex: 1 1 30mm; max-width: 37mm; }
.report figure { margin: 0; }
.report figcaption { font-size: 8.5pt; }
.report .frame { position: relative; line-height: 0; }
.report .frame img { width: 100%; image-rendering: pixelated; }
.report .bar { position: absolute; left: 4%; bottom: 4%; border-bottom: 0.8mm solid #fff; color: #fff;
  font: 600 8pt/1.3 Arial, sans-serif; text-align: center; white-space: nowrap; background: rgb(0 0 0 / 55%); }
.report .colors { display: flex; gap: 1.5mm; align-items: center; margin-top: 1mm; font-size: 8pt; }
.report .colors i { flex: 1; height: 2.2mm; border: 0.2mm solid #999; }
.report .facts { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1mm 6mm; }
.report .facts dl { display: grid; grid-template-columns: auto 1fr; gap: 0.2mm 3mm; margin: 0; align-content: start;
  font-size: 8pt; }
.report .facts p, .report .facts li, .report .made { font-size: 8pt; }
.report .facts dt { color: #555; }
.report .facts dd { margin: 0; overflow-wrap: anywhere; }
.report .facts h2 { margin-top: 1.5mm; }
.report .halves { display: grid; grid-template-columns: 1fr 1fr; gap: 0 6mm; align-items: start; }
.report table.values { font-size: 8pt; }
.report h2 .soft { font-weight: 400; font-size: 8.5pt; }
.report table.values .note { color: #555; }
.report table { width: 100%; border-collapse: collapse; }
.report th, .report td { padding: 0.25mm 2mm 0.25mm 0; border-bottom: 0.2mm solid #ccc; text-align: left; }
.report td.number, .report th.number { text-align: right; white-space: nowrap; }
.report tr { break-inside: avoid; }
.report ul { margin: 0; padding-left: 5mm; }
.report code { font-size: 0.95em; overflow-wrap: anywhere; }
@page { size: A4; margin: 10mm 12mm; }
@media print { .report { max-width: none; padding: 0; print-color-adjust: exact; } }
`;

/** The whole report, without the page around it. */
export function reportBody(content: ReportContent): string {
  const { title, description, date, stale, graph } = content;
  const about = description === '' ? '' : `<p>${escapeHtml(description)}</p>`;
  const warning = stale
    ? '<p class="verdict red">The design was changed since this fit: values, pictures and graph do not belong together.</p>'
    : '';
  const what = content.result.goals === undefined ? 'Fit' : 'Design run';
  return `<article class="report"><header><h1>${escapeHtml(title)}</h1><p class="soft">${what} of ${escapeHtml(date)}</p></header>${about}${warning}${verdict(content)}${pictures(content)}${values(content.result)}${graph}${conditions(withLoss(content), assumed(content))}${following(content.facts)}${made(content)}</article>`;
}

/** A file of its own that any browser opens. */
export function reportPage(content: ReportContent): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(content.title)} – report</title><style>${REPORT_STYLE}</style></head><body>${reportBody(content)}</body></html>\n`;
}

function verdict({ result, wavefront }: ReportContent): string {
  const { light, reason } = judge(result);
  const { reducedChiSquare } = result;
  const chi = reducedChiSquare === null ? 'unknown' : formatValue(reducedChiSquare, 3);
  const weakest = weakestDirection(result);
  const warnings = [...(weakest === null ? [] : [weakest]), ...firstWarnings(result, result.warnings.length)];
  const list = warnings.map((warning) => `<li>${escapeHtml(warning)}</li>`).join('');
  const first = hasErrors(result) ? `<strong>Reduced χ² ${chi}.</strong> ` : '';
  const heading = result.goals === undefined ? 'Quality of the fit' : 'What was reached';
  return `<h2>${heading}</h2><p class="verdict ${light}">${first}${escapeHtml(reason)}</p>${goals(result)}${wavefront === null ? '' : `<p>${escapeHtml(wavefront)}</p>`}${list === '' ? '' : `<ul>${list}</ul>`}`;
}

/** What a design run was to better, before and after. */
function goals({ goals: numbers = [] }: FitResult): string {
  const hasWish = numbers.some(({ wanted }) => wanted !== undefined);
  const rows = numbers.map(({ title, before, after, unit, wanted }) => {
    const asked = wanted === undefined ? '' : `${wanted.text}: ${wanted.isMet ? 'met' : 'not met'}`;
    return `<tr><th scope="row">${escapeHtml(title)}</th><td class="number">${escapeHtml(formatValue(before))}</td><td class="number">${escapeHtml(formatValue(after))}</td><td>${escapeHtml(unit)}</td>${hasWish ? `<td>${escapeHtml(asked)}</td>` : ''}</tr>`;
  });
  if (rows.length === 0) return '';
  return `<table class="values"><thead><tr><th scope="col">Goal</th><th scope="col" class="number">Before</th><th scope="col" class="number">After</th><th scope="col">Unit</th>${hasWish ? '<th scope="col">Wanted</th>' : ''}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function colorBar({ colors, low, high }: ReportPicture['scale']): string {
  return `<span class="colors">${escapeHtml(low)}<i style="background:linear-gradient(to right,${colors.map(escapeHtml).join(',')})"></i>${escapeHtml(high)}</span>`;
}

function factList(title: string, facts: readonly Fact[]): string {
  if (facts.length === 0) return '';
  const rows = facts.map(([name, text]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`);
  return `<div><h2>${escapeHtml(title)}</h2><dl>${rows.join('')}</dl></div>`;
}

function withLoss({ facts, result }: ReportContent): ReportFacts {
  const { start, end } = result.loss;
  return { ...facts, method: [...facts.method, ['Loss', `${formatValue(start)} → ${formatValue(end)}`]] };
}

/** Data, instrument and method beside each other. @param known HTML of what was taken as known */
export function conditions({ data, instrument, method }: ReportFacts, known = ''): string {
  const first = `${factList('Data', data)}${known}`;
  const lists = [factList('Instrument', instrument), factList('Fit', method)];
  return `<section class="facts">${first === '' ? '' : `<div>${first}</div>`}${lists.join('')}</section>`;
}

function pictures({ pictures: shown, plane }: ReportContent): string {
  if (shown.length === 0) return '';
  const figures = shown.map(({ title, source, scale: colors, bar }) => {
    const scale =
      bar === null
        ? ''
        : `<span class="bar" style="width:${(100 * bar.share).toFixed(1)}%">${escapeHtml(bar.text)}</span>`;
    return `<figure><div class="frame"><img alt="${escapeHtml(title)}" src="${escapeHtml(source)}">${scale}</div><figcaption><strong>${escapeHtml(title)}</strong>, ${escapeHtml(colors.unit)}${colorBar(colors)}</figcaption></figure>`;
  });
  const which = plane === '' ? '' : ` <span class="soft">${escapeHtml(plane)}</span>`;
  const heading = shown.some(({ title }) => title === 'Data') ? 'Data, model and residual' : 'Pictures';
  return `<h2>${heading}${which}</h2><div class="pictures">${figures.join('')}</div>`;
}

/** More values than these stand in two columns. */
const ONE_COLUMN = 8;

interface ValueRow {
  readonly title: string;
  readonly value: string;
  /** How far it may be off by itself, for runs without errors. */
  readonly tolerance: string;
  readonly unit: string;
  readonly note: string;
}

function valueRows(result: FitResult): readonly ValueRow[] {
  const { single, groups } = groupedParameters(result.parameters);
  const errors = hasErrors(result);
  const ofSingle = single.map((parameter): ValueRow => {
    const { title, value, tolerance, unit, atBound, unknown, prior } = resultRow(parameter, null, errors);
    const notes = [atBound ? 'at its limit' : '', unknown ? 'not determined' : '', prior?.text ?? ''];
    return { title, value, tolerance, unit, note: notes.filter((note) => note !== '').join(', ') };
  });
  const ofGroups = groups.map((group): ValueRow => {
    const [first] = group.parameters;
    const note = `${group.parameters.length} planes`;
    return {
      title: group.title,
      value: groupRange(group),
      tolerance: '',
      unit: first?.display.unit ?? '',
      note,
    };
  });
  return [...ofSingle, ...ofGroups];
}

function values(result: FitResult): string {
  const rows = valueRows(result);
  const hasTolerance = rows.some(({ tolerance }) => tolerance !== '');
  const cell = (text: string) => `<td class="number">${escapeHtml(text)}</td>`;
  const lines = rows.map(({ title, value, tolerance, unit, note }) => {
    const more = note === '' ? '' : ` <span class="note">${escapeHtml(note)}</span>`;
    const slack = hasTolerance ? cell(tolerance === '' ? '' : `± ${tolerance}`) : '';
    return `<tr><th scope="row">${escapeHtml(title)}</th>${cell(value)}${slack}<td>${escapeHtml(unit)}${more}</td></tr>`;
  });
  const [heading, column] = hasErrors(result)
    ? ['Values ± standard error', 'Value ± σ']
    : ['Values', 'Value'];
  const numbers = [column, ...(hasTolerance ? ['Tolerance'] : [])];
  const heads = numbers.map((text) => `<th scope="col" class="number">${text}</th>`).join('');
  const head = `<thead><tr><th scope="col">Parameter</th>${heads}<th scope="col">Unit</th></tr></thead>`;
  const middle = lines.length > ONE_COLUMN ? Math.ceil(lines.length / 2) : lines.length;
  const tables = [lines.slice(0, middle), lines.slice(middle)]
    .filter((part) => part.length > 0)
    .map((part) => `<table class="values">${head}<tbody>${part.join('')}</tbody></table>`);
  const body = tables.length > 1 ? `<div class="halves">${tables.join('')}</div>` : tables.join('');
  return `<h2>${heading}</h2>${tolerances(result)}${body}`;
}

function tolerances({ toleranceOf }: FitResult): string {
  if (toleranceOf === undefined) return '';
  const text = `Tolerances: how far each value alone may be off before ${toleranceOf.of} changes by ${toleranceOf.change}.`;
  return `<p class="soft">${escapeHtml(text)}</p>`;
}

function following({ links }: ReportFacts): string {
  if (links.length === 0) return '';
  const rows = links.map(
    ([name, text]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(text)}</td></tr>`,
  );
  return `<h2>Values that follow others</h2><table class="values"><tbody>${rows.join('')}</tbody></table>`;
}

function assumed({ result, assumptions }: ReportContent): string {
  const held = result.held ?? [];
  if (held.length === 0 && assumptions.length === 0) return '';
  const list = assumptions.map((each) => `<li>${escapeHtml(each)}</li>`).join('');
  return `<h2>Taken as known</h2><p>${escapeHtml(heldText(held))}</p>${list === '' ? '' : `<ul>${list}</ul>`}`;
}

function made({ result, version, adapter, fileName, link }: ReportContent): string {
  const where = `${BACKEND_TITLES[result.backend]}${adapter === null ? '' : ` (${adapter})`}`;
  const steps = result.iterations === 1 ? '1 iteration' : `${result.iterations} iterations`;
  const file = `save the design (it holds the image), open it and press Run fit, or <code>luminode fit "${escapeHtml(fileName)}"</code>`;
  return `<section class="made"><h2>How it was made</h2><p>Luminode ${escapeHtml(version)} on ${escapeHtml(where)}: ${steps} in ${formatValue(result.seconds, 2)} s. ${CONVENTIONS}</p><p>To repeat it: ${linked(link)}${file}.</p></section>`;
}

/** What the numbers mean, as docs/conventions.md has it. */
const CONVENTIONS =
  'x to the right, y downwards, z along the light; distances before focus are positive; light as exp(−iωt), longer paths are positive phase; Zernike terms after Noll, RMS over the pupil; errors are one standard deviation.';

/** PDF and HTML keep the address behind the words; on paper it would fill the page. */
function linked(link: ReportContent['link']): string {
  if (link === null) return '';
  const without = link.leftOut.map((name) => `“${name}”`).join(', ');
  const missing = without === '' ? '' : `, which comes without ${escapeHtml(without)}`;
  return `<a href="${escapeHtml(link.address)}">open the design by its link</a>${missing}; or `;
}
