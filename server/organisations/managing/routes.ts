import type { FastifyInstance, FastifyReply } from 'fastify';
import { v7 as newId } from 'uuid';
import { showPhone } from '../../accounts/contact.ts';
import { hiddenField } from '../../accounts/way-back.ts';
import { type FoundPlace, resolvePlace } from '../../places/queries.ts';
import { placeWords, typedWords } from '../../places/words.ts';
import { NotFound } from '../../platform/errors.ts';
import { blankForm, type Form, pageNumber, queryText, readForm, withErrors } from '../../platform/forms.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { listBranches, listChildren } from '../branches/queries.ts';
import { organisationKinds } from '../kinds.ts';
import { rootCode } from '../queries.ts';
import { NewForm, SettingsForm } from './forms.ts';
import {
  type Branch,
  getBranch,
  getDescription,
  getOverview,
  insertOrganisation,
  updateDescription,
} from './queries.ts';

type Kind = (typeof organisationKinds)[number];
type NewOrganisation = { name: string; kind: Kind; code?: string; place?: string; place_code?: string };
type Settings = Omit<NewOrganisation, 'code'> & { about?: string; phone?: string; email?: string; website?: string };

/** Places that the typed one may be, to choose from. */
type Candidates = (FoundPlace & { words: string })[];

interface NewPage {
  parent: Branch;
  /** Of the organisation to be: the form sent twice makes one. */
  id: string;
  form: Form<NewOrganisation>;
  candidates: Candidates;
  kinds: readonly string[];
}
interface SettingsPage {
  branch: Branch;
  form: Form<Settings>;
  candidates: Candidates;
  kinds: readonly string[];
  logo_hash: string | null;
}

declare module '../../platform/views.ts' {
  interface Views {
    'organisations/list': { q: string; page_number: number; list: Awaited<ReturnType<typeof listBranches>> };
    'organisations/overview': {
      branch: Branch;
      overview: Awaited<ReturnType<typeof getOverview>>;
      children: Awaited<ReturnType<typeof listChildren>>;
      page_number: number;
      place: string | null;
    };
    'organisations/new': NewPage;
    'organisations/settings': SettingsPage;
  }
}

