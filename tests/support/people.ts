import { v7 } from 'uuid';
import type { Role } from '../../server/organisations/access.ts';
import type { TestApp } from './app.ts';
import { type Client, client } from './client.ts';
import { nextDigitCode } from './codes.ts';
import { type Branch, rootOrganisation } from './organisations.ts';

export interface SignedIn extends Client {
  id: string;
  full_name: string;
}

export interface Someone {
  full_name?: string;
  language?: 'vi' | 'en';
  birth_year?: number;
  roles?: (Role | 'owner')[];
  /** Where the roles are held; left out, in the root organisation. */
  branch?: Branch;
}

/** A person with an account, before the app and already signed in. Their secret fits nobody: to sign in by it, sign up first. */
export async function signedIn({ app, db }: Pick<TestApp, 'app' | 'db'>, someone: Someone = {}): Promise<SignedIn> {
  const { full_name = 'Nguyễn Thị Lan', language = null, birth_year = 2005, roles = [], branch } = someone;
  const id = v7();
  await db.insertInto('persons').values({ id, language }).execute();
  await db
    .insertInto('person_details')
    .values({
      person_id: id,
      full_name,
      birth_year,
      birth_month: 9,
      learner_code: nextDigitCode(10),
      secret_kind: 'password',
      secret_hash: '',
      recovery_hash: '',
    })
    .execute();
  if (roles.length > 0) {
    const { id: organisation_id } = branch ?? (await rootOrganisation({ db }));
    const memberships = roles.map((role) => ({ id: v7(), person_id: id, organisation_id, role }));
    await db.insertInto('memberships').values(memberships).execute();
  }

  const visitor = client(app);
  const session = await app.sessions.createSession(id, { shared_phone: false, device: 'test' });
  const { name, value } = app.sessions.createSessionCookie(session.id);
  visitor.cookies.set(name, value);
  return { ...visitor, id, full_name };
}
