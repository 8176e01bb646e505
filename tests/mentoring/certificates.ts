import type { TestCohort } from '../cohorts/cohorts.ts';
import type { TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { finish } from '../support/learners.ts';
import { guidedGroup } from './mentoring.ts';

type Site = Pick<TestApp, 'app' | 'db'>;

/** A cohort that was closed after its learner had finished: its mentor lacks nothing but a manager's word. */
export async function endedGroup(site: Site, options: { full_name?: string } = {}) {
  const group = await guidedGroup(site, options);
  await finish(group.lan);
  await group.manager.post(`${group.home}/closing`);
  return group;
}

export function confirm(manager: Client, mentor: { id: string }, group: Pick<TestCohort, 'id'>) {
  return manager.post(`/mentoring/${mentor.id}/cohorts/${group.id}/certificate`);
}

/** The same, confirmed. */
export async function certifiedMentor(site: Site, options: { full_name?: string } = {}) {
  const group = await endedGroup(site, options);
  await confirm(group.manager, group.hoa, group.group);
  const { code } = await site.db
    .selectFrom('certificates')
    .select('code')
    .where('cohort_id', '=', group.group.id)
    .executeTakeFirstOrThrow();
  return { ...group, code };
}
