/** The table of docs/lessons/convergence.md and its drawing, from bench/results/basin.json. */
const [START, END] = ['<!-- measured by bench/basin.mjs -->', '<!-- end -->'];
const micrometres = (x) => `${Number((x * 1e6).toFixed(2))} µm`;

/** Starts succeed up to the last but one, and the last fails. */
const edge = (fits) => ({ last: fits.at(-2), failed: fits.at(-1) });

const leaves = ({ end }, { columns, pixelPitch }) => Math.abs(end) > (columns * pixelPitch) / 2;

function table({ distances, camera }) {
  const rows = distances.map(({ z, fits }) => {
    const { last, failed } = edge(fits);
    const place = leaves(failed, camera) ? 'outside the picture' : micrometres(failed.end);
    return [micrometres(z), micrometres(last.start), micrometres(failed.start), place];
  });
  const head = ['before focus', 'largest start that succeeds', 'smallest that fails', 'where it ends then'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `   | ${cells.join(' | ')} |`).join('\n');
}

/** The page with the table between its marks; fails where it has none. */
export function basinPage(page, results) {
  const [from, to] = [page.indexOf(START), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('docs/lessons/convergence.md has no place for the table.');
  return `${page.slice(0, from)}${START}\n\n${table(results)}\n\n   ${page.slice(to)}`;
}

const [WIDTH, HEIGHT, LEFT, PANEL, GAP, TOP] = [640, 526, 56, 110, 34, 64];
const SCALE = 140;
const right = (x) => (LEFT + 280 + x * 1e6 * SCALE).toFixed(1);

function misfitAt(misfits, x) {
  const next = misfits.findIndex(([place]) => place >= x);
  const [[x0, y0], [x1, y1]] = [misfits[Math.max(0, next - 1)], misfits[next]];
  return x1 === x0 ? y1 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

function mark(isFound, x, y) {
  if (isFound) return `<circle class="found" cx="${x}" cy="${y}" r="5"/>`;
  return `<path class="lost" d="M${x} ${y}m-5 -5l10 10m0 -10l-10 10"/>`;
}

function panel({ z, misfits, fits }, camera, index) {
  const top = TOP + index * (PANEL + GAP);
  const bottom = top + PANEL;
  const largest = Math.max(...misfits.map(([, misfit]) => misfit));
  const down = (misfit) => (bottom - (misfit / largest) * (PANEL - 14)).toFixed(1);
  const { failed } = edge(fits);
  const curve = misfits.map(([x, misfit]) => `${right(x)} ${down(misfit)}`).join('L');
  const ticks = [-2, -1, 0, 1, 2].map((x) => `M${right(x * 1e-6)} ${bottom}v5`).join('');
  const end = leaves(failed, camera)
    ? `<text x="${LEFT + 556}" y="${bottom - 10}" text-anchor="end">× leaves the picture</text>`
    : `<circle class="end" cx="${right(failed.end)}" cy="${down(misfitAt(misfits, failed.end))}" r="7"/>`;
  return [
    `<text x="${LEFT}" y="${top - 4}">${micrometres(z)} before focus</text>`,
    `<text x="${LEFT - 8}" y="${Number(down(largest)) + 4}" text-anchor="end">${Math.round(100 * largest)} %</text>`,
    `<text x="${LEFT - 8}" y="${bottom + 4}" text-anchor="end">0</text>`,
    `<path class="axis" d="M${LEFT} ${bottom}h560${ticks}"/>`,
    `<path class="curve" d="M${curve}"/>`,
    ...fits.map(({ start, isFound }) => mark(isFound, right(start), down(misfitAt(misfits, start)))),
    end,
  ].join('\n');
}

/** On a ground of its own, so that it reads the same on bright and dark pages. */
export function basinDrawing({ distances, camera }) {
  const bottom = TOP + distances.length * (PANEL + GAP) - GAP;
  const numbers = [-2, -1, 0, 1, 2].map(
    (x) => `<text x="${right(x * 1e-6)}" y="${bottom + 22}" text-anchor="middle">${x}</text>`,
  );
  const legend = [
    [mark(true, LEFT + 6, 24), 'start that succeeds', LEFT + 18],
    [mark(false, LEFT + 186, 24), 'first that fails', LEFT + 198],
    [`<circle class="end" cx="${LEFT + 332}" cy="24" r="7"/>`, 'where it ends', LEFT + 346],
  ].map(([sign, words, x]) => `${sign}<text x="${x}" y="29">${words}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="14">
<title>Misfit against the place of the model: a basin around the truth, and local minima a ring away</title>
<style>
text { fill: #1f2328; }
.axis { stroke: #59636e; fill: none; }
.curve { stroke: #0550ae; stroke-width: 2.5; fill: none; }
.found { fill: #1a7f5a; stroke: #fff; }
.lost { stroke: #b3261e; stroke-width: 3; }
.end { stroke: #b3261e; stroke-width: 2; fill: none; }
</style>
<rect width="${WIDTH}" height="${HEIGHT}" rx="8" fill="#fff"/>
${legend.join('\n')}
${distances.map((each, i) => panel(each, camera, i)).join('\n')}
${numbers.join('\n')}
<text x="${LEFT + 280}" y="${bottom + 42}" text-anchor="middle">place of the model beside the sphere, µm</text>
<text x="16" y="${(TOP + bottom) / 2}" transform="rotate(-90 16 ${(TOP + bottom) / 2})" text-anchor="middle">misfit, rms</text>
</svg>
`;
}
