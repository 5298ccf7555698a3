import { expect, it } from 'vitest';
import type { Diagnosis } from '../../workers/protocol.ts';
import { browserName, diagnosisJson, rateText, timeText } from './report.ts';

it.each([
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    'Chrome 142 on Linux',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36 Edg/142.0',
    'Edge 142 on Windows',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
    'Safari 26 on macOS',
  ],
  ['Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox 145 on Linux'],
  ['something else', 'something else'],
])('names the browser of %s', (userAgent, name) => {
  expect(browserName(userAgent)).toBe(name);
});

it.each([
  [0.344, '0.34 ms', '2900'],
  [5.26, '5.3 ms', '190'],
  [12.4, '12 ms', '81'],
  [1234, '1.2 s', '0.8'],
  [Number.NaN, '–', '–'],
])('writes %s ms', (milliseconds, time, rate) => {
  expect(timeText(milliseconds)).toBe(time);
  expect(rateText(milliseconds)).toBe(rate);
});

it('gives everything as JSON', () => {
  const facts = { version: '1.2.3', browser: 'b', cores: 4, memory: null, isolated: true, pixelRatio: 2 };
  const diagnosis: Diagnosis = {
    backend: 'wasm',
    adapter: null,
    reason: 'r',
    threads: 2,
    isolated: true,
    selfTest: { ok: true, detail: '' },
    rows: [{ id: 'a', title: 'A', milliseconds: 1.5, runs: 3 }],
  };
  const parsed: unknown = JSON.parse(diagnosisJson(facts, diagnosis, new Date(0)));
  expect(parsed).toEqual({
    program: 'luminode',
    date: '1970-01-01T00:00:00.000Z',
    page: facts,
    engine: diagnosis,
  });
});
