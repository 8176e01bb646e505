import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { keepFile } from '../files/queries.ts';
import { readCsv } from '../platform/csv.ts';
import { orNotFound } from '../platform/errors.ts';
import { pageNumber, queryText } from '../platform/forms.ts';
import { signedIn } from '../platform/scopes.ts';
import { readUpload, withUploads } from '../platform/uploads.ts';
import { type PlacePlan, planPlaces } from './planning.ts';
import {
  applyPlaceChanges,
  type FoundPlace,
  findPlace,
  findPlaceImport,
  insertPlaceImport,
  listKnownPlaces,
  listPlaces,
  lockPlaces,
  markPlaceImportApplied,
  searchPlaces,
} from './queries.ts';
import { missingColumns, readPlaceRows } from './reading.ts';
import { placeWords } from './words.ts';

type Places = Awaited<ReturnType<typeof listPlaces>>;
type PlaceImport = NonNullable<Awaited<ReturnType<typeof findPlaceImport>>>;
type Around = NonNullable<Awaited<ReturnType<typeof findPlace>>>;

/** Why a file is not read at all. */
export interface FileFault {
  code: string;
  values: Record<string, string | number>;
}

declare module '../platform/views.ts' {
  interface Views {
    'places/index': {
      q: string;
      found: (FoundPlace & { words: string })[];
      around: (Around & { words: string }) | null;
      list: Places;
      page_number: number;
      fault: FileFault | null;
    };
    'places/import': { plan: PlacePlan; place_import: PlaceImport };
  }
}

const mostBytes = 4_000_000;
const mostRows = 20_000;

/** The owner's list of places, and the way in for more of them. */
export function placeRoutes(app: FastifyInstance): void {
  const { db, files } = app;

  app.get('/admin/places', async (request, reply) => show(request, reply, 200, null));

  withUploads(app, mostBytes, (inner) => {
    inner.post('/admin/places/imports', async (request, reply) => {
      const { file } = await readUpload(request);
      const reading = file === null || file.isTooLarge ? null : readFile(file.bytes);
      if (file === null || reading === null) {
        const code = file === null ? 'missing' : 'too_large';
        return show(request, reply, 422, { code, values: { megabytes: mostBytes / 1e6 } });
      }
      if ('fault' in reading) return show(request, reply, 422, reading.fault);
      const id = await insertPlaceImport(db, {
        fileHash: await keepFile(db, files, file.bytes, 'text/csv'),
        fileName: file.name.slice(0, 200),
        personId: signedIn(request).id,
      });
      return reply.goTo(`/admin/places/imports/${id}`);
    });
  });

  app.get<{ Params: { id: string } }>('/admin/places/imports/:id', async (request, reply) => {
    const place_import = orNotFound(await findPlaceImport(db, request.params.id));
    const plan = await planOf(place_import);
    return reply.page('places/import', { place_import, plan });
  });

  app.post<{ Params: { id: string } }>('/admin/places/imports/:id/application', async (request, reply) => {
    const place_import = orNotFound(await findPlaceImport(db, request.params.id));
    await db.transaction().execute(async (trx) => {
      await lockPlaces(trx);
      const { changes } = await planOf(place_import, trx);
      if (await markPlaceImportApplied(trx, place_import.id)) await applyPlaceChanges(trx, changes, signedIn(request));
    });
    return reply.goTo('/admin/places', 'places.imported');
  });

  async function show(request: FastifyRequest, reply: FastifyReply, status: number, fault: FileFault | null) {
    const q = queryText(request.query, 'q');
    const within = queryText(request.query, 'in');
    const page = pageNumber(queryText(request.query, 'page'));
    const around = within === '' ? null : orNotFound(await findPlace(db, within));
    const found = q === '' ? [] : await searchPlaces(db, q, 50);
    const list = q === '' ? await listPlaces(db, around?.code ?? null, page) : { places: [], total: 0, pages: 0 };
    const { t } = request;
    return reply.page(
      'places/index',
      {
        q,
        found: found.map((place) => ({ ...place, words: placeWords(t, place) })),
        around: around && { ...around, words: placeWords(t, around) },
        list,
        page_number: page,
        fault,
      },
      { status },
    );
  }

  async function planOf({ file_hash, created_at }: PlaceImport, trx = db): Promise<PlacePlan> {
    const reading = readFile(await files.get(file_hash));
    if ('fault' in reading) throw new Error('a file that was read once cannot be read again');
    const plan = planPlaces(reading.rows, await listKnownPlaces(trx), dateInVietnam(created_at));
    return { ...plan, faults: [...reading.faults, ...plan.faults].sort((a, b) => a.line - b.line) };
  }
}

function readFile(bytes: Uint8Array): ReturnType<typeof readPlaceRows> | { fault: FileFault } {
  const reading = readCsv(bytes, mostRows);
  if ('fault' in reading) return { fault: { code: reading.fault, values: { line: reading.line, most: mostRows } } };
  const missing = missingColumns(reading.header);
  if (missing.length > 0) return { fault: { code: 'columns', values: { columns: missing.join(', ') } } };
  return readPlaceRows(reading.header, reading.rows);
}

/** ISO 8601, of the day that it was there. */
function dateInVietnam(moment: Date): string {
  return new Date(moment.getTime() + 7 * 60 * 60_000).toISOString().slice(0, 10);
}
