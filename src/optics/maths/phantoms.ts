/**
 * Pictures with known shapes, to look at through an instrument: a function of place with soft edges, so that they
 * may be sampled at any pitch.
 */
import { softEdge } from '../sampledGrid.ts';
import { SeededRandom } from './random.ts';

/**
 * Brightness from 0 to 1 at a place of the picture, which fills -1/2 to 1/2 along x (right) and y (down).
 * @param edge how far an edge is smeared, in the same unit: the distance between samples.
 */
export type Phantom = (x: number, y: number, edge: number) => number;

export type PhantomName = 'siemensStar' | 'usafBars' | 'bars' | 'beads' | 'filaments' | 'cells' | 'letterF';

/** For choice parameters, in the order of their list. */
export const PHANTOM_OPTIONS: readonly { readonly value: PhantomName; readonly title: string }[] = [
  { value: 'siemensStar', title: 'Siemens star' },
  { value: 'usafBars', title: 'Bar targets (USAF 1951)' },
  { value: 'bars', title: 'Bars' },
  { value: 'beads', title: 'Beads' },
  { value: 'filaments', title: 'Filaments' },
  { value: 'cells', title: 'Cells' },
  { value: 'letterF', title: 'Letter F' },
];

/** A phantom with its usual parameters; the seed places what is random. */
export function phantom(name: PhantomName, seed: number): Phantom {
  switch (name) {
    case 'siemensStar':
      return siemensStar(16);
    case 'usafBars':
      return usafBars();
    case 'bars':
      return bars(8);
    case 'beads':
      return randomBeads(seed, 40, 0.012);
    case 'filaments':
      return filaments(seed, 9, 0.008);
    case 'cells':
      return cells(seed, 8);
    case 'letterF':
      return letterF();
  }
}

/** Spokes of a star, as many bright as dark, within a disc of radius 0.45; the first bright one lies along +x. */
export function siemensStar(spokes: number): Phantom {
  const period = (2 * Math.PI) / spokes;
  return (x, y, edge) => {
    const radius = Math.hypot(x, y);
    const angle = Math.atan2(y, x);
    const off = Math.abs(angle - period * Math.round(angle / period));
    return softEdge((radius * (period / 4 - off)) / edge) * softEdge((0.45 - radius) / edge);
  };
}

/** Three bars of width `w`, 5 w long, side by side along x or down along y, from the corner (left, top). */
function threeBars(left: number, top: number, w: number, areUpright: boolean): Phantom {
  return (x, y, edge) => {
    const [across, along] = areUpright ? [x - left, y - top] : [y - top, x - left];
    const bar = Math.min(2, Math.max(0, Math.round(across / (2 * w) - 0.25)));
    const inside = w / 2 - Math.abs(across - (2 * bar + 0.5) * w);
    return softEdge(inside / edge) * softEdge((2.5 * w - Math.abs(along - 2.5 * w)) / edge);
  };
}

/**
 * Bar targets after the 1951 chart of the US Air Force: three bars as wide as their gaps, upright and lying, each
 * element finer by 2^(1/6), six to a group; the first group to the left, five finer ones to the right.
 */
export function usafBars(): Phantom {
  const widest = 0.029;
  const elements: { part: Phantom; left: number; top: number; right: number; bottom: number }[] = [];
  const add = (left: number, top: number, w: number) => {
    for (const [from, areUpright] of [
      [left, true],
      [left + 7 * w, false],
    ] as const) {
      const part = threeBars(from, top, w, areUpright);
      elements.push({ part, left: from, top, right: from + 5 * w, bottom: top + 5 * w });
    }
  };
  const tops = [-0.44, -0.44];
  for (let element = 0; element < 36; element++) {
    const w = widest * 2 ** (-element / 6);
    const column = element < 6 ? 0 : 1;
    const top = tops[column] ?? 0;
    add(column === 0 ? -0.44 : 0.1, top, w);
    tops[column] = top + 6.5 * w;
  }
  return (x, y, edge) => {
    let sum = 0;
    for (const { part, left, top, right, bottom } of elements) {
      if (x > left - edge && x < right + edge && y > top - edge && y < bottom + edge) sum += part(x, y, edge);
    }
    return sum;
  };
}

/** A square wave along x: `count` bright bars as wide as their gaps over the picture, one in its middle. */
export function bars(count: number): Phantom {
  return (x, _y, edge) => {
    const off = x - Math.round(x * count) / count;
    return softEdge((1 / (4 * count) - Math.abs(off)) / edge);
  };
}

