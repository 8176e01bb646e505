import { isDeepStrictEqual } from 'node:util';
import { readMarks, withoutMarks, writeMarks } from './gift-blocks.ts';
import { type GiftPlace, readGiftPlaces } from './gift-read.ts';
import { marksOf, writeGift } from './gift-write.ts';
import type { Question } from './question.ts';

// Changes one question of a file and leaves the others as their author wrote them, to the last byte. What comes out is read
// again before it is given back: null where it would not say what it should, and a text is the only way to say it.

/** @param at of the places that `readGiftPlaces` tells */
export function withQuestion(source: string, at: number, question: Question): string | null {
  const { places } = readGiftPlaces(source);
  const place = places[at];
  if (!place) return null;
  if (place.question && isSameQuestion(place.question, question)) return source;
  const file = takeApart(source, places);
  file.pieces[at] = rewritten(file.pieces[at] ?? [], question);
  const wanted = places.map((one, index) => (index === at ? question : one.question));
  return checked(putTogether(file, [at]), wanted);
}

/** @param before the place that it comes before; as many as there are: at the end */
export function withQuestionAdded(source: string, before: number, question: Question): string | null {
  const { places } = readGiftPlaces(source);
  const wanted = places.map((place) => place.question).toSpliced(before, 0, question);
  const text = writeGift([question]);
  const place = places[before];
  if (!place) {
    const gap = source === '' || source.endsWith('\n\n') ? '' : source.endsWith('\n') ? '\n' : '\n\n';
    return checked(source + gap + text, wanted);
  }
  const lines = source.split('\n');
  const isParted = isBlank(lines[place.from - 2]);
  lines.splice(place.from - 1, 0, ...(isParted ? [] : ['']), ...text.split('\n'));
  return checked(lines.join('\n'), wanted);
}

export function withoutQuestion(source: string, at: number): string | null {
  const { places } = readGiftPlaces(source);
  const place = places[at];
  if (!place) return null;
  const lines = source.split('\n');
  const isGapped = isBlank(lines[place.from - 2]) && lines[place.to] === '' && place.to < lines.length - 1;
  lines.splice(place.from - 1, place.to - place.from + 1 + (isGapped ? 1 : 0));
  return checked(
    lines.join('\n'),
    places.map(({ question }) => question).filter((_, index) => index !== at),
  );
}

/** What stands between questions stays where it is: categories, blank lines, remarks of their own. */
export function withQuestionMoved(source: string, from: number, to: number): string | null {
  const { places } = readGiftPlaces(source);
  if (!places[from] || !places[to] || from === to) return source;
  const file = takeApart(source, places);
  const move = <T>(list: T[]) => list.toSpliced(from, 1).toSpliced(to, 0, ...list.slice(from, from + 1));
  const moved = { ...file, pieces: move(file.pieces) };
  const touched = moved.pieces.flatMap((piece, index) => (piece === file.pieces[index] ? [] : [index]));
  return checked(putTogether(moved, touched), move(places.map(({ question }) => question)));
}

/** The last part of a category is what a quiz is called. @param line as `categoryLine` writes it */
export function withTitle(source: string, line: string): string {
  const title = line.trim();
  const lines = source.split('\n');
  const at = lines.findIndex((one) => one.trimStart().startsWith('$CATEGORY:'));
  if (at === -1) return source === '' ? `${title}\n` : `${title}\n\n${source}`;
  const [, above = ''] = /^\s*\$CATEGORY:(.*[^/]\/)(?!\/)/.exec(lines[at] ?? '') ?? [];
  lines[at] = above === '' ? title : `$CATEGORY: ${above.trimStart()}${title.slice('$CATEGORY: '.length)}`;
  return lines.join('\n');
}

export function isSameQuestion(one: Question, other: Question): boolean {
  return isDeepStrictEqual({ ...one, line: 0 }, { ...other, line: 0 });
}

/** The lines of each place, and the lines around them: one gap more than places. */
interface File {
  pieces: string[][];
  gaps: string[][];
}

function takeApart(source: string, places: GiftPlace[]): File {
  const lines = source.split('\n');
  const ends = [0, ...places.map(({ to }) => to)];
  const starts = [...places.map(({ from }) => from - 1), lines.length];
  return {
    pieces: places.map(({ from, to }) => lines.slice(from - 1, to)),
    gaps: starts.map((start, index) => lines.slice(ends[index], start)),
  };
}

/** Where an author forgot a blank line, a question that was moved or written anew gets one. */
function putTogether({ pieces, gaps }: File, touched: number[]): string {
  const lines = gaps.flatMap((gap, index) => {
    const isInside = index > 0 && index < pieces.length;
    const isTouched = touched.includes(index) || touched.includes(index - 1);
    return [...(isInside && isTouched && gap.length === 0 ? [''] : gap), ...(pieces[index] ?? [])];
  });
  return lines.join('\n');
}

/** What its author noted in it stands above it. */
export function rewritten(piece: string[], question: Question): string[] {
  const comments = piece.filter((line) => line.trimStart().startsWith('//'));
  const wanted = marksOf(question);
  const isSaid = isDeepStrictEqual(readMarks(comments), wanted);
  const notes = comments.map(withoutMarks).filter((line) => line.replace(/[/\s]/g, '') !== '');
  const marks = writeMarks(wanted).trimEnd();
  const head = isSaid ? comments : [...(marks === '' ? [] : [marks]), ...notes];
  const { hints: _, ...unhinted } = question;
  return [
    ...head,
    ...writeGift([{ ...unhinted, key: null, tags: [] }])
      .trimEnd()
      .split('\n'),
  ];
}

/** @param wanted undefined for what could not be read before: it stays as it is, and may be read now */
function checked(source: string, wanted: (Question | undefined)[]): string | null {
  const { places } = readGiftPlaces(source);
  const isSound =
    places.length === wanted.length &&
    wanted.every((question, index) => {
      const found = places[index]?.question;
      return question === undefined || (found !== undefined && isSameQuestion(found, question));
    });
  return isSound ? source : null;
}

function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === '';
}
