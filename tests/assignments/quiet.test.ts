import t from 'tap';
import { getGuidedCohort } from '../../server/cohorts/access.ts';
import { factsOf } from '../../server/cohorts/guiding/facts.ts';
import { getGuidingDay } from '../../server/cohorts/guiding/queries.ts';
import { needsOf } from '../../server/cohorts/needs.ts';
import { listVersions } from '../../server/versions/reading.ts';
import { testApp } from '../support/app.ts';
import { publish } from '../support/learners.ts';
import { group, handedIn, mark, readFirst, withWork } from './work.ts';

const site = await testApp(t);
const { db } = site;
await publish(t, site, withWork);
const inAMonth = new Date(Date.now() + 30 * 86_400_000);

t.test('Whoever waits for a marking is not called quiet; once the work is returned they may be', async (t) => {
  const { id, hoa, lan, list } = await group(site);
  const needs = async () => {
    const day = await getGuidingDay(db, await getGuidedCohort(db, hoa, id), hoa);
    const courses = day.mentees.flatMap((mentee) => mentee.courses);
    const versions = await listVersions(
      db,
      courses.map(({ version_id }) => version_id),
      'vi',
    );
    return day.mentees.flatMap((mentee) =>
      needsOf(factsOf(mentee, versions), day.thresholds, inAMonth).map(({ kind }) => kind),
    );
  };
  await readFirst(lan);
  t.same(await needs(), ['quiet'], 'the work is to be done');
  const work = await handedIn(lan);
  t.same(await needs(), []);
  await mark(hoa, list, work, { decision: 'return', comment: 'Thêm tên và ngày nhé.' });
  t.same(await needs(), ['quiet']);
});
