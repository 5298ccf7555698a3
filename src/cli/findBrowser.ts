/** Which browser computes for `--backend webgpu`, and how it is launched with WebGPU. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Failure } from './io.ts';

export interface BrowserProgram {
  readonly path: string;
  readonly args: readonly string[];
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];
const ELSEWHERE = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
const ADVICE =
  'WebGPU needs a browser and none was found: install Chromium, Chrome or Edge, set LUMINODE_BROWSER to the path of one, or use --backend wasm.';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * LUMINODE_BROWSER, else a browser of the system, else (in a checkout) the one that the tests use.
 * @param root folder of the package
 */
export function findBrowser(root: string, env: Environment): BrowserProgram {
  const chosen = env['LUMINODE_BROWSER'] ?? '';
  if (chosen !== '') {
    if (existsSync(chosen)) return { path: chosen, args: launchArguments(env) };
    throw new Failure(`LUMINODE_BROWSER is “${chosen}”, but there is no such file; correct it or unset it.`);
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...ELSEWHERE].find(
    existsSync,
  );
  if (found !== undefined) return { path: found, args: launchArguments(env) };
  return findTestBrowser(root) ?? fail();
}

function fail(): never {
  throw new Failure(ADVICE);
}

/** The finder of the tests knows Playwright's browsers too. It prints `path (kind adapter)` and the arguments. */
function findTestBrowser(root: string): BrowserProgram | null {
  const finder = join(root, 'scripts', 'browser.mjs');
  if (!existsSync(finder)) return null;
  const { status, stdout } = spawnSync(process.execPath, [finder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
  });
  const [first = '', second = ''] = stdout.split('\n');
  const path = /^(.*) \(\w+ adapter\)$/.exec(first)?.[1];
  return status === 0 && path !== undefined ? { path, args: second.split(' ') } : null;
}

function launchArguments(env: Environment): readonly string[] {
  const args = ['--enable-unsafe-webgpu', '--ignore-gpu-blocklist'];
  if (process.platform === 'linux') args.push('--enable-features=Vulkan');
  if (usesSoftwareAdapter(env['LUMINODE_ADAPTER'])) args.push('--use-webgpu-adapter=swiftshader');
  // Chromium's sandbox does not start as root, and containers often have a tiny /dev/shm.
  if (process.getuid?.() === 0) args.push('--no-sandbox', '--disable-dev-shm-usage');
  return args;
}

/** As the tests decide it: a Linux machine without any graphics device has only the software adapter. */
function usesSoftwareAdapter(wanted: string | undefined): boolean {
  if (wanted === 'software' || wanted === 'hardware') return wanted === 'software';
  const devices = ['/dev/dri', '/dev/nvidia0', '/dev/dxg', '/dev/kfd'];
  return process.platform === 'linux' && !devices.some((device) => existsSync(device));
}
