import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';

const run = promisify(execFile);
const project = fileURLToPath(new URL('../../', import.meta.url));

/** What few requests need, each of several megabytes once it is read. */
const seldom = [
  ...['pdfkit', 'fontkit', 'sharp', 'qrcode', 'esbuild', 'nodemailer', 'prom-client', 'write-excel-file', 's3mini'],
  ...['@simplewebauthn/server', 'sanitize-html', 'jsonld', 'mammoth', 'hast-util-from-html', 'mdast-util-to-markdown'],
  ...['csv-parse', 'diff', 'tar-stream', 'yauzl', 'ajv'],
];

const script = `
  const { registerHooks } = process.getBuiltinModule('module');
  const read = new Set();
  registerHooks({
    load(url, context, next) {
      read.add(/^file:.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1] ?? '');
      return next(url, context);
    },
  });
  await import('./server/main.ts');
  console.log(JSON.stringify([...read]));
`;

t.test('A start reads no library that few requests need: what it carries is held for ever', async (t) => {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: project });
  const read: string[] = JSON.parse(stdout);
  t.ok(read.includes('fastify'), 'it sees what is read');
  for (const name of seldom) t.notOk(read.includes(name), name);
});
