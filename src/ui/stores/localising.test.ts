import { expect, it } from 'vitest';
import { localiseStore, setLocalising } from './localising.ts';

it('takes what is typed, and says of what is no number above 0 what is used instead', () => {
  expect(setLocalising('depth', '450', 1e-9)).toBeNull();
  expect(localiseStore.getState().depth).toBeCloseTo(450e-9, 15);
  for (const text of ['4 5', '-3', '0', '1,5']) {
    expect(setLocalising('depth', text, 1e-9)).toBe(
      `“${text}” is not a number above 0: 450 is used for the depth.`,
    );
  }
  expect(setLocalising('threshold', ' ', 1)).toContain('Nothing is not a number above 0');
  expect(localiseStore.getState()).toMatchObject({ threshold: 6 });
});
