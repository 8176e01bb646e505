import mammoth from 'mammoth';
import type { Heading, Root, RootContent } from 'mdast';
import { toString as wordsOf } from 'mdast-util-to-string';
import { pictureAddress } from './addresses.ts';
import type { Files } from './archive.ts';
import { changed, type Draft, emptyDraft, leftOut, MovingFault, root } from './draft.ts';
import { nameOfFile } from './gift.ts';
import { readHtml } from './html.ts';
import { readXml } from './xml.ts';

/**
 * A Word document: a lesson for each of its outermost headings, with pictures and tables. The archive has been unpacked within
 * bounds before, and its parts are well-formed XML without entities, so that the library meets nothing worse than a long text.
 */
export async function readWord(content: Buffer, { files, notes }: Files, place: string): Promise<Draft> {
  for (const [path, part] of files) if (/\.(?:xml|rels)$/i.test(path)) readXml(part, `${place}/${path}`);
  const draft = emptyDraft();
  draft.notes = notes;
  const { value, messages } = await mammoth
    .convertToHtml(
      { buffer: content },
      {
        externalFileAccess: false,
        convertImage: mammoth.images.imgElement(async (image) => {
          const name = `word/picture-${draft.pictures.size + 1}`;
          draft.pictures.set(name, { content: await image.readAsBuffer(), place });
          return { src: pictureAddress(name) };
        }),
      },
    )
    .catch(() => {
      throw new MovingFault('word_broken', place);
    });
  if (messages.length > 0) notes.push(changed('text', place, 'word_styles', { count: messages.length }));
  for (const path of files.keys()) {
    if (/\/(?:comments|embeddings|activeX|charts|diagrams)\b/i.test(path) && !/_rels|comments\w+\.xml$/i.test(path))
      notes.push(leftOut('file', `${place}/${path}`, 'word_part', { name: path }));
  }
  const body = readHtml(value, place, notes);
  const parts = partsOf(body);
  const title = nameOfFile(place);
  draft.title = parts.title ?? title;
  draft.items = parts.lessons.map((lesson, index) => ({
    kind: 'lesson',
    id: `${place} ${index + 1}`,
    section: null,
    title: lesson.title ?? draft.title ?? title,
    place: `${place} ${index + 1}`,
    body: lesson.body,
  }));
  return draft;
}

interface Parts {
  /** where one heading stands over all others */
  title: string | null;
  lessons: { title: string | null; body: Root }[];
}

function partsOf(body: Root): Parts {
  const headings = body.children.filter((block): block is Heading => block.type === 'heading');
  const depths = [...new Set(headings.map(({ depth }) => depth))].sort();
  const outermost = headings.filter(({ depth }) => depth === depths[0]);
  // A single outermost heading is the title of the whole.
  const isTitled =
    outermost.length === 1 && depths.length > 1 && body.children.indexOf(outermost[0] as RootContent) === 0;
  const depth = isTitled ? depths[1] : depths[0];
  const lessons: Parts['lessons'] = [];
  for (const block of body.children) {
    if (isTitled && block === outermost[0]) continue;
    if (block.type === 'heading' && block.depth === depth) lessons.push({ title: wordsOf(block), body: root([]) });
    else {
      if (lessons.length === 0) lessons.push({ title: null, body: root([]) });
      lessons.at(-1)?.body.children.push(block);
    }
  }
  return { title: isTitled ? wordsOf(outermost[0] as Heading) : null, lessons };
}
