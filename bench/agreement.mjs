/**
 * Asks other optics programs for the images of agreement-systems.json and keeps their answers in
 * bench/results/agreement.json, which src/workers/agreement.test.ts holds Luminode to.
 *
 * Run: node bench/agreement.mjs --python <a Python with bench/agreement-requirements.txt>
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: { python: { type: 'string', default: process.env.PYTHON ?? 'python3' } },
});
const read = (name) => readFileSync(join(here, name), 'utf8');

const [script, systems, requirements] = [
  'agreement.py',
  'agreement-systems.json',
  'agreement-requirements.txt',
].map(read);
const output = execFileSync(options.python, [join(here, 'agreement.py')], {
  input: systems,
  maxBuffer: 64 * 1024 * 1024,
  stdio: ['pipe', 'pipe', 'inherit'],
});
const { versions, answers } = JSON.parse(output.toString());
for (const [, name, version] of requirements.matchAll(/^(\w+)==(\S+)$/gm)) {
  if (versions[name] !== version) throw new Error(`${name} is ${versions[name]}, but ${version} is pinned.`);
}
const hash = createHash('sha256').update(script).update(systems).digest('hex');
const result = { script: 'bench/agreement.py', hash, versions, answers };
writeFileSync(join(here, 'results/agreement.json'), `${JSON.stringify(result, null, 1)}\n`);
console.log(
  `${Object.keys(answers).length} systems, ${Object.entries(versions)
    .map((v) => v.join(' '))
    .join(', ')}`,
);
