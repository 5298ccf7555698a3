/** Everything that can be known to be wrong with a design before it runs. */
import type { Design, Issue } from './document.ts';
import { relinked } from './expressions/links.ts';
import { isNotLinked, validateLinks } from './expressions/validateLinks.ts';
import { formatBytes, isList } from './format.ts';
import { checkLearnPath, expandLearnables, priorProblem } from './learnables.ts';
import { GRID_SAMPLES, MAX_LEARNABLES, MEMORY_BUDGET, NODE_ID } from './limits.ts';
import { nearNames, orList } from './names.ts';
import { describePath } from './paths.ts';
import { createIssue, namesImage, nodeName, own, paramValue, type Registry } from './registry.ts';
import { indexDesign } from './topology.ts';
import { validateDetection } from './validateDetection.ts';
import { validateParams } from './validateParams.ts';
import { validateWires } from './validateWires.ts';

export interface ValidateOptions {
  /** Planes of the design's stack where the caller knows; else its elements, then its lists decide. */
  readonly planes?: number;
  /** Bytes that the machine can spare. */
  readonly memoryBudget?: number;
}

/** Problems of a design, errors first. A design with errors must not run. */
export function validate(given: Design, registry: Registry, options: ValidateOptions = {}): Issue[] {
  const design = relinked(given, registry);
  const known = options.planes ?? stackPlanes(design, registry) ?? undefined;
  const planes = known ?? longestList(design);
  const issues = [
    ...validateNodes(design, registry),
    ...validateGrid(design),
    ...validateWires(design, registry),
    ...design.nodes
      .flatMap((node) => validateParams(design, registry, node, known))
      .filter(isNotLinked(design)),
    ...validateLinks(design, registry),
    ...validateLearn(design, registry, planes),
    ...validateImages(design, registry),
    ...validateDetection(design, registry),
    ...validateMemory(design, registry, options.memoryBudget ?? MEMORY_BUDGET),
  ];
  const rank = { error: 0, warning: 1, info: 2 };
  return issues.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

/** Planes of the elements that make a stack (an integer parameter called `planes`); null without one. */
export function stackPlanes(design: Design, registry: Registry): number | null {
  let most: number | null = null;
  for (const node of design.nodes) {
    if (node.bypassed === true) continue;
    const spec = own(registry.get(node.type)?.params ?? {}, 'planes');
    const value = paramValue(node, registry, 'planes');
    if (spec?.kind !== 'integer' || typeof value !== 'number' || !(value >= 1)) continue;
    most = Math.max(most ?? 1, Math.floor(value));
  }
  return most;
}

/** Planes of a design for expanding per-plane parameters: those of its stack, else of its longest list. */
export function planeCount(design: Design, registry: Registry): number {
  return stackPlanes(design, registry) ?? longestList(design);
}

/** Planes that a design's own lists speak of; 1 when it has none. */
function longestList(design: Design): number {
  let longest = 1;
  for (const node of design.nodes)
    for (const value of Object.values(node.params))
      if (isList(value)) longest = Math.max(longest, value.length);
  return longest;
}

function validateNodes(design: Design, registry: Registry): Issue[] {
  const issues: Issue[] = [];
  const seen = new Set<string>();
  for (const { id, type } of design.nodes) {
    const where = { nodeId: id };
    if (seen.has(id)) {
      const message = `Two nodes have the id '${id}', so wires and scripts cannot tell them apart.`;
      issues.push(
        createIssue(
          'error',
          'duplicateId',
          message,
          'Delete one of them, or change its id in the file.',
          where,
        ),
      );
    }
    seen.add(id);
    if (!NODE_ID.test(id) || id === 'constructor' || id === 'prototype') {
      const message = `'${id.slice(0, 80)}' cannot be the id of a node.`;
      const fix = 'Use a letter followed by at most 63 letters, digits, “-” or “_”.';
      issues.push(createIssue('error', 'badId', message, fix, where));
    }
    if (registry.has(type)) continue;
    const near = nearNames(type, registry.keys());
    const message = `Node '${id}' is of the type “${type}”, which this version does not have.`;
    const fix = near.length === 0 ? 'Replace it by another element.' : `Did you mean ${orList(near)}?`;
    issues.push(createIssue('error', 'unknownElement', message, fix, where));
  }
  return issues;
}

function validateGrid({ grid, seed }: Design): Issue[] {
  const issues: Issue[] = [];
  const { min, max } = GRID_SAMPLES;
  if (!Number.isInteger(grid.samples) || grid.samples < min || grid.samples > max) {
    const message = `The grid has ${grid.samples} samples along a side; it must be a whole number from ${min} to ${max}.`;
    issues.push(createIssue('error', 'badGrid', message, 'Set it to a power of two such as 256.'));
  }
  if (!(grid.pitch > 0) || !Number.isFinite(grid.pitch)) {
    const message = `The distance between samples is ${grid.pitch} m; it must be greater than 0.`;
    issues.push(
      createIssue('error', 'badGrid', message, 'Set it to a fraction of the wavelength or of the pixel.'),
    );
  } else if (grid.pitch >= 0.1) {
    const message = `${grid.pitch} m is no distance between samples of light: did you mean ${grid.pitch} µm or nm?`;
    issues.push(
      createIssue('warning', 'unitMistake', message, 'Values in files are metres: 0.1 µm is 1e-7.'),
    );
  }
  if (!Number.isInteger(seed) || seed < 0 || seed > 2 ** 32 - 1) {
    const message = `The random seed is ${seed}; it must be a whole number from 0 to 4294967295.`;
    issues.push(createIssue('error', 'badSeed', message, 'Set it to 1, for example.'));
  }
  return issues;
}

function validateLearn(design: Design, registry: Registry, planes: number): Issue[] {
  const issues: Issue[] = [];
  const seen = new Set<string>();
  const fix = 'Switch learning off there, or correct the name in “learn”.';
  for (const path of design.learn) {
    const check = checkLearnPath(design, registry, path);
    if (!check.ok) {
      const [nodeId, paramId] = path.split('.');
      const where = indexDesign(design).nodes.has(nodeId ?? '')
        ? { nodeId: nodeId ?? '', ...(paramId === undefined ? {} : { paramId }) }
        : {};
      issues.push(createIssue('error', 'badLearn', `“learn” names ${path}: ${check.reason}`, fix, where));
      continue;
    }
    const { node, param } = check.target;
    const where = { nodeId: node.id, paramId: param };
    if (seen.has(path))
      issues.push(createIssue('warning', 'badLearn', `“learn” names ${path} twice.`, fix, where));
    seen.add(path);
    if (node.bypassed === true) {
      const message = `${nodeName(design, registry, node.id)} is bypassed, so ${path} is not learned.`;
      issues.push(
        createIssue(
          'warning',
          'learnBypassed',
          message,
          'Switch the node on, or learn something else.',
          where,
        ),
      );
    }
  }
  for (const [path, prior] of Object.entries(design.priors ?? {})) {
    const problem = priorProblem(design, registry, path, prior);
    if (problem === null) continue;
    const remedy = 'Correct or delete what is known there before a fit (“priors”).';
    const what = `What is known of ${path} before a fit cannot be used: ${problem}`;
    issues.push(createIssue('warning', 'badPrior', what, remedy));
  }
  const count = expandLearnables(design, registry, planes).length;
  if (count > MAX_LEARNABLES) {
    const message = `${count} numbers are to be learned; a fit takes at most ${MAX_LEARNABLES}.`;
    issues.push(createIssue('error', 'tooManyLearnables', message, 'Learn fewer terms, or fewer planes.'));
  }
  return issues;
}

/** Nodes and parameters that show an image of the document. */
function imageUsers(
  design: Design,
  registry: Registry,
  imageId: string,
): { readonly nodeId: string; readonly paramId: string }[] {
  return design.nodes.flatMap((node) =>
    Object.entries(registry.get(node.type)?.params ?? {}).flatMap(([paramId, spec]) =>
      namesImage(spec) && node.params[paramId] === imageId ? [{ nodeId: node.id, paramId }] : [],
    ),
  );
}

function validateImages(design: Design, registry: Registry): Issue[] {
  const issues: Issue[] = [];
  for (const [id, image] of Object.entries(design.images)) {
    if (image.kind !== 'simulated') continue;
    // The problem belongs to the nodes that show the image: the rest of the light does not need it.
    const users = imageUsers(design, registry, id);
    if (!indexDesign(design).nodes.has(image.camera)) {
      const message = `The image “${image.name}” is simulated with camera '${image.camera}', which does not exist.`;
      const fix = `Undo, add a camera with the id '${image.camera}', or choose or upload another image.`;
      for (const where of users) issues.push(createIssue('error', 'badImage', message, fix, where));
    }
    for (const path of Object.keys(image.truth)) {
      const target = describePath(design, registry, path);
      if (target.ok) continue;
      const message = `The true values of the image “${image.name}” name ${path}: ${target.reason}`;
      const fix = 'Correct or delete this true value in the file, or choose another image.';
      for (const where of users) issues.push(createIssue('error', 'badTruth', message, fix, where));
    }
  }
  return issues;
}

export interface LeastMemory {
  readonly bytes: number;
  readonly values: number;
}

/**
 * Bytes that no run can do without: samples² × 8 (a complex float32) for each field or pupil, of one plane. What a
 * run really needs is counted where it runs, on a backend with known limits (`graph/memory.ts`).
 */
export function leastMemory(design: Design, registry: Registry): LeastMemory {
  const values = design.nodes
    .filter((node) => node.bypassed !== true)
    .flatMap(({ type }) => Object.values(registry.get(type)?.outputs ?? {}))
    .filter(({ type }) => type === 'field' || type === 'pupil').length;
  return { bytes: design.grid.samples ** 2 * 8 * values, values };
}

function validateMemory(design: Design, registry: Registry, budget: number): Issue[] {
  const { bytes, values } = leastMemory(design, registry);
  if (!(bytes > budget)) return [];
  const { samples } = design.grid;
  const message =
    `This design needs at least ${formatBytes(bytes)} of memory ` +
    `(${samples} × ${samples} samples × 8 bytes × ${values} values); only ${formatBytes(budget)} may be used.`;
  const fix = 'Use fewer samples: half the samples per side need a quarter of the memory.';
  return [createIssue('error', 'memory', message, fix)];
}
