/**
 * Openings whose edges move smoothly over the samples: each sample gets the share of it that is open. Lengths in
 * metres; `width` is a sample, or more where an edge is to be soft.
 */

/**
 * Share of a cell of width 1 on the open side of an edge: linear, so that an edge along the rows or columns opens
 * exactly the area it should wherever it lies, and moving it changes the sum by what it uncovers.
 * @param inside signed distance of the cell's centre to the edge, positive inside
 */
export function openShare(inside: number): number {
  return Math.min(1, Math.max(0, inside + 0.5));
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
