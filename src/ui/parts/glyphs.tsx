/** Signs of categories and port types. Shapes repeat what colours say. */
import {
  Aperture,
  Atom,
  Camera,
  ChartSpline,
  CircleDot,
  Crosshair,
  Flashlight,
  GitMerge,
  Grid3x3,
  Layers,
  MoveDiagonal,
  MoveHorizontal,
  Shapes,
  Sun,
  Target,
} from 'lucide-react';
import { type ComponentType, isValidElement, type ReactElement, type ReactNode } from 'react';
import type { ElementCategory } from '../../optics/element.ts';
import type { PortType } from '../../optics/values.ts';

export const CATEGORY_TITLES: Readonly<Record<ElementCategory, string>> = {
  sources: 'Sources',
  samples: 'Samples',
  lenses: 'Lenses',
  masks: 'Masks',
  polarisation: 'Polarisation',
  pupils: 'Pupils',
  interferometers: 'Interferometers',
  propagation: 'Propagation',
  detection: 'Detection',
  analysis: 'Analysis',
  fit: 'Fit',
};

export const CATEGORY_ORDER: readonly ElementCategory[] = [
  'sources',
  'samples',
  'lenses',
  'masks',
  'polarisation',
  'pupils',
  'interferometers',
  'propagation',
  'detection',
  'analysis',
  'fit',
];

export const PORT_TITLES: Readonly<Record<PortType, string>> = {
  field: 'light',
  farField: 'scattered or emitted light',
  pupil: 'pupil',
  image: 'image',
  scalar: 'number',
};

export const PORT_COLOURS: Readonly<Record<PortType, string>> = {
  field: 'var(--port-field)',
  farField: 'var(--port-far-field)',
  pupil: 'var(--port-pupil)',
  image: 'var(--port-image)',
  scalar: 'var(--port-scalar)',
};

const PORT_SHAPES: Readonly<Record<PortType, ReactNode>> = {
  field: <circle cx="7" cy="7" r="4.5" />,
  farField: <path d="M3 2.2 12 7 3 11.8Z" />,
  pupil: <path d="M7 1.5 12.5 7 7 12.5 1.5 7Z" />,
  image: <rect x="2.5" y="2.5" width="9" height="9" />,
  scalar: <rect x="1.5" y="5" width="11" height="4" rx="1" />,
};

/** 14 px sign of a port type: ● field, ▶ far field, ◆ pupil, ■ image, ▬ number. */
export function PortGlyph({ type, hollow = false }: { readonly type: PortType; readonly hollow?: boolean }) {
  const colour = PORT_COLOURS[type];
  return (
    <svg
      width="14"
      height="14"
      viewBox="0 0 14 14"
      aria-hidden="true"
      fill={hollow ? 'var(--panel)' : colour}
      stroke={colour}
      strokeWidth="1.5"
    >
      {PORT_SHAPES[type]}
    </svg>
  );
}

type Glyph = ComponentType<{ readonly size?: number | string }>;

/** An own sign, drawn like the library's: 24 px box, round strokes. */
function DrawnGlyph({ paths, size }: { readonly paths: ReactNode; readonly size: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {paths}
    </svg>
  );
}

const LENS_PATHS = (
  <>
    <path d="M12 3c4 5 4 13 0 18c-4-5-4-13 0-18Z" />
    <path d="M2 12h4M18 12h4" />
  </>
);
const PLANE_WAVE_PATHS = <path d="M5 4v16M11 4v16M17 4v16M17 12h5M20 9.5l2.5 2.5-2.5 2.5" />;
const PROPAGATE_PATHS = <path d="M4 5v14M20 5v14M7.5 12h8M13 9l3 3-3 3" />;
const GAUSSIAN_PATHS = <path d="M3 8c6 3 12 3 18 0M3 16c6-3 12-3 18 0M2 12h20" />;
const ZERNIKE_PATHS = (
  <>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 3c-4 4-4 14 0 18M4 8c5 3 11 3 16 0" />
  </>
);
const MASK_PATHS = (
  <>
    <rect x="3" y="3" width="18" height="18" rx="2" />
    <path d="M9 8v8M15 8v8" />
  </>
);
const INTERFERENCE_PATHS = (
  <>
    <circle cx="9" cy="12" r="6.5" />
    <circle cx="15" cy="12" r="6.5" />
  </>
);
const LOSS_PATHS = (
  <>
    <path d="M3 4v16h18" />
    <path d="M6 6c2 8 6 11 14 11" />
  </>
);

/** Keywords in the type name, most telling first. */
const TYPE_GLYPHS: readonly (readonly [RegExp, Glyph | ReactElement])[] = [
  [/gauss/i, GAUSSIAN_PATHS],
  [/interfer|combine|beam ?splitter/i, INTERFERENCE_PATHS],
  [/plane ?wave/i, PLANE_WAVE_PATHS],
  [/zernike|aberrat|wavefront|phase/i, ZERNIKE_PATHS],
  [/sphere|mie/i, Atom],
  [/bead|dipole|point|emitter/i, CircleDot],
  [/pupil|objective|iris/i, Aperture],
  [/lens/i, LENS_PATHS],
  [/slit|grating|mask|aperture|stop/i, MASK_PATHS],
  [/stack/i, Layers],
  [/propag|space|defocus/i, PROPAGATE_PATHS],
  [/camera|detector/i, Camera],
  [/loss|likelihood|difference|residual|compare|mismatch/i, LOSS_PATHS],
  [/target|measured/i, Target],
  [/focus/i, Crosshair],
];

const CATEGORY_GLYPHS: Readonly<Record<ElementCategory, Glyph>> = {
  sources: Sun,
  samples: Shapes,
  lenses: Flashlight,
  masks: Grid3x3,
  polarisation: MoveDiagonal,
  pupils: Aperture,
  interferometers: GitMerge,
  propagation: MoveHorizontal,
  detection: Camera,
  analysis: ChartSpline,
  fit: Target,
};

/** The sign of an element, found from its type; its category's sign where nothing tells more. */
export function ElementGlyph({
  type,
  category,
  size = 16,
}: {
  readonly type: string;
  readonly category: ElementCategory;
  readonly size?: number;
}) {
  const found = TYPE_GLYPHS.find(([pattern]) => pattern.test(type));
  const Sign = found?.[1] ?? CATEGORY_GLYPHS[category];
  return isValidElement(Sign) ? <DrawnGlyph paths={Sign} size={size} /> : <Sign size={size} />;
}
