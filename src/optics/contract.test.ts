import { describe, expect, it } from 'vitest';
import { lengthOf } from './axes.ts';
import {
  CONTRACT_GRID,
  type ContractCase,
  contractCases,
  drawQuantity,
  STACK_PLANES,
} from './contractCases.ts';
import { contractSettings } from './contractSettings.ts';
import type { ElementSpec, ParamSpec, SimulationGrid } from './element.ts';
import { elements } from './elements/index.ts';
import { SeededRandom } from './maths/random.ts';
import { createFloat64Kernels } from './ops/kernels.f64.ts';
import { sizeOf } from './ops/kernels.ts';
import { type Complex, Ops, type Tensor } from './ops/ops.ts';
import { ElementProblem } from './problem.ts';
import { mainChannel } from './spectral.ts';
import { type Chain, runChain, type Setting, type Stage, samplesOf } from './testChain.ts';
import { intensity, total } from './testSupport.ts';
import { DISPLAY_UNITS } from './units.ts';
import type { PortValue } from './values.ts';

const RANDOM_RUNS = 60;
/** Behind a second feeder the same settings come again: it is the feeder that differs. */
const FEEDER_RUNS = 20;
const TINY: SimulationGrid = { samples: 8, pitch: 20e-6 };

/** The chain with other parameters for its subject. */
function withParams({ chain, subject }: ContractCase, params: Readonly<Record<string, Setting>>): Chain {
  const stage = chain[subject];
  if (stage === undefined) throw new Error('The chain has no subject.');
  const changed: Stage = { ...stage, params: { ...stage.params, ...params } };
  return { ...chain, [subject]: changed };
}

/** Shifts by pixels, which would take most draws out of the tests' picture of 7 × 8; registration has its own tests. */
const HELD = new Set(['target.shiftX', 'target.shiftY']);

function drawParams(spec: ElementSpec, random: SeededRandom): Record<string, Setting> {
  const drawn: Record<string, Setting> = {};
  for (const [name, param] of Object.entries(spec.params)) {
    // Numbers of points are kept small where the settings ask for it: their cost, not their physics, is at stake.
    if (param.kind === 'integer' && contractSettings[spec.type]?.[name] !== undefined) continue;
    if (HELD.has(`${spec.type}.${name}`)) continue;
    const value = draw(param, random);
    if (value !== null) drawn[name] = value;
  }
  return drawn;
}

function draw(param: ParamSpec, random: SeededRandom): Setting | null {
  switch (param.kind) {
    case 'quantity':
      return drawQuantity(param, random);
    case 'zernike':
      return {
        2: drawQuantity(param, random),
        9: drawQuantity(param, random),
        37: drawQuantity(param, random),
      };
    case 'integer':
      return Math.max(param.min, Math.min(param.max, 2 + Math.floor(5 * random.uniform())));
    case 'choice':
      return param.options[Math.floor(random.uniform() * param.options.length)]?.value ?? param.default;
    case 'switch':
      return random.uniform() < 0.5;
    case 'table':
      return param.default.map(() =>
        Object.fromEntries(
          Object.entries(param.columns).map(([name, column]) => [name, drawQuantity(column, random)]),
        ),
      );
    case 'image':
    case 'map':
      return null;
  }
}

async function read(ops: Ops, tensors: readonly Tensor[]): Promise<Float64Array[]> {
  return (await ops.read(tensors)).map((data) => Float64Array.from(data));
}

describe.each(elements)('declaration of $type', (spec) => {
  it('says in words what it is, and every port and parameter what it means', () => {
    expect(spec.title.length * spec.summary.length * spec.keywords.length).toBeGreaterThan(0);
    expect(spec.summary).toMatch(/\.$/);
    expect(Object.keys(spec.outputs).length).toBeGreaterThan(0);
    for (const port of [...Object.values(spec.inputs), ...Object.values(spec.outputs)]) {
      expect(port.title).not.toBe('');
    }
    for (const input of Object.values(spec.inputs)) expect(input.accepts.length).toBeGreaterThan(0);
    for (const param of Object.values(spec.params)) {
      expect(param.title).not.toBe('');
      expect(param.doc.length).toBeGreaterThan(7);
    }
  });

  it('has consistent ranges and known units', () => {
    for (const param of Object.values(spec.params)) {
      if (param.kind === 'quantity' || param.kind === 'zernike') {
        const [low, high] = param.soft;
        expect(param.min).toBeLessThanOrEqual(low);
        expect(low).toBeLessThan(high);
        expect(high).toBeLessThanOrEqual(param.max);
        expect(param.step).toBeGreaterThan(0);
      }
      if (param.kind === 'quantity') {
        expect(param.default).toBeGreaterThanOrEqual(param.min);
        expect(param.default).toBeLessThanOrEqual(param.max);
        expect(Object.keys(DISPLAY_UNITS[param.quantity])).toContain(param.display);
        if (param.scale === 'log') expect(param.soft[0]).toBeGreaterThan(0);
      }
      if (param.kind === 'choice') expect(param.options.map(({ value }) => value)).toContain(param.default);
    }
  });

  it('names existing ports in its contract', () => {
    if (spec.linearIn !== null) expect(Object.keys(spec.inputs)).toContain(spec.linearIn);
    for (const { type } of Object.values(spec.outputs)) {
      if (typeof type !== 'string') expect(Object.keys(spec.inputs)).toContain(type.like);
    }
  });
});

