import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { oneOf, readWords, usageOf, wholeNumber } from './commandLine.ts';
import { type CommandName, commands, helpOf } from './commands.ts';
import { UsageError } from './io.ts';

const { run, fit } = commands;

describe('words of a command line', () => {
  it('takes values behind the option and behind an equals sign', () => {
    const words = readWords(run, ['a.json', '--set', 'x.y=1', '--set=x.z=-2', '--out=d', '--seed', '3']);
    expect(words.operands).toEqual(['a.json']);
    expect(words.values('--set')).toEqual(['x.y=1', 'x.z=-2']);
    expect(words.value('--out')).toBe('d');
    expect(words.value('--seed')).toBe('3');
    expect(words.value('--backend')).toBeNull();
  });

  it('takes values that begin with a minus', () => {
    expect(readWords(fit, ['a.json', '--planes', '-5:', '--crop', '-9:,:']).value('--planes')).toBe('-5:');
  });

  it('counts the last of a repeated option and collects lists', () => {
    const words = readWords(fit, [
      'a',
      '--backend',
      'f64',
      '--backend',
      'wasm',
      '--learn',
      'a.b, c.d,',
      '--learn=e.f',
    ]);
    expect(words.value('--backend')).toBe('wasm');
    expect(words.entries('--learn')).toEqual(['a.b', 'c.d', 'e.f']);
  });

  it('takes everything behind -- as an operand', () => {
    expect(readWords(run, ['--', '--odd-name.json']).operands).toEqual(['--odd-name.json']);
  });

  it.each([
    ['a misspelt option', ['--bakend', 'wasm'], 'Did you mean --backend?'],
    ['an option of another command', ['--crop', '1:2,3:4'], 'no option --crop'],
    ['a missing value at the end', ['--out'], '--out needs a value: --out DIR.'],
    ['an option in place of a value', ['--out', '--seed', '1'], '--out needs a value'],
    ['an empty value', ['--out='], '--out needs a value'],
    ['a value for a flag', ['--help=1'], '--help takes no value'],
    ['two files', ['a.json', 'b.json'], '“b.json” is one word too many'],
    ['a name that every object has', ['--toString'], 'no option --toString'],
  ])('refuses %s', (_, words, reason) => {
    expect(() => readWords(run, words)).toThrow(UsageError);
    expect(() => readWords(run, words)).toThrow(reason);
  });

  it('reads whole numbers in a range and nothing else', () => {
    expect(wholeNumber('--seed', '7', 0, 10)).toBe(7);
    for (const text of ['', '-1', '11', '1.5', '1e1', 'x', '0x1', 'Infinity'])
      expect(() => wholeNumber('--seed', text, 0, 10)).toThrow('--seed takes a whole number from 0 to 10');
  });

  it('offers the nearest word', () => {
    expect(oneOf('--backend', 'wasm', ['auto', 'wasm'])).toBe('wasm');
    expect(() => oneOf('--backend', 'wsm', ['auto', 'wasm'])).toThrow('Did you mean wasm?');
    expect(() => oneOf('--backend', 'cuda', ['auto', 'wasm'])).toThrow('Choose auto or wasm.');
  });
});

describe('help', () => {
  it.each(Object.keys(commands) as CommandName[])('of %s names every option', (name) => {
    const text = helpOf(name);
    for (const option of Object.keys(commands[name].options))
      if (option !== '-h') expect(text).toContain(option);
    expect(text).toContain(`luminode ${usageOf(commands[name])}`);
  });

  it.each(['nodes', 'check', 'run', 'fit', 'track', 'localise'] as const)(
    'of %s stands in docs/command-line.md as it is',
    async (name) => {
      expect(await readFile('docs/command-line.md', 'utf8')).toContain(helpOf(name).trimEnd());
    },
  );
});
