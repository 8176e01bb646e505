import type { Picture } from '../../courses/pictures.ts';
import { orNotFound } from '../../platform/errors.ts';
import { cleanLine } from '../../platform/text.ts';
import type { Checked } from '../checking.ts';
import type { Saved } from '../files/queries.ts';
import type { Draft } from '../queries.ts';
import { drawOnce } from './drawing.ts';
import type { PictureRefusal } from './taking.ts';
import { picturePaths } from './usage.ts';

// What the forms about pictures say, read against the draft as it is.

const longestWords = 250;

export async function drawnOf({ folder }: Checked, path: string): Promise<Picture | null> {
  const reading = await drawOnce(orNotFound(folder.source.files.get(path)));
  return 'fault' in reading ? null : reading.picture;
}

/** @throws NotFound for what is no picture of the draft */
export function pathIn(checked: Checked, asked: string): string {
  return orNotFound(picturePaths(checked).find((path) => path === asked));
}

/** One of the texts of the course in its languages; empty for anything else. */
export function textIn({ folder, outline }: Checked, asked: string): string {
  const [language = ''] = asked.split('/');
  return folder.revisions.has(asked) && outline.languages.includes(language) ? asked : '';
}

export function wordsOf(typed: unknown): string {
  return typeof typed === 'string' ? Array.from(cleanLine(typed)).slice(0, longestWords).join('') : '';
}

export function addressOf({ id }: Draft, path: string, text: string): string {
  const wanted = text === '' ? '' : `&text=${encodeURIComponent(text)}`;
  return `/publishing/${id}/picture?path=${encodeURIComponent(path)}${wanted}`;
}

export function notSaved(saved: Saved): PictureRefusal {
  return { message: `publishing.not_saved_${saved.outcome}`, values: {} };
}
