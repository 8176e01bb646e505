import { wallClock } from '../meetings/times.ts';

/** The day it is in Vietnam, in ISO form. */
export function today(now = new Date()): string {
  return wallClock(now).day;
}
