import { v7 as newId } from 'uuid';
import type { TestApp } from '../support/app.ts';
import { nextDigitCode } from '../support/codes.ts';
import type { Branch } from '../support/organisations.ts';

type Site = Pick<TestApp, 'db'>;

/** A code to join the organisation by. */
export async function joinCode({ db }: Site, branch: Branch, { isOpen = false } = {}) {
  const joinCode = { id: newId(), code: nextDigitCode(8), organisation_id: branch.id, is_open: isOpen };
  await db.insertInto('join_codes').values(joinCode).execute();
  return joinCode;
}

/** Somebody who has asked to join there. @returns the request's id */
export async function waitAt(site: Site, person: { id: string }, branch: Branch): Promise<string> {
  const { id: join_code_id } = await joinCode(site, branch);
  const id = newId();
  await site.db
    .insertInto('join_requests')
    .values({ id, person_id: person.id, organisation_id: branch.id, join_code_id })
    .execute();
  return id;
}
