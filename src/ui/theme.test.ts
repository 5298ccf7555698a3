import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'theme.css'), 'utf8');

function tokensOf(block: RegExp): Map<string, string> {
  const body = block.exec(css)?.[1] ?? '';
  return new Map(
    [...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/gi)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const dark = tokensOf(/^:root \{([^}]*)\}/m);
const light = new Map([...dark, ...tokensOf(/^:root\[data-theme="light"\] \{([^}]*)\}/m)]);

const SURFACES = ['canvas', 'panel', 'panel-raised', 'panel-sunken', 'hover'];
const TEXT_PAIRS = [
  ...['text', 'text-soft', 'text-faint'].flatMap((text) =>
    SURFACES.map((surface) => [text, surface] as const),
  ),
  ...['accent', 'learn', 'warning', 'error'].map((text) => [text, 'panel'] as const),
  ['accent-strong', 'accent-soft'],
  ['warning', 'warning-soft'],
  ['error', 'error-soft'],
  ['text-soft', 'error-soft'],
  ['text-soft', 'warning-soft'],
  ['text', 'accent-soft'],
  ['on-accent', 'accent-fill'],
] as const;
const PORTS = ['field', 'far-field', 'pupil', 'image', 'scalar'].map((type) => `port-${type}`);

describe.each([
  ['dark', dark],
  ['light', light],
] as const)('%s theme', (_, tokens) => {
  const colour = (name: string): string => {
    const value = tokens.get(name);
    if (value === undefined) throw new Error(`The theme has no colour “${name}”.`);
    return value;
  };

  it.each(TEXT_PAIRS)('has %s on %s at 4.5:1 or more', (text, surface) => {
    expect(contrast(colour(text), colour(surface))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(PORTS)('has %s on a card at 3:1 or more', (port) => {
    expect(contrast(colour(port), colour('panel'))).toBeGreaterThanOrEqual(3);
  });
});
