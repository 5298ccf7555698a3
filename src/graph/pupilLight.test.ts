import { expect, it } from 'vitest';
import { registry } from './catalogue.ts';
import { examples } from './examples/index.ts';
import { elementIssues } from './notes.ts';
import { createDesign, node } from './testSupport.ts';

/** Severities of what a pupil says of the light of elements one behind the other. */
function saidOf(...types: readonly string[]): readonly string[] {
  const nodes = [...types, 'pupil'].map((type, i) => node(`${type}${i}`, type));
  const wires = nodes.slice(1).map(({ id }, i) => `${nodes[i]?.id}.out>${id}.in`);
  const design = createDesign(nodes, wires, { grid: { samples: 32, pitch: 20e-6 } });
  return elementIssues(design, registry)
    .filter(({ message }) => message.includes('taken as the light in the pupil'))
    .map(({ severity }) => severity);
}

it('a pupil tells that it takes light as the light in its own plane, not as an object', () => {
  expect(saidOf('planeWave')).toEqual([]);
  expect(saidOf('bead')).toEqual([]);
  expect(saidOf('planeWave', 'grating')).toEqual(['info']);
  expect(saidOf('kohler', 'grating')).toEqual(['warning']);
});

it('a pupil warns in no gallery system of the light that it takes', () => {
  const warned = examples.filter(({ design }) => {
    const pupils = new Set(design.nodes.filter(({ type }) => type === 'pupil').map(({ id }) => id));
    return elementIssues(design, registry).some(
      ({ severity, nodeId }) => severity === 'warning' && pupils.has(nodeId ?? ''),
    );
  });
  expect(warned.map(({ id }) => id)).toEqual([]);
});

it('a camera names lengths by the prefix of their size, and says what becomes of the power', () => {
  const coarse = (pixelResponse: string) =>
    elementIssues(
      createDesign(
        [
          node('light', 'planeWave', { wavelength: 532e-9 }),
          node('pupil', 'pupil', { numericalAperture: 0.5 }),
          node('camera', 'camera', { pixelPitch: 5e-6, rows: 2, columns: 2, pixelResponse }),
        ],
        ['light.out>pupil.in', 'pupil.out>camera.in'],
        { grid: { samples: 64, pitch: 20e-6 } },
      ),
      registry,
    ).find(({ message }) => message.includes('undersampled'));
  // 532 nm / (4 · 0.5).
  expect(coarse('centre')?.message).toContain('Pixels of 5 µm are coarser than λ/(4 NA) = 266 nm');
  expect(coarse('centre')?.message).toContain('no longer the power');
  expect(coarse('centre')?.fix).toContain('see their areas');
  expect(coarse('average')?.message).not.toContain('power');
});
