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
}

export const REPORT_STYLE = `
.report { max-width: 180mm; margin: 0 auto; padding: 10mm 4mm; background: #fff; color: #111;
  font: 10pt/1.4 "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; }
.report h1 { margin: 0 0 1mm; font-size: 17pt; }
.report h2 { margin: 5mm 0 1.5mm; font-size: 11pt; break-after: avoid; }
.report p { margin: 0 0 2mm; }
.report .soft { color: #555; }
.report .graph { display: block; width: 100%; max-height: 62mm; break-inside: avoid; }
.report .graph rect { fill: #f6f7f9; stroke: #9aa3b0; stroke-width: 1.5; }
.report .graph path { fill: none; stroke: #3d7ab8; stroke-width: 2.5; }
.report .graph .name { font: 600 15px Arial, sans-serif; }
.report .graph .value { font: 13px Arial, sans-serif; fill: #444; }
.report .verdict { padding: 2mm 3mm; border-left: 1.5mm solid #888; background: #f6f7f9; }
.report .verdict.green { border-color: #177245; }
.report .verdict.yellow { border-color: #b98900; }
.report .verdict.red { border-color: #b3261e; }
.report .pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(38mm, 1fr)); gap: 4mm; break-inside: avoid; }
.report figure { margin: 0; }
.report figcaption { font-size: 8.5pt; }
.report .frame { position: relative; line-height: 0; }
.report .frame img { width: 100%; image-rendering: pixelated; }
.report .bar { position: absolute; left: 4%; bottom: 4%; border-bottom: 0.8mm solid #fff; color: #fff;
  font: 600 8pt/1.3 Arial, sans-serif; text-align: center; white-space: nowrap; background: rgb(0 0 0 / 55%); }
.report .colors { display: flex; gap: 1.5mm; align-items: center; margin-top: 1mm; font-size: 8pt; }
.report .colors i { flex: 1; height: 2.2mm; border: 0.2mm solid #999; }
.report .facts { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1mm 6mm; }
.report .facts dl { display: grid; grid-template-columns: auto 1fr; gap: 0.4mm 3mm; margin: 0; align-content: start;
  font-size: 9pt; }
.report .facts dt { color: #555; }
.report .facts dd { margin: 0; overflow-wrap: anywhere; }
.report .facts h2 { margin-top: 3mm; }
.report table.values { column-count: 1; font-size: 9pt; }
.report table { width: 100%; border-collapse: collapse; }
.report th, .report td { padding: 0.6mm 2mm 0.6mm 0; border-bottom: 0.2mm solid #ccc; text-align: left; }
.report td.number, .report th.number { text-align: right; white-space: nowrap; }
.report tr { break-inside: avoid; }
.report ul { margin: 0; padding-left: 5mm; }
.report code { font-size: 9pt; overflow-wrap: anywhere; }
@page { size: A4; margin: 12mm; }
@media print { .report { max-width: none; padding: 0; print-color-adjust: exact; } }
`;

/** The whole report, without the page around it. */
export function reportBody(content: ReportContent): string {
  const { title, description, date, stale, graph } = content;
  const about = description === '' ? '' : `<p>${escapeHtml(description)}</p>`;
  const warning = stale
    ? '<p class="verdict red">The design was changed since this fit: values, pictures and graph do not belong together.</p>'
    : '';
  return `<article class="report"><h1>${escapeHtml(title)}</h1><p class="soft">Fit of ${escapeHtml(date)}</p>${about}${warning}${verdict(content)}${pictures(content)}${values(content.result)}${graph}${conditions(content.facts)}${following(content.facts)}${assumed(content)}${made(content)}</article>`;
}

