/** Random designs for the tests of this folder. */
import fc from 'fast-check';
import type { ParamSpec, TableRow } from '../optics/element.ts';
import type { Design, DesignEdge, DesignImage, DesignNode, ParamData } from './document.ts';
import { edgeId } from './rebuild.ts';
import { fakeElements } from './testSupport.ts';

/** JSON has no -0. */
const positiveZero = (value: number): number => value + 0;

const finiteNumber = fc.double({ noNaN: true, noDefaultInfinity: true }).map(positiveZero);

function paramArbitrary(spec: ParamSpec): fc.Arbitrary<ParamData> {
  switch (spec.kind) {
    case 'quantity': {
      const value = fc.double({ min: spec.min, max: spec.max, noNaN: true }).map(positiveZero);
      return spec.perPlane === true
        ? fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 8 }))
        : value;
    }
    case 'zernike': {
      const value = fc.double({ min: spec.min, max: spec.max, noNaN: true }).map(positiveZero);
      return fc.dictionary(fc.integer({ min: 1, max: spec.maxIndex }).map(String), value, {
        maxKeys: 6,
        noNullPrototype: true,
      });
    }
    case 'integer':
      return fc.integer({ min: spec.min, max: spec.max });
    case 'choice':
      return fc.constantFrom(...spec.options.map((option) => option.value));
    case 'switch':
      return fc.boolean();
    case 'image':
      return fc.constantFrom('', 'image1');
    case 'map':
      return fc.constantFrom<ParamData>('', 'image1', spec.default, { low: 0, high: 1, seed: 3 });
    case 'table': {
      const cells = Object.entries(spec.columns).map(
        ([name, { min, max }]) =>
          [
            name,
            fc.double({ min, max, noNaN: true }).map(positiveZero) as fc.Arbitrary<number | string>,
          ] as const,
      );
      const row = fc.record(Object.fromEntries([...cells, ['group', fc.constantFrom('A', 'B')]]), {
        requiredKeys: [],
        noNullPrototype: true,
      });
      const rows = fc.array(row, { minLength: spec.min, maxLength: Math.min(5, spec.max) });
      return rows as fc.Arbitrary<readonly TableRow[]>;
    }
  }
}

const label = fc.string({ unit: 'grapheme', maxLength: 20 });
const idArbitrary = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,12}$/).filter((id) => !(id in {}));

function nodeArbitrary(id: string): fc.Arbitrary<DesignNode> {
  return fc.constantFrom(...fakeElements).chain((spec) =>
    fc
      .record(
        {
          position: fc.record({
            x: fc.integer({ min: -1e4, max: 1e4 }),
            y: fc.integer({ min: -1e4, max: 1e4 }),
          }),
          params: fc.record(
            Object.fromEntries(
              Object.entries(spec.params).map(([name, each]) => [name, paramArbitrary(each)]),
            ),
            { requiredKeys: [], noNullPrototype: true },
          ),
          title: label,
          bypassed: fc.constant(true as const),
        },
        { requiredKeys: ['position', 'params'], noNullPrototype: true },
      )
      .map((rest) => ({ id, type: spec.type, ...rest }) as DesignNode),
  );
}

const imageArbitrary: fc.Arbitrary<DesignImage> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('simulated' as const),
      name: label,
      camera: idArbitrary,
      truth: fc.dictionary(idArbitrary, fc.oneof(finiteNumber, fc.array(finiteNumber, { maxLength: 4 })), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
      noise: fc.boolean(),
      seed: fc.nat(),
    },
    { noNullPrototype: true },
  ),
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), label, fc.option(finiteNumber))
    .map(([rows, columns, name, saturationLevel]) => ({
      kind: 'measured' as const,
      name,
      shape: [rows, columns],
      data: Buffer.from(new Float32Array(rows * columns).fill(1.5).buffer).toString('base64'),
      saturationLevel,
    })),
);

/** Designs of up to 40 nodes with values in range and wires between random ports of random nodes. */
export const designArbitrary: fc.Arbitrary<Design> = fc
  .uniqueArray(idArbitrary, { maxLength: 40 })
  .chain((ids) =>
    fc.record(
      {
        format: fc.constant('luminode' as const),
        formatVersion: fc.constant(1 as const),
        title: label,
        description: label,
        example: label,
        grid: fc.record(
          {
            samples: fc.integer({ min: 2, max: 4096 }),
            pitch: fc.double({ min: 1e-9, max: 1e-3, noNaN: true }),
          },
          { noNullPrototype: true },
        ),
        seed: fc.nat(),
        nodes: fc.tuple(...ids.map(nodeArbitrary)),
        edges: ids.length === 0 ? fc.constant([]) : edgesArbitrary(ids),
        learn: fc.array(idArbitrary, { maxLength: 5 }),
        priors: fc.dictionary(
          idArbitrary,
          fc.record(
            {
              mean: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
              sigma: fc.double({ min: 1e-12, max: 1e12, noNaN: true }),
            },
            { noNullPrototype: true },
          ),
          { minKeys: 1, maxKeys: 3, noNullPrototype: true },
        ),
        images: fc.dictionary(idArbitrary, imageArbitrary, { maxKeys: 3, noNullPrototype: true }),
      },
      {
        requiredKeys: [
          'format',
          'formatVersion',
          'title',
          'grid',
          'seed',
          'nodes',
          'edges',
          'learn',
          'images',
        ],
        noNullPrototype: true,
      },
    ),
  );

function edgesArbitrary(ids: readonly string[]): fc.Arbitrary<DesignEdge[]> {
  const end = fc.record(
    { node: fc.constantFrom(...ids), port: fc.constantFrom('in', 'out', 'model') },
    { noNullPrototype: true },
  );
  return fc.array(
    fc.tuple(end, end).map(([from, to]) => ({ id: edgeId(from, to), from, to })),
    { maxLength: 60 },
  );
}
