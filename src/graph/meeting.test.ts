import { describe, expect, it } from 'vitest';
import { elements } from '../optics/elements/index.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { Ops } from '../optics/ops/ops.ts';
import type { PortType } from '../optics/values.ts';
import { registry } from './catalogue.ts';
import { compile } from './compile.ts';
import type { DesignNode, ParamData } from './document.ts';
import { GraphRunner, NO_OVERRIDES } from './execute.ts';
import { createDesign, node } from './testSupport.ts';

type Step = readonly [type: string, params?: Readonly<Record<string, ParamData>>];

/** What makes each type out of a field. */
const MAKERS: Readonly<Partial<Record<PortType, readonly Step[]>>> = {
  field: [],
  farField: [['mieSphere']],
  pupil: [['pupil', { numericalAperture: 0.3 }]],
  image: [['camera', { rows: 16, columns: 16, pixelPitch: 20e-6 }]],
};

const wave: Step = ['planeWave'];
const grid = (samples: number, pitch: number): Step => ['changeGrid', { target: 'chosen', samples, pitch }];
const planes = (count: number): Step => ['zScan', { planes: count, zStep: 1e-3 }];

/** Lights that do not go together, and words by which those that meet are refused; images say only how many planes. */
const STRANGERS: Readonly<Record<string, readonly [a: readonly Step[], b: readonly Step[], words: RegExp]>> =
  {
    'a pitch of its own': [
      [wave],
      [wave, grid(16, 30e-6)],
      /different grids|not sampled alike|must be plane waves/,
    ],
    'fewer samples': [
      [wave],
      [wave, grid(12, 20e-6)],
      /different grids|not sampled alike|must be plane waves/,
    ],
    'another wavelength': [[wave], [['planeWave', { wavelength: 633e-9 }]], /different wavelengths/],
    'another medium': [[wave], [['planeWave', { refractiveIndex: 1.33 }]], /different media/],
    'a spectrum': [
      [wave],
      [['planeWave', { spectrum: 'gaussian', lines: 3, bandwidth: 20e-9 }]],
      /different wavelengths/,
    ],
    'another number of planes': [
      [wave, planes(3)],
      [wave, planes(2)],
      /planes|several parts|3 × 16 × 16 pixels|not sampled alike/,
    ],
  };

/** Elements in which lights or images meet. */
const MEETINGS = elements.flatMap((spec) => {
  const [first, ...others] = Object.entries(spec.inputs);
  return others.flatMap(([second, port]) =>
    (first?.[1].accepts ?? []).flatMap((a) =>
      port.accepts.flatMap((b) =>
        MAKERS[a] && MAKERS[b] ? [{ spec, first: first?.[0] ?? '', a, second, b }] : [],
      ),
    ),
  );
});

function run(meeting: (typeof MEETINGS)[number], a: readonly Step[], b: readonly Step[]) {
  const { spec, first, second } = meeting;
  const chain = (name: string, steps: readonly Step[]): DesignNode[] =>
    steps.map(([type, params = {}], i) => node(`${name}${i}`, type, params));
  const [left, right] = [
    chain('a', [...a, ...(MAKERS[meeting.a] ?? [])]),
    chain('b', [...b, ...(MAKERS[meeting.b] ?? [])]),
  ];
  const wires = [left, right].flatMap((nodes) =>
    nodes.slice(1).map(({ id }, i) => `${nodes[i]?.id}.out>${id}.in`),
  );
  const design = createDesign(
    [...left, ...right, node('subject', spec.type)],
    [...wires, `${left.at(-1)?.id}.out>subject.${first}`, `${right.at(-1)?.id}.out>subject.${second}`],
    { grid: { samples: 16, pitch: 20e-6 } },
  );
  const runner = new GraphRunner(new Ops(createFloat64Kernels()), () => null);
  const results = runner.run(compile(design, registry), NO_OVERRIDES, 'value');
  const before = [...results].filter(([id]) => id !== 'subject').flatMap(([, { issues }]) => issues);
  const result = results.get('subject');
  return {
    before: before.filter(({ severity }) => severity === 'error'),
    problems: (result?.issues ?? []).filter(({ severity }) => severity === 'error'),
    outputs: Object.keys(result?.outputs ?? {}),
  };
}

describe.each(MEETINGS)('$spec.type with $a and $b at “$second”', (meeting) => {
  const areImages = meeting.a === 'image' && meeting.b === 'image';
  const passesAll = meeting.spec.category === 'analysis';

  it.each(Object.entries(STRANGERS))('%s', (name, [a, b, words]) => {
    const { before, problems, outputs } = run(meeting, a, b);
    if (before.length > 0) return expect(outputs).toEqual([]);
    // An image has neither wavelength nor medium, the cameras' pixels are alike, and beside light it fills its window.
    const isOfLight = /wavelength|medium|spectrum/.test(name);
    const isRefused =
      !passesAll && (meeting.b === 'image' ? name.includes('planes') : !(isOfLight && meeting.a === 'image'));
    if (!isRefused) return expect([problems, outputs.length > 0]).toEqual([[], true]);
    expect(problems).toMatchObject([{ code: 'element', message: expect.stringMatching(words) }]);
    expect(problems[0]?.fix).toMatch(/^[A-Z].*\.$/);
    expect(outputs).toEqual([]);
    return undefined;
  });

  if (!areImages || passesAll) return;

  it('pixels of another size', () => {
    const own: Step = ['camera', { rows: 16, columns: 16, pixelPitch: 40e-6 }];
    const { problems } = run({ ...meeting, b: 'field' }, [wave], [wave, own]);
    expect(problems).toMatchObject([{ message: expect.stringContaining('pixels of 20 µm') }]);
  });
});
