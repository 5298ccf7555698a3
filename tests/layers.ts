/**
 * The rules of the house, as a function over `{ path: source }`: which layer may import what, no import cycles, and
 * no constructs that defeat the type checker or the content security policy. layers.test.ts proves that each planted
 * fault is reported and applies the rules to src.
 */
import { posix } from 'node:path';
import { type ImportReference, parseSource } from './sources.ts';

export interface Violation {
  readonly file: string;
  readonly rule: string;
  readonly message: string;
}

export interface CheckResult {
  readonly files: number;
  readonly imports: number;
  readonly violations: readonly Violation[];
}

interface Layer {
  readonly name: string;
  readonly owns: RegExp;
  /** Layers whose values and types may be imported; its own layer is always allowed. */
  readonly layers: readonly string[];
  /** Layers of which only types may be imported. */
  readonly types: readonly string[];
  /** Packages, or single entry points of packages. */
  readonly packages: readonly string[];
  readonly nodeModules: boolean;
}

const UI_PACKAGES = [
  'react',
  'react-dom',
  '@xyflow/react',
  'zustand',
  'zustand/react/shallow',
  'radix-ui',
  'cmdk',
  'lucide-react',
  'react-resizable-panels',
  'plotly.js-cartesian-dist-min',
];

/** First match wins, so the narrower pattern stands first. */
export const layers: readonly Layer[] = [
  {
    name: 'main',
    owns: /^src\/main\.tsx$/,
    layers: ['ui', 'stores', 'bridge', 'graph'],
    types: ['optics'],
    packages: ['react', 'react-dom'],
    nodeModules: false,
  },
  { name: 'optics', owns: /^src\/optics\//, layers: [], types: [], packages: [], nodeModules: false },
  {
    name: 'graph',
    owns: /^src\/graph\//,
    layers: ['optics'],
    types: [],
    packages: [],
    nodeModules: false,
  },
  {
    // From values to colours, for the page and for the worker that paints previews.
    name: 'pictures',
    owns: /^src\/pictures\//,
    layers: [],
    types: ['optics'],
    packages: [],
    nodeModules: false,
  },
  {
    // The only files of src/workers that the page loads: the messages, and the clients that start the workers. They
    // must not drag the engine and TensorFlow.js along.
    name: 'bridge',
    owns: /^src\/workers\/(?:protocol|enginePictures|engineResults|engineClient|clientTimings|livingWorker|newestShow|runningFit|runningFollow|runningQuestion|runningTrack|filesClient|diagnosticsClient|galleryClient|galleryProof|workerLife)\.ts$/,
    layers: ['graph', 'optics', 'pictures'],
    types: ['workers'],
    packages: [],
    nodeModules: false,
  },
  {
    name: 'workers',
    owns: /^src\/workers\/(?!wasm\/assembly\/)/,
    layers: ['bridge', 'graph', 'optics', 'pictures'],
    types: [],
    packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-webgpu', 'fast-png'],
    nodeModules: false,
  },
  {
    name: 'stores',
    owns: /^src\/ui\/stores\//,
    layers: ['bridge', 'graph'],
    types: ['optics', 'pictures'],
    // Not `zustand` itself: its main entry imports React.
    packages: ['zustand/vanilla', 'zustand/middleware', 'idb'],
    nodeModules: false,
  },
  {
    // Units and the names of Zernike terms are pure functions of optics that the inspector shows as they are.
    name: 'ui',
    owns: /^src\/ui\//,
    layers: ['stores', 'bridge', 'graph', 'optics', 'pictures'],
    types: [],
    packages: UI_PACKAGES,
    nodeModules: false,
  },
  {
    name: 'cli',
    owns: /^src\/cli\//,
    layers: ['workers', 'bridge', 'graph', 'optics'],
    types: [],
    packages: [],
    nodeModules: true,
  },
];

const TEST_PACKAGES = ['vitest', 'fast-check', 'fake-indexeddb'];

/** Tests, and the helpers that only they share. */
const isTest = (path: string) => /(?:\.test|\/test(?:Support|Arbitraries))\.tsx?$/.test(path);
const isCode = (path: string) => /\.tsx?$/.test(path);

/** AssemblyScript looks like TypeScript and is not; its own compiler checks it. */
export const isAssemblyScript = (path: string) => path.startsWith('src/workers/wasm/assembly/');

const layerOf = (path: string) => layers.find((layer) => layer.owns.test(path)) ?? null;

const matchesPackage = (specifier: string, allowed: string) =>
  specifier === allowed || specifier.startsWith(`${allowed}/`);

function checkPackage(file: string, layer: Layer, specifier: string): Violation | null {
  if (specifier.startsWith('node:')) {
    if (layer.nodeModules || isTest(file)) return null;
    return { file, rule: 'node', message: `imports ${specifier}, and ${layer.name} must run in a browser` };
  }
  const allowed = isTest(file) ? [...layer.packages, ...TEST_PACKAGES] : layer.packages;
  if (allowed.some((each) => matchesPackage(specifier, each))) return null;
  return { file, rule: 'package', message: `imports ${specifier}, which ${layer.name} may not` };
}

function checkLayer(
  file: string,
  layer: Layer,
  target: string,
  kind: ImportReference['kind'],
): Violation | null {
  const other = layerOf(target);
  if (other === null) return { file, rule: 'layer', message: `imports ${target}, which is in no layer` };
  if (isTest(target) && !isTest(file)) return { file, rule: 'layer', message: `imports the test ${target}` };
  if (other === layer || layer.layers.includes(other.name)) return null;
  const needsTypesOnly = layer.types.includes(other.name);
  // A worker's URL is not its code: the page may start one without importing any of it.
  if (needsTypesOnly && (kind === 'type' || kind === 'url')) return null;
  const reason = needsTypesOnly ? `; ${layer.name} may import only types of ${other.name}` : '';
  return { file, rule: 'layer', message: `${layer.name} imports ${target} of ${other.name}${reason}` };
}

/** Path of a relative import without its query (`?worker&url`). */
function resolveImport(file: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(file), specifier.replace(/\?.*$/, '')));
}

