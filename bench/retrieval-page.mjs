// @ts-check
/** The measured tables of docs/retrieval.md. */

const [BEGIN, END] = ['<!-- measured by bench/retrieval.mjs -->', '<!-- end -->'];

/** @param {number} x */
const short = (x) => String(Number(x.toPrecision(2)));

/** @param {number} share */
const percent = (share) => `${(100 * share).toFixed(0)} %`;

/** @param {any} conditions */
const named = ({ wavelength, pixels, brightness, z }) =>
  [
    `${Math.round(wavelength * 1e9)} nm`,
    `${pixels}² pixels`,
    brightness === 'shared' ? 'one brightness and background' : 'those of each plane',
    z === 'unknown' ? 'z unknown' : 'z known',
  ].join(', ');

/** @param {readonly (readonly (string | number)[])[]} rows */
const table = (rows) => rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/**
 * The page with the tables of the recorded results.
 * @param {string} written
 * @param {any} results of bench/retrieval.mjs
 */
export function retrievalPage(written, { hidden, threePlanes, bounds }) {
  /** @param {any} each */
  const isFound = ({ termError }) => termError < 0.01;
  const found = table([
    [named(hidden.conditions), ''],
    ['---', '---'],
    ['stacks', hidden.stacks],
    ['ended in the deepest minimum', hidden.deepest],
    ['terms within three of their standard errors', `${(100 * hidden.withinThreeSigma).toFixed(1)} %`],
    ['error over standard error, RMS', hidden.pullRms.toFixed(2)],
    ['wavefront within λ/100 RMS (48 are aimed at)', hidden.wavefrontBelowHundredth],
    ['the same with other draws of the noise', hidden.otherDraws.join(', ')],
    ['as many are expected from the covariances', hidden.expected.toFixed(1)],
    ['error of the wavefront, median', `λ/${Math.round(1 / hidden.medianWavefrontError)}`],
    ['the terms alone within λ/100 RMS', hidden.each.filter(isFound).length],
    ['standard error of defocus (Z4), median', `${short(hidden.medianDefocusSigma)} λ`],
    ['processor time of a fit, median', `${short(hidden.processorSecondsEach)} s`],
  ]);
  const open = table([
    ['conditions', 'expected within λ/100, of 50', 'chance of 48 or more'],
    ['---', '---', '---'],
    ...bounds.map((/** @type {any} */ { conditions, expected, chanceOfEnough }) => [
      named(conditions),
      expected.toFixed(1),
      percent(chanceOfEnough),
    ]),
  ]);
  const planes = `Three planes without noise: ${threePlanes.found} of ${threePlanes.stacks} found, the largest error ${short(threePlanes.largestErrorRadians)} rad, ${short(threePlanes.processorSecondsEach)} s of processor time each.`;
  const bound = 'What any unbiased fit may expect, by the Cramér-Rao bound at the hidden values:';
  const [before = '', rest = ''] = written.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  return `${before}${BEGIN}\n\n${found}\n\n${planes}\n\n${bound}\n\n${open}\n\n${END}${after}`;
}