describe('the list of elements', () => {
  it('names each type once and tests each in at least one chain', () => {
    expect(new Set(elements.map(({ type }) => type)).size).toBe(elements.length);
    for (const spec of elements) expect(contractCases(spec).length).toBeGreaterThan(0);
  });
});

const cases = elements.flatMap((spec) =>
  contractCases(spec).map((each, index) => ({ ...each, spec, isFirst: index === 0 })),
);

describe.each(cases)('$title', (each) => {
  const { chain, subject, spec } = each;

  it('gives what it declares, in the shape of what it got', async () => {
    for (const samples of [16, 17]) {
      const grid = { ...CONTRACT_GRID, samples };
      const ops = new Ops(createFloat64Kernels());
      const scope = ops.open();
      const found = runChain(ops, chain, grid);
      const value = found[subject];
      if (value === undefined) throw new Error('No output.');
      const declared = Object.values(spec.outputs)[0]?.type;
      const like =
        typeof declared === 'object' ? found[chain[subject]?.from[declared.like] ?? ''] : undefined;
      expect(kindOf(value)).toBe(typeof declared === 'string' ? declared : kindOf(like));
      expect(samplesOf(ops, value, grid).shape).toEqual(expectedShape(each, value, grid));
      ops.close(scope);
      ops.clearConstants();
      expect(ops.memory().arrays).toBe(0);
    }
  });
});

// Settings are drawn with all choices: variants, which differ from their case by a choice, would draw the same again.
const drawnCases = cases.filter(({ isVariant }) => isVariant !== true);

describe.each(drawnCases)('$title', (each) => {
  const { sink, spec } = each;
  const runs = each.isFirst ? RANDOM_RUNS : FEEDER_RUNS;

  it(`stays finite for ${runs} random settings`, async () => {
    const random = new SeededRandom(21);
    const ops = new Ops(createFloat64Kernels());
    let refused = 0;
    for (let run = 0; run < runs; run++) {
      const scope = ops.open();
      try {
        const found = runChain(ops, withParams(each, drawParams(spec, random)), TINY);
        const last = found[sink];
        if (last === undefined) throw new Error('No output.');
        const [data = new Float64Array()] = await read(ops, [samplesOf(ops, last, TINY)]);
        expect(data.every(Number.isFinite)).toBe(true);
        expect(data.length).toBeGreaterThan(0);
      } catch (error) {
        // A setting that does not fit its neighbours (an aperture above the index, unequal sizes) is refused in words.
        if (!(error instanceof ElementProblem)) throw error;
        expect(error.message.length * error.fix.length).toBeGreaterThan(0);
        refused++;
      } finally {
        ops.close(scope);
        ops.clearConstants();
      }
    }
    // Sources are drawn without regard to the aperture behind them; all others fit by construction.
    expect(refused).toBeLessThan(Object.keys(spec.inputs).length === 0 ? 0.7 * runs : 1);
  });
});

/** Every axis named in the value is one of the samples; planes as many as the chain makes. */
function expectedShape(
  { chain, subject, spec }: (typeof cases)[number],
  made: PortValue,
  { samples }: SimulationGrid,
) {
  const value = made.kind === 'polychromatic' ? mainChannel(made) : made;
  const feeder = Object.values(chain[subject]?.from ?? {})[0];
  const isStacked = spec.type === 'stack' || chain[feeder ?? '']?.spec.type === 'stack';
  const planes = isStacked ? [STACK_PLANES] : [];
  switch (value.kind) {
    case 'field':
    case 'pupil':
      return [...value.axes.map((axis) => lengthOf(value, axis)), samples, samples];
    case 'farField':
      return [...(value.modes === undefined ? [] : [value.modes]), value.components, samples, samples];
    case 'image':
      return [...planes, ...(isTurned(chain[subject]?.params['turn']) ? [8, 7] : [7, 8])];
    case 'scalar':
      return [1];
  }
}

const isTurned = (turn: unknown): boolean => turn === '90' || turn === '270';

