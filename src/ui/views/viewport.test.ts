import { describe, expect, it } from 'vitest';
import { createViewLink, FITTED, panBy, place, scaleBar, toCanvas, toImage, zoomAbout } from './viewport.ts';

const area = { x: 8, y: 8, width: 400, height: 200 };
const shape = [100, 100] as const;

describe('placement of a picture', () => {
  it('fits the whole picture into the middle of its area', () => {
    const placement = place(FITTED, shape, area);
    expect(placement.zoom).toBe(2);
    expect(toCanvas(placement, { x: -0.5, y: -0.5 })).toEqual({ x: 108, y: 8 });
    expect(toCanvas(placement, { x: 99.5, y: 99.5 })).toEqual({ x: 308, y: 208 });
  });

  it('turns canvas pixels back into image pixels', () => {
    const placement = place({ zoom: 3.7, center: { x: 20, y: 60 } }, shape, area);
    const back = toImage(placement, toCanvas(placement, { x: 12.25, y: -3 }));
    expect(back.x).toBeCloseTo(12.25, 10);
    expect(back.y).toBeCloseTo(-3, 10);
  });

  it('zooms about the pointer', () => {
    const placement = place(FITTED, shape, area);
    const pointer = { x: 200, y: 100 };
    const before = toImage(placement, pointer);
    const after = toImage(place(zoomAbout(placement, shape, 2, pointer), shape, area), pointer);
    expect(after.x).toBeCloseTo(before.x, 10);
    expect(after.y).toBeCloseTo(before.y, 10);
  });

  it('fits again when zoomed out, and stops at large pixels', () => {
    const placement = place({ zoom: 4, center: { x: 10, y: 10 } }, shape, area);
    expect(zoomAbout(placement, shape, 0.1, { x: 0, y: 0 })).toEqual(FITTED);
    expect(zoomAbout(placement, shape, 1e6, { x: 208, y: 108 }).zoom).toBe(96);
  });

  it('keeps the middle of the view on the picture', () => {
    const viewport = { zoom: 4, center: { x: 50, y: 50 } };
    const placement = place(viewport, shape, area);
    expect(panBy(placement, viewport, shape, 1e6, -1e6).center).toEqual({ x: -0.5, y: 99.5 });
    expect(panBy(placement, FITTED, shape, 50, 50)).toEqual(FITTED);
  });
});

describe('scale bar', () => {
  it('has a round length that takes at most its share of the width', () => {
    const placement = place(FITTED, shape, area);
    // 2 canvas pixels per 0.1 µm; 30 % of 200 are 60 pixels or 3 µm, so 2 µm.
    const bar = scaleBar(placement, 1e-7, 200);
    expect(bar?.length).toBe(2e-6);
    expect(bar?.pixels).toBeCloseTo(40, 9);
  });

  it('is left out where pixels have no size', () => {
    expect(scaleBar(place(FITTED, shape, area), 0, 200)).toBeNull();
  });
});

describe('linked pictures', () => {
  it('tell each other until they part', () => {
    const link = createViewLink();
    let told = 0;
    const end = link.subscribe(() => told++);
    link.setCursor({ x: 1, y: 2 });
    link.setViewport({ zoom: 3, center: { x: 0, y: 0 } });
    end();
    link.setCursor(null);
    expect([told, link.viewport().zoom, link.cursor()]).toEqual([2, 3, null]);
  });
});
