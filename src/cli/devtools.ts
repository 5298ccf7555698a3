/**
 * A browser driven over the pipe of the Chrome DevTools protocol: messages are JSON, ended by a zero byte, on file
 * descriptors 3 (to the browser) and 4 (from it). Needs no package and no open port.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

interface Pending {
  readonly settle: (result: Readonly<Record<string, unknown>>) => void;
  readonly fail: (error: Error) => void;
}

/** How long a browser may take to close by itself. */
const CLOSE_MILLISECONDS = 3000;
const ADVICE = 'Set LUMINODE_BROWSER to a Chromium that starts here, or use --backend wasm.';

export type EventHandler = (method: string, params: Readonly<Record<string, unknown>>) => void;

export class Browser {
  private readonly child: ChildProcess;
  private readonly profile: string;
  private readonly toBrowser: Writable;
  private readonly pending = new Map<number, Pending>();
  private readonly onEvent: EventHandler;
  private readonly exited: Promise<void>;
  private next = 1;
  private gone: Error | null = null;

  private constructor(program: string, child: ChildProcess, profile: string, onEvent: EventHandler) {
    this.child = child;
    this.profile = profile;
    this.onEvent = onEvent;
    // The streams exist because spawn was told to make pipes of both.
    this.toBrowser = child.stdio[3] as Writable;
    this.listen(child.stdio[4] as Readable);
    this.exited = new Promise((settle) => {
      child.once('close', () => {
        this.end(new Error(`The browser ${program} ended before it had answered. ${ADVICE}`));
        settle();
      });
    });
    child.once('error', (error) =>
      this.end(new Error(`The browser ${program} could not be started: ${error.message}. ${ADVICE}`)),
    );
    // A closed pipe means that the browser has ended, which `close` says better.
    this.toBrowser.on('error', () => undefined);
  }

  static async launch(program: string, args: readonly string[], onEvent: EventHandler): Promise<Browser> {
    const profile = await mkdtemp(join(tmpdir(), 'luminode-browser-'));
    const child = spawn(
      program,
      [
        '--headless',
        '--remote-debugging-pipe',
        `--user-data-dir=${profile}`,
        '--no-first-run',
        '--no-default-browser-check',
        '--disable-background-timer-throttling',
        '--disable-renderer-backgrounding',
        ...args,
        'about:blank',
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    return new Browser(program, child, profile, onEvent);
  }

  /** Sends a command and resolves with its result. */
  send(method: string, params: object = {}, sessionId?: string): Promise<Readonly<Record<string, unknown>>> {
    if (this.gone !== null) return Promise.reject(this.gone);
    const id = this.next++;
    return new Promise((settle, fail) => {
      this.pending.set(id, { settle, fail });
      this.toBrowser.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** Closes the browser, by force where it does not close by itself, and removes its profile. */
  async close(): Promise<void> {
    if (this.gone === null) this.send('Browser.close').catch(() => undefined);
    const forced = setTimeout(() => this.child.kill('SIGKILL'), CLOSE_MILLISECONDS);
    await this.exited;
    clearTimeout(forced);
    // Helper processes may write for a moment longer; a profile left in the temporary folder harms nobody.
    await rm(this.profile, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }

  private listen(stream: Readable): void {
    let parts: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => {
      let from = 0;
      for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, from)) {
        parts.push(chunk.subarray(from, end));
        this.receive(Buffer.concat(parts).toString('utf8'));
        parts = [];
        from = end + 1;
      }
      if (from < chunk.length) parts.push(chunk.subarray(from));
    });
  }

  private receive(text: string): void {
    let message: Message;
    try {
      message = JSON.parse(text) as Message;
    } catch {
      this.end(new Error(`What the browser answered cannot be read. ${ADVICE}`));
      return;
    }
    if (message.id === undefined) {
      if (message.method === 'Inspector.targetCrashed')
        this.end(new Error('The page of the browser crashed.'));
      else if (message.method !== undefined) this.onEvent(message.method, message.params ?? {});
      return;
    }
    const waiting = this.pending.get(message.id);
    this.pending.delete(message.id);
    if (message.error !== undefined) waiting?.fail(new Error(message.error.message));
    else waiting?.settle(message.result ?? {});
  }

  private end(reason: Error): void {
    this.gone ??= reason;
    for (const { fail } of this.pending.values()) fail(reason);
    this.pending.clear();
  }
}
