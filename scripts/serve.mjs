// @ts-check
/**
 * A small static server for dist/app. It sends the headers declared in public/_headers (the same file that
 * static hosts read), so the page is cross-origin isolated here as it is there. Node built-ins only.
 */
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { root } from './environment.mjs';

const FIRST_PORT = 5173;
const LAST_PORT = FIRST_PORT + 200;

/** @type {Record<string, string>} */
const MIME = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/**
 * Reads a `_headers` file: a path pattern at the start of a line, indented `Name: value` lines below it.
 * @param {string} text
 * @returns {{ pattern: RegExp, headers: Record<string, string> }[]}
 */
export function parseHeaders(text) {
  /** @type {{ pattern: RegExp, headers: Record<string, string> }[]} */
  const rules = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    if (/^\S/.test(line)) {
      const escaped = line.trim().replace(/[.+?^${}()|[\]\\]/g, '\\$&');
      rules.push({ pattern: new RegExp(`^${escaped.replaceAll('*', '.*')}$`), headers: {} });
      continue;
    }
    const colon = line.indexOf(':');
    const rule = rules.at(-1);
    if (colon > 0 && rule !== undefined)
      rule.headers[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
  }
  return rules;
}

/**
 * Headers that public/_headers declares for a path.
 * @param {string} path
 * @returns {Record<string, string>}
 */
export function headersFor(path) {
  const rules = parseHeaders(readFileSync(join(root, 'public', '_headers'), 'utf8'));
  return Object.assign({}, ...rules.filter((rule) => rule.pattern.test(path)).map((rule) => rule.headers));
}

/**
 * @param {string} folder
 * @param {string} url
 * @returns {{ path: string, file: string } | null}
 */
function resolveFile(folder, url) {
  let path;
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return null;
  }
  if (path.includes('\0')) return null;
  if (path.endsWith('/')) path += 'index.html';
  const file = normalize(join(folder, path));
  if (!file.startsWith(folder + sep) || !existsSync(file) || !statSync(file).isFile()) return null;
  return { path, file };
}

/**
 * @param {string} folder
 * @returns {import('node:http').RequestListener}
 */
function answer(folder) {
  return (request, response) => {
    const found = resolveFile(folder, request.url ?? '/');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (found === null || !isRead) {
      response.writeHead(isRead ? 404 : 405, {
        'Content-Type': 'text/plain; charset=utf-8',
        ...headersFor('/'),
      });
      response.end(isRead ? 'There is no such file.' : 'Only GET and HEAD are answered here.');
      return;
    }
    response.writeHead(200, {
      'Content-Type': MIME[extname(found.file).toLowerCase()] ?? 'application/octet-stream',
      'Content-Length': statSync(found.file).size,
      ...headersFor(found.path),
    });
    if (request.method === 'HEAD') response.end();
    else createReadStream(found.file).pipe(response);
  };
}

/**
 * @param {import('node:http').Server} server
 * @param {number} port
 * @param {string} host
 * @returns {Promise<number>} the port, which matters when 0 was asked
 */
function listen(server, port, host) {
  return new Promise((settle, fail) => {
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      const address = server.address();
      settle(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/**
 * Listens on both loopback addresses, since `localhost` may mean either.
 * @param {import('node:http').RequestListener} listener
 * @param {number} port
 */
async function listenOnLoopback(listener, port) {
  const first = createServer(listener);
  const actual = await listen(first, port, '127.0.0.1');
  const second = createServer(listener);
  try {
    await listen(second, actual, '::1');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EADDRINUSE') {
      first.close();
      throw error;
    }
    // Machines without IPv6 have no ::1; the first address is enough there.
  }
  return { port: actual, servers: [first, second] };
}

/**
 * Serves a folder on localhost.
 * @param {object} options
 * @param {string} [options.folder] dist/app when absent
 * @param {number | undefined} [options.port] exactly this port (0: any); when absent the first free one from 5173
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export async function serve({ folder = join(root, 'dist', 'app'), port } = {}) {
  for (let candidate = port ?? FIRST_PORT; candidate <= Math.max(port ?? 0, LAST_PORT); candidate += 1) {
    try {
      const listening = await listenOnLoopback(answer(folder), candidate);
      return {
        url: `http://localhost:${listening.port}`,
        close: () => {
          for (const server of listening.servers) server.close();
        },
      };
    } catch (error) {
      const isBusy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (port !== undefined && isBusy) {
        throw new Error(
          `Port ${port} is in use; set PORT to another one, or leave it out to have one chosen.`,
        );
      }
      if (!isBusy) throw error;
    }
  }
  throw new Error(`All ports from ${FIRST_PORT} to ${LAST_PORT} are in use; set PORT to a free one.`);
}
