/** What a model has to be told before it can be fitted, and where each number came from. */
import type { Design } from '../document.ts';
import { getAt } from '../paths.ts';
import type { Registry } from '../registry.ts';
import type { GuidedKind } from './kinds.ts';

export type ValueSource = 'example' | 'file' | 'estimate' | 'assumed';

export interface CalibrationField {
  /** "pupil.numericalAperture" */
  readonly path: string;
  readonly nodeId: string;
  readonly param: string;
}

/** Type of the node (any source of light for null), and its parameters, in the order of asking. */
type Wanted = readonly (readonly [type: string | null, params: readonly string[]])[];

const OPTICS: Wanted = [
  [null, ['wavelength', 'refractiveIndex']],
  ['pupil', ['numericalAperture']],
  ['camera', ['pixelPitch']],
];
const COUNTS: Wanted = [['camera', ['gain', 'offset', 'readNoise']]];

const WANTED: Readonly<Record<GuidedKind, Wanted>> = {
  beadStack: [...OPTICS, ['stack', ['zStep']], ['bead', ['diameter']], ...COUNTS],
  bead: [...OPTICS, ['bead', ['diameter']], ...COUNTS],
  star: [[null, ['wavelength']], ['pupil', ['numericalAperture']], ['camera', ['pixelPitch']], ...COUNTS],
  hologram: [[null, ['wavelength', 'refractiveIndex', 'polarizationAngle']], ...OPTICS.slice(1)],
  known: [...OPTICS, ['stack', ['zStep']], ...COUNTS],
  beadField: [...OPTICS, ['beadField', ['zStep']], ...COUNTS],
};

/** The fields of a design that its kind of image needs. */
export function calibrationFields(
  design: Design,
  registry: Registry,
  kind: GuidedKind,
): readonly CalibrationField[] {
  return WANTED[kind].flatMap(([type, params]) => {
    const node = design.nodes.find((each) =>
      type === null ? registry.get(each.type)?.params['wavelength'] !== undefined : each.type === type,
    );
    if (node === undefined) return [];
    const known = registry.get(node.type)?.params ?? {};
    return params
      .filter((param) => known[param]?.kind === 'quantity')
      .map((param) => ({ path: `${node.id}.${param}`, nodeId: node.id, param }));
  });
}

/** Values of fields and who gave them, when a document began. */
export type GivenValues = Readonly<Record<string, { readonly value: number; readonly source: ValueSource }>>;

/** Who gave the value that a field has now. */
export function sourceNow(
  design: Design,
  registry: Registry,
  given: GivenValues,
  path: string,
): ValueSource | 'entered' {
  const first = given[path];
  return first === undefined || getAt(design, registry, path) !== first.value ? 'entered' : first.source;
}

export const SOURCE_WORDS: Readonly<Record<ValueSource | 'entered', string>> = {
  example: 'from the example',
  file: 'from the file',
  estimate: 'estimated from the image',
  assumed: 'assumed',
  entered: 'entered',
};

/** All held values of the fields as one text: what somebody confirmed, and whether it has changed since. */
export function calibrationKey(
  design: Design,
  registry: Registry,
  fields: readonly CalibrationField[],
): string {
  return fields
    .filter(({ path }) => !design.learn.includes(path))
    .map(({ path }) => `${path}=${String(getAt(design, registry, path))}`)
    .join(';');
}
