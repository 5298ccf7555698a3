/** A small lawful project, and one fault at a time to plant in it: what the checker in layers.ts must report. */

/** A small project that keeps every rule; each planted fault changes it in one place. */
export const lawful: Readonly<Record<string, string>> = {
  'src/main.tsx':
    "import { createRoot } from 'react-dom/client';\nimport { App } from './ui/App.tsx';\ncreateRoot(App);",
  'src/optics/lens.ts':
    "import type { Field } from './field.ts';\nexport const lens = (field: Field): Field => field;",
  'src/optics/field.ts': 'export interface Field { readonly pitch: number }',
  'src/graph/compile.ts': "import { lens } from '../optics/lens.ts';\nexport const compile = () => [lens];",
  'src/graph/compile.test.ts':
    "import { it } from 'vitest';\nimport { compile } from './compile.ts';\nit('x', compile);",
  'src/workers/protocol.ts': "export type { Field } from '../optics/field.ts';\nexport const VERSION = 1;",
  'src/workers/engine.worker.ts':
    "import * as tf from '@tensorflow/tfjs-core';\nimport { compile } from '../graph/compile.ts';\nimport { VERSION } from './protocol.ts';\npostMessage([tf, compile, VERSION]);",
  'src/workers/engineClient.ts':
    "import { VERSION } from './protocol.ts';\nexport const start = () => [new Worker(new URL('./engine.worker.ts', import.meta.url)), VERSION];",
  'src/workers/wasm/assembly/index.ts': 'export function add(a: f32, b: f32): f32 { return a + b; }',
  'src/ui/theme.css': 'body {}',
  'src/ui/App.tsx':
    "import './theme.css';\nimport { useState } from 'react';\nimport type { Field } from '../optics/field.ts';\nimport { design } from './stores/design.ts';\nexport const App = (props: Field) => <p title={String(props.pitch)}>{String([useState, design])}</p>;",
  'src/ui/stores/design.ts':
    "import { createStore } from 'zustand/vanilla';\nimport { start } from '../../workers/engineClient.ts';\nexport const design = [createStore, start];",
  'src/cli/main.ts':
    "import { readFileSync } from 'node:fs';\nimport { compile } from '../graph/compile.ts';\nprocess.stdout.write(String([readFileSync, compile]));",
};

export interface PlantedFault {
  readonly fault: string;
  readonly file: string;
  /** Put at the top of the file. */
  readonly plant: string;
  readonly rule: string;
}

