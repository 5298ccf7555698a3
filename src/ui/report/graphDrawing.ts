/** The graph as a drawing for paper: boxes with names and values, and the wires between them. Pure. */
import type { Design, DesignNode } from '../../graph/document.ts';
import { formatParam } from '../../graph/format.ts';
import { defaultValue, nodeName, type Registry, shownParams } from '../../graph/registry.ts';
import { escapeHtml } from './escapeHtml.ts';

/** Of a box; cards of the page are about as wide. */
const WIDTH = 220;
const HEAD = 34;
const LINE = 24;
const MARGIN = 20;
const MOST_VALUES = 4;
/** Boxes are lower than the cards of the page, which show pictures: rows move together. */
const ROWS_TOGETHER = 0.45;

interface Box {
  readonly node: DesignNode;
  readonly title: string;
  readonly lines: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** An SVG element as text, as wide as its place. */
export function graphDrawing(design: Design, registry: Registry): string {
  const boxes = design.nodes.map((node): Box => {
    const lines = valuesOf(node, registry);
    const height = HEAD + LINE * lines.length + (lines.length > 0 ? 8 : 0);
    const { x, y } = node.position;
    return { node, title: nodeName(design, registry, node.id), lines, x, y: y * ROWS_TOGETHER, height };
  });
  if (boxes.length === 0) return '';
  const left = Math.min(...boxes.map(({ x }) => x)) - MARGIN;
  const top = Math.min(...boxes.map(({ y }) => y)) - MARGIN;
  const right = Math.max(...boxes.map(({ x }) => x + WIDTH)) + MARGIN;
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height)) + MARGIN;
  const at = (id: string) => boxes.find(({ node }) => node.id === id);
  const wires = design.edges.flatMap(({ from, to }) => {
    const [start, end] = [at(from.node), at(to.node)];
    return start === undefined || end === undefined ? [] : [wire(start, end, boxes)];
  });
  const view = `${left} ${top} ${right - left} ${bottom - top}`;
  return `<svg viewBox="${view}" role="img" aria-label="Graph of the design" class="graph">${wires.join('')}${boxes.map(drawn).join('')}</svg>`;
}

/** What an element shows first, or what was set of it. */
function valuesOf(node: DesignNode, registry: Registry): readonly string[] {
  const element = registry.get(node.type);
  if (element === undefined) return [];
  return shownParams(node, element)
    .flatMap((name) => {
      const spec = element.params[name];
      if (spec?.kind !== 'quantity' && spec?.kind !== 'integer') return [];
      const given = node.params[name];
      if (spec.prominent !== true && given === undefined) return [];
      const value = given ?? defaultValue(spec);
      const text = Array.isArray(value) ? `${value.length} planes` : formatParam(spec, value);
      return [`${spec.title} ${text}`];
    })
    .slice(0, MOST_VALUES);
}

function drawn({ title, lines, x, y, height }: Box): string {
  const rows = lines.map(
    (line, i) =>
      `<text x="${x + 12}" y="${y + HEAD + LINE * i + 14}" class="value">${escapeHtml(line)}</text>`,
  );
  const name = `<text x="${x + 12}" y="${y + 22}" class="name">${escapeHtml(title)}</text>`;
  return `<rect x="${x}" y="${y}" width="${WIDTH}" height="${height}" rx="8"/>${name}${rows.join('')}`;
}

/** From the right side of one box to the left side of another; below what stands in the way. */
function wire(from: Box, to: Box, boxes: readonly Box[]): string {
  const [x0, y0] = [from.x + WIDTH, from.y + HEAD / 2];
  const [x1, y1] = [to.x, to.y + HEAD / 2];
  if (x1 < x0) {
    const bottom = from.y + from.height;
    const between = to.y > bottom ? (bottom + to.y) / 2 : Math.max(bottom, to.y + to.height) + 10;
    return `<path d="M${x0} ${y0}h14V${between}H${x1 - 14}V${y1}H${x1}"/>`;
  }
  const between = boxes.filter(
    (box) =>
      box.x >= x0 && box.x + WIDTH <= x1 && box.y < Math.max(y0, y1) && box.y + box.height > Math.min(y0, y1),
  );
  if (between.length > 0) {
    const below = Math.max(...between.map(({ y, height }) => y + height)) + 10;
    const near = 28;
    return `<path d="M${x0} ${y0}C${x0 + near} ${y0} ${x0 + near / 2} ${below} ${x0 + 2 * near} ${below}H${x1 - 2 * near}C${x1 - near / 2} ${below} ${x1 - near} ${y1} ${x1} ${y1}"/>`;
  }
  const reach = Math.max(30, Math.min(160, Math.abs(x1 - x0) / 2));
  return `<path d="M${x0} ${y0}C${x0 + reach} ${y0} ${x1 - reach} ${y1} ${x1} ${y1}"/>`;
}
