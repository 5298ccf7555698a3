/**
 * Hidden aberrations found back from stacks of one bead on WASM, by the default fit: seven noisy planes with twelve
 * terms, with and without the bead's own defocus among the unknowns, and three planes without noise.
 *
 *   node bench/retrieval.mjs [--seeds 50] [--out retrieval.json]
 *
 * Times are processor times of all threads, which other work on the machine hardly disturbs.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, median, sources, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '50' },
    out: { type: 'string', default: 'retrieval.json' },
  },
});
const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => i + 1);

const { load, close } = await sources();
const { createSession } = await load('/src/workers/session.ts');
const { hiddenZernikes, recovery, threePlanes } = await load('/src/workers/fit/testStacks.ts');
const { DEFAULT_FIT_OPTIONS } = await load('/src/graph/fitOptions.ts');
const session = await createSession('wasm');

async function fitted(hidden) {
  const since = process.cpuUsage();
  const result = await session.fit(hidden.design, DEFAULT_FIT_OPTIONS);
  const { user, system } = process.cpuUsage(since);
  const found = recovery(hidden, result);
  return { ...found, result, processorSeconds: (user + system) / 1e6 };
}

/** The merit at the truth's own minimum: a fit that starts at the truth. */
async function lossFromTruth({ design, truth }) {
  const nodes = design.nodes.map((node) => {
    const params = { ...node.params };
    for (const [path, value] of Object.entries(truth)) {
      const [id, name, term] = path.split('.');
      if (id !== node.id) continue;
      params[name] = term === undefined ? value : { ...params[name], [term]: value };
    }
    return { ...node, params };
  });
  const start = { ...DEFAULT_FIT_OPTIONS, coarseSearch: false };
  return (await session.fit({ ...design, nodes }, start)).loss.end;
}

/** @param free see `hiddenZernikes` */
async function hidden(free) {
  const each = [];
  for (const seed of seeds) {
    const task = hiddenZernikes(seed, free);
    const { result, ...found } = await fitted(task);
    const loss = result.loss.end;
    const isDeepest = loss < (await lossFromTruth(task)) * (1 + 1e-5);
    each.push({ seed, ...found, chiSquare: result.reducedChiSquare, isDeepest });
    console.log(
      free,
      seed,
      found.wavefrontError.toFixed(4),
      found.termError.toFixed(4),
      isDeepest,
      found.processorSeconds,
    );
  }
  const pulls = each.flatMap((one) => one.pulls);
  const numbers = (pick) => each.map(pick);
  return {
    free,
    stacks: each.length,
    deepest: each.filter(({ isDeepest }) => isDeepest).length,
    withinThreeSigma: pulls.filter((pull) => Math.abs(pull) < 3).length / pulls.length,
    pullRms: Math.sqrt(pulls.reduce((sum, pull) => sum + pull ** 2, 0) / pulls.length),
    wavefrontBelowHundredth: each.filter(({ wavefrontError }) => wavefrontError < 0.01).length,
    medianWavefrontError: median(numbers(({ wavefrontError }) => wavefrontError)),
    medianTermBound: median(numbers(({ termBound }) => termBound)),
    medianDefocusSigma: median(numbers(({ sigmas }) => sigmas[0])),
    processorSecondsEach: median(numbers(({ processorSeconds }) => processorSeconds)),
    each,
  };
}

async function planes() {
  const each = [];
  for (const seed of seeds.slice(0, 24)) {
    const { termError, processorSeconds } = await fitted(threePlanes(seed));
    each.push({ seed, errorRadians: 2 * Math.PI * termError, processorSeconds });
  }
  return {
    stacks: each.length,
    found: each.filter(({ errorRadians }) => errorRadians < 0.01).length,
    largestErrorRadians: Math.max(...each.map(({ errorRadians }) => errorRadians)),
    processorSecondsEach: median(each.map(({ processorSeconds }) => processorSeconds)),
    each,
  };
}

const results = {
  threePlanes: await planes(),
  hidden: [await hidden('terms'), await hidden('terms and z')],
};
await writeResults(options.out, [fileURLToPath(import.meta.url)], { machine: machine(), ...results });
session.dispose();
await close();
