/** Where somebody is on the guided path from an image to numbers. React-free; what is done is in guideActions.ts. */
import { createStore } from 'zustand/vanilla';
import type { FoundBead } from '../../graph/guided/beads.ts';
import type { GivenValues } from '../../graph/guided/calibration.ts';
import type { CameraEstimate } from '../../graph/guided/cameraEstimate.ts';
import type { GuidedKind } from '../../graph/guided/kinds.ts';
import type { GivenPixels, PixelFacts } from '../../graph/guided/pixels.ts';
import type { PlaneAxis } from '../../graph/guided/planeAxis.ts';
import type { MeasuredImage } from '../stores/targetImports.ts';
import type { BatchRow } from './batch.ts';

export const STEPS = ['file', 'what', 'calibrate', 'pick', 'unknowns', 'run', 'judge', 'keep'] as const;
export type GuideStep = (typeof STEPS)[number];

export const STEP_TITLES: Readonly<Record<GuideStep, string>> = {
  file: 'Choose an image',
  what: 'What is it?',
  calibrate: 'Calibrate',
  pick: 'Pick what to fit',
  unknowns: 'Choose the unknowns',
  run: 'Run',
  judge: 'Judge',
  keep: 'Keep',
};

/** As they stand beside each other. */
export const STEP_NAMES: Readonly<Record<GuideStep, string>> = {
  file: 'File',
  what: 'What',
  calibrate: 'Calibrate',
  pick: 'Pick',
  unknowns: 'Unknowns',
  run: 'Run',
  judge: 'Judge',
  keep: 'Keep',
};

/** The later of two steps. */
export function laterStep(one: GuideStep, other: GuideStep): GuideStep {
  return STEPS.indexOf(one) > STEPS.indexOf(other) ? one : other;
}

/** The file as it was read. */
export interface GuidedFile {
  readonly image: MeasuredImage;
  readonly pixels: GivenPixels;
  readonly facts: PixelFacts;
  /** “TIFF, 16-bit whole numbers”. */
  readonly storedAs: string | null;
  /** Distance from plane to plane that the file tells, metres. */
  readonly planeSpacing: number | null;
  /** Size of a pixel that the file tells, metres. */
  readonly pixelSize: number | null;
  /** What its planes are; null for one plane, and where nothing tells. */
  readonly axis: PlaneAxis | null;
  /** Null where the image cannot tell. */
  readonly camera: CameraEstimate | null;
  /** Sentences of the reader. */
  readonly notes: readonly string[];
}

export interface GuideState {
  /** Somebody is on the path, also while it is out of sight. */
  readonly active: boolean;
  /** What the column at the right shows. */
  readonly inSight: boolean;
  readonly step: GuideStep;
  /** The last step that was ever gone to with this file. */
  readonly furthest: GuideStep;
  readonly reading: boolean;
  readonly problem: string | null;
  readonly file: GuidedFile | null;
  readonly kind: GuidedKind | null;
  /** The document that belongs to it. */
  readonly documentId: string | null;
  readonly given: GivenValues;
  /** `calibrationKey` of the values that somebody confirmed. */
  readonly confirmed: string | null;
  readonly beads: readonly FoundBead[];
  /** Indices into `beads`; the first is the one in the document. */
  readonly picked: readonly number[];
  /** Half the side of the box, pixels. */
  readonly half: number;
  readonly batch: { readonly status: 'idle' | 'running' | 'done'; readonly rows: readonly BatchRow[] };
}

export const NO_BATCH: GuideState['batch'] = { status: 'idle', rows: [] };

export const guideStore = createStore<GuideState>()(() => ({
  active: false,
  inSight: false,
  step: 'file',
  furthest: 'file',
  reading: false,
  problem: null,
  file: null,
  kind: null,
  documentId: null,
  given: {},
  confirmed: null,
  beads: [],
  picked: [],
  half: 0,
  batch: NO_BATCH,
}));
