import { type Kysely, sql } from 'kysely';
import type { Database } from '../database/connection.ts';
import type { Note } from '../moving-in/draft.ts';
import { holdsRole } from '../organisations/access.ts';
import { Forbidden, NotFound, orNotFound } from '../platform/errors.ts';

type Somebody = { id: string };

/** A draft with what its reader may do to it. */
export type Draft = Awaited<ReturnType<typeof getDraft>>;

type State = 'draft' | 'in_review' | 'published' | 'discarded';

/** @throws NotFound for who is neither author nor reviewer nor manager at or above the organisation it belongs to */
export async function getDraft(db: Kysely<Database>, person: Somebody, id: string) {
  const draft = await db
    .selectFrom('drafts')
    .innerJoin('organisations', 'organisations.id', 'drafts.organisation_id')
    .leftJoin('courses', 'courses.id', 'drafts.course_id')
    .leftJoin('course_versions as base', 'base.id', 'drafts.base_version_id')
    .where('drafts.id', '=', id)
    .where(({ ref }) => holdsRole(person, ['author', 'reviewer', 'manager'], ref('organisations.path')))
    .select(['drafts.id', 'drafts.slug', 'drafts.course_id', 'drafts.organisation_id', 'drafts.base_version_id'])
    .select([
      'drafts.revision',
      'drafts.made_at',
      'drafts.changed_at',
      'drafts.version_id',
      'base.number as base_number',
    ])
    .select(['organisations.code as organisation_code', 'organisations.name as organisation_name'])
    .select(['organisations.trusted', 'courses.current_version_id'])
    .select((eb) => [
      eb.ref('drafts.state').$castTo<State>().as('state'),
      eb.ref('drafts.report').$castTo<Note[] | null>().as('report'),
      holdsRole(person, ['author'], eb.ref('organisations.path')).as('may_write'),
      holdsRole(person, ['reviewer'], eb.ref('organisations.path')).as('may_review'),
      eb
        .exists(
          eb
            .selectFrom('draft_editors')
            .innerJoin('persons', 'persons.id', 'draft_editors.person_id')
            .whereRef('draft_id', '=', 'drafts.id')
            .where(sql<boolean>`${person.id} in (persons.id, persons.merged_into_id)`),
        )
        .$castTo<boolean>()
        .as('wrote'),
    ])
    .executeTakeFirst();
  const { may_write, may_review, ...found } = orNotFound(draft);
  return { ...found, may_write: may_write === true, may_review: may_review === true };
}

/** To change it. @throws Forbidden for who sees it and is no author there */
export async function getOwnDraft(db: Kysely<Database>, author: Somebody, id: string): Promise<Draft> {
  const draft = await getDraft(db, author, id);
  if (!draft.may_write) throw new Forbidden();
  // What is gone is gone, but for the page that brings it back.
  if (draft.state === 'published') throw new NotFound();
  return draft;
}
