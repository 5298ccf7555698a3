/**
 * Two emitters whose images overlap: how many are found of pairs at distances from half to three times the width of a
 * point's image in focus, 0.51 λ/NA; root mean square of errors over what the fit claims; how many single emitters are
 * taken for two; and frames of single emitters per second. For bench/localisation.mjs.
 */
const [PHOTONS, BACKGROUND, RANGE] = [3500, 10, 600e-9];
const [WAVELENGTH, APERTURE] = [670e-9, 1.4];
const WIDTH = (0.51 * WAVELENGTH) / APERTURE;
export const DISTANCES = [0.5, 0.75, 1, 1.5, 2, 3];
const OPTIONS = { threshold: 6, readVariance: 0, depth: 700e-9 };

/**
 * @param points the image of a point on a square of pixels
 * @param open a FrameLocaliser
 */
export async function overlaps(points, localiser, SeededRandom, { pairs, singles }) {
  const random = new SeededRandom(23);
  const side = points.pixels;
  const place = () => [random.uniform() - 0.5, random.uniform() - 0.5, RANGE * (2 * random.uniform() - 1)];
  const frameOf = async (emitters) => {
    const mean = new Float64Array(side * side).fill(BACKGROUND);
    for (const [x, y, z] of emitters) {
      const image = await points.at(x * points.pitch, y * points.pitch, z);
      image.forEach((share, i) => {
        mean[i] += PHOTONS * share;
      });
    }
    return mean.map((each) => random.poisson(each));
  };
  const middle = Math.floor(side / 2);
  const find = (frame) => localiser.emitters(frame, side, side, OPTIONS);
  const table = [];
  for (const distance of DISTANCES) {
    const squares = [0, 0, 0];
    let [told, good] = [0, 0];
    for (let k = 0; k < pairs; k++) {
      const [x, y, z] = place();
      const angle = 2 * Math.PI * random.uniform();
      const half = (distance * WIDTH) / points.pitch / 2;
      const [dx, dy] = [half * Math.cos(angle), half * Math.sin(angle)];
      const truth = [
        [x + dx, y + dy, z],
        [x - dx, y - dy, place()[2]],
      ];
      const found = find(await frameOf(truth)).filter(({ status }) => status === 'good');
      if (found.length !== 2) continue;
      told++;
      for (const off of errorsOf(found, truth, middle, points.pitch)) {
        good++;
        off.forEach((each, a) => {
          squares[a] += each ** 2;
        });
      }
    }
    table.push({ distance, told: told / pairs, overBound: squares.map((sum) => Math.sqrt(sum / good)) });
  }
  let [parted, missed] = [0, 0];
  const frames = [];
  for (let k = 0; k < singles; k++) frames.push(await frameOf([place()]));
  const { user, system } = process.cpuUsage();
  const began = performance.now();
  for (const frame of frames) {
    const found = find(frame).filter(({ status }) => status === 'good');
    if (found.length > 1) parted++;
    if (found.length === 0) missed++;
  }
  const used = process.cpuUsage();
  const processor = (used.user + used.system - user - system) / 1000;
  const perSecond = (1000 * singles) / (performance.now() - began);
  return {
    ...{ pairs, singles, table, parted: parted / singles, missed: missed / singles },
    frames: { side, perSecond, perProcessorSecond: (1000 * singles) / processor },
  };
}

/** Errors over their bounds of both emitters, whichever way round is nearer. */
function errorsOf(found, truth, middle, pitch) {
  const offs = (order) =>
    truth.map(([x, y, z], k) => {
      const each = found[order[k]];
      return [each.x - middle - x, each.y - middle - y, each.z - z];
    });
  const ways = [
    [0, 1],
    [1, 0],
  ];
  const far = (order) =>
    offs(order).reduce((sum, [x, y, z]) => sum + (x * pitch) ** 2 + (y * pitch) ** 2 + z ** 2 / 4, 0);
  const order = far(ways[0]) <= far(ways[1]) ? ways[0] : ways[1];
  return offs(order).map((off, k) => off.map((each, a) => each / found[order[k]].errors[a]));
}
