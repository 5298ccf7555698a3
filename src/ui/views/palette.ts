/** Colours of the theme for what is drawn on a canvas. */
export interface Palette {
  readonly text: string;
  readonly line: string;
  readonly accent: string;
  readonly second: string;
  readonly surround: string;
  readonly font: string;
}
/** Colours of the theme, read from the canvas so that a theme switch needs no code here. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const token = (name: string, fallback: string): string => style.getPropertyValue(name).trim() || fallback;
  return {
    text: token('--text-soft', '#aeb6c5'),
    line: token('--line-strong', '#3a4150'),
    accent: token('--accent', '#6cb6ff'),
    second: token('--learn', '#f5b84d'),
    // Computed, because a token may hold one colour per theme.
    surround: style.backgroundColor,
    font: style.fontFamily,
  };
}
