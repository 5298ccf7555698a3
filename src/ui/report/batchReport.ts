/** Several beads as a page of its own: each with what became of it, and what they have in common. Pure. */
import { type BatchRow, batchSummary, isGood } from '../guide/batch.ts';
import { formatValue, formatValueAndError } from '../views/format.ts';
import { escapeHtml } from './escapeHtml.ts';
import { REPORT_STYLE } from './reportHtml.ts';

export interface BatchReport {
  readonly title: string;
  readonly rows: readonly BatchRow[];
  /** Fact lists of the design, as a text of HTML. */
  readonly conditions: string;
  readonly version: string;
  readonly date: string;
}

export function batchReportPage({ title, rows, conditions, version, date }: BatchReport): string {
  const good = rows.filter(isGood).length;
  const head = `<h1>${escapeHtml(title)}: ${rows.length} beads</h1><p class="soft">Fits of ${escapeHtml(date)}, Luminode ${escapeHtml(version)}. ${good} of ${rows.length} converged; the others count for nothing below.</p>`;
  const body = `${head}${common(rows)}${each(rows)}${conditions}`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)} – beads</title><style>${REPORT_STYLE}</style></head><body><article class="report">${body}</article></body></html>\n`;
}

function common(rows: readonly BatchRow[]): string {
  const lines = batchSummary(rows).map(({ title, unit, mean, deviation, count }) => {
    const spread = deviation === null ? '' : ` ± ${formatValue(deviation, 2)}`;
    return `<tr><th scope="row">${escapeHtml(title)}</th><td class="number">${escapeHtml(formatValue(mean, 4) + spread)}</td><td>${escapeHtml(unit)}</td><td>${count} beads</td></tr>`;
  });
  return `<h2>Mean ± standard deviation between beads</h2><table class="values"><tbody>${lines.join('')}</tbody></table>`;
}

function each(rows: readonly BatchRow[]): string {
  const lines = rows.map(({ title, x, y, reason, result, widths }) => {
    const chi = result?.reducedChiSquare ?? null;
    const at = ['x', 'y', 'z'].map((axis) => {
      const found = result?.parameters.find(({ path }) => path.endsWith(`.${axis}`));
      if (found === undefined) return '';
      return `${formatValueAndError(found.display.value, found.display.sigma)} ${found.display.unit}`;
    });
    const wide = (['x', 'y', 'z'] as const).map((axis) => {
      const width = widths[axis];
      return width === null ? '–' : formatValueAndError(width.fwhm * 1e9, width.error * 1e9);
    });
    const places = [formatValue(x, 4), formatValue(y, 4), ...at];
    const cells = [...places, ...wide, chi === null ? '–' : formatValue(chi, 3)];
    return `<tr><th scope="row">${escapeHtml(title)}</th>${cells.map((cell) => `<td class="number">${escapeHtml(cell)}</td>`).join('')}<td>${escapeHtml(reason ?? 'converged')}</td></tr>`;
  });
  const titles = ['Column', 'Row', 'x', 'y', 'z', 'FWHM x, nm', 'FWHM y, nm', 'FWHM z, nm', 'χ²'];
  const head = `<tr><th scope="col">Bead</th>${titles.map((name) => `<th scope="col" class="number">${name}</th>`).join('')}<th scope="col">State</th></tr>`;
  return `<h2>Each bead</h2><table class="values"><thead>${head}</thead><tbody>${lines.join('')}</tbody></table>`;
}
