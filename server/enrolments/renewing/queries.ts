import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { v7 as newId } from 'uuid';
import { dateOnPaper, type PrintedCertificate, titlesOf } from '../../certificates/printed.ts';
import { dateAtIssuer } from '../../certificates/queries.ts';
import { renewalDays } from '../../certificates/validity.ts';
import type { Database } from '../../database/connection.ts';
import { thisMoment } from '../../database/moment.ts';
import { queueMail } from '../../mail/queries.ts';
import { isLanguage } from '../../platform/i18n.ts';
import { lockEnrolment } from '../queries.ts';
import { carriedOver } from './carrying.ts';

/** Somebody's certificate of a course that ends one day, while it is the newest term and was not revoked. */
export async function findRenewal(db: Kysely<Database>, person: { id: string }, slug: string) {
  return db
    .selectFrom('enrolments')
    .innerJoin('courses', 'courses.id', 'enrolments.course_id')
    .innerJoin('certificates', 'certificates.enrolment_id', 'enrolments.id')
    .where('enrolments.person_id', '=', person.id)
    .where('courses.slug', '=', slug)
    .where('ended_at', 'is', null)
    .where('successor_id', 'is', null)
    .where('revoked_at', 'is', null)
    .where(validUntil, 'is not', null)
    .select(['enrolments.id', 'enrolments.person_id', 'enrolments.course_id', 'courses.slug', 'certificates.code'])
    .select('current_version_id as version_id')
    .select([validUntil.$notNull().as('valid_until'), dateAtIssuer(sql<Date>`now()`).$notNull().as('today')])
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('completions')
          .innerJoin('items', 'items.id', 'item_id')
          .whereRef('enrolment_id', '=', 'enrolments.id')
          .select('key'),
      ).as('done'),
    )
    .$narrowType<{ version_id: string }>()
    .executeTakeFirst();
}

export type Renewal = NonNullable<Awaited<ReturnType<typeof findRenewal>>>;

/**
 * Ends the enrolment and begins another in the version that is newest now. The database holds that each is renewed once.
 * @returns false when another request was first
 */
export async function renew(trx: Transaction<Database>, renewal: Renewal): Promise<boolean> {
  const { person_id, course_id, version_id, done } = renewal;
  await lockEnrolment(trx, renewal.id);
  const { numUpdatedRows } = await trx
    .updateTable('enrolments')
    .set({ ended_at: thisMoment })
    .where('id', '=', renewal.id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  const enrolment_id = newId();
  await trx
    .insertInto('enrolments')
    .values({ id: enrolment_id, person_id, course_id, version_id, enrolled_at: thisMoment, renews_id: renewal.id })
    .execute();
  const items = await trx
    .selectFrom('items')
    .where('version_id', '=', version_id)
    .select(['id', 'key', 'kind', 'required'])
    .execute();
  const carried = carriedOver(
    items,
    done.map(({ key }) => key),
  );
  if (carried.length > 0) {
    await trx
      .insertInto('completions')
      .values(carried.map((item_id) => ({ person_id, enrolment_id, item_id, cause: 'carried' })))
      .execute();
  }
  return true;
}

/** Being renewed: a further term is begun and has no certificate yet. A condition on an `enrolments` row of the statement around it. */
export const isRenewing = sql<boolean>`(enrolments.renews_id is not null and not exists (
  select from certificates where certificates.enrolment_id = enrolments.id
))`;

/**
 * Joins what somebody has in the `courses` row of the statement around it: as `latest` the enrolment that is open, as `enrolments` the one that
 * counts. While a certificate is being renewed that is the one before: what was finished stays so until the new term is, and nobody loses by
 * learning on.
 */
export function termThatStands({
  person,
  until,
}: Record<'person' | 'until', RawBuilder<unknown>>): RawBuilder<unknown> {
  return sql`
    join enrolments as latest
      on latest.course_id = courses.id and latest.person_id = ${person} and latest.ended_at is null
    join enrolments on enrolments.id = case
      when latest.renews_id is null or exists (
        select from certificates where certificates.enrolment_id = latest.id and certificates.issued_at <= ${until}
      ) then latest.id
      else latest.renews_id
    end
  `;
}

/** Tells everybody whose certificate ends soon, once: by mail where they have one. Their page of courses says it anyway. @returns how many */
export async function remindOfEnds(db: Kysely<Database>): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const ending = await trx
      .updateTable('certificates')
      .from('enrolments')
      .innerJoin('courses', 'courses.id', 'enrolments.course_id')
      .innerJoin('persons', 'persons.id', 'enrolments.person_id')
      .innerJoin('person_details', 'person_details.person_id', 'persons.id')
      .set({ reminded_at: sql`now()` })
      .whereRef('enrolments.id', '=', 'certificates.enrolment_id')
      .where('enrolments.ended_at', 'is', null)
      .where('reminded_at', 'is', null)
      .where('successor_id', 'is', null)
      .where('revoked_at', 'is', null)
      .where(validUntil, '>=', dateAtIssuer(sql<Date>`now()`))
      .where(validUntil, '<=', dateAtIssuer(sql<Date>`(now() + make_interval(days => ${renewalDays}))`))
      .returning(['certificates.person_id', 'courses.slug', 'persons.language'])
      .returning(sql<boolean>`email_confirmed_at is not null and email_refused_at is null`.as('has_mail'))
      .returning(({ ref }) => ref('certificates.printed').$castTo<PrintedCertificate>().as('printed'))
      .execute();
    for (const { person_id, slug, language, has_mail, printed } of ending) {
      if (!has_mail || printed.validUntil === undefined) continue;
      const main = isLanguage(language) ? language : 'vi';
      const titles = titlesOf(printed);
      const title = titles[main] ?? Object.values(titles)[0] ?? '';
      const facts = { slug, title, until: dateOnPaper(printed.validUntil, main) };
      await queueMail(trx, { person_id, letter: 'certificate_ending', facts });
    }
    return ending.length;
  });
}

const validUntil = sql<string | null>`certificates.printed ->> 'validUntil'`;
