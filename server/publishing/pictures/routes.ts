import type { FastifyInstance } from 'fastify';
import { NotFound, orNotFound } from '../../platform/errors.ts';
import { pageNumber, queryText } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Checked, checkDraft } from '../checking.ts';
import { type Draft, getDraft } from '../queries.ts';
import { drawOnce } from './drawing.ts';
import { listPictureWords } from './queries.ts';
import { picturePaths, type Usage, usagesOf } from './usage.ts';

interface PictureRow {
  path: string;
  /** Of the copy to look at. */
  file: string;
  usages: Usage[];
  /** By language, as they came with it. */
  words: Record<string, string>;
  faults: Checked['faults'];
}

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/pictures': {
      draft: Draft;
      course_title: string;
      rows: PictureRow[];
      total: number;
      page_number: number;
      pages: number;
    };
  }
}

type WithId = { Params: { id: string } };

const pageSize = 20;

/** The pictures of a draft, drawn anew as readers will get them: nothing is served as it came. */
export function draftPictureRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithId>('/publishing/:id/pictures', async (request, reply) => {
    const draft = await getDraft(db, signedIn(request), request.params.id);
    const checked = await checkDraft(app, draft);
    const words = await listPictureWords(db, draft);
    const paths = picturePaths(checked);
    const pages = Math.ceil(paths.length / pageSize);
    const page_number = Math.min(pageNumber(queryText(request.query, 'page')), Math.max(1, pages));
    const rows = paths.slice((page_number - 1) * pageSize, page_number * pageSize).map(
      (path): PictureRow => ({
        path,
        file: fileOf(checked, path),
        usages: usagesOf(checked, path),
        words: words.get(path) ?? {},
        faults: checked.faults.filter(({ file, code }) => file === path && code !== 'image_unused'),
      }),
    );
    const page = { draft, course_title: titleOf(draft, checked), rows, total: paths.length, page_number, pages };
    return reply.page('publishing/pictures', page);
  });

  app.get<{ Params: { id: string; file: string } }>('/publishing/:id/pictures/:file', async (request, reply) => {
    const draft = await getDraft(db, signedIn(request), request.params.id);
    const [, short, format] = /^([0-9a-f]{32})\.(webp|png)$/.exec(request.params.file) ?? [];
    if (short === undefined) throw new NotFound();
    const { folder } = await checkDraft(app, draft);
    const [path] = [...folder.hashes].find(([, hash]) => hash.startsWith(short)) ?? [];
    const content = orNotFound(folder.source.files.get(path ?? ''));
    const reading = await drawOnce(content);
    if ('fault' in reading) throw new NotFound();
    const isAsked = (copy: { format: string }) => (copy.format === 'webp') === (format === 'webp');
    const copy = orNotFound(reading.picture.copies.findLast(isAsked));
    return reply
      .header('cache-control', 'private, max-age=86400')
      .type(copy.format === 'jpg' ? 'image/jpeg' : `image/${copy.format}`)
      .send(copy.content);
  });
}

/** What the address of its copies begins with. */
export function fileOf({ folder }: Checked, path: string): string {
  return (folder.hashes.get(path) ?? '').slice(0, 32);
}

export function titleOf({ slug }: Draft, { titles, outline }: Checked): string {
  return outline.languages.map((language) => titles.get(`${language}/course.md`)).find(Boolean) ?? slug;
}
