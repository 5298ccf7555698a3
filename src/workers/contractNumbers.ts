/** The numbers of a chain by which the contract of an element differentiates, and random values of them. */
import { type ContractCase, drawQuantity, STACK_PLANES } from '../optics/contractCases.ts';
import type { ElementSpec, ParamSpec, TableParam } from '../optics/element.ts';
import type { SeededRandom } from '../optics/maths/random.ts';
import type { Stage } from '../optics/testChain.ts';

/** Noll indices whose coefficients are learned: tilt, defocus, astigmatism, coma, spherical, a high one. */
const TERMS = [2, 4, 5, 8, 11, 22];
/** Parameters of the light, which every element must hand on together with their derivatives. */
const LIGHT = ['wavelength', 'refractiveIndex', 'polarizationAngle'];
/** A number of a chain that can be learned. */
export interface Learned {
  readonly path: string;
  /** The chain's own value: pitches far from the others of a chain leave nothing but rounding to differentiate. */
  readonly near: number | null;
  readonly param: ParamSpec & { readonly soft: readonly [number, number]; readonly step: number };
}

/** Every learnable number of the stage under test, and the light's where it comes from. */
export function learnedIn({ chain, subject }: ContractCase): Learned[] {
  const learned: Learned[] = [];
  // Lights of different wavelengths or media cannot meet.
  const sources = Object.values(chain).filter(({ spec }) => 'wavelength' in spec.params);
  for (const [name, { spec, params }] of Object.entries(chain)) {
    for (const [id, param] of Object.entries(spec.params)) {
      if (param.kind === 'table' && name === subject) learned.push(...cellsOf(`${name}.${id}`, param));
      if (param.kind !== 'quantity' && param.kind !== 'zernike') continue;
      const isLight = Object.keys(spec.inputs).length === 0 && LIGHT.includes(id);
      if (!param.learnable || (name !== subject && !isLight)) continue;
      if ((id === 'wavelength' || id === 'refractiveIndex') && sources.length > 1) continue;
      if (!isShown(spec, params, param)) continue;
      const path = `${name}.${id}`;
      const setting = params[id];
      const near = typeof setting === 'number' ? setting : null;
      const stacked = Object.values(chain).some((stage) => stage.spec.type === 'stack');
      if (param.kind === 'zernike')
        learned.push(...TERMS.map((j) => ({ path: `${path}.${j}`, near, param })));
      else if (param.perPlane === true && stacked && params[id] === undefined)
        learned.push(
          ...Array.from({ length: STACK_PLANES }, (_, i) => ({ path: `${path}.${i}`, near, param })),
        );
      else learned.push({ path, near, param });
    }
  }
  return learned;
}

/** A learnable cell of each column of a table, row by row in turn: rows differ in values only. */
function cellsOf(path: string, { columns, default: rows }: TableParam): Learned[] {
  return Object.entries(columns)
    .filter(([, { learnable }]) => learnable)
    .map(([column, param], i) => ({ path: `${path}.${i % rows.length}.${column}`, near: null, param }));
}

/** Whether a parameter matters at the present choices. */
function isShown(spec: ElementSpec, params: Stage['params'], { when }: ParamSpec): boolean {
  if (when === undefined) return true;
  const chooser = spec.params[when.param];
  const chosen = params[when.param] ?? (chooser !== undefined && 'default' in chooser ? chooser.default : '');
  return when.is.includes(String(chosen)) && (chooser === undefined || isShown(spec, params, chooser));
}

/** Random values of the learned numbers; the index of the medium stays above every aperture that may be drawn. */
export function drawPoint(learned: readonly Learned[], random: SeededRandom): Map<string, number> {
  const point = new Map<string, number>();
  for (const { path, near, param } of learned) {
    const isMedium = path.endsWith('.refractiveIndex') && param.soft[0] === 1 && param.soft[1] < 2;
    point.set(path, isMedium ? 1.45 + 0.1 * random.uniform() : drawQuantity(param, random, near));
  }
  return point;
}
