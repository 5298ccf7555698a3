import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registry } from './catalogue.ts';
import type { Design } from './document.ts';
import { examples } from './examples/index.ts';
import { parseDesign } from './parse.ts';
import { sameDesign } from './serialize.ts';
import { isDesignLink, LONGEST_LINK, packLink, unpackLink } from './shareLink.ts';
import { designArbitrary } from './testArbitraries.ts';
import { fakeRegistry } from './testSupport.ts';

async function textOf(fragment: string): Promise<string> {
  const unpacked = await unpackLink(fragment);
  if (!unpacked.ok) throw new Error(unpacked.reason);
  return unpacked.text;
}

async function reasonOf(fragment: string): Promise<string> {
  const unpacked = await unpackLink(fragment);
  return unpacked.ok ? '' : unpacked.reason;
}

const fragmentOf = (bytes: Uint8Array) => `#/design/1/${Buffer.from(bytes).toString('base64url')}`;

function exampleDesign(id: string): Design {
  const found = examples.find((example) => example.id === id);
  if (found === undefined) throw new Error(id);
  return found.design;
}

describe('a design as a link', () => {
  it('comes back equal, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(designArbitrary, async (design) => {
        const { fragment, leftOut } = await packLink(design, { registry: fakeRegistry, withImages: true });
        expect(leftOut).toEqual([]);
        expect(fragment).toMatch(/^#\/design\/1\/[A-Za-z0-9_-]+$/);
        const parsed = parseDesign(await textOf(fragment), fakeRegistry);
        expect(parsed.ok && sameDesign(parsed.design, design)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('holds every system of the gallery in less than 8 kB, and it opens without a problem that it had not before', async () => {
    for (const { id, design } of examples) {
      const { fragment, leftOut } = await packLink(design, { registry, withImages: false });
      expect(isDesignLink(fragment)).toBe(true);
      expect(fragment.length, id).toBeLessThan(8000);
      const parsed = parseDesign(await textOf(fragment), registry);
      expect(parsed.ok && parsed.issues, id).toEqual([]);
      const names = Object.values(design.images).flatMap(({ kind, name }) =>
        kind === 'measured' ? [name] : [],
      );
      expect(leftOut, id).toEqual(names);
      if (names.length === 0) expect(parsed.ok && sameDesign(parsed.design, design), id).toBe(true);
    }
  });

  it('leaves measured images out, with the parameters that name them, and keeps simulated ones', async () => {
    const design = exampleDesign('letter-hologram');
    const { fragment } = await packLink(design, { registry, withImages: false });
    const parsed = parseDesign(await textOf(fragment), registry);
    if (!parsed.ok) throw new Error('refused');
    expect(parsed.design.images).toEqual({});
    expect(parsed.design.nodes.find(({ type }) => type === 'target')?.params).not.toHaveProperty('image');
    const simulated = exampleDesign('bead-stack');
    const kept = parseDesign(
      await textOf((await packLink(simulated, { registry, withImages: false })).fragment),
      registry,
    );
    expect(kept.ok && kept.design.images).toEqual(simulated.images);
  });

  it('says what a newer, cut, damaged, endless or overlong link is', async () => {
    const { fragment } = await packLink(exampleDesign('airy'), { registry, withImages: false });
    expect(await reasonOf(fragment.replace('/1/', '/2/'))).toContain('newer Luminode');
    for (const cut of [12, 40, fragment.length - 1]) {
      expect(await reasonOf(fragment.slice(0, cut)), String(cut)).toContain('cut off');
    }
    const middle = Math.floor(fragment.length / 2);
    const letter = fragment[middle] === 'A' ? 'B' : 'A';
    expect(await reasonOf(fragment.slice(0, middle) + letter + fragment.slice(middle + 1))).toContain(
      'damaged',
    );
    for (const text of ['[]', '{}', 'null', '{"design":1', '']) {
      expect(await reasonOf(fragmentOf(deflateSync(text))), text).toContain('damaged');
    }
    // A bomb: small on its way, far more than a design can need when unpacked.
    const bomb = fragmentOf(deflateSync(Buffer.alloc(64 * 1024 * 1024, 32)));
    expect(bomb.length).toBeLessThan(LONGEST_LINK);
    expect(await reasonOf(bomb)).toContain('damaged');
    expect(await reasonOf(`#/design/1/${'A'.repeat(4 * LONGEST_LINK)}`)).toContain('longer than any link');
  });

  it('never throws, whatever stands in the address', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        expect((await unpackLink(`#/design/1/${text}`)).ok).toBe(false);
        expect((await unpackLink(text)).ok).toBe(false);
      }),
    );
  });
});
