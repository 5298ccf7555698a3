import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dependenciesOutOfDate, root } from '../scripts/environment.mjs';
import { addCounts, countPlaywright, countVitest, formatCounts, judge } from '../scripts/report.mjs';
import { parseHeaders, serve } from '../scripts/serve.mjs';
import { stages } from '../scripts/stages.mjs';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'luminode-house-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function writeJson(path: string, value: unknown): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, JSON.stringify(value));
  return file;
}

describe('dependenciesOutOfDate', () => {
  const locked = {
    '': {},
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/b': { version: '2.0.0', integrity: 'sha512-b', optional: true },
  };

  function reasonWith(present: Record<string, unknown> | null): string | null {
    writeJson('package-lock.json', { packages: locked });
    if (present !== null) writeJson('node_modules/.package-lock.json', { packages: present });
    return dependenciesOutOfDate(folder);
  }

  it('accepts what the lock file says, without optional packages of other platforms', () => {
    expect(reasonWith({ 'node_modules/a': locked['node_modules/a'] })).toBeNull();
  });

  it.each([
    ['nothing is installed', null, 'not installed'],
    ['a package is missing', {}, 'node_modules/a is not installed'],
    ['a version differs', { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } }, '1.0.1'],
    [
      'the content differs',
      { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } },
      'node_modules/a',
    ],
  ])('says why when %s', (_case, present, words) => {
    expect(reasonWith(present)).toContain(words);
  });
});

describe('counting tests', () => {
  it('counts tests of Vitest, and a file that failed to load as one failure', () => {
    const statuses = (...all: string[]) => all.map((status) => ({ status }));
    const report = writeJson('vitest.json', {
      testResults: [
        { status: 'passed', assertionResults: statuses('passed', 'passed', 'pending', 'todo') },
        { status: 'failed', assertionResults: statuses('failed') },
        { status: 'failed', assertionResults: [] },
      ],
    });
    expect(countVitest(report)).toEqual({ passed: 2, failed: 2, skipped: 2 });
  });

  it('counts tests of Playwright, and a flaky one as a failure', () => {
    const report = writeJson('playwright.json', {
      stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 },
    });
    expect(countPlaywright(report)).toEqual({ passed: 5, failed: 2, skipped: 2 });
  });

  it('knows no counts without a readable report', () => {
    expect(countVitest(join(folder, 'absent.json'))).toBeNull();
    writeFileSync(join(folder, 'broken.json'), '{');
    expect(countPlaywright(join(folder, 'broken.json'))).toBeNull();
  });

  it('writes the closing line', () => {
    const sum = addCounts([
      { passed: 3, failed: 0, skipped: 0 },
      { passed: 4, failed: 1, skipped: 0 },
    ]);
    expect(formatCounts(sum)).toBe('7 passed, 1 failed');
    expect(formatCounts({ ...sum, skipped: 2 })).toBe('7 passed, 1 failed, 2 skipped');
  });
});

describe('judging a stage', () => {
  const passed = (count: number) => ({ passed: count, failed: 0, skipped: 0 });

  it('passes when the counts, the exit code and the least number agree', () => {
    expect(judge(passed(5), 0, 5)).toEqual({ counts: passed(5), problem: null });
  });

  it.each([
    ['the runner fails without a failed test', passed(5), 1, 0],
    ['the runner leaves no report', null, 0, 0],
    ['tests are missing', passed(4), 0, 5],
    ['the suite is empty', passed(0), 0, 1],
  ])('fails when %s', (_case, counts, exitCode, minimum) => {
    const verdict = judge(counts, exitCode, minimum);
    expect(verdict.counts.failed).toBe(1);
    expect(verdict.problem).not.toBeNull();
  });

  it('does not count a failure twice', () => {
    expect(judge({ passed: 1, failed: 2, skipped: 0 }, 1, 10).counts.failed).toBe(2);
  });

  it('has stages with different names, each with a least number of tests', () => {
    expect(new Set(stages.map((stage) => stage.id)).size).toBe(stages.length);
    for (const stage of stages) expect(stage.minimumTests).toBeGreaterThanOrEqual(0);
  });
});

describe('the static server', () => {
  interface Answer {
    readonly status: number;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly body: string;
  }

  /** Unlike fetch, sends the path as it stands, dots and all. */
  function get(url: string, path: string, method = 'GET'): Promise<Answer> {
    return new Promise((settle, fail) => {
      const { hostname, port } = new URL(url);
      const sent = request({ hostname, port, path, method }, (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          body += text;
        });
        response.on('end', () =>
          settle({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      });
      sent.on('error', fail);
      sent.end();
    });
  }

  async function withServer(action: (url: string) => Promise<void>): Promise<void> {
    mkdirSync(join(folder, 'app', 'assets'), { recursive: true });
    writeFileSync(join(folder, 'app', 'index.html'), '<!doctype html><title>page</title>');
    writeFileSync(join(folder, 'app', 'assets', 'kernels.wasm'), 'wasm');
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    const { url, close } = await serve({ folder: join(folder, 'app'), port: 0 });
    try {
      await action(url);
    } finally {
      close();
    }
  }

  it('isolates the page and forbids framing it', async () => {
    await withServer(async (url) => {
      const { status, headers, body } = await get(url, '/');
      expect(status).toBe(200);
      expect(body).toContain('page');
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
      expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
      expect(headers['content-security-policy']).toBe("frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
    });
  });

  it('names the type of WebAssembly, and lets hashed files be kept', async () => {
    await withServer(async (url) => {
      const { headers } = await get(url, '/assets/kernels.wasm');
      expect(headers['content-type']).toBe('application/wasm');
      expect(headers['cache-control']).toContain('immutable');
      expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
    });
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%00',
    '/%',
    '/none.js',
    '/assets',
  ])('does not answer %s', async (path) => {
    await withServer(async (url) => {
      const { status, body } = await get(url, path);
      expect(status).toBe(404);
      expect(body).not.toContain('secret');
    });
  });

  it('only reads', async () => {
    await withServer(async (url) => {
      expect((await get(url, '/', 'POST')).status).toBe(405);
      expect((await get(url, '/', 'HEAD')).body).toBe('');
    });
  });

  it('refuses a port that is in use', async () => {
    await withServer(async (url) => {
      const port = Number(new URL(url).port);
      await expect(serve({ folder, port })).rejects.toThrow(`Port ${port} is in use`);
    });
  });

  it('reads patterns of a _headers file literally but for the star', () => {
    const rules = parseHeaders('# note\n/a.b/*\n  X-One: 1: 2\n');
    expect(rules[0]?.headers).toEqual({ 'X-One': '1: 2' });
    expect(rules[0]?.pattern.test('/a.b/c')).toBe(true);
    expect(rules[0]?.pattern.test('/aXb/c')).toBe(false);
  });
});

describe('index.html', () => {
  const html = readFileSync(join(root, 'index.html'), 'utf8');
  const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(html)?.[1] ?? '';
  const directives = new Map(
    policy.split(';').map((each) => {
      const [name = '', ...values] = each.trim().split(/\s+/);
      return [name, values] as const;
    }),
  );

  it('allows scripts only from its own origin, and WebAssembly', () => {
    expect(directives.get('default-src')).toEqual(["'none'"]);
    expect(directives.get('script-src')).toEqual(["'self'", "'wasm-unsafe-eval'"]);
  });

  it('lets nothing leave the machine', () => {
    expect(policy).not.toMatch(/https?:|wss?:|\*/);
    expect(directives.get('connect-src')).toEqual(["'self'", 'blob:', 'data:']);
    expect(html).not.toMatch(/(?:src|href)="https?:/);
  });
});
