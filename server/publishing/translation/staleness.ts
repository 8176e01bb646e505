import { later } from '../../platform/later.ts';
import { type Known, pairUp } from './pairing.ts';
import type { Part } from './part.ts';

const diff = later<typeof import('diff')>('diff');

/** That a part may say no longer what its partner in another language says, or that it has yet to be written. */
export interface Mark {
  id: string;
  /** Of the part that is behind. */
  language: string;
  /** By its hash; null where there is none yet. */
  block: string | null;
  source_language: string;
  /** The partner that was changed, as it was and as it is; null where it was not there, or is gone. */
  source_before: string | null;
  source_after: string | null;
  settled_how: string | null;
  settled_by_id: string | null;
  /** What was written in its place. */
  became: string | null;
}

export type NewMark = Pick<Mark, 'language' | 'block' | 'source_language' | 'source_before' | 'source_after'>;

/** What a save does to the marks of one item. */
export interface Consequences {
  added: NewMark[];
  settled: Map<string, { how: 'rewritten' | 'undone'; became: string | null }>;
  /** Marks that stay, of a partner that was changed once more. */
  followed: Map<string, Partial<Pick<Mark, 'source_after' | 'became'>>>;
}

/** One item in one language, before and after a save; the same twice where it was not touched. */
export interface Saved {
  language: string;
  before: Part[];
  after: Part[];
}

/** More than anybody can look at. */
const mostMarks = 1_000;

/**
 * Who changes a part marks its partners, and whoever changes what is marked follows: that settles the mark and marks nobody, or the two would mark
 * each other for ever. The same holds while the same person goes on with what they wrote in following, and for two that are written at once.
 */
export function consequencesOf(texts: Saved[], marks: Mark[], person: string): Consequences {
  const done: Consequences = { added: [], settled: new Map(), followed: new Map() };
  const open = marks.filter((mark) => mark.settled_how === null);
  const edits = new Map(texts.map((text) => [text.language, editsOf(text.before, text.after)]));
  for (const text of texts) {
    if (text.before === text.after) continue;
    const own = edits.get(text.language) as Edits;
    for (const { before, after } of own.changed)
      follow(text.language, hashIn(text.before, before), hashIn(text.after, after));
    for (const other of texts) if (other !== text) between(text, own, other, edits.get(other.language) as Edits);
  }
  done.added = done.added.slice(0, mostMarks);
  return done;

  function follow(language: string, was: string | null, now: string | null): void {
    for (const mark of open)
      if (mark.language === language && mark.block === was)
        done.settled.set(mark.id, { how: 'rewritten', became: now });
    for (const mark of followedBy(language, was)) done.followed.set(mark.id, { became: now });
  }

  function followedBy(language: string, was: string | null): Mark[] {
    return marks.filter(
      (mark) =>
        mark.settled_how === 'rewritten' &&
        mark.settled_by_id === person &&
        mark.language === language &&
        mark.became !== null &&
        mark.became === was,
    );
  }

  function between(text: Saved, own: Edits, other: Saved, others: Edits): void {
    const [language, source_language] = [other.language, text.language];
    const toOther = open.filter((mark) => mark.language === language && mark.source_language === source_language);
    const toOwn = open.filter((mark) => mark.language === source_language && mark.source_language === language);
    const known = knownBetween(text.language, other.language, marks);
    const partners = partnersIn(text.before, other.before, known);
    for (const { before, after } of own.changed) {
      const was = hashIn(text.before, before);
      const now = hashIn(text.after, after);
      const isFollowing = open.some((mark) => mark.language === source_language && mark.block === was);
      if (isFollowing || followedBy(source_language, was).length > 0) continue;
      const partner = partners.get(before);
      if (partner === undefined) {
        for (const mark of toOther.filter((one) => one.block === null && one.source_after === was))
          if (now === null) done.settled.set(mark.id, { how: 'undone', became: null });
          else done.followed.set(mark.id, { source_after: now });
        continue;
      }
      // Written together.
      if (!others.kept.has(partner)) continue;
      const block = hashIn(other.before, partner);
      const mark = toOther.find((one) => one.block === block);
      if (mark === undefined)
        done.added.push({ language, block, source_language, source_before: was, source_after: now });
      else if (now !== null && mark.source_before === now) done.settled.set(mark.id, { how: 'undone', became: null });
      else done.followed.set(mark.id, { source_after: now });
    }

    const paired = new Set<number | undefined>();
    const still: Known = { together: new Set(known.together), alone: new Set(known.alone) };
    for (const [before, partner] of partners) {
      const [mine, theirs] = [own.kept.get(before), others.kept.get(partner)];
      if (mine === undefined || theirs === undefined) continue;
      paired.add(theirs);
      still.together.add(`${hashIn(text.after, mine)} ${hashIn(other.after, theirs)}`);
    }
    // What is asked for may be what comes now.
    for (const mark of toOwn)
      if (mark.block === null && mark.source_after !== null) still.alone.delete(mark.source_after);
    const now = partnersIn(text.after, other.after, still);
    for (const index of own.inserted) {
      const hash = hashIn(text.after, index);
      const back = toOther.find((mark) => mark.source_after === null && mark.source_before === hash);
      if (back) {
        done.settled.set(back.id, { how: 'undone', became: null });
        continue;
      }
      const partner = now.get(index);
      // Beside what had a partner already it is no partner.
      if (partner === undefined || paired.has(partner)) {
        done.added.push({ language, block: null, source_language, source_before: null, source_after: hash });
        continue;
      }
      const beside = hashIn(other.after, partner);
      const asked = toOwn.find((mark) => mark.block === null && mark.source_after === beside);
      if (asked) done.settled.set(asked.id, { how: 'rewritten', became: hash });
      const left = toOther.find((mark) => mark.block === beside && mark.source_after === null);
      if (left) done.followed.set(left.id, { source_after: hash });
    }
  }
}

