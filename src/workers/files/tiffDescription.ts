/** What the text in a TIFF file tells of its planes and of lengths: ImageJ's own lines, or OME-XML. */

/** A number that ImageJ wrote into the description, such as "images=25"; 1 when it is absent. */
export function imageJNumber(description: string, key: string): number {
  if (!description.startsWith('ImageJ=')) return 1;
  const value = Number(new RegExp(`^${key}=(\\d+)\\s*$`, 'm').exec(description)?.[1] ?? '1');
  return Number.isSafeInteger(value) && value > 0 ? value : 1;
}

/** Metres in one unit of lengths that ImageJ and OME write. */
const METRES: Readonly<Record<string, number>> = {
  nm: 1e-9,
  um: 1e-6,
  µm: 1e-6,
  μm: 1e-6,
  '\\u00B5m': 1e-6,
  micron: 1e-6,
  microns: 1e-6,
  mm: 1e-3,
};

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

/** An attribute of OME's “Pixels”, micrometres where its unit is not told. */
function omeLength(description: string, axis: 'X' | 'Z'): number | null {
  const attribute = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(description)?.[1];
  const size = Number(attribute(`PhysicalSize${axis}`));
  const metres = METRES[attribute(`PhysicalSize${axis}Unit`) ?? 'um'];
  return metres === undefined ? null : positive(size * metres);
}

const imageJUnit = (description: string): number | undefined =>
  description.startsWith('ImageJ=') ? METRES[/^unit=(\S+)\s*$/m.exec(description)?.[1] ?? ''] : undefined;

function imageJSpacing(description: string): number | null {
  const unit = imageJUnit(description);
  return unit === undefined ? null : positive(Number(/^spacing=(\S+)\s*$/m.exec(description)?.[1]) * unit);
}

function imageJPixel(description: string, pixelsPerUnit: number | null): number | null {
  const unit = imageJUnit(description);
  // ImageJ writes one pixel per unit where nobody set a scale.
  return unit === undefined || pixelsPerUnit === null || pixelsPerUnit === 1
    ? null
    : positive(unit / pixelsPerUnit);
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
