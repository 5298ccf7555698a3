/** Words of a command line to options and operands. What is wrong is said before anything is read or computed. */
import { nearNames, orList } from '../graph/names.ts';
import { UsageError } from './io.ts';

export interface OptionSpec {
  /** `list` options may be repeated; of the others the last one counts. */
  readonly kind: 'flag' | 'value' | 'list';
  /** Stands for the value in the help: `N`, `DIR`. */
  readonly placeholder?: string;
  readonly help: string;
}

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** Operands as shown in the usage line. */
  readonly operands: string;
  readonly maxOperands: number;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Closing lines of the help. */
  readonly notes: readonly string[];
}

export class Words {
  readonly operands: readonly string[];
  private readonly given: ReadonlyMap<string, readonly string[]>;

  constructor(operands: readonly string[], given: ReadonlyMap<string, readonly string[]>) {
    this.operands = operands;
    this.given = given;
  }

  has(option: string): boolean {
    return this.given.has(option);
  }

  /** Value of an option; the last one where it was repeated. */
  value(option: string): string | null {
    return this.given.get(option)?.at(-1) ?? null;
  }

  values(option: string): readonly string[] {
    return this.given.get(option) ?? [];
  }

  /** Entries of comma-separated lists, over all repetitions. */
  entries(option: string): readonly string[] {
    return this.values(option).flatMap((text) =>
      text
        .split(',')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== ''),
    );
  }
}

/**
 * `--name value`, `--name=value`, `--flag`; the rest are operands, and so is everything behind `--`.
 * @throws UsageError with the nearest option that exists
 */
export function readWords(spec: CommandSpec, words: readonly string[]): Words {
  const operands: string[] = [];
  const given = new Map<string, string[]>();
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const option = Object.hasOwn(spec.options, name) ? spec.options[name] : undefined;
    if (option === undefined) throw unknownOption(spec, name);
    const list = given.get(name) ?? [];
    given.set(name, list);
    if (option.kind === 'flag') {
      if (equals >= 0) throw new UsageError(`${name} takes no value.`);
      continue;
    }
    const value = equals >= 0 ? word.slice(equals + 1) : words[++at];
    if (value === undefined || value === '' || (equals < 0 && Object.hasOwn(spec.options, value)))
      throw new UsageError(`${name} needs a value: ${name} ${option.placeholder ?? 'VALUE'}.`);
    list.push(value);
  }
  const extra = operands[spec.maxOperands];
  if (extra !== undefined)
    throw new UsageError(
      `“${extra.slice(0, 60)}” is one word too many; the usage is: luminode ${usageOf(spec)}`,
    );
  return new Words(operands, given);
}

function unknownOption(spec: CommandSpec, name: string): UsageError {
  const near = nearNames(name, Object.keys(spec.options));
  const hint = near.length > 0 ? ` Did you mean ${orList(near)}?` : ` See luminode help ${spec.name}.`;
  return new UsageError(`luminode ${spec.name} has no option ${name.slice(0, 60)}.${hint}`);
}

export function usageOf(spec: CommandSpec): string {
  const options = Object.entries(spec.options)
    .filter(([name]) => !['--help', '-h', '--example'].includes(name))
    .map(([name, option]) => {
      const value = option.kind === 'flag' ? '' : ` ${option.placeholder ?? 'VALUE'}`;
      return `[${name}${value}]${option.kind === 'list' ? '…' : ''}`;
    });
  return [spec.name, spec.operands, ...options].filter((part) => part !== '').join(' ');
}

/** A whole number in a range, or a UsageError that names the option. */
export function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\+?\d+$/.test(text.trim()) && value >= min && value <= max) return value;
  throw new UsageError(`${option} takes a whole number from ${min} to ${max}, not “${text.slice(0, 40)}”.`);
}

/** One of a few words, or a UsageError with the nearest. */
export function oneOf<T extends string>(option: string, text: string, known: readonly T[]): T {
  const found = known.find((word) => word === text);
  if (found !== undefined) return found;
  const near = nearNames(text, known);
  const hint = near.length > 0 ? `Did you mean ${orList(near)}?` : `Choose ${orList(known)}.`;
  throw new UsageError(`${option} cannot be “${text.slice(0, 40)}”. ${hint}`);
}
