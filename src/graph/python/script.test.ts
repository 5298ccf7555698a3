import { describe, expect, it } from 'vitest';
import { registry } from '../catalogue.ts';
import type { Design } from '../document.ts';
import { examples } from '../examples/index.ts';
import { setAt } from '../paths.ts';
import { LIBRARY_NAMES, libraryFor } from './library.ts';
import { pythonScript, type ScriptOptions } from './script.ts';

function exampleDesign(id: string): Design {
  const found = examples.find((example) => example.id === id);
  if (found === undefined) throw new Error(id);
  return found.design;
}

function scriptOf(design: Design, fitted: NonNullable<ScriptOptions['fitted']> = []): string {
  const script = pythonScript({ design, registry, version: '1.2.3', fitted });
  if (!script.ok) throw new Error(script.reason);
  return script.text;
}

function reasonOf(design: Design): string {
  const script = pythonScript({ design, registry, version: '1.2.3' });
  return script.ok ? '' : script.reason;
}

/** Names and whether a default is given, of each function and class of a text. */
function signatures(text: string): ReadonlyMap<string, readonly string[]> {
  const functions = [...text.matchAll(/^def (\w+)\(([^)]*)\)/gm)].map(
    ([, name = '', list = '']) => [name, list] as const,
  );
  return new Map(
    functions.map(([name, list]) => [
      name,
      list
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== ''),
    ]),
  );
}

describe('a design as a Python script', () => {
  const covered = examples.filter(({ design }) => reasonOf(design) === '');

  it('holds every function that it calls, once, and gives each what it takes', () => {
    expect(covered.length).toBeGreaterThan(30);
    for (const { id, design } of covered) {
      const text = scriptOf(design);
      const known = signatures(text);
      const defined = [...text.matchAll(/^(?:def|class) (\w+)/gm)].map(([, name]) => name);
      expect(new Set(defined).size, id).toBe(defined.length);
      for (const name of LIBRARY_NAMES) {
        if (new RegExp(`\\b${name}\\(`).test(text)) expect(defined, `${id}: ${name}`).toContain(name);
      }
      for (const [, name = '', list = ''] of text.matchAll(/^ {4}\w+ = (\w+)\(\n((?: {8}.*\n)*) {4}\)$/gm)) {
        const taken = known.get(name) ?? [];
        const lines = list.trim().split('\n');
        const named = lines.flatMap((line) => /^\s*(\w+)=/.exec(line)?.[1] ?? []);
        const open = taken.filter((each) => !each.includes('=') && !each.startsWith('**'));
        const missing = open.slice(lines.length - named.length).filter((each) => !named.includes(each));
        expect(missing, `${id}: ${name}`).toEqual([]);
        const anything = taken.some((each) => each.startsWith('**'));
        const unknown = named.filter((each) => !taken.some((one) => one.split(/[:=]/)[0] === each));
        expect(anything ? [] : unknown, `${id}: ${name}`).toEqual([]);
      }
    }
  });

  it('has no function twice in its library, and none that nothing calls', () => {
    const names = [...LIBRARY_NAMES];
    const used = covered.map(({ design }) => scriptOf(design)).join('\n');
    expect(names).not.toContain('');
    const idle = names.filter((name) => !new RegExp(`^(?:def|class) ${name}\\b`, 'm').test(used));
    // No system of the gallery has a thin lens of its own.
    expect(idle).toEqual(['through_lens']);
    expect(libraryFor('nothing')).toBe('');
  });

  it('has the values of a fit with their errors once, and uses them', () => {
    const fitted = [
      { path: 'bead.x', value: 7.01e-8, sigma: 2.1e-9 },
      { path: 'bead.photons.0', value: 8100, sigma: 90 },
      ...[1, 2, 3, 4, 5, 6].map((plane) => ({
        path: `bead.photons.${plane}`,
        value: 8000 + plane,
        sigma: null,
      })),
      { path: 'pupil.zernike.5', value: -2e-8, sigma: 1e-9 },
      { path: 'nothing.here', value: 1, sigma: 1 },
    ];
    const stack = setAt(exampleDesign('bead-stack'), registry, 'pupil.zernike', { 5: -2e-8 });
    const text = scriptOf(stack, fitted);
    expect(text).toContain('FITTED = {\n    "bead.x": (7.01e-8, 2.1e-9),');
    expect(text).toContain('"bead.photons.3": (8003, None),');
    expect(text).toContain('x=FITTED["bead.x"][0],');
    expect(text).toContain('photons=[FITTED["bead.photons.0"][0], FITTED["bead.photons.1"][0],');
    expect(text).toContain('zernikes={5: FITTED["pupil.zernike.5"][0]},');
    expect(text).not.toContain('nothing.here');
    expect(scriptOf(exampleDesign('bead-stack'))).not.toContain('FITTED');
  });

  it.each([
    ['michelson', 'the element “Beam splitter” (Beam splitter)'],
    ['coated-sphere', '“Sphere” with “Shells: 1”'],
    ['spectral-airy', '“Plane wave” with “Spectrum: Filter band”'],
    ['inside-sphere', 'has no camera'],
  ])('of %s is refused whole, with the reason', (id, reason) => {
    expect(reasonOf(exampleDesign(id))).toContain(reason);
  });

  it('is refused where a sphere’s light is taken further than its formulas go', () => {
    const sphere = exampleDesign('sphere-hologram');
    expect(reasonOf(setAt(sphere, registry, 'pupil.zernike', { 7: 1e-8 }))).toContain('Z7');
    expect(reasonOf(setAt(sphere, registry, 'source.tiltX', 0.01))).toContain('along the axis');
    expect(reasonOf({ ...sphere, edges: sphere.edges.slice(1) })).toContain('no light at its input');
  });

  it('keeps titles, names and descriptions within its comments', () => {
    const airy = exampleDesign('airy');
    const nodes = airy.nodes.map((node) =>
      node.id === 'pupil' ? { ...node, id: 'lambda', title: 'x"""\nimport os' } : node,
    );
    const edges = airy.edges.map(({ id, from, to }) => ({
      id,
      from: from.node === 'pupil' ? { ...from, node: 'lambda' } : from,
      to: to.node === 'pupil' ? { ...to, node: 'lambda' } : to,
    }));
    const text = scriptOf({ ...airy, nodes, edges, title: '"""\nimport os\n"""', description: 'a\\b """' });
    expect(text).toContain('lambda_ = fill_pupil(');
    expect(text).not.toMatch(/^import os/m);
    expect(text.startsWith('"""\n””” import os ”””\n')).toBe(true);
  });
});
