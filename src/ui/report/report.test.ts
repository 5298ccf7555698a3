import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { beadStack } from '../../graph/examples/beadStack.ts';
import { takenFromExample } from '../../graph/guided/assumptions.ts';
import { setAt } from '../../graph/paths.ts';
import { graphDrawing } from './graphDrawing.ts';
import { type ReportContent, reportPage } from './reportHtml.ts';

const content: ReportContent = {
  title: 'A <b>bold</b> & "quoted" name',
  description: '',
  result: {
    parameters: [
      {
        ...{ path: 'pupil.zernike.6', title: 'Astigmatism <x>', start: 0, value: 12.34e-9, sigma: 0.5e-9 },
        ...{ unit: 'm', atBound: true, pixel: null, display: { value: 12.34, sigma: 0.5, unit: 'nm' } },
      },
    ],
    ...{ loss: { start: 3, end: 1 }, reducedChiSquare: 1.1, iterations: 7, seconds: 2, backend: 'wasm' },
    ...{ converged: true, warnings: ['Mind & matter are <strongly> correlated.'] },
    held: [],
  },
  stale: true,
  graph: graphDrawing(beadStack, registry),
  pictures: [
    {
      title: 'Data',
      source: 'data:image/png;base64,AA==',
      range: '0 to 9 counts',
      bar: { share: 0.25, text: '2 µm' },
    },
  ],
  plane: 'Plane 4 of 7.',
  assumptions: ['Wavelength 580 nm: from the example, not confirmed for this image.'],
  version: '0.5.0',
  adapter: null,
  date: '22 November',
  fileName: 'x.luminode.json',
};

describe('the report', () => {
  const page = reportPage(content);

  it('keeps names as text', () => {
    expect(page).toContain('A &lt;b&gt;bold&lt;/b&gt; &amp; &quot;quoted&quot; name');
    expect(page).toContain('Mind &amp; matter are &lt;strongly&gt; correlated.');
    expect(page).not.toMatch(/<b>|<strongly>|<x>/);
  });

  it('has values with errors, what was assumed, when they do not belong together, and how to repeat it', () => {
    for (const part of [
      '12.34 ± 0.50',
      'at its limit',
      'not confirmed for this image',
      'do not belong together',
      'luminode fit &quot;x.luminode.json&quot;'.replaceAll('&quot;', '"'),
      'Luminode 0.5.0 on WebAssembly',
      'width:25.0%',
    ])
      expect(page).toContain(part);
  });

  it('fetches nothing', () => {
    expect(page).not.toMatch(/https?:|<script|<link|url\(/);
  });

  it('draws each element once, and each wire', () => {
    expect(content.graph.match(/<rect /g)).toHaveLength(beadStack.nodes.length);
    expect(content.graph.match(/<path /g)).toHaveLength(beadStack.edges.length);
    expect(content.graph).toContain('Numerical aperture 1.1');
  });
});

describe('numbers taken from the example', () => {
  const image = { kind: 'measured', name: 'a', shape: [1, 1], data: '', saturationLevel: null } as const;
  const measured = { ...beadStack, images: { simulated: image } };

  it('are named until somebody enters others', () => {
    expect(takenFromExample(measured, registry, beadStack)).toContain('Wavelength 580 nm');
    const entered = setAt(measured, registry, 'source.wavelength', 520e-9);
    expect(takenFromExample(entered, registry, beadStack).join()).not.toContain('Wavelength');
  });

  it('are no assumption where the image is simulated', () => {
    expect(takenFromExample(beadStack, registry, beadStack)).toEqual([]);
    expect(takenFromExample(measured, registry, undefined)).toEqual([]);
  });
});
