/** `find`: the spheres of a hologram, from the image and the optics of a design. */
import { writeFile } from 'node:fs/promises';
import { registry } from '../graph/catalogue.ts';
import { foundSentence, sphereNode, withFoundSpheres } from '../graph/foundSpheres.ts';
import { getAt } from '../graph/paths.ts';
import { serializeDesign } from '../graph/serialize.ts';
import { validate } from '../graph/validate.ts';
import type { Words } from './commandLine.ts';
import { loadSoundDesign, refuseErrors } from './designs.ts';
import { readBackend, withEngine } from './engine.ts';
import { readMeasurement, withTargets } from './fit.ts';
import { EXIT, Failure, type Io, toJson } from './io.ts';
import { prepareFile } from './outputFiles.ts';
import { applySettings, readSettings } from './settings.ts';

export async function findCommand(words: Words, io: Io): Promise<number> {
  const [settings, measurement, backend] = [readSettings(words), readMeasurement(words), readBackend(words)];
  const out = words.value('--out');
  const file = out === null ? null : await prepareFile(out, io);
  const loaded = applySettings(await loadSoundDesign(words, io), settings);
  const keep = new Set(settings.map(({ path }) => path));
  const { design, origin } = await withTargets(loaded, measurement, keep, io);
  refuseErrors(validate(design, registry));
  const node = sphereNode(design);
  if (node === undefined)
    throw new Failure('The design has no element that stands for spheres: add a “Sphere” or “Spheres”.');
  const found = await withEngine(backend, io, async (engine) => {
    if (engine.findSpheres === null)
      throw new Failure('Spheres are found on wasm or f64: leave --backend out.');
    return engine.findSpheres(design, node.id);
  });
  io.stderr(`${foundSentence(node, found)}\n`);
  if (file !== null) await writeFile(file, serializeDesign(withFoundSpheres(design, registry, node, found)));
  const camera = design.nodes.find(({ type }) => type === 'camera')?.id;
  const at = (name: string) =>
    Number(camera === undefined ? 0 : getAt(design, registry, `${camera}.${name}`));
  const pitch = at('pixelPitch') / at('magnification');
  const pixel = (place: number, size: number, corner: number) =>
    place / pitch + Math.floor(size / 2) + corner;
  const spheres = found.spheres.map((sphere) => ({
    ...sphere,
    pixel: { x: pixel(sphere.x, at('columns'), origin.x), y: pixel(sphere.y, at('rows'), origin.y) },
  }));
  io.stdout(toJson({ node: node.id, spheres, amplitude: found.amplitude, unexplained: found.unexplained }));
  return EXIT.done;
}
