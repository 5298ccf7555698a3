/** Numbers of the instrument that a fit of a measured image took over from the ready system that the design began as. */
import type { Design } from '../document.ts';
import { formatParam } from '../format.ts';
import { describePath, getAt } from '../paths.ts';
import type { Registry } from '../registry.ts';
import { showsOwnImage } from '../targets.ts';
import { calibrationFields } from './calibration.ts';

/**
 * “Wavelength 580 nm”, for each number that is still the example's; none where the image is simulated, or was not
 * opened with a ready system.
 */
export function takenFromExample(
  design: Design,
  registry: Registry,
  example: Pick<Design, 'nodes' | 'images'> | undefined,
): readonly string[] {
  if (example === undefined || !showsOwnImage(design, example)) return [];
  return calibrationFields(design, registry, 'known').flatMap(({ path, nodeId, param }) => {
    const before = example.nodes.find(({ id }) => id === nodeId);
    const target = describePath(design, registry, path);
    const value = getAt(design, registry, path);
    if (before === undefined || !target.ok || typeof value !== 'number') return [];
    const first = before.params[param] ?? ('default' in target.spec ? target.spec.default : undefined);
    return value === first ? [`${target.spec.title} ${formatParam(target.spec, value)}`] : [];
  });
}
