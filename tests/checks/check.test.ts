import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { project, temporaryFolder } from '../support/child.ts';

type Files = Record<string, string>;

const sound: Files = {
  'package.json': JSON.stringify(
    { type: 'module', dependencies: { kysely: '*', lucia: '*' }, devDependencies: { tap: '*' } },
    null,
    2,
  ),
  'server/start.js': `import('./main.ts');`,
  'server/main.ts': `import { app } from './app.ts';\n\napp();`,
  'server/app.ts': `import { home } from './config.ts';
import { lessonRoutes } from './lessons/routes.ts';
import { session } from './platform/sessions.ts';

export const app = () => [home, session, lessonRoutes()];`,
  'server/config.ts': `export const home = process.env.HOME;`,
  'server/platform/sessions.ts': `import { Lucia } from 'lucia';\n\nexport const session = Lucia;`,
  'server/lessons/routes.ts': `import type { Kysely } from 'kysely';
import { mark } from './marking.ts';
import { one } from './queries.ts';

export const lessonRoutes = (db?: Kysely<object>) => [db, mark(1), one];`,
  'server/lessons/queries.ts': `import { sql } from 'kysely';\n\nexport const one = sql\`select 1\`;`,
  'server/lessons/marking.ts': `export const mark = (points: number) => points > 0;`,
  'migrations/2026_01_01_0000__lessons__create.ts': `import { sql } from 'kysely';\n\nexport const up = () => sql\`select 1\`;`,
  'tests/lessons/marking.test.ts': `import t from 'tap';
import { mark } from '../../server/lessons/marking.ts';

t.ok(mark(1));`,
};

/** By check: files that each break one rule, and what is to be told of them. */
const faults: Record<string, { planted: Files; told: RegExp[] }> = {
  lint: {
    planted: {
      'server/lessons/any.ts': `export const any: any = 1;`,
      'server/lessons/home.ts': `export const home = process.env.HOME;`,
      'server/lessons/untidy.ts': `export const untidy = "quotes"`,
      'server/lessons/camelCase.ts': `export const name = 1;`,
    },
    told: [
      /any\.ts.*noExplicitAny/,
      /home\.ts.*noProcessEnv/,
      /untidy\.ts format/,
      /camelCase\.ts.*useFilenamingConvention/,
    ],
  },
  types: {
    planted: { 'server/lessons/hours.ts': `export const hours: number = 'three';` },
    told: [/server\/lessons\/hours\.ts\(1,14\): error TS2322/],
  },
  architecture: {
    planted: {
      'server/lessons/left.ts': `import { right } from './right.ts';\nexport const left = () => right;`,
      'server/lessons/right.ts': `import { left } from './left.ts';\nexport const right = () => left;`,
      'server/platform/forms.ts': `import '../lessons/routes.ts';`,
      'server/lessons/forms.ts': `import '../app.ts';`,
      'migrations/2026_01_01_0001__lessons__move.ts': `import '../server/config.ts';`,
      'server/lessons/completion.ts': `import './queries.ts';`,
      'server/lessons/paths.ts': `import { sql } from 'kysely';\nexport const two = sql\`select 2\`;`,
      'server/lessons/session.ts': `import { Lucia } from 'lucia';\nexport const session = Lucia;`,
      'server/lessons/title.ts': `import t from 'tap';\nexport const title = t.name;`,
      'server/lessons/steps.ts': `import './nowhere.ts';`,
    },
    told: [
      /no-cycle: server\/lessons\/left\.ts/,
      /platform-knows-no-feature: server\/platform\/forms\.ts/,
      /only-the-start-imports-the-app: server\/lessons\/forms\.ts/,
      /migrations-stand-alone: migrations\/2026_01_01_0001__lessons__move\.ts/,
      /rules-are-pure: server\/lessons\/completion\.ts/,
      /sql-in-queries: server\/lessons\/paths\.ts/,
      /one-file-knows-lucia: server\/lessons\/session\.ts/,
      /server-runs-without-dev-dependencies: server\/lessons\/title\.ts/,
      /no-dangling-import: server\/lessons\/steps\.ts/,
    ],
  },
  unused: {
    planted: {
      'server/lessons/marking.ts': `${sound['server/lessons/marking.ts']}\nexport const leftOver = 1;`,
      'server/lessons/forgotten.ts': `export const forgotten = 1;`,
    },
    told: [/leftOver +server\/lessons\/marking\.ts/, /^server\/lessons\/forgotten\.ts/m],
  },
};

for (const [check, { planted, told }] of Object.entries(faults)) {
  t.test(`The check “${check}” passes a sound project and tells every fault of another`, async (t) => {
    const folder = await smallProject(t);
    t.strictSame(await runCheck(folder, check), { status: 0, output: '' });

    write(folder, planted);
    const { status, output } = await runCheck(folder, check);
    t.equal(status, 1);
    t.strictSame(
      told.filter((words) => !words.test(output)),
      [],
    );
  });
}

t.test('The check of the architecture reads every module of this project', async (t) => {
  const args = ['--config', '.dependency-cruiser.mjs', '--output-type', 'json', 'server', 'migrations', 'tests'];
  const { stdout } = await promisify(execFile)('depcruise', args, { cwd: project, maxBuffer: 64 * 1024 * 1024 });
  const { modules } = JSON.parse(stdout) as { modules: { source: string; dependencies: unknown[] }[] };
  const read = modules.filter(({ dependencies }) => dependencies.length > 0).map(({ source }) => source);
  const importing = globSync('{server,migrations,tests}/**/*.ts', { cwd: project }).filter((file) =>
    /^import /m.test(readFileSync(join(project, file), 'utf8')),
  );
  t.strictSame(
    importing.filter((file) => !read.includes(file)),
    [],
  );
});

/** A sound project with the settings and the libraries of this one. */
async function smallProject(t: Test): Promise<string> {
  const folder = await temporaryFolder(t);
  for (const name of ['tsconfig.json', 'biome.json', 'knip.jsonc', '.dependency-cruiser.mjs', '.gitignore']) {
    cpSync(join(project, name), join(folder, name));
  }
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  write(folder, sound);
  return folder;
}

function write(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), `${text}\n`);
  }
}

function runCheck(cwd: string, check: string): Promise<{ status: unknown; output: string }> {
  // tap hands its loaders down to every program, and tsc cannot be loaded that way.
  const args = ['-u', 'NODE_OPTIONS', process.execPath, join(project, 'tests/checks/check.ts'), check];
  return new Promise((resolve) => {
    execFile('env', args, { cwd }, (error, stdout, stderr) => {
      resolve({ status: error?.code ?? 0, output: error ? stdout + stderr : '' });
    });
  });
}
