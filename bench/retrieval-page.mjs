// @ts-check
/** The measured table of docs/retrieval.md. */

const [BEGIN, END] = ['<!-- measured by bench/retrieval.mjs -->', '<!-- end -->'];

/** @param {number} x */
const short = (x) => String(Number(x.toPrecision(2)));

/**
 * The page with the table of the recorded results.
 * @param {string} written
 * @param {any} results of bench/retrieval.mjs
 */
export function retrievalPage(written, { hidden, threePlanes }) {
  /** @param {string} free */
  const of = (free) => hidden.find((/** @type {any} */ part) => part.free === free);
  const [held, all] = [of('terms'), of('terms and z')];
  const rows = [
    ['', 'z known', 'z unknown, too'],
    ['---', '---', '---'],
    ['stacks', held.stacks, all.stacks],
    ['ended in the deepest minimum', held.deepest, all.deepest],
    [
      'terms within three of their standard errors',
      ...[held, all].map(({ withinThreeSigma }) => `${(100 * withinThreeSigma).toFixed(1)} %`),
    ],
    ['error over standard error, RMS', ...[held, all].map(({ pullRms }) => pullRms.toFixed(2))],
    [
      'wavefront within λ/100 RMS (48 were aimed at)',
      held.wavefrontBelowHundredth,
      all.wavefrontBelowHundredth,
    ],
    [
      'the terms alone within λ/100 RMS',
      ...[held, all].map(
        ({ each }) => each.filter((/** @type {any} */ { termError }) => termError < 0.01).length,
      ),
    ],
    [
      'error of the wavefront, median',
      ...[held, all].map(({ medianWavefrontError }) => `λ/${Math.round(1 / medianWavefrontError)}`),
    ],
    [
      'standard error of defocus (Z4), median',
      ...[held, all].map(({ medianDefocusSigma }) => `${short(medianDefocusSigma)} λ`),
    ],
    [
      'processor time of a fit, median',
      ...[held, all].map(({ processorSecondsEach }) => `${short(processorSecondsEach)} s`),
    ],
  ];
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const planes = `Three planes without noise: ${threePlanes.found} of ${threePlanes.stacks} found, the largest error ${short(threePlanes.largestErrorRadians)} rad, ${short(threePlanes.processorSecondsEach)} s of processor time each.`;
  const [before = '', rest = ''] = written.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  return `${before}${BEGIN}\n\n${table}\n\n${planes}\n\n${END}${after}`;
}
