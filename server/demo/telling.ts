import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Kysely, Transaction } from 'kysely';
import { readPhone } from '../accounts/contact.ts';
import { createOwnerLink, useOwnerLink } from '../accounts/owner-links/queries.ts';
import { argon2Hasher, type Hasher } from '../accounts/secrets/hashing.ts';
import { signUp } from '../accounts/sign-up/signing-up.ts';
import { getManagedCohort } from '../cohorts/access.ts';
import { addMentor } from '../cohorts/mentors/queries.ts';
import { closeCohort, insertCohort } from '../cohorts/queries.ts';
import { addByHand } from '../cohorts/requests/queries.ts';
import { setWishes } from '../cohorts/wishes/queries.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/connection.ts';
import type { FileStore } from '../files/store.ts';
import { confirmMentoring } from '../mentoring/certificates/confirming.ts';
import { getBranch, insertOrganisation, updateDescription } from '../organisations/managing/queries.ts';
import { grantRole } from '../organisations/roles/queries.ts';
import { addLearner } from '../people/registering/queries.ts';
import { searchPlaces } from '../places/queries.ts';
import { orNotFound } from '../platform/errors.ts';
import { countFunnels, countSubmissions } from '../statistics/counting/queries.ts';
import { guide, noteTalk } from './guiding.ts';
import { live, readAlong } from './learning.ts';
import { letterhead } from './letterhead.ts';
import { beginEarlier, getCourse, moveBack } from './queries.ts';
import { readers } from './readers.ts';
import {
  branches,
  type Character,
  characters,
  cohort,
  graduates,
  learners,
  password,
  pin,
  summer,
  wishes,
} from './story.ts';

interface Site {
  db: Kysely<Database>;
  files: FileStore;
  config: Pick<Config, 'publicUrl'>;
  hasher?: Hasher;
}

type Somebody = { id: string };

/** Tells the whole story by the deeds that pages do. */
export async function tellStory(site: Site, onCharacter: () => void): Promise<void> {
  const { db, hasher = argon2Hasher() } = site;
  const ids = new Map<string, Somebody>();
  for (const character of characters) {
    ids.set(character.name, await arrive({ db, hasher }, character));
    onCharacter();
  }
  const called = (name: string) => orNotFound(ids.get(name));
  const owner = called(nameOf('owner'));
  for (const branch of branches) await found(site, branch, owner);
  await letterhead(site, owner);
  for (const character of characters) await welcome(site, character, called(character.name), owner);

  await guideToTheEnd(site, called, owner);
  const cohortId = await gather(site, owner, cohort);
  for (const { name } of characters.filter(({ role }) => role === 'mentor')) {
    await db.transaction().execute(async (trx) => {
      await addMentor(trx, await getManagedCohort(trx, owner, cohortId), called(name).id, owner);
    });
  }
  for (const { name, ...said } of wishes) await db.transaction().execute((trx) => setWishes(trx, called(name), said));
  for (const learner of learners) {
    const person = called(learner.name);
    if (learner.inCohort) {
      await db.transaction().execute(async (trx) => {
        await addByHand(trx, await getManagedCohort(trx, owner, cohortId), person, owner);
      });
    }
    for (const deed of learner.deeds) await live(site, learner, person, deed);
    if (learner.daysAgo > 0) await moveBack(db, person, learner.daysAgo);
  }
  await guide(db, { id: cohortId }, called);
  for (const [index, reader] of readers.entries()) {
    const person = await arrive({ db, hasher }, { ...reader, role: 'learner', branch: 'domdom' });
    await readAlong(site, person, reader, index);
    await moveBack(db, person, reader.daysAgo);
  }
  await countSubmissions(db);
  await countFunnels(db);
}

/** The class of the summer, from its first day to what its mentor holds of it. */
async function guideToTheEnd(site: Site, called: (name: string) => Somebody, owner: Somebody): Promise<void> {
  const { db, config } = site;
  const cohortId = await gather(site, owner, summer);
  const mentor = called(summer.mentor);
  const managed = (trx: Transaction<Database>) => getManagedCohort(trx, owner, cohortId);
  await db.transaction().execute(async (trx) => addMentor(trx, await managed(trx), mentor.id, owner));
  for (const learner of graduates) {
    const person = called(learner.name);
    await db.transaction().execute(async (trx) => addByHand(trx, await managed(trx), person, owner));
    for (const deed of learner.deeds) await live(site, learner, person, deed);
    await noteTalk(db, { id: cohortId }, person, summer.minutes);
  }
  await beginEarlier(db, { id: cohortId }, summer.days);
  await db.transaction().execute(async (trx) => closeCohort(trx, await managed(trx), owner));
  await db.transaction().execute((trx) => confirmMentoring(trx, owner, { mentorId: mentor.id, cohortId }, config));
}

function nameOf(role: Character['role']): string {
  return orNotFound(characters.find((one) => one.role === role)).name;
}

async function arrive(site: Pick<FastifyInstance, 'db' | 'hasher'>, character: Character): Promise<Somebody> {
  const [birth_year, birth_month] = character.birth;
  const applicant = {
    full_name: character.name,
    birth_year,
    birth_month,
    phone: readPhone(character.phone),
    email: null,
    secret: character.role === 'learner' ? pin : password,
    language: 'vi',
  } as const;
  if (character.role !== 'owner') return orNotFound((await signUp(site, randomUUID(), applicant)) ?? undefined);
  const token = orNotFound((await createOwnerLink(site.db)) ?? undefined);
  const owner = await signUp(site, token, applicant, async (trx, id) => {
    await useOwnerLink(trx, token, id, new Date());
  });
  return orNotFound(owner ?? undefined);
}

async function found({ db }: Site, branch: (typeof branches)[number], owner: Somebody): Promise<void> {
  const { code, parent, name, kind, about } = branch;
  const [place] = await searchPlaces(db, branch.place);
  const place_code = place?.code ?? null;
  await db.transaction().execute(async (trx) => {
    await insertOrganisation(trx, parent, { id: randomUUID(), name, kind, code, place_code }, owner);
    const made = await getBranch(trx, owner, code);
    await updateDescription(
      trx,
      made,
      { name, kind, about, place_code, phone: null, email: null, website: null },
      owner,
    );
  });
}

async function welcome(
  { db }: Site,
  { role, branch: code }: Character,
  person: Somebody,
  owner: Somebody,
): Promise<void> {
  if (role === 'owner') return;
  await db.transaction().execute(async (trx) => {
    const branch = await getBranch(trx, owner, code);
    if (role === 'learner') await addLearner(trx, owner, branch, person.id);
    else {
      const by = { by: 'manager', grantedById: owner.id, actorId: owner.id } as const;
      await grantRole(trx, { personId: person.id, organisationId: branch.id, role, ...by });
    }
  });
}

type Class = Pick<typeof cohort, 'name' | 'branch' | 'courses' | 'questions'>;

async function gather({ db }: Site, owner: Somebody, cohort: Class): Promise<string> {
  const id = randomUUID();
  const branch = await getBranch(db, owner, cohort.branch);
  const courses = await Promise.all(cohort.courses.map((slug) => getCourse(db, slug)));
  const description = {
    name: cohort.name,
    place_code: branch.place_code,
    starts_on: null,
    ends_on: null,
    language: 'vi',
    seats: 12,
    cost_note: null,
    is_open: false,
    questions: cohort.questions,
  };
  await db.transaction().execute((trx) =>
    insertCohort(
      trx,
      branch,
      { id, ...description },
      courses.map((course) => course.id),
      owner,
    ),
  );
  return id;
}
