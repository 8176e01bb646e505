import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { v7 as newId } from 'uuid';
import { getSiteSecret } from '../accounts/queries.ts';
import { newFormToken, readFormToken } from '../accounts/secrets/recovery-code.ts';
import { titlesOf } from '../certificates/printed.ts';
import { NotFound, orNotFound } from '../platform/errors.ts';
import { blankForm, type Form, queryText, readForm, withErrors } from '../platform/forms.ts';
import { translators } from '../platform/i18n.ts';
import { qrCode } from '../platform/qr.ts';
import { signedIn } from '../platform/scopes.ts';
import { drawTranscript } from '../transcripts/pdf.ts';
import { getResults, listRevoked } from '../transcripts/queries.ts';
import { codesIn, makeTranscript, type Transcript } from '../transcripts/transcript.ts';
import { ShareForm, terms } from './forms.ts';
import {
  countOpening,
  findShareLink,
  insertShareLink,
  listShareable,
  listShareLinks,
  type ShareLink,
  withdrawShareLink,
} from './queries.ts';
import { mayShowMore, type ShownCertificate, showCertificate } from './showing.ts';
import { newShareToken, shareHash } from './token.ts';

type Share = Static<typeof ShareForm>;

declare module '../platform/views.ts' {
  interface Views {
    'share-links/index': { links: Awaited<ReturnType<typeof listShareLinks>> };
    'share-links/new': {
      form: Form<Share>;
      form_token: string;
      certificates: { id: string; titles: Record<string, string>; issued_at: Date }[];
      picked: string[];
      may_show_more: boolean;
      terms: readonly string[];
    };
    'share-links/show': {
      certificates: (ShownCertificate & { revoked_at: Date | string | null })[];
      transcript: Transcript | null;
      revoked: Awaited<ReturnType<typeof listRevoked>>;
      expires_at: Date;
      /** YYYY-MM-DD */
      today: string;
      /** Where it is, for its owner to pass on; null for everybody else. */
      own: { url: string; qr: ReturnType<typeof qrCode> } | null;
      path: string;
    };
    'share-links/over': Record<string, never>;
  }
}

interface WithToken {
  Params: { token: string };
}

/** What a learner has shown to others, and showing it. */
export function shareLinkRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get('/learning/shared', async (request, reply) => {
    return reply.page('share-links/index', { links: await listShareLinks(db, signedIn(request)) });
  });

  app.get('/learning/shared/new', async (request, reply) => {
    const transcript = queryText(request.query, 'transcript') === 'yes' ? 'yes' : '';
    const values = { transcript, full_name: 'yes', scores: transcript, days: transcript ? '365' : '30' };
    const picked = [queryText(request.query, 'certificate')];
    return showForm(request, reply, 200, blankForm(ShareForm, values), newFormToken(), picked);
  });

  /** The address is shown after this and never again. */
  app.post('/learning/shared', async (request, reply) => {
    const person = signedIn(request);
    const form_token = readFormToken(request.body);
    const form = readForm(ShareForm, request.body);
    const picked = [(request.body as Record<string, unknown> | undefined)?.certificate].flat().map(String);
    if (!form.ok) return showForm(request, reply, 422, form, form_token, picked);
    const { name, certificate, days, ...wanted } = form.data;
    const [results, shareable] = [await getResults(db, person), await listShareable(db, person)];
    const certificates = shareable.map(({ id }) => id).filter((id) => certificate.includes(id));
    const isFree = mayShowMore(results);
    const chosen = { full_name: isFree && wanted.full_name, scores: isFree && wanted.scores };
    const withTranscript = isFree && wanted.transcript;
    if (certificates.length === 0 && !withTranscript) {
      const nothing = withErrors(form, { certificate: 'share_links.error_nothing' });
      return showForm(request, reply, 422, nothing, form_token, picked);
    }
    const { language } = request;
    const transcript = withTranscript
      ? makeTranscript(results, chosen, { language, publicUrl: config.publicUrl })
      : null;
    // With whose form it is: that of somebody else, sent again, makes another link.
    const token = newShareToken(await getSiteSecret(db), `${person.id} ${form_token}`);
    const link = { id: newId(), tokenHash: shareHash(token) ?? '', name, ...chosen, transcript, certificates };
    await db.transaction().execute((trx) => insertShareLink(trx, person, { ...link, days: Number(days) }));
    return reply.goTo(`/shared/${token}`);
  });

  app.post<{ Params: { id: string } }>('/learning/shared/:id/withdrawal', async (request, reply) => {
    if (!(await withdrawShareLink(db, signedIn(request), request.params.id))) throw new NotFound();
    return reply.goTo('/learning/shared', 'share_links.withdrawn_now');
  });

  async function showForm(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    form: Form<Share>,
    form_token: string,
    picked: string[],
  ) {
    const person = signedIn(request);
    const results = await getResults(db, person);
    const certificates = (await listShareable(db, person)).map(({ id, issued_at, printed }) => {
      return { id, issued_at, titles: titlesOf(printed) };
    });
    const page = { form, form_token, certificates, picked, may_show_more: mayShowMore(results), terms };
    return reply.page('share-links/new', page, { status });
  }
}

/** What whoever got such a link sees: what was chosen, and nothing beside. */
export function sharedRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get<WithToken>('/shared/:token', async (request, reply) => {
    const link = await find(request, reply);
    if (link === undefined || !link.is_open) return over(reply, link);
    const isOwn = request.person?.id === link.person_id;
    // A GET that writes, since opening it is what is counted; and no more than the count.
    if (!isOwn) await countOpening(db, link);
    const transcript = transcriptOf(link);
    const path = `/shared/${request.params.token.toUpperCase()}`;
    const url = new URL(path, config.publicUrl).href;
    return reply.page('share-links/show', {
      certificates: link.certificates.map(({ printed, revoked_at }) => {
        return { ...showCertificate(printed, link, link), revoked_at };
      }),
      transcript,
      revoked: transcript === null ? [] : await listRevoked(db, codesIn(transcript)),
      expires_at: link.expires_at,
      today: link.today,
      own: isOwn ? { url, qr: qrCode(url) } : null,
      path,
    });
  });

  app.get<WithToken>('/shared/:token/transcript.pdf', async (request, reply) => {
    const link = await find(request, reply);
    if (link === undefined || !link.is_open) return over(reply, link);
    const transcript = orNotFound(transcriptOf(link) ?? undefined);
    const url = new URL(`/shared/${request.params.token.toUpperCase()}`, config.publicUrl).href;
    const revoked = (await listRevoked(db, codesIn(transcript))).map(({ code }) => code);
    const bytes = await drawTranscript(transcript, { url, until: link.expires_on, revoked }, translators);
    return reply
      .header('content-disposition', 'attachment; filename="domdom-transcript.pdf"')
      .type('application/pdf')
      .send(Buffer.from(bytes));
  });

  /** For whoever has the address alone: in no search engine, and in no cache that would outlive a withdrawal. */
  async function find(request: FastifyRequest<WithToken>, reply: FastifyReply): Promise<ShareLink | undefined> {
    reply.headers({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow, noarchive' });
    const hash = shareHash(request.params.token);
    return hash === null ? undefined : findShareLink(db, hash);
  }
}

/** Of a child only with consent, also where it was there when the link was made. */
function transcriptOf(link: ShareLink): Transcript | null {
  return mayShowMore(link) ? link.transcript : null;
}

function over(reply: FastifyReply, link: ShareLink | undefined) {
  return reply.page('share-links/over', {}, { status: link === undefined ? 404 : 410 });
}
