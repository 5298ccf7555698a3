/** What a tool over a picture is for its canvas: it takes pointer and keys, and draws itself. */
import type { HandTool } from './imageInput.ts';
import type { Palette } from './palette.ts';
import type { Point } from './profile.ts';
import type { Placement, Shape } from './viewport.ts';

export interface PictureTool extends HandTool {
  /** For help texts. */
  readonly keys: string;
  /** Keys that are not the page's while it is in hand. */
  readonly ownKeys: string;
  /** Calls back when what is drawn has changed. Returns the way to stop. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly draw: (
    context: CanvasRenderingContext2D,
    placement: Placement,
    shape: Shape,
    cursor: Point | null,
    palette: Palette,
  ) => void;
}
