import type { XmlElement } from '@rgrove/parse-xml';
import type { Root } from 'mdast';
import { decoded, itemAddress, pictureAddress } from './addresses.ts';
import { type Draft, type DraftPicture, root } from './draft.ts';
import { readHtml } from './html.ts';
import { readMarkdown } from './markdown.ts';
import { elements, textAt } from './xml.ts';

/** Of one context, by the path that its texts name. */
export type Attachments = Map<string, DraftPicture & { name: string }>;

/** By context. What people handed in lies in areas of its own, and is not looked at. */
export function attachmentsOf(source: XmlElement | null, files: Map<string, Buffer>): Map<string, Attachments> {
  const found = new Map<string, Attachments>();
  for (const file of elements(source, 'file')) {
    const [name, hash] = [textAt(file, 'filename').normalize('NFC'), textAt(file, 'contenthash')];
    const isOfPeople =
      /^(?:user|assignsubmission_|assignfeedback_)/.test(textAt(file, 'component')) ||
      /attempt|response|submission|draft|private/.test(textAt(file, 'filearea'));
    const place = `files/${hash.slice(0, 2)}/${hash}`;
    const content = files.get(place);
    if (name === '.' || isOfPeople || content === undefined) continue;
    const context = textAt(file, 'contextid');
    const own: Attachments = found.get(context) ?? new Map();
    own.set(`${textAt(file, 'filepath')}${name}`.replace(/^\//, '').normalize('NFC'), { name, place, content });
    found.set(context, own);
  }
  return found;
}

/** A text of a backup, in the format that it says. */
export function textOf(
  source: XmlElement | null,
  name: string,
  draft: Draft,
  place: string,
  attachments: Attachments,
): Root {
  const text = relinked(given(textAt(source, name)), attachments, draft);
  const format = textAt(source, `${name}format`);
  if (text === '') return root([]);
  if (format === '4') return readMarkdown(text, place, draft.notes);
  const isHtml = format === '1' || /<(?:p|div|br|ul|h\d)\b/i.test(text);
  return readHtml(isHtml ? text : text.replaceAll('\n', '<br>'), place, draft.notes);
}

/** Puts pictures and activities in the place of a backup's own addresses. */
export function relinked(text: string, attachments: Attachments, draft: Draft): string {
  return text
    .replace(/@@PLUGINFILE@@\/([^"'\s<>)?]*)(?:\?[^"'\s<>)]*)?/g, (_, address: string) => {
      const wanted = decoded(address);
      const file = attachments.get(wanted);
      if (file === undefined) return pictureAddress(wanted);
      const name = `${file.place}/${file.name}`;
      if (isPicture(file.name)) draft.pictures.set(name, file);
      return pictureAddress(name);
    })
    .replace(/\$@[A-Z]+VIEWBYID\*(\d+)@\$/g, (_, number: string) => itemAddress(number));
}

export function isPicture(name: string): boolean {
  return /\.(?:png|jpe?g|gif|webp|svg)$/i.test(name);
}

/** A backup has a word for nothing. */
export function given(text: string): string {
  return text === '$@NULL@$' ? '' : text;
}