/** Watts (or photons per bead photon) that a value carries, the sum of an image; null for what has no power. */
async function powerOf(ops: Ops, value: PortValue): Promise<number | null> {
  if (value.kind === 'scalar') return null;
  if (value.kind === 'image') return total((await read(ops, [value.samples]))[0] ?? new Float64Array());
  if (value.kind === 'polychromatic') {
    let sum = 0;
    for (const channel of value.channels) sum += channel.weight.value * ((await powerOf(ops, channel)) ?? 0);
    return sum;
  }
  const [data = new Float64Array()] = await read(ops, [samplesOf(ops, value, CONTRACT_GRID)]);
  const sum = total(intensity(data));
  if (value.kind === 'field') return (sum * value.pitch.value ** 2) / lengthOf(value, 'plane');
  if (value.kind === 'farField') return sum / ((CONTRACT_GRID.samples - 2) / 2) ** 2;
  return sum / value.grid.radius ** 2 / lengthOf(value, 'plane');
}

function kindOf(value: PortValue | undefined): string | undefined {
  return value?.kind === 'polychromatic' ? mainChannel(value).kind : value?.kind;
}

const passive = cases.filter(({ spec }) => spec.power === 'keeps' || spec.power === 'keepsOrLoses');

describe.each(passive)('power through $title', ({ chain, subject, spec }) => {
  it(`is ${spec.power === 'keeps' ? 'kept' : 'never gained'}`, async () => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const found = runChain(ops, chain, CONTRACT_GRID);
    const [before, after] = [found[chain[subject]?.from['in'] ?? ''], found[subject]];
    if (before === undefined || after === undefined) throw new Error('No power to compare.');
    const [powerIn, powerOut] = [await powerOf(ops, before), await powerOf(ops, after)];
    ops.close(scope);
    if (powerIn === null || powerOut === null) throw new Error('No power to compare.');
    // Rounding of one transform is 1e-15; the contract asks 1e-6.
    expect(powerOut / powerIn).toBeLessThan(1 + 1e-6);
    expect(powerOut / powerIn).toBeGreaterThan(spec.power === 'keeps' ? 1 - 1e-6 : 0.01);
  });
});

const lit = cases.filter(({ spec }) => spec.power === 'creates' && 'power' in spec.params);

describe.each(lit)('power of $title', (each) => {
  it('is proportional to what is asked for', async () => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const powers: number[] = [];
    for (const power of [0, 1, 3]) {
      const value = runChain(ops, withParams(each, { power }), CONTRACT_GRID)[each.subject];
      powers.push((value === undefined ? null : await powerOf(ops, value)) ?? Number.NaN);
    }
    ops.close(scope);
    expect(powers[0]).toBe(0);
    expect((powers[2] ?? 0) / (powers[1] ?? 1)).toBeCloseTo(3, 6);
  });
});

const linear = cases.filter(({ spec }) => spec.linearIn !== null);

describe.each(linear)('linearity of $title', ({ chain, subject, spec }) => {
  it('holds: A(ax + by) = a Ax + b Ay', async () => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const feeder = chain[subject]?.from[spec.linearIn ?? ''] ?? '';
    const random = new SeededRandom(8);
    const apply = async (make: (shape: readonly number[]) => Float64Array) => {
      const found = runChain(
        ops,
        chain,
        CONTRACT_GRID,
        {},
        {
          [feeder]: (value) => {
            const shape = samplesOf(ops, value, CONTRACT_GRID).shape;
            return replaced(value, ops.upload(make(shape), shape, 'complex'));
          },
        },
      );
      const output = found[subject];
      if (output === undefined) throw new Error('No output.');
      const [data = new Float64Array()] = await read(ops, [samplesOf(ops, output, CONTRACT_GRID)]);
      return data;
    };
    const normal = (count: number) => Float64Array.from({ length: count }, () => random.normal());
    let [x, y] = [new Float64Array(), new Float64Array()];
    // What an element adds of its own (a reference wave) is not part of its linear action.
    const own = await apply((shape) => new Float64Array(2 * sizeOf(shape)));
    const size = Math.max(1, ...own.map(Math.abs));
    const ax = await apply((shape) => {
      x = normal(2 * sizeOf(shape)).map((value) => size * value);
      return x;
    });
    const ay = await apply((shape) => {
      y = normal(2 * sizeOf(shape)).map((value) => size * value);
      return y;
    });
    const [a, b] = [0.7, -1.9];
    const both = await apply(() => x.map((value, i) => a * value + b * (y[i] ?? 0)));
    ops.close(scope);
    const scale = Math.max(...both.map(Math.abs));
    expect(scale).toBeGreaterThan(0);
    both.forEach((value, i) => {
      const zero = own[i] ?? 0;
      const expected = zero + a * ((ax[i] ?? 0) - zero) + b * ((ay[i] ?? 0) - zero);
      expect(Math.abs(value - expected)).toBeLessThan(1e-12 * scale);
    });
  });
});

function replaced(value: PortValue, samples: Complex): PortValue {
  if (value.kind === 'farField') return { ...value, evaluate: () => samples };
  if (value.kind === 'polychromatic') throw new Error('Linearity is tested wavelength by wavelength.');
  return value.kind === 'field' || value.kind === 'pupil' ? { ...value, samples } : value;
}
