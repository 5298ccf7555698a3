/** `luminode`: the command line program. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { nearNames, orList } from '../graph/names.ts';
import { boundsCommand } from './bounds.ts';
import { printExample, printExamples, printNodes } from './catalogue.ts';
import { checkCommand } from './check.ts';
import { readWords } from './commandLine.ts';
import { type CommandName, commands, helpOf, isCommand, overview } from './commands.ts';
import { findCommand } from './find.ts';
import { fitCommand } from './fit.ts';
import { EXIT, Failure, type Io, sentenceOf, toJson, UsageError } from './io.ts';
import { localiseCommand } from './localise.ts';
import { version } from './packageRoot.ts';
import { pythonCommand } from './python.ts';
import { runCommand } from './run.ts';
import { simulateRefitCommand } from './simulateRefit.ts';
import { trackCommand } from './track.ts';

/**
 * Runs one command.
 * @param argv words behind the program's name
 * @returns the exit code: 0 done, 1 invalid design or failed, 2 wrong usage
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (error instanceof UsageError) {
      io.stderr(`luminode: ${error.message}\n`);
      return EXIT.usage;
    }
    const failure = error instanceof Failure ? error : unexpected(error, io);
    io.stdout(toJson({ error: failure.message, ...failure.details }));
    io.stderr(`luminode: ${failure.message}\n`);
    return EXIT.failed;
  }
}

function unexpected(error: unknown, io: Io): Failure {
  if (error instanceof Error && error.stack !== undefined) io.stderr(`${error.stack}\n`);
  return new Failure(`This is a fault of Luminode, please report it: ${sentenceOf(error)}`);
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined) throw new UsageError('Name a command; luminode help lists them.');
  if (name === '--version' || name === '-V') {
    io.stdout(`${version()}\n`);
    return EXIT.done;
  }
  if (name === '--help' || name === '-h') {
    io.stdout(overview());
    return EXIT.done;
  }
  if (!isCommand(name)) throw unknownCommand(name);
  const words = readWords(commands[name], rest);
  if (words.has('--help') || words.has('-h')) {
    io.stdout(helpOf(name));
    return EXIT.done;
  }
  switch (name) {
    case 'nodes':
      printNodes(words, io);
      return EXIT.done;
    case 'examples':
      printExamples(io);
      return EXIT.done;
    case 'example':
      printExample(words, io);
      return EXIT.done;
    case 'help':
      io.stdout(help(words.operands[0]));
      return EXIT.done;
    case 'check':
      return checkCommand(words, io);
    case 'run':
      return runCommand(words, io);
    case 'python':
      return pythonCommand(words, io);
    case 'fit':
      return fitCommand(words, io);
    case 'bounds':
      return boundsCommand(words, io);
    case 'simulate-refit':
      return simulateRefitCommand(words, io);
    case 'find':
      return findCommand(words, io);
    case 'localise':
      return localiseCommand(words, io);
    case 'track':
      return trackCommand(words, io);
  }
}

function help(topic: string | undefined): string {
  if (topic === undefined) return overview();
  if (!isCommand(topic)) throw unknownCommand(topic);
  return helpOf(topic);
}

function unknownCommand(name: string): UsageError {
  const known: CommandName[] = Object.keys(commands).filter(isCommand);
  const near = nearNames(name, known);
  const hint = near.length > 0 ? `Did you mean ${orList(near)}?` : `The commands are ${known.join(', ')}.`;
  return new UsageError(`There is no command “${name.slice(0, 60)}”. ${hint}`);
}

/** npm links the program, so paths are compared behind links. */
function isProgram(): boolean {
  const program = process.argv[1];
  if (program === undefined) return false;
  try {
    return realpathSync(program) === realpathSync(fileURLToPath(import.meta.url));
  } catch {
    return false;
  }
}

if (isProgram()) {
  // A reader such as `head` that has seen enough closes the pipe; that is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  process.exitCode = await run(process.argv.slice(2), {
    cwd: process.cwd(),
    isTerminal: process.stdout.isTTY === true,
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
  });
}