export const plantedFaults: readonly PlantedFault[] = [
  {
    fault: 'optics imports a package',
    file: 'src/optics/lens.ts',
    plant: "import * as v from 'fast-png';",
    rule: 'package',
  },
  {
    fault: 'optics imports TensorFlow.js',
    file: 'src/optics/lens.ts',
    plant: "import '@tensorflow/tfjs-core';",
    rule: 'package',
  },
  {
    fault: 'optics imports Node',
    file: 'src/optics/lens.ts',
    plant: "import { join } from 'node:path';",
    rule: 'node',
  },
  {
    fault: 'optics imports graph',
    file: 'src/optics/fresh.ts',
    plant: "import { compile } from '../graph/compile.ts';",
    rule: 'layer',
  },
  {
    fault: 'graph imports TensorFlow.js',
    file: 'src/graph/compile.ts',
    plant: "import * as tf from '@tensorflow/tfjs-core';",
    rule: 'package',
  },
  {
    fault: 'graph re-exports from workers',
    file: 'src/graph/compile.ts',
    plant: "export * from '../workers/protocol.ts';",
    rule: 'layer',
  },
  {
    fault: 'graph names a type of workers',
    file: 'src/graph/compile.ts',
    plant: "export type V = import('../workers/protocol.ts').Field;",
    rule: 'layer',
  },
  {
    fault: 'workers import React',
    file: 'src/workers/engine.worker.ts',
    plant: "import { useState } from 'react';",
    rule: 'package',
  },
  {
    fault: 'workers import storage',
    file: 'src/workers/engine.worker.ts',
    plant: "import { openDB } from 'idb';",
    rule: 'package',
  },
  {
    fault: 'workers import a store',
    file: 'src/workers/engine.worker.ts',
    plant: "import { design } from '../ui/stores/design.ts';",
    rule: 'layer',
  },
  {
    fault: 'the client imports the engine itself',
    file: 'src/workers/engineClient.ts',
    plant: "import './engine.worker.ts';",
    rule: 'layer',
  },
  {
    fault: 'the protocol imports TensorFlow.js',
    file: 'src/workers/protocol.ts',
    plant: "import type { Tensor } from '@tensorflow/tfjs-core';",
    rule: 'package',
  },
  {
    fault: 'a store imports React',
    file: 'src/ui/stores/design.ts',
    plant: "import { useState } from 'react';",
    rule: 'package',
  },
  {
    fault: 'a store imports React by way of zustand',
    file: 'src/ui/stores/design.ts',
    plant: "import { create } from 'zustand';",
    rule: 'package',
  },
  {
    fault: 'ui imports the engine',
    file: 'src/ui/App.tsx',
    plant: "import '../workers/engine.worker.ts';",
    rule: 'layer',
  },
  {
    fault: 'ui loads the engine lazily',
    file: 'src/ui/App.tsx',
    plant: "const lazy = () => import('../workers/engine.worker.ts');",
    rule: 'layer',
  },
  {
    fault: 'stores import a value of optics',
    file: 'src/ui/stores/design.ts',
    plant: "import { lens } from '../../optics/lens.ts';",
    rule: 'layer',
  },
  {
    fault: 'stores mix a value into a type import',
    file: 'src/ui/stores/design.ts',
    plant: "import { type lens as a, lens } from '../../optics/lens.ts';",
    rule: 'layer',
  },
  {
    fault: 'ui imports TensorFlow.js',
    file: 'src/ui/App.tsx',
    plant: "import '@tensorflow/tfjs-backend-webgpu';",
    rule: 'package',
  },
  {
    fault: 'the command line imports ui',
    file: 'src/cli/main.ts',
    plant: "import { App } from '../ui/App.tsx';",
    rule: 'layer',
  },
  {
    fault: 'something imports main',
    file: 'src/ui/fresh.ts',
    plant: "import type {} from '../main.tsx';",
    rule: 'layer',
  },
  {
    fault: 'code imports a test',
    file: 'src/graph/fresh.ts',
    plant: "import './compile.test.ts';",
    rule: 'layer',
  },
  {
    fault: 'code imports AssemblyScript',
    file: 'src/workers/engine.worker.ts',
    plant: "import { add } from './wasm/assembly/index.ts';",
    rule: 'layer',
  },
  {
    fault: 'an import without a file',
    file: 'src/optics/lens.ts',
    plant: "import { gone } from './gone.ts';",
    rule: 'unresolved',
  },
  {
    fault: 'an import without its extension',
    file: 'src/optics/lens.ts',
    plant: "import type {} from './field';",
    rule: 'unresolved',
  },
  {
    fault: 'a computed import',
    file: 'src/ui/App.tsx',
    plant: "const load = (name: string) => import('./' + name);",
    rule: 'hidden-import',
  },
  {
    fault: 'an import by glob',
    file: 'src/ui/App.tsx',
    plant: "const all = import.meta.glob('../workers/*.ts');",
    rule: 'hidden-import',
  },
  {
    fault: 'require',
    file: 'src/cli/main.ts',
    plant: "const fs = require('node:fs');",
    rule: 'hidden-import',
  },
  { fault: 'any as a type', file: 'src/optics/lens.ts', plant: 'export const loose: any = 1;', rule: 'any' },
  {
    fault: 'any inside a type',
    file: 'src/optics/lens.ts',
    plant: 'export type Loose = ReadonlyArray<Record<string, any>>;',
    rule: 'any',
  },
  { fault: 'a cast to any', file: 'src/ui/App.tsx', plant: 'const loose = (1 as any);', rule: 'any' },
  { fault: 'eval', file: 'src/graph/compile.ts', plant: "export const one = eval('1');", rule: 'eval' },
  {
    fault: 'eval by another name',
    file: 'src/graph/compile.ts',
    plant: "export const one = globalThis['eval']('1');",
    rule: 'eval',
  },
  {
    fault: 'new Function',
    file: 'src/graph/compile.ts',
    plant: "export const f = new Function('return 1');",
    rule: 'eval',
  },
  { fault: 'a timer with text', file: 'src/ui/App.tsx', plant: "setTimeout('alert(1)', 0);", rule: 'eval' },
  { fault: 'innerHTML', file: 'src/ui/App.tsx', plant: "document.body.innerHTML = 'x';", rule: 'markup' },
  {
    fault: 'innerHTML by text',
    file: 'src/ui/App.tsx',
    plant: "document.body['innerHTML'] = 'x';",
    rule: 'markup',
  },
  {
    fault: 'insertAdjacentHTML',
    file: 'src/ui/App.tsx',
    plant: "document.body.insertAdjacentHTML('afterend', 'x');",
    rule: 'markup',
  },
  {
    fault: 'markup in React',
    file: 'src/ui/App.tsx',
    plant: "export const bad = <p dangerouslySetInnerHTML={{ __html: 'x' }} />;",
    rule: 'markup',
  },
  { fault: 'document.write', file: 'src/ui/App.tsx', plant: "document.write('x');", rule: 'markup' },
  {
    fault: 'a silenced type error',
    file: 'src/optics/lens.ts',
    plant: '// @ts-expect-error\n',
    rule: 'suppression',
  },
  {
    fault: 'a silenced lint rule',
    file: 'src/optics/lens.ts',
    plant: '// biome-ignore lint: because\n',
    rule: 'suppression',
  },
  {
    fault: 'lint rules silenced for a file',
    file: 'src/optics/lens.ts',
    plant: '// biome-ignore-all lint: because\n',
    rule: 'suppression',
  },
  { fault: 'text that is no program', file: 'src/optics/lens.ts', plant: 'export const = ;', rule: 'syntax' },
  {
    fault: 'a cycle of two files',
    file: 'src/optics/field.ts',
    plant: "import { lens } from './lens.ts';",
    rule: 'cycle',
  },
  {
    fault: 'a cycle of types',
    file: 'src/optics/field.ts',
    plant: "import type {} from './lens.ts';",
    rule: 'cycle',
  },
  {
    fault: 'a file that imports itself',
    file: 'src/optics/field.ts',
    plant: "import './field.ts';",
    rule: 'cycle',
  },
  {
    fault: 'a file outside the layers',
    file: 'src/helpers.ts',
    plant: 'export const helper = 1;',
    rule: 'layer',
  },
];
