/** A diagnosis in words for a person, and as JSON for whoever asks for it. */
import type { Diagnosis } from '../../workers/protocol.ts';

/** What the page knows without measuring. */
export interface PageFacts {
  readonly version: string;
  readonly browser: string;
  readonly cores: number;
  /** GiB, where the browser tells. */
  readonly memory: number | null;
  readonly isolated: boolean;
  readonly pixelRatio: number;
}

export function pageFacts(): PageFacts {
  const { deviceMemory } = navigator as { deviceMemory?: number };
  return {
    version: String(import.meta.env['VITE_LUMINODE_VERSION'] ?? 'development'),
    browser: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
    memory: deviceMemory ?? null,
    isolated: globalThis.crossOriginIsolated === true,
    pixelRatio: globalThis.devicePixelRatio,
  };
}

/** "Chrome 142 on Linux" out of a user agent; the whole text where it is of another form. */
export function browserName(userAgent: string): string {
  const browser = [
    [/Edg\/(\d+)/, 'Edge'],
    [/OPR\/(\d+)/, 'Opera'],
    [/Firefox\/(\d+)/, 'Firefox'],
    [/Chrome\/(\d+)/, 'Chrome'],
    [/Version\/(\d+).*Safari/, 'Safari'],
  ] as const;
  const system = [
    [/Windows/, 'Windows'],
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Mac OS X/, 'macOS'],
    [/CrOS/, 'ChromeOS'],
    [/Linux/, 'Linux'],
  ] as const;
  const found = browser.find(([pattern]) => pattern.test(userAgent));
  const on = system.find(([pattern]) => pattern.test(userAgent));
  if (found === undefined) return userAgent;
  const name = `${found[1]} ${found[0].exec(userAgent)?.[1] ?? ''}`.trim();
  return on === undefined ? name : `${name} on ${on[1]}`;
}

/** "0.34 ms", "12 ms", "1.2 s". */
export function timeText(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return '–';
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  if (milliseconds >= 10) return `${Math.round(milliseconds)} ms`;
  return `${milliseconds.toFixed(milliseconds >= 1 ? 1 : 2)} ms`;
}

/** "2900", "81", "0.9": how many a second. */
export function rateText(milliseconds: number): string {
  const rate = 1000 / milliseconds;
  if (!Number.isFinite(rate)) return '–';
  if (rate >= 100) return String(Number(rate.toPrecision(2)));
  return rate >= 10 ? String(Math.round(rate)) : rate.toFixed(1);
}

/** Everything, for a report of a fault or a comparison of machines. Holds nothing of the user's document. */
export function diagnosisJson(facts: PageFacts, diagnosis: Diagnosis, date: Date): string {
  return JSON.stringify(
    { program: 'luminode', date: date.toISOString(), page: facts, engine: diagnosis },
    null,
    2,
  );
}
