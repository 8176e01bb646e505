import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import t from 'tap';
import { languages } from '../../server/platform/i18n.ts';
import { searchForm } from '../../server/platform/text.ts';
import { project } from '../support/child.ts';

type Ast = ReturnType<IntlMessageFormat['getAst']>;
type Messages = Map<string, string>;

const catalogues = Object.fromEntries(languages.map((language) => [language, messagesIn(language)]));
const [vietnamese = new Map<string, string>()] = Object.values(catalogues);
const nouns = new Set(Array.from(vietnamese.keys(), nounOf));

/** SQL names columns as messages are named, and stands in no other files. */
const sources = globSync('{server,views}/**/*.{ts,js,eta}', { cwd: project })
  .filter((file) => !['queries.ts', 'access.ts'].includes(basename(file)))
  .map((file) => ({ file, text: readFileSync(join(project, file), 'utf8') }));

t.test('Every message is there in every language', async (t) => {
  for (const [language, messages] of Object.entries(catalogues)) {
    t.strictSame(without(vietnamese, messages), [], `nothing is missing in ${language}`);
    t.strictSame(without(messages, vietnamese), [], `nothing is in ${language} alone`);
  }
});

t.test('A message takes the same values, and tells the same cases apart, in every language', async (t) => {
  for (const [language, messages] of Object.entries(catalogues)) {
    const odd = [...messages].filter(([key, message]) => {
      const first = argumentsOf(vietnamese.get(key) ?? '', 'vi');
      return JSON.stringify(argumentsOf(message, language)) !== JSON.stringify(first);
    });
    t.strictSame(odd, [], language);
  }
});

t.test('Every message is a sentence: not blank, composed letters, no markup', async (t) => {
  for (const [language, messages] of Object.entries(catalogues)) {
    const odd = [...messages].filter(
      ([, message]) => message.trim() === '' || message !== message.normalize('NFC') || /<\/?[a-z]|&\w+;/.test(message),
    );
    t.strictSame(odd, [], language);
  }
});

t.test('Vietnamese is spelt one way: hoà, khoá, thuỷ', async (t) => {
  const odd = [...vietnamese].filter(([, message]) => searchForm(message) !== message.toLowerCase());
  t.strictSame(odd, []);
});

t.test('Every message that a source asks for by its whole name exists', async (t) => {
  const asked = sources.flatMap(({ file, text }) =>
    wholeNames(text)
      .filter((key) => !vietnamese.has(key))
      .map((key) => `${file}: ${key}`),
  );
  t.strictSame(asked, []);
});

t.test('Every message that a source puts together has at least one of its kind', async (t) => {
  const begun = sources.flatMap(({ file, text }) =>
    beginnings(text)
      .filter((start) => ![...vietnamese.keys()].some((key) => key.startsWith(start)))
      .map((start) => `${file}: ${start}`),
  );
  t.strictSame(begun, []);
});

t.test('Every message is asked for somewhere', async (t) => {
  const whole = new Set(sources.flatMap(({ text }) => wholeNames(text)));
  const starts = new Set(sources.flatMap(({ text }) => beginnings(text)));
  const words = new Set(sources.flatMap(({ text }) => quotedWords(text)));
  const wordStarts = sources.flatMap(({ text }) => quotedWordStarts(text));
  const unused = Array.from(vietnamese.keys()).filter((key) => {
    const [noun = '', word = ''] = key.split('.');
    if (whole.has(key)) return false;
    if ([...starts].some((start) => start !== `${noun}.` && key.startsWith(start))) return false;
    // Where all after the noun is put in, what is put in stands somewhere as a word.
    return !(starts.has(`${noun}.`) && (words.has(word) || wordStarts.some((start) => word.startsWith(start))));
  });
  t.strictSame(unused, []);
});

function messagesIn(language: string): Messages {
  const files = globSync(`views/locales/*.${language}.json`, { cwd: project });
  return new Map(
    files.flatMap((file) => {
      const noun = basename(file, `.${language}.json`);
      const entries: Record<string, string> = JSON.parse(readFileSync(join(project, file), 'utf8'));
      return Object.entries(entries).map(([key, message]): [string, string] => [`${noun}.${key}`, message]);
    }),
  );
}

function nounOf(key: string): string {
  return key.slice(0, key.indexOf('.'));
}

function without(some: Messages, others: Messages): string[] {
  return Array.from(some.keys()).filter((key) => !others.has(key));
}

/** `'courses.title'`, wherever it is written. */
function wholeNames(text: string): string[] {
  return Array.from(text.matchAll(/['"`]([a-z_]+)\.([a-z0-9_]+)['"`]/g))
    .filter(([, noun = '', key = '']) => nouns.has(noun) && !fileEndings.has(key))
    .map(([, noun, key]) => `${noun}.${key}`);
}
const fileEndings = new Set(['ts', 'js', 'json', 'eta', 'css', 'md', 'yaml']);

/** `courses.topic_` out of `courses.topic_${…}` */
function beginnings(text: string): string[] {
  return Array.from(text.matchAll(/`([a-z_]+)\.([a-z0-9_]*)\$\{/g))
    .filter(([, noun = '']) => nouns.has(noun))
    .map(([, noun, start]) => `${noun}.${start}`);
}

function quotedWords(text: string): string[] {
  return Array.from(text.matchAll(/['"`]([a-z0-9_]+)['"`]/g), ([, word = '']) => word);
}

/** `setting_` out of `setting_${…}` */
function quotedWordStarts(text: string): string[] {
  return Array.from(text.matchAll(/`([a-z0-9_]+_)\$\{/g), ([, start = '']) => start);
}

/** The names of what is put in, with the cases told apart by words; where a number changes words is each language's own affair. */
function argumentsOf(message: string, language: string): string[] {
  const found = new Set<string>();
  const visit = (ast: Ast): void => {
    for (const part of ast) {
      // By their numbers in the parser: 0 is text, 5 a choice by word, 6 one by number, 7 the number itself.
      if (part.type === 0 || part.type === 7) continue;
      found.add(part.type === 5 ? `${part.value}: ${Object.keys(part.options).sort()}` : part.value);
      if (part.type === 5 || part.type === 6) for (const { value } of Object.values(part.options)) visit(value);
    }
  };
  visit(new IntlMessageFormat(message, language, undefined, { ignoreTag: true }).getAst());
  return [...found].sort();
}
