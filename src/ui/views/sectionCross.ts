/** The cross on a plane through which the sections go: put somewhere by pointer or keys. React-free. */
import { drawSelection } from './overlay.ts';
import type { PictureTool } from './pictureTool.ts';
import type { Point } from './profile.ts';
import type { SectionFeed } from './sectionFeed.ts';

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

export class SectionCross implements PictureTool {
  readonly kind = 'section';
  readonly keys =
    'Arrow keys move the sections by a pixel, with Shift by ten; B puts them through the brightest sample.';
  readonly ownKeys = 'b';
  private readonly feed: SectionFeed;
  private before: Point | null = null;

  constructor(feed: SectionFeed) {
    this.feed = feed;
  }

  get isHeld(): boolean {
    return this.before !== null;
  }

  subscribe(listener: () => void): () => void {
    return this.feed.subscribe(listener);
  }

  draw: PictureTool['draw'] = (context, placement, shape, _, { accent }) => {
    const { cut } = this.feed.state;
    if (cut === null) return;
    drawSelection(context, placement, shape, { kind: 'row', y: cut.y }, accent);
    drawSelection(context, placement, shape, { kind: 'column', x: cut.x }, accent);
  };

  begin(at: Point): boolean {
    const { cut } = this.feed.state;
    if (cut === null) return false;
    this.before = cut;
    this.feed.moveTo(at);
    return true;
  }

  move(to: Point): void {
    if (this.isHeld) this.feed.moveTo(to);
  }

  end(): void {
    this.before = null;
  }

  cancel(): boolean {
    if (this.before === null) return false;
    this.feed.moveTo(this.before);
    this.before = null;
    return true;
  }

  key({ key, shiftKey, altKey }: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey'>): string | null {
    const { cut } = this.feed.state;
    const arrow = ARROWS[key];
    if (cut === null || altKey) return null;
    const step = shiftKey ? 10 : 1;
    if (key === 'b' || key === 'B') this.feed.moveTo(null);
    else if (arrow !== undefined) this.feed.moveTo({ x: cut.x + step * arrow.x, y: cut.y + step * arrow.y });
    else return null;
    const now = this.feed.state.cut;
    return `Sections through column ${now?.x ?? 0}, row ${now?.y ?? 0}`;
  }
}
