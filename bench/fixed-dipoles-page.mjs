// @ts-check
/** The measured table of molecules that do not turn in docs/localisation.md. */

const [BEGIN, END] = ['<!-- measured by bench/fixed-dipoles.mjs -->', '<!-- fixed dipoles end -->'];

/** @param {number} metres */
const nanometres = (metres) => Math.round(1e9 * metres);

/**
 * The page with the table of the recorded results.
 * @param {string} written
 * @param {any} results of bench/fixed-dipoles.mjs
 */
export function fixedDipolesPage(written, { rows }) {
  /** @type {any[]} */
  const all = rows;
  const tilts = [...new Set(all.map(({ tilt }) => tilt))];
  const distances = [...new Set(all.map(({ distance }) => distance))];
  const cell = (/** @type {number} */ distance, /** @type {number} */ tilt) => {
    const found = all.find((row) => row.distance === distance && row.tilt === tilt);
    return `${nanometres(found.beside)} ± ${nanometres(found.told)} nm, ${found.chiSquare.toFixed(2)}`;
  };
  const lines = [
    ['distance before focus', ...tilts.map((tilt) => `tilt ${tilt}°`)],
    ['---', ...tilts.map(() => '---')],
    ...distances.map((distance) => [
      `${nanometres(distance)} nm`,
      ...tilts.map((tilt) => cell(distance, tilt)),
    ]),
  ];
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const [before = '', rest] = written.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error('docs/localisation.md has no place for this table.');
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}
