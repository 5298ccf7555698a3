// @ts-check
/** The measured table of free pupils in docs/retrieval.md. */

const [BEGIN, END] = ['<!-- measured by bench/free-pupil.mjs -->', '<!-- free pupil ends -->'];

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
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const [before = '', rest = ''] = written.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}
