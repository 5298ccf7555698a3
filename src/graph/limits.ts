/** How large a document may be. Checked before anything is built from a file, a link or the clipboard. */
export const LIMITS = {
  /** Characters of JSON text; base64 images make up nearly all of a large file. */
  characters: 64 * 1024 * 1024,
  depth: 64,
  /** Numbers, strings, lists and objects together. */
  values: 1_000_000,
  nodes: 2000,
  edges: 8000,
  images: 200,
  learn: 20_000,
  priors: 20_000,
  links: 2000,
  /** Titles, ids and names, characters. */
  label: 200,
  description: 20_000,
  /** Values of one parameter (planes or Zernike terms). */
  list: 4096,
  /** Pixels from the origin of the canvas. */
  position: 1_000_000,
} as const;

/** Samples along a side of the simulation grid. */
export const GRID_SAMPLES = { min: 2, max: 4096 } as const;

/** Unknowns of one fit: the normal matrix grows with the square. */
export const MAX_LEARNABLES = 2000;

/** Bytes that a design may need where the backend is not known. */
export const MEMORY_BUDGET = 4 * 1024 ** 3;

export const NODE_ID = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
