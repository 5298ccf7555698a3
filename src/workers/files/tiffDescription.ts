/** What the text in a TIFF file tells of its planes and of lengths: ImageJ's own lines, or OME-XML. */

/** A number that ImageJ wrote into the description, such as "images=25"; 1 when it is absent. */
export function imageJNumber(description: string, key: string): number {
  if (!description.startsWith('ImageJ=')) return 1;
  const value = Number(new RegExp(`^${key}=(\\d+)\\s*$`, 'm').exec(description)?.[1] ?? '1');
  return Number.isSafeInteger(value) && value > 0 ? value : 1;
}

/** Metres in one unit of lengths that ImageJ and OME write. */
const METRES: Readonly<Record<string, number>> = {
  pm: 1e-12,
  Å: 1e-10,
  nm: 1e-9,
  um: 1e-6,
  µm: 1e-6,
  μm: 1e-6,
  '\\u00B5m': 1e-6,
  micron: 1e-6,
  microns: 1e-6,
  mm: 1e-3,
  cm: 1e-2,
  m: 1,
};

/** What programs write where they know no length. */
const NO_UNITS: readonly string[] = ['', 'pixel', 'pixels', 'voxel', 'reference frame', 'inch'];

/** Pixels that ImageJ gives in centimetres and that are larger are those of printed paper: 2540 per inch. */
const PAPER = 10e-6;

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", micro: 'µ' },
};

/** Text of an XML attribute: “&#181;m” and “&#xB5;m” are “µm”. */
function unescaped(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{1,8}));/gi,
    (whole, decimal?: string, hex?: string, name = '') => {
      const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? parseInt(hex, 16) : null;
      if (code === null) return ENTITIES[name] ?? whole;
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

export interface KnownLengths {
  /** From plane to plane, metres. */
  readonly planeSpacing?: number;
  /** From pixel to pixel along x, metres; the size along y is often left out and then taken for the same. */
  readonly pixelSize?: number;
}

/**
 * Lengths that the file tells; none where it has no known unit: TIFF's own are inches and centimetres of paper.
 * @param pixelsPerUnit of the tag “XResolution”, whose unit ImageJ writes into the description
 */
export function lengthsIn(description: string, pixelsPerUnit: number | null): KnownLengths {
  const isOme = description.includes('<OME');
  const spacing = isOme ? omeLength(description, 'Z') : imageJSpacing(description);
  const size = isOme ? omeLength(description, 'X') : imageJPixel(description, pixelsPerUnit);
  return {
    ...(spacing === null ? {} : { planeSpacing: spacing }),
    ...(size === null ? {} : { pixelSize: size }),
  };
}

const omeAttribute = (description: string, name: string): string | undefined => {
  const text = new RegExp(`\\b${name}="([^"]*)"`).exec(description)?.[1];
  return text === undefined ? undefined : unescaped(text).trim();
};

/** An attribute of OME's “Pixels”, micrometres where its unit is not told. */
function omeLength(description: string, axis: 'X' | 'Z'): number | null {
  const size = Number(omeAttribute(description, `PhysicalSize${axis}`));
  const metres = METRES[omeAttribute(description, `PhysicalSize${axis}Unit`) ?? 'um'];
  return metres === undefined ? null : positive(size * metres);
}

const imageJUnit = (description: string): string =>
  description.startsWith('ImageJ=') ? (/^unit=(.+?)\s*$/m.exec(description)?.[1] ?? '') : '';

function imageJSpacing(description: string): number | null {
  const unit = METRES[imageJUnit(description)];
  return unit === undefined ? null : positive(Number(/^spacing=(\S+)\s*$/m.exec(description)?.[1]) * unit);
}

function imageJPixel(description: string, pixelsPerUnit: number | null): number | null {
  const unit = METRES[imageJUnit(description)];
  // ImageJ writes one pixel per unit where nobody set a scale.
  if (unit === undefined || pixelsPerUnit === null || pixelsPerUnit === 1) return null;
  const size = unit / pixelsPerUnit;
  return imageJUnit(description) === 'cm' && size > PAPER ? null : positive(size);
}

/** Says which units of the file are none that is known, as its lengths are not taken then. */
export function unitsNote(description: string): string[] {
  const written = description.includes('<OME')
    ? ['X', 'Z'].map((axis) => omeAttribute(description, `PhysicalSize${axis}Unit`) ?? '')
    : [imageJUnit(description)];
  const unknown = written.filter((unit) => METRES[unit] === undefined && !NO_UNITS.includes(unit));
  return [...new Set(unknown)].map(
    (unit) =>
      `The file gives lengths in “${unit.slice(0, 20)}”, which is not understood: give them yourself.`,
  );
}

const positive = (value: number): number | null => (value > 0 && Number.isFinite(value) ? value : null);

/** ImageJ calls planes “slices” wherever nobody says otherwise; “frames” are said to be times. */
export function timesIn(description: string): { readonly framesOfTime?: true } {
  const isSeries = imageJNumber(description, 'frames') > 1 && imageJNumber(description, 'slices') === 1;
  return isSeries ? { framesOfTime: true } : {};
}

export function axesNote(description: string, planes: number): string[] {
  if (planes === 1) return [];
  const axes = (['channels', 'slices', 'frames'] as const)
    .map((axis) => ({ axis, length: imageJNumber(description, axis) }))
    .filter(({ length }) => length > 1);
  if (axes.length > 1) {
    const list = axes.map(({ axis, length }) => `${length} ${axis}`).join(', ');
    return [`ImageJ hyperstack of ${list}: read as ${planes} planes in the order of the file.`];
  }
  return description.includes('<OME') ? ['OME-TIFF: planes were read in the order of the file.'] : [];
}
