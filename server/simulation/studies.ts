import { newCode } from '../certificates/code.ts';
import { printCourse } from '../certificates/printing.ts';
import { dayOf } from '../platform/day.ts';
import type { Response } from '../quizzes/question.ts';
import { type Chance, scattered } from './chance.ts';
import type { Person } from './people.ts';
import type { Rows } from './rows.ts';
import { changesAnswer, goesOn, leavesOpen, passes } from './spread.ts';

/** A published course, as far as somebody's way through it asks for it. */
export interface Course {
  id: string;
  version_id: string;
  title: string;
  hours: number;
  valid_months: number | null;
  skills: { framework: string; code: string }[];
  provider: { code: string; name: string };
  lessons: string[];
  quiz: { id: string; pass: number; questions: QuizQuestion[] };
}

export interface QuizQuestion {
  id: string;
  right: Response;
  wrong: Response[];
}

export interface Study {
  course: Course;
  startsAt: number;
  now: number;
  publicUrl: URL;
  /** Of the certificate that may come of it: nobody else's. */
  number: number;
}

const [minute, hour] = [60_000, 3_600_000];

/** One person's way through one course, as far as they have come by now. */
export function study(rows: Rows, random: Chance, person: Person, { course, startsAt, ...rest }: Study): void {
  if (startsAt >= rest.now) return;
  const enrolment_id = random.id(startsAt);
  rows.add('enrolments', {
    id: enrolment_id,
    person_id: person.id,
    course_id: course.id,
    version_id: course.version_id,
    enrolled_at: new Date(startsAt),
  });
  const way = { person_id: person.id, enrolment_id };
  let at = startsAt;
  for (const item_id of course.lessons) {
    at += pauseOf(random);
    if (!random.happens(goesOn) || at >= rest.now) return;
    rows.add('completions', { ...way, item_id, cause: 'read', completed_at: new Date(at) });
  }
  const passed = takeQuiz(rows, random, way, { course, at: at + pauseOf(random), now: rest.now });
  if (passed === null) return;
  const { at: completedAt, share } = passed;
  rows.add('completions', { ...way, item_id: course.quiz.id, cause: 'passed', completed_at: new Date(completedAt) });
  certify(rows, random, person, { course, enrolment_id, at: completedAt, share, ...rest });
}

/** Mostly the same evening; sometimes days. */
function pauseOf(random: Chance): number {
  return random.happens(0.7) ? random.whole(4, 40) * minute : random.whole(8, 120) * hour;
}

type Way = { person_id: string; enrolment_id: string };

/** @returns when it was passed and with which share of the points; null when it was not */
function takeQuiz(
  rows: Rows,
  random: Chance,
  way: Way,
  { course: { quiz }, at: firstAt, now }: { course: Course; at: number; now: number },
): { at: number; share: number } | null {
  let at = firstAt;
  const opens = (number: number) => {
    const id = random.id(at);
    rows.add('attempts', { id, ...way, item_id: quiz.id, number, started_at: new Date(at) });
    return { id, number };
  };
  if (at >= now) return null;
  for (let number = 1; ; number += 1) {
    const handedInAt = at + 12 * minute;
    const isLeftOpen = random.happens(leavesOpen) || handedInAt >= now;
    const attempt = opens(number);
    if (isLeftOpen) {
      rows.add('open_attempts', { enrolment_id: way.enrolment_id, item_id: quiz.id, attempt_id: attempt.id });
      const answered = quiz.questions.slice(0, random.whole(0, quiz.questions.length - 1));
      answer(rows, random, way, attempt, {
        answered,
        rightly: answered.length >> 1,
        from: at,
        until: Math.min(now, handedInAt),
      });
      return null;
    }
    const total = quiz.questions.length;
    const enough = Math.ceil((total * quiz.pass) / 100);
    const isPassed = random.happens(passes);
    const rightly = isPassed ? random.whole(enough, total) : random.whole(0, enough - 1);
    const right = answer(rows, random, way, attempt, {
      answered: quiz.questions,
      rightly,
      from: at,
      until: handedInAt,
    });
    handIn(rows, attempt, { right, total, isPassed, at: handedInAt });
    if (isPassed) return { at: handedInAt, share: rightly / total };
    at = handedInAt + pauseOf(random);
    if (at >= now) return null;
  }
}

