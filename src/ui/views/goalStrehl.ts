/** What the pupil's Zernike terms leave of light that has followed a ring, and which held term costs most. Pure. */
import type { Design } from '../../graph/document.ts';
import { isTerms } from '../../graph/format.ts';
import { describePath, getAt } from '../../graph/paths.ts';
import type { Registry } from '../../graph/registry.ts';
import { valueTitle } from '../../graph/titles.ts';
import { reaches } from '../../graph/topology.ts';
import { designWavelength } from '../../graph/wavelength.ts';
import { marechalStrehl } from '../../optics/analysis/strehl.ts';

/** Below it a spot is no longer called diffraction limited (Maréchal). */
const SHARP = 0.8;
/** Piston, tip and tilt move a spot and do not blur it. */
const LAST_TILT = 3;

interface GoalStrehl {
  /** By Maréchal's exp(−σ²) of all terms but piston, tip and tilt. */
  readonly strehl: number;
  /** Largest of the terms that may not change, where the spot is not sharp. */
  readonly held: string | null;
}

/** Null where not exactly one element with terms that are not 0 sends light to the goal, or no wavelength is known. */
export function goalStrehl(design: Design, registry: Registry, goal: string): GoalStrehl | null {
  const pupils = design.nodes.flatMap((node) => {
    const [name] =
      Object.entries(registry.get(node.type)?.params ?? {}).find(([, { kind }]) => kind === 'zernike') ?? [];
    const terms = name === undefined ? undefined : node.params[name];
    if (name === undefined || terms === undefined || !isTerms(terms)) return [];
    if (node.bypassed === true || !reaches(design, node.id, goal)) return [];
    return [{ id: node.id, name, terms }];
  });
  const [pupil, other] = pupils;
  const wavelength = designWavelength(design, registry, goal);
  if (pupil === undefined || other !== undefined || wavelength === undefined) return null;
  const blurring = Object.keys(pupil.terms)
    .filter((noll) => Number(noll) > LAST_TILT)
    .map((noll) => {
      const path = `${pupil.id}.${pupil.name}.${noll}`;
      const value = getAt(design, registry, path);
      return { path, size: typeof value === 'number' ? Math.abs(value) : 0 };
    });
  const rms = Math.hypot(...blurring.map(({ size }) => size));
  const strehl = marechalStrehl((2 * Math.PI * rms) / wavelength);
  const held = blurring.filter(({ path, size }) => size > 0 && !design.learn.includes(path));
  const [worst] = held.sort((a, b) => b.size - a.size);
  if (worst === undefined || strehl >= SHARP) return { strehl, held: null };
  const target = describePath(design, registry, worst.path);
  return { strehl, held: target.ok ? valueTitle(target) : null };
}