/**
 * Groups of files that import each other in a circle (Tarjan's strongly connected components).
 * @param graph files that each file imports
 */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const enter = (file: string): number => {
    const index = order.size;
    order.set(file, index);
    stack.push(file);
    let low = index;
    for (const target of graph.get(file) ?? []) {
      if (!order.has(target)) low = Math.min(low, enter(target));
      else if (stack.includes(target)) low = Math.min(low, order.get(target) ?? low);
    }
    lowest.set(file, low);
    if (low === index) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1 || (graph.get(file) ?? []).includes(file)) cycles.push(group);
    }
    return low;
  };
  for (const file of graph.keys()) if (!order.has(file)) enter(file);
  return cycles;
}

/**
 * Applies the rules to a set of files.
 * @param files text of every file under src by its path from the repository root, with forward slashes; files that
 *   are not code only serve as targets of imports
 */
export function checkSources(files: Readonly<Record<string, string>>): CheckResult {
  const violations: Violation[] = [];
  const graph = new Map<string, readonly string[]>();
  let imports = 0;
  const report = (violation: Violation | null) => {
    if (violation !== null) violations.push(violation);
  };
  const code = Object.entries(files).filter(([path]) => isCode(path) && !isAssemblyScript(path));
  for (const [file, source] of code) {
    const parsed = parseSource(file, source);
    for (const finding of parsed.findings) report({ file, ...finding });
    const layer = layerOf(file);
    if (layer === null) report({ file, rule: 'layer', message: 'is in no layer' });
    const targets: string[] = [];
    for (const { specifier, kind } of parsed.imports) {
      imports += 1;
      if (!specifier.startsWith('.')) {
        if (layer !== null && kind !== 'url') report(checkPackage(file, layer, specifier));
        continue;
      }
      const target = resolveImport(file, specifier);
      // Generated modules are absent before the first build.
      if (files[target] === undefined && !target.endsWith('.generated.ts')) {
        report({ file, rule: 'unresolved', message: `imports ${specifier}, and there is no file ${target}` });
      } else {
        if (layer !== null) report(checkLayer(file, layer, target, kind));
        if (kind !== 'url') targets.push(target);
      }
    }
    graph.set(file, targets);
  }
  for (const cycle of findCycles(graph)) {
    report({ file: cycle[0] ?? '', rule: 'cycle', message: `import each other: ${cycle.join(', ')}` });
  }
  return { files: code.length, imports, violations };
}
