import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { beadStack } from '../../graph/examples/beadStack.ts';
import { wrappedWavefront } from '../../graph/examples/wrappedWavefront.ts';
import { takenFromExample } from '../../graph/guided/assumptions.ts';
import { setAt } from '../../graph/paths.ts';
import { withRegistration } from '../../graph/registration.ts';
import type { ErrorSource } from '../../workers/protocol.ts';
import type { ImportSummary } from '../stores/targetImports.ts';
import { graphDrawing } from './graphDrawing.ts';
import { planesText, reportFacts } from './reportFacts.ts';
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
      scale: { colors: ['#000000', '#ffffff'], low: '0', high: '9', unit: 'counts' },
      bar: { share: 0.25, text: '2 µm' },
    },
  ],
  plane: 'Plane 4 of 7.',
  facts: {
    data: [['File', 'a<b>.tif']],
    instrument: [['Read noise', '3.5 counts, entered']],
    method: [],
    links: [['Focal length of <2>', '= 2*lens1.focalLength, 200 mm']],
  },
  wavefront: 'Wavefront 38.2 ± 0.4 nm RMS (λ/13.6).',
  assumptions: ['Wavelength 580 nm: from the example, not confirmed for this image.'],
  version: '0.5.0',
  adapter: null,
  date: '22 November',
  fileName: 'x.luminode.json',
  link: { address: 'https://a.example/?b&c#/design/1/eJw', leftOut: ['a<b>.tif'] },
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
      'linear-gradient(to right,#000000,#ffffff)',
      '<dt>File</dt><dd>a&lt;b&gt;.tif</dd>',
      '3.5 counts, entered',
      'λ/13.6',
      'Focal length of &lt;2&gt;',
      '= 2*lens1.focalLength, 200 mm',
    ])
      expect(page).toContain(part);
  });

  it('fetches nothing; its link to the design waits to be followed', () => {
    const link = '<a href="https://a.example/?b&amp;c#/design/1/eJw">open the design by its link</a>';
    expect(page).toContain(`${link}, which comes without “a&lt;b&gt;.tif”`);
    expect(page.replace(link, '')).not.toMatch(/https?:|<script|<link|url\(/);
  });

  it('has many values in two columns, and goals before and after', () => {
    const [first] = content.result.parameters;
    if (first === undefined) throw new Error('no parameter');
    const parameters = Array.from({ length: 9 }, (_, i) => ({ ...first, path: `pupil.zernike.${i + 4}` }));
    const wanted = { text: 'at most 250', isMet: false };
    const goals = [{ node: 'goal', title: 'Width <y>', before: 412.3, after: 250.1, unit: 'nm', wanted }];
    const many = reportPage({ ...content, result: { ...content.result, parameters, goals } });
    const tables = [...many.matchAll(/<table class="values">(.*?)<\/table>/g)].map(([, text = '']) => text);
    const counts = tables.map((text) => text.match(/<tr><th scope="row">/g)?.length);
    // The goal, five values, four values, and the one that follows another.
    expect(counts).toEqual([1, 5, 4, 1]);
    expect(tables[0]).toMatch(/Width &lt;y&gt;.*412\.3.*250\.1.*nm.*at most 250: not met/);
    expect(many).toContain('Design run of 22 November');
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

  it('are none where a ready system brings its picture along', () => {
    const { design } = wrappedWavefront;
    expect(takenFromExample(design, registry, design)).toEqual([]);
    const other = { ...design, images: { phase: image } };
    expect(takenFromExample(other, registry, design)).toContain('Wavelength 532 nm');
  });
});

describe('the facts of a report', () => {
  const image = {
    kind: 'measured',
    name: 'bead.tif',
    shape: [2, 9, 9],
    data: '',
    saturationLevel: null,
  } as const;
  const design = setAt({ ...beadStack, images: { simulated: image } }, registry, 'camera.readNoise', 3.5);
  const source: ImportSummary = {
    ...{
      source: 'file',
      name: 'bead.tif',
      planes: 101,
      rows: 128,
      columns: 128,
      background: null,
      whole: false,
    },
    ...{ crop: { y0: 13, y1: 124, x0: 10, x1: 121 }, chosen: { start: 0, stop: 101, step: 4 } },
  };
  const given = { 'camera.readNoise': { value: 3.5, source: 'assumed' } } as const;
  const facts = reportFacts({ design, registry, result: content.result, source, given });

  it('say which part of which file, every how many planes', () => {
    expect(Object.fromEntries(facts.data)).toEqual({
      File: 'bead.tif',
      Size: '128 × 128 pixels, 101 planes',
      'Part in use': 'columns 10 to 120, rows 13 to 123, counted from 0',
      'Planes in use': '1 to 101, every 4th: 26',
    });
    expect(planesText({ start: 2, stop: 12, step: 3 })).toBe('3 to 12, every 3rd: 4');
  });

  it('name the camera’s numbers and who gave them', () => {
    const instrument = Object.fromEntries(facts.instrument);
    expect(instrument['Read noise']).toMatch(/^3\.5 counts, assumed$/);
    expect(instrument).toHaveProperty('Gain');
    expect(instrument).toHaveProperty('Offset');
  });

  it('name measure, seed and where errors come from', () => {
    const result = { ...content.result, method: 'levenbergMarquardt' } as const;
    const method = Object.fromEntries(reportFacts({ design, registry, result, source, given }).method);
    expect(method['Measure']).toBe('Photon likelihood');
    expect(method['Method']).toContain('Levenberg–Marquardt');
    expect(method['Seed']).toBe(String(design.seed));
    // A run that has no errors says nothing of them.
    expect(method).not.toHaveProperty('Errors');
    const errorsOf = (errorSource: ErrorSource) => {
      const facts = reportFacts({ design, registry, result: { ...result, errorSource }, source, given });
      return Object.fromEntries(facts.method)['Errors'];
    };
    expect(errorsOf({ noise: 'given', factor: 1 })).toMatch(/Cramér–Rao\)$/);
    expect(errorsOf({ noise: 'given', factor: 1.268 })).toMatch(/Cramér–Rao\), times 1\.27/);
    // A bound is of the noise alone.
    expect(errorsOf({ noise: 'given', factor: 1.268, isMixed: true })).toMatch(
      /^by the given noise, times 1\.27, and what was known before/,
    );
    // χ² is told then too, by the scatter between neighbours.
    expect(errorsOf({ noise: 'residual', factor: 1 })).toMatch(/^scaled by the residual/);
  });

  it('tell how a target’s image was laid on the camera', () => {
    const target = design.nodes.find(({ type }) => type === 'target')?.id ?? '';
    const moved = withRegistration(design, registry, target, { flip: 'x', turn: '90', shiftX: 1.5 });
    const data = reportFacts({ design: moved, registry, result: content.result, source, given }).data;
    expect(Object.fromEntries(data)['Laid on the camera']).toBe(
      'flip Left to right, quarter turns 90°, shift right 1.5 px',
    );
  });

  it('name what follows others, by which expression, and its value', () => {
    const linked = { ...design, links: { 'bead.y': '1.5*bead.x' } };
    const { links } = reportFacts({ design: linked, registry, result: content.result, source, given });
    expect(links).toHaveLength(1);
    expect(links[0]?.[1]).toMatch(/^= 1\.5\*bead\.x, /);
  });

  it('tell a simulated image by its seed', () => {
    const simulated = reportFacts({
      design: beadStack,
      registry,
      result: content.result,
      source: null,
      given: null,
    });
    expect(simulated.data[0]?.[1]).toContain('seed 11');
  });
});
