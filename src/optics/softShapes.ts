/**
 * Openings whose edges move smoothly over the samples: each sample gets the share of it that is open. Lengths in
 * metres; `width` is a sample, or more where an edge is to be soft.
 */

/** How far from the ends of its straight part an edge is rounded, in cells: differences across it stay exact. */
const ROUNDING = 0.1;

/**
 * Share of a cell of width 1 on the open side of an edge, of which a cell beside it sees a little: the edge is a box
 * blurred by a short triangle. Shares of neighbours add up, so that an edge along the rows or columns opens exactly
 * the area it should wherever it lies, and moving it changes the sum by what it uncovers.
 * @param inside signed distance of the cell's centre to the edge, positive inside
 */
export function openShare(inside: number): number {
  const beyond = 0.5 - Math.abs(inside);
  if (beyond <= -ROUNDING) return inside > 0 ? 1 : 0;
  const rest =
    beyond >= ROUNDING
      ? beyond
      : Math.max(beyond, 0) + (ROUNDING - Math.abs(beyond)) ** 3 / (6 * ROUNDING * ROUNDING);
  return inside > 0 ? 1 - rest : rest;
}

/** Open where |x| < half. */
export function softBand(x: number, half: number, width: number): number {
  return openShare((x + half) / width) - openShare((x - half) / width);
}

/** Open within a radius. */
export function softDisc(r: number, radius: number, width: number): number {
  return radius > 0 ? openShare((radius - r) / width) : 0;
}

/** Regular polygon about the origin; one corner lies at +x. */
export function softPolygon(x: number, y: number, radius: number, sides: number, width: number): number {
  const apothem = radius * Math.cos(Math.PI / sides);
  let open = 1;
  for (let side = 0; side < sides && open > 0; side++) {
    const angle = ((2 * side + 1) * Math.PI) / sides;
    open *= openShare((apothem - x * Math.cos(angle) - y * Math.sin(angle)) / width);
  }
  return open;
}

/** `count` slits along y, `spacing` apart along x, centred. */
export function softSlits(x: number, count: number, spacing: number, half: number, width: number): number {
  let open = 0;
  for (let slit = 0; slit < count; slit++) {
    open += softBand(x - (slit - (count - 1) / 2) * spacing, half, width);
  }
  return Math.min(1, open);
}

/** What straight arms from the centre outwards leave open; the first arm points to +x. */
export function betweenArms(x: number, y: number, arms: number, half: number, width: number): number {
  let open = 1;
  for (let arm = 0; arm < arms; arm++) {
    const angle = (2 * Math.PI * arm) / arms;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    const along = x * cosine + y * sine;
    open *= 1 - openShare(along / width) * softBand(y * cosine - x * sine, half, width);
  }
  return open;
}

/** A complex transmission as [real, imaginary]. */
export type Transmission = readonly [re: number, im: number];

export function turned(phase: number): Transmission {
  return [Math.cos(phase), Math.sin(phase)];
}

/** A sample that an edge divides: `share` of it transmits `inside`, the rest `outside`. */
export function divided(share: number, inside: Transmission, outside: Transmission): Transmission {
  return [share * inside[0] + (1 - share) * outside[0], share * inside[1] + (1 - share) * outside[1]];
}

/** Share of the ridges of a periodic profile: `duty` of each period, one ridge centred on 0. */
export function ridgeShare(x: number, period: number, duty: number, width: number): number {
  const near = x - period * Math.round(x / period);
  let share = 0;
  for (const beside of [-1, 0, 1]) share += softBand(near - beside * period, (duty * period) / 2, width);
  return Math.min(1, share);
}

/** exp(iℓθ) about the origin for any charge ℓ; dark within half a sample of the centre, where all phases meet. */
export function vortex(x: number, y: number, charge: number, width: number): Transmission {
  const core = openShare((2 * Math.sqrt(x * x + y * y)) / width - 0.6);
  const theta = Math.atan2(y, x);
  const [re, im] =
    x < 0 && Math.abs(y) < width / 2
      ? // A charge that is not whole steps its phase along -x.
        divided(
          openShare(y / width),
          turned(charge * (y >= 0 ? theta : theta + 2 * Math.PI)),
          turned(charge * (y >= 0 ? theta - 2 * Math.PI : theta)),
        )
      : turned(charge * theta);
  return [core * re, core * im];
}
