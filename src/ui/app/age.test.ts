import { describe, expect, it } from 'vitest';
import { describeAge } from './age.ts';

const MINUTE = 60_000;

describe('age of a document', () => {
  it('is told in the largest unit that fits', () => {
    const now = Date.UTC(2026, 5, 15, 12);
    const ages = [0, 1, 59, 60, 23 * 60].map((minutes) => describeAge(now - minutes * MINUTE, now));
    expect(ages).toEqual(['just now', '1 minute ago', '59 minutes ago', '1 hour ago', '23 hours ago']);
    expect(describeAge(now - 3 * 24 * 60 * MINUTE, now)).toMatch(/2026/);
  });
});
