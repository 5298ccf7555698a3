/** docs/mie-peers.md, written from bench/results/mie-peers.json: a test of the house fails when the two are not in step. */
const PEERS = ['deeptrack', 'holopy', 'pylorenzmie', 'miepython'];
const TITLES = {
  deeptrack: 'DeepTrack2',
  holopy: 'HoloPy',
  pylorenzmie: 'pylorenzmie',
  miepython: 'miepython',
};

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const small = (x) => (x === undefined ? '–' : x.toExponential(0));
const seconds = (x) => (x === undefined ? '–' : `${x.toPrecision(2)} s`);

export function miePeersPage({ request, peers, ours, machine, date }) {
  const found = PEERS.filter((peer) => peers[peer] !== undefined);
  const names = found.map((peer) => `${TITLES[peer]} ${peers[peer].version}`);
  const coefficientRows = Object.keys(request.coefficients).map((name) => [
    name,
    ...found.map((peer) => small(peers[peer].differences.coefficients[name])),
  ]);
  const hologramRows = Object.keys(request.holograms).map((name) => [
    name,
    ...found.map((peer) => small(peers[peer].differences.holograms[name])),
  ]);
  const fitted = ['x', 'y', 'z', 'radius', 'index'];
  const truth = request.fit.case;
  const line = (name, { seconds: time, found: values }) => [
    name,
    seconds(time),
    ...fitted.map((each) => `${values[each].toFixed(4)}`),
  ];
  const fitRows = [
    ['true', '', ...fitted.map((each) => truth[each].toFixed(4))],
    ['start', '', ...fitted.map((each) => request.fit.start[each].toFixed(4))],
    line('Luminode on WASM', ours.fit),
    ...found.flatMap((peer) =>
      Object.entries(peers[peer].fits ?? {}).map(([share, fit]) =>
        line(`${TITLES[peer]}, ${share === '1' ? 'all pixels' : `${100 * share} % of the pixels`}`, fit),
      ),
    ),
  ];
  const missing = peers.deeptrack?.missingPower?.absorbing;
  const ratio = missing === undefined ? '–' : (missing / ours.extinction).toFixed(2);
  return `# Spheres beside other programs

Written by \`bench/mie-peers.mjs\` on ${date.slice(0, 10)}; versions are pinned in \`bench/mie-peers-requirements.txt\`, and
\`src/workers/miePeers.test.ts\` holds Luminode to the answers it kept.

## Mie coefficients

Largest difference from ours over the largest coefficient; light of 447 nm in a medium of 1.34, radius and index of the
bead. Ours are those of 70-digit arithmetic to 1e-15 to 2e-14 (\`src/optics/maths/mie/reference.test.ts\`).

${table(['bead', ...names], coefficientRows)}

pylorenzmie starts its downward recurrence at the order itself, where the logarithmic derivative is not yet 0; the error
persists to the first order and grows with size and density. HoloPy, DeepTrack2 and arithmetic of 70 digits agree with
each other there. Efficiencies of miepython agree to 1e-14. On the very axis miepython’s near field is off by 4e-4, a
nanometre beside it by nothing.

## Holograms

Root mean square of the difference from our exact field, of a background of 1, with Ex and Ey (HoloPy) or all three
components (pylorenzmie), as each defines it; the beads of the two measured holograms.

${table(['hologram', ...names], hologramRows)}

## Power

A bead that absorbs must take C_ext from the light behind it. In DeepTrack2’s bright-field picture of one (radius
0.5 µm, index 1.5 + 0.5i) what is missing is ${ratio} C_ext: its scattered wave has the other sign, so the bead adds light
([routes](sphere-routes.md)).

## The same fit

100 × 100 pixels of the second bead with 1 % noise, five parameters from the same start, with Levenberg-Marquardt; time of the
fit alone, lengths in µm. Ours is the fit of the ready system, which models an aplanatic objective (NA 1.3); the picture
and the models of the others have none, and that much, 2 nm, the radius differs. The machine has ${machine.cores} cores and was
shared (load ${machine.load}), so times are upper bounds. pylorenzmie runs with numba, compiled before.

${table(['', 'time', ...fitted], fitRows)}
`;
}
