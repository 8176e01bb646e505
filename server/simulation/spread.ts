import { longTail } from './chance.ts';

/** What so many learners bring along. For a million: 10,000 courses, 20 million completions, 20 million answers. */
export interface Spread {
  learners: number;
  courses: number;
  /** Of the tree, without its root; the first ones are networks, the others are centres below them. */
  networks: number;
  centres: number;
}

/** Learners who live beside each other: of one centre, some of them in one cohort. */
export const neighbours = 50;

/** @param wished else as many as so many learners have */
export function spreadOf(learners: number, wished: Partial<Spread> = {}): Spread {
  const { centres = Math.max(3, Math.round(learners / 250)) } = wished;
  return {
    learners,
    courses: wished.courses ?? Math.max(30, Math.round(learners / 100)),
    networks: wished.networks ?? Math.max(2, Math.min(34, Math.round(centres / 16))),
    centres,
  };
}

export function groupsOf({ learners }: Spread): number {
  return Math.ceil(learners / neighbours);
}

/** A tenth of the courses have most of the learners. */
export function drawCourse({ courses }: Spread) {
  return longTail(courses, 0.9);
}

/** Centres in towns are larger than those in villages. */
export function drawCentre({ centres }: Spread) {
  return longTail(centres, 0.6);
}

/** How many courses somebody takes up on their own: about three. */
export const coursesTakenUp = [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 9] as const;

/** That somebody does one more part of a course, after each: not half of them come to the end. */
export const goesOn = 0.935;
/** That an attempt at the quiz passes. */
export const passes = 0.8;
/** That who comes to the quiz begins it and leaves it open. */
export const leavesOpen = 0.07;
/** That an answer is changed once. */
export const changesAnswer = 0.04;
