import { describe, expect, it } from 'vitest';
import { litPart } from './previewPainter.ts';

/** A black picture with a lit rectangle. */
function picture(size: number, left: number, top: number, width: number, height: number) {
  const pixels = new Uint8ClampedArray(4 * size * size);
  for (let y = top; y < top + height; y++)
    for (let x = left; x < left + width; x++) pixels[4 * (y * size + x)] = 255;
  return pixels;
}

describe('the lit part of a picture', () => {
  it('is a square around the light with a margin, inside the picture', () => {
    expect(litPart(picture(128, 54, 59, 20, 10), 128, 128)).toEqual({ x: 51, y: 51, size: 26 });
    // In a corner the square is pushed back into the picture.
    expect(litPart(picture(128, 0, 120, 30, 8), 128, 128)).toEqual({ x: 0, y: 89, size: 39 });
    // Never so small that pixels become squares.
    expect(litPart(picture(128, 64, 64, 1, 1), 128, 128)).toMatchObject({ size: 24 });
  });

  it('is all of a picture that is lit nearly everywhere or nowhere', () => {
    expect(litPart(picture(128, 20, 20, 70, 70), 128, 128)).toBeNull();
    expect(litPart(picture(128, 0, 0, 0, 0), 128, 128)).toBeNull();
  });
});
