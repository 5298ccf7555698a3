import { expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import { beadStack } from '../../graph/examples/beadStack.ts';
import { mirroredDesign } from '../../graph/mirrored.ts';
import { getAt } from '../../graph/paths.ts';
import type { ParameterResult } from '../../workers/protocol.ts';
import { contentKey, type FitRecord } from '../stores/fitRecord.ts';
import { begun } from './batchStart.ts';

const ENDS = { 'bead.z': 0.31e-6, 'camera.blur': 0.9e-6, 'pupil.zernike.6': 30e-9 };
const STARTS = { 'bead.z': 0.1e-6, 'camera.blur': 0.6e-6, 'pupil.zernike.6': 0 };

const image = { kind: 'measured', name: 'a', shape: [1, 1], data: '', saturationLevel: null } as const;
const design: Design = {
  ...setAll(beadStack, registry, ENDS),
  learn: Object.keys(ENDS),
  images: { simulated: image },
};

const parameters = Object.entries(ENDS).map(
  ([path, value]) =>
    ({ path, value, start: STARTS[path as keyof typeof STARTS] }) satisfies Partial<ParameterResult>,
);
const fit = { key: contentKey(design), result: { parameters } } as unknown as FitRecord;

const valuesOf = (of: Design) =>
  Object.fromEntries(Object.keys(ENDS).map((path) => [path, getAt(of, registry, path)]));

it('is where the fit on screen began', () => {
  expect(valuesOf(begun(design, registry, fit))).toEqual(STARTS);
});

it('leaves a value where the user holds it now', () => {
  const held = { ...design, learn: design.learn.filter((path) => path !== 'camera.blur') };
  expect(valuesOf(begun(held, registry, fit))).toEqual({ ...STARTS, 'camera.blur': 0.9e-6 });
});

it('is the design itself where a start was typed, the stage was turned, or the fit is of another document', () => {
  const typed = setAll(design, registry, { 'bead.z': 0.2e-6 });
  expect(begun(typed, registry, fit)).toBe(typed);
  const turned = mirroredDesign(design, registry);
  if (turned === null) throw new Error('The stack is measured.');
  expect(begun(turned, registry, fit)).toBe(turned);
  expect(begun(design, registry, null)).toBe(design);
});

it('leaves what the user typed while the fit ran', () => {
  // The key is that of the design on screen, with a number that is not the fit's.
  const meanwhile = setAll(design, registry, { 'camera.blur': 0.7e-6 });
  const of = { ...fit, key: contentKey(meanwhile) };
  expect(valuesOf(begun(meanwhile, registry, of))).toEqual({ ...STARTS, 'camera.blur': 0.7e-6 });
});
