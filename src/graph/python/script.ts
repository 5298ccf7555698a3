/** A design as a script of NumPy: the mean images of its cameras by formulas that stand in the script. */
import { compile, upstream } from '../compile.ts';
import type { Design } from '../document.ts';
import { nodeName, type Registry } from '../registry.ts';
import { emitterOf } from './emitters.ts';
import { importsOf, LIBRARY_NAMES, libraryFor } from './library.ts';
import { type Argument, type Fitted, NotCovered, PythonNode, type Wire } from './node.ts';

export interface ScriptOptions {
  readonly design: Design;
  readonly registry: Registry;
  /** Of Luminode. */
  readonly version: string;
  /** Values of a fit that the design holds, SI: they stand in the script with their errors. */
  readonly fitted?: readonly {
    readonly path: string;
    readonly value: number;
    readonly sigma: number | null;
  }[];
}

export type PythonScript =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string };

/** The whole script, or a sentence that names the first element that is not covered: never half a script. */
export function pythonScript(options: ScriptOptions): PythonScript {
  try {
    return { ok: true, text: written(options) };
  } catch (error) {
    if (error instanceof NotCovered) return { ok: false, reason: error.message };
    throw error;
  }
}

function written(options: ScriptOptions): string {
  const { design, fitted = [] } = options;
  const numbers: Fitted = {
    values: new Map(fitted.map(({ path, value, sigma }) => [path, { value, sigma }])),
    used: new Set(),
  };
  const maps = new Map<string, string>();
  const body = imagesFunction(options, numbers, maps);
  const data = [...maps].map(([path, code]) => `    ${JSON.stringify(path)}: ${code},\n`).join('');
  const tables = [
    fittedTable(numbers),
    ...(data === '' ? [] : [`# Maps of the design: [rows, columns].\nMAPS = {\n${data}}`]),
  ].filter((each) => each !== '');
  const library = libraryFor([body, ...tables].join('\n'));
  const [values, ...others] = tables;
  const isFirst = values?.startsWith('# Fit') === true;
  const parts = [
    ...(isFirst ? [values] : []),
    body,
    `# The formulas.\n\n\n${library}`,
    ...(isFirst ? others : tables),
    MAIN,
  ];
  const code = parts.join('\n\n\n');
  const imports = importsOf(code);
  const needs = imports.includes('scipy') ? 'NumPy and SciPy' : 'NumPy';
  return `${heading(design, options.version, needs)}\n\n${imports}\n\n\n${code}\n`;
}

const MAIN = `if __name__ == "__main__":
    folder = sys.argv[1] if len(sys.argv) > 1 else "."
    for name, image in images().items():
        np.save(f"{folder}/{name}.npy", image)
        print(f"{name}: {image.shape}, {image.min():.6g} to {image.max():.6g}, sum {image.sum():.6g}")`;

/** What a string of Python cannot hold is left out. */
function quoted(text: string): string {
  return text.replace(/[\\\p{Cc}]/gu, ' ').replaceAll('"', '”');
}

function wrapped(text: string): string {
  const lines: string[] = [''];
  for (const word of quoted(text).split(/\s+/)) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + word.length > 100) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join('\n');
}

function heading({ title, description = '' }: Design, version: string, needs: string): string {
  const about = description.trim() === '' ? '' : `\n\n${wrapped(description)}`;
  return `"""
${wrapped(title)}${about}

Written by Luminode ${version}: the mean image of each camera, without noise, in double precision.
Metres, radians, watts; light goes as exp(-i omega t); rows are y, downwards; the origin is sample
floor(N / 2). Run it with ${needs}: python script.py [folder] writes one .npy for each camera.
"""`;
}

function fittedTable({ values, used }: Fitted): string {
  if (used.size === 0) return '';
  const rows = [...used].map((path) => {
    const found = values.get(path);
    return `    ${JSON.stringify(path)}: (${found?.value ?? 'None'}, ${found?.sigma ?? 'None'}),`;
  });
  return `# Fit: value and standard error, SI; None where the data do not tell it.\nFITTED = {\n${rows.join('\n')}\n}`;
}

function imagesFunction(options: ScriptOptions, fitted: Fitted, maps: Map<string, string>): string {
  const { design, registry } = options;
  const plan = compile(design, registry);
  const cameras = plan.order.filter(({ node }) => node.type === 'camera' && node.bypassed !== true);
  if (cameras.length === 0)
    throw new NotCovered('The design has no camera: a script computes what cameras see.');
  const needed = upstream(plan, new Set(cameras.map(({ node }) => node.id)));
  const around = { design: plan.design, registry, fitted, maps };
  const made = new Map<string, Wire>();
  const lines: string[] = [];
  const names = variableNames(plan.order.map(({ node }) => node.id));
  for (const { node, spec, inputs } of plan.order) {
    if (!needed.has(node.id)) continue;
    const wires = new Map(
      [...inputs].flatMap(([port, from]) => {
        const wire = made.get(from.node);
        return wire === undefined ? [] : [[port, wire] as const];
      }),
    );
    if (node.bypassed === true) {
      const [first] = Object.keys(spec.inputs);
      const through = first === undefined ? undefined : wires.get(first);
      if (through !== undefined) made.set(node.id, through);
      continue;
    }
    const name = nodeName(design, registry, node.id);
    const seen = new PythonNode(node, spec, name, wires, around);
    const { calls, given, gives } = emitterOf(seen)(seen);
    const variable = names.get(node.id) ?? node.id;
    lines.push(
      `    # ${quoted(name)}\n    ${variable} = ${calls}(\n${given.map(argument).join('\n')}\n    )`,
    );
    if (gives !== 'image') made.set(node.id, { code: variable, kind: gives, node });
  }
  const out = cameras.map(({ node }) => `${JSON.stringify(node.id)}: ${names.get(node.id) ?? node.id}`);
  return `def images():\n    """What each camera sees, [planes, rows, columns]."""\n${lines.join('\n')}\n    return {${out.join(', ')}}`;
}

function argument([name, code, note]: Argument): string {
  return `        ${name === '' ? code : `${name}=${code}`},${note === undefined ? '' : `  # ${quoted(note)}`}`;
}

const RESERVED = new Set(
  `and as assert async await break class continue def del elif else except finally for from global if import in is
  lambda nonlocal not or pass raise return try while with yield None True False np sys base64 images len float str
  min max abs sum print zip range int object enumerate list isinstance getattr FITTED MAPS dataclass replace factorial
  CubicSpline j0 jn spherical_jn spherical_yn`.split(/\s+/),
);

/** A name of Python for each node: its id where that is one. */
function variableNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    ids.map((id) => {
      let name = id.replaceAll('-', '_');
      while (taken.has(name) || RESERVED.has(name) || LIBRARY_NAMES.has(name)) name = `${name}_`;
      taken.add(name);
      return [id, name] as const;
    }),
  );
}
