import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../../accounts/way-back.ts';
import { type Cohort, getGuidedCohort } from '../../cohorts/access.ts';
import { orNotFound } from '../../platform/errors.ts';
import { field, pageNumber, queryText, readForm } from '../../platform/forms.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { publicName } from '../names.ts';
import { titlesOf } from '../printed.ts';
import { createBundler, mediaTypes } from './making.ts';
import {
  type Bundle,
  bundleFormats,
  daysToFetch,
  findBundle,
  type Held,
  insertBundle,
  listHeld,
  mostInBundle,
} from './queries.ts';

interface HeldRow {
  code: string;
  member_id: string;
  full_name: string;
  issued_at: Date;
  is_short: boolean;
}

declare module '../../platform/views.ts' {
  interface Views {
    'bundles/index': {
      cohort: Cohort;
      /** Those of this page. */
      courses: { slug: string; titles: Record<string, string>; rows: HeldRow[] }[];
      has_several: boolean;
      page_number: number;
      pages: number;
      /** The only one whose certificates are listed; empty: all. */
      course: string;
      /** Of the file to be: the form sent twice makes one. */
      id: string;
      total: number;
      is_too_many: boolean;
      days: number;
    };
    'bundles/show': { cohort: Cohort; bundle: Bundle };
  }
}

const pageSize = 100;

const BundleForm = Type.Object({
  format: field.choice(bundleFormats),
  course: field.optional(field.text({ maxLength: 100 })),
});

interface WithId {
  Params: { id: string };
}
interface WithBundle {
  Params: { id: string; bundle: string };
}

/** A cohort's certificates in one file, for whoever guides those who hold them. */
export function bundleRoutes(app: FastifyInstance): void {
  const { db, files } = app;
  const bundleUp = createBundler(app);

  app.get<WithId>('/cohorts/:id/certificates', async (request, reply) => {
    const reader = signedIn(request);
    const cohort = await getGuidedCohort(db, reader, request.params.id);
    return showAll(reply, 200, cohort, reader, queryText(request.query, 'course'));
  });

  app.post<WithId>('/cohorts/:id/certificates', async (request, reply) => {
    const reader = signedIn(request);
    const cohort = await getGuidedCohort(db, reader, request.params.id);
    const form = readForm(BundleForm, request.body);
    if (!form.ok) return showAll(reply, 422, cohort, reader, '');
    const { format, course = '' } = form.data;
    const id = rowId(hiddenField(request.body, 'id'));
    const held = await listHeld(db, cohort, reader, { slug: course });
    const home = `/cohorts/${cohort.id}/certificates`;
    const known = await findBundle(db, cohort, reader, id);
    if (known === undefined && (held.length === 0 || held.length > mostInBundle)) {
      return reply.goTo(home, held.length === 0 ? 'bundles.nothing' : 'bundles.too_many', 'bad');
    }
    if (known === undefined) await insertBundle(db, cohort, reader, { id, format, held });
    const bundle = orNotFound(await findBundle(db, cohort, reader, id));
    const chosen = chosenOf(
      bundle,
      known === undefined ? held : await listHeld(db, cohort, reader, { ids: bundle.certificates }),
    );
    if (chosen === null) return reply.goTo(home, 'bundles.changed', 'bad');
    await bundleUp(bundle, chosen, request.language);
    return reply.goTo(`${home}/${bundle.id}`);
  });

  /** How far it is: the page comes again by itself until the file is there. */
  app.get<WithBundle>('/cohorts/:id/certificates/:bundle', async (request, reply) => {
    const { cohort, bundle } = await open(request);
    reply.header('cache-control', 'no-store');
    if (bundle.file_hash === null && !bundle.is_stalled) reply.header('refresh', '2');
    return reply.page('bundles/show', { cohort, bundle });
  });

  app.get<WithBundle>('/cohorts/:id/certificates/:bundle/file', async (request, reply) => {
    const { cohort, bundle } = await open(request);
    const home = `/cohorts/${cohort.id}/certificates`;
    const held = await listHeld(db, cohort, signedIn(request), { ids: bundle.certificates });
    // Somebody has gone to another mentor, or one was revoked: it is not theirs to have any more.
    if (chosenOf(bundle, held) === null) return reply.goTo(home, 'bundles.changed', 'bad');
    const file = await files.find(orNotFound(bundle.file_hash ?? undefined));
    if (file === null) return reply.goTo(home, 'bundles.changed', 'bad');
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="domdom-certificates.${bundle.format}"`)
      .type(mediaTypes[bundle.format])
      .send(file);
  });

  async function open(request: FastifyRequest<WithBundle>) {
    const reader = signedIn(request);
    const cohort = await getGuidedCohort(db, reader, request.params.id);
    return { cohort, bundle: orNotFound(await findBundle(db, cohort, reader, request.params.bundle)) };
  }

  async function showAll(reply: FastifyReply, status: number, cohort: Cohort, reader: { id: string }, course: string) {
    const held = await listHeld(db, cohort, reader, { slug: course });
    const all = held.slice(0, mostInBundle);
    const page_number = pageNumber(queryText(reply.request.query, 'page'));
    const shown = all.slice((page_number - 1) * pageSize, page_number * pageSize);
    const courses = Array.from(
      Map.groupBy(shown, ({ slug }) => slug),
      ([slug, rows]) => ({
        slug,
        titles: rows[0] === undefined ? {} : titlesOf(rows[0].printed),
        rows: rows.map(rowOf),
      }),
    );
    const is_too_many = held.length > mostInBundle;
    const page = { cohort, courses, course, id: newId(), total: all.length, is_too_many, days: daysToFetch };
    const has_several = new Set(all.map(({ slug }) => slug)).size > 1;
    const pages = Math.ceil(all.length / pageSize);
    return reply.page('bundles/index', { ...page, has_several, page_number, pages }, { status });
  }
}

/** The certificates of a file, in its order; null where not all of them are there for its reader. */
function chosenOf({ certificates }: Bundle, held: Held[]): Held[] | null {
  const byId = new Map(held.map((one) => [one.id, one]));
  const chosen = certificates.flatMap((id) => byId.get(id) ?? []);
  return chosen.length === certificates.length ? chosen : null;
}

function rowOf(held: Held): HeldRow {
  const { code, member_id, full_name, issued_at, printed } = held;
  return { code, member_id, full_name, issued_at, is_short: publicName(printed.holder, held) !== printed.holder };
}