interface Answering {
  answered: QuizQuestion[];
  /** How many of them, by the newest answer. */
  rightly: number;
  from: number;
  until: number;
}

/** @returns the points of each question */
function answer(
  rows: Rows,
  random: Chance,
  way: Way,
  attempt: { id: string },
  { answered, rightly, from, until }: Answering,
): Map<string, number> {
  const points = new Map<string, number>();
  // Those that are known lie anywhere among them.
  const first = random.whole(0, Math.max(0, answered.length - 1));
  const pace = (until - from) / (answered.length + 1);
  for (const [place, { id: question_id, right, wrong }] of answered.entries()) {
    const isRight = (place - first + answered.length) % answered.length < rightly;
    points.set(question_id, isRight ? 1 : 0);
    const given = [
      ...(random.happens(changesAnswer) ? [isRight ? random.pick(wrong) : right] : []),
      isRight ? right : random.pick(wrong),
    ];
    for (const [index, response] of given.entries()) {
      rows.add('answers', {
        person_id: way.person_id,
        attempt_id: attempt.id,
        question_id,
        revision: index + 1,
        response,
        language: 'vi',
        answered_at: new Date(from + pace * (place + 1 + index / 2)),
      });
    }
  }
  return points;
}

function handIn(
  rows: Rows,
  attempt: { id: string },
  { right, total, isPassed, at }: { right: Map<string, number>; total: number; isPassed: boolean; at: number },
): void {
  const sum = [...right.values()].reduce((points, one) => points + one, 0);
  rows.add('submissions', { attempt_id: attempt.id, submitted_at: new Date(at) });
  rows.add('markings', {
    attempt_id: attempt.id,
    number: 1,
    cause: 'submission',
    points: sum,
    max_points: total,
    passed: isPassed,
    marked_at: new Date(at),
  });
  for (const [question_id, points] of right)
    rows.add('marks', { attempt_id: attempt.id, marking_number: 1, question_id, points });
}

interface Achieved extends Omit<Study, 'startsAt' | 'now'> {
  enrolment_id: string;
  at: number;
  share: number;
}

function certify(
  rows: Rows,
  random: Chance,
  person: Person,
  { course, enrolment_id, at, share, publicUrl, number }: Achieved,
): void {
  const code = certificateCode(random, number);
  const count = course.lessons.length;
  const printed = printCourse(
    {
      full_name: person.full_name,
      language: person.language,
      version: 1,
      hours: course.hours,
      valid_months: course.valid_months,
      issued_on: dayOf(new Date(at)),
      provider: course.provider,
      assessor: null,
      lesson_count: count,
      titles: [{ language: 'vi', title: course.title }],
      skills: course.skills,
      best: [{ share }],
    },
    code,
    publicUrl,
  );
  rows.add('certificates', {
    id: random.id(at),
    code,
    person_id: person.id,
    achievement: 'course',
    enrolment_id,
    term: 1,
    printed,
    issued_at: new Date(at),
  });
  rows.add('audit_events', {
    id: random.id(at),
    happened_at: new Date(at),
    actor_id: null,
    subject_id: person.id,
    verb: 'certificate.issued',
    channel: 'system',
    facts: { enrolment_id },
  });
}

/** The first eight characters alone tell certificates apart: among a million, two of eight random ones would be alike. */
function certificateCode(random: Chance, number: number): string {
  let rest = scattered(number, 31n ** 8n, 104_395_301n);
  const first = Array.from({ length: 8 }, () => {
    const place = rest % 31;
    rest = Math.floor(rest / 31);
    return place;
  });
  return newCode((count) => Uint8Array.from([...first, ...random.bytes(count)].slice(0, count)));
}
