/** Serves the built page to the browser that computes, on a port of the loopback address only. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

export interface PageServer {
  /** Without a slash at its end. */
  readonly address: string;
  readonly close: () => void;
}

export async function servePage(folder: string): Promise<PageServer> {
  const server = createServer((request, response) => {
    const file = fileOf(folder, request.url ?? '/');
    const reading = file === null ? Promise.reject(new Error('outside')) : readFile(file);
    reading.then(
      (bytes) => {
        const type = TYPES[extname(file ?? '').toLowerCase()] ?? 'application/octet-stream';
        response.writeHead(200, { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff' });
        response.end(bytes);
      },
      () => {
        response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' });
        response.end('There is no such file.');
      },
    );
  });
  const port = await new Promise<number>((settle, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      settle(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  return {
    address: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The file below the folder that an address names; null for anything that leads out of it. */
export function fileOf(folder: string, url: string): string | null {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    const file = normalize(join(folder, path));
    return file.startsWith(folder + sep) && !file.includes('\0') ? file : null;
  } catch {
    return null;
  }
}
