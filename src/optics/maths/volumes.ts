/** Volumes with known shapes, for light that goes through them: functions of place with soft edges. */
import { softEdge } from '../sampledGrid.ts';
import { SeededRandom } from './random.ts';

/**
 * Brightness from 0 to 1 at a place of the volume, which fills -1/2 to 1/2 along x (right), y (down) and z (along
 * the light).
 * @param edge how far an edge is smeared, in the same unit: the distance between samples.
 */
export type Volume = (x: number, y: number, z: number, edge: number) => number;

export type VolumeName = 'ball' | 'cell' | 'balls' | 'helix';

/** For choice parameters, in the order of their list. */
export const VOLUME_OPTIONS: readonly { readonly value: VolumeName; readonly title: string }[] = [
  { value: 'cell', title: 'Cell' },
  { value: 'ball', title: 'Ball' },
  { value: 'balls', title: 'Balls' },
  { value: 'helix', title: 'Helix' },
];

/** A volume with its usual parameters; the seed places what is random. */
export function volume(name: VolumeName, seed: number): Volume {
  switch (name) {
    case 'ball':
      return ball(0, 0, 0, 0.4);
    case 'cell':
      return cell(seed);
    case 'balls':
      return balls(seed, 24, 0.045);
    case 'helix':
      return helix();
  }
}

/** A slice of a ball is a disc. */
function ball(cx: number, cy: number, cz: number, radius: number): Volume {
  return (x, y, z, edge) => {
    const room = radius * radius - (z - cz) ** 2;
    return room <= 0 ? 0 : softEdge((Math.sqrt(room) - Math.hypot(x - cx, y - cy)) / edge);
  };
}

/** A round body of 0.4 with a nucleus of 1 beside its middle and some grains of 0.8. */
function cell(seed: number): Volume {
  const random = new SeededRandom(seed);
  const body = ball(0, 0, 0, 0.42);
  const nucleus = ball(0.08, -0.06, 0.05, 0.15);
  const grains = Array.from({ length: 12 }, () => {
    const [theta, phi] = [Math.acos(2 * random.uniform() - 1), 2 * Math.PI * random.uniform()];
    const r = 0.27 + 0.08 * random.uniform();
    const across = r * Math.sin(theta);
    return ball(across * Math.cos(phi), across * Math.sin(phi), r * Math.cos(theta), 0.03);
  });
  return (x, y, z, edge) => {
    const base = body(x, y, z, edge);
    if (base === 0) return 0;
    const grain = grains.reduce((most, each) => Math.max(most, each(x, y, z, edge)), 0);
    return 0.4 * base + 0.6 * nucleus(x, y, z, edge) + 0.4 * grain;
  };
}

function balls(seed: number, count: number, radius: number): Volume {
  const random = new SeededRandom(seed);
  const place = () => 0.84 * (random.uniform() - 0.5);
  const all = Array.from({ length: count }, () => ball(place(), place(), place(), radius));
  return (x, y, z, edge) => all.reduce((most, each) => Math.max(most, each(x, y, z, edge)), 0);
}

/** One turn of a thread around the axis. */
function helix(): Volume {
  return (x, y, z, edge) => {
    const angle = 2 * Math.PI * z;
    const [dx, dy] = [x - 0.3 * Math.cos(angle), y - 0.3 * Math.sin(angle)];
    return softEdge((0.06 - Math.hypot(dx, dy)) / edge);
  };
}
