/** `run`: every camera of a design, and the light at chosen nodes, as NPY files and a summary. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { registry } from '../graph/catalogue.ts';
import type { Design, Issue } from '../graph/document.ts';
import { nearNames, orList } from '../graph/names.ts';
import { findNode } from '../graph/registry.ts';
import { indexDesign } from '../graph/topology.ts';
import { validate } from '../graph/validate.ts';
import { SI_UNIT } from '../optics/units.ts';
import type { EvaluatedImage } from '../workers/evaluator.ts';
import { encodeNpy } from '../workers/files/encode.ts';
import type { Words } from './commandLine.ts';
import { fileReason, issueLine, loadSoundDesign, printIssue, refuseErrors } from './designs.ts';
import { readBackend, withEngine } from './engine.ts';
import type { Evaluation } from './engineTypes.ts';
import { EXIT, Failure, type Io, toJson } from './io.ts';
import { applySettings, readSeed, readSettings, reseed } from './settings.ts';

/** Categories of elements whose results `run` prints by itself. */
const LOOKS: ReadonlySet<string> = new Set(['detection', 'analysis']);

export async function runCommand(words: Words, io: Io): Promise<number> {
  const settings = readSettings(words);
  const seed = readSeed(words);
  const backend = readBackend(words);
  const loaded = applySettings(await loadSoundDesign(words, io), settings);
  const design = seed === null ? loaded : reseed(loaded, seed);
  refuseErrors(validate(design, registry));
  const nodes = chosenNodes(design, words);
  const folder = await prepareFolder(words.value('--out'), io);
  const result = await withEngine(backend, io, async (engine) => {
    const began = performance.now();
    const evaluation = await engine.evaluate(design, nodes);
    return { backend: engine.backend, seconds: (performance.now() - began) / 1000, ...evaluation };
  });
  refuseErrors(result.issues.filter((issue) => stops(design, issue)));
  const silent = nodes.find((id) => !result.images.has(id));
  if (silent !== undefined) throw new Failure(`'${silent}' gives no light or image that could be written.`);
  if (result.images.size === 0 && result.readings.size === 0)
    throw new Failure('The design has nothing to write: add a source, or a camera and connect light to it.');
  const outputs = await writeImages(result, result.backend === 'f64', folder);
  for (const issue of result.issues) io.stderr(`${issueLine(issue)}\n`);
  io.stdout(
    toJson({
      backend: result.backend,
      seconds: result.seconds,
      outputs,
      readings: printReadings(result.readings),
      issues: result.issues.map(printIssue),
    }),
  );
  return EXIT.done;
}

/** A target without an image or a loss that cannot be computed does not touch the cameras. */
function stops(design: Design, { severity, nodeId }: Issue): boolean {
  if (severity !== 'error') return false;
  const node = nodeId === null ? undefined : findNode(design, nodeId);
  return node === undefined || registry.get(node.type)?.category !== 'fit';
}

/** Nodes named by `--node`; of a design that nothing looks at, the ends of its light. */
function chosenNodes(design: Design, words: Words): readonly string[] {
  const named = words.entries('--node');
  const ids = design.nodes.map(({ id }) => id);
  for (const id of named) {
    if (ids.includes(id)) continue;
    const near = nearNames(id, ids);
    const hint = near.length > 0 ? `Did you mean ${orList(near)}?` : `Its nodes are ${orList(ids)}.`;
    throw new Failure(`--node: the design has no node “${id.slice(0, 60)}”. ${hint}`);
  }
  if (named.length > 0 || design.nodes.some(({ type }) => LOOKS.has(registry.get(type)?.category ?? ''))) {
    return named;
  }
  const { outgoing } = indexDesign(design);
  return ids.filter((id) => outgoing.get(id) === undefined);
}

async function prepareFolder(folder: string | null, io: Io): Promise<string | null> {
  if (folder === null) return null;
  const path = resolve(io.cwd, folder);
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new Failure(`The folder “${folder}” cannot be made: ${fileReason(error)}`);
  }
  return path;
}

async function writeImages(
  { images }: Evaluation,
  asFloat64: boolean,
  folder: string | null,
): Promise<Record<string, object>> {
  const outputs: Record<string, object> = {};
  for (const [node, image] of images) {
    const file = folder === null ? null : join(folder, `${node}.npy`);
    if (file !== null) {
      // Noise is drawn in float32 on every backend; the file's type follows the backend all the same.
      const data = asFloat64 ? Float64Array.from(image.data) : Float32Array.from(image.data);
      try {
        await writeFile(file, encodeNpy(data, image.shape));
      } catch (error) {
        throw new Failure(`“${file}” cannot be written: ${fileReason(error)}`);
      }
    }
    outputs[node] = { file, ...summarize(image) };
  }
  return outputs;
}

/** Values in SI, as everywhere in files; null where one cannot be told. */
function printReadings(readings: Evaluation['readings']): Record<string, object> {
  const printed = [...readings].map(([node, readouts]) => {
    const rows = readouts.map(({ title, value, quantity }) => [title, { value, unit: SI_UNIT[quantity] }]);
    return [node, Object.fromEntries(rows)];
  });
  return Object.fromEntries(printed);
}

function summarize({ shape, data, pitch, unit }: EvaluatedImage): object {
  let [sum, min, max] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { shape, pitch, unit, sum, min, max };
}
