import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * A library that few requests need, read when the first of them does: what a start carries is held for ever. For what answers at once; what waits
 * anyway says `await import('sharp')`.
 * @example const fontkit = later<typeof import('fontkit')>('fontkit'); … fontkit().openSync(file)
 */
export function later<Library>(name: string): () => Library {
  let library: Library | undefined;
  return () => {
    library ??= require(name) as Library;
    return library;
  };
}
