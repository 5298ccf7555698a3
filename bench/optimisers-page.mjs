// @ts-check
/** The measured table of docs/optimisers.md. */

const [BEGIN, END] = ['<!-- measured by bench/optimisers.mjs -->', '<!-- end -->'];

/** @type {Readonly<Record<string, string>>} */
const TITLES = {
  levenbergMarquardt: 'Levenberg-Marquardt',
  gaussNewton: 'Gauss-Newton',
  lbfgs: 'L-BFGS',
  adam: 'Adam',
  momentum: 'momentum',
};

/**
 * The page with the table of the recorded results.
 * @param {string} written
 * @param {any} results of bench/optimisers.mjs
 */
export function optimisersPage(written, { fits, machine }) {
  const rows = [
    ['fit', 'method', 'near after', 'all steps', 'seconds', 'loss at the end'],
    ['---', '---', '---', '---', '---', '---'],
    ...fits.flatMap((/** @type {any} */ { id, runs }) =>
      runs.map((/** @type {any} */ { method, near, iterations, ending, seconds, end }) => [
        id,
        TITLES[method] ?? method,
        near === null ? '–' : `${near.step} steps`,
        `${iterations} (${ending})`,
        seconds.toFixed(1),
        String(Number(end.toPrecision(4))),
      ]),
    ),
  ];
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const under = `Seconds of one run each at a load of ${machine.load} on ${machine.cores} cores: steps repeat exactly, seconds compare only roughly where the machine is busy.`;
  const [before = '', rest = ''] = written.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  return `${before}${BEGIN}\n\n${table}\n\n${under}\n\n${END}${after}`;
}
