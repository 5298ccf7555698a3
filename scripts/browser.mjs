// @ts-check
/**
 * Finds (or, as a last resort, installs) a Chromium and says how to launch it with WebGPU. Used by
 * playwright.config.ts and by the GPU tests, which must agree on both. `node scripts/browser.mjs` prints the choice.
 *
 * LUMINODE_BROWSER   path of the browser to use
 * LUMINODE_ADAPTER   hardware | software; found out by a short probe when not set
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from '@playwright/test';
import { root } from './environment.mjs';

/** @typedef {'hardware' | 'software'} Adapter */
/** @typedef {{ executablePath: string, adapter: Adapter, args: string[] }} BrowserSetup */

const PROGRAMS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'msedge',
  'microsoft-edge',
  'microsoft-edge-stable',
];

const MAC_PROGRAMS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

const WINDOWS_PROGRAMS = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * Windows of recent Chromium load two pages for the suggestions of their address bar, which nobody sees in a test and
 * which take as much time as the app itself.
 */
const UNSEEN = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];

/**
 * What Playwright turns off by itself: Chromium obeys the last list only, so ours has to repeat it
 * (`chromiumSwitches.ts` of playwright-core, less what concerns Edge only).
 */
const OFF_IN_PLAYWRIGHT = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'TcpPortRandomizationWin',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];

const ADVICE =
  'No Chromium was found and none could be installed: install Chromium, Chrome or Edge, or set LUMINODE_BROWSER to the path of one.';

/** @returns {string | null} */
function playwrightBrowser() {
  const path = chromium.executablePath();
  return path !== '' && existsSync(path) ? path : null;
}

/** @returns {string | null} */
function systemBrowser() {
  const isWindows = process.platform === 'win32';
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = PROGRAMS.flatMap((name) =>
    folders.map((folder) => join(folder, isWindows ? `${name}.exe` : name)),
  );
  const windowsRoots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap(
    (name) => process.env[name] ?? [],
  );
  const candidates = [
    ...onPath,
    ...(process.platform === 'darwin' ? MAC_PROGRAMS : []),
    ...(isWindows
      ? windowsRoots.flatMap((folder) => WINDOWS_PROGRAMS.map((program) => join(folder, program)))
      : []),
  ];
  return candidates.find((candidate) => existsSync(candidate)) ?? null;
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {number} timeout milliseconds
 */
function attempt(command, args, timeout) {
  const result = spawnSync(command, args, { cwd: root, timeout, stdio: ['ignore', 2, 2] });
  return result.status === 0;
}

/** @returns {string | null} */
function installedWithPlaywright() {
  console.error('No browser found; asking Playwright to download Chromium …');
  const cli = join(root, 'node_modules', '@playwright', 'test', 'cli.js');
  attempt(process.execPath, [cli, 'install', '--no-shell', 'chromium'], 120_000);
  return playwrightBrowser();
}

/** @returns {string | null} */
function installedWithPackageManager() {
  if (process.platform !== 'linux' || !attempt('apt-get', ['--version'], 10_000)) return null;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !attempt('sudo', ['-n', 'true'], 10_000)) return null;
  console.error('Installing Chromium with apt-get …');
  /** @param {string[]} args */
  const aptGet = (args) =>
    isRoot ? attempt('apt-get', args, 300_000) : attempt('sudo', ['-n', 'apt-get', ...args], 300_000);
  if (!aptGet(['update']) || !aptGet(['install', '-y', 'chromium'])) return null;
  return systemBrowser();
}

/**
 * Path of the browser to use.
 * @returns {string}
 * @throws Error with one sentence saying what to do when there is none
 */
export function findBrowser() {
  const chosen = process.env['LUMINODE_BROWSER'];
  if (chosen !== undefined && chosen !== '') {
    if (existsSync(chosen)) return chosen;
    throw new Error(`LUMINODE_BROWSER is "${chosen}", but there is no such file; correct it or unset it.`);
  }
  const found =
    playwrightBrowser() ?? systemBrowser() ?? installedWithPlaywright() ?? installedWithPackageManager();
  if (found === null) throw new Error(ADVICE);
  return found;
}

/**
 * Launch arguments that give pages a WebGPU adapter of the wanted kind.
 * @param {Adapter} adapter
 * @returns {string[]}
 */
export function launchArguments(adapter) {
  const off = [...OFF_IN_PLAYWRIGHT, ...UNSEEN];
  const args = ['--enable-unsafe-webgpu', '--ignore-gpu-blocklist', `--disable-features=${off.join(',')}`];
  if (process.platform === 'linux') args.push('--enable-features=Vulkan');
  if (adapter === 'software') args.push('--use-webgpu-adapter=swiftshader');
  // Chromium's sandbox does not start as root, and containers often have a tiny /dev/shm.
  if (process.getuid?.() === 0) args.push('--no-sandbox', '--disable-dev-shm-usage');
  return args;
}

/** Whether a Linux machine exposes any graphics device at all; without one a probe is wasted time. */
function hasGraphicsDevice() {
  return ['/dev/dri', '/dev/nvidia0', '/dev/dxg', '/dev/kfd'].some((device) => existsSync(device));
}

/**
 * Opens the browser once and asks it for a hardware adapter.
 * @param {string} executablePath
 * @returns {Promise<boolean>}
 */
async function offersHardware(executablePath) {
  let browser;
  try {
    browser = await chromium.launch({ executablePath, args: launchArguments('hardware'), timeout: 30_000 });
    const page = await browser.newPage();
    // WebGPU exists on secure origins only; localhost is one, and the route answers without a server.
    await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
    await page.goto('http://localhost/');
    return await page.evaluate(async () => {
      const adapter = (await navigator.gpu?.requestAdapter()) ?? null;
      if (adapter === null) return false;
      const { isFallbackAdapter, vendor, architecture, description } = adapter.info;
      const isSoftware = /swiftshader|llvmpipe|basic render/i.test(
        `${vendor} ${architecture} ${description}`,
      );
      return !isFallbackAdapter && !isSoftware;
    });
  } catch {
    return false;
  } finally {
    await browser?.close();
  }
}

/**
 * Real graphics hardware where there is any, else the software adapter.
 * @param {string} executablePath
 * @returns {Promise<Adapter>}
 */
async function chooseAdapter(executablePath) {
  const wanted = process.env['LUMINODE_ADAPTER'];
  if (wanted === 'hardware' || wanted === 'software') return wanted;
  if (wanted !== undefined && wanted !== '') {
    throw new Error(`LUMINODE_ADAPTER is "${wanted}"; it must be "hardware" or "software".`);
  }
  if (process.platform === 'linux' && !hasGraphicsDevice()) return 'software';
  return (await offersHardware(executablePath)) ? 'hardware' : 'software';
}

/**
 * Browser, adapter and launch arguments. The answer is left in the environment for child processes, so that the
 * search and the probe happen once per run.
 * @returns {Promise<BrowserSetup>}
 */
export async function browserSetup() {
  const executablePath = findBrowser();
  const adapter = await chooseAdapter(executablePath);
  process.env['LUMINODE_BROWSER'] = executablePath;
  process.env['LUMINODE_ADAPTER'] = adapter;
  return { executablePath, adapter, args: launchArguments(adapter) };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const setup = await browserSetup();
    console.log(`${setup.executablePath} (${setup.adapter} adapter)\n${setup.args.join(' ')}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
