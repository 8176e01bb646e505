import { setImmediate as breathe } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { deflateSync } from 'fflate';

export interface ZipEntry {
  /** with slashes, in the order in which they stand in the archive */
  path: string;
  content: Uint8Array;
}

/** 1 January 1980, midnight: the first moment that a zip can name. */
const day = 0x0021;
/** The name is UTF-8. */
const flags = 0x0800;
/** 2.0: folders and Deflate. */
const version = 20;
const packed = /\.(?:png|jpe?g|webp|gif)$/i;

/**
 * Writes a zip, an entry at a time. The same entries are the same bytes on every machine: order and times are fixed, and Deflate is that of
 * a library in JavaScript, for what zlib makes of a text differs by its version and by the processor.
 * @param stored what stands in it as it is, besides what is packed already
 */
export async function* writeZip(
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
  stored = new Set<string>(),
): AsyncGenerator<Buffer> {
  const directory: Buffer[] = [];
  let offset = 0;
  for await (const { path, content } of entries) {
    const deflated = stored.has(path) || packed.test(path) ? content : deflateSync(content, { level: 9 });
    const isDeflated = deflated.length < content.length;
    const body = Buffer.from(isDeflated ? deflated : content);
    const name = Buffer.from(path);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(version, 0);
    facts.writeUInt16LE(flags, 2);
    facts.writeUInt16LE(isDeflated ? 8 : 0, 4);
    facts.writeUInt16LE(day, 8);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(body.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const head = Buffer.concat([signature(0x04034b50), facts, name]);
    // Made by: 2.0, by nobody's file system; no comment, first disk, no attributes.
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([signature(0x02014b50), Buffer.from([version, 0]), facts, rest, name]));
    offset += head.length + body.length;
    yield head;
    yield body;
    await breathe();
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  yield list;
  yield Buffer.concat([signature(0x06054b50), end]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
