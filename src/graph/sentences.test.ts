/** Sentences for people name nothing by the names that only the code has. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Words that are written so outside the code, too: in files, for example. */
const REAL_WORDS = new Set(['sCMOS', 'iSCAT', 'formatVersion']);

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/\.test\.ts$|examples|migrations/.test(path))
    .map((path) => join(folder, path));
}

/** A template without what is filled in; braces may be nested. */
function withoutValues(text: string): string {
  let [depth, plain] = [0, ''];
  for (let at = 0; at < text.length; at++) {
    if (depth === 0 && text.startsWith('${', at)) {
      depth = 1;
      at++;
    } else if (depth > 0) {
      depth += { '{': 1, '}': -1 }[text[at] ?? ''] ?? 0;
    } else plain += text[at];
  }
  return plain;
}

/** Texts of a file that end like a sentence: of problems, notes and fixes, and docs of parameters. */
function sentencesOf(code: string): readonly string[] {
  const lines = code.split('\n').filter((line) => !/^\s*(\/\/|\/?\*)/.test(line));
  return lines.flatMap((line) =>
    [...line.matchAll(/(['`])([A-Z“$].*?[.:?])\1[,;)]?\s*(?:;|,|\)|$)/g)].map(([, , text = '']) =>
      withoutValues(text),
    ),
  );
}

function internalWords(sentence: string): readonly string[] {
  return (sentence.match(/(?<![\w.])[a-z]+[A-Z]\w*\b/g) ?? []).filter((word) => !REAL_WORDS.has(word));
}

it.each(['src/optics', 'src/graph', 'src/cli'])('%s', (folder) => {
  const sentences = sources(folder).flatMap((path) => sentencesOf(readFileSync(path, 'utf8')));
  expect(sentences.length).toBeGreaterThan(30);
  expect(sentences.filter((sentence) => internalWords(sentence).length > 0)).toEqual([]);
});

it('finds a name of the code in a sentence', () => {
  const value = ['$', '{inMetres(a.pitch, { digits: 3 })}'].join('');
  const [sentence = ''] = sentencesOf(`      message: \`Give pixelPitch of ${value} µm.\`,\n`);
  expect(internalWords(sentence)).toEqual(['pixelPitch']);
});
