/** Marks a drag from the palette. */
export const ELEMENT_MIME = 'application/x-luminode-element';
