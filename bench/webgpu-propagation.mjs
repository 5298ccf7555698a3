/**
 * What fusing saves in a propagation on WebGPU: the filter that pads, transforms, multiplies, transforms back and
 * crops in as few passes as it can, against the same done by the single kernels (resize unless nothing is padded,
 * fourier2, multiply, fourier2, resize), in interleaved rounds of one process per adapter. Ratios are medians of the
 * ratios within a round, of wall time and of processor time, which a busy machine disturbs less. Runs in Node on Dawn.
 *
 * node bench/webgpu-propagation.mjs [--icd name=/path/to/icd.json …] [--sizes 256,512,1024] [--rounds 25]
 *   [--dry: print only]
 *   --icd    Vulkan driver manifests, one adapter each; without any the machine's own driver is used
 *   --sizes  sides of the window that the transfer function fills; the field is that, or half of it
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dawnFolder } from './peers.mjs';
import { machine, median, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    icd: { type: 'string', multiple: true, default: [] },
    sizes: { type: 'string', default: '256,512,1024' },
    rounds: { type: 'string', default: '25' },
    dry: { type: 'boolean', default: false },
  },
});
const here = fileURLToPath(import.meta.url);
const childFile = here.replace('.mjs', '-child.mjs');
const PADDINGS = [1, 2];
const rounded = (x) => Number(x.toPrecision(4));

function childOf(folder, icd) {
  const env = icd === null ? process.env : { ...process.env, VK_ICD_FILENAMES: icd, VK_DRIVER_FILES: icd };
  const child = fork(childFile, [folder], { env });
  return {
    ask: (message) =>
      new Promise((settle, fail) => {
        const ended = () => fail(new Error('The process of the adapter ended early.'));
        child.once('exit', ended);
        child.once('message', (reply) => {
          child.off('exit', ended);
          if (reply.failed === undefined) settle(reply);
          else fail(new Error(reply.failed));
        });
        child.send(message);
      }),
    close: () => child.disconnect(),
  };
}

async function measure(child, n, padding) {
  const { difference } = await child.ask({ type: 'prepare', n, padding });
  const rounds = [];
  for (let round = 0; round < Number(options.rounds); round++)
    rounds.push(await child.ask({ type: 'round' }));
  const times = (name) => ({
    wallMilliseconds: rounded(median(rounds.map((round) => round[name].wall))),
    cpuMilliseconds: rounded(median(rounds.map((round) => round[name].cpu))),
  });
  const ratio = (what) => rounded(median(rounds.map(({ fused, unfused }) => unfused[what] / fused[what])));
  return {
    fused: times('fused'),
    unfused: times('unfused'),
    unfusedOverFused: ratio('wall'),
    cpuUnfusedOverFused: ratio('cpu'),
    relativeDifference: Number(difference.toExponential(2)),
  };
}

const folder = await dawnFolder();
const adapters = {};
/** After every size, so that a run that is ended early leaves what it has. */
async function write() {
  const results = { machine: machine(), rounds: Number(options.rounds), adapters };
  if (!options.dry) await writeResults('webgpu-propagation.json', [here, childFile], results);
}
for (const [name, icd] of options.icd.length > 0
  ? options.icd.map((pair) => pair.split('='))
  : [['default', null]]) {
  const child = childOf(folder, icd);
  const { adapter } = await child.ask({ type: 'open' });
  adapters[name] = { adapter };
  for (const n of options.sizes.split(',').map(Number)) {
    adapters[name][n] = {};
    for (const padding of PADDINGS) {
      const entry = await measure(child, n, padding);
      adapters[name][n][`padding ${padding}`] = entry;
      console.log(
        `${name} ${n}, padding ${padding}: ${entry.unfusedOverFused} times faster ` +
          `(processor time ${entry.cpuUnfusedOverFused})`,
      );
    }
    await write();
  }
  child.close();
}
process.exit(0);
