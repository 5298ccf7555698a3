/** What a command may do to the outside besides files, and the two ways in which it can end badly. */

export interface Io {
  /** Folder that relative paths start from. */
  readonly cwd: string;
  /** The command's result and nothing else. */
  readonly stdout: (text: string) => void;
  /** Whether a person reads stdout: what stands there need not be said on stderr again. */
  readonly isTerminal: boolean;
  /** Everything meant for a person: progress, notes, hints. */
  readonly stderr: (text: string) => void;
}

export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** The command line itself cannot be understood: exit code 2 and one line that says what was wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was understood and cannot be done: exit code 1 and `{error: sentence}` on stdout. */
export class Failure extends Error {
  override readonly name = 'Failure';
  /** Entries of the JSON beside `error`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(sentence: string, details: Readonly<Record<string, unknown>> = {}) {
    super(sentence);
    this.details = details;
  }
}

/** Text of an error as one sentence. */
export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text === '' ? 'It failed without a reason.' : text;
}

/** Indented JSON with a newline at its end. NaN and infinities, which JSON does not have, become null. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
