import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { compileViews } from '../../server/platform/views.ts';
import { project } from '../support/child.ts';
import { parse } from '../support/html.ts';

const templates = globSync('views/**/*.eta', { cwd: project }).map((file) => ({
  name: file.slice('views/'.length, -'.eta'.length),
  text: readFileSync(join(project, file), 'utf8'),
}));
/** They leave the site: a letter, the page in somebody's archive, and the file that checks without network. */
const documents = ['mail/letter', 'my-data/archive', 'offline/verify'];
const names = templates.map(({ name }) => name);
const pages = names.filter((name) => !/(^|\/)_|^layouts\//.test(name) && !documents.includes(name));
const sources = globSync('server/**/*.ts', { cwd: project }).map((file) => readFileSync(join(project, file), 'utf8'));

/** Out of every `interface Views { 'courses/show': … }`, and of the error pages, which are named by their status. */
const declared = sources.flatMap((text) =>
  Array.from(text.matchAll(/^ {4}'([a-z-]+\/[a-z-]+)':/gm), ([, name]) => String(name)),
);
const errorPages = pages.filter((name) => /^errors\/\d{3}$/.test(name));

t.test('Every template compiles', async (t) => {
  t.doesNotThrow(() => compileViews());
});

t.test('A page is declared with its data, and what is declared is there', async (t) => {
  t.strictSame([...declared, ...errorPages].sort(), pages.sort());
});

t.test('Every fragment and layout is used, and none is used that is not there', async (t) => {
  const used = new Set(
    templates.flatMap(({ text }) =>
      Array.from(text.matchAll(/(?:include|layout)\('\/([^']+)'/g), ([, name]) => String(name)),
    ),
  );
  const others = names.filter((name) => !pages.includes(name) && !documents.includes(name));
  t.strictSame([...used].sort(), others.sort());
});

t.test('A page declares the layout first; a fragment begins with an element that has an id', async (t) => {
  for (const { name, text } of templates) {
    if (pages.includes(name)) t.match(text, /^<% layout\('\/layouts\/page', \{/, name);
  }
  const nameless = templates.filter(({ name, text }) => {
    const [first] = /<\w[^>]*>/.exec(text.replace(/<%[\s\S]*?%>/g, '')) ?? [];
    return name.includes('/_') && first !== undefined && !/\sid="/.test(first);
  });
  t.strictSame(
    nameless.map(({ name }) => name),
    [],
  );
});

t.test('No style and no script stands inside a template: the policy would stop it', async (t) => {
  for (const { name, text } of templates) {
    const markup = text.replace(/<%[\s\S]*?%>/g, '');
    t.notMatch(markup, /\sstyle=/i, `${name} has no style attribute`);
    t.notMatch(markup, /\son[a-z]+=/i, `${name} has no handler attribute`);
    t.notMatch(markup, /javascript:/i, `${name} has no script address`);
    // A file on its own has its scripts inside, and brings its own policy.
    if (name === 'offline/verify') continue;
    t.notMatch(markup.replace(/<script src="[^"]*" defer><\/script>/g, ''), /<script/i, `${name} has no inline script`);
    if (name !== 'layouts/page' && !documents.includes(name))
      t.notMatch(markup, /<style/i, `${name} has no style of its own`);
  }
});

t.test('Nothing in a template is fetched from elsewhere', async (t) => {
  for (const { name, text } of templates) {
    t.notMatch(text, /(?:src|srcset|action|rel="\w+" href)="(?:https?:)?\/\//i, name);
  }
});

t.test('A template escapes: it puts in unescaped only what was sanitised, or made by a template', async (t) => {
  const trusted = /^(?:include\(|body$|html$|\w+Html$|\w+\.(?:html|\w+Html)$|page\.assets\.criticalCss$|wide \? )/;
  // Of a question, rendered and sanitised when it was published; `described` is made of its id.
  const ofQuestions =
    /^(?:(?:question\.)?ask\.(?:text|after|prompts\[position\])|pair\.prompt|feedback|hint|described)$/;
  // The same, rendered and sanitised while it is written: for its author, with what only markers see otherwise.
  const ofDrafts =
    /^(?:question\.(?:text|after|generalFeedback)|(?:option|answer)\.(?:text|feedback)|pair\.prompt|hint|note)$/;
  const raw = templates.flatMap(({ name, text }) =>
    Array.from(text.matchAll(/<%~\s*([\s\S]*?)\s*%>/g), ([, code = '']) => ({ name, code })),
  );
  const odd = raw.filter(({ name, code }) => {
    const isQuestion =
      (name.startsWith('attempts/') && ofQuestions.test(code)) ||
      (name === 'essays/show' && /^essay\.(?:text|notes)$/.test(code));
    const isDraft = name === 'publishing/_questions' && ofDrafts.test(code);
    return !isQuestion && !isDraft && !trusted.test(code);
  });
  t.strictSame(odd, []);
});

t.test('Words stand in the files of messages, not in templates', async (t) => {
  const wordy = templates.flatMap(({ name, text }) => {
    if (name.startsWith('styleguide/')) return [];
    const shown = text
      .replace(/<%[\s\S]*?%>/g, '')
      .replace(/<style>[\s\S]*?<\/style>/g, '')
      .replace(/<[^>]*>|[\w-]+=""|&\w+;/g, '\n')
      .replaceAll('Đom Đóm', '');
    return Array.from(shown.matchAll(/\p{L}{2,}[^\n]*/gu), ([words]) => `${name}: ${words}`);
  });
  t.strictSame(wordy, []);
});

t.test('The page for the worst day needs nothing else, and speaks both languages', async (t) => {
  const html = parse(readFileSync(join(project, 'views/errors/fallback.html'), 'utf8'));
  t.equal(html.querySelectorAll('script, style, img, link[rel=stylesheet]').length, 0);
  t.strictSame(
    html.querySelectorAll('[lang]').map((element) => element.getAttribute('lang')),
    ['vi', 'en', 'en'],
  );
  t.equal(html.querySelector('a')?.getAttribute('href'), '/');
});
