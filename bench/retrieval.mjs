/**
 * Hidden aberrations found back from stacks of one bead on WASM, by the default fit: seven noisy planes with twelve
 * terms, and three planes without noise. The noisy stacks are drawn several times, to tell luck from skill. Then how many
 * of the wavefronts any unbiased fit is expected to find within λ/100, by the bound at the truth.
 *
 *   node bench/retrieval.mjs [--seeds 50] [--jobs 2] [--out retrieval.json]
 *
 * Stacks are shared out among processes. Times are processor times of all threads, which other work on the machine
 * hardly disturbs.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, median, sources, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '50' },
    jobs: { type: 'string', default: '2' },
    /** Of a process that does a part: what, as JSON. */
    part: { type: 'string' },
    out: { type: 'string', default: 'retrieval.json' },
  },
});
const script = fileURLToPath(import.meta.url);
const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => i + 1);

const { load, close } = await sources();
const { atTruth, chanceBelow, chanceOfAtLeast, hiddenZernikes, recovery, threePlanes, USUAL_CONDITIONS } =
  await load('/src/workers/fit/testStacks.ts');
/** Waves RMS that 48 of 50 wavefronts are to be within. */
const LIMIT = 0.01;
const WANTED = 0.96;

/** What a process that does a part has for each seed. */
async function part({ task, conditions, draw, seeds: own }) {
  const { createSession } = await load('/src/workers/session.ts');
  const { DEFAULT_FIT_OPTIONS } = await load('/src/graph/fitOptions.ts');
  const session = await createSession('wasm');
  if (session.backend !== 'wasm') throw new Error('WASM did not start.');
  const fitted = async (hidden) => {
    const since = process.cpuUsage();
    const result = await session.fit(hidden.design, DEFAULT_FIT_OPTIONS);
    const { user, system } = process.cpuUsage(since);
    return { ...recovery(hidden, result), result, processorSeconds: (user + system) / 1e6 };
  };
  const refitted = async (seed) => {
    const hidden = hiddenZernikes(seed, conditions, draw);
    return [hidden, await session.fit(hidden.design, DEFAULT_FIT_OPTIONS)];
  };
  const tasks = {
    planes: async (seed) => {
      const { termError, processorSeconds } = await fitted(threePlanes(seed));
      return { seed, errorRadians: 2 * Math.PI * termError, processorSeconds };
    },
    hidden: async (seed) => {
      const hidden = hiddenZernikes(seed, conditions);
      const { result, ...found } = await fitted(hidden);
      // A fit that starts at the truth ends in the truth's own minimum.
      const start = { ...DEFAULT_FIT_OPTIONS, coarseSearch: false };
      const nearest = await session.fit(atTruth(hidden), start);
      return {
        ...{ seed, ...found, chance: chanceBelow(LIMIT, hidden, result) },
        chiSquare: result.reducedChiSquare,
        isDeepest: result.loss.end < nearest.loss.end * (1 + 1e-5),
      };
    },
    again: async (seed) => ({ seed, ...recovery(...(await refitted(seed))) }),
    bound: async (seed) => {
      const hidden = hiddenZernikes(seed, conditions);
      return { seed, chance: chanceBelow(LIMIT, hidden, await session.expectedErrors(atTruth(hidden))) };
    },
  };
  const each = [];
  for (const seed of own) each.push(await tasks[task](seed));
  session.dispose();
  return each;
}

/** The same shared out among processes. */
async function each(task, conditions = {}, { count = seeds.length, draw = 0 } = {}) {
  const jobs = Number(options.jobs);
  const parts = Array.from({ length: jobs }, (_, job) =>
    seeds.slice(0, count).filter((s) => s % jobs === job),
  );
  const done = await Promise.all(
    parts.map(async (own) => {
      const words = [script, '--part', JSON.stringify({ task, conditions, draw, seeds: own })];
      const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
      let text = '';
      for await (const piece of child.stdout) text += piece;
      return JSON.parse(text);
    }),
  );
  return done.flat().sort((a, b) => a.seed - b.seed);
}

/** Of the chances of each stack: how many are expected, and how likely enough of them are. */
function expectation(found) {
  const chances = found.map(({ chance }) => chance);
  return {
    expected: chances.reduce((sum, chance) => sum + chance, 0),
    chanceOfEnough: chanceOfAtLeast(Math.ceil(WANTED * chances.length), chances),
  };
}

async function hidden() {
  const found = await each('hidden');
  const pulls = found.flatMap((one) => one.pulls);
  const middle = (pick) => median(found.map(pick));
  return {
    conditions: USUAL_CONDITIONS,
    stacks: found.length,
    deepest: found.filter(({ isDeepest }) => isDeepest).length,
    withinThreeSigma: pulls.filter((pull) => Math.abs(pull) < 3).length / pulls.length,
    pullRms: Math.sqrt(pulls.reduce((sum, pull) => sum + pull ** 2, 0) / pulls.length),
    wavefrontBelowHundredth: found.filter(({ wavefrontError }) => wavefrontError < LIMIT).length,
    ...expectation(found),
    medianWavefrontError: middle(({ wavefrontError }) => wavefrontError),
    medianTermBound: middle(({ termBound }) => termBound),
    medianDefocusSigma: middle(({ sigmas }) => sigmas[0]),
    processorSecondsEach: middle(({ processorSeconds }) => processorSeconds),
    each: found,
  };
}

async function planes() {
  const found = await each('planes', {}, { count: 24 });
  return {
    stacks: found.length,
    found: found.filter(({ errorRadians }) => errorRadians < 0.01).length,
    largestErrorRadians: Math.max(...found.map(({ errorRadians }) => errorRadians)),
    processorSecondsEach: median(found.map(({ processorSeconds }) => processorSeconds)),
    each: found,
  };
}

/** Other draws of the noise of the same stacks. */
const DRAWS = 5;

async function others() {
  const found = [];
  for (let draw = 1; draw <= DRAWS; draw++) {
    const drawn = await each('again', {}, { draw });
    found.push(drawn.filter(({ wavefrontError }) => wavefrontError < LIMIT).length);
  }
  return found;
}

/** What the conditions leave open, one at a time. */
const OPEN = [
  {},
  { pixels: 48 },
  ...[580e-9, 670e-9].map((wavelength) => ({ wavelength })),
  { brightness: 'each plane' },
];

async function bounds() {
  const found = [];
  for (const conditions of OPEN) {
    const expected = expectation(await each('bound', conditions));
    found.push({ conditions: { ...USUAL_CONDITIONS, ...conditions }, ...expected });
  }
  return found;
}

if (options.part !== undefined) {
  process.stdout.write(JSON.stringify(await part(JSON.parse(options.part))));
} else {
  const usual = await hidden();
  const [three, allowed, otherDraws] = [await planes(), await bounds(), await others()];
  await writeResults(options.out, [script], {
    machine: machine(),
    threePlanes: three,
    hidden: { ...usual, otherDraws },
    bounds: allowed,
  });
}
await close();
