/** The documentation page of the elements, written from their declarations. */
import type { ElementCategory, ElementSpec, ParamSpec, TableParam } from '../optics/element.ts';
import { formatParam, formatQuantity } from './format.ts';
import { cellPath } from './tables.ts';

const CATEGORY_TITLES: Readonly<Record<ElementCategory, string>> = {
  sources: 'Sources',
  samples: 'Samples',
  lenses: 'Lenses and mirrors',
  masks: 'Apertures, masks and modulators',
  polarisation: 'Polarisation',
  pupils: 'Pupils',
  interferometers: 'Interferometers',
  propagation: 'Propagation',
  detection: 'Detection',
  analysis: 'Analysis',
  fit: 'Fit',
};

/** Markdown of all elements by category. */
export function describeElements(elements: readonly ElementSpec[]): string {
  const lines = [
    '# Elements',
    '',
    'Written from the declarations in `src/optics/elements`; `npm test` fails when this page is not current',
    '(`LUMINODE_WRITE_DOCS=1 npm test -- --only house` renews it). ◇ marks what a fit can learn.',
    '',
  ];
  for (const [category, title] of Object.entries(CATEGORY_TITLES)) {
    const members = elements.filter((element) => element.category === category);
    if (members.length === 0) continue;
    lines.push(`## ${title}`, '');
    for (const element of members) lines.push(...describeElement(element), '');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function describeElement(element: ElementSpec): string[] {
  const inputs = Object.entries(element.inputs).map(
    ([port, { accepts, title }]) => `\`${port}\` (${title.toLowerCase()}: ${accepts.join(' or ')})`,
  );
  const outputs = Object.entries(element.outputs).map(([port, { type, title }]) => {
    const kind = typeof type === 'string' ? type : `as ${type.like}`;
    return `\`${port}\` (${title.toLowerCase()}: ${kind})`;
  });
  const wires = [
    inputs.length > 0 ? `In: ${inputs.join(', ')}.` : '',
    outputs.length > 0 ? `Out: ${outputs.join(', ')}.` : '',
  ];
  return [
    `### ${element.title} (\`${element.type}\`)`,
    '',
    [element.summary, ...wires.filter((wire) => wire !== '')].join(' '),
    ...(element.equation === '' ? [] : ['', `> ${element.equation}`]),
    '',
    '| parameter | default | meaning |',
    '|---|---|---|',
    ...Object.entries(element.params).flatMap(([name, spec]) => [
      describeParam(name, spec),
      ...(spec.kind === 'table' ? describeColumns(name, spec) : []),
    ]),
    ...(element.references.length === 0 ? [] : ['', `Source: ${element.references.join('; ')}.`]),
  ];
}

function describeParam(name: string, spec: ParamSpec): string {
  const learnable = 'learnable' in spec && spec.learnable ? ' ◇' : '';
  return `| \`${name}\`${learnable} | ${defaultText(spec)} | ${spec.doc.replaceAll('|', '\\|')} |`;
}

function describeColumns(name: string, { columns }: TableParam): string[] {
  return Object.entries(columns).map(([column, spec]) => describeParam(cellPath(name, '*', column), spec));
}

function defaultText(spec: ParamSpec): string {
  switch (spec.kind) {
    case 'quantity':
      return formatQuantity(spec.default, spec.quantity, spec.display);
    case 'integer':
      return String(spec.default);
    case 'choice':
      return spec.options.find((option) => option.value === spec.default)?.title ?? spec.default;
    case 'switch':
      return spec.default ? 'on' : 'off';
    case 'zernike':
      return 'none';
    case 'image':
      return '';
    case 'map':
      return `${formatQuantity(spec.default, spec.quantity, spec.display)} in every cell`;
    case 'table':
      return formatParam(spec, spec.default);
    default:
      return spec satisfies never;
  }
}
