import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';

interface Rule {
  files: string;
  pattern: RegExp;
  sample: string;
  why: string;
}

const project = fileURLToPath(new URL('../../', import.meta.url));
const views = 'views/**/*.{eta,html}';
const needsEval = 'needs eval, which the Content-Security-Policy forbids';

const rules: Rule[] = [
  { files: views, pattern: /\shx-on\b/, sample: '<p hx-on:click="x()">', why: `hx-on ${needsEval}` },
  {
    files: views,
    pattern: /\bhx-[\w-]+\s*=\s*["']?\s*(js|javascript):/,
    sample: '<a hx-vals="js:{a}">',
    why: `js: ${needsEval}`,
  },
  {
    files: views,
    pattern: /\bhx-trigger\s*=\s*("[^"]*\[|'[^']*\[)/,
    sample: '<a hx-trigger="click[ctrlKey]">',
    why: `a filter ${needsEval}`,
  },
  {
    files: views,
    pattern: /\sstyle\s*=\s*["']/,
    sample: '<p\nstyle="color:red">',
    why: 'styles live in views/assets/styles',
  },
  {
    // But for the one file that is taken along.
    files: 'views/!(offline)/**/*.{eta,html}',
    pattern: /<script(?![^>]*\ssrc=)/,
    sample: '<script>x()</script>',
    why: 'scripts live in views/assets/scripts',
  },
  {
    files: views,
    pattern: /\son[a-z]{3,}\s*=\s*["']/,
    sample: '<p onclick="x()">',
    why: 'scripts live in views/assets/scripts',
  },
  {
    files: views,
    pattern: /=\s*["']?\s*javascript:/i,
    sample: '<a href="javascript:x()">',
    why: 'scripts live in views/assets/scripts',
  },
  {
    // The database that we start ourselves is a program.
    files: 'server/{*.{ts,js},!(database)/**/*.ts}',
    pattern: /child_process|\beval\(|\bnew Function\(|\bvm'/,
    sample: "import { execFile } from 'node:child_process';",
    why: 'what people send starts no program and is none',
  },
  {
    files: 'server/**/*.ts',
    pattern: /\bmd5\b|\bMath\.random\b/i,
    sample: 'const code = Math.random();',
    why: 'chance comes from node:crypto or a seed, and MD5 proves nothing',
  },
  {
    files: 'views/**/*.{eta,html,js,ts}',
    pattern: /\b(?:localStorage|sessionStorage|indexedDB|postMessage|serviceWorker)\b|document\.cookie/,
    sample: "localStorage.setItem('name', name);",
    why: 'a browser keeps nothing of a person but the cookie of the session',
  },
  {
    files: '{server,migrations,tests,views}/**/*.{ts,js,eta,css}',
    pattern: /\b(T[O]DO|F[I]XME)\b/,
    sample: `// ${'TO'}DO`,
    why: 'do it now, or not at all',
  },
  {
    files: 'tests/**/*.test.ts',
    pattern: /\bt\.[o]nly\(|\b[o]nly: true/,
    sample: `t.${'only'}('x')`,
    why: 'the other tests would be left out',
  },
];

t.test('Every rule finds what it forbids', async (t) => {
  for (const { pattern, sample } of rules) t.match(sample, pattern);
});

for (const { files, pattern, why } of rules) {
  t.test(`No file has ${pattern}: ${why}`, async (t) => {
    const names = globSync(files, { cwd: project });
    t.not(names.length, 0);
    const found = names.flatMap((name) => placesOf(pattern, name));
    t.strictSame(found, []);
  });
}

function placesOf(pattern: RegExp, name: string): string[] {
  const text = readFileSync(project + name, 'utf8');
  const matches = [...text.matchAll(new RegExp(pattern, `g${pattern.flags}`))];
  return matches.map(({ index }) => `${name}:${text.slice(0, index).split('\n').length}`);
}
