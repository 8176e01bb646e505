import type { Test } from 'tap';
import { argon2Hasher } from '../../server/accounts/secrets/hashing.ts';
import { ensureRootOrganisation } from '../../server/organisations/queries.ts';
import { ensureProvinces } from '../../server/places/provinces.ts';
import { type Simulated, simulate, type Wanted } from '../../server/simulation/simulating.ts';
import { type TestApp, testApp } from './app.ts';
import { type Client, client } from './client.ts';

/** Argon2 at its cheapest. */
export const cheapHasher = argon2Hasher({ memoryCost: 8, timeCost: 1, parallelism: 1 });

export interface SimulatedSite extends TestApp {
  made: Simulated;
}

/** The whole app over a simulation. */
export async function simulatedSite(t: Test, learners: number): Promise<SimulatedSite> {
  const site = await testApp(t);
  return { ...site, made: await simulateIn(site, { learners, seed: 'test' }) };
}

/** @param site nobody is in it */
export async function simulateIn(
  { app, db, url }: TestApp,
  wish: Pick<Wanted, 'learners' | 'seed' | 'spread'>,
): Promise<Simulated> {
  await ensureRootOrganisation(db);
  await ensureProvinces(db);
  const wanted = { ...wish, now: new Date(), publicUrl: app.config.publicUrl };
  return simulate({ connectionString: url }, cheapHasher, wanted, () => ({ advance() {}, end() {} }));
}

/** Who has this learner code, signed in. */
export async function comesIn({ app, db }: TestApp, code: string): Promise<Client & { id: string }> {
  const { person_id: id } = await db
    .selectFrom('person_details')
    .where('learner_code', '=', code)
    .select('person_id')
    .executeTakeFirstOrThrow();
  const visitor = client(app);
  const session = await app.sessions.createSession(id, { shared_phone: false, device: 'test' });
  const { name, value } = app.sessions.createSessionCookie(session.id);
  visitor.cookies.set(name, value);
  return { ...visitor, id };
}
