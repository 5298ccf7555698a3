import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeElements } from '../src/graph/elementDocs.ts';
import { elements } from '../src/optics/elements/index.ts';

const PAGE = 'docs/elements.md';

it('the page of the elements says what their declarations say', () => {
  const page = describeElements(elements);
  if (process.env['LUMINODE_WRITE_DOCS'] === '1') writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, 'utf8')).toBe(page);
});

it('every element and every parameter is documented', () => {
  for (const element of elements) {
    expect(element.summary, element.type).toMatch(/\.$/);
    for (const [name, spec] of Object.entries(element.params)) {
      expect(spec.doc, `${element.type}.${name}`).toMatch(/\S.*\.$/);
    }
  }
});
