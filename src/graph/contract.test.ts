import { describe, expect, it } from 'vitest';
import { CONTRACT_GRID, type ContractCase, contractCases } from '../optics/contractCases.ts';
import type { ElementSpec, ParamSpec } from '../optics/element.ts';
import { elements } from '../optics/elements/index.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { Ops } from '../optics/ops/ops.ts';
import { CONTRACT_IMAGE } from '../optics/testChain.ts';
import { registry } from './catalogue.ts';
import { compile } from './compile.ts';
import type { Design, DesignEdge, DesignNode, ParamData } from './document.ts';
import { GraphRunner, NO_OVERRIDES } from './execute.ts';
import { encodeFloat32 } from './imageData.ts';
import { checkLearnPath } from './learnables.ts';
import { parseDesign } from './parse.ts';
import { sameDesign, serializeDesign } from './serialize.ts';
import { validate } from './validate.ts';

/** A contract chain as a document. */
function designOf({ chain }: Pick<ContractCase, 'chain'>): Design {
  const nodes: DesignNode[] = [];
  const edges: DesignEdge[] = [];
  for (const [id, { spec, params, from }] of Object.entries(chain)) {
    nodes.push({ id, type: spec.type, position: { x: 0, y: 0 }, params });
    const out = (source: string) => Object.keys(chain[source]?.spec.outputs ?? {})[0] ?? 'out';
    for (const [port, source] of Object.entries(from)) {
      edges.push({
        id: `${source}-${id}-${port}`,
        from: { node: source, port: out(source) },
        to: { node: id, port },
      });
    }
  }
  return {
    format: 'luminode',
    formatVersion: 1,
    title: 'Contract',
    grid: CONTRACT_GRID,
    seed: 1,
    nodes,
    edges,
    learn: [],
    images: {
      contract: {
        kind: 'measured',
        name: 'contract',
        shape: CONTRACT_IMAGE.shape,
        data: encodeFloat32(Float32Array.from(CONTRACT_IMAGE.data)),
        saturationLevel: null,
      },
    },
  };
}

function withParam(design: Design, name: string, value: ParamData): Design {
  const nodes = design.nodes.map((node) =>
    node.id === 'subject' ? { ...node, params: { ...node.params, [name]: value } } : node,
  );
  return { ...design, nodes };
}

function run(design: Design) {
  const runner = new GraphRunner(new Ops(createFloat64Kernels()), (id) =>
    id === '' ? null : CONTRACT_IMAGE,
  );
  return runner.run(compile(design, registry), NO_OVERRIDES, 'value');
}

/** Not numbers where numbers belong: these must do no harm even where validation was skipped. */
function isRunnable(param: ParamSpec, value: ParamData): boolean {
  return param.kind !== 'integer' && (typeof value !== 'number' || Number.isNaN(value));
}

const errorsOf = (design: Design) =>
  validate(design, registry).filter(({ severity }) => severity === 'error');

/** Values that no parameter of this kind may have. */
function illegal(param: ParamSpec): ParamData[] {
  switch (param.kind) {
    case 'quantity':
      return [
        Number.NaN,
        Number.POSITIVE_INFINITY,
        param.max * 2 + 1,
        param.min - Math.abs(param.min) - 1,
        'text',
        true,
      ];
    case 'zernike':
      return [{ 4: Number.NaN }, { 4: 2 * param.max }, { [param.maxIndex + 1]: 1e-9 }, { x: 1e-9 }, 3, [1]];
    case 'integer':
      return [Number.NaN, param.max + 1, param.min - 1, param.min + 0.5, '7'];
    case 'choice':
      return ['no such choice', 3];
    case 'switch':
      return ['yes', 1];
    case 'image':
      return ['no such image', 4];
    case 'map':
      return ['no such image', true, Number.NaN, 2 * param.max + 1, { size: 3 }, [1]];
    case 'table': {
      const [column = ''] = Object.keys(param.columns);
      return ['text', 3, [], [1], [{ [column]: 'text' }], [{ [column]: Number.NaN }], [{ group: 3 }]];
    }
  }
}

const cases = elements.flatMap((spec) => contractCases(spec).map((each) => ({ ...each, spec })));

describe.each(cases)('document with $title', (each) => {
  const design = designOf(each);

  it('is valid, with its defaults too, and runs without a problem', () => {
    expect(errorsOf(design)).toEqual([]);
    const bare = withoutParams(design, each.spec);
    expect(errorsOf(bare)).toEqual([]);
    for (const [, { issues, outputs }] of run(design)) {
      expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(Object.keys(outputs).length).toBeGreaterThan(0);
    }
  });

  it('survives the way through a file', () => {
    const read = parseDesign(serializeDesign(design), registry);
    if (!read.ok) throw new Error('The file was not readable.');
    expect(sameDesign(read.design, design)).toBe(true);
    expect(serializeDesign(read.design)).toBe(serializeDesign(design));
  });
});

/** The subject at its defaults, save for what has none. */
function withoutParams(design: Design, spec: ElementSpec): Design {
  const kept = (params: DesignNode['params']) =>
    Object.fromEntries(
      Object.entries(params).filter(
        ([name]) => spec.params[name]?.kind === 'image' || name === 'refractiveIndex',
      ),
    );
  const nodes = design.nodes.map((node) =>
    node.id === 'subject' ? { ...node, params: kept(node.params) } : node,
  );
  return { ...design, nodes };
}

describe.each(elements)('parameters of $type', (spec) => {
  const [first] = contractCases(spec);
  if (first === undefined) throw new Error('Every element has a chain.');
  const design = designOf(first);
  const params = Object.entries(spec.params);

  it('that are wrong become issues at the node and the parameter, and running them does not throw', () => {
    for (const [name, param] of params) {
      for (const value of illegal(param)) {
        const broken = withParam(design, name, value);
        const issues = errorsOf(broken);
        const where = issues.filter(({ nodeId, paramId }) => nodeId === 'subject' && paramId === name);
        expect(where.length, `${name} = ${JSON.stringify(value)}`).toBeGreaterThan(0);
        for (const { message, fix } of where) expect(message.length * fix.length).toBeGreaterThan(0);
        // A legal kind of a monstrous size (a sphere of a metre) would run for hours, which is why it is refused.
        if (!isRunnable(param, value)) continue;
        expect(() => run(broken)).not.toThrow();
      }
    }
  });

  it('can be learned exactly where the declaration says so', () => {
    for (const [name, param] of params) {
      const path = param.kind === 'zernike' ? `subject.${name}.4` : `subject.${name}`;
      const isLearnable = 'learnable' in param && param.learnable;
      expect(checkLearnPath(design, registry, path).ok, name).toBe(isLearnable);
    }
  });
});
