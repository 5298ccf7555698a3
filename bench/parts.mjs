/** The parts of `npm run bench`: which script with which arguments, for how long, and the file it writes. */

/** What all parts together may take, so that a run stays below ten minutes with what comes before and after. */
export const ALL_SECONDS = 580;

/**
 * @typedef {{
 *   quick: boolean,
 *   python: string,
 *   peers?: string | undefined,
 *   resultsFolder: string,
 *   modules: Record<string, string | null> | null,
 *   npm: object | null,
 *   drivers: readonly string[],
 * }} Surroundings what was asked for and what was found on this machine
 * @typedef {{
 *   id: string,
 *   seconds: number,
 *   script: string,
 *   file: string,
 *   args: readonly string[],
 *   lacks?: string | null,
 * }} Part `seconds` is its share of the time; `file` the results without ".json"; `lacks` says why it cannot run
 */

/**
 * @param {Surroundings} surroundings
 * @returns {readonly Part[]}
 */
export function benchmarkParts({ quick, python, peers, resultsFolder, modules, npm, drivers }) {
  const stepPeers = ['jax', 'torch'].filter((name) => modules?.[name]);
  const repositories = peers === undefined ? [] : ['--peers', peers];
  const adapters = drivers.flatMap((driver) => ['--icd', driver]);
  const noDriver = drivers.length === 0 ? 'no Vulkan driver found' : null;
  const rounds = (/** @type {number} */ few, /** @type {number} */ all) => [
    '--rounds',
    String(quick ? few : all),
  ];
  return [
    {
      id: 'live',
      seconds: 85,
      script: 'live-loop.mjs',
      file: 'live-loop',
      args: [...rounds(1, 2), '--seconds', '0.6', '--sizes', quick ? '256' : '256,128,512'],
    },
    {
      id: 'precision',
      seconds: 35,
      script: 'precision.mjs',
      file: 'precision',
      args: quick ? ['--sizes', '256,384,1009'] : [],
    },
    {
      id: 'previews',
      seconds: 35,
      script: 'previews.mjs',
      file: 'previews',
      args: quick ? ['--frames', '40'] : [],
    },
    {
      id: 'transforms',
      seconds: 110,
      script: 'transform-peers.mjs',
      file: 'transforms',
      args: [
        '--python',
        python,
        ...(quick ? ['--rounds', '2', '--sizes', '256,512,1024,384'] : ['--rounds', '3']),
      ],
    },
    {
      id: 'steps',
      seconds: 95,
      script: 'step-peers.mjs',
      file: 'step-peers',
      args: [
        '--peers',
        stepPeers.join(),
        ...rounds(2, 3),
        ...(quick ? ['--sizes', '256', '--planes', '1'] : ['--sizes', '256,128,512']),
      ],
      lacks: stepPeers.length > 0 ? null : 'neither jax nor torch found',
    },
    {
      id: 'chromatix',
      seconds: 45,
      script: 'chromatix-peers.mjs',
      file: 'chromatix',
      args: ['--python', python, ...rounds(1, 2)],
      lacks: modules?.['chromatix'] ? null : 'chromatix not found',
    },
    {
      id: 'compiled',
      seconds: 30,
      script: 'compiled-step.mjs',
      file: 'compiled-step',
      args: rounds(3, 5),
      lacks: npm === null ? 'no registry of npm' : null,
    },
    {
      id: 'webgpu',
      seconds: 80,
      script: 'webgpu-fft.mjs',
      file: 'webgpu-fft',
      args: [...adapters, ...repositories, ...rounds(2, 3), '--out', `${resultsFolder}/webgpu-fft.json`],
      lacks: noDriver,
    },
    {
      id: 'propagation',
      seconds: 40,
      script: 'webgpu-propagation.mjs',
      file: 'webgpu-propagation',
      args: [...adapters, ...rounds(3, 7), '--sizes', quick ? '1024' : '1024,512'],
      lacks: noDriver,
    },
    {
      id: 'copy',
      seconds: 25,
      script: 'copy-rate.mjs',
      file: 'copy-rate',
      args: [...adapters, ...rounds(3, 5), '--sizes', quick ? '1024' : '1024,2048'],
      lacks: noDriver,
    },
  ];
}
