import type { Test } from 'tap';
import { v7 as newId } from 'uuid';
import { keepFile } from '../../server/files/queries.ts';
import type { Role } from '../../server/organisations/access.ts';
import { announcement } from '../announcements/announcements.ts';
import { begun } from '../assignments/uploads.ts';
import { handedIn, withWork } from '../assignments/work.ts';
import { checkIn } from '../check-ins/check-ins.ts';
import { alsoLearns, cohort, cohortRequest, helpRequest, proposal, putIn, startGuiding } from '../cohorts/cohorts.ts';
import { soundCourse } from '../courses/folder.ts';
import { waitingEssay, withEssay } from '../essays/essays.ts';
import { invitationTo } from '../invitations/invitations.ts';
import { joinCode, waitAt } from '../joining/joining.ts';
import { lessonQuestion } from '../lesson-questions/questions.ts';
import { meeting } from '../meetings/meetings.ts';
import { householdMember, mentoringOffer } from '../mentoring/mentoring.ts';
import { message, report } from '../messages/messages.ts';
import { importFile, pathsFile } from '../paths/site.ts';
import { bankQuestion, courseUpload, draft } from '../publishing/drafts.ts';
import { signOffOf, withSignOff } from '../sign-offs/signing.ts';
import type { TestApp } from '../support/app.ts';
import { type Client, client } from '../support/client.ts';
import { finish, learner, publish, startAttempt } from '../support/learners.ts';
import { type Branch, organisation } from '../support/organisations.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { type Route, testAppWithRoutes } from './route-list.ts';

/**
 * Who is asked, and what they hold. The organisation of the addresses is `branch`, which lies under `partner`; the attempt is the learner's,
 * and so is the account. The cohort is the branch's: the mentor guides the learner there, and somebody signed in waits to join.
 */
export const actors = [
  'stranger',
  'signed-in',
  // Enrolled in another course, with an attempt there.
  'elsewhere',
  // Enrolled in the course; a learner of the branch.
  'learner',
  'mentor',
  'author',
  'reviewer',
  // Managers: of a branch beside it, of one below it, of the branch, of the partner above it.
  'sibling',
  'below',
  'manager',
  'above',
  'owner',
] as const;
export type Actor = (typeof actors)[number];

const picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6"><rect width="8" height="6"/></svg>';
const withPicture = {
  'images/box.svg': picture,
  'vi/second.md': '# Bài hai\n\n![Khung](../images/box.svg)\n',
  'vi/glossary.yaml': '- { term: một, meaning: Số đầu tiên. }\n',
  'en/glossary.yaml': '- { term: one, meaning: The first number. }\n',
};

const withStory = {
  ...soundCourse,
  'course.yaml': `${soundCourse['course.yaml']}  - { key: story, kind: assignment, minutes: 5, pass: 60, hand_in: [text] }\n`,
  'vi/story.md': String(withWork['vi/story.md']),
  'en/story.md': String(withWork['en/story.md']),
};

