import type { Chance } from './chance.ts';
import { arrive, giveRole, type Person } from './people.ts';
import type { Rows } from './rows.ts';
import { coursesTakenUp, neighbours, type Spread } from './spread.ts';
import { type Course, study } from './studies.ts';
import type { Branch, Ground } from './tree.ts';

export interface World extends Ground {
  spread: Spread;
  courses: Course[];
  centres: Branch[];
  drawCourse(random: Chance): number;
  drawCentre(random: Chance): number;
  publicUrl: URL;
  now: number;
}

/** What somebody may come across who signs in. */
export interface Settled {
  learner: Person;
  mentor: Person | null;
  centre: Branch;
}

const day = 86_400_000;
/** Of one learner, with what they take up and what their cohort has. */
const mostCourses = 16;

/**
 * Learners who live beside each other, each with all that they have done: in the first months few came, lately many.
 * @param group the first has a cohort in any case
 */
export function settle(rows: Rows, random: Chance, world: World, group: number): Settled {
  const { spread, now } = world;
  const count = Math.min(neighbours, spread.learners - group * neighbours);
  const centre = world.centres[world.drawCentre(random)] ?? random.pick(world.centres);
  const openedAt = now - (10 + 720 * random.share() ** 1.6) * day;
  const hasCohort = group === 0 || random.happens(0.7);
  const size = hasCohort && count >= 20 ? random.whole(12, 20) : 0;

  const people = Array.from({ length: count }, (_, place) => {
    const joinedAt = openedAt + (place < size ? 0 : random.share() * 8 * day);
    const learner = arrive(rows, random, { number: group * neighbours + place, joinedAt, kind: 'learner' }, world);
    const isOfBranch = place < size || random.happens(0.75);
    const role = { organisation: centre, role: 'learner', by: centre.manager, at: joinedAt + 1 } as const;
    if (isOfBranch) giveRole(rows, random, learner, role);
    return learner;
  });
  const members = people.slice(0, size);
  const together = members.length > 0 ? distinctCourses(random, world, 2, []) : [];
  const mentor =
    members.length > 0 ? gather(rows, random, world, { centre, members, openedAt, courses: together }) : null;

  for (const [place, learner] of people.entries()) {
    const shared = place < size ? together : [];
    const own = distinctCourses(random, world, Math.max(0, random.pick(coursesTakenUp) - shared.length), shared);
    let startsAt = learner.joinedAt + 3_600_000;
    for (const [index, course] of [...shared, ...own].entries()) {
      const number = (group * neighbours + place) * mostCourses + index;
      study(rows, random, learner, { course, startsAt, now, publicUrl: world.publicUrl, number });
      startsAt += random.whole(2, 40) * day;
    }
  }
  const [learner] = people;
  if (learner === undefined) throw new Error(`group ${group} has nobody in it`);
  return { learner, mentor, centre };
}

function distinctCourses(random: Chance, { courses, drawCourse }: World, count: number, beside: Course[]): Course[] {
  const drawn = new Set<Course>();
  for (let tries = 0; drawn.size < count && tries < 40; tries += 1) {
    const course = courses[drawCourse(random)];
    if (course !== undefined && !beside.includes(course)) drawn.add(course);
  }
  return [...drawn];
}

interface Gathering {
  centre: Branch;
  members: Person[];
  openedAt: number;
  courses: Course[];
}

/** A cohort with so many mentors that each has from five to ten. @returns the first of them */
function gather(rows: Rows, random: Chance, world: World, { centre, members, openedAt, courses }: Gathering): Person {
  const at = openedAt + 2;
  const moment = new Date(at);
  const cohort_id = random.id(at);
  rows.add('cohorts', {
    id: cohort_id,
    organisation_id: centre.id,
    name: `Nhóm học ${random.pick(['tối thứ Ba', 'sáng thứ Bảy', 'chiều Chủ nhật', 'tối thứ Năm'])}, ${random.pick(places)}`,
    place_code: centre.place_code,
    language: 'vi',
    seats: 20,
    created_by_id: centre.manager.id,
    created_at: moment,
  });
  for (const [index, { id }] of courses.entries())
    rows.add('cohort_courses', { cohort_id, course_id: id, position: index + 1 });

  const mentors = Array.from({ length: Math.ceil(members.length / 8) }, () => {
    const mentor = arrive(rows, random, { number: world.nextNumber(), joinedAt: openedAt, kind: 'staff' }, world);
    giveRole(rows, random, mentor, { organisation: centre, role: 'mentor', by: centre.manager, at: openedAt + 1 });
    rows.add('mentors', { person_id: mentor.id });
    rows.add('cohort_mentors', {
      id: random.id(at),
      cohort_id,
      person_id: mentor.id,
      valid_from: moment,
      added_by_id: centre.manager.id,
    });
    return mentor;
  });
  for (const [place, member] of members.entries()) {
    const member_id = random.id(at);
    const mentor = mentors[place % mentors.length] ?? random.pick(mentors);
    rows.add('cohort_members', { id: member_id, cohort_id, person_id: member.id, joined_at: moment });
    rows.add('mentorships', { id: random.id(at), member_id, cohort_id, mentor_id: mentor.id, valid_from: moment });
  }
  return mentors[0] ?? random.pick(mentors);
}

const places = ['nhà văn hoá', 'thư viện xã', 'trường tiểu học', 'bưu điện', 'hội trường thôn', 'quán cà phê đầu xóm'];
