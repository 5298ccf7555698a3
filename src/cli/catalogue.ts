/** `nodes`, `examples`, `example`: what there is. */
import { registry } from '../graph/catalogue.ts';
import { examples } from '../graph/examples/index.ts';
import { formatParam, formatQuantity, quantityOf } from '../graph/format.ts';
import { defaultValue } from '../graph/registry.ts';
import { serializeDesign } from '../graph/serialize.ts';
import type { ElementSpec, ParamSpec } from '../optics/element.ts';
import { SI_UNIT } from '../optics/units.ts';
import type { Words } from './commandLine.ts';
import { findExample } from './designs.ts';
import { type Io, toJson, UsageError } from './io.ts';

export function printExamples(io: Io): void {
  for (const { id, summary } of examples) {
    io.stdout(`${id}\n`);
    io.stderr(`  ${summary}\n`);
  }
}

export function printExample(words: Words, io: Io): void {
  const id = words.operands[0];
  if (id === undefined)
    throw new UsageError(`Name an example: luminode example ${examples[0]?.id ?? 'ID'} > file.json.`);
  io.stdout(serializeDesign(findExample(id).design));
}

export function printNodes(words: Words, io: Io): void {
  const elements = [...registry.values()];
  io.stdout(
    words.has('--json') ? toJson(elements.map(describeElement)) : `${elements.map(asText).join('\n')}`,
  );
}

function describeElement(spec: ElementSpec): object {
  const { type, version, category, title, summary, keywords, equation, references } = spec;
  return {
    type,
    version,
    category,
    title,
    summary,
    keywords,
    equation,
    references,
    inputs: mapEntries(spec.inputs, ({ title, accepts, optional }) => ({
      title,
      accepts,
      optional: optional === true,
    })),
    outputs: mapEntries(spec.outputs, ({ title, type }) => ({ title, type })),
    params: mapEntries(spec.params, describeParam),
  };
}

function mapEntries<T>(record: Readonly<Record<string, T>>, change: (value: T) => object): object {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** The declaration itself, with the SI unit and the default spelled out. */
function describeParam(spec: ParamSpec): object {
  const { prominent: _, ...declared } = spec;
  const unit = 'display' in spec ? SI_UNIT[quantityOf(spec)] : null;
  return { ...declared, unit, default: defaultValue(spec) };
}

function asText(spec: ElementSpec): string {
  const ports = (record: ElementSpec['inputs'] | ElementSpec['outputs']) =>
    Object.keys(record).join(', ') || '–';
  const params = Object.entries(spec.params).map(([name, param]) => {
    const learnable = 'learnable' in param && param.learnable ? ', learnable' : '';
    return `    ${name.padEnd(25)}${paramText(param)}${learnable}`;
  });
  return [
    `${spec.type} – ${spec.title} (${spec.category})`,
    `    ${spec.summary}`,
    `    inputs: ${ports(spec.inputs)}; outputs: ${ports(spec.outputs)}`,
    ...params,
    '',
  ].join('\n');
}

function paramText(spec: ParamSpec): string {
  switch (spec.kind) {
    case 'quantity': {
      const quantity = quantityOf(spec);
      const range = `${formatQuantity(spec.min, quantity)} to ${formatQuantity(spec.max, quantity)}`;
      return `${formatParam(spec, spec.default)} (${range})${spec.perPlane === true ? ', per plane' : ''}`;
    }
    case 'zernike':
      return `Zernike terms 1 to ${spec.maxIndex} (Noll), metres RMS`;
    case 'integer':
      return `${spec.default} (${spec.min} to ${spec.max})`;
    case 'choice':
      return spec.options
        .map(({ value }) => (value === spec.default ? `${value} (default)` : value))
        .join(' | ');
    case 'switch':
      return spec.default ? 'on | off (default on)' : 'on | off (default off)';
    case 'image':
      return 'id of an image of the document';
    case 'map': {
      const [low, high] = [spec.min, spec.max].map((end) => formatQuantity(end, spec.quantity));
      return `map: a value (${low} to ${high}), random [seed], or the id of an image`;
    }
    case 'table':
      return `table of ${spec.min} to ${spec.max} ${spec.row}s, columns ${Object.keys(spec.columns).join(', ')} and group`;
  }
}