/** A site with all that the addresses of routes name, and people of every kind. */
export async function world(t: Test) {
  const site = await testAppWithRoutes(t);
  await publish(t, site, withPicture);
  await publish(t, site, {}, 'other');
  await publish(t, site, withWork, 'work');
  await publish(t, site, withSignOff, 'signed');
  await publish(t, site, withEssay, 'essay');
  await importFile(t, site, pathsFile({}));
  const reader = await learner(site);
  const lesson = await reader.get('/courses/small/lessons/second');
  const fileOf = (selector: string, attribute: string) =>
    lesson.html.querySelector(selector)?.getAttribute(attribute)?.split('/').at(-1) ?? '';
  const asset = fileOf('script', 'src');
  const image = fileOf('img', 'src');
  const certificate = await finish(reader);
  const placeImport = await importOfPlaces(site);

  const partner = await organisation(site, 'partner');
  const branch = await organisation(site, 'branch', { below: partner });
  const sibling = await organisation(site, 'sibling', { below: partner });
  const below = await organisation(site, 'below', { below: branch });
  const logo = await logoOf(site, branch);
  const box = {
    hash: await keepFile(site.db, site.app.files, Buffer.from(picture), 'image/svg+xml'),
    bytes: picture.length,
  };
  const member = (role: Role, place = branch) => signedIn(site, { roles: [role], branch: place });

  /** Everybody anew, so that what one route changes is not seen by the next. */
  let drafts = 0;
  async function people() {
    await site.db.deleteFrom('closed_versions').execute();
    const elsewhere = await learner(site, { slug: 'other', full_name: 'Lê Thị Mai' });
    await startAttempt(elsewhere, 'final', 'other');
    const theLearner = await learner(site, { roles: ['learner'], branch });
    const attempt = await startAttempt(theLearner);
    const all = {
      stranger: client(site.app),
      'signed-in': await signedIn(site, { full_name: 'Trần Văn Bình' }),
      elsewhere,
      learner: theLearner,
      mentor: await member('mentor'),
      author: await member('author'),
      reviewer: await member('reviewer'),
      sibling: await member('manager', sibling),
      below: await member('manager', below),
      manager: await member('manager'),
      above: await member('manager', partner),
      owner: await signedIn(site, { full_name: 'Phạm Thu Hà', roles: ['owner'] }),
    } satisfies Record<Actor, Client>;
    const invitation = await invitationTo(site, branch, all.owner);
    const group = await cohort(site, { branch, isOpen: false });
    const mentorRow = await startGuiding(site, group, all.mentor);
    const mentee = await putIn(site, group, theLearner, all.mentor);
    await cohortRequest(site, group, all['signed-in']);
    const submission = await submissionOf(site, theLearner, group);
    await alsoLearns(site, group, 'signed', 3);
    await theLearner.post('/courses/signed/enrolment');
    await alsoLearns(site, group, 'essay', 4);
    await theLearner.post('/courses/essay/enrolment');
    const ids = {
      essay: await waitingEssay(site, theLearner, 'essay'),
      submission: submission.id,
      workFile: submission.file,
      upload: (await begun(theLearner, 5, '', '/courses/work/assignments/story/uploads')).split('/').at(-1) ?? '',
      signOff: (await signOffOf(site, theLearner, 'signed')).split('/').at(-1) ?? '',
      attempt: attempt.split('/').at(-1) ?? '',
      person: theLearner.id,
      child: (await signedIn(site, { roles: ['learner'], branch, birth_year: new Date().getFullYear() - 12 })).id,
      membership: await membershipOf(site, theLearner),
      holder: await membershipOf(site, await member('mentor')),
      request: await waitAt(site, all['signed-in'], branch),
      joinCode: (await joinCode(site, branch)).code,
      invitation: invitation.id,
      token: invitation.token,
      placeImport,
      signatory: await signatoryOf(site, branch, logo),
      guide: all.mentor.id,
      household: await householdMember(site, theLearner),
      offer: await mentoringOffer(site, theLearner, branch),
      cohort: group.id,
      cohortCode: group.code,
      placement: await proposal(site, group, all.owner),
      member: mentee,
      mentorRow,
      help: await helpRequest(site, mentee),
      question: await lessonQuestion(site, mentee),
      meeting: await meeting(site, group),
      checkIn: await checkIn(site, mentee, all.mentor, { private_note: 'Chuyện nhà', next_step: 'Bài hai' }),
      message: await message(site, mentee, all.mentor),
      messageReport: await report(site, await message(site, mentee, all.mentor), theLearner),
      draft: (
        await draft(site, all.author, {
          slug: `draft-${++drafts}`,
          branch,
          files: { ...withStory, 'images/box.svg': box },
          report: [],
        })
      ).id,
      courseUpload: await courseUpload(site, all.author, branch),
      bankQuestion: await bankQuestion(site, all.author, branch),
      announcement: await announcement(site, { cohort_id: group.id }, all.mentor),
    };
    return { all, ids };
  }

  /** The same path for everybody: of the branch, the learner, the learner's attempt. */
  function address(route: Route, ids: Awaited<ReturnType<typeof people>>['ids']): string {
    const path = route.name.split(' ')[1] ?? '';
    const [, id = 'person'] = idsByPath.find(([start]) => path.startsWith(start)) ?? [];
    const own: Record<string, string> = {
      name: asset,
      slug: slugIn(path),
      framework: 'tt02-2025',
      code: codeIn(path, { ...ids, certificate }),
      joinCode: path.startsWith('/cohorts/') ? ids.cohortCode : ids.joinCode,
      cohort: ids.cohort,
      member: ids.member,
      mentor: ids.mentorRow,
      meeting: ids.meeting,
      question: path.startsWith('/publishing/bank/') ? ids.bankQuestion : (questionIn(path) ?? ids.question),
      placement: ids.placement,
      entry: ids.checkIn,
      submission: ids.submission,
      token: path.startsWith('/invitations/') ? ids.token : 'token',
      id: ids[id],
      format: 'gift',
      key: keyIn(path),
      file: path.startsWith('/submissions/')
        ? ids.workFile
        : path.startsWith('/certificates/')
          ? certificate
          : path.includes('/logo/')
            ? logo.slice(0, 32)
            : image,
    };
    return path.replace(/:(\w+)/g, (_, name: string) => own[name] ?? name) + (queries[path] ?? '');
  }

  function questionIn(path: string): string | undefined {
    if (path.startsWith('/publishing/')) return 'q1';
    return /\/(?:corrections|statistics)\//.test(path) ? 'one' : undefined;
  }

  function keyIn(path: string): string {
    if (path.startsWith('/publishing/'))
      return path.includes('/quizzes/') ? 'final' : path.includes('/assignments/') ? 'story' : 'first';
    if (/\/(quizzes|statistics)\//.test(path)) return 'final';
    return path.includes('/assignments/') ? 'story' : 'second';
  }

  function slugIn(path: string): string {
    if (path.startsWith('/paths/')) return 'way';
    if (path.includes('/sign-off')) return 'signed';
    return path.includes('/assignments/') ? 'work' : 'small';
  }

  function codeIn(path: string, codes: { joinCode: string; announcement: string; certificate: string }): string {
    if (path.startsWith('/v/')) return 'x';
    if (path.startsWith('/announcements/')) return codes.announcement;
    if (path.startsWith('/skills/')) return '1.1';
    if (path.startsWith('/here/')) return '123456';
    if (path.startsWith('/join/')) return codes.joinCode;
    return path.startsWith('/admin/certificates/') ? codes.certificate : branch.code;
  }

  return { ...site, people, address };
}

/** What a page is asked about that its path does not say. */
const queries: Record<string, string> = {
  '/admin/organisations/new': '?parent=branch',
  '/cohorts/new': '?organisation=branch',
  '/publishing/:id/description': '?language=vi',
  '/publishing/:id/text': '?path=vi/first.md',
  '/publishing/:id/picture': '?path=images/box.svg',
  '/help/new': '?course=small&item=second',
};

/** What `:id` means, where it is not a person. */
const idsByPath = [
  ['/attempts/', 'attempt'],
  ['/cohorts/', 'cohort'],
  ['/help/', 'help'],
  ['/mentoring/household/', 'household'],
  ['/mentoring/offers/', 'offer'],
  ['/admin/organisations/:code/mentoring-offers/', 'offer'],
  ['/admin/organisations/:code/signatories/', 'signatory'],
  ['/mentoring/', 'guide'],
  ['/messages/', 'message'],
  ['/admin/message-reports/', 'messageReport'],
  ['/submissions/', 'submission'],
  ['/uploads/', 'upload'],
  ['/sign-offs/', 'signOff'],
  ['/essays/', 'essay'],
  ['/publishing/uploads/', 'courseUpload'],
  ['/publishing/', 'draft'],
  ['/admin/people/:id/consents', 'child'],
  ['/account/organisations/memberships/', 'membership'],
  ['/account/organisations/requests/', 'request'],
  ['/admin/organisations/:code/roles/', 'holder'],
  ['/admin/organisations/:code/invitations/', 'invitation'],
  ['/admin/places/imports/', 'placeImport'],
] as const;

async function membershipOf({ db }: TestApp, { id }: SignedIn): Promise<string> {
  return (await db.selectFrom('memberships').select('id').where('person_id', '=', id).executeTakeFirstOrThrow()).id;
}

/** Work of the learner's, in a course of the cohort. */
async function submissionOf(site: TestApp, person: SignedIn, group: { id: string }) {
  const { db } = site;
  await alsoLearns(site, group, 'work', 2);
  await person.post('/courses/work/enrolment');
  const id = await handedIn(person, 'Bài', { name: 'bai.pdf', bytes: 'x' }, 'work');
  const file = await db
    .selectFrom('assignment_files')
    .select('id')
    .where('submission_id', '=', id)
    .executeTakeFirstOrThrow();
  return { id, file: file.id };
}

// A poster is drawn with it.
const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function logoOf({ app, db }: TestApp, { id }: Branch): Promise<string> {
  const logo_hash = await keepFile(db, app.files, onePixel, 'image/png');
  await db.updateTable('organisations').set({ logo_hash }).where('id', '=', id).execute();
  return logo_hash;
}

/** On a day that nobody else of the branch begins on. */
async function signatoryOf({ db }: TestApp, { id: organisation_id }: Branch, signature_hash: string): Promise<string> {
  const id = newId();
  const { before } = await db
    .selectFrom('signatories')
    .select(({ fn }) => fn.countAll<number>().as('before'))
    .executeTakeFirstOrThrow();
  const signs_from = new Date(Date.UTC(2020, 0, 1 + before)).toISOString().slice(0, 10);
  const words = { name: 'Lê Thị Hồng Gấm', title_vi: 'Giám đốc' };
  await db
    .insertInto('signatories')
    .values({ id, organisation_id, ...words, signature_hash, signs_from })
    .execute();
  return id;
}

async function importOfPlaces({ app, db }: TestApp): Promise<string> {
  const file_hash = await keepFile(db, app.files, Buffer.from('code,name,kind\n01,Hà Nội,city\n'), 'text/csv');
  const id = newId();
  await db.insertInto('place_imports').values({ id, file_hash, file_name: 'places.csv' }).execute();
  return id;
}