/** `count` discs of the given radius at random places; where they overlap they do not get brighter. */
export function randomBeads(seed: number, count: number, radius: number): Phantom {
  const random = new SeededRandom(seed);
  const centres = Array.from({ length: count }, () => [place(random), place(random)] as const);
  return (x, y, edge) => {
    let brightest = 0;
    const reach = radius + edge;
    for (const [cx, cy] of centres) {
      if (Math.abs(x - cx) > reach || Math.abs(y - cy) > reach) continue;
      brightest = Math.max(brightest, softEdge((radius - Math.hypot(x - cx, y - cy)) / edge));
    }
    return brightest;
  };
}

/** `count` curved threads of the given half-width, like a cell's skeleton. */
export function filaments(seed: number, count: number, halfWidth: number): Phantom {
  const random = new SeededRandom(seed);
  const pieces: { x: number; y: number; dx: number; dy: number }[] = [];
  for (let i = 0; i < count; i++) {
    let [x, y, heading] = [place(random), place(random), 2 * Math.PI * random.uniform()];
    let bend = 0;
    for (let step = 0; step < 30; step++) {
      const [dx, dy] = [0.03 * Math.cos(heading), 0.03 * Math.sin(heading)];
      pieces.push({ x, y, dx, dy });
      x += dx;
      y += dy;
      bend = 0.8 * bend + 0.12 * random.normal();
      heading += bend;
    }
  }
  return (x, y, edge) => {
    const reach = halfWidth + edge;
    let nearest = Number.POSITIVE_INFINITY;
    for (const piece of pieces) {
      const [px, py] = [x - piece.x, y - piece.y];
      if (Math.abs(px) > 0.03 + reach || Math.abs(py) > 0.03 + reach) continue;
      const along = Math.min(1, Math.max(0, (px * piece.dx + py * piece.dy) / 0.03 ** 2));
      nearest = Math.min(nearest, Math.hypot(px - along * piece.dx, py - along * piece.dy));
    }
    return softEdge((halfWidth - nearest) / edge);
  };
}

/** `count` oval cells: a dim body of 0.35, a rim of 0.6 and a nucleus of 1. */
export function cells(seed: number, count: number): Phantom {
  const random = new SeededRandom(seed);
  const found = Array.from({ length: count }, () => {
    const angle = Math.PI * random.uniform();
    return {
      x: 0.85 * place(random),
      y: 0.85 * place(random),
      cosine: Math.cos(angle),
      sine: Math.sin(angle),
      long: 0.09 + 0.04 * random.uniform(),
      short: 0.06 + 0.02 * random.uniform(),
    };
  });
  return (x, y, edge) => {
    let brightest = 0;
    for (const { x: cx, y: cy, cosine, sine, long, short } of found) {
      if (Math.abs(x - cx) > 0.2 || Math.abs(y - cy) > 0.2) continue;
      const u = ((x - cx) * cosine + (y - cy) * sine) / long;
      const v = ((y - cy) * cosine - (x - cx) * sine) / short;
      const radius = Math.hypot(u, v);
      // Distance to an ellipse, to first order: exact where it matters, near the edge.
      const slope = radius === 0 ? 1 / short : Math.hypot(u / long, v / short) / radius;
      const within = (limit: number) => softEdge((limit - radius) / (slope * edge));
      const body = 0.35 * within(1) + 0.25 * (within(1) - within(0.88)) + 0.65 * within(0.35);
      brightest = Math.max(brightest, body);
    }
    return brightest;
  };
}

/** A letter F, 0.75 high: no turn or mirror leaves it as it is. Its stem is to the left, its bars are at the top. */
export function letterF(): Phantom {
  const cell = 0.15;
  const box =
    (left: number, right: number, top: number, bottom: number) => (x: number, y: number, e: number) =>
      softEdge(Math.min(x - left * cell, right * cell - x) / e) *
      softEdge(Math.min(y - top * cell, bottom * cell - y) / e);
  const strokes = [box(-1.5, -0.5, -2.5, 2.5), box(-0.5, 1.5, -2.5, -1.5), box(-0.5, 0.5, -0.5, 0.5)];
  return (x, y, edge) =>
    Math.min(
      1,
      strokes.reduce((sum, stroke) => sum + stroke(x, y, edge), 0),
    );
}

/** Evenly within the middle nine tenths of the picture. */
function place(random: SeededRandom): number {
  return 0.9 * (random.uniform() - 0.5);
}
