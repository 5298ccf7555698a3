import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Browser } from './devtools.ts';
import { findBrowser } from './findBrowser.ts';
import { fileOf, servePage } from './pageServer.ts';
import { makeFolder } from './testSupport.ts';

/** A program that speaks the protocol: echoes parameters in pieces, reports an event, and ends on request. */
const FAKE = `
import { createReadStream, createWriteStream } from 'node:fs';
const out = createWriteStream('', { fd: 4 });
let text = '';
createReadStream('', { fd: 3, encoding: 'utf8' }).on('data', (chunk) => {
  text += chunk;
  for (let end = text.indexOf('\\0'); end >= 0; end = text.indexOf('\\0')) {
    const { id, method, params } = JSON.parse(text.slice(0, end));
    text = text.slice(end + 1);
    if (method === 'Browser.close' || method === 'die') process.exit(0);
    const answer = method === 'fail' ? { id, error: { message: 'No such method.' } } : { id, result: params };
    const event = { method: 'Some.event', params: { id } };
    const bytes = Buffer.from(JSON.stringify(event) + '\\0' + JSON.stringify(answer) + '\\0');
    // Odd pieces: characters of several bytes are cut in two.
    for (let from = 0; from < bytes.length; from += 7777) out.write(bytes.subarray(from, from + 7777));
  }
});
`;

async function fakeBrowser(): Promise<string> {
  const folder = await makeFolder();
  await writeFile(join(folder, 'fake.mjs'), FAKE);
  const program = join(folder, 'browser');
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${join(folder, 'fake.mjs')}'\n`);
  await chmod(program, 0o755);
  return program;
}

// The fake is a shell script; the pipe itself is the same everywhere.
describe.skipIf(process.platform === 'win32')('a browser on a pipe', () => {
  it('answers commands, reports events and closes', async () => {
    const events: string[] = [];
    const browser = await Browser.launch(await fakeBrowser(), [], (method) => events.push(method));
    const long = 'µ'.repeat(200_000);
    expect(await Promise.all([browser.send('a', { text: long }), browser.send('b', { n: 2 })])).toEqual([
      { text: long },
      { n: 2 },
    ]);
    expect(events).toEqual(['Some.event', 'Some.event']);
    await expect(browser.send('fail')).rejects.toThrow('No such method.');
    await browser.close();
    await expect(browser.send('a')).rejects.toThrow('ended before it had answered');
  });

  it('fails what waits when the browser dies, and what comes after', async () => {
    const browser = await Browser.launch(await fakeBrowser(), [], () => undefined);
    await expect(browser.send('die')).rejects.toThrow('Set LUMINODE_BROWSER');
    await expect(browser.send('a')).rejects.toThrow('ended');
    await browser.close();
  });

  it('says that a program cannot be started', async () => {
    const browser = await Browser.launch('/no/such/browser', [], () => undefined);
    await expect(browser.send('a')).rejects.toThrow('/no/such/browser could not be started');
    await browser.close();
  });
});

describe('finding a browser', () => {
  it('prefers LUMINODE_BROWSER and says when it is wrong', async () => {
    const path = process.execPath;
    expect(findBrowser('/', { LUMINODE_BROWSER: path, PATH: '' }).path).toBe(path);
    expect(() => findBrowser('/', { LUMINODE_BROWSER: '/no/such/file' })).toThrow('correct it or unset it');
  });

  it('looks through PATH', async () => {
    const folder = await makeFolder();
    await mkdir(join(folder, 'bin'));
    const program = join(folder, 'bin', 'chromium');
    await writeFile(program, '');
    expect(findBrowser('/', { PATH: `/nowhere:${join(folder, 'bin')}` }).path).toBe(program);
  });

  it('asks for the software adapter where it is wanted', () => {
    const args = (LUMINODE_ADAPTER: string) =>
      findBrowser('/', { LUMINODE_BROWSER: process.execPath, LUMINODE_ADAPTER }).args;
    expect(args('software')).toContain('--use-webgpu-adapter=swiftshader');
    expect(args('hardware')).not.toContain('--use-webgpu-adapter=swiftshader');
  });
});

describe('the page server', () => {
  it('serves files of its folder on the loopback address and nothing else', async () => {
    const folder = await makeFolder();
    await mkdir(join(folder, 'app'));
    await writeFile(join(folder, 'app', 'engine.html'), '<p>engine</p>');
    await writeFile(join(folder, 'secret.txt'), 'secret');
    const server = await servePage(join(folder, 'app'));
    try {
      const page = await fetch(`${server.address}/engine.html`);
      expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([
        200,
        'text/html; charset=utf-8',
        '<p>engine</p>',
      ]);
      for (const path of ['/none.js', '/..%2fsecret.txt', '/%00', '/'])
        expect((await fetch(server.address + path)).status).toBe(404);
    } finally {
      server.close();
    }
  });

  it.each(['/../secret.txt', '/..%2f..%2fetc/passwd', '/%', '/a%00b'])(
    'does not leave its folder for %s',
    (url) => {
      const file = fileOf('/srv/app', url);
      expect(file === null || file.startsWith('/srv/app/')).toBe(true);
    },
  );
});
