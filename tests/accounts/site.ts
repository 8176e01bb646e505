import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Test } from 'tap';
import { argon2Hasher, type Hasher } from '../../server/accounts/secrets/hashing.ts';
import { buildApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { folderStore } from '../../server/files/store.ts';
import { newDigitCode } from '../../server/platform/digit-code.ts';
import { temporaryFolder } from '../support/child.ts';
import { type Client, client, type Page } from '../support/client.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

export interface Site extends TestDatabase {
  app: FastifyInstance;
  /** How many secrets were compared so far. */
  comparisons(): number;
}

/** The whole app, with Argon2 at its cheapest and counted. */
export async function accountsSite(t: Test, settings: NodeJS.ProcessEnv = {}): Promise<Site> {
  const database = await testDatabase(t);
  const folder = await temporaryFolder(t);
  const { LOG_LEVEL = 'silent' } = process.env;
  const config = readConfig({ DATA_DIR: folder, PUBLIC_URL: 'http://localhost', LOG_LEVEL, ...settings }, folder);
  const cheap = argon2Hasher({ memoryCost: 8, timeCost: 1, parallelism: 1 });
  let comparisons = 0;
  const hasher: Hasher = {
    hash: cheap.hash,
    verify(hashed, secret) {
      comparisons += 1;
      return cheap.verify(hashed, secret);
    },
  };
  const app = await buildApp({ config, db: database.db, files: folderStore(join(folder, 'files')), hasher });
  t.teardown(() => app.close());
  return { ...database, app, comparisons: () => comparisons };
}

export const pin = '402957';
/** A learner code as good as any, which nobody has. */
export const nobody = newDigitCode(10, (count) => new Uint8Array(count).fill(9));

export const applicant = {
  full_name: 'Nguyễn Thị Lan',
  birth_month: '9',
  birth_year: '2001',
  secret: pin,
  consent: 'yes',
};

export interface Learner extends Client {
  learner_code: string;
  recovery_code: string;
}

/** Somebody who has just signed up, in a browser of their own. */
export async function signedUp(
  { app }: Pick<Site, 'app'>,
  fields: Record<string, string> = {},
  visitor: Client = client(app),
): Promise<Learner> {
  const card = await visitor.submit(await visitor.get('/sign-up'), { fields: { ...applicant, ...fields } });
  return { ...visitor, ...codesOn(card) };
}

export function codesOn(card: Page): { learner_code: string; recovery_code: string } {
  return { learner_code: digitsOf(card, '#learner-code'), recovery_code: digitsOf(card, '#recovery-code') };
}

function digitsOf({ html }: Page, selector: string): string {
  return html.querySelector(selector)?.text.replace(/\D/g, '') ?? '';
}

export async function signIn(visitor: Client, name: string, secret = pin, more: Record<string, string> = {}) {
  return visitor.submit(await visitor.get('/sign-in'), { fields: { name, secret, ...more } });
}

export async function isSignedIn(visitor: Client): Promise<boolean> {
  return (await visitor.get('/account')).status === 200;
}

/** Lets the counted failures lie so far back. */
export async function pass({ db }: Pick<Site, 'db'>, seconds: number): Promise<void> {
  const rows = await db.selectFrom('limit_counters').selectAll().execute();
  const earlier = (date: Date) => new Date(date.getTime() - seconds * 1000);
  for (const { key, since, last_at } of rows) {
    await db
      .updateTable('limit_counters')
      .set({ since: earlier(since), last_at: earlier(last_at) })
      .where('key', '=', key)
      .execute();
  }
}
