/** The tables of docs/psf-engineering.md, from bench/results/mask-design.json. */
const [START, END] = ['<!-- measured by bench/mask-design.mjs -->', '<!-- end -->'];
const nm = (value) => value.toFixed(2);

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Means that another program found on a pupil of as many samples, nm. */
const FOUND = { none: 46.05, astigmatic: 21.0, tetrapod: 8.024 };

const judged = (name, { mean, fine, lateral, axial }, found = null) => [
  name,
  found ?? '',
  ...[mean, fine, lateral, axial].map(nm),
];

const words = (terms) => terms.map(([j, radians]) => `Z${j} ${radians.toFixed(2)}`).join(', ');

function zernikeTable({ zernike, polished, known }) {
  const rows = [...zernike, { ...polished, method: 'L-BFGS from the best of these', seed: '' }].map(
    ({ method, seed, mean, steps, processorSeconds, terms }) => [
      method,
      seed,
      nm(mean),
      `${(100 * (mean / known - 1)).toFixed(1)} %`,
      steps,
      processorSeconds.toFixed(1),
      words(terms.filter(([, radians]) => Math.abs(radians) >= 0.1)),
    ],
  );
  const head = ['method', 'start', 'mean, nm', `beside ${known}`, 'steps', 'processor, s', 'terms, rad RMS'];
  return table(head, rows);
}

function maskTable({ fixed, polished, free }) {
  return table(
    ['mask', 'found elsewhere, nm', 'mean, nm', 'mean with fine pixels, nm', 'of these x and y', 'z'],
    [
      judged('none', fixed.none, FOUND.none),
      judged('astigmatic, Z6 = 1 rad', fixed.astigmatic, FOUND.astigmatic),
      judged('tetrapod, Z6 = 1.068, Z12 = −1.210', fixed.known, FOUND.tetrapod),
      judged('best of Z4 to Z22', polished),
      ...free.map((row) => judged(`every cell free, ${row.name}`, row)),
    ],
  );
}

/** The page with the tables between its marks; fails where it has none. */
export function maskDesignPage(page, results) {
  const [from, to] = [page.indexOf(START), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('docs/psf-engineering.md has no place for the tables.');
  const tables = `${zernikeTable(results)}\n\n${maskTable(results)}`;
  return `${page.slice(0, from)}${START}\n\n${tables}\n\n${page.slice(to)}`;
}