/** What marks say of who belongs to whom. */
export function knownBetween(one: string, other: string, marks: Mark[]): Known {
  const known: Known = { together: new Set(), alone: new Set() };
  for (const { language, source_language, block, became, source_after, settled_how } of marks) {
    const isForth = language === other && source_language === one;
    if ((!isForth && !(language === one && source_language === other)) || source_after === null) continue;
    const own = settled_how === 'rewritten' ? became : block;
    if (own === null) {
      if (settled_how === null || settled_how === 'confirmed') known.alone.add(source_after);
    } else known.together.add(isForth ? `${source_after} ${own}` : `${own} ${source_after}`);
  }
  return known;
}

interface Edits {
  /** From positions before to positions after. */
  kept: Map<number, number>;
  /** `after` is null where it was taken away. */
  changed: { before: number; after: number | null }[];
  inserted: number[];
}

function editsOf(before: Part[], after: Part[]): Edits {
  const runs = before.some(({ place }) => place !== null) ? runsByPlace(before, after) : runsInOrder(before, after);
  const { kept, removed, added } = runs;
  // What was moved is the same as before.
  const moved = new Map(added.map((index) => [after[index]?.hash, index]));
  const changed: Edits['changed'] = [];
  const taken = new Set<number>(runs.changed.map((one) => one.after));
  for (const index of removed) {
    const there = moved.get(before[index]?.hash);
    if (there === undefined || taken.has(there)) changed.push({ before: index, after: null });
    else {
      kept.set(index, there);
      taken.add(there);
    }
  }
  return { kept, changed: [...runs.changed, ...changed], inserted: added.filter((index) => !taken.has(index)) };
}

interface Runs {
  kept: Map<number, number>;
  changed: { before: number; after: number }[];
  removed: number[];
  added: number[];
}

function runsByPlace(before: Part[], after: Part[]): Runs {
  const runs: Runs = { kept: new Map(), changed: [], removed: [], added: [] };
  for (const { one, other } of pairUp(before, after)) {
    if (one === null) runs.added.push(other ?? 0);
    else if (other === null) runs.removed.push(one);
    else if (before[one]?.hash === after[other]?.hash) runs.kept.set(one, other);
    else runs.changed.push({ before: one, after: other });
  }
  return runs;
}

function runsInOrder(before: Part[], after: Part[]): Runs {
  const runs: Runs = { kept: new Map(), changed: [], removed: [], added: [] };
  const hashes = (parts: Part[]) => parts.map(({ hash }) => hash);
  const steps = diff().diffArrays(hashes(before), hashes(after), { timeout: 2_000 }) ?? [
    { value: hashes(before), removed: true, added: false },
    { value: hashes(after), removed: false, added: true },
  ];
  let [from, to] = [0, 0];
  let gone: number[] = [];
  let come: number[] = [];
  const close = () => {
    settleRun(gone, come, before, after, runs);
    gone = [];
    come = [];
  };
  for (const { value, removed, added } of steps) {
    if (!removed && !added) close();
    for (const _ of value) {
      if (removed) gone.push(from++);
      else if (added) come.push(to++);
      else runs.kept.set(from++, to++);
    }
  }
  close();
  return runs;
}

/** As many in the place of as many are the same ones, changed. */
function settleRun(gone: number[], come: number[], before: Part[], after: Part[], runs: Runs): void {
  const [old, fresh] = [gone.map((index) => before[index] as Part), come.map((index) => after[index] as Part)];
  const pairs =
    gone.length === come.length ? gone.map((_, index) => ({ one: index, other: index })) : pairUp(old, fresh);
  for (const { one, other } of pairs) {
    const [from, to] = [one === null ? undefined : gone[one], other === null ? undefined : come[other]];
    if (from !== undefined && to !== undefined) runs.changed.push({ before: from, after: to });
    else if (from !== undefined) runs.removed.push(from);
    else if (to !== undefined) runs.added.push(to);
  }
}

function partnersIn(one: Part[], other: Part[], known: Known): Map<number, number> {
  const pairs = pairUp(one, other, known);
  return new Map(pairs.flatMap((pair) => (pair.one === null || pair.other === null ? [] : [[pair.one, pair.other]])));
}

function hashIn(parts: Part[], index: number | null): string | null {
  return index === null ? null : (parts[index]?.hash ?? null);
}
