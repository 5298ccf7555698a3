/** From spheres that were found in an image to the elements of a design that stand for them. */
import { formatNumber } from '../optics/units.ts';
import type { Design, DesignNode } from './document.ts';
import type { FoundSpheres } from './findSpheres.ts';
import { parsePath, setAt } from './paths.ts';
import type { Registry } from './registry.ts';
import { cellPath } from './tables.ts';

const OWN = ['x', 'y', 'z', 'radius', 'refractiveIndex'] as const;
/** Whatever else is known, these are looked for. */
const PLACE: readonly string[] = ['x', 'y', 'z'];
/** Below this score a sphere is named, but not taken. */
const FAINT = 0.6;

/** The element of a design that can hold found spheres: a table of them before a single one. */
export function sphereNode(design: Design): DesignNode | undefined {
  const ofType = (type: string) => design.nodes.find((node) => node.type === type && node.bypassed !== true);
  return ofType('mieSpheres') ?? ofType('mieSphere');
}

/** Columns of the node that are learned; none where nothing of it is. */
function learnedColumns({ learn }: Design, nodeId: string): ReadonlySet<string> {
  return new Set(
    learn.flatMap((path) => {
      const parts = parsePath(path);
      return parts?.node === nodeId ? [parts.column ?? parts.param] : [];
    }),
  );
}

/**
 * The design as it asks for its spheres: places are open, radius and index too unless other values of the spheres are
 * learned and these are not; so is the scattered amplitude where it is learned.
 */
export function askingForSpheres(design: Design, node: DesignNode): Design {
  const learned = learnedColumns(design, node.id);
  const open = OWN.filter((name) => learned.size === 0 || PLACE.includes(name) || learned.has(name));
  const paths = open.map((name) =>
    node.type === 'mieSpheres' ? cellPath(`${node.id}.particles`, '*', name) : `${node.id}.${name}`,
  );
  const others = design.learn.filter((path) => path.endsWith('.scatteredAmplitude'));
  return { ...design, learn: [...paths, ...others] };
}

/**
 * The design with the spheres that were found, without the faint ones; what was learned of any is learned of all.
 * Unchanged where none is left.
 */
export function withFoundSpheres(
  design: Design,
  registry: Registry,
  node: DesignNode,
  found: Pick<FoundSpheres, 'spheres'>,
): Design {
  const taken = found.spheres.filter(({ score }) => score >= FAINT);
  const [best] = taken;
  if (best === undefined) return design;
  if (node.type !== 'mieSpheres')
    return OWN.reduce((next, name) => setAt(next, registry, `${node.id}.${name}`, best[name]), design);
  const path = `${node.id}.particles`;
  const learned = [...learnedColumns(design, node.id)];
  const others = design.learn.filter((each) => parsePath(each)?.node !== node.id);
  const rows = taken.map((sphere) => Object.fromEntries(OWN.map((name) => [name, sphere[name]])));
  const learn = rows.flatMap((_, row) => learned.map((column) => cellPath(path, row, column)));
  return { ...setAt({ ...design, learn: others }, registry, path, rows), learn: [...others, ...learn] };
}

/** How many, with their scores; which were left out. */
export function foundSentence(node: DesignNode, { spheres }: Pick<FoundSpheres, 'spheres'>): string {
  const score = ({ score: value }: { readonly score: number }) => `${Math.round(100 * value)} %`;
  const all = spheres.filter((sphere) => sphere.score >= FAINT);
  const faint = spheres.filter((sphere) => sphere.score < FAINT);
  const micrometres = (length: number) => `${formatNumber(length * 1e6, 3)} µm`;
  const left = faint
    .map((sphere) => `at x ${micrometres(sphere.x)}, y ${micrometres(sphere.y)} (${score(sphere)})`)
    .join('; ');
  const rest = faint.length === 0 ? '' : ` Too faint to be taken: ${left}.`;
  if (all.length === 0)
    return `No sphere was found: nothing in the target is round enough.${rest} Check the wavelength, the pixel pitch and the window.`;
  const shown = node.type === 'mieSpheres' ? all : all.slice(0, 1);
  const more =
    shown.length === all.length
      ? ''
      : ` The other ${all.length - 1} of ${all.length} need an element “Spheres” instead of “Sphere”.`;
  const count = `${shown.length} sphere${shown.length === 1 ? '' : 's'} found`;
  return `${count}, of whose rings the model explains ${shown.map(score).join(', ')}.${more}${rest}`;
}
