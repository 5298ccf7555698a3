// @ts-check
/** The measured table of free pupils in docs/retrieval.md. */

const [BEGIN, END] = ['<!-- measured by bench/free-pupil.mjs -->', '<!-- free pupil ends -->'];
const [TOLD, TOLD_END] = ['<!-- errors told, by bench/free-pupil.mjs -->', '<!-- errors told end -->'];

/** @param {number} waves */
const fraction = (waves) => `λ/${Math.round(1 / waves)}`;

/**
 * The page with the table of the recorded results.
 * @param {string} written
 * @param {any} results of bench/free-pupil.mjs
 */
export function freePupilPage(written, { stacks, methods }) {
  const rows = [
    [`wavefront of ${stacks} stacks`, 'error, median', 'worst', 'deviance per pixel', 'processor time'],
    ['---', '---', '---', '---', '---'],
    ...methods.map((/** @type {any} */ { name, ...found }) => [
      name,
      fraction(found.medianError),
      fraction(found.worstError),
      // Projections know no noise: what they leave of the counts is no likelihood.
      name.startsWith('projections') ? '–' : found.medianDeviance.toFixed(2),
      `${Number(found.processorSecondsEach.toPrecision(2))} s`,
    ]),
  ];
  return withTable(withTable(written, BEGIN, END, rows), TOLD, TOLD_END, toldRows(methods));
}

/** @param {string} written @param {string} begin @param {string} end @param {string[][]} rows */
function withTable(written, begin, end, rows) {
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const [before = '', rest = ''] = written.split(begin);
  const after = rest.split(end)[1] ?? '';
  return `${before}${begin}\n\n${table}\n\n${end}${after}`;
}

/** @param {any[]} methods */
function toldRows(methods) {
  /** @param {any} spread */
  const cell = ({ rms, withinTwo }) => `${rms.toFixed(2)} (${Math.round(100 * withinTwo)} %)`;
  return [
    [
      'errors over ±, RMS (within 2 ±)',
      'numbers',
      'terms of the whole wavefront',
      'cells',
      'numbers within 3 ±',
    ],
    ['---', '---', '---', '---', '---'],
    ...methods
      .filter(({ told }) => told !== undefined)
      .map(({ name, told }) => [
        name,
        ...[told.numbers, told.terms, told.cells].map(cell),
        `${Math.round(told.numbers.withinThree * told.numbers.count)} of ${told.numbers.count}`,
      ]),
  ];
}
