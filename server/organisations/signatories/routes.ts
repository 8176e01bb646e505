import type { FastifyInstance, FastifyReply } from 'fastify';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../../accounts/way-back.ts';
import { keepFile } from '../../files/queries.ts';
import { dayOf } from '../../platform/day.ts';
import { NotFound } from '../../platform/errors.ts';
import { blankForm, type Errors, type Form, readForm, withErrors } from '../../platform/forms.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { readUpload, type Upload, withUploads } from '../../platform/uploads.ts';
import { type Branch, getBranch } from '../managing/queries.ts';
import { type SignatoryFields, SignatoryForm } from './forms.ts';
import {
  getSignatory,
  insertSignatory,
  listSignatories,
  removeSignatory,
  type Signatory,
  updateSignatory,
} from './queries.ts';
import { drawSignature, mostSignatureBytes } from './signature.ts';

type Listed = Awaited<ReturnType<typeof listSignatories>>;
type Kept = Awaited<ReturnType<typeof getSignatory>>;

declare module '../../platform/views.ts' {
  interface Views {
    'organisations/signatories': {
      branch: Branch;
      signatories: Listed;
      form: Form<SignatoryFields>;
      /** Of the row that the form makes. */
      id: string;
    };
    'organisations/signatory': { branch: Branch; signatory: Kept; form: Form<SignatoryFields> };
  }
}

type WithCode = { Params: { code: string } };
type WithId = { Params: { code: string; id: string } };

/** Who signs an organisation's certificates. What is printed already stays as it is, whatever is changed here. */
export function signatoryRoutes(app: FastifyInstance): void {
  const { db, files } = app;
  const home = '/admin/organisations/:code/signatories';

  app.get<WithCode>(home, async (request, reply) => {
    const branch = await getStandingBranch(signedIn(request), request.params.code);
    const form = blankForm(SignatoryForm, { signs_from: dayOf(new Date()) });
    return showList(reply, 200, branch, form, newId());
  });

  app.get<WithId>(`${home}/:id`, async (request, reply) => {
    const branch = await getStandingBranch(signedIn(request), request.params.code);
    const signatory = await getSignatory(db, branch, request.params.id);
    const { signature_hash, ...kept } = signatory;
    const filled = { ...kept, title_en: kept.title_en ?? '', signs_until: kept.signs_until ?? '' };
    return reply.page('organisations/signatory', { branch, signatory, form: blankForm(SignatoryForm, filled) });
  });

  /** For those who keep it: everybody else sees it on paper. */
  app.get<WithId>(`${home}/:id/signature`, async (request, reply) => {
    const branch = await getStandingBranch(signedIn(request), request.params.code);
    const { signature_hash } = await getSignatory(db, branch, request.params.id);
    if (signature_hash === null) throw new NotFound();
    return reply
      .header('cache-control', 'private, no-cache')
      .type('image/png')
      .send(await files.get(signature_hash));
  });

  withUploads(app, mostSignatureBytes, (inner) => {
    inner.post<WithCode>(home, async (request, reply) => {
      const manager = signedIn(request);
      const branch = await getStandingBranch(manager, request.params.code);
      const upload = await readUpload(request);
      const id = rowId(hiddenField(upload.fields, 'id'));
      const { form, signatory } = await readSignatory(upload, null);
      if (signatory === null) return showList(reply, 422, branch, form, id);
      const outcome = await db.transaction().execute((trx) => insertSignatory(trx, branch, id, signatory, manager));
      return outcome === 'saved'
        ? reply.goTo(homeOf(branch), 'signatories.saved')
        : showList(reply, 422, branch, withDayTaken(form), id);
    });

    inner.post<WithId>(`${home}/:id`, async (request, reply) => {
      const manager = signedIn(request);
      const branch = await getStandingBranch(manager, request.params.code);
      const { id } = request.params;
      const before = await getSignatory(db, branch, id);
      const upload = await readUpload(request);
      const kept = upload.fields.without === 'yes' ? null : before.signature_hash;
      const { form, signatory } = await readSignatory(upload, kept);
      const show = (shown: typeof form) =>
        reply.page('organisations/signatory', { branch, signatory: before, form: shown }, { status: 422 });
      if (signatory === null) return show(form);
      const outcome = await db.transaction().execute((trx) => updateSignatory(trx, branch, id, signatory, manager));
      return outcome === 'saved' ? reply.goTo(homeOf(branch), 'signatories.saved') : show(withDayTaken(form));
    });
  });

  app.post<WithId>(`${home}/:id/remove`, async (request, reply) => {
    const manager = signedIn(request);
    const branch = await getStandingBranch(manager, request.params.code);
    await db.transaction().execute((trx) => removeSignatory(trx, branch, request.params.id, manager));
    return reply.goTo(homeOf(branch), 'signatories.removed');
  });

  async function getStandingBranch(manager: { id: string }, code: string): Promise<Branch> {
    const branch = await getBranch(db, manager, code);
    if (branch.merged_into_code !== null) throw new NotFound();
    return branch;
  }

  /** @param kept the hash of the picture that stays where no other was chosen */
  async function readSignatory(
    { fields, file }: Upload,
    kept: string | null,
  ): Promise<{ form: Form<SignatoryFields>; signatory: Signatory | null }> {
    const read = readForm(SignatoryForm, fields);
    const picture = file === null || file.isTooLarge ? null : await drawSignature(file.bytes);
    const faults: Errors = {};
    if (read.ok && read.data.signs_until !== undefined && read.data.signs_until < read.data.signs_from) {
      faults.signs_until = 'signatories.error_until';
    }
    if (file?.isTooLarge) faults.signature = 'signatories.error_too_large';
    else if (file !== null && picture === null) faults.signature = 'signatories.error_picture';
    const form = Object.keys(faults).length === 0 ? read : withErrors(read, faults);
    if (!form.ok) {
      // A browser gives a file out once.
      const again = { signature: 'signatories.choose_again', ...form.errors };
      return { form: file === null ? form : withErrors(form, again), signatory: null };
    }
    const { title_en = null, signs_until = null, ...data } = form.data;
    const signature_hash = picture === null ? kept : await keepFile(db, files, picture, 'image/png');
    return { form, signatory: { ...data, title_en, signs_until, signature_hash } };
  }

  async function showList(
    reply: FastifyReply,
    status: number,
    branch: Branch,
    form: Form<SignatoryFields>,
    id: string,
  ) {
    const signatories = await listSignatories(db, branch);
    return reply.page('organisations/signatories', { branch, signatories, form, id }, { status });
  }
}

function homeOf({ code }: Branch): string {
  return `/admin/organisations/${code}/signatories`;
}

function withDayTaken(form: Form<SignatoryFields>): Form<SignatoryFields> {
  return withErrors(form, { signs_from: 'signatories.error_day_taken' });
}
