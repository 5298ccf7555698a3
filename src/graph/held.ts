/** What a fit takes as known: learnable values on the way to the comparison that are not learned. */
import type { QuantityParam, TableParam } from '../optics/element.ts';
import { SI_UNIT, unitFactor } from '../optics/units.ts';
import type { Design, DesignNode } from './document.ts';
import { isTerms } from './format.ts';
import { expandLearnables } from './learnables.ts';
import { describePath, getAt, quantityAt } from './paths.ts';
import { nodeName, own, type Registry, shownParams } from './registry.ts';
import { cellPath, tableRows } from './tables.ts';
import { valueTitle } from './titles.ts';
import { reaches } from './topology.ts';
import { planeCount } from './validate.ts';
import { designWavelength } from './wavelength.ts';

export interface HeldValue {
  readonly path: string;
  /** “Plane wave: Wavelength” */
  readonly title: string;
  /** SI. */
  readonly value: number;
  readonly unit: string;
  readonly display: { readonly value: number; readonly unit: string };
}

/**
 * Values that an element shows first or that were set to other than their default, of nodes whose light or numbers
 * reach a goal or a comparison. Of values per plane, and of a table's columns, those that are one number for all.
 */
export function heldValues(design: Design, registry: Registry): HeldValue[] {
  const losses = design.nodes.filter(({ type }) => registry.get(type)?.objective === true);
  const learned = expandLearnables(design, registry, planeCount(design, registry)).map(({ path }) => path);
  return (
    design.nodes
      .filter((node) => node.bypassed !== true && losses.some(({ id }) => reaches(design, node.id, id)))
      .flatMap((node) => pathsOf(node, registry))
      // What is linked is known as far as what it follows.
      .filter((path) => own(design.links ?? {}, path) === undefined)
      .filter((path) => !learned.some((each) => isPartOf(each, path)))
      .flatMap((path) => heldAt(design, registry, path) ?? [])
  );
}

/** Whether a learned value is the one of a path, one of its planes or a cell of its column. */
function isPartOf(learned: string, path: string): boolean {
  const [stem = '', column] = path.split('.*');
  return (
    learned === path || (learned.startsWith(`${stem}.`) && (column === undefined || learned.endsWith(column)))
  );
}

/** Paths of single numbers that matter at the node's choices. */
function pathsOf(node: DesignNode, registry: Registry): string[] {
  const element = registry.get(node.type);
  if (element === undefined) return [];
  return shownParams(node, element).flatMap((name) => {
    const spec = element.params[name];
    const given = node.params[name];
    if (spec?.kind === 'quantity' && spec.learnable)
      return matters(spec, given) ? [`${node.id}.${name}`] : [];
    if (spec?.kind === 'table')
      return namedColumns(spec, given).map((c) => cellPath(`${node.id}.${name}`, '*', c));
    if (spec?.kind !== 'zernike' || given === undefined || !isTerms(given)) return [];
    return Object.keys(given).map((term) => `${node.id}.${name}.${term}`);
  });
}

/** Columns that some row has a value of its own in. */
function namedColumns(spec: TableParam, given: DesignNode['params'][string] | undefined): string[] {
  const rows = tableRows(spec, given);
  return Object.entries(spec.columns).flatMap(([name, column]) =>
    column.learnable && rows.some((row) => typeof row[name] === 'number') ? [name] : [],
  );
}

function matters(spec: QuantityParam, given: DesignNode['params'][string] | undefined): boolean {
  return spec.prominent === true || (given !== undefined && given !== spec.default);
}

function heldAt(design: Design, registry: Registry, path: string): HeldValue | null {
  const target = describePath(design, registry, path);
  const value = getAt(design, registry, path);
  if (!target.ok || typeof value !== 'number') return null;
  const { node, spec } = target;
  const known = quantityAt(target);
  const shown = known?.display ?? (spec.kind === 'zernike' ? spec.display : null);
  if (shown === null) return null;
  const quantity = known?.quantity ?? 'length';
  const wavelength = designWavelength(design, registry, node.id);
  const factor = unitFactor(shown, quantity, wavelength === undefined ? {} : { wavelength });
  const unit = factor === undefined ? SI_UNIT[quantity] : shown;
  return {
    path,
    title: `${nodeName(design, registry, node.id)}: ${valueTitle(target)}`,
    value,
    unit: SI_UNIT[quantity],
    display: { value: Number((value / (factor ?? 1)).toPrecision(12)), unit },
  };
}
