/** What the light of a design lacks although nothing in it is wrong. */
import type { Design, Issue } from './document.ts';
import { createIssue, type Registry } from './registry.ts';

const OTHERS = new Set(['detection', 'analysis', 'fit', 'unknown']);

/** A note where there is light and neither a camera nor an analysis to see it. */
export function validateDetection(design: Pick<Design, 'nodes'>, registry: Registry): Issue[] {
  const categories = new Set(
    design.nodes
      .filter((node) => node.bypassed !== true)
      .map((node) => registry.get(node.type)?.category ?? 'unknown'),
  );
  const hasLight = [...categories].some((category) => !OTHERS.has(category));
  if (!hasLight || categories.has('detection') || categories.has('analysis')) return [];
  const message = 'Nothing is detected: the design has no camera.';
  return [createIssue('info', 'nothingDetected', message, 'Add a camera and wire the light into it.')];
}
