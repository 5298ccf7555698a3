/**
 * How near the WebGPU transform comes to the memory's speed: the bytes that a two-pass 2-D transform must move (each
 * pass reads and writes every sample, 32 bytes per complex number) over its time, as a share of the rate at which a
 * copy kernel moves bytes on the same adapter, in interleaved rounds. Batches are large enough that launching costs
 * nothing. Runs in Node on Dawn (npm package `webgpu`); one process per adapter.
 *
 * node bench/copy-rate.mjs [--icd name=/path/to/icd.json …] [--sizes 1024,2048] [--rounds 7] [--dry: print only]
 *   --icd  Vulkan driver manifests, one adapter each; without any the machine's own driver is used
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dawnFolder } from './peers.mjs';
import { machine, median, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    icd: { type: 'string', multiple: true, default: [] },
    sizes: { type: 'string', default: '1024,2048' },
    rounds: { type: 'string', default: '7' },
    dry: { type: 'boolean', default: false },
  },
});
const here = fileURLToPath(import.meta.url);
const BYTES_PER_COMPLEX = 8;
/** Read and write, twice. */
const TRANSFORM_BYTES = 4 * BYTES_PER_COMPLEX;
const COPY_BYTES = 2 * BYTES_PER_COMPLEX;
const rounded = (x) => Number(x.toPrecision(4));

function childOf(folder, icd) {
  const env = icd === null ? process.env : { ...process.env, VK_ICD_FILENAMES: icd, VK_DRIVER_FILES: icd };
  const child = fork(here.replace('copy-rate', 'copy-rate-child'), [folder], { env });
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

const folder = await dawnFolder();
const adapters = {};
const scripts = [here, here.replace('copy-rate', 'copy-rate-child')];
/** After every size, so that a run that is ended early leaves what it has. */
async function write() {
  const results = { machine: machine(), rounds: Number(options.rounds), adapters };
  if (!options.dry) await writeResults('copy-rate.json', scripts, results);
}
for (const [name, icd] of options.icd.length > 0
  ? options.icd.map((pair) => pair.split('='))
  : [['default', null]]) {
  const child = childOf(folder, icd);
  const { adapter, isSoftware } = await child.ask({ type: 'open' });
  adapters[name] = { adapter, isSoftware, sizes: {} };
  for (const n of options.sizes.split(',').map(Number)) {
    const { samples, batch, plan } = await child.ask({ type: 'prepare', n });
    const rounds = [];
    for (let round = 0; round < Number(options.rounds); round++)
      rounds.push(await child.ask({ type: 'round' }));
    const gigabytes = (milliseconds, bytes) => (bytes * samples) / milliseconds / 1e6;
    const entry = {
      batch,
      plan,
      transformMilliseconds: rounded(median(rounds.map(({ transform }) => transform))),
      copyMilliseconds: rounded(median(rounds.map(({ copy }) => copy))),
      copyGigabytesPerSecond: rounded(median(rounds.map(({ copy }) => gigabytes(copy, COPY_BYTES)))),
      shareOfCopy: rounded(
        median(rounds.map((r) => gigabytes(r.transform, TRANSFORM_BYTES) / gigabytes(r.copy, COPY_BYTES))),
      ),
    };
    adapters[name].sizes[n] = entry;
    console.log(
      `${name} (${adapter}) ${n}: copy ${entry.copyGigabytesPerSecond} GB/s, transform at ${entry.shareOfCopy} of it`,
    );
    await write();
  }
  child.close();
}
process.exit(0);
