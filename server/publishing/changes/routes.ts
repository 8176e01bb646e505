import type { FastifyInstance } from 'fastify';
import { readText } from '../../courses/package-files.ts';
import { queryText } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Checked, checkDraft, textOf } from '../checking.ts';
import { listVersionFiles } from '../courses/queries.ts';
import { type FileDifference, folderDifference } from '../difference.ts';
import { isText } from '../files/content.ts';
import { type Draft, getDraft } from '../queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/changes': {
      draft: Draft;
      course_title: string;
      /** Null where there is nothing to compare with: it is new. */
      differences: (FileDifference & { title: string })[] | null;
      /** It is compared with what readers have now, and not with what it was made from. */
      isWithCurrent: boolean;
    };
  }
}

/** What a draft has that the version before has not, by file and line. */
export function draftChangeRoutes(app: FastifyInstance): void {
  const { db, files } = app;

  app.get<{ Params: { id: string } }>('/publishing/:id/changes', async (request, reply) => {
    const draft = await getDraft(db, signedIn(request), request.params.id);
    const isWithCurrent = queryText(request.query, 'with') === 'current';
    const checked = await checkDraft(app, draft);
    const base = isWithCurrent ? draft.current_version_id : draft.base_version_id;
    const differences = base === null ? null : await differencesFrom(base, checked);
    const course_title = [...checked.titles].find(([path, title]) => path.endsWith('/course.md') && title !== '')?.[1];
    return reply.page('publishing/changes', {
      ...{ draft, isWithCurrent },
      course_title: course_title ?? draft.slug,
      differences: differences?.map((one) => ({ ...one, title: checked.titles.get(one.path) ?? '' })) ?? null,
    });
  });

  async function differencesFrom(versionId: string, { folder }: Checked) {
    const before = new Map<string, string | null>();
    const hashes = new Map<string, string>();
    for (const { path, hash } of await listVersionFiles(db, versionId)) {
      hashes.set(path, hash);
      const reading = isText(path) ? readText(await files.get(hash)) : null;
      before.set(path, reading && 'text' in reading ? reading.text : null);
    }
    const after = [...folder.revisions.keys()].map(
      (path) => [path, isText(path) ? textOf(folder, path) : null] as const,
    );
    return folderDifference(before, new Map(after), (path) => hashes.get(path) === folder.hashes.get(path));
  }
}
