import type { Test } from 'tap';
import { argon2Hasher } from '../../server/accounts/secrets/hashing.ts';
import { ensureRootOrganisation } from '../../server/organisations/queries.ts';
import { ensureProvinces } from '../../server/places/provinces.ts';
import { type Simulated, simulate } from '../../server/simulation/simulating.ts';
import { type TestApp, testApp } from './app.ts';
import { type Client, client } from './client.ts';

/** Argon2 at its cheapest. */
export const cheapHasher = argon2Hasher({ memoryCost: 8, timeCost: 1, parallelism: 1 });

export interface SimulatedSite extends TestApp {
  made: Simulated;
  /** Who has this learner code, signed in. */
  comesIn(code: string): Promise<Client & { id: string }>;
}

/**
 * The whole app over a simulation.
 * @param open makes the app, where it is to be another
 */
export async function simulatedSite(t: Test, learners: number, open = testApp): Promise<SimulatedSite> {
  const site = await open(t);
  const { app, db, url } = site;
  await ensureRootOrganisation(db);
  await ensureProvinces(db);
  const wanted = { learners, seed: 'test', now: new Date(), publicUrl: app.config.publicUrl };
  const made = await simulate({ connectionString: url }, cheapHasher, wanted, () => ({ advance() {}, end() {} }));

  async function comesIn(code: string) {
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
  return { ...site, made, comesIn };
}
