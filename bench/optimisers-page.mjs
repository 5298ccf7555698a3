// @ts-check
/** The measured tables of docs/optimisers.md. */

const [BEGIN, END] = ['<!-- measured by bench/optimisers.mjs -->', '<!-- end -->'];
const BEGIN_DEFAULTS = '<!-- defaults, measured by bench/optimisers.mjs -->';

/** @type {Readonly<Record<string, number>>} */
const UNITS = { nm: 1e-9, µm: 1e-6, '%': 0.01 };

/** @type {Readonly<Record<string, string>>} */
const TITLES = {
  levenbergMarquardt: 'Levenberg-Marquardt',
  gaussNewton: 'Gauss-Newton',
  lbfgs: 'L-BFGS',
  adam: 'Adam',
  momentum: 'momentum',
};

/**
 * The page with the tables of the recorded results.
 * @param {string} written
 * @param {any} results of bench/optimisers.mjs
 */
export function optimisersPage(written, { fits, designs, machine }) {
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
  return replaced(replaced(written, BEGIN, `${table}\n\n${under}`), BEGIN_DEFAULTS, defaults(designs));
}

/**
 * What could be the default where Levenberg and Marquardt cannot go.
 * @param {any} designs
 */
function defaults(designs) {
  const rows = [
    ['ready system', 'method', 'steps', 'loss at the end', 'its number'],
    ['---', '---', '---', '---', '---'],
    ...designs.flatMap((/** @type {any} */ { id, display, standard, runs }) =>
      runs.map((/** @type {any} */ { name, iterations, ending, end, reached }, /** @type {number} */ i) => [
        id,
        i === standard ? `**${name}**` : name,
        `${iterations} (${ending})`,
        String(Number(end.toPrecision(4))),
        `${Number((reached / (UNITS[display] ?? 1)).toPrecision(4))} ${display}`.trimEnd(),
      ]),
    ),
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/**
 * @param {string} written
 * @param {string} begin
 * @param {string} text
 */
function replaced(written, begin, text) {
  const [before = '', rest = ''] = written.split(begin);
  const after = rest.slice(rest.indexOf(END) + END.length);
  return `${before}${begin}\n\n${text}\n\n${END}${after}`;
}
