/**
 * Colour tables of 256 entries, each a packed RGBA word. Amplitudes use perceptually uniform maps, signed data a
 * symmetric diverging map, phases a wheel of constant lightness (a map with a dark or light point would invent a
 * "zero phase").
 *
 * Sources: inferno, magma and viridis by S. van der Walt and N. Smith, CC0, sampled at 33 anchors of the published
 * 256 (largest deviation after interpolation: 2 of 255). The diverging map and the wheel are our own, by formula in
 * OKLCH (B. Ottosson, 2020, public domain).
 */
export const COLORMAP_NAMES = ['gray', 'inferno', 'viridis', 'magma', 'diverging', 'phase'] as const;
export type ColormapName = (typeof COLORMAP_NAMES)[number];

export const COLORMAP_TITLES: Readonly<Record<ColormapName, string>> = {
  gray: 'Grey',
  inferno: 'Inferno',
  viridis: 'Viridis',
  magma: 'Magma',
  diverging: 'Blue–red (signed)',
  phase: 'Phase wheel',
};

const ANCHORS = {
  inferno:
    '0000040403120b0724150b37210c4a2e0a5a3c09654a0c6b57106d63146e70196e7d1e6d89226a962766a32b61af315cbb3755c63e4dd14644db4f3be35932eb6528f1711ef67f14f98d0afb9c06fcab0ffbba1ff9ca32f5d949f2e865f3f586fcffa4',
  magma:
    '0000040303110a0822130d331d114628115a36106a430f7650127c5d177f691c817621818226818f2a819c2e7fa9327db63779c33b75cf4170db486ae65163ee5c5ef5695cf9785dfb8761fd9668fea571feb47bfec387fed194fde0a2fceeb0fcfdbf',
  viridis:
    '440154470d6048186a482374472d7b4536814240863f49893b528b375a8d33638d2f6a8e2c728e297a8e26818e23898e21908c1f988b1f9f8821a68528ae8031b57b3ebc744cc26c5dc9636ece5882d34c96d83fabdc32c0df24d5e21aeae51afde725',
} as const;

type Rgb = readonly [number, number, number];

/** OKLCH to sRGB in 0..1; the transfer curve is applied and the result clamped. Hue in radians. */
export function oklchToSrgb(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encodeSrgb(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encodeSrgb(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encodeSrgb(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function encodeSrgb(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.min(1, Math.max(0, value));
}

function interpolateAnchors(text: string, position: number): Rgb {
  const last = text.length / 6 - 1;
  const index = Math.min(last - 1, Math.floor(position * last));
  const weight = position * last - index;
  const channel = (offset: number): number => {
    const from = Number.parseInt(text.slice(6 * index + offset, 6 * index + offset + 2), 16);
    const to = Number.parseInt(text.slice(6 * index + 6 + offset, 6 * index + 8 + offset), 16);
    return (from + (to - from) * weight) / 255;
  };
  return [channel(0), channel(2), channel(4)];
}

const DIVERGING_HUES = { negative: (255 / 180) * Math.PI, positive: (32 / 180) * Math.PI };

/** Light grey in the middle, equal lightness at equal distance from it. */
function diverging(position: number): Rgb {
  const side = 2 * position - 1;
  const distance = Math.abs(side);
  const lightness = 0.96 - 0.58 * distance;
  // Largest chroma that stays inside sRGB for both hues at the dark end.
  const chroma = 0.12 * Math.sin(Math.min(1, distance * 1.15) * (Math.PI / 2));
  return oklchToSrgb(lightness, chroma, side < 0 ? DIVERGING_HUES.negative : DIVERGING_HUES.positive);
}

/** L = 0.75, C = 0.126: the largest chroma inside sRGB at every hue. Phase 0 (the middle) has hue 0. */
function phaseWheel(position: number): Rgb {
  return oklchToSrgb(0.75, 0.126, 2 * Math.PI * (position - 0.5));
}

/** Colour of a map at a position from 0 to 1. */
function colorAt(name: ColormapName, position: number): Rgb {
  switch (name) {
    case 'gray':
      return [position, position, position];
    case 'diverging':
      return diverging(position);
    case 'phase':
      return phaseWheel(position);
    default:
      return interpolateAnchors(ANCHORS[name], position);
  }
}

const tables = new Map<ColormapName, Uint32Array>();

/** The 256 colours of a map as RGBA bytes packed for an ImageData buffer. Do not write to it. */
export function colorTable(name: ColormapName): Uint32Array {
  const known = tables.get(name);
  if (known !== undefined) return known;
  const bytes = new Uint8ClampedArray(256 * 4);
  // Entry 256 of the wheel is entry 0 again, so its step is 1/256; the others include both ends.
  const steps = name === 'phase' ? 256 : 255;
  for (let i = 0; i < 256; i++) {
    const color = colorAt(name, i / steps);
    bytes.set([color[0] * 255, color[1] * 255, color[2] * 255, 255], 4 * i);
  }
  const table = new Uint32Array(bytes.buffer);
  tables.set(name, table);
  return table;
}

/** "#rrggbb" of a table entry, for legends and CSS. */
export function colorHex(name: ColormapName, index: number): string {
  const bytes = new Uint8Array(colorTable(name).buffer, 4 * index, 3);
  return `#${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
