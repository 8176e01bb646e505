import { buffer } from 'node:stream/consumers';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BadInput } from './errors.ts';

export interface Upload {
  /** As another form's body. */
  fields: Record<string, string>;
  /** The one file: null where none was chosen. */
  file: UploadedFile | null;
}

export interface UploadedFile {
  name: string;
  bytes: Buffer;
  isTooLarge: boolean;
}

/**
 * Forms with files. Only the routes made here understand them: to every other page such a body is a bad request.
 * @param bytes the most that a file may have
 * @param most as many files; what comes after them is read as far as to know that it came
 */
export function withUploads(
  app: FastifyInstance,
  bytes: number,
  routes: (app: FastifyInstance) => void,
  { most = 1, fields = 20, fieldSize = 10_000 } = {},
): void {
  app.register(async (inner) => {
    await inner.register(multipart, {
      limits: { fileSize: bytes, files: most, fields, fieldSize, parts: most + fields, headerPairs: 20 },
      throwFileSizeLimit: false,
    });
    routes(inner);
  });
}

/** A form that came without the encoding for files has fields only. */
export async function readUpload(request: FastifyRequest): Promise<Upload> {
  let first: UploadedFile | null = null;
  const fields = await readUploads(request, async (file) => {
    first ??= file;
  });
  return { fields, file: first };
}

/** @param take gets one file after the other, so that the bytes of only one are held */
export async function readUploads(
  request: FastifyRequest,
  take: (file: UploadedFile) => Promise<void>,
): Promise<Record<string, string>> {
  return readStreams(request, async ({ name, pieces, isTooLarge }) => {
    const bytes = await buffer(pieces);
    await take({ name, bytes, isTooLarge: isTooLarge() });
  });
}

/** A file that comes piece by piece, for what is too large to be held. */
export interface StreamedFile {
  name: string;
  pieces: AsyncIterable<Buffer>;
  /** Known when all pieces have come: what was too much is missing. */
  isTooLarge(): boolean;
}

/** @param take reads one file after the other, as far as it likes */
export async function readStreams(
  request: FastifyRequest,
  take: (file: StreamedFile) => Promise<void>,
): Promise<Record<string, string>> {
  if (!request.isMultipart()) return fieldsOf(request.body);
  const fields: Record<string, string> = {};
  for await (const part of told(request.parts())) {
    if (part.type === 'field') fields[part.fieldname] ??= String(part.value);
    else {
      // An empty file input is sent as a file without a name.
      if (part.filename) {
        await take({ name: part.filename, pieces: told(part.file), isTooLarge: () => part.file.truncated });
      }
      part.file.resume();
    }
  }
  if (Object.values(fields).some((text) => text.includes('\0'))) throw new BadInput('NUL');
  return fields;
}

/** What is wrong with the form is the sender's fault; what is done with a file of it is not. */
async function* told<T>(incoming: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    for await (const one of incoming) yield one;
  } catch (error) {
    throw new BadInput(error instanceof Error ? error.message : 'a broken form');
  }
}

function fieldsOf(body: unknown): Record<string, string> {
  const entries = Object.entries((body ?? {}) as Record<string, unknown>);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
