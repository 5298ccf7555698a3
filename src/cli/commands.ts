/** The commands with their options: what the parser accepts and the help prints. */
import { DEFAULT_FIT_OPTIONS } from '../graph/fitOptions.ts';
import { DEFAULT_REFIT_OPTIONS } from '../graph/refitOptions.ts';
import { type CommandSpec, type OptionSpec, usageOf } from './commandLine.ts';

const HELP: OptionSpec = { kind: 'flag', help: 'Print this help.' };
const EXAMPLE: OptionSpec = {
  kind: 'value',
  placeholder: 'ID',
  help: 'Use a built-in example instead of a file.',
};
const SET: OptionSpec = {
  kind: 'list',
  placeholder: 'node.param=VALUE',
  help: 'Set a parameter, grid.samples, grid.pitch or seed. Repeatable.',
};
const BACKEND: OptionSpec = {
  kind: 'value',
  placeholder: 'auto|webgpu|wasm|f64',
  help: 'What computes. auto is wasm here; webgpu runs in a headless Chromium; f64 is the float64 reference.',
};
const SEED: OptionSpec = { kind: 'value', placeholder: 'N', help: 'Seed of the noise.' };

const VALUES = [
  'Values are SI unless a unit follows: 5.32e-7, 532nm, 0.447um, 1.6deg, 0.05waves, 12%.',
  'Paths: camera.gain; a Zernike term by Noll index: pupil.zernike.8; a plane: bead.photons.2;',
  'every plane: bead.photons=8000,9000,8500.',
];
const EXIT_CODES =
  'Exit code: 0 done, 1 invalid design or failed ({"error": …} on stdout), 2 wrong usage (a line on stderr).';

function command(
  name: string,
  summary: string,
  operands: string,
  maxOperands: number,
  options: Readonly<Record<string, OptionSpec>> = {},
  notes: readonly string[] = [],
): CommandSpec {
  return { name, summary, operands, maxOperands, options: { ...options, '--help': HELP, '-h': HELP }, notes };
}