/** What a manager does with the organisations of their branches. */
export function organisationManagingRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/admin/organisations', async (request, reply) => {
    const q = queryText(request.query, 'q');
    const page_number = pageNumber(queryText(request.query, 'page'));
    const list = await listBranches(db, signedIn(request), q, page_number);
    if (list.rows.length === 0 && page_number > 1) return reply.goTo(`/admin/organisations?q=${encodeURIComponent(q)}`);
    return reply.page('organisations/list', { q, page_number, list });
  });

  app.get('/admin/organisations/new', async (request, reply) => {
    const code = queryText(request.query, 'parent') || rootCode;
    const parent = await getBranch(db, signedIn(request), code);
    return showNew(reply, 200, { parent, id: newId(), form: blankForm(NewForm), candidates: [] });
  });

  app.post('/admin/organisations', async (request, reply) => {
    const manager = signedIn(request);
    const parent = await getBranch(db, manager, queryText(request.body, 'parent') || rootCode);
    const id = rowId(hiddenField(request.body, 'id'));
    const form = readForm(NewForm, request.body);
    if (!form.ok) return showNew(reply, 422, { parent, id, form, candidates: [] });
    const { place, place_code, name, kind, code = null } = form.data;
    const found = await findPlace(place, place_code);
    if ('error' in found) {
      const candidates = withWords(reply, found.candidates);
      return showNew(reply, 422, { parent, id, form: withErrors(form, { place: found.error }), candidates });
    }
    const wanted = { id, name, kind, code, place_code: found.code };
    const made = await db.transaction().execute((trx) => insertOrganisation(trx, parent.code, wanted, manager));
    if (made === null) {
      const taken = withErrors(form, { code: 'organisations.error_code_taken' });
      return showNew(reply, 422, { parent, id, form: taken, candidates: [] });
    }
    return reply.goTo(`/admin/organisations/${made}`, 'organisations.created');
  });

  app.get<{ Params: { code: string } }>('/admin/organisations/:code', async (request, reply) => {
    const branch = await getBranch(db, signedIn(request), request.params.code);
    if (branch.merged_into_code !== null) return reply.redirect(`/admin/organisations/${branch.merged_into_code}`, 301);
    const page_number = pageNumber(queryText(request.query, 'page'));
    const overview = await getOverview(db, branch);
    const children = await listChildren(db, branch, page_number);
    const { place_name, place_kind } = overview;
    const place = place_name && place_kind ? placeWords(request.t, { name: place_name, kind: place_kind }) : null;
    return reply.page('organisations/overview', { branch, overview, children, page_number, place });
  });

  app.get<{ Params: { code: string } }>('/admin/organisations/:code/settings', async (request, reply) => {
    const branch = await getBranch(db, signedIn(request), request.params.code);
    if (branch.merged_into_code !== null) throw new NotFound();
    const kept = await getDescription(db, branch);
    const form = blankForm(SettingsForm, {
      name: kept.name,
      kind: kept.kind,
      about: kept.about ?? '',
      phone: kept.phone === null ? '' : showPhone(kept.phone),
      email: kept.email ?? '',
      website: kept.website ?? '',
      place: kept.place_name === null ? '' : typedWords({ name: kept.place_name, parent_name: kept.place_parent_name }),
      place_code: kept.place_code ?? '',
    });
    return showSettings(reply, 200, { branch, form, candidates: [], logo_hash: kept.logo_hash });
  });

  app.post<{ Params: { code: string } }>('/admin/organisations/:code/settings', async (request, reply) => {
    const manager = signedIn(request);
    const branch = await getBranch(db, manager, request.params.code);
    if (branch.merged_into_code !== null) throw new NotFound();
    const form = readForm(SettingsForm, request.body);
    const { logo_hash } = await getDescription(db, branch);
    if (!form.ok) return showSettings(reply, 422, { branch, form, candidates: [], logo_hash });
    const { place, place_code: chosen, about = null, phone = null, email = null, website = null } = form.data;
    const found = await findPlace(place, chosen);
    if ('error' in found) {
      const candidates = withWords(reply, found.candidates);
      return showSettings(reply, 422, {
        branch,
        form: withErrors(form, { place: found.error }),
        candidates,
        logo_hash,
      });
    }
    const { name, kind } = form.data;
    const description = { name, kind, about, phone, email, website, place_code: found.code };
    await db.transaction().execute((trx) => updateDescription(trx, branch, description, manager));
    return reply.goTo(`/admin/organisations/${branch.code}`, 'organisations.saved');
  });

  /** The one place that was typed or chosen; none where nothing was typed. */
  async function findPlace(
    typed: string | undefined,
    chosen = '',
  ): Promise<{ code: string | null } | { error: string; candidates: FoundPlace[] }> {
    if (typed === undefined) return { code: null };
    const resolved = await resolvePlace(db, typed, chosen);
    if ('place' in resolved) return { code: resolved.place.code };
    const error = resolved.candidates.length === 0 ? 'organisations.error_place' : 'organisations.error_place_which';
    return { error, candidates: resolved.candidates };
  }
}

function withWords({ request }: FastifyReply, candidates: FoundPlace[]): Candidates {
  return candidates.map((place) => ({ ...place, words: placeWords(request.t, place) }));
}

function showNew(reply: FastifyReply, status: number, page: Omit<NewPage, 'kinds'>) {
  return reply.page('organisations/new', { ...page, kinds: organisationKinds }, { status });
}

function showSettings(reply: FastifyReply, status: number, page: Omit<SettingsPage, 'kinds'>) {
  return reply.page('organisations/settings', { ...page, kinds: organisationKinds }, { status });
}
