import { createHash, type Hash } from 'node:crypto';
import Type, { type Static } from 'typebox';

/**
 * What an archive is made of, in this order:
 *
 *   domdom-backup.json             the head: who made it, at which migration, which tables it holds
 *   tables/<table>/<number>.gz     the rows of each table as COPY writes them, in pieces that fit into memory
 *   files/<hash>                   the files that the database names
 *   manifest-<hash>.json           what must have come by now, so that nothing can be missing or changed
 *
 * It is a tar archive, for tools that will still be there when we are not.
 */
export const headName = 'domdom-backup.json';
export const format = 1;

const Name = Type.String({ pattern: '^[a-z_][a-z0-9_]*$' });
const Count = Type.Integer({ minimum: 0 });
const Hex = Type.String({ pattern: '^[0-9a-f]{64}$' });

export const Head = Type.Object({
  format: Type.Integer(),
  version: Type.String(),
  madeAt: Type.String(),
  migrations: Type.Array(Type.String(), { minItems: 1 }),
  tables: Type.Array(Type.Object({ name: Name, columns: Type.Array(Name, { minItems: 1 }) })),
});
export type Head = Static<typeof Head>;

export const Manifest = Type.Object({
  head: Hex,
  /** `sha256` is that of all text of the table, uncompressed. */
  tables: Type.Array(Type.Object({ name: Name, rows: Count, bytes: Count, sha256: Hex })),
  sequences: Type.Array(Type.Object({ name: Name, value: Type.Integer() })),
  files: Type.Object({ count: Count, bytes: Count, missing: Count }),
});
export type Manifest = Static<typeof Manifest>;

/** Says of the rows of one table, piece by piece, what the manifest states. */
export class TableSum {
  readonly name: string;
  bytes = 0;
  readonly #hash: Hash = createHash('sha256');

  constructor(name: string) {
    this.name = name;
  }

  add(text: Buffer): void {
    this.bytes += text.length;
    this.#hash.update(text);
  }

  result(): { name: string; bytes: number; sha256: string } {
    return { name: this.name, bytes: this.bytes, sha256: this.#hash.digest('hex') };
  }
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function rowsName(table: string, number: number): string {
  return `tables/${table}/${String(number).padStart(6, '0')}.gz`;
}
