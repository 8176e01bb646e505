import { checkPackage } from '../courses/package.ts';
import { wordsIn } from '../courses/package-desk.ts';
import { readPicture } from '../courses/pictures.ts';
import { build } from './building.ts';
import { type Draft, leftOut, type Note } from './draft.ts';
import type { Dropped } from './dropped.ts';
import { languageOf, readLanguage } from './language.ts';
import { most } from './limits.ts';
import { inOrder } from './report.ts';

export interface Moved {
  /** by path in the course folder; null where nothing could be taken */
  files: Map<string, Buffer> | null;
  language: string;
  notes: Note[];
}

/**
 * Makes a draft a course package that `checkPackage` finds no fault with. What has one is left out, told with the reason, and
 * the rest looked at again: taking an item out breaks the links to it.
 */
export async function writePackage(
  draft: Draft,
  id: string,
  language: string | null,
  draw = remembering(),
): Promise<Moved> {
  const chosen = language ?? readLanguage(draft.language ?? '') ?? languageOf(wordsOf(draft));
  const t = wordsIn(chosen);
  const dropped: Dropped = { items: new Map(), questions: new Map(), pictures: new Map(), about: false };
  for (const [name, { content }] of draft.pictures) {
    if (content.length > most.pictureBytes)
      dropped.pictures.set(name, { code: 'file_too_large', values: { kilobytes: most.pictureBytes / 1000 } });
  }
  for (let round = 0; round < mostRounds; round += 1) {
    const { files, owners, notes, items } = build(draft, id, chosen, t, dropped);
    if (items === 0) return { files: null, language: chosen, notes: inOrder([...draft.notes, ...notes]) };
    const reading = await checkPackage({ name: id, files: inPathOrder(files), faults: [] }, draw);
    if (!('faults' in reading)) {
      return { files, language: chosen, notes: inOrder([...notes, ...draft.notes]) };
    }
    let isNew = false;
    for (const { file, line, code, values } of reading.faults) {
      const owner = owners(file, line);
      const because = { code, values };
      const list = owner === null ? null : dropped[owner.list];
      if (owner?.list === 'about') dropped.about = true;
      if (list instanceof Map && owner && !list.has(owner.id)) list.set(owner.id, because);
      isNew ||= owner !== null;
    }
    if (!isNew) break;
  }
  return { files: null, language: chosen, notes: [...draft.notes, leftOut('course', '', 'no_package')] };
}

/** Each finds at least one fault; most are found in the first. */
const mostRounds = 12;

function inPathOrder(files: Map<string, Buffer>): Map<string, Buffer> {
  return new Map([...files].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Drawing takes nearly all of the time, and a picture is the same in every round. */
export function remembering(): typeof readPicture {
  const drawn = new WeakMap<Buffer, ReturnType<typeof readPicture>>();
  return (content) => {
    const known = drawn.get(content) ?? readPicture(content);
    drawn.set(content, known);
    return known;
  };
}

/** Enough of them to tell the language. */
function wordsOf({ title, items }: Draft): string {
  const texts = items.slice(0, 40).map((item) => {
    if (item.kind === 'quiz') return item.questions.map(({ question }) => question.text).join(' ');
    return JSON.stringify(item.body.children).slice(0, 20_000);
  });
  return [title ?? '', ...items.map((item) => item.title), ...texts]
    .join(' ')
    .replace(/"[a-z]+":|"[a-zA-Z]+"(?=[,}])|<[^>]*>|https?:\S+/g, ' ');
}
