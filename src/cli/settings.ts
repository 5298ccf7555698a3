/** `--set` and `--seed`: values that replace those of the document. */
import { registry } from '../graph/catalogue.ts';
import type { Design } from '../graph/document.ts';
import { setDetails, setGrid } from '../graph/edit.ts';
import { setLink } from '../graph/expressions/editLinks.ts';
import { checkLink, relinked } from '../graph/expressions/links.ts';
import { GRID_SAMPLES } from '../graph/limits.ts';
import { nearNames, orList } from '../graph/names.ts';
import { describePath, parsePath, setAt } from '../graph/paths.ts';
import { findNode } from '../graph/registry.ts';
import { planeCount } from '../graph/validate.ts';
import { parseValue } from '../graph/valueText.ts';
import { designWavelength } from '../graph/wavelength.ts';
import { parseQuantity } from '../optics/units.ts';
import { type Words, wholeNumber } from './commandLine.ts';
import { Failure, UsageError } from './io.ts';

export interface Setting {
  readonly path: string;
  readonly text: string;
}

export const LARGEST_SEED = 2 ** 32 - 1;
const DOCUMENT_PATHS = ['grid.samples', 'grid.pitch', 'seed'];

/** @throws UsageError when the text is not `path=value` */
export function readSettings(words: Words): readonly Setting[] {
  return words.values('--set').map((text) => {
    const equals = text.indexOf('=');
    const path = text.slice(0, Math.max(0, equals)).trim();
    const value = text.slice(equals + 1).trim();
    const isPath = DOCUMENT_PATHS.includes(path) || parsePath(path) !== null;
    if (equals < 0 || value === '' || !isPath)
      throw new UsageError(
        `--set takes node.param=VALUE, such as --set source.wavelength=532nm, not “${text.slice(0, 60)}”.`,
      );
    return { path, text: value };
  });
}

export function readSeed(words: Words): number | null {
  const text = words.value('--seed');
  return text === null ? null : wholeNumber('--seed', text, 0, LARGEST_SEED);
}

/**
 * Applies settings in the order given, but wavelengths and numbers of planes first: waves and values per plane
 * refer to them.
 */
export function applySettings(design: Design, settings: readonly Setting[]): Design {
  const isFirst = ({ path }: Setting) => /\.(?:wavelength|planes)$/.test(path);
  const ordered = [...settings.filter(isFirst), ...settings.filter((setting) => !isFirst(setting))];
  return relinked(ordered.reduce(applySetting, design), registry);
}

function applySetting(design: Design, { path, text }: Setting): Design {
  if (path === 'seed') return setDetails(design, { seed: readWhole(path, text, 0, LARGEST_SEED) });
  const isGrid = path.startsWith('grid.') && findNode(design, 'grid') === undefined;
  if (isGrid) return applyGrid(design, path, text);
  const target = describePath(design, registry, path);
  if (target.ok && text.startsWith('=')) return applyLink(design, path, text.slice(1));
  if (!target.ok) {
    const near = target.suggestions.length > 0 ? [] : nearNames(path, DOCUMENT_PATHS);
    const hint = near.length > 0 ? ` Did you mean ${orList(near)}?` : nodeHint(design, path);
    throw new Failure(`--set ${path}: ${target.reason}${target.suggestions.length > 0 ? '' : hint}`);
  }
  const parsed = parseValue(design, registry, path, text);
  if (!parsed.ok) throw new Failure(`--set ${path}: ${parsed.reason}`);
  if (target.plane === '*' || target.nollIndex !== null || target.plane !== null) {
    const whole = target.plane === '*' ? path.slice(0, -2) : path;
    return setAt(design, registry, whole, parsed.value, planeCount(design, registry));
  }
  return setAt(design, registry, path, parsed.value);
}

/** `lens2.focalLength==2*lens.focalLength`: the value follows the expression. */
function applyLink(design: Design, path: string, text: string): Design {
  const check = checkLink(design, registry, path, text.trim());
  if (!check.ok) throw new Failure(`--set ${path}: ${check.reason}`);
  return setLink(design, registry, path, text.trim());
}

function nodeHint(design: Design, path: string): string {
  const parts = parsePath(path);
  const node = parts === null ? undefined : findNode(design, parts.node);
  if (node === undefined) return ` The design has ${design.nodes.map(({ id }) => id).join(', ')}.`;
  const names = Object.keys(registry.get(node.type)?.params ?? {});
  return names.length === 0 ? '' : ` It has ${names.join(', ')}.`;
}

function applyGrid(design: Design, path: string, text: string): Design {
  if (path === 'grid.samples')
    return setGrid(design, { samples: readWhole(path, text, GRID_SAMPLES.min, GRID_SAMPLES.max) });
  if (path !== 'grid.pitch') {
    const near = nearNames(path, DOCUMENT_PATHS);
    throw new Failure(
      `--set ${path}: the grid has samples and pitch.${near.length > 0 ? ` Did you mean ${orList(near)}?` : ''}`,
    );
  }
  const wavelength = designWavelength(design, registry);
  const parsed = parseQuantity(text, 'length', 'm', wavelength === undefined ? {} : { wavelength });
  if (!parsed.ok) throw new Failure(`--set ${path}: ${parsed.reason}`);
  if (!(parsed.value > 0)) throw new Failure(`--set ${path}: the distance between samples must be above 0.`);
  return setGrid(design, { pitch: parsed.value });
}

function readWhole(path: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\+?\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Failure(`--set ${path}: “${text.slice(0, 40)}” is not a whole number from ${min} to ${max}.`);
}

/** The seed of the document and, since they are measurements of this run, of its simulated images. */
export function reseed(design: Design, seed: number): Design {
  const images = Object.fromEntries(
    Object.entries(design.images).map(([id, image]) => [
      id,
      image.kind === 'simulated' ? { ...image, seed } : image,
    ]),
  );
  return { ...setDetails(design, { seed }), images };
}
