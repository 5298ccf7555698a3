/** What the names in an expression stand for in a design. */
import type { ParamSpec } from '../../optics/element.ts';
import type { Design } from '../document.ts';
import { isList, quantityOf } from '../format.ts';
import { didYouMean, nearNames } from '../names.ts';
import { describePath, getAt, type PathTarget, settledPath } from '../paths.ts';
import { findNode, nodeName, own, type Registry } from '../registry.ts';
import { cellPath } from '../tables.ts';
import { wavelengthNode } from '../wavelength.ts';
import { dimensionOf, NUMBER } from './dimensions.ts';
import type { Reference } from './evaluate.ts';
import { isRemovedPath, pathText } from './rewrite.ts';
import { ExpressionProblem } from './syntax.ts';

/** Where an expression stands: its short names mean values of this node. */
export interface Place {
  readonly nodeId: string;
  readonly param: string;
}

const CONSTANTS: Readonly<Record<string, number>> = { pi: Math.PI, π: Math.PI };
const GRID = { samples: NUMBER, pitch: dimensionOf('length') } as const;

/**
 * `lens.focalLength` by the id or the title of a node, `pupil.zernike.4`, `cells.spheres.0.radius`, `grid.pitch`,
 * `lambda` (the wavelength of the light there), `pi`; alone, the name of a parameter of the same node, or of a node
 * that has the same parameter.
 * @throws ExpressionProblem with what may have been meant
 */
export function referenceOf(
  design: Design,
  registry: Registry,
  place: Place,
  parts: readonly string[],
): Reference | number {
  const [first = '', ...rest] = parts;
  if (rest.length > 0) return referenceAt(design, registry, place, first, rest);
  const constant = own(CONSTANTS, first);
  if (constant !== undefined) return constant;
  if (first === 'lambda' || first === 'λ') return wavelengthOf(design, registry, place);
  const here = findNode(design, place.nodeId);
  const names = Object.keys(registry.get(here?.type ?? '')?.params ?? {});
  if (names.includes(first)) return referenceAt(design, registry, place, place.nodeId, [first]);
  const other = nodeCalled(design, registry, first);
  if (other !== undefined) return referenceAt(design, registry, place, other, [place.param]);
  // A value cannot follow itself, whatever is like its name.
  const others = design.nodes.filter(({ id }) => id !== place.nodeId);
  const alike = others.filter(({ type }) => own(registry.get(type)?.params ?? {}, place.param) !== undefined);
  const known = [
    ...alike.map(({ id }) => `${id}.${place.param}`),
    ...others.map(({ id }) => id),
    ...names.filter((name) => name !== place.param),
  ];
  const near = nearNames(first, known).map((name) => (name.includes('.') ? pathText(name) : name));
  const hint = didYouMean(near) || ' Write node.parameter, such as lens.focalLength.';
  throw new ExpressionProblem(`There is no value called “${first.slice(0, 60)}”.${hint}`);
}

function wavelengthOf(design: Design, registry: Registry, { nodeId }: Place): Reference {
  const node = wavelengthNode(design, registry, nodeId);
  if (node === undefined)
    throw new ExpressionProblem('The design has no wavelength, so lambda means nothing here.');
  return { path: `${node.id}.wavelength`, dimension: dimensionOf('length') };
}

/** A node by its id, else by its title as people read it. */
function nodeCalled(design: Design, registry: Registry, name: string): string | undefined {
  if (findNode(design, name) !== undefined) return name;
  const wanted = name.toLowerCase();
  return design.nodes.find(({ id }) => nodeName(design, registry, id).toLowerCase() === wanted)?.id;
}

function referenceAt(
  design: Design,
  registry: Registry,
  place: Place,
  name: string,
  rest: readonly string[],
): Reference {
  const id = nodeCalled(design, registry, name);
  const [param = ''] = rest;
  if (id === undefined && name === 'grid' && rest.length === 1 && Object.hasOwn(GRID, param))
    return { path: `grid.${param}`, dimension: GRID[param as keyof typeof GRID] };
  const path = [id ?? name, ...rest].join('.');
  if (isRemovedPath(path))
    throw new ExpressionProblem(
      `the row of ${pathText(`${id ?? name}.${param}`)} that it named was removed.`,
    );
  const target = describePath(design, registry, path);
  if (!target.ok) {
    const others = target.suggestions.filter((each) => each !== `${place.nodeId}.${place.param}`);
    throw new ExpressionProblem(target.problem + didYouMean(others.map(pathText)));
  }
  return referenceTo(target);
}

/** The number at a path, as a reference. @throws ExpressionProblem where there is none, or more than one */
function referenceTo(target: PathTarget): Reference {
  const path = settledPath(target);
  const spec: ParamSpec = target.cell?.spec ?? target.spec;
  const value = own(target.node.params, target.param);
  const isSingle = value === undefined || !isList(value);
  if (target.plane === '*' || target.cell?.row === '*')
    throw new ExpressionProblem(`${path} is many numbers: name one, such as ${path.replace('*', '0')}.`);
  switch (spec.kind) {
    case 'integer':
      return { path, dimension: NUMBER };
    case 'quantity':
      if (isSingle && target.plane !== null)
        throw new ExpressionProblem(
          `${target.node.id}.${target.param} holds a single value: write it without “.${target.plane}”.`,
        );
      if (!isSingle && target.plane === null)
        throw new ExpressionProblem(`${path} has one value per plane: name one, such as ${path}.0.`);
      return { path, dimension: dimensionOf(spec.quantity) };
    case 'zernike':
      if (target.nollIndex === null)
        throw new ExpressionProblem(`${path} is a set of terms: name one, such as ${path}.4.`);
      return { path, dimension: dimensionOf(quantityOf(spec)) };
    case 'table': {
      const column = Object.keys(spec.columns)[0] ?? 'x';
      throw new ExpressionProblem(`${path} is a table: name a cell, such as ${cellPath(path, 0, column)}.`);
    }
    default:
      throw new ExpressionProblem(`${path} is not a number.`);
  }
}

/** The number at the path of a reference; null where there is none any more. */
export function numberAt(design: Design, registry: Registry, path: string): number | null {
  if (path.startsWith('grid.') && findNode(design, 'grid') === undefined)
    return path === 'grid.pitch' ? design.grid.pitch : path === 'grid.samples' ? design.grid.samples : null;
  const value = getAt(design, registry, path);
  return typeof value === 'number' ? value : null;
}
