/** The tables of docs/localisation.md, from bench/results/localisation.json. */
const [START, END] = ['<!-- measured by bench/localisation.mjs -->', '<!-- end -->'];

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const TITLES = { astigmatic: 'astigmatic, Z6 1 rad', tetrapod: 'tetrapod, Z6 1.068, Z12 −1.210 rad' };
const AXES = ['x', 'y', 'z'];

function precisionTable({ designs, emitters }) {
  const head = ['root mean square error over bound (error, nm)', ...AXES, 'failures'];
  const rows = Object.entries(designs).map(([name, { precision }]) => [
    TITLES[name],
    ...AXES.map((axis) => {
      const { overBound, rms } = precision[axis];
      return `${overBound.toFixed(3)} (${(1e9 * rms).toFixed(1)})`;
    }),
    emitters - (precision.statuses.good ?? 0),
  ]);
  return table(head, rows);
}

function speedTable({ designs }) {
  const hundreds = (value) => Math.round(value / 100) * 100;
  const rows = [
    ['wasm', 'WebAssembly with SIMD'],
    ['javascript', 'the same in JavaScript, float64'],
  ].map(([what, title]) => [
    title,
    ...[13, 15, 17].map((side) =>
      Object.values(designs)
        .map(({ speeds }) => hundreds(speeds[`${what}${side}`].perProcessorSecond))
        .join(' and '),
    ),
  ]);
  const head = ['emitters per second of one core, astigmatic and tetrapod', '13 pixels', '15', '17'];
  return table(head, rows);
}

const percent = (share) => `${(100 * share).toFixed(share > 0.999 || share === 0 ? 0 : 1)} %`;
const ratios = (values) => values.map((value) => (value === null ? '–' : value.toFixed(2))).join(', ');

/** Of a root mean square of as many errors as there are emitters. */
const spread = (pairs) => (1 / Math.sqrt(2 * 2 * pairs)).toFixed(2);

function pairsTable({ designs, before }) {
  const columns = [
    ...(before === null ? [] : [['astigmatic, each maximum alone', before]]),
    ...Object.entries(designs).map(([name, { pairs }]) => [name, pairs]),
  ];
  const head = [
    'distance',
    ...columns.flatMap(([name]) => [`${name}: both found`, 'error over bound, x, y, z']),
  ];
  const [{ pairs: first }] = Object.values(designs);
  const rows = first.table.map(({ distance }, k) => [
    `${distance} (${Math.round(244 * distance)} nm)`,
    ...columns.flatMap(([, { table: all }]) => [percent(all[k].told), ratios(all[k].overBound)]),
  ]);
  const words = [
    'Pairs: two emitters of 3 500 photons each, turned at random, each at a depth of its own over ±600 nm; distances across',
    'in widths of an image without a mask, 0.51 λ/NA. Ratios are of those pairs that were found,',
    `of ${first.pairs} for each row; a ratio is uncertain by ${spread(first.pairs)}. The others are refused with the status \`overlap\` or taken for one.`,
  ];
  if (before !== null)
    words.push(
      `“Each maximum alone” is how it was until commit 716494b, kept from then (${before.pairs} pairs, \`--before\`); all else`,
      'the script measures anew.',
    );
  return `${words.join('\n')}\n\n${table(head, rows)}`;
}

function pairsWords({ designs, before }) {
  const rate = ({ frames }) => Math.round(frames.perProcessorSecond / 10) * 10;
  const all = Object.entries(designs).map(
    ([name, { pairs }]) =>
      `Of ${pairs.singles} single emitters of the ${name} image ${Math.round(pairs.parted * pairs.singles)} were taken ` +
      `for two, at ${rate(pairs)} frames of ${pairs.frames.side}² pixels per second of one core.`,
  );
  return [...all, ...(before === null ? [] : [`Each maximum alone: ${rate(before)}.`])].join('\n');
}

function circumstances({ machine: { processor, cores, load } }) {
  const crowd = load > cores ? ': others computed on the same cores, and an idle machine may be faster' : '';
  return [
    `Measured on ${processor} with ${cores} cores at a load of ${load.toFixed(1)}${crowd}.`,
    'Speeds count processor time, not what a clock on the wall shows. A graphics card was not tried.',
  ].join('\n');
}

/** The page with the tables between its marks; fails where it has none. */
export function localisationPage(page, results) {
  const [from, to] = [page.indexOf(START), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('docs/localisation.md has no place for the tables.');
  const tables = [precisionTable, speedTable, pairsTable, pairsWords, circumstances]
    .map((part) => part(results))
    .join('\n\n');
  return `${page.slice(0, from)}${START}\n\n${tables}\n\n${page.slice(to)}`;
}