export const commands = {
  nodes: command('nodes', 'List the elements with their ports and parameters.', '', 0, {
    '--json': { kind: 'flag', help: 'As JSON.' },
  }),
  examples: command('examples', 'List the ids of the built-in examples.', '', 0),
  example: command('example', 'Print a built-in example as a design file.', 'ID', 1, {}, [
    'luminode example airy > airy.json',
  ]),
  check: command(
    'check',
    'Print every problem of a design and what its elements say of it, with what to do.',
    'FILE|--example ID',
    1,
    { '--example': EXAMPLE },
    [EXIT_CODES],
  ),
  run: command(
    'run',
    'Compute every camera, or the light at chosen nodes, and print a summary as JSON.',
    'FILE|--example ID',
    1,
    {
      '--example': EXAMPLE,
      '--set': SET,
      '--backend': BACKEND,
      '--seed': SEED,
      '--node': {
        kind: 'list',
        placeholder: 'NODE,…',
        help: 'Give the light at these nodes too (its irradiance). Without a camera: where the light ends.',
      },
      '--out': {
        kind: 'value',
        placeholder: 'DIR',
        help: 'Write each image to DIR/NODE.npy ([…, ny, nx], <f4, or <f8 with f64).',
      },
    },
    [...VALUES, EXIT_CODES],
  ),
  fit: command(
    'fit',
    'Fit a design to its target images and print parameters with errors as JSON.',
    'FILE|--example ID',
    1,
    {
      '--example': EXAMPLE,
      '--set': SET,
      '--target': {
        kind: 'list',
        placeholder: 'NODE=IMAGE',
        help: 'Image (PNG, TIFF, NPY) for a target node. Repeatable.',
      },
      '--background': {
        kind: 'value',
        placeholder: 'IMAGE',
        help: 'Divide the targets by this image; without it a relative image is divided by its mean.',
      },
      '--crop': {
        kind: 'value',
        placeholder: 'y0:y1,x0:x1',
        help: 'Part of the images to use, as slices of rows and columns.',
      },
      '--planes': { kind: 'value', placeholder: 'a:b:step', help: 'Planes of a stack to use, as a slice.' },
      '--learn': {
        kind: 'list',
        placeholder: 'node.param,…',
        help: 'Fit exactly these instead of what the design marks.',
      },
      '--fix': {
        kind: 'list',
        placeholder: 'node.param,…',
        help: 'Do not fit these; pupil.zernike means all its terms, bead.photons all planes.',
      },
      '--method': {
        kind: 'value',
        placeholder: 'lm|gauss-newton|lbfgs|adam|momentum|projection',
        help: 'How the loss is made small (lm; adam for maps, penalties and goals, which lm cannot fit).',
      },
      '--learning-rate': {
        kind: 'value',
        placeholder: 'R',
        help: `Step of adam, first step of momentum, in natural steps (${DEFAULT_FIT_OPTIONS.learningRate}).`,
      },
      '--schedule': {
        kind: 'value',
        placeholder: 'cosine|steps|constant',
        help: 'How that rate falls over the steps (cosine).',
      },
      '--stop-gain': {
        kind: 'value',
        placeholder: 'SHARE',
        help: 'End when the loss has fallen by less than this share of itself over 30 steps. Not for lm.',
      },
      '--starts': {
        kind: 'value',
        placeholder: 'N',
        help: 'Fit from N starts, the first as given, others drawn about it with --seed; the best is kept.',
      },
      '--start-spread': {
        kind: 'value',
        placeholder: 'S|ranges',
        help: 'Standard deviation of the starts in natural steps (3), or anywhere within the limits.',
      },
      '--max-iterations': {
        kind: 'value',
        placeholder: 'N',
        help: `Stop after N steps (${DEFAULT_FIT_OPTIONS.maxIterations}).`,
      },
      '--pixels': {
        kind: 'value',
        placeholder: 'all|some',
        help: 'Compare all pixels, or for speed only every few of a large image.',
      },
      '--compare-losses': {
        kind: 'value',
        placeholder: 'quick|always|never',
        help: 'Fit again by other measures and on fewer pixels, to see how far values move (quick: after fits of less than a second).',
      },
      '--backend': BACKEND,
      '--seed': { kind: 'value', placeholder: 'N', help: 'Seed of the noise of simulated targets.' },
      '--out': { kind: 'value', placeholder: 'FILE', help: 'Write the same JSON to FILE too.' },
    },
    [
      ...VALUES,
      'With --target, grid and camera take the size of the image, and x and y of spheres and beads are detected',
      'unless --set gives them.',
      EXIT_CODES,
    ],
  ),
  bounds: command(
    'bounds',
    'Print the errors that a fit of one image would have (Cramér-Rao bounds), before there is an image.',
    'FILE|--example ID',
    1,
    {
      '--example': EXAMPLE,
      '--set': SET,
      '--learn': {
        kind: 'list',
        placeholder: 'node.param,…',
        help: 'Unknowns, instead of what the design marks.',
      },
      '--fix': { kind: 'list', placeholder: 'node.param,…', help: 'These are known.' },
      '--noise': {
        kind: 'value',
        placeholder: 'NUMBER',
        help: 'Standard deviation of a pixel in the image’s unit, instead of the camera’s own noise.',
      },
      '--backend': BACKEND,
      '--csv': { kind: 'value', placeholder: 'FILE', help: 'Write a row for each unknown.' },
      '--out': { kind: 'value', placeholder: 'FILE', help: 'Write the same JSON to FILE too.' },
    },
    [
      ...VALUES,
      'No target is needed, only a camera; warnings name values that the image cannot tell apart, and what to do.',
      EXIT_CODES,
    ],
  ),
  'simulate-refit': command(
    'simulate-refit',
    'Simulate noisy images of a design, fit each, and compare the scatter of the values with their bounds.',
    'FILE|--example ID',
    1,
    {
      '--example': EXAMPLE,
      '--set': SET,
      '--learn': {
        kind: 'list',
        placeholder: 'node.param,…',
        help: 'Unknowns, instead of what the design marks.',
      },
      '--fix': { kind: 'list', placeholder: 'node.param,…', help: 'These are known.' },
      '--images': {
        kind: 'value',
        placeholder: 'N',
        help: `Images to simulate (${DEFAULT_REFIT_OPTIONS.images}).`,
      },
      '--noise': {
        kind: 'value',
        placeholder: 'NUMBER',
        help: 'Standard deviation of a pixel in the image’s unit, instead of the camera’s own noise.',
      },
      '--seed': { kind: 'value', placeholder: 'N', help: 'Seed of the first image; the others follow.' },
      '--backend': BACKEND,
      '--csv': { kind: 'value', placeholder: 'FILE', help: 'Write a row for each unknown.' },
      '--out': { kind: 'value', placeholder: 'FILE', help: 'Write the same JSON to FILE too.' },
    },
    [
      ...VALUES,
      'The values of the design are the truth. Fits begin one standard error away from it.',
      EXIT_CODES,
    ],
  ),
  find: command(
    'find',
    'Find the spheres of a hologram, with place, radius and index, and print them as JSON.',
    'FILE|--example ID',
    1,
    {
      '--example': EXAMPLE,
      '--set': SET,
      '--target': {
        kind: 'list',
        placeholder: 'NODE=IMAGE',
        help: 'Image (PNG, TIFF, NPY) for the target node; without it the design’s own.',
      },
      '--background': { kind: 'value', placeholder: 'IMAGE', help: 'Divide the target by this image.' },
      '--crop': {
        kind: 'value',
        placeholder: 'y0:y1,x0:x1',
        help: 'Part of the image to use, as slices of rows and columns.',
      },
      '--backend': BACKEND,
      '--out': {
        kind: 'value',
        placeholder: 'FILE',
        help: 'Write the design with these spheres, ready for luminode fit.',
      },
    },
    [
      ...VALUES,
      'Indices are looked for within 0.12 of the design’s, radii within a factor of four. Scores say which share of the',
      'variation around a sphere is explained; --out leaves out what is below 0.6.',
      EXIT_CODES,
    ],
  ),
  localise: command(
    'localise',
    'Localise the emitters of a movie with the design’s own image of a point, and write their table.',
    'FILE|--example ID',
    1,
    {
      '--example': EXAMPLE,
      '--movie': {
        kind: 'list',
        placeholder: 'FILE|FOLDER',
        help: 'TIFF or NPY with many pages, or single images sorted by their numbers. Repeatable.',
      },
      '--frames': { kind: 'value', placeholder: 'a:b:step', help: 'Frames to use, as a slice.' },
      '--dark': { kind: 'value', placeholder: 'IMAGE', help: 'Subtract this image from every frame.' },
      '--crop': {
        kind: 'value',
        placeholder: 'y0:y1,x0:x1',
        help: 'Part of the frames to use, as slices of rows and columns.',
      },
      '--depth': {
        kind: 'value',
        placeholder: 'LENGTH',
        help: 'Emitters lie up to so far above and below focus (600nm).',
      },
      '--threshold': {
        kind: 'value',
        placeholder: 'NUMBER',
        help: 'How far spots must stand out of the noise of the smoothed frame, in standard deviations (6).',
      },
      '--window': {
        kind: 'value',
        placeholder: 'PIXELS',
        help: 'Pixels along x and y that are fitted; without it as many as hold most of the light.',
      },
      '--set': SET,
      '--backend': BACKEND,
      '--csv': {
        kind: 'value',
        placeholder: 'FILE',
        help: 'Write a row for each emitter: place, photons, background and their errors.',
      },
      '--out': { kind: 'value', placeholder: 'FILE', help: 'Write the same JSON to FILE too.' },
    },
    [
      ...VALUES,
      'The design shows one bead or dipole to a camera whose pixels, gain, offset and read noise are those of the movie.',
      'In the CSV x and y begin at the corner of the frame, lengths are nanometres and frames count from 1.',
      EXIT_CODES,
    ],
  ),
  track: command(
    'track',
    'Follow what a design learns through a movie and print how it moves as JSON.',
    'FILE|--example ID',
    1,
    {
      '--example': EXAMPLE,
      '--movie': {
        kind: 'list',
        placeholder: 'FILE|FOLDER',
        help: 'TIFF or NPY with many pages, or single images sorted by their numbers. Repeatable.',
      },
      '--frames': { kind: 'value', placeholder: 'a:b:step', help: 'Frames to use, as a slice.' },
      '--frame-interval': {
        kind: 'value',
        placeholder: 'TIME',
        help: 'From one frame to the next, such as 20ms; diffusion needs it.',
      },
      '--background': {
        kind: 'value',
        placeholder: 'none|median|IMAGE',
        help: 'Divide frames of holograms by the median of the movie, or by an image.',
      },
      '--median-frames': {
        kind: 'value',
        placeholder: 'N',
        help: 'Take the median over N frames around each; without it over all.',
      },
      '--pixels': {
        kind: 'value',
        placeholder: 'all|some',
        help: 'Fit every frame on all its pixels, or on some: in half of the time, with larger errors.',
      },
      '--dark': { kind: 'value', placeholder: 'IMAGE', help: 'Subtract this image from every frame.' },
      '--crop': {
        kind: 'value',
        placeholder: 'y0:y1,x0:x1',
        help: 'Part of the frames to use, as slices of rows and columns.',
      },
      '--set': SET,
      '--learn': {
        kind: 'list',
        placeholder: 'node.param,…',
        help: 'Follow exactly these instead of what the design marks.',
      },
      '--fix': { kind: 'list', placeholder: 'node.param,…', help: 'Do not follow these.' },
      '--temperature': {
        kind: 'value',
        placeholder: 'KELVIN',
        help: 'For the radius by Stokes and Einstein.',
      },
      '--viscosity': {
        kind: 'value',
        placeholder: 'PASCAL-SECONDS',
        help: 'The same; 0.001 is water at 20 °C.',
      },
      '--backend': BACKEND,
      '--csv': { kind: 'value', placeholder: 'FILE', help: 'Write a row for each frame and particle.' },
      '--out': { kind: 'value', placeholder: 'FILE', help: 'Write the same JSON to FILE too.' },
    },
    [
      ...VALUES,
      'A frame that cannot be read or explained is listed with its reason, and the next one goes on.',
      EXIT_CODES,
    ],
  ),
  help: command('help', 'Print help, of one command when named.', '[COMMAND]', 1),
} as const;

export type CommandName = keyof typeof commands;

export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

export function overview(): string {
  const list = Object.values(commands).map((spec) => `  ${spec.name.padEnd(16)}${spec.summary}`);
  return [
    'Luminode on the command line: the same designs and the same engine as in the browser.',
    '',
    'Usage: luminode COMMAND …',
    '',
    ...list,
    '',
    'luminode help COMMAND lists the options of a command; luminode --version prints the version.',
    'Results go to stdout as text or JSON, everything else to stderr.',
    '',
  ].join('\n');
}

export function helpOf(name: CommandName): string {
  const spec: CommandSpec = commands[name];
  const rows = Object.entries(spec.options)
    .filter(([option]) => option !== '-h')
    .map(([option, { kind, placeholder, help }]) => {
      const left = kind === 'flag' ? option : `${option} ${placeholder ?? 'VALUE'}`;
      return left.length < 28 ? `  ${left.padEnd(28)}${help}` : `  ${left}\n${' '.repeat(30)}${help}`;
    });
  return [
    spec.summary,
    '',
    `Usage: luminode ${usageOf(spec)}`,
    '',
    ...rows,
    ...(spec.notes.length > 0 ? ['', ...spec.notes] : []),
    '',
  ].join('\n');
}