/** A file of its own that any browser opens. */
export function reportPage(content: ReportContent): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(content.title)} – report</title><style>${REPORT_STYLE}</style></head><body>${reportBody(content)}</body></html>\n`;
}

function verdict({ result, wavefront }: ReportContent): string {
  const { light, reason } = judge(result);
  const { reducedChiSquare, loss } = result;
  const chi = reducedChiSquare === null ? 'unknown' : formatValue(reducedChiSquare, 3);
  const weakest = weakestDirection(result);
  const warnings = [...(weakest === null ? [] : [weakest]), ...firstWarnings(result, result.warnings.length)];
  const list = warnings.map((warning) => `<li>${escapeHtml(warning)}</li>`).join('');
  const first = hasErrors(result) ? `<strong>Reduced χ² ${chi}.</strong> ` : '';
  const heading = result.goals === undefined ? 'Quality of the fit' : 'What was reached';
  return `<h2>${heading}</h2><p class="verdict ${light}">${first}${escapeHtml(reason)}</p>${wavefront === null ? '' : `<p>${escapeHtml(wavefront)}</p>`}<p class="soft">Loss ${formatValue(loss.start)} → ${formatValue(loss.end)}</p>${list === '' ? '' : `<ul>${list}</ul>`}`;
}

function colorBar({ colors, low, high }: ReportPicture['scale']): string {
  return `<span class="colors">${escapeHtml(low)}<i style="background:linear-gradient(to right,${colors.map(escapeHtml).join(',')})"></i>${escapeHtml(high)}</span>`;
}

function factList(title: string, facts: readonly Fact[]): string {
  if (facts.length === 0) return '';
  const rows = facts.map(([name, text]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`);
  return `<div><h2>${escapeHtml(title)}</h2><dl>${rows.join('')}</dl></div>`;
}

/** Data, instrument and method beside each other. */
export function conditions({ data, instrument, method }: ReportFacts): string {
  const lists = [factList('Data', data), factList('Instrument', instrument), factList('Fit', method)];
  return `<section class="facts">${lists.join('')}</section>`;
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
  const which = plane === '' ? '' : `<p class="soft">${escapeHtml(plane)}</p>`;
  return `<h2>Data, model and residual</h2><div class="pictures">${figures.join('')}</div>${which}`;
}

function values(result: FitResult): string {
  const { single, groups } = groupedParameters(result.parameters);
  const errors = hasErrors(result);
  const [heading, column] = errors ? ['Values ± standard error', 'Value ± σ'] : ['Values', 'Value'];
  const cells = (title: string, value: string, unit: string, note: string) =>
    `<tr><th scope="row">${escapeHtml(title)}</th><td class="number">${escapeHtml(value)}</td><td>${escapeHtml(unit)}</td><td>${escapeHtml(note)}</td></tr>`;
  const rows = single.map((parameter) => {
    const row = resultRow(parameter, null, errors);
    const slack = row.tolerance === '' ? '' : `tolerance ± ${row.tolerance} ${row.unit}`.trimEnd();
    const notes = [
      slack,
      row.atBound ? 'at its limit' : '',
      row.unknown ? 'not determined' : '',
      row.prior?.text ?? '',
    ];
    return cells(row.title, row.value, row.unit, notes.filter((note) => note !== '').join(', '));
  });
  const grouped = groups.map((group) =>
    cells(
      group.title,
      groupRange(group),
      group.parameters[0]?.display.unit ?? '',
      `${group.parameters.length} planes`,
    ),
  );
  const { toleranceOf } = result;
  const meaning =
    toleranceOf === undefined
      ? ''
      : `<p class="soft">${escapeHtml(`Tolerances: how far each value alone may be off before ${toleranceOf.of} changes by ${toleranceOf.change}.`)}</p>`;
  return `<h2>${heading}</h2>${meaning}<table class="values"><thead><tr><th scope="col">Parameter</th><th scope="col" class="number">${column}</th><th scope="col">Unit</th><th scope="col">Note</th></tr></thead><tbody>${rows.join('')}${grouped.join('')}</tbody></table>`;
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

function made({ result, version, adapter, fileName }: ReportContent): string {
  const where = `${BACKEND_TITLES[result.backend]}${adapter === null ? '' : ` (${adapter})`}`;
  const steps = result.iterations === 1 ? '1 iteration' : `${result.iterations} iterations`;
  return `<h2>How it was made</h2><p>Luminode ${escapeHtml(version)} on ${escapeHtml(where)}: ${steps} in ${formatValue(result.seconds, 2)} s.</p><p>To repeat it: save the design (it holds the image), open it and press Run fit, or <code>luminode fit "${escapeHtml(fileName)}"</code>.</p>`;
}
