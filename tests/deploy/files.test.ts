import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { project } from '../support/child.ts';

const folder = join(project, 'server/deploy');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const settings = new Set(
  [...readFileSync(join(project, 'server/config.ts'), 'utf8').matchAll(/'([A-Z]+(?:_[A-Z]+)*)'/g)].map(
    ([, name]) => name,
  ),
);

interface Compose {
  services: Record<string, { environment?: Record<string, string>; volumes?: string[]; depends_on?: object }>;
  volumes: Record<string, object>;
}
const compose: Compose = parse(read('compose.yaml'), { merge: true });

/** Of others than the app: what sets up PostgreSQL, what Node itself reads. */
const foreign = ['POSTGRES_PASSWORD', 'POSTGRES_USER', 'POSTGRES_DB', 'NODE_ENV', 'MALLOC_ARENA_MAX'];

t.test('Every setting that is named is one', async (t) => {
  const named = [
    ...Object.values(compose.services).flatMap(({ environment = {} }) => Object.keys(environment)),
    ...[...read('Dockerfile').matchAll(/(?<=^ENV .*)\b([A-Z][A-Z_]+)=/gm)].map(([, name]) => name),
    ...[...read('domdom.service').matchAll(/(?<=^Environment=.*)\b([A-Z][A-Z_]+)=/gm)].map(([, name]) => name),
    ...[...read('README.md').matchAll(/`([A-Z]+(?:_[A-Z]+)+)\b/g)].map(([, name]) => name),
  ];
  t.ok(named.length > 15);
  for (const name of named) t.ok(foreign.includes(String(name)) || settings.has(String(name)), String(name));
});

t.test('Programs find each other', async (t) => {
  const [, port] = /ENV .*\bPORT=(\d+)/.exec(read('Dockerfile')) ?? [];
  const upstream = [...read('nginx.conf').matchAll(/server (\w+):(\d+) max_fails/g)];
  t.strictSame(
    upstream.map(([, name, at]) => [name, at]),
    [
      ['app1', port],
      ['app2', port],
    ],
  );
  for (const [, name = ''] of upstream) t.ok(name in compose.services);
  const [, host = '', poolPort] = /@(\w+):(\d+)\//.exec(compose.services.app1?.environment?.DATABASE_URL ?? '') ?? [];
  t.ok(host in compose.services);
  t.match(read('pgbouncer.ini'), `listen_port = ${poolPort}\n`);
  const [, behind = ''] = /host=(\w+)/.exec(read('pgbouncer.ini')) ?? [];
  t.ok(behind in compose.services);
  for (const { depends_on = {} } of Object.values(compose.services))
    for (const name of Object.keys(depends_on)) t.ok(name in compose.services, name);
});

t.test('App servers share files and key, and no data folder', async (t) => {
  const mounts = (name: string) =>
    (compose.services[name]?.volumes ?? []).map((mount): [string, string] => {
      const [source = '', target = ''] = mount.split(':');
      return [target, source];
    });
  const [one, other] = [new Map(mounts('app1')), new Map(mounts('app2'))];
  t.equal(one.get('/data/files'), other.get('/data/files'));
  t.equal(one.get('/keys'), other.get('/keys'));
  t.not(one.get('/data'), other.get('/data'));
  for (const source of one.values()) t.ok(source in compose.volumes, source);
});

t.test('The proxy speaks TLS 1.2 and later, says itself who asks, and keeps operators’ pages inside', async (t) => {
  const text = read('nginx.conf');
  t.match(text, /^ *ssl_protocols TLSv1\.2 TLSv1\.3;$/m);
  t.match(text, /listen 80;[^}]*return 301 https:/);
  t.match(text, /^ *proxy_set_header X-Forwarded-For \$remote_addr;$/m);
  t.match(text, /^ *proxy_no_cache \$http_cookie;$/m);
  t.match(text, /^ *server_tokens off;$/m);
  for (const path of ['/metrics', '/readyz']) t.match(text, new RegExp(`location = ${path} \\{\\s*return 404;`));
  t.notMatch(text, /autoindex|^ *(?:root|alias) /m);
});

t.test('What the image copies and starts is there, and all that the server reads is in it', async (t) => {
  const text = read('Dockerfile');
  const copied = [...text.matchAll(/^COPY (?!--)(.*) \S+$/gm)].flatMap(([, names = '']) => names.split(' '));
  for (const name of copied) t.ok(existsSync(join(project, name)), name);
  for (const name of ['server', 'views', 'courses', 'migrations', 'package.json']) t.ok(copied.includes(name), name);
  const ignored = read('Dockerfile.dockerignore');
  for (const name of copied) t.match(ignored, `!${name}\n`);
  const [, command = ''] = /^CMD (\[.*\])$/m.exec(text) ?? [];
  const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  const [setting, ...started] = scripts.start.split(' ');
  t.strictSame(JSON.parse(command), started, 'as npm start does, and no shell between: signals arrive');
  for (const file of [text, read('domdom.service')]) t.match(file, ` ${setting} `);
  t.match(
    read('domdom.service'),
    /^ExecStart=\/usr\/bin\/node --max-semi-space-size=4 --max-old-space-size=512 \/opt\/domdom\/server\/start\.js$/m,
  );
});
