import { describe, expect, it } from 'vitest';
import type { ParamSpec } from '../../optics/element.ts';
import { registry } from '../catalogue.ts';
import type { Design, DesignNode } from '../document.ts';
import { examples } from './index.ts';

interface Card {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** As src/ui/graph/card.module.css draws them: head, ports, picture, choice of output, and up to four fields. */
function cardOf(node: DesignNode): Card {
  const element = registry.get(node.type);
  if (element === undefined) throw new Error(node.type);
  const [inputs, outputs] = [Object.keys(element.inputs), Object.values(element.outputs)];
  const isShown = ({ when }: ParamSpec): boolean => {
    const chooser = when === undefined ? undefined : element.params[when.param];
    if (when === undefined || chooser === undefined) return true;
    const fallback = 'default' in chooser ? chooser.default : '';
    return when.is.includes(String(node.params[when.param] ?? fallback));
  };
  const prominent = Object.values(element.params).filter((spec) => spec.prominent === true && isShown(spec));
  const fields = Math.min(4, prominent.length);
  const hasPicture = element.analyse !== undefined || outputs.length > 0;
  const height =
    50 +
    20 * Math.max(inputs.length, outputs.length) +
    (hasPicture ? 144 : 0) +
    (outputs.length > 1 ? 30 : 0) +
    (fields > 0 ? 12 + 28 * fields : 0);
  return { id: node.id, ...node.position, width: 252, height };
}

function overlaps({ nodes }: Design): string[] {
  const cards = nodes.map(cardOf);
  return cards.flatMap((a, i) =>
    cards.slice(i + 1).flatMap((b) => {
      const apart =
        a.x + a.width + 20 <= b.x ||
        b.x + b.width + 20 <= a.x ||
        a.y + a.height + 10 <= b.y ||
        b.y + b.height + 10 <= a.y;
      return apart ? [] : [`${a.id} and ${b.id}`];
    }),
  );
}

/** Zoom at which all of it fits into the canvas between the panels of a window of 1440 × 900, with a margin. */
function openingZoom({ nodes }: Design): number {
  const cards = nodes.map(cardOf);
  const span = (low: (card: Card) => number, high: (card: Card) => number) =>
    Math.max(...cards.map(high)) - Math.min(...cards.map(low));
  const width = span(
    ({ x }) => x,
    (card) => card.x + card.width,
  );
  const height = span(
    ({ y }) => y,
    (card) => card.y + card.height,
  );
  return 0.92 * Math.min(880 / width, 450 / height, 1);
}

describe.each(examples)('the cards of $id', ({ design }) => {
  it('do not overlap, have names of their own, and are large enough to read when it opens', () => {
    expect(overlaps(design)).toEqual([]);
    const names = design.nodes.map(({ title, type }) => title ?? registry.get(type)?.title);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    expect(openingZoom(design)).toBeGreaterThan(0.35);
  });
});

it('most systems open with their fields readable', () => {
  const zooms = examples.map(({ design }) => openingZoom(design));
  expect(zooms.filter((zoom) => zoom < 0.45).length).toBeLessThanOrEqual(2);
});
