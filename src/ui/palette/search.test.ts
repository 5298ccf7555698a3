import { describe, expect, it } from 'vitest';
import { registry } from '../stores/app.ts';
import { searchElements } from './search.ts';

const all = [...registry.values()];
const find = (query: string): string[] => searchElements(all, query).map(({ type }) => type);

describe('element search', () => {
  it('gives everything for an empty query', () => {
    expect(find('  ')).toHaveLength(all.length);
  });

  it('puts a title that begins with the word first', () => {
    expect(find('came')[0]).toBe('camera');
    expect(find('PUPIL')[0]).toBe('pupil');
  });

  it('puts a whole title before longer titles with the same words', () => {
    expect(find('beam splitter')[0]).toBe('beamSplitter');
    for (const { title, type } of all) expect(find(title)[0], title).toBe(type);
  });

  it('reads a hyphen as a space', () => {
    expect(find('double-slit')).toEqual(find('double slit'));
    expect(find('double-slit')).toContain('aperture');
  });

  it('knows what people call things', () => {
    expect(find('zernike')).toContain('pupil');
    expect(find('likelihood')).toContain('loss');
  });

  it('wants every word to match', () => {
    expect(find('camera zernike')).toEqual([]);
    expect(find('qqq')).toEqual([]);
  });
});
