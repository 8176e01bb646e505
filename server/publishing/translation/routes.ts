import type { FastifyInstance, FastifyReply } from 'fastify';
import { fileOf } from '../../courses/package-desk.ts';
import { orNotFound } from '../../platform/errors.ts';
import { pageNumber, queryText } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Checked, checkDraft, textOf } from '../checking.ts';
import { type Change, saveDraftFiles } from '../files/queries.ts';
import { type Draft, getOwnDraft } from '../queries.ts';
import { partsOf, withParts } from './parts.ts';
import { confirmMark, listMarks } from './queries.ts';
import {
  isKept,
  pagesOf,
  type SideName,
  type SidePair,
  type SideText,
  sideNames,
  sidePairs,
  type Typed,
  typedIn,
  withTyped,
} from './sides.ts';

interface TranslationPage {
  draft: Draft;
  course_title: string;
  item: string;
  title: string;
  languages: string[];
  one: SideText;
  other: SideText;
  pairs: SidePair[];
  page_number: number;
  pages: number;
  /** Pages with something that is behind, besides this one. */
  behind: { page: number; count: number }[];
  orphans: Typed[];
  problem: string | null;
  /** Questions that lack words. */
  lacking: string;
}

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/translation': TranslationPage;
  }
}

type WithKey = { Params: { id: string; key: string }; Body: Record<string, unknown> };
type Asked = { file: string; texts: Record<SideName, SideText> };
type Shown = { status: number; problem: string | null; typed: Typed[]; lacking?: string[] };

/** In characters, of one text. */
const longestText = 400_000;
const bodyLimit = 4_000_000;

/** One item of a draft in two languages, part by part, and what of it may be behind. */
export function draftTranslationRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithKey>('/publishing/:id/items/:key/translation', async (request, reply) => {
    const draft = await getOwnDraft(db, signedIn(request), request.params.id);
    const checked = await checkDraft(app, draft);
    const { query } = request;
    const asked = askedOf(checked, request.params.key, queryText(query, 'one'), queryText(query, 'other'));
    const page = pageNumber(queryText(query, 'page'));
    return show(reply, draft, checked, asked, page, { status: 200, problem: null, typed: [] });
  });

  app.post<WithKey>('/publishing/:id/items/:key/translation', { bodyLimit }, async (request, reply) => {
    const author = signedIn(request);
    const draft = await getOwnDraft(db, author, request.params.id);
    const checked = await checkDraft(app, draft);
    const body = request.body ?? {};
    const asked = askedOf(checked, request.params.key, String(body.one ?? ''), String(body.other ?? ''));
    const { texts } = asked;
    const page = pageNumber(String(body.page ?? ''));
    const typed = typedIn(body, texts);
    const isOld = (side: SideName) => Number(body[`${side}_revision`]) !== texts[side].revision;
    const pending = typed.filter((one) => !(isOld(one.side) && isKept(one, texts[one.side])));
    const again = (status: number, problem: string, lacking: string[] = []) =>
      show(reply, draft, checked, asked, page, { status, problem, typed: pending, lacking });
    if (pending.some(({ side }) => isOld(side))) return again(409, 'changed');
    const built = changesOf(texts, pending);
    if (built.lacking.length > 0) return again(422, 'lacking', built.lacking);
    if (built.changes.some(({ content }) => String(content).length > longestText)) return again(422, 'long');
    const right = /^[0-9a-f-]{36}$/.test(String(body.right ?? '')) ? String(body.right) : null;
    const outcome = await db.transaction().execute(async (trx) => {
      const nothing = draft.state === 'draft' ? 'saved' : 'closed';
      const outcome =
        built.changes.length === 0 ? nothing : (await saveDraftFiles(trx, draft, built.changes, author)).outcome;
      if (outcome === 'saved' && right !== null) await confirmMark(trx, draft, right, author);
      return outcome;
    });
    if (outcome !== 'saved') {
      const now = await checkDraft(app, await getOwnDraft(db, author, draft.id));
      const fresh = askedOf(now, request.params.key, texts.one.language, texts.other.language);
      const shown = { status: outcome === 'changed' ? 409 : 422, problem: outcome, typed: pending };
      return show(reply, draft, now, fresh, page, shown);
    }
    const languages = `one=${texts.one.language}&other=${texts.other.language}`;
    const path = `/publishing/${draft.id}/items/${request.params.key}/translation?${languages}&page=${page}`;
    return reply.goTo(path, right === null ? 'publishing.saved' : 'translation.confirmed');
  });

  async function show(
    reply: FastifyReply,
    draft: Draft,
    { outline, titles }: Checked,
    { file, texts }: Asked,
    page: number,
    { status, problem, typed, lacking = [] }: Shown,
  ) {
    const marks = await listMarks(db, draft, file);
    const { pairs, orphans, touched } = withTyped(sidePairs(texts.one, texts.other, marks), typed);
    const all = pagesOf(pairs);
    const page_number = Math.min(page, all.length);
    const here = new Set(all[page_number - 1] ?? []);
    const course = outline.languages.map((one) => titles.get(`${one}/course.md`)).find(Boolean);
    return reply.page(
      'publishing/translation',
      {
        ...{ draft, page_number, orphans, problem, one: texts.one, other: texts.other },
        course_title: course ?? draft.slug,
        item: file.replace(/\.[a-z]+$/, ''),
        title: titles.get(texts.one.path) || titles.get(texts.other.path) || file,
        languages: outline.languages,
        // What was typed is on the page, wherever its part stands now.
        pairs: pairs.filter((pair) => here.has(pair) || touched.has(pair.number)),
        pages: all.length,
        behind: all.flatMap((part, index) => {
          const count = part.flatMap((pair) => sideNames.filter((side) => pair[side].mark !== null)).length;
          return count > 0 && index + 1 !== page_number ? [{ page: index + 1, count }] : [];
        }),
        lacking: lacking.join(', '),
      },
      { status },
    );
  }
}

/** @throws NotFound for an item or a language that the course has not */
function askedOf({ folder, outline }: Checked, key: string, one: string, other: string): Asked {
  const item = outline.items.find((candidate) => candidate.key === key);
  const file = orNotFound(key === 'course' ? 'course.md' : item && fileOf(item));
  const { languages } = outline;
  const first = orNotFound(languages.find((language) => language === (one || languages[0])));
  const second = orNotFound(languages.find((language) => language !== first && (other === '' || language === other)));
  const textIn = (language: string): SideText => {
    const path = `${language}/${file}`;
    const text = textOf(folder, path);
    return { language, path, text, parts: partsOf(path, text), revision: folder.revisions.get(path) ?? 0 };
  };
  return { file, texts: { one: textIn(first), other: textIn(second) } };
}

function changesOf(texts: Record<SideName, SideText>, typed: Typed[]): { changes: Change[]; lacking: string[] } {
  const lacking: string[] = [];
  const changes = sideNames.flatMap((side): Change[] => {
    const { path, text, parts, revision } = texts[side];
    const beside = texts[side === 'one' ? 'other' : 'one'];
    const own = typed.filter((one) => one.side === side);
    if (own.length === 0) return [];
    const parted = own.map(({ at, isNew, hash, text: words }) => {
      const place = isNew ? beside.parts.find((part) => part.hash === hash)?.place : parts[at]?.place;
      return { at: isNew ? at - 1 : at, isNew, place: place ?? null, text: words };
    });
    const written = withParts(path, text, parted, beside.text);
    lacking.push(...written.lacking);
    return written.text === text ? [] : [{ path, content: written.text, revision }];
  });
  return { changes, lacking };
}
