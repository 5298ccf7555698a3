/** The commands with their options: what the parser accepts and the help prints. */
import { DEFAULT_FIT_OPTIONS } from '../graph/fitOptions.ts';
import { DEFAULT_REFIT_OPTIONS } from '../graph/refitOptions.ts';
import { type CommandSpec, type OptionSpec, usageOf } from './commandLine.ts';

const flag = (help: string): OptionSpec => ({ kind: 'flag', help });
const value = (placeholder: string, help: string): OptionSpec => ({ kind: 'value', placeholder, help });
/** May be given several times. */
const list = (placeholder: string, help: string): OptionSpec => ({ kind: 'list', placeholder, help });

const HELP = flag('Print this help.');
const SAME_JSON = { '--out': value('FILE', 'Write the same JSON to FILE too.') };
/** A design and what computes it. */
const DESIGN = {
  '--example': value('ID', 'Use a built-in example instead of a file.'),
  '--set': list(
    'node.param=VALUE',
    'Set a parameter, grid.samples, grid.pitch or seed; ==FORMULA links it to others. Repeatable.',
  ),
  '--backend': value(
    'auto|webgpu|wasm|f64',
    'What computes. auto is wasm here; webgpu runs in a headless Chromium; f64 is the float64 reference.',
  ),
};
const PRIOR = {
  '--prior': list(
    'node.param=VALUE±ERROR',
    'What is known of a learned value before the fit: its mean and standard deviation. Repeatable.',
  ),
};
/** What is asked of a design that has no image yet. */
const UNKNOWNS = {
  '--learn': list('node.param,…', 'Unknowns, instead of what the design marks.'),
  '--fix': list('node.param,…', 'These are known.'),
  ...PRIOR,
  '--noise': value(
    'NUMBER',
    'Standard deviation of a pixel in the image’s unit, instead of the camera’s own noise.',
  ),
  '--csv': value('FILE', 'Write a row for each unknown.'),
};
const MOVIE = {
  '--movie': list(
    'FILE|FOLDER',
    'TIFF or NPY with many pages, or single images sorted by their numbers. Repeatable.',
  ),
  '--frames': value('a:b:step', 'Frames to use, as a slice.'),
  '--dark': value('IMAGE', 'Subtract this image from every frame.'),
  '--crop': value('y0:y1,x0:x1', 'Part of the frames to use, as slices of rows and columns.'),
};

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
    '--json': flag('As JSON.'),
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
    { '--example': DESIGN['--example'] },
    [EXIT_CODES],
  ),
  run: command(
    'run',
    'Compute every camera, or the light at chosen nodes, and print a summary as JSON.',
    'FILE|--example ID',
    1,
    {
      ...DESIGN,
      '--seed': value('N', 'Seed of the noise.'),
      '--node': list(
        'NODE,…',
        'Give the light at these nodes too (its irradiance). Without a camera: where the light ends.',
      ),
      '--out': value('DIR', 'Write each image to DIR/NODE.npy ([…, ny, nx], <f4, or <f8 with f64).'),
    },
    [...VALUES, EXIT_CODES],
  ),
  python: command(
    'python',
    'Print a design as a script of NumPy that computes the mean images of its cameras.',
    'FILE|--example ID',
    1,
    {
      '--example': DESIGN['--example'],
      '--set': DESIGN['--set'],
      '--out': value('FILE', 'Write the script to FILE instead.'),
    },
    [
      ...VALUES,
      'The script holds all its formulas and runs with NumPy and SciPy. docs/keeping.md lists the elements that scripts',
      'cover; a design with another is refused with its name.',
      EXIT_CODES,
    ],
  ),
  fit: command(
    'fit',
    'Fit a design to its target images and print parameters with errors as JSON.',
    'FILE|--example ID',
    1,
    {
      ...DESIGN,
      '--target': list('NODE=IMAGE', 'Image (PNG, TIFF, NPY) for a target node. Repeatable.'),
      '--background': value(
        'IMAGE',
        'Divide the targets by this image; without it a relative image is divided by its mean.',
      ),
      '--crop': value('y0:y1,x0:x1', 'Part of the images to use, as slices of rows and columns.'),
      '--planes': value('a:b:step', 'Planes of a stack to use, as a slice.'),
      '--flip': value('none|x|y|xy', 'Mirror the images left to right, top to bottom or both.'),
      '--rotate': value('DEGREES', 'Then turn them, clockwise; multiples of 90 lose nothing.'),
      '--scale': value('FACTOR', 'Then enlarge them, about the middle.'),
      '--shift': value('X,Y', 'Then shift them, in pixels to the right and down.'),
      '--learn': list('node.param,…', 'Fit exactly these instead of what the design marks.'),
      '--fix': list(
        'node.param,…',
        'Do not fit these; pupil.zernike means all its terms, bead.photons all planes.',
      ),
      ...PRIOR,
      '--method': value(
        'lm|gauss-newton|lbfgs|adam|momentum|projection',
        'How the loss is made small (lm; for maps, penalties and goals, which it cannot fit, lbfgs or adam).',
      ),
      '--learning-rate': value(
        'R',
        `Step of adam, first step of momentum, in natural steps (${DEFAULT_FIT_OPTIONS.learningRate}; 1 where adam is taken for rough ways).`,
      ),
      '--schedule': value('cosine|steps|constant', 'How that rate falls over the steps (cosine).'),
      '--stop-gain': value(
        'SHARE',
        'End when the loss has fallen by less than this share of itself over 30 steps. Not for lm.',
      ),
      '--starts': value(
        'N',
        'Fit from N starts, the first as given, others drawn about it with --seed; the best is kept.',
      ),
      '--start-spread': value(
        'S|ranges',
        'Standard deviation of the starts in natural steps (3), or anywhere within the limits.',
      ),
      '--max-iterations': value('N', `Stop after N steps (${DEFAULT_FIT_OPTIONS.maxIterations}).`),
      '--pixels': value('all|some', 'Compare all pixels, or for speed only every few of a large image.'),
      '--compare-losses': value(
        'quick|always|never',
        'Fit again by other measures and on fewer pixels, to see how far values move (quick: after fits of less than a second).',
      ),
      '--seed': value('N', 'Seed of the noise of simulated targets.'),
      ...SAME_JSON,
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
      ...DESIGN,
      ...UNKNOWNS,
      ...SAME_JSON,
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
      ...DESIGN,
      ...UNKNOWNS,
      '--images': value('N', `Images to simulate (${DEFAULT_REFIT_OPTIONS.images}).`),
      '--seed': value('N', 'Seed of the first image; the others follow.'),
      ...SAME_JSON,
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
      ...DESIGN,
      '--target': list(
        'NODE=IMAGE',
        'Image (PNG, TIFF, NPY) for the target node; without it the design’s own.',
      ),
      '--background': value('IMAGE', 'Divide the target by this image.'),
      '--crop': value('y0:y1,x0:x1', 'Part of the image to use, as slices of rows and columns.'),
      '--out': value('FILE', 'Write the design with these spheres, ready for luminode fit.'),
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
      ...DESIGN,
      ...MOVIE,
      '--offset-map': value('IMAGE', 'Counts without light of each pixel, instead of the camera’s offset.'),
      '--gain-map': value('IMAGE', 'Counts per electron of each pixel, instead of the camera’s gain.'),
      '--variance-map': value('IMAGE', 'Variance of the read noise of each pixel, counts².'),
      '--depth': value('LENGTH', 'Emitters lie up to so far above and below focus (600nm).'),
      '--threshold': value(
        'NUMBER',
        'How far spots must stand out of the noise of the smoothed frame, in standard deviations (6).',
      ),
      '--window': value(
        'PIXELS',
        'Pixels along x and y that are fitted; without it as many as hold most of the light.',
      ),
      '--csv': value('FILE', 'Write a row for each emitter: place, photons, background and their errors.'),
      ...SAME_JSON,
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
      ...DESIGN,
      ...MOVIE,
      '--frame-interval': value('TIME', 'From one frame to the next, such as 20ms; diffusion needs it.'),
      '--background': value(
        'none|median|IMAGE',
        'Divide frames of holograms by the median of the movie, or by an image.',
      ),
      '--median-frames': value('N', 'Take the median over N frames around each; without it over all.'),
      '--pixels': value(
        'all|some',
        'Fit every frame on all its pixels, or on some: in half of the time, with larger errors.',
      ),
      '--learn': list('node.param,…', 'Follow exactly these instead of what the design marks.'),
      '--fix': list('node.param,…', 'Do not follow these.'),
      '--temperature': value('KELVIN', 'For the radius by Stokes and Einstein.'),
      '--viscosity': value('PASCAL-SECONDS', 'The same; 0.001 is water at 20 °C.'),
      '--csv': value('FILE', 'Write a row for each frame and particle.'),
      ...SAME_JSON,
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
