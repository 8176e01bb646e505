import { type Pair, pairUp } from './pairing.ts';
import { hashOf, type Part, typedPart } from './part.ts';
import type { MarkOnRecord } from './queries.ts';
import { knownBetween } from './staleness.ts';

/** One item in one of the two languages. */
export interface SideText {
  language: string;
  path: string;
  text: string;
  parts: Part[];
  revision: number;
}

export const sideNames = ['one', 'other'] as const;
export type SideName = (typeof sideNames)[number];

export interface Side {
  /** Of its field: which part it shows, or, where there is none yet, after how many and beside which. */
  name: string;
  text: string;
  isThere: boolean;
  mark: { id: string; isLacking: boolean } | null;
  /** Who said that it is still right beside this partner. */
  confirmed: { name: string | null; at: Date } | null;
  /** What is kept now, where somebody typed something else meanwhile. */
  theirs: string | null;
}

export interface SidePair {
  number: number;
  kind: Part['kind'];
  /** Of a quiz: which question it belongs to, counted. */
  question: number | null;
  one: Side;
  other: Side;
}

export function sidePairs(one: SideText, other: SideText, marks: MarkOnRecord[]): SidePair[] {
  const pairs = pairUp(one.parts, other.parts, knownBetween(one.language, other.language, marks));
  const questions: string[] = [];
  const passed = { one: 0, other: 0 };
  return pairs.map((pair, index): SidePair => {
    const [mine, theirs] = [partAt(one, pair.one), partAt(other, pair.other)];
    const part = (mine ?? theirs) as Part;
    const question = questionOf(part);
    if (question !== null && !questions.includes(question)) questions.push(question);
    if (pair.one !== null) passed.one = pair.one + 1;
    if (pair.other !== null) passed.other = pair.other + 1;
    return {
      number: index + 1,
      kind: part.kind,
      question: question === null ? null : questions.indexOf(question) + 1,
      one: sideOf('one', one, other, pair, passed.one, marks),
      other: sideOf('other', other, one, pair, passed.other, marks),
    };
  });
}

function partAt({ parts }: SideText, index: number | null): Part | null {
  return index === null ? null : (parts[index] ?? null);
}

function questionOf({ place }: Part): string | null {
  return place === null || place === 'quiz name' ? null : place.slice(0, place.indexOf(' '));
}

function sideOf(
  name: SideName,
  own: SideText,
  beside: SideText,
  pair: Pair,
  passed: number,
  marks: MarkOnRecord[],
): Side {
  const index = pair[name];
  const part = partAt(own, index);
  const partner = partAt(beside, pair[name === 'one' ? 'other' : 'one']);
  const about = marks.filter((one) => one.language === own.language && one.source_language === beside.language);
  const open = about.find(
    (one) =>
      one.settled_how === null &&
      (part ? one.block === part.hash : one.block === null && one.source_after === partner?.hash),
  );
  const said = about.findLast(
    (one) =>
      one.settled_how === 'confirmed' &&
      one.block === (part?.hash ?? null) &&
      one.source_after === (partner?.hash ?? null),
  );
  return {
    name: part ? `${name}-${index}-${part.hash}` : `${name}-new-${passed}-${partner?.hash ?? ''}`,
    text: part?.text ?? '',
    isThere: part !== null,
    mark: open ? { id: open.id, isLacking: open.block === null } : null,
    confirmed: !open && said?.settled_at ? { name: said.settled_by_name, at: said.settled_at } : null,
    theirs: null,
  };
}

/** As much as a page can be: a part of a form costs more than its words. */
const mostOfPage = { pairs: 40, letters: 16_000 };

/** Long texts in pages, which begin with a heading where there is one. */
export function pagesOf(pairs: SidePair[]): SidePair[][] {
  const pages: SidePair[][] = [];
  let page: SidePair[] = [];
  let letters = 0;
  for (const pair of pairs) {
    const size = pair.one.text.length + pair.other.text.length;
    const isFull = page.length >= mostOfPage.pairs || letters + size > mostOfPage.letters;
    const isHalf = page.length >= mostOfPage.pairs / 2 || letters > mostOfPage.letters / 2;
    if (page.length > 0 && (isFull || (isHalf && pair.kind === 'heading'))) {
      pages.push(page);
      page = [];
      letters = 0;
    }
    page.push(pair);
    letters += size;
  }
  return page.length > 0 || pages.length === 0 ? [...pages, page] : pages;
}

/** What somebody typed for one part. */
export interface Typed {
  name: string;
  side: SideName;
  /** Position of the part, or, where it is new, how many stand before it. */
  at: number;
  isNew: boolean;
  /** Of the part as the page showed it; of a new one, of its partner. */
  hash: string;
  text: string;
}

/** The fields in which there is something else than the page showed, and that is not kept already. */
export function typedIn(body: Record<string, unknown>, texts: Record<SideName, SideText>): Typed[] {
  return Object.entries(body).flatMap(([name, value]): Typed[] => {
    const [, side, isNew, at, hash = ''] = /^(one|other)-(new-)?(\d{1,6})-([0-9a-f]{0,16})$/.exec(name) ?? [];
    if (side === undefined) return [];
    const typed: Typed = {
      ...{ name, side: side as SideName, at: Number(at), isNew: isNew !== undefined, hash, text: typedPart(value) },
    };
    const { parts } = texts[typed.side];
    const isChanged = typed.isNew ? typed.text !== '' : !isAsShown(typed, parts);
    return isChanged ? [typed] : [];
  });
}

function isAsShown({ at, hash, text }: Typed, parts: Part[]): boolean {
  const places = new Set([parts[at]?.place ?? null, ...parts.map(({ place }) => place)]);
  for (const place of places) if (hashOf(place, text) === hash) return true;
  return false;
}

/** Sent again, or typed by both: it stands there already. */
export function isKept({ text }: Typed, { parts }: SideText): boolean {
  return text !== '' && parts.some((part) => part.text.normalize('NFC') === text);
}

/** What was typed, on the page as it is now. @returns those too that have no place there any more */
export function withTyped(
  pairs: SidePair[],
  typed: Typed[],
): { pairs: SidePair[]; orphans: Typed[]; touched: Set<number> } {
  const orphans: Typed[] = [];
  const touched = new Set<number>();
  const shown = pairs.map((pair) => ({ ...pair, one: { ...pair.one }, other: { ...pair.other } }));
  for (const one of typed) {
    const pair =
      shown.find((candidate) => isOf(one, candidate, true)) ?? shown.find((candidate) => isOf(one, candidate, false));
    if (pair === undefined || touched.has(sideKey(pair, one.side))) {
      orphans.push(one);
      continue;
    }
    touched.add(sideKey(pair, one.side));
    const side = pair[one.side];
    side.theirs = side.name === one.name || side.text === one.text ? null : side.text;
    side.text = one.text;
  }
  return { pairs: shown, orphans, touched: new Set([...touched].map((key) => Math.floor(key / 2))) };
}

function sideKey({ number }: SidePair, side: SideName): number {
  return number * 2 + sideNames.indexOf(side);
}

function isOf({ side, name, at, isNew, hash }: Typed, pair: SidePair, isSure: boolean): boolean {
  const own = pair[side].name;
  if (own === name) return true;
  if (isNew) {
    const beside = pair[side === 'one' ? 'other' : 'one'].name;
    return isSure ? own.includes('-new-') && own.endsWith(`-${hash}`) : beside.endsWith(`-${hash}`);
  }
  return isSure ? own.endsWith(`-${hash}`) && !own.includes('-new-') : own.startsWith(`${side}-${at}-`);
}
